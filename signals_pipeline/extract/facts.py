"""A `Reading` of one raw record → rows of facts: events, documents, mentions of other companies, people.

Ids follow from dataset, record key, role and position (docs/contracts.md), so that the same record gives the same rows on any day.
Names of people stand in `people` alone.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from signals_pipeline.extract.event import Event, Person, Reading
from signals_pipeline.keys import md5
from signals_pipeline.rules.fx import to_usd
from signals_pipeline.rules.titles import classify

EXTRACTOR, VERSION = "patterns", "1"
FILINGS = "sec_edgar__filings"
_DECLARED_ROLES = {"crunchbase__acquisitions": ("acquirer", "target")}  # mentions that the source itself writes, beside `subject`
_DECLARED_PEOPLE = ("file_drop__executive_change",)  # person rows that the source itself writes, at position 0


@dataclass
class Rows:
    """Rows of one or more records by dataset of the facts layer."""

    events: list[dict[str, Any]] = field(default_factory=list)
    documents: list[dict[str, Any]] = field(default_factory=list)
    mentions: list[dict[str, Any]] = field(default_factory=list)
    people: list[dict[str, Any]] = field(default_factory=list)


def add(rows: Rows, dataset: str, raw: dict[str, Any], reading: Reading) -> None:
    """Put the rows of one record's reading behind the others; `raw` is the landed row."""
    key, subject = raw["record_key"], md5(dataset, raw["record_key"], "subject")
    roles: Counter[str] = Counter()
    positions: Counter[str] = Counter()
    people = [e.person for e in reading.events if e.person] + list(reading.people)
    numbers = {id(person): number for number, person in enumerate(people)}
    if dataset not in _DECLARED_PEOPLE:
        rows.people += [_person(dataset, raw, subject, p, n) for n, p in enumerate(people)]
    for event in reading.events:
        other = None
        if event.other:
            roles[event.other.role] += 1
            number = roles[event.other.role]
            role = event.other.role if number == 1 else f"{event.other.role}_{number}"
            other = md5(dataset, key, role)
            if event.other.role not in _DECLARED_ROLES.get(dataset, ()):
                rows.mentions.append(_mention(dataset, raw, other, role, event))
        person = md5("person", dataset, key, numbers[id(event.person)]) if event.person else None
        rows.events.append(_event(dataset, raw, event, positions[event.signal_type], other, person))
        positions[event.signal_type] += 1
    if dataset == FILINGS:
        rows.documents.append({
            "document_id": md5(dataset, key), "dataset": dataset, "record_key": key, "form": raw["form"], "items": raw["items"],
            "events": len(reading.events), "reason": None if reading.events else reading.reason, "extractor": EXTRACTOR,
            "extractor_version": VERSION,
        })  # fmt: skip


def _event(dataset: str, raw: dict[str, Any], event: Event, position: int, other: str | None, person: str | None) -> dict[str, Any]:
    occurred = event.occurred_on
    level, department = classify(event.title)
    known: datetime = raw["known_at"]
    return {
        "event_id": md5(dataset, raw["record_key"], event.signal_type, position), "dataset": dataset, "record_key": raw["record_key"],
        "signal_type": event.signal_type, "occurred_at": _at(occurred) or raw.get("occurred_at"), "known_at": known,
        "known_at_basis": raw["known_at_basis"], "modality": event.modality, "confidence": event.confidence,
        "mention_id": md5(dataset, raw["record_key"], event.subject_role), "other_mention_id": other,
        "other_company_name": event.other.name if event.other else None, "person_record_id": person, "change_type": event.change_type,
        "title": event.title, "level": level, "department": event.department or department,
        "effective_on": event.effective_on, "round_type": event.round_type,
        "amount": event.amount, "currency": event.currency if event.amount is not None or event.offering_amount is not None else None,
        "amount_usd": to_usd(event.amount, event.currency, occurred or known.date()), "offering_amount": event.offering_amount,
        "amount_qualifier": event.amount_qualifier, "valuation": event.valuation, "investors": event.investors,
        "deal_stage": event.deal_stage,
        "subject": event.subject, "place": event.place, "span_start": event.start, "span_end": event.end, "trigger": event.trigger,
        "accession": raw.get("accession"), "source_url": raw.get("document_url") or raw.get("source_url") or raw.get("url"),
        "source_row": None if dataset == FILINGS else raw.get("source_row") or f"{dataset}:{raw['record_key']}",
        "extractor": EXTRACTOR, "extractor_version": VERSION,
    }  # fmt: skip


def _mention(dataset: str, raw: dict[str, Any], mention_id: str, role: str, event: Event) -> dict[str, Any]:
    assert event.other is not None
    return {
        "mention_id": mention_id, "dataset": dataset, "record_key": raw["record_key"], "role": role, "known_at": raw["known_at"],
        "name": event.other.name, "country": event.other.country, "state": event.other.state, "city": event.other.city,
    }  # fmt: skip


def _person(dataset: str, raw: dict[str, Any], employer: str, person: Person, position: int) -> dict[str, Any]:
    level, department = classify(person.title)
    return {
        "person_record_id": md5("person", dataset, raw["record_key"], position), "dataset": dataset, "record_key": raw["record_key"],
        "mention_id": employer, "known_at": raw["known_at"], "full_name": person.full_name, "first_name": person.first_name,
        "last_name": person.last_name, "title": person.title, "level": level, "department": department,
    }  # fmt: skip


def _at(day: date | None) -> datetime | None:
    """A day as an instant: midnight, naive UTC, so that it reads as the same day everywhere."""
    return datetime.combine(day, time(), tzinfo=UTC).replace(tzinfo=None) if day else None
