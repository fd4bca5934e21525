"""An 8-K's text → its events: officers (5.02), deals (1.01, 2.01, 5.01, 7.01, 8.01), financing (1.01, 2.03, 3.02, 8.01),
earnings (2.02), and what speaks against buying (1.03, 2.05).

text + registrant + dates → `read_filing` → `Reading`. Items are split here, out of this text alone.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from signals_pipeline.extract.dates import find_dates
from signals_pipeline.extract.deals import read_deals
from signals_pipeline.extract.event import Event, Reading
from signals_pipeline.extract.exhibits import EXHIBIT, fill
from signals_pipeline.extract.financing import ITEMS as _MONEY
from signals_pipeline.extract.financing import read_financing
from signals_pipeline.extract.firms import Firms, core
from signals_pipeline.extract.items import Item, split_items
from signals_pipeline.extract.officers import merge, read_officers
from signals_pipeline.extract.sentences import sentences

_DEALS = ("1.01", "2.01", "5.01", "7.01", "8.01")
_OFFICERS = ("5.02", "7.01", "8.01")
_ENDED = "1.02"
_PLAIN = {"2.02": "earnings_call", "1.03": "insolvency", "2.05": "layoffs"}
RELEVANT = frozenset((*_DEALS, *_MONEY, *_OFFICERS, _ENDED, *_PLAIN))
# of several reasons the one that explains most stands first
_REASONS = ("asset_disposal", "part_of_assets", "deal_terminated", "annual_election", "pay_arrangement_only")
_BANKRUPT = re.compile(r"\b(?:chapter (?:7|11)|bankruptcy|receiver|voluntary petition|insolven|liquidat)", re.IGNORECASE)
_MERGER_ENDED = re.compile(
    r"\bmerger agreement|\bplan of merger|\b(?:stock|share|asset|equity|interest|unit)s? purchase agreement|"
    r"\bbusiness combination agreement",
    re.IGNORECASE,
)
_CUTS = re.compile(
    r"\b(?:workforce|headcount|employees|positions|severance|reduction in force|restructuring|layoffs?|clos(?:ure|ing|e[sd]?)|jobs?)\b",
    re.IGNORECASE,
)


def read_filing(text: str, *, registrant: str | None, reported_on: date | None, known_on: date | None) -> Reading:
    """Events of a filing in text order, each once; and why none."""
    exhibit = EXHIBIT.search(text)
    own = text[: exhibit.start()] if exhibit else text
    items = split_items(own)
    if not items:
        return Reading(reason="no_items")
    if not any(i.number in RELEVANT for i in items):
        return Reading(reason="no_relevant_item")
    firms = Firms(own, registrant)
    words = frozenset(core(registrant or "").split())
    officers: list[Event] = []
    deals: list[Event] = []
    plain: list[Event] = []
    reasons: list[str] = []
    for item in items:
        if item.number in _OFFICERS:
            found, why = read_officers(
                own, item.body, item.end, known_on=known_on, reported_on=reported_on, firms=words,
                heading=own[item.start : item.body] + own[item.body : item.body + 30].split("\n")[0], strict=item.number != "5.02",
            )  # fmt: skip
            officers += found
            reasons += [why] if why and item.number == "5.02" else []
        if item.number in _DEALS:
            found, why = read_deals(own, item.number, item.body, item.end, firms, known_on=known_on, reported_on=reported_on)
            deals += found
            reasons += [why] if why else []
        if item.number == _ENDED and _MERGER_ENDED.search(own, item.body, item.end):
            reasons.append("deal_terminated")
        if item.number in _PLAIN:
            plain += _plain(own, item, reported_on)
    money = read_financing(own, items, firms=firms, known_on=known_on, reported_on=reported_on)
    told = [i for i in items if i.number == "5.02" and re.search(r"\bItem [18]\.01\b", own[i.body : i.end])]
    if told and not officers:  # "the information in Item 1.01 is incorporated": an agreement with a shareholder names directors
        for item in items:
            if item.number == "1.01":
                officers += read_officers(own, item.body, item.end, known_on=known_on, reported_on=reported_on, firms=words, strict=True)[0]
    events = [*_officers_once(officers), *_deals_once(deals), *money, *plain]
    if events and exhibit:
        events = fill(events, text, registrant=registrant, words=words, known_on=known_on, reported_on=reported_on)
    if events:
        return Reading(tuple(sorted(events, key=lambda e: (e.start or 0, e.signal_type, e.subject or ""))))
    return Reading(reason=next((r for r in _REASONS if r in reasons), "no_pattern"))


def _plain(text: str, item: Item, reported_on: date | None) -> list[Event]:
    """Items whose number is the news; the item must say something of its own to count."""
    kind = _PLAIN[item.number]
    needed = {"insolvency": _BANKRUPT, "layoffs": _CUTS}.get(kind)
    told = [s for s in sentences(text, item.body, item.end) if len(re.findall(r"[A-Za-z]+", s.text)) > 6]  # more than its heading
    first = next((s for s in told if needed is None or needed.search(s.text)), None)
    if first is None:
        return []
    return [
        Event(
            kind,
            "done",
            occurred_on=_own_day(first.text, reported_on),
            confidence=0.9,
            subject=item.number,
            start=first.start,
            end=first.end,
            trigger=f"Item {item.number}",
        )
    ]


def _own_day(sentence: str, reported_on: date | None) -> date | None:
    """The day a sentence opens with, when it lies near the report: the cover's day is that of the earliest of all items."""
    opened = re.match(r"\W*[Oo]n\s+", sentence)
    dates = find_dates(sentence, opened.end(), opened.end() + 30) if opened else []
    if dates and reported_on and abs((dates[0].day - reported_on).days) <= 30:
        return dates[0].day
    return reported_on


def _officers_once(events: list[Event]) -> list[Event]:
    """A person comes or goes once in a filing, however many items tell it."""
    kept: dict[tuple[str, bool], Event] = {}
    for event in events:
        name = event.person.last_name if event.person else None
        key = (f"{event.person.first_name} {name}" if event.person else "", event.change_type == "departure")
        kept[key] = merge(kept[key], event) if key in kept else event
    return list(kept.values())


def _deals_once(events: list[Event]) -> list[Event]:
    """One event per other company; completion goes before agreement, and keeps the price that the other item told."""
    kept: dict[str, Event] = {}
    for event in events:
        key = event.subject or ""
        same = next((k for k in kept if k == key or k.startswith(key + " ") or key.startswith(k + " ")), None)
        if same is None:
            kept[key] = event
            continue
        first = kept[same]
        if (
            event.deal_stage == "completed"
            and first.deal_stage != "completed"
            and event.other
            and first.other
            and event.other.role == first.other.role
        ):
            first, event = event, first
        kept[same] = first if first.amount is not None or event.other != first.other else replace(
            first, amount=event.amount, currency=event.currency, amount_qualifier=event.amount_qualifier)  # fmt: skip
    return list(kept.values())
