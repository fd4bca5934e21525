"""Outreach as a destination: prospects by e-mail, then sequence states. There are no idempotency keys and no upsert.

`Ready` → look up, create or patch, one request per row → outcomes. A refused duplicate is looked up, never trusted by its wording.
Never enrols into a transactional, disabled or locked sequence, nor from a mailbox that cannot send.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from signals_pipeline.activation.destinations.base import Outcome, Ready, changed_fields, stands
from signals_pipeline.activation.doors import OutreachDoor, Record
from signals_pipeline.activation.model import same
from signals_pipeline.errors import Permanent, SkipRecord, Transient, UnknownOutcome

ACTIVE = ("active", "paused", "pending")
AT_ONCE = 4
OWNER = "owner"


class OutreachDestination:
    name = "outreach"
    batch = 25
    can_read_back = True
    is_idempotent = True  # by reading first: a prospect is found by e-mail, an enrolment by (prospect, sequence)
    confirms_by_reading = False

    def __init__(self, door: OutreachDoor) -> None:
        self.door = door

    async def send(self, object_: str, ready: Sequence[Ready]) -> list[Outcome]:
        """One outcome per row. Raises the first Transient or ContractBroken only when no row of the batch was sent."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(r: Ready) -> Outcome | Exception:
            async with gate:
                try:
                    return await (self._prospect(r) if object_ == "prospect" else self._enrol(r))
                except UnknownOutcome as silent:
                    return Outcome(r.row.effect_id, "unknown", None, str(silent))
                except (SkipRecord, Permanent) as refused:
                    return Outcome(r.row.effect_id, "failed", None, str(refused))
                except Exception as broken:
                    return broken

        told = await asyncio.gather(*(one(r) for r in ready))
        errors = [t for t in told if isinstance(t, Exception)]
        if errors and len(errors) == len(told):
            raise errors[0]
        worst = [*(e for e in errors if not isinstance(e, Transient)), *errors]
        detail = str(worst[0]) if worst else ""
        return [
            Outcome(r.row.effect_id, "retry", None, detail) if isinstance(t, Exception) else t for r, t in zip(ready, told, strict=True)
        ]

    async def _prospect(self, r: Ready) -> Outcome:
        if r.row.record_id:
            await self.door.patch("prospect", int(r.row.record_id), *split(r.payload))
            return Outcome(r.row.effect_id, "done", r.row.record_id)
        try:
            made = await self.door.create("prospect", *split(r.payload))
            return Outcome(r.row.effect_id, "done", str(made["id"]))
        except SkipRecord as refused:
            found = (await self.door.prospects_by_email([r.row.facts["email"]])).get(r.row.facts["email"], [])
            if len(found) != 1:
                raise
            if not opted_out(found[0]):
                own = {k: v for k, v in r.payload.items() if k.startswith("custom")}
                await self.door.patch("prospect", int(found[0]["id"]), own)
                return Outcome(r.row.effect_id, "done", str(found[0]["id"]), "existed already; our fields written")
            return Outcome(r.row.effect_id, "refused", None, f"{refused}; the prospect exists and opted out")

    async def _enrol(self, r: Ready) -> Outcome:
        prospect, sequence, mailbox = (r.row.record_id or r.id_of("prospect")), r.row.facts["sequence_id"], r.row.facts["mailbox_id"]
        relationships = {k: (k, int(v or 0)) for k, v in {"prospect": prospect, "sequence": sequence, "mailbox": mailbox}.items()}
        try:
            made = await self.door.create("sequenceState", None, relationships)
            return Outcome(r.row.effect_id, "done", str(made["id"]))
        except SkipRecord as refused:
            if (standing := await self._new_state(r)) is not None:
                return Outcome(r.row.effect_id, "done", standing, "was enrolled already")
            return Outcome(r.row.effect_id, "refused", None, str(refused))

    async def _new_state(self, r: Ready) -> str | None:
        """A state of this prospect in this sequence that did not stand when the plan was made."""
        prospect = r.row.record_id or r.id_of("prospect")
        if not prospect:
            return None
        known = {str(i) for i in r.row.facts.get("known_states", ())}
        states = await self.door.sequence_states(prospect_id=int(prospect), sequence_id=int(r.row.facts["sequence_id"]))
        new = sorted(str(s["id"]) for s in states if str(s["id"]) not in known)
        return new[0] if new else None

    async def read_back(self, object_: str, ready: Sequence[Ready]) -> dict[str, str]:
        if object_ == "sequence_state":
            return {r.row.effect_id: found for r in ready if (found := await self._new_state(r)) is not None}
        live = await self._live(ready)
        written = {r.row.row_id: {k: v for k, v in r.payload.items() if k != "emails"} for r in ready}
        return {
            r.row.effect_id: str(live[r.row.facts["email"]]["id"])
            for r in ready
            if r.row.facts["email"] in live and stands(written[r.row.row_id], flat(live[r.row.facts["email"]]))
        }

    async def drift(self, object_: str, ready: Sequence[Ready]) -> dict[str, str]:
        return await (self._drift_of_enrolment(ready) if object_ == "sequence_state" else self._drift_of_prospects(ready))

    async def _drift_of_prospects(self, ready: Sequence[Ready]) -> dict[str, str]:
        live, found = await self._live(ready), {}
        for r in ready:
            record = live.get(r.row.facts["email"])
            if r.row.operation == "create":
                if record:
                    found[r.row.effect_id] = "a prospect with this address exists now"
            elif record is None or not same(str(record["id"]), r.row.record_id):
                found[r.row.effect_id] = "the prospect is gone"
            elif moved := changed_fields(r.row, flat(record), record["attributes"].get("updatedAt")):
                found[r.row.effect_id] = f"changed since the plan: {', '.join(moved)}"
        return found

    async def _drift_of_enrolment(self, ready: Sequence[Ready]) -> dict[str, str]:
        sequences, mailboxes = await self.sequences(), await self.mailboxes()
        found = {}
        for r in ready:
            if (why := unfit_sequence(sequences.get(str(r.row.facts["sequence_id"])))) or (
                why := unfit_mailbox(mailboxes.get(str(r.row.facts["mailbox_id"])))
            ):
                found[r.row.effect_id] = why
        return found

    async def _live(self, ready: Sequence[Ready]) -> dict[str, Record]:
        found = await self.door.prospects_by_email(sorted({r.row.facts["email"] for r in ready}))
        return {address: min(sharing, key=lambda p: int(p["id"])) for address, sharing in found.items() if sharing}

    async def sequences(self) -> dict[str, Mapping[str, Any]]:
        return await self._all("sequences", {})

    async def mailboxes(self) -> dict[str, Mapping[str, Any]]:
        """Few fields only: the whole resource holds password-like attributes."""
        return await self._all(
            "mailboxes", {"fields[mailbox]": "email,userId,sendDisabled,sendErroredAt,maxEmailsPerDay,maxMailingsPerDay"}
        )

    async def _all(self, resource: str, params: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
        return {str(r["id"]): r["attributes"] async for page in self.door.pages(resource, params) for r in page}


def split(payload: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, tuple[str, int | str]] | None]:
    """A prospect's payload as attributes and relationships: the owner is a user."""
    attributes = {k: v for k, v in payload.items() if k != OWNER}
    return attributes, {OWNER: ("user", int(payload[OWNER]))} if payload.get(OWNER) else None


