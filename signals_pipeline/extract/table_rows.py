"""Rows of exports and dropped files → events: the columns already say what happened, and are only put into our words.

raw row (dict) → `read_row(dataset, row)` → `Reading`. Does not belong here: files and their headers (`sources/`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from signals_pipeline.extract.event import Company, Event, Modality, Person, Reading
from signals_pipeline.extract.firms import core
from signals_pipeline.extract.rounds import round_type
from signals_pipeline.rules.titles import classify

_CHANGES = {
    "new_hire": "new_hire", "hire": "new_hire", "hired": "new_hire", "appointed": "new_hire", "appointment": "new_hire",
    "joined": "new_hire",
    "new": "new_hire", "promotion": "promotion", "promoted": "promotion", "departure": "departure", "departed": "departure",
    "left": "departure",
    "resigned": "departure", "retired": "departure", "exit": "departure", "reorganization": "reorganization",
    "reorganisation": "reorganization",
    "reorg": "reorganization", "role_change": "reorganization", "move": "reorganization",
}  # fmt: skip
_EXPANSIONS = {
    "new_office": "new_office", "office": "new_office", "headquarters": "new_office", "facility": "new_office",
    "new_location": "new_office",
    "new_market": "new_market", "market": "new_market", "market_entry": "new_market", "new_product": "new_product",
    "product": "new_product",
    "product_launch": "new_product",
}  # fmt: skip
_TECHNOLOGY = {
    "added": "added", "new": "added", "adopted": "added", "installed": "added", "removed": "removed", "dropped": "removed",
    "churned": "removed", "upgraded": "upgraded", "current": "current", "active": "current", "live": "current", "": "current",
}  # fmt: skip
_NEW_FOR = timedelta(days=60)  # a technology in use that was first seen this long ago was adopted just now: the type's half-life
_RUMOURS = ("rumour", "rumor", "rumoured", "rumored", "speculation")


def _deal(row: dict[str, Any]) -> Reading:
    """Crunchbase: the acquirer is the account that moves, the target is the other company."""
    return Reading((
        Event(
            "acquisition", "done", occurred_on=row["announced_on"], confidence=0.8, subject_role="acquirer",
            other=Company(row["company_name"], "target"), change_type="acquires", deal_stage="completed",
            amount=row["price"], currency=row["currency"],
            subject=core(row["company_name"]), trigger="acquired_at",
        ),
    ))  # fmt: skip


def _round(row: dict[str, Any]) -> Reading:
    return Reading((
        Event(
            "funding_round", "done", occurred_on=row["announced_on"], confidence=0.8, round_type=round_type(row["round_type"]),
            amount=row["amount"], currency=row["currency"], trigger=row["round_type"],
        ),
    ))  # fmt: skip


def _funding(row: dict[str, Any]) -> Reading:
    leads = [row.get("lead_investor"), *(row.get("investors") or "").split(";")]
    investors = "; ".join(dict.fromkeys(i.strip() for i in leads if i and i.strip()))
    return Reading((
        Event(
            "funding_round", _modality(row.get("round_type")), occurred_on=row["announced_on"], confidence=0.75,
            round_type=round_type(row["round_type"]), amount=row["amount"], currency=row["currency"], valuation=row.get("valuation"),
            investors=investors or None, effective_on=row.get("closed_on"), trigger=row["round_type"],
        ),
    ))  # fmt: skip


def _executive(row: dict[str, Any]) -> Reading:
    kind = _CHANGES.get(_key(row["change_type"]))
    if kind is None:
        return Reading(reason="unknown_change_type")
    effective, announced = row.get("effective_on"), row["announced_on"]
    modality: Modality = "planned" if effective and announced and effective > announced else "done"
    return Reading((
        Event(
            "executive_change", modality, occurred_on=announced, confidence=0.75, person=Person(row["person_name"] or "",
            title=row["title"]),
            change_type=kind, title=row["title"], effective_on=effective, trigger=row["change_type"],
        ),
    ))  # fmt: skip


def _expansion(row: dict[str, Any]) -> Reading:
    told = _key(row["expansion_type"])
    place = ", ".join(p for p in (row.get("city"), row.get("country")) if p) or None
    effective, announced = row.get("effective_on"), row["announced_on"]
    modality: Modality = "planned" if effective and announced and effective > announced else _modality(told)
    if told in ("acquisition", "merger", "partnership"):
        target = row.get("target_company")
        if not target:
            return Reading(reason="no_other_company")
        kind = "partnership" if told == "partnership" else "acquisition"
        return Reading((
            Event(
                kind, modality, occurred_on=announced, confidence=0.7, other=Company(target,
                "counterparty" if kind == "partnership" else "target"), change_type="acquires" if kind == "acquisition" else None,
                deal_stage="agreed" if kind == "acquisition" else None, amount=row.get("deal_size"), currency=row.get("currency"),
                effective_on=effective, subject=core(target), place=place, trigger=row["expansion_type"],
            ),
        ))  # fmt: skip
    if told not in _EXPANSIONS:
        return Reading(reason="unknown_expansion_type")
    return Reading((
        Event(
            "expansion", modality, occurred_on=announced, confidence=0.7, change_type=_EXPANSIONS[told],
            effective_on=effective, place=place,
            subject=(place or row.get("address") or _EXPANSIONS[told]).lower(), amount=row.get("deal_size"), currency=row.get("currency"),
            trigger=row["expansion_type"],
        ),
    ))  # fmt: skip


def _posting(row: dict[str, Any]) -> Reading:
    """A posting belongs to the wave of its department: the vendor's own word in ours where we have one, else what the title says."""
    told, title = row.get("department"), row["title"]
    department = (classify(told)[1] or _key(told).replace("_", " ")) if told else classify(title)[1]
    place = row.get("location") or row.get("country")
    return Reading((
        Event(
            "job_posting", "done", occurred_on=row["posted_on"], confidence=0.75, title=title, department=department,
            subject=department or title.lower(), place=place, trigger=title,
        ),
    ))  # fmt: skip


