"""Which Salesforce record is meant: by our key, else by the id that identity knows, else by domain or e-mail.

keys + hints → live records → `Found(records)`: exactly one is claimed, none is created, two or more are for a person.
Reads only, in bulk. Does not belong here: what is written into the record (`plan_rows.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from signals_pipeline.activation.doors import Record, SalesforceDoor

KEY = "Signal_Key__c"
ALWAYS = ("Id", KEY, "SystemModstamp", "IsDeleted")


@dataclass(frozen=True)
class Hint:
    """What is known of one company or person before Salesforce is asked. `value` is a domain or an address, lower case."""

    key: str
    record_ids: tuple[str, ...] = ()
    value: str | None = None


@dataclass(frozen=True)
class Found:
    """Live records for one key. `by` tells how: key | id | domain | email | nothing. `clash`: it carries another key of ours."""

    records: tuple[Record, ...]
    by: str
    clash: bool = False


async def find(
    door: SalesforceDoor,
    object_: str,
    hints: Sequence[Hint],
    fields: Sequence[str],
    *,
    field: str,
    by: str,
    more_ids: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, Found]:
    """Key → what stands there. `field`: the field that `value` is compared with. `more_ids`: value → ids that the lake knows for it.

    Raises what the client raises: an unanswered question is not "nothing found".
    """
    wanted = sorted({*ALWAYS, field, *fields})
    found: dict[str, Found] = {}
    by_key: dict[str, list[Record]] = {}
    for record in _alive(await door.find_by(object_, KEY, [h.key for h in hints], wanted)) if hints else ():
        by_key.setdefault(record[KEY], []).append(record)
    found |= {key: Found(tuple(records), "key") for key, records in by_key.items()}

    left = [h for h in hints if h.key not in found]
    ids = sorted({i for h in left for i in h.record_ids})
    by_id = {r["Id"]: r for r in _alive((await door.get_many(object_, ids, wanted)).values())} if ids else {}
    for h in left:
        records = tuple(by_id[i] for i in dict.fromkeys(h.record_ids) if i in by_id)
        if records:
            found[h.key] = _judged(h, records, "id")

    left = [h for h in left if h.key not in found and h.value]
    values = sorted({str(h.value) for h in left})
    by_value: dict[str, dict[str, Record]] = {}
    for record in _alive(await door.find_by(object_, field, values, wanted)) if values else ():
        by_value.setdefault(str(record.get(field) or "").strip().lower(), {})[record["Id"]] = record
    extra = {i: v for v in values for i in (more_ids or {}).get(v, ())}
    for record in _alive((await door.get_many(object_, sorted(extra), wanted)).values()) if extra else ():
        by_value.setdefault(extra[record["Id"]], {})[record["Id"]] = record
    for h in left:
        records = tuple(r for _, r in sorted(by_value.get(str(h.value), {}).items()))
        if records:
            found[h.key] = _judged(h, records, by)
    return {h.key: found.get(h.key, Found((), "nothing")) for h in hints}


def _judged(hint: Hint, records: tuple[Record, ...], by: str) -> Found:
    return Found(records, by, clash=any(r.get(KEY) and r[KEY] != hint.key for r in records))


def _alive(records: Iterable[Record]) -> list[dict[str, Any]]:
    return [r for r in records if not r.get("IsDeleted")]
