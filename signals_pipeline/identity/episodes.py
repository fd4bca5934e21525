"""Which reports speak of one happening. Forward only: each event, as it becomes known, joins an episode or opens one.

events in the order in which they became known → `Episodes.join` → episode, subject, is_first.
An event joins the episode of the same company (as of its day), signal type and subject whose first-known record lies within the
window of the seed `signal_types`; nothing learned later moves it. An amendment joins its parent's episode, whenever it comes.
Does not belong here: reading (`episode_stage.py`), product signals (their episode follows from the row; dbt).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from signals_pipeline.errors import Permanent
from signals_pipeline.identity.names import fold, parts
from signals_pipeline.keys import md5
from signals_pipeline.rules.seeds import seed

AMOUNT_TOLERANCE = 0.10  # domain: amounts within 10 % are one round
SETTLED_WITHIN = 10  # days; by then a filer has told of the closing of an offering
WITH_OPTION = 0.15  # underwriters may take up to 15 % more
ROUGHLY = 0.01
_KINDS = {"debt": "debt", "grant": "grant", "ipo": "ipo", "seed": "venture", "series_a": "venture", "series_b": "venture",
          "series_c": "venture", "series_d_plus": "venture"}  # fmt: skip
_IN = ("new_hire", "hire", "hired", "joined", "join", "appointment", "appointed", "promotion", "promoted", "elected", "named")
_OUT = ("departure", "left", "resignation", "resigned", "retirement", "retired", "termination", "terminated", "stepped_down", "fired")


class Event(NamedTuple):
    """One event, with what is known of its company and person on its day. Amounts are floats in the event's currency, and in USD."""

    event_id: str
    signal_type: str
    happened_on: date
    dt: date
    company_id: str | None  # as linked, not folded
    mention_id: str | None
    subject: str | None = None
    other_company_id: str | None = None
    other_name: str | None = None
    person_id: str | None = None
    change_type: str | None = None
    department: str | None = None
    place: str | None = None
    accession: str | None = None
    currency: str | None = None
    amounts: tuple[float, ...] = ()
    amounts_usd: tuple[float, ...] = ()
    parent_accession: str | None = None  # of an amendment, when it names its parent
    is_amendment: bool = False
    round_type: str | None = None
    modality: str | None = None


class Joined(NamedTuple):
    episode_id: str
    subject: str | None
    is_first: bool


@dataclass
class _Open:
    first: Event
    episode_id: str
    subject: str | None


@dataclass
class Episodes:
    """Open episodes by type and company. `members(company)`: every id that is one company on the current day."""

    members: Callable[[str], list[str]] = lambda company: [company]
    person_root: Callable[[str], str] = lambda person: person
    opened: dict[tuple[str, str], list[_Open]] = field(default_factory=dict)
    by_accession: dict[tuple[str, str], str] = field(default_factory=dict)  # (type, accession) → episode
    rules: Mapping[str, tuple[int, str]] = field(default_factory=dict)  # type → window days, kind of subject

    def __post_init__(self) -> None:
        self.rules = self.rules or windows()

    def join(self, event: Event) -> Joined:
        """The episode of an event; remembers it. Raises Permanent for a signal type without a row in `signal_types`."""
        window, kind = self._rule(event)
        subject = subject_of(event, kind)
        joined = self._parent(event)
        if joined is None:
            fitting = [(rank, o) for o in self._candidates(event) if (rank := self._fits(event, subject, o, kind, window)) is not None]
            joined = min(fitting, key=lambda f: (f[0], f[1].first.dt, f[1].episode_id))[1].episode_id if fitting else None
        if joined is not None:
            self.note(event, joined)
            return Joined(joined, subject, is_first=False)
        episode = md5(event.signal_type, event.event_id)
        self.remember(event, episode)
        return Joined(episode, subject, is_first=True)

    def remember(self, first: Event, episode_id: str) -> None:
        """An episode by its first-known record."""
        _, kind = self._rule(first)
        held = _Open(first, episode_id, subject_of(first, kind))
        self.opened.setdefault((first.signal_type, first.company_id or f"mention {first.mention_id}"), []).append(held)
        self.note(first, episode_id)

    def note(self, event: Event, episode_id: str) -> None:
        """An event that joined: its filing is known by number."""
        if event.accession:
            self.by_accession.setdefault((event.signal_type, event.accession), episode_id)

    def _rule(self, event: Event) -> tuple[int, str]:
        try:
            return self.rules[event.signal_type]
        except KeyError:
            raise Permanent(f"event {event.event_id}: signal type {event.signal_type!r} has no row in seeds/signal_types.csv") from None

    def _candidates(self, event: Event) -> list[_Open]:
        if event.company_id is None:
            return self.opened.get((event.signal_type, f"mention {event.mention_id}"), [])
        return [o for c in self.members(event.company_id) for o in self.opened.get((event.signal_type, c), ())]

    def _parent(self, event: Event) -> str | None:
        """The episode of the filing that an amendment amends: the one it names, else the newest earlier filing of the company."""
        if not event.is_amendment:
            return None
        if event.parent_accession and (named := self.by_accession.get((event.signal_type, event.parent_accession))):
            return named
        filed = [o for o in self._candidates(event) if o.first.accession and o.first.happened_on <= event.happened_on]
        return max(filed, key=lambda o: (o.first.happened_on, o.episode_id)).episode_id if filed else None

    def _fits(self, event: Event, subject: str | None, held: _Open, kind: str, window: int) -> tuple[int, int] | None:
        """(how sure, days apart), smaller is better; None when it does not fit."""
        apart = abs((event.happened_on - held.first.happened_on).days)
        if apart > window:
            return None
        if kind == "round":
            if are_two_rounds(event, held.first):
                return None
            sure = same_amount(event, held.first, tolerance(event, held.first))
            return None if sure is False else (0 if sure else 1, apart)
        if kind == "other_company":
            likeness = self._same_other(event, held.first)
            return None if likeness is None else (likeness, apart)
        if kind == "person_change" and event.person_id and held.first.person_id:
            same = self.person_root(event.person_id) == self.person_root(held.first.person_id)
            return (0, apart) if same and direction(event.change_type) == direction(held.first.change_type) else None
        return (0, apart) if subject == held.subject else None

    def _same_other(self, event: Event, first: Event) -> int | None:
        """0 the same other company; 1 its name told shorter ("Beta", "Beta Communications, Inc."); None another one."""
        ours, theirs = event.other_company_id, first.other_company_id
        if ours and theirs and ours in self.members(theirs):
            return 0
        names = [n for n in (parts(event.other_name), parts(first.other_name)) if n]
        if len(names) == 2:
            return 0 if names[0].compact == names[1].compact else 1 if told_shorter(names[0].core, names[1].core) else None
        return 0 if not names and not (ours or theirs) else None  # neither says whom: the date alone


