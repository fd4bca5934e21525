"""Press releases behind a filing (`[EXHIBIT 99.1]`): a second telling of the same events. They fill what the item leaves open.

events of the items + text → `fill` → the same events, with title, effective day or price from a release where the item gives none;
`trigger` says which exhibit. A release makes no event: it is longer, looser, and full of history and plans.
Does not belong here: cutting submissions into documents (`sources/sec_edgar/submission.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from signals_pipeline.extract.amounts import find_amounts
from signals_pipeline.extract.deals import read_deals
from signals_pipeline.extract.event import Event
from signals_pipeline.extract.firms import Firms
from signals_pipeline.extract.officers import read_officers

EXHIBIT = re.compile(r"\n\[EXHIBIT (?P<number>[^\]\n]+)\]\n")
_LONGEST = 60_000  # characters of a release that are read: tables of results go on for a megabyte


def fill(
    events: list[Event], text: str, *, registrant: str | None, words: frozenset[str], known_on: date | None, reported_on: date | None
) -> list[Event]:
    """The events, completed. `text` is the whole text of the filing, so that nothing but spans of items is ever pointed to."""
    done = list(events)
    first = EXHIBIT.search(text)
    own = text[: first.start()] if first else text
    for number, start, end in _releases(text):
        open_officers = [e for e in done if e.signal_type == "executive_change" and (e.title is None or e.effective_on is None)]
        open_deals = [e for e in done if e.signal_type == "acquisition" and e.amount is None and not _has_price(own, e)]
        if open_officers:
            told, _ = read_officers(text, start, end, known_on=known_on, reported_on=reported_on, firms=words, strict=True)
            done = [_with_officer(e, told, number, known_on) if e in open_officers else e for e in done]
        if open_deals:
            firms = Firms(text[:end], registrant)
            deals, _ = read_deals(text, "8.01", start, end, firms, known_on=known_on, reported_on=reported_on)
            done = [_with_price(e, deals, number) if e in open_deals else e for e in done]
    return done


def _releases(text: str) -> Iterator[tuple[str, int, int]]:
    marks = list(EXHIBIT.finditer(text))
    for mark, after in zip(marks, [*[m.start() for m in marks[1:]], len(text)], strict=True):
        if mark["number"].startswith("99"):
            yield mark["number"], mark.end(), min(after, mark.end() + _LONGEST)


def _has_price(own: str, event: Event) -> bool:
    """The item itself speaks of money beside the deal: then it left the price open on purpose (parts, an earn-out)."""
    return event.end is None or any(not a.per_share for a in find_amounts(own, event.start or 0, min(len(own), event.end + 1500)))


def _with_officer(event: Event, told: list[Event], number: str, known_on: date | None) -> Event:
    for other in told:
        same = event.person and other.person and event.person.last_name == other.person.last_name
        if same and event.subject == other.subject and (other.title or other.effective_on):
            title, effective = event.title or other.title, event.effective_on or other.effective_on
            person = replace(event.person, title=event.person.title or title) if event.person else None
            is_ahead = event.effective_on is None and effective is not None and known_on is not None and effective > known_on
            modality = "planned" if is_ahead else event.modality
            return replace(event, title=title, effective_on=effective, person=person, modality=modality, trigger=_from(event, number))
    return event


def _with_price(event: Event, told: list[Event], number: str) -> Event:
    for other in told:
        same = event.subject == other.subject and event.other and other.other and event.other.role == other.other.role
        if same and other.amount is not None:
            return replace(
                event, amount=other.amount, currency=other.currency, amount_qualifier=other.amount_qualifier, trigger=_from(event, number)
            )
    return event


def _from(event: Event, number: str) -> str:
    return f"{event.trigger}; completed from EX-{number}"
