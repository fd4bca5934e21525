"""`signals learn` on a home: one at a time, and nothing is kept when there is nothing to learn from."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from ml.production import LEASE, learn_month
from signals_pipeline.errors import Transient
from signals_pipeline.io.lease import Lease
from signals_pipeline.runtime import Runtime, build_runtime
from signals_pipeline.settings import load_settings


@pytest.fixture
def rt(tmp_path: Path) -> Runtime:
    made = build_runtime(load_settings({}, home=tmp_path, now="2026-07-02T10:05:00+00:00"))
    duckdb.connect(made.warehouse.url).close()
    return made


def lease(rt: Runtime) -> Lease:
    return Lease(rt.ops, rt.stamp, timedelta(hours=1), name=LEASE)


def test_two_do_not_learn_at_once(rt: Runtime) -> None:
    other = lease(rt)
    other.take()
    with pytest.raises(Transient, match=r"runs ml\.learn already"):
        learn_month(rt, "2026-06")
    assert not (rt.settings.home / "models").exists()
    other.release()
    with pytest.raises(Transient, match="not in the warehouse yet"):
        learn_month(rt, "2026-06")


def test_learning_that_fails_gives_the_lease_back(rt: Runtime) -> None:
    for _ in range(2):
        with pytest.raises(Transient, match="not in the warehouse yet"):
            learn_month(rt, "2026-06")
    lease(rt).take()


def test_a_month_that_has_not_closed_takes_no_lease(rt: Runtime) -> None:
    with pytest.raises(ValueError, match="2026-07 has not closed yet"):
        learn_month(rt, "2026-07")
    lease(rt).take()
