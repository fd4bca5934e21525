"""The product database: users that changed, and daily event counts per user, each by watermark with an overlap.

watermark − overlap < changed ≤ the window's end → Arrow batches → rows. SQL stays inside what Redshift accepts.
Redshift enforces no keys: repeats are found here, not there. An UNLOAD as JSON lines is read the same way.
Does not belong here: connecting (`vendors/product_db.py`), what the counts mean (dbt).
Run alone: `python -m signals_pipeline.sources product_db`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from signals_pipeline.errors import SkipRecord
from signals_pipeline.sources.columnar import batch_of
from signals_pipeline.sources.read import company_domain, day, dumps, end_of_day, naive, need_text, need_whole, stamp, text, whole
from signals_pipeline.sources.spec import Body, Pull, Raw, Row, StreamCode
from signals_pipeline.sources.tabular import Table, required
from signals_pipeline.vendors.product_db import ProductDb

_USERS_SQL = (
    "select user_id, email, company_name, plan_type, signup_date, country, company_size, team_members, updated_at"
    " from users where updated_at > %s and updated_at <= %s order by updated_at, user_id"
)
_EVENTS_SQL = (
    "select user_id, event_date, event_type, event_count, loaded_at"
    " from daily_events where loaded_at > %s and loaded_at <= %s order by loaded_at, user_id"
)
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def _id(record: Mapping[str, Any], name: str) -> str:
    """Ids are numbers in some installations."""
    value = record.get(name)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else need_text(record, name)


def _domain(columns: dict[str, Any], _: Mapping[str, Any]) -> dict[str, Any]:
    return {"domain": company_domain(columns["email"])}


USERS = Table(
    {
        "user_id": ("user_id", _id), "email": ("email", text), "company_name": ("company_name", text),
        "plan_type": ("plan_type", text), "signup_at": ("signup_date", stamp), "country": ("country", text),
        "company_size": ("company_size", whole), "team_members": ("team_members", whole),
        "updated_at": ("updated_at", required(stamp)),
    },
    key="user_id", modified="updated_at", email="email", more=_domain,
)  # fmt: skip


def _between(pull: Pull, first: datetime) -> tuple[datetime, datetime]:
    """(after, until], naive UTC: from the watermark of the newest earlier pull, less the overlap, to the window's end.

    first: where to begin without a watermark. `until` stops a microsecond before the end, which belongs to the next day.
    """
    overlap = timedelta(days=pull.runtime.profile.usage.overlap_days)
    mark = pull.cursor.get("until")
    after = (datetime.fromisoformat(mark) if mark else first) - overlap
    pull.cursor["until"] = pull.window.end.isoformat()
    after_naive, until = naive(max(after, _BEGINNING)), naive(pull.window.end - timedelta(microseconds=1))
    assert after_naive is not None and until is not None
    return after_naive, until


async def _fetch_users(pull: Pull) -> AsyncIterator[Body]:
    after = _between(pull, _BEGINNING)  # a state: without a watermark everybody is pulled, also for a history
    batches = ProductDb(pull.runtime.settings).batches(_USERS_SQL, after)
    number = 0
    while (batch := await asyncio.to_thread(next, batches, None)) is not None:
        number += 1
        yield Body(b"", f"users/batch-{number}", value=batch.to_pylist())


def _records(body: Body, _: Pull) -> Iterator[Raw]:
    """Rows of a query, or lines of an UNLOAD; a line that is no JSON object is its own reject."""
    rows: Any = body.value if body.value is not None else body.content.decode("utf-8", "replace").splitlines()
    for number, row in enumerate(rows, 1):
        place = f"{body.place}:{number}"
        if isinstance(row, str):
            try:
                yield Raw(row, json.loads(row), place)
            except json.JSONDecodeError:
                yield Raw(row, row, place)
        else:
            yield Raw(dumps(row), row, place)


def _columns(pull: Pull) -> Iterator[pa.Table]:
    after = _between(pull, pull.since)
    for batch in ProductDb(pull.runtime.settings).batches(_EVENTS_SQL, after):
        yield events_of(batch)


def events_of(batch: pa.Table) -> pa.Table:
    """A batch of daily_events as dataset columns. One row per user, day and event type; later loads may restate it."""
    users = batch["user_id"].cast(pa.string())
    days = batch["event_date"].cast(pa.date32())
    loaded = batch["loaded_at"].cast(pa.timestamp("us"))
    return pa.table(
        {
            "record_key": pc.binary_join_element_wise(users, days.cast(pa.string()), batch["event_type"].cast(pa.string()), "|"),
            "occurred_at": days.cast(pa.timestamp("us")),
            "known_at": loaded,
            "known_at_basis": pa.array(["modified"] * batch.num_rows, pa.string()),
            "user_id": users,
            "event_date": days,
            "event_type": batch["event_type"].cast(pa.string()),
            "event_count": batch["event_count"].cast(pa.int64()),
            "loaded_at": loaded,
        }
    )


def _event_row(raw: Raw, _: Pull) -> Row:
    """The same as `events_of`, for a line of an UNLOAD."""
    record = raw.value
    if not isinstance(record, dict):
        raise SkipRecord("not_json", "the line is no JSON object")
    user, on, kind = _id(record, "user_id"), required(day)(record, "event_date"), need_text(record, "event_type")
    loaded = required(stamp)(record, "loaded_at")
    columns = {"user_id": user, "event_date": on, "event_type": kind, "event_count": need_whole(record, "event_count"), "loaded_at": loaded}
    at = loaded.replace(tzinfo=UTC)
    return Row(f"{user}|{on}|{kind}", at, "modified", columns, occurred_at=end_of_day(on).replace(hour=0, minute=0, second=0))


STREAMS = {
    "users": StreamCode(_records, USERS.row, _fetch_users, batch=batch_of(USERS)),
    "daily_events": StreamCode(_records, _event_row, columns=_columns),
}
