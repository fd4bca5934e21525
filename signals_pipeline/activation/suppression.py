"""The suppressions that hold now, read live just before a person is touched: opt-outs, bounces, do-not-contact, running sequences.

rows of people → Salesforce, Outreach and the ops store → effect_id → why not. The plan's own check was hours ago; this one counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from signals_pipeline.activation.destinations.base import Ready
from signals_pipeline.activation.destinations.outreach import ACTIVE, opted_out
from signals_pipeline.activation.doors import Doors, OutreachDoor
from signals_pipeline.activation.model import PlanRow
from signals_pipeline.io import ops
from signals_pipeline.rules.seeds import seed

PEOPLE = ("contact", "lead", "prospect", "sequence_state")
_CONTACT = ["Id", "Email", "AccountId", "HasOptedOutOfEmail", "Do_Not_Contact__c", "EmailBouncedDate"]
_LEAD = ["Id", "Email", "HasOptedOutOfEmail"]


async def holding(doors: Doors, engine: sa.Engine, ready: Sequence[Ready]) -> dict[str, str]:
    """effect_id → reason, for rows that must not be sent now. Reads in bulk; raises what the clients raise: no answer is no yes."""
    people = [r.row for r in ready if r.row.object in PEOPLE]
    found = _ours(engine, people)
    addresses: dict[str, list[PlanRow]] = {}
    for row in people:
        addresses.setdefault(str(row.facts["email"]), []).append(row)
    reasons: dict[str, str] = {}
    if doors.salesforce is not None and addresses:
        reasons |= await _salesforce(doors, sorted(addresses))
    if doors.outreach is not None and addresses:
        reasons |= await _outreach(doors, addresses, ready)
    for address, why in reasons.items():
        for row in addresses.get(address, ()):
            found.setdefault(row.effect_id, why)
    return found


def _ours(engine: sa.Engine, rows: Sequence[PlanRow]) -> dict[str, str]:
    """Erasures and blocks of our own, and accounts held out."""
    with engine.connect() as connection:
        blocked = {(r.email_key, r.company_id): r.reason for r in connection.execute(sa.select(ops.suppressions))}
        held = set(connection.execute(sa.select(ops.holdouts.c.company_id).where(ops.holdouts.c.arm == "held_out")).scalars())
    by_key = {k: why for (k, _), why in blocked.items() if k}
    by_company = {c: why for (k, c), why in blocked.items() if c and not k}
    found = {}
    for row in rows:
        if why := by_key.get(row.email_key or "") or by_company.get(row.company_id or ""):
            found[row.effect_id] = why
        elif row.company_id in held:
            found[row.effect_id] = "held_out"
    return found


async def _salesforce(doors: Doors, addresses: Sequence[str]) -> dict[str, str]:
    assert doors.salesforce is not None
    found: dict[str, str] = {}
    accounts: dict[str, list[str]] = {}
    for object_, fields in (("Contact", _CONTACT), ("Lead", _LEAD)):
        for record in await doors.salesforce.find_by(object_, "Email", addresses, fields):
            address = str(record.get("Email") or "").strip().lower()
            if why := _of_record(record):
                found.setdefault(address, why)
            if record.get("AccountId"):
                accounts.setdefault(str(record["AccountId"]), []).append(address)
    if accounts:
        for record in (await doors.salesforce.get_many("Account", sorted(accounts), ["Id", "Do_Not_Contact__c"])).values():
            if record.get("Do_Not_Contact__c"):
                found |= {a: "do_not_contact" for a in accounts.get(str(record["Id"]), ()) if a not in found}
    return found


def _of_record(record: Mapping[str, Any]) -> str | None:
    if record.get("HasOptedOutOfEmail"):
        return "opted_out"
    if record.get("Do_Not_Contact__c"):
        return "do_not_contact"
    return "bounced" if record.get("EmailBouncedDate") else None


async def _outreach(doors: Doors, addresses: Mapping[str, Sequence[PlanRow]], ready: Sequence[Ready]) -> dict[str, str]:
    assert doors.outreach is not None
    prospects = await doors.outreach.prospects_by_email(sorted(addresses))
    enrolling = {str(r.row.facts["email"]): r.row.facts["sequence_id"] for r in ready if r.row.object == "sequence_state"}
    repeats_stop = any(r["rule"] == "sequence_repeated" and r["is_active"] == "true" for r in seed("suppression_rules"))
    found: dict[str, str] = {}
    for address, sharing in prospects.items():
        if any(opted_out(p) for p in sharing):
            found[address] = "opted_out"
        elif address in enrolling:
            for prospect in sharing:
                states = await doors.outreach.sequence_states(prospect_id=int(prospect["id"]))
                if any(s["attributes"].get("state") in ACTIVE for s in states):
                    found[address] = "in_sequence"
                elif states and repeats_stop and await _was_in(doors.outreach, int(prospect["id"]), enrolling[address]):
                    found.setdefault(address, "sequence_repeated")
    return found


async def _was_in(door: OutreachDoor, prospect_id: int, sequence_id: Any) -> bool:
    """Whether a state of this prospect in this sequence was ever made: the sequencer takes nobody twice."""
    return sequence_id is not None and bool(await door.sequence_states(prospect_id=prospect_id, sequence_id=int(sequence_id)))
