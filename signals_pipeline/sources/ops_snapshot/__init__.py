"""Our own ops store as a source: holdout arms, suppressions, sends and enrichments, pulled before any vendor.

ops tables → rows. Draws and look-ups of the run's own day are left out, so that a second run sees the same; sends of that day
are in, so that a second run finds its seats taken.
Does not belong here: deciding anything on these rows (dbt, `priorities`).
Run alone: `python -m signals_pipeline.sources ops`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from signals_pipeline.io import ops as store
from signals_pipeline.sources.read import dumps
from signals_pipeline.sources.spec import Body, Pull, Raw, Row, StreamCode

_PAGE = 5_000
Select = Callable[[Pull], sa.Select[Any]]


def _holdout(pull: Pull) -> sa.Select[Any]:
    t = store.holdouts.c
    return sa.select(t.company_id, t.arm, t.drawn_on, t.salt).where(t.drawn_on < pull.window.dt).order_by(t.company_id)


def _suppressions(_: Pull) -> sa.Select[Any]:
    """All of them, also those of today: a wish not to be contacted holds at once."""
    t = store.suppressions.c
    return sa.select(t.email_key, t.company_id, t.reason, t.since, t.note).order_by(t.email_key, t.company_id, t.reason)


def _sends(pull: Pull) -> sa.Select[Any]:
    t = store.ledger.c
    return (
        sa.select(
            t.effect_id, t.plan_hash, t.dt.label("dt_planned"), t.destination, t.object, t.operation, t.natural_key, t.status,
            t.vendor_id, t.company_id, t.person_id, t.email_key, t.signal_id, t.signal_type, t.is_probe, t.sent_at, t.confirmed_at,
        )
        .where(t.dt <= pull.window.dt)
        .order_by(t.effect_id)
    )  # fmt: skip


def _enrichments(pull: Pull) -> sa.Select[Any]:
    t, cache = store.credit_ledger.c, store.enrichment_cache
    joined = store.credit_ledger.outerjoin(cache, sa.and_(cache.c.provider == t.provider, cache.c.lookup_key == t.lookup_key))
    return (
        sa.select(
            t.entry_id, t.provider, t.lookup_key, sa.func.coalesce(cache.c.outcome, t.status).label("outcome"),
            t.spent.label("credits"), t.usd, t.company_id, t.signal_id, t.at,
        )
        .select_from(joined)
        .where(t.dt < pull.window.dt)
        .order_by(t.entry_id)
    )  # fmt: skip


def _fetch(select: Select) -> Callable[[Pull], AsyncIterator[Body]]:
    async def fetch(pull: Pull) -> AsyncIterator[Body]:
        with pull.runtime.ops.connect() as connection:
            result = connection.execute(select(pull)).mappings()
            number = 0
            while rows := result.fetchmany(_PAGE):
                number += 1
                yield Body(b"", f"ops/page-{number}", value=[dict(r) for r in rows])

    return fetch


def _records(body: Body, _: Pull) -> Iterator[Raw]:
    for number, row in enumerate(body.value or []):
        yield Raw(dumps(row), row, f"{body.place}#{number}")


def _row(*key: str, known: str | None = None, drop: tuple[str, ...] = ()) -> Callable[[Raw, Pull], Row]:
    """A row keyed by the columns `key`; known since the column `known`, else since the pull."""

    def row(raw: Raw, pull: Pull) -> Row:
        at = raw.value.get(known) if known else None
        known_at = at.replace(tzinfo=UTC) if isinstance(at, datetime) else pull.pulled_at
        columns = {k: v for k, v in raw.value.items() if k not in drop}
        return Row("|".join(str(raw.value[k]) for k in key), known_at, "modified" if at else "pulled", columns)

    return row


STREAMS = {
    "holdout": StreamCode(_records, _row("company_id"), _fetch(_holdout)),
    "suppressions": StreamCode(_records, _row("email_key", "company_id", "reason"), _fetch(_suppressions)),
    "sends": StreamCode(_records, _row("effect_id", known="confirmed_at"), _fetch(_sends)),
    "enrichments": StreamCode(_records, _row("entry_id", known="at", drop=("entry_id",)), _fetch(_enrichments)),
}
