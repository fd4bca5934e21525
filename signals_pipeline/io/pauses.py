"""A vendor that told us to stay away: `ops.source_health.paused_until`, one row per vendor.

429 with a long Retry-After, a 403 block, a spent quota → `pause` → requests are refused here until then.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from signals_pipeline.io import ops as store
from signals_pipeline.keys import md5


def pause(ops: sa.Engine, vendor: str, until: datetime, error: str, at: datetime) -> None:
    """Refuse requests to a vendor until `until`; an earlier pause that lasts longer stands. Instants are naive UTC."""
    table = store.source_health
    with ops.begin() as connection:
        store.serialize(connection, f"pause:{vendor}")
        row = connection.execute(sa.select(table).where(table.c.stream == vendor)).one_or_none()
        longest = max(until, row.paused_until or until) if row else until
        values = {"status": "paused", "error": error, "last_try_at": at, "paused_until": longest}
        if row:
            connection.execute(sa.update(table).where(table.c.stream == vendor).values(failures=(row.failures or 0) + 1, **values))
        else:
            connection.execute(sa.insert(table).values(stream=vendor, failures=1, **values))


def paused_until(ops: sa.Engine, vendor: str) -> tuple[datetime, str] | None:
    """The instant (naive UTC) and why, or None."""
    table = store.source_health
    with ops.connect() as connection:
        row = connection.execute(sa.select(table.c.paused_until, table.c.error).where(table.c.stream == vendor)).one_or_none()
    return (row.paused_until, row.error or "") if row and row.paused_until else None


def resume(ops: sa.Engine, vendor: str) -> None:
    """Lift a pause by hand (`signals resume --vendor`; `signals doctor` says which stand)."""
    table = store.source_health
    with ops.begin() as connection:
        connection.execute(sa.update(table).where(table.c.stream == vendor).values(paused_until=None, status="ok", error=None))


def notice(ops: sa.Engine, kind: str, subject: str, title: str, body: str, at: datetime) -> None:
    """An in-app notice for a person, once per kind, subject and day."""
    key = md5("notice", kind, subject, at.date())
    table = store.notices
    with ops.begin() as connection:
        store.serialize(connection, "notices")
        if not connection.execute(sa.select(table.c.notice_id).where(table.c.notice_id == key)).first():
            connection.execute(sa.insert(table).values(notice_id=key, kind=kind, title=title, body=body, is_read=False, at=at))
