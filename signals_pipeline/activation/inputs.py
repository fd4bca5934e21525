"""What a plan is made from: the outbox, our field values, the alerts, the people, the messages. Reads only.

warehouse `priorities.*` + lake `people`, `events` → `Inputs`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from signals_pipeline.activation.message.evidence import signals_of
from signals_pipeline.activation.message.quality import failures
from signals_pipeline.activation.message.shapes import Contact, Draft, Signal
from signals_pipeline.activation.message.templates import StaticDrafter, common
from signals_pipeline.activation.people import Person, people_of
from signals_pipeline.errors import Permanent
from signals_pipeline.runtime import Runtime

Row = dict[str, Any]


@dataclass(frozen=True)
class Message:
    """A draft and why it may not be sent (empty: it may)."""

    draft: Draft
    failures: tuple[str, ...]


@dataclass(frozen=True)
class Inputs:
    """`outbox`: rows to send, in rank order. `accounts`, `contacts`, `prospects`: our values by company or person id."""

    dt: date
    outbox: list[Row]
    accounts: dict[str, Row]
    contacts: dict[str, Row]
    prospects: dict[str, Row]
    alerts: list[Row]
    people: dict[str, Person]
    signals: dict[str, Signal]
    messages: dict[str, Message]  # by outbox_id


def read(rt: Runtime, dt: date) -> Inputs:
    """Raises Transient when the warehouse is not built yet, Permanent when it stands as of another day."""
    w = rt.warehouse
    outbox = w.rows("select * from priorities.outbox where decision = 'send' order by rank, outbox_id")
    if wrong := sorted({str(r["dt"]) for r in outbox if r["dt"] != dt}):
        raise Permanent(f"priorities.outbox stands as of {', '.join(wrong)}, not {dt}: build `priorities` for {dt} first")
    people = people_of(rt, [(r["person_id"], r["email_key"]) for r in outbox], dt)
    signals = signals_of(rt, [(r["signal_id"], r["signal_type"]) for r in outbox], dt)
    return Inputs(
        dt,
        outbox,
        accounts={r["company_id"]: r for r in w.rows("select * from priorities.sync_salesforce__accounts")},
        contacts={r["person_id"]: r for r in w.rows("select * from priorities.sync_salesforce__contacts")},
        prospects={r["person_id"]: r for r in w.rows("select * from priorities.sync_outreach__prospects")},
        alerts=w.rows("select * from priorities.alerts order by alert_key, channel"),
        people=people,
        signals=signals,
        messages=messages(rt, outbox, people, signals),
    )


def messages(rt: Runtime, outbox: list[Row], people: dict[str, Person], signals: dict[str, Signal]) -> dict[str, Message]:
    """outbox_id → its message, drafted and judged."""
    product, drafter, rules = rt.profile.product, StaticDrafter(rt.profile.product), common()
    found = {}
    for row in outbox:
        person = people.get(row["person_id"])
        contact = Contact(person.first_name if person else None, row["company_name"], person.title if person else None)
        signal = signals[row["signal_id"]]
        draft = drafter.draft(contact, signal)
        found[row["outbox_id"]] = Message(draft, tuple(failures(draft, contact, signal, product, rules)))
    return found