def are_two_rounds(one: Event, other: Event) -> bool:
    """Whatever the window says: kinds that a round is never called by both, or two filings more than ten days apart under figures of
    their own (a filer knows its rounds, though what is planned is told roughly; vendors' reports of one round differ)."""
    kinds = [_KINDS[e.round_type] for e in (one, other) if e.round_type in _KINDS]
    if len(set(kinds)) == 2:
        return True
    if not _are_filings(one, other) or abs((one.happened_on - other.happened_on).days) <= SETTLED_WITHIN:
        return False
    exact = one.modality == other.modality == "done"
    return same_amount(one, other, 0.0 if exact else ROUGHLY) is False


def tolerance(one: Event, other: Event) -> float:
    """How far amounts of one round may lie apart: an offering closes within days with the underwriters' option in it."""
    closes = {one.modality, other.modality} == {"planned", "done"} and _are_filings(one, other)
    return WITH_OPTION if closes and abs((one.happened_on - other.happened_on).days) <= SETTLED_WITHIN else AMOUNT_TOLERANCE


def _are_filings(one: Event, other: Event) -> bool:
    return bool(one.accession and other.accession and one.accession != other.accession)


def told_shorter(one: str, other: str) -> bool:
    """One name opens the other, word by word, with a word that names something."""
    short, long = sorted((one.split(), other.split()), key=len)
    return len(short) < len(long) and long[: len(short)] == short and len("".join(short)) > 3


def same_amount(one: Event, other: Event, within: float = AMOUNT_TOLERANCE) -> bool | None:
    """True within a tenth (native currency first, else USD), False beyond, None when an amount is unknown."""
    if one.amounts and other.amounts and one.currency and one.currency == other.currency:
        left, right = one.amounts, other.amounts
    elif one.amounts_usd and other.amounts_usd:
        left, right = one.amounts_usd, other.amounts_usd
    else:
        return None
    return any(abs(a - b) <= within * max(a, b) for a in left for b in right)


def direction(change: str | None) -> str:
    """in, out, or the word itself: a departure and an arrival are two happenings."""
    word = "_".join((change or "").strip().lower().replace("-", " ").split())
    if word in _IN:
        return "in"
    return "out" if word in _OUT else word


def subject_of(event: Event, kind: str) -> str | None:
    """The subject as text, for people and for the match of kinds that are plain words."""
    if kind == "round":
        return None
    if kind == "person_change":
        who = event.person_id or _plain(event.subject)
        return f"{who} {direction(event.change_type)}".strip() if who else direction(event.change_type) or None
    if kind == "other_company":
        named = parts(event.other_name)
        return event.other_company_id or (named.core if named else None)
    if kind == "technology":
        return " ".join(w for w in (_plain(event.subject), _plain(event.change_type)) if w) or None
    own = {"department": event.department, "place": event.place, "accession": event.accession}.get(kind)
    return _plain(own) or _plain(event.subject)


def _plain(text: str | None) -> str | None:
    return " ".join(fold(text).split()) if text and text.strip() else None


def windows() -> dict[str, tuple[int, str]]:
    """signal type → (window in days, kind of subject), from the seed `signal_types`."""
    return {str(r["signal_type"]): (int(r["episode_window_days"] or 0), str(r["episode_subject"])) for r in seed("signal_types")}