def flat(prospect: Record) -> dict[str, Any]:
    """A prospect's attributes, and the id of its owner (None: nobody's) as one more."""
    data = ((prospect.get("relationships") or {}).get(OWNER) or {}).get("data") or {}
    return {**prospect["attributes"], OWNER: int(data["id"]) if data.get("id") else None}


def unfit_sequence(sequence: Mapping[str, Any] | None) -> str | None:
    """Why nobody may be enrolled there; None when one may."""
    if sequence is None:
        return "the sequence does not exist"
    if sequence.get("transactional"):
        return "the sequence is transactional: it would bypass opt-outs"
    if sequence.get("locked"):
        return "the sequence is locked"
    return None if sequence.get("enabled") else "the sequence is disabled"


def unfit_mailbox(mailbox: Mapping[str, Any] | None) -> str | None:
    """Why the mailbox cannot send; None when it can."""
    if mailbox is None:
        return "the mailbox does not exist"
    if mailbox.get("sendDisabled"):
        return "the mailbox has sending disabled"
    return "the mailbox has a sending error" if mailbox.get("sendErroredAt") else None


def opted_out(prospect: Record) -> bool:
    """Whether this person said no in Outreach, to everything or to e-mail."""
    attributes = prospect["attributes"]
    return bool(attributes.get("optedOut") or attributes.get("emailOptedOut"))