def _technology(row: dict[str, Any]) -> Reading:
    """What was added, removed or upgraded. A technology merely in use is a change when it was first seen lately, else none."""
    change, first, last = _TECHNOLOGY.get(_key(row.get("status"))), row.get("first_seen"), row.get("last_seen")
    if change is None:
        return Reading(reason="unknown_status")
    told: date = row["known_at"].date()
    if change == "current":
        if first is None or told - first > _NEW_FOR:
            return Reading(reason="no_change")
        change = "added"
    seen = last if change == "removed" else first
    sure = row.get("confidence")
    sure = 0.7 if sure is None else max(0.0, min(1.0, sure / 100 if sure > 1 else sure))
    return Reading((
        Event(
            "technology_adoption", "done", occurred_on=min(seen or told, told), confidence=sure,
            change_type=change, subject=row["technology"], trigger=row.get("status") or "first_seen",
        ),
    ))  # fmt: skip


def _key(text: str | None) -> str:
    return (text or "").strip().lower().replace("-", "_").replace(" ", "_")


def _modality(told: str | None) -> Modality:
    return "rumour" if any(word in _key(told) for word in _RUMOURS) else "done"


READERS: dict[str, Callable[[dict[str, Any]], Reading]] = {
    "crunchbase__acquisitions": _deal,
    "crunchbase__funding_rounds": _round,
    "file_drop__funding": _funding,
    "file_drop__executive_change": _executive,
    "file_drop__expansion": _expansion,
    "file_drop__job_posting": _posting,
    "file_drop__technology": _technology,
}


def read_row(dataset: str, row: dict[str, Any]) -> Reading:
    """The events of one row of a known dataset."""
    return READERS[dataset](row)
