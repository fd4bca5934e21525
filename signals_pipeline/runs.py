"""The record of our runs, and the lease that lets one daily run go at a time.

`recorded(rt, run_id, job, dt)` around a run → ops.runs; a second run of the same job meanwhile is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from signals_pipeline.io import ops
from signals_pipeline.io.lease import Lease
from signals_pipeline.runtime import Runtime

LEASE_WALL_H = 2.0


def hold(rt: Runtime, kind: str) -> Lease:
    """Take the lease of a kind of run, or keep it when this process has it. It ends with `release`, with the process, or after two hours.

    Raises Transient while another living process holds it.
    """
    lease = Lease(rt.ops, rt.stamp, timedelta(hours=LEASE_WALL_H * rt.settings.speed), name=f"run.{kind}", is_shared=True)
    lease.take()
    return lease


@contextmanager
def recorded(rt: Runtime, run_id: str, kind: str, dt: date) -> Iterator[dict[str, Any]]:
    """Hold the lease `kind` and keep the row of the run; the caller puts `status` (and `report`) into the yielded dict.

    Raises Transient while another living process runs the same kind. A crash leaves the status `died`.
    """
    lease = hold(rt, kind)
    row: dict[str, Any] = {"status": "died"}
    with rt.ops.begin() as connection:
        killed = (ops.runs.c.kind == kind, ops.runs.c.status == "running")  # no living process has this lease but ours
        connection.execute(ops.runs.update().where(*killed).values(status="died", ended_at=rt.stamp()))
        connection.execute(ops.runs.insert().values(run_id=run_id, dt=dt, kind=kind, status="running", started_at=rt.stamp()))
    try:
        yield row
    finally:
        with rt.ops.begin() as connection:
            connection.execute(ops.runs.update().where(ops.runs.c.run_id == run_id).values(ended_at=rt.stamp(), **row))
        lease.release()


def newest_good(rt: Runtime, kind: str) -> date | None:
    """The newest day for which a run of this kind pulled a history and resolved it, i.e. ended (green or red); None before that."""
    query = sa.select(sa.func.max(ops.runs.c.dt)).where(ops.runs.c.kind == kind, ops.runs.c.status.in_(("success", "red")))
    with rt.ops.connect() as connection:
        found: date | None = connection.execute(query).scalar()
    return found
