"""What an extractor concludes from one record: plain values, without ids, lake or clock.

pure readers (`form_d.py`, `eightk.py`, `table_rows.py`) → `Reading` → `stage.py` → facts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

Modality = Literal["done", "planned", "rumour"]


@dataclass(frozen=True)
class Company:
    """Another company of the record. `role` from the other company's point of view: target | acquirer | counterparty."""

    name: str
    role: str
    country: str | None = None
    state: str | None = None
    city: str | None = None


@dataclass(frozen=True)
class Person:
    full_name: str
    first_name: str | None = None
    last_name: str | None = None
    title: str | None = None


@dataclass(frozen=True)
class Event:
    """One event. `start`/`end`: the quoted span in the record's text; `occurred_on`: the day it was true in the world."""

    signal_type: str
    modality: Modality
    occurred_on: date | None = None
    confidence: float = 0.8
    subject_role: str = "subject"
    other: Company | None = None
    person: Person | None = None
    change_type: str | None = None
    title: str | None = None
    department: str | None = None  # as a source gives it; null: what the title says
    effective_on: date | None = None
    round_type: str | None = None
    amount: Decimal | None = None
    currency: str | None = None
    offering_amount: Decimal | None = None
    amount_qualifier: str | None = None
    valuation: Decimal | None = None
    investors: str | None = None
    deal_stage: str | None = None
    subject: str | None = None
    place: str | None = None
    start: int | None = None
    end: int | None = None
    trigger: str | None = None


@dataclass(frozen=True)
class Reading:
    """The events of one document; `reason` says why there is none. `people` are named without an event (Form D)."""

    events: tuple[Event, ...] = ()
    reason: str | None = None
    people: tuple[Person, ...] = field(default=())
