"""One run of a kind at a time, and its record."""

from __future__ import annotations

import socket
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from signals_pipeline import runs
from signals_pipeline.errors import Transient
from signals_pipeline.io import ops
from signals_pipeline.runtime import Runtime, build_runtime
from signals_pipeline.settings import load_settings

DAY = date(2026, 6, 29)


@pytest.fixture
def rt(tmp_path: Path) -> Runtime:
    return build_runtime(load_settings({}, home=tmp_path, now=datetime(2026, 6, 30, 10, 5, tzinfo=UTC)))


def _held_by_init(rt: Runtime) -> None:
    row = {"name": "run.daily", "holder": f"{socket.gethostname()}:1", "until": datetime(2026, 6, 30, 12)}
    with rt.ops.begin() as connection:
        connection.execute(ops.leases.insert(), [row])


def test_a_run_is_refused_while_another_living_process_runs(rt: Runtime) -> None:
    _held_by_init(rt)
    with pytest.raises(Transient, match=r"run\.daily"):
        runs.hold(rt, "daily")
    runs.hold(rt, "backfill").release()


def test_a_step_of_the_same_run_keeps_the_lease_and_the_end_frees_it(rt: Runtime) -> None:
    with runs.recorded(rt, "r1", "daily", DAY) as row:
        runs.hold(rt, "daily")
        row["status"] = "success"
    with rt.ops.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(ops.leases)).scalar() == 0
    assert runs.newest_good(rt, "daily") == DAY


def test_a_run_that_died_is_recorded_and_does_not_count_as_a_loaded_history(rt: Runtime) -> None:
    with pytest.raises(RuntimeError), runs.recorded(rt, "r1", "daily", DAY):
        raise RuntimeError("power")
    with rt.ops.connect() as connection:
        assert connection.execute(sa.select(ops.runs.c.status)).scalar_one() == "died"
    assert runs.newest_good(rt, "daily") is None


def test_the_row_of_a_killed_run_is_died_once_the_next_of_its_kind_starts(rt: Runtime) -> None:
    with rt.ops.begin() as connection:
        killed = {"run_id": "r1", "dt": DAY, "kind": "backfill", "status": "running", "started_at": datetime(2026, 6, 30, 9)}
        connection.execute(ops.runs.insert(), [killed, killed | {"run_id": "r2", "kind": "daily"}])
    with runs.recorded(rt, "r3", "backfill", DAY) as row:
        row["status"] = "success"
    with rt.ops.connect() as connection:
        found = {r.run_id: (r.status, r.ended_at is None) for r in connection.execute(sa.select(ops.runs))}
    assert found == {"r1": ("died", False), "r2": ("running", True), "r3": ("success", False)}
