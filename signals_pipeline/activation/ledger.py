"""The effect-once ledger: intent (committed) → send → confirmation, one ops row per effect.

`apply` → `Ledger` → ops.ledger → lake `sends`. A row found in `intent`, `sent` or `unknown` belongs to a run that died or
a write whose answer never came: the destination is read back before anything is sent again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from signals_pipeline.activation.model import PlanRow
from signals_pipeline.io import ops
from signals_pipeline.io.lake import Lake
from signals_pipeline.io.lease import Lease
from signals_pipeline.runtime import Runtime

OPEN = ("intent", "sent", "unknown")
FINAL = ("confirmed", "review")
LEASE_MINUTES = 15  # wall minutes without a sign of life after which another machine may take over
_TABLE = ops.ledger


def apply_lease(rt: Runtime) -> Lease:
    """Who holds it may send, and settle what is open."""
    return Lease(rt.ops, rt.stamp, timedelta(minutes=LEASE_MINUTES * rt.settings.speed))


def _nobody(step: str) -> None:
    return None


@dataclass
class Ledger:
    """`at`: the clock, naive UTC. `on_step` is told each step's name as it is passed; crash tests die there."""

    engine: sa.Engine
    at: Callable[[], datetime]
    on_step: Callable[[str], None] = field(default=_nobody)

    def states(self, effect_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """effect_id → its row, for those that the ledger knows."""
        wanted, found = sorted(set(effect_ids)), {}
        with self.engine.connect() as connection:
            for start in range(0, len(wanted), 500):
                rows = connection.execute(sa.select(_TABLE).where(_TABLE.c.effect_id.in_(wanted[start : start + 500])))
                found.update({r["effect_id"]: dict(r) for r in rows.mappings()})
        return found

    def unsettled(self) -> list[dict[str, Any]]:
        """Open rows of any plan, oldest first."""
        with self.engine.connect() as connection:
            rows = connection.execute(sa.select(_TABLE).where(_TABLE.c.status.in_(OPEN)).order_by(_TABLE.c.intended_at, _TABLE.c.effect_id))
            return [dict(r) for r in rows.mappings()]

    def intend(self, plan_hash: str, dt: date, rows: Sequence[PlanRow]) -> None:
        """Commit the intents of a batch, in one transaction, before anything is sent."""
        self.on_step("before_intent")
        with self.engine.begin() as connection:
            for row in rows:
                self._put(connection, plan_hash, dt, row, status="intent", intended_at=self.at(), refused_because=None, error=None)
                connection.execute(_TABLE.update().where(_TABLE.c.effect_id == row.effect_id).values(attempts=_TABLE.c.attempts + 1))
        self.on_step("after_intent")

    def mark(self, effect_ids: dict[str, tuple[str, str | None, str]]) -> None:
        """effect_id → (status, vendor id, error), in one transaction; for everything but a confirmation."""
        now = self.at()
        with self.engine.begin() as connection:
            for effect_id, (status, vendor_id, error) in effect_ids.items():
                values: dict[str, Any] = {"status": status, "error": error or None}
                if vendor_id:
                    values["vendor_id"] = vendor_id
                if status == "sent":
                    values["sent_at"] = sa.func.coalesce(_TABLE.c.sent_at, now)
                connection.execute(_TABLE.update().where(_TABLE.c.effect_id == effect_id).values(**values))

    def refuse(self, plan_hash: str, dt: date, refusals: Sequence[tuple[PlanRow, str]]) -> None:
        """Rows that are not sent, with the reason. A confirmed effect is never rewritten."""
        with self.engine.begin() as connection:
            for row, why in refusals:
                self._put(connection, plan_hash, dt, row, status="refused", refused_because=why, intended_at=None, error=None)

    def _put(self, connection: sa.Connection, plan_hash: str, dt: date, row: PlanRow, **values: Any) -> None:
        known = connection.execute(sa.select(_TABLE.c.status).where(_TABLE.c.effect_id == row.effect_id)).scalar()
        fresh = {"plan_hash": plan_hash, "dt": dt, **row.ids(), "is_probe": row.is_probe, **values}
        if known is None:
            connection.execute(_TABLE.insert().values(effect_id=row.effect_id, attempts=0, **fresh))
        elif known not in FINAL:
            connection.execute(_TABLE.update().where(_TABLE.c.effect_id == row.effect_id).values(**fresh))

    def confirm(self, done: Sequence[tuple[PlanRow, str]]) -> None:
        """Effects that stand, with the vendor's id, and the books beside the ledger (our keys, delivered alerts), in one transaction."""
        now = self.at()
        with self.engine.begin() as connection:
            for row, vendor_id in done:
                connection.execute(
                    _TABLE.update()
                    .where(_TABLE.c.effect_id == row.effect_id)
                    .values(
                        status="confirmed",
                        error=None,
                        vendor_id=vendor_id or _TABLE.c.vendor_id,
                        sent_at=sa.func.coalesce(_TABLE.c.sent_at, now),
                        confirmed_at=now,
                    )
                )
                if row.is_record and vendor_id:
                    self._remember_key(connection, row, vendor_id)
                if row.object == "alert":
                    self._delivered(connection, row, vendor_id)

    def _remember_key(self, connection: sa.Connection, row: PlanRow, vendor_id: str) -> None:
        table = ops.vendor_keys
        key = (table.c.destination == row.destination, table.c.object == row.object, table.c.our_key == row.natural_key)
        connection.execute(table.delete().where(*key))
        connection.execute(
            table.insert().values(
                destination=row.destination,
                object=row.object,
                our_key=row.natural_key,
                vendor_id=vendor_id,
                at=self.at(),
            )
        )

    def _delivered(self, connection: sa.Connection, row: PlanRow, read_back: str) -> None:
        connection.execute(ops.alerts.delete().where(ops.alerts.c.alert_id == row.effect_id))
        connection.execute(
            ops.alerts.insert().values(
                alert_id=row.effect_id,
                rule=str(row.facts.get("rule") or ""),
                signal_id=row.signal_id,
                company_id=row.company_id,
                channel=row.destination,
                status="delivered",
                body=str(row.payload().get("body") or ""),
                read_back=read_back,
                at=self.at(),
            )
        )

    def write_lake(self, lake: Lake, dt: date) -> int:
        """All ledger rows of a day as `sends`; the same ledger writes the same bytes."""
        names = [c for c in lake_columns() if c in _TABLE.c]
        with self.engine.connect() as connection:
            rows = connection.execute(sa.select(*(_TABLE.c[c] for c in names)).where(_TABLE.c.dt == dt)).mappings().all()
        return lake.write("sends", dt, [dict(r) for r in rows])


def lake_columns() -> list[str]:
    from signals_pipeline.io.datasets import dataset

    return list(dataset("sends").columns)
