"""Items 1.01, 2.01, 5.01, 7.01, 8.01: acquisitions, one Event per other company.

item text + `Firms` → sentences → sides (`deal_parties.py`) → stage, day, price (`deal_terms.py`) → Events.
No acquisition: sales of our own assets, licences, customers, buy-backs, notes.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from signals_pipeline.extract.dates import find_dates, month_end, near_report
from signals_pipeline.extract.deal_agreement import parties
from signals_pipeline.extract.deal_cues import nearest_deals
from signals_pipeline.extract.deal_names import Deal
from signals_pipeline.extract.deal_parties import combinations, mergers, purchases
from signals_pipeline.extract.deal_patterns import BUY, PART_OF_ASSETS
from signals_pipeline.extract.deal_terms import day_of, price_of, stage_of
from signals_pipeline.extract.event import Company, Event
from signals_pipeline.extract.firms import Firms, core
from signals_pipeline.extract.sentences import Sentence, sentences

_BUY_BACK = re.compile(
    r"\brepurchas|\bbuy-?back|\btender offer (?:for|to purchase) (?:its|any|up to)|\bredeem|\bstock purchase plan\b|"
    r"\brights? (?:agreement|plan)\b",
    re.IGNORECASE,
)


_DISPOSAL = re.compile(
    r"\b(?:completed|consummated|closed|announced)\b[^.;]{0,60}\b(?:sale|divestiture|disposition|spin-?off)\b|\b(?:sold|divested|"
    r"will sell|to sell|agreed to sell|sale)\b[^.;]{0,160}\b(?:division|business|subsidiar|assets|unit|segment)\b|"
    r"\bformerly a wholly[- ]owned subsidiary of\b",
    re.IGNORECASE,
)


_BOILERPLATE = re.compile(
    r"^\W{0,3}(?:(?:cautionary (?:note|statement)s?|safe harbor|important|additional) (?:regarding|concerning|information|note|statement)|"
    r"forward[- ]looking (?:statements?|information)|"
    r"(?:important |additional )+information (?:about|and|for)|participants in (?:the )?solicitation|no offer or solicitation|"
    r"where (?:you can|to) find)",
    re.IGNORECASE | re.MULTILINE,
)


_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_PAST = re.compile(
    rf"^\W*(?:In|During|Since|By)\s+(?:(?:early|late|mid|fiscal|"
    rf"calendar)[- ](?:year )?)?(?:(?P<month>{_MONTH})(?: of)?,? )?(?P<year>(?:19|20)\d\d)\b|"
    rf"\b(?:acquired|purchased|bought|acquisition of|merged)\b(?:(?!\b(?:found|establish|form|incorporat|which|who|dat|due|"
    rf"expir)\w*)[^;]){{3,120}}?\b(?:in|during)\s+(?:(?:early|late|mid|fiscal)[- ])?"
    rf"(?:(?P<month2>{_MONTH})(?: of)?,? )?(?P<year2>(?:19|20)\d\d)\b|"
    r"(?:'s|\b(?:its|our|the)) (?P<year3>(?:19|20)\d\d) (?:acquisition|purchase|merger|takeover)\b"
)
_STAGES = ("rumour", "proposed", "terminated", "agreed", "completed")


def read_deals(
    text: str, number: str, start: int, end: int, firms: Firms, *, known_on: date | None, reported_on: date | None
) -> tuple[list[Event], str | None]:
    """Acquisitions of an item, one per other company; and why none, when the item spoke of a sale instead."""
    parts = sentences(text, start, boilerplate(text, start, end))
    found: dict[str, Deal] = {}
    disposal = False
    for position, sentence in enumerate(parts):
        if _BUY_BACK.search(sentence.text) or _is_history(sentence.text, reported_on):
            continue
        if _is_disposal(sentence.text, firms):
            disposal = True
            continue
        item = text[start:end]
        clear = [*mergers(sentence, item, firms), *purchases(sentence, item, firms)]
        for deal in clear or parties(sentence, item, firms) or combinations(sentence, item, firms):
            key = core(deal.other)
            if _is_bank_of(key, deal.role, found):
                continue
            dated = replace(
                deal,
                stage=stage_of(deal, number, parts[position + 1 : position + 4]),
                occurred_on=day_of(deal, parts[position : position + 12], number),
            )
            known = found.get(key)
            if known is None or (_STAGES.index(dated.stage) > _STAGES.index(known.stage) and known.role == dated.role):
                found[key] = dated if known is None else replace(known, stage=dated.stage, occurred_on=dated.occurred_on)
    if not found and not disposal:
        recent = [s for s in parts if not _BUY_BACK.search(s.text) and not _is_history(s.text, reported_on)]
        for deal in nearest_deals(recent, text[start:end], firms):
            at = next(n for n, s in enumerate(parts) if s.start == deal.sentence.start)
            found[core(deal.other)] = replace(
                deal, stage=stage_of(deal, number, parts[at + 1 : at + 4]), occurred_on=day_of(deal, parts[at : at + 12], number)
            )
    if disposal and number == "2.01":  # the item reports a sale; what is bought in it is the buyer's side of the same
        return [], "asset_disposal"
    events = [_event(d, parts, firms, known_on, reported_on) for d in found.values()]
    if events:
        return events, None
    in_part = any(PART_OF_ASSETS.search(c["what"]) for s in parts for c in BUY.finditer(s.text))
    return [], "asset_disposal" if disposal else "part_of_assets" if in_part else None


def _is_bank_of(key: str, role: str, found: dict[str, Deal]) -> bool:
    """The bank (insurer) of a holding that the item tells of already: it follows its owner into ours."""
    owners = [k.split() for k, d in found.items() if k != key and d.role == role]
    words = key.split()
    is_operating = re.search(r"\b(?:bank|savings|trust|insurance|federal)\b", key)
    return bool(is_operating and any(words[0] == o[0] and (len(o[0]) >= 5 or words[:2] == o[:2]) for o in owners))


def _is_history(sentence: str, reported_on: date | None) -> bool:
    """A purchase of an earlier year or season told in passing: "In 2024, the Company acquired", "which acquired A in 2023"."""
    if reported_on is None:
        return False
    recent = [d.start for d in find_dates(sentence) if abs((reported_on - d.day).days) <= 120]
    for told in _PAST.finditer(sentence):
        if any(start < told.end() for start in recent):
            continue  # "On May 1, 2026, ... acquired": the clause has its own day
        month = told["month"] or told["month2"]
        last = month_end(f"{month or 'December'} {told['year'] or told['year2'] or told['year3']}")
        if last and (reported_on - last).days > (120 if month else 45):
            return True
    return False


def boilerplate(text: str, start: int, end: int) -> int:
    """Where the news of an item ends and the standing warnings begin."""
    found = _BOILERPLATE.search(text, start, end)
    return found.start() if found else end


def _is_disposal(sentence: str, firms: Firms) -> bool:
    """The registrant sells: its division, its subsidiary, its assets."""
    if not _DISPOSAL.search(sentence):
        return False
    return not re.search(
        r"\b(?:Company|Registrant|"
        + "|".join(re.escape(o) for o in sorted(firms.own))
        + r")\b[^.;]{0,60}\b(?:acquired|to acquire|acquisition of|to purchase)\b",
        sentence,
        re.IGNORECASE,
    )


def _event(deal: Deal, parts: list[Sentence], firms: Firms, known_on: date | None, reported_on: date | None) -> Event:
    occurred = near_report(deal.occurred_on, reported_on)
    amount = price_of(deal, parts, firms)
    modality = {"rumour": "rumour", "completed": "done", "terminated": "done"}.get(deal.stage, "planned")
    return Event(
        "acquisition", modality, occurred_on=occurred, confidence=0.9 if deal.stage == "completed" else 0.85,  # type: ignore[arg-type]
        other=Company(deal.other, deal.role),
        change_type="is_acquired" if deal.role == "acquirer" else "acquires_assets" if deal.is_assets else "acquires",
        deal_stage=deal.stage, amount=amount.value if amount else None,
        currency=amount.currency if amount else None, amount_qualifier=amount.qualifier if amount else None,
        subject=core(deal.other), start=deal.sentence.start, end=deal.sentence.end, trigger=deal.verb,
    )  # fmt: skip
