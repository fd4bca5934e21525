"""Plan rows for Outreach: prospects by e-mail with the message in custom4-7, then the enrolment into the signal's sequence.

inputs + live prospects, sequences, mailboxes → `outreach_rows` → rows (create | update | enrol | skip).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from signals_pipeline.activation.destinations.outreach import (
    ACTIVE,
    OWNER,
    OutreachDestination,
    flat,
    opted_out,
    unfit_mailbox,
    unfit_sequence,
)
from signals_pipeline.activation.doors import OutreachDoor, Record
from signals_pipeline.activation.fields import changes_of, mapped
from signals_pipeline.activation.inputs import Inputs, Row
from signals_pipeline.activation.mailboxes import within_limits
from signals_pipeline.activation.model import Change, Operation, PlanRow, canonical
from signals_pipeline.keys import md5
from signals_pipeline.runtime import Runtime


async def outreach_rows(rt: Runtime, inputs: Inputs, door: OutreachDoor) -> list[PlanRow]:
    """Prospect rows first, then enrolments. Raises what the client raises."""
    if not inputs.outbox:
        return []
    reader = OutreachDestination(door)
    sequences, mailboxes = await reader.sequences(), await reader.mailboxes()
    by_name: dict[str, list[str]] = {}
    for id_, sequence in sequences.items():
        by_name.setdefault(str(sequence.get("name")), []).append(id_)
    wanted = {str(p.email) for r in inputs.outbox if (p := inputs.people.get(r["person_id"])) and p.email}
    live = await door.prospects_by_email(sorted(wanted))
    prospects, enrolments = [], []
    for row in inputs.outbox:
        person = inputs.people.get(row["person_id"])
        if person is None or not person.email:
            continue  # nobody to write to: the outbox should not have let it through, and the policy gate says so
        sharing = live.get(person.email, [])
        record = sharing[0] if len(sharing) == 1 else None
        owner = mailboxes.get(str(row["mailbox_id"]), {}).get("userId")
        prospect = _prospect(rt, inputs, row, record, [str(p["id"]) for p in sharing], int(owner) if owner else None)
        prospects.append(prospect)
        states = await door.sequence_states(prospect_id=int(record["id"])) if record else []
        sequence_id = str(row["sequence_id"] or "") or _only(by_name.get(row["sequence_name"] or "", []))
        enrolments.append(_enrolment(rt, inputs, row, prospect, record, states, sequence_id, sequences, mailboxes))
    return [*prospects, *await within_limits(rt, inputs.dt, door, enrolments, mailboxes)]


def _prospect(rt: Runtime, inputs: Inputs, row: Row, record: Record | None, sharing: list[str], owner: int | None) -> PlanRow:
    """`owner`: the sequencer's user who writes (the mailbox's); a prospect that has an owner keeps it."""
    person, message = inputs.people[row["person_id"]], inputs.messages[row["outbox_id"]]
    sync = {k: v for k, v in inputs.prospects.get(row["person_id"], {}).items() if v is not None}
    values: dict[str, Any] = {
        "company_name": row["company_name"],
        "signal_source": row["signal_type"],
        **sync,
        "email": [person.email],
        "first_name": person.first_name,
        "last_name": person.last_name,
        "title": person.title,
        **message.draft.texts(),
    }
    attributes = record["attributes"] if record else None
    changes = changes_of(mapped("outreach", "prospect"), values, attributes, as_text=True)
    before = flat(record)[OWNER] if record else None
    if owner is not None:
        changes = (*changes, Change(OWNER, before, owner if before is None else before, "fill", "owner_id"))
    operation: Operation = "update" if record else "create"
    why = ""
    if len(sharing) > 1:
        operation, why = "review", f"{len(sharing)} prospects share this address: a person must say which"
    elif message.failures:
        operation, why = "skip", f"message refused: {', '.join(message.failures)}"
    elif record and opted_out(record):
        operation, why = "skip", "opted out in Outreach"
    elif record and not any(c.is_change for c in changes):
        operation, why = "skip", "nothing to change"
    payload = {c.field: c.after for c in changes if c.is_change}
    return _row(
        rt,
        inputs,
        row,
        "prospect",
        str(row["email_key"]),
        operation,
        "create" if operation == "create" else f"{inputs.dt}:{md5(canonical(payload))}",
        why,
        changes=changes,
        record=record,
        facts={"may_enrol": not why or why == "nothing to change", "candidates": sharing},
    )


def _enrolment(
    rt: Runtime,
    inputs: Inputs,
    row: Row,
    prospect: PlanRow,
    record: Record | None,
    states: list[Record],
    sequence_id: str | None,
    sequences: Mapping[str, Mapping[str, Any]],
    mailboxes: Mapping[str, Mapping[str, Any]],
) -> PlanRow:
    mailbox_id = str(row["mailbox_id"]) if row["mailbox_id"] is not None else None
    running = sorted({str(s["attributes"].get("state")) for s in states if s["attributes"].get("state") in ACTIVE})
    why = ""
    if not prospect.facts["may_enrol"]:
        why = prospect.reason
    elif running:
        why = f"in a sequence already ({', '.join(running)})"
    elif sequence_id is None:
        why = f"no sequence named {row['sequence_name']!r}, or more than one"
    elif mailbox_id is None:
        why = "the owner has no healthy mailbox"
    else:
        why = unfit_sequence(sequences.get(sequence_id)) or unfit_mailbox(mailboxes.get(mailbox_id)) or ""
    changes = tuple(
        Change(field, None, value, "ours")
        for field, value in (("sequence", row["sequence_name"]), ("mailbox", mailbox_id))
        if value is not None
    )
    known = sorted(int(s["id"]) for s in states)
    return _row(
        rt,
        inputs,
        row,
        "sequence_state",
        f"{row['email_key']}:{sequence_id}",
        "skip" if why else "enrol",
        str(row["signal_id"]),
        why,
        changes=changes,
        record=None,
        needs=(prospect.row_id,),
        facts={"sequence_id": sequence_id, "mailbox_id": mailbox_id, "sequence_name": row["sequence_name"], "known_states": known},
    )


def _row(
    rt: Runtime,
    inputs: Inputs,
    row: Row,
    object_: str,
    key: str,
    operation: Operation,
    what: str,
    why: str,
    *,
    changes: tuple[Change, ...],
    record: Record | None,
    facts: dict[str, Any],
    needs: tuple[str, ...] = (),
) -> PlanRow:
    person = inputs.people[row["person_id"]]
    return PlanRow(
        "outreach",
        object_,
        key,
        operation,
        what,
        f"{why}; {row['why']}" if why else str(row["why"]),
        changes,
        record_id=str(record["id"]) if record else None,
        version=record["attributes"].get("updatedAt") if record else None,
        needs=needs,
        evidence=inputs.signals[row["signal_id"]].evidence,
        cost_usd=rt.profile.activation.usd_per_effect.get(f"outreach.{object_}", 0.0),
        outbox_id=row["outbox_id"],
        company_id=row["company_id"],
        person_id=row["person_id"],
        email_key=row["email_key"],
        signal_id=row["signal_id"],
        signal_type=row["signal_type"],
        is_probe=bool(row["is_probe"]),
        facts={"email": person.email, "country": person.country, "domain": row["domain"], **facts},
    )


def _only(ids: list[str]) -> str | None:
    return ids[0] if len(ids) == 1 else None
