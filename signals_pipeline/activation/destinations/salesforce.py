"""Salesforce as a destination: updates and claims by Id, creates by upsert on our unique key.

`Ready` → collections of 200 → one outcome per record (HTTP 200 may hold failed ones). Read back by Id or by Signal_Key__c.
Does not belong here: which record is meant (`find_salesforce.py`), the client (`vendors/salesforce.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from signals_pipeline.activation.destinations.base import Outcome, Ready, changed_fields, stands
from signals_pipeline.activation.doors import Record, SalesforceDoor
from signals_pipeline.activation.model import PlanRow
from signals_pipeline.errors import Transient
from signals_pipeline.io.redact import redact_text

KEY = "Signal_Key__c"
VERSION = "SystemModstamp"
SOBJECT = {"account": "Account", "contact": "Contact", "lead": "Lead"}
_FOR_NOW = {"UNABLE_TO_LOCK_ROW", "SERVER_UNAVAILABLE", "REQUEST_RUNNING_TOO_LONG", "ALL_OR_NONE_OPERATION_ROLLED_BACK", "DUPLICATE_VALUE"}


class SalesforceDestination:
    name = "salesforce"
    batch = 200
    can_read_back = True
    is_idempotent = True
    confirms_by_reading = False

    def __init__(self, door: SalesforceDoor) -> None:
        self.door = door

    async def send(self, object_: str, ready: Sequence[Ready]) -> list[Outcome]:
        """One outcome per row. Raises UnknownOutcome when the answer of a bulk write never came, Transient when no row was taken."""
        sobject = SOBJECT[object_]
        outcomes: list[Outcome] = []
        creates = [r for r in ready if r.row.operation == "create"]
        updates = [r for r in ready if r.row.operation != "create"]
        if updates:
            results = await self.door.update(sobject, [{"Id": r.row.record_id, **r.payload} for r in updates])
            outcomes += [_outcome(r.row, result) for r, result in zip(updates, results, strict=True)]
        if creates:
            try:
                results = await self.door.upsert(sobject, KEY, [{**r.payload, KEY: r.row.natural_key} for r in creates])
            except Transient as away:
                if not updates:
                    raise
                return outcomes + [Outcome(r.row.effect_id, "retry", None, str(away)) for r in creates]
            outcomes += [_outcome(r.row, result) for r, result in zip(creates, results, strict=True)]
        return outcomes

    async def read_back(self, object_: str, ready: Sequence[Ready]) -> dict[str, str]:
        live = await self._live(object_, ready)
        return {r.row.effect_id: record["Id"] for r in ready if (record := live.get(r.row.row_id)) and stands(r.payload, record)}

    async def drift(self, object_: str, ready: Sequence[Ready]) -> dict[str, str]:
        live = await self._live(object_, ready)
        twins = await self._twins(object_, ready)
        found = {}
        for r in ready:
            record = live.get(r.row.row_id)
            if r.row.operation == "create":
                if record or r.row.row_id in twins:
                    found[r.row.effect_id] = "such a record exists now"
            elif record is None or record.get("IsDeleted"):
                found[r.row.effect_id] = "the record is gone"
            elif moved := changed_fields(r.row, record, record.get(VERSION)):
                found[r.row.effect_id] = f"changed since the plan: {', '.join(moved)}"
        return found

    async def _twins(self, object_: str, ready: Sequence[Ready]) -> set[str]:
        """Rows to be created for which somebody made a record by hand since the plan (same domain, same e-mail)."""
        creates = {
            str(r.row.facts["lookup_value"]).lower(): r.row
            for r in ready
            if r.row.operation == "create" and r.row.facts.get("lookup_value")
        }
        if not creates:
            return set()
        field = next(iter(creates.values())).facts["lookup_field"]
        records = await self.door.find_by(SOBJECT[object_], field, sorted(creates), ["Id", field])
        return {creates[value].row_id for record in records if (value := str(record.get(field) or "").lower()) in creates}

    async def _live(self, object_: str, ready: Sequence[Ready]) -> dict[str, Record]:
        fields = fields_of(ready)
        by_id = {str(r.row.record_id): r.row.row_id for r in ready if r.row.record_id}
        by_key = {r.row.natural_key: r.row.row_id for r in ready if not r.row.record_id}
        found: dict[str, Record] = {}
        if by_id:
            for record in (await self.door.get_many(SOBJECT[object_], sorted(by_id), fields)).values():
                if record["Id"] in by_id:
                    found[by_id[record["Id"]]] = record
        if by_key:
            for record in await self.door.find_by(SOBJECT[object_], KEY, sorted(by_key), fields):
                if record.get(KEY) in by_key:
                    found[by_key[record[KEY]]] = record
        return found


def fields_of(ready: Iterable[Ready]) -> list[str]:
    mapped = {c.field for r in ready for c in r.row.changes}
    return sorted({"Id", KEY, VERSION, "IsDeleted"} | mapped)


def _outcome(row: PlanRow, result: Any) -> Outcome:
    if result.ok:
        return Outcome(row.effect_id, "done", result.id or row.record_id)
    detail = redact_text(f"{result.status_code}: {result.message}")  # the vendor repeats the value that it refuses
    return Outcome(row.effect_id, "retry" if result.status_code in _FOR_NOW else "failed", None, detail)
