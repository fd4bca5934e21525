"""Cursors and health of streams in the ops store.

A cursor is kept per day: the run of a day starts from the newest cursor of an *earlier* day, so that running a day again
pulls the same and writes the same.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from signals_pipeline.errors import Permanent
from signals_pipeline.io.ops import cursors, source_health

_KEPT = 30  # days of cursors


def cursor_before(ops: sa.Engine, stream: str, dt: date) -> dict[str, Any]:
    """The cursor that the newest day before `dt` left; empty when there is none. Raises Permanent when it is unreadable."""
    with ops.connect() as connection:
        found = connection.execute(sa.select(cursors.c.value).where(cursors.c.stream == stream)).scalar()
    days = [d for d in _days(stream, found) if d < dt.isoformat()]
    return dict(_days(stream, found)[max(days)]) if days else {}


def store_cursor(ops: sa.Engine, stream: str, dt: date, cursor: dict[str, Any], at: datetime) -> None:
    """Keep what the run of `dt` left behind. Later days keep theirs."""
    with ops.begin() as connection:
        found = connection.execute(sa.select(cursors.c.value).where(cursors.c.stream == stream)).scalar()
        days = {**_days(stream, found), dt.isoformat(): cursor}
        days = {d: days[d] for d in sorted(days)[-_KEPT:]}
        connection.execute(sa.delete(cursors).where(cursors.c.stream == stream))
        connection.execute(cursors.insert().values(stream=stream, value=json.dumps(days, sort_keys=True), updated_at=at))


def _days(stream: str, text: str | None) -> dict[str, dict[str, Any]]:
    if not text:
        return {}
    try:
        found = json.loads(text)
    except json.JSONDecodeError as bad:
        raise Permanent(f"the cursor of {stream} in the ops store is no JSON ({bad}); delete its row to pull from the start") from None
    if not isinstance(found, dict):
        raise Permanent(f"the cursor of {stream} in the ops store is no object; delete its row to pull from the start")
    return found


def paused_until(ops: sa.Engine, names: list[str], now: datetime) -> tuple[datetime, str] | None:
    """(until, why) when one of the names (stream, vendor, pacing declaration) is paused. `now` is naive UTC."""
    with ops.connect() as connection:
        rows = connection.execute(
            sa.select(source_health.c.paused_until, source_health.c.error).where(
                source_health.c.stream.in_(names), source_health.c.paused_until > now
            )
        ).all()
    return max(((r.paused_until, r.error or "") for r in rows), default=None)


def last_ok(ops: sa.Engine, stream: str) -> datetime | None:
    """When the stream was last pulled with success, naive UTC."""
    with ops.connect() as connection:
        found: datetime | None = connection.execute(sa.select(source_health.c.last_ok_at).where(source_health.c.stream == stream)).scalar()
    return found


def note_health(ops: sa.Engine, stream: str, *, ok: bool, error: str | None, at: datetime) -> None:
    """What the last try was; `failures` counts those in a row."""
    with ops.begin() as connection:
        row = connection.execute(sa.select(source_health).where(source_health.c.stream == stream)).first()
        values: dict[str, Any] = {"status": "ok" if ok else "failed", "error": error, "last_try_at": at}
        values["failures"] = 0 if ok else (row.failures or 0 if row else 0) + 1
        if ok:
            values["last_ok_at"] = at
        if row:
            connection.execute(source_health.update().where(source_health.c.stream == stream).values(**values))
        else:
            connection.execute(source_health.insert().values(stream=stream, **values))
