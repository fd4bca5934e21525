"""Dagster's SQLite engines during a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from dagster._core.storage.event_log.sqlite import sqlite_event_log
from sqlalchemy.pool import NullPool

from signals_pipeline.orchestration.engines import kept_engines

MODULE: Any = sqlite_event_log


def test_a_file_has_one_engine_while_a_run_lasts_and_dagsters_own_way_returns(tmp_path: Path) -> None:
    before = MODULE.create_engine
    url = f"sqlite:///{tmp_path / 'a.db'}"
    with kept_engines():
        first = MODULE.create_engine(url, poolclass=NullPool)
        assert MODULE.create_engine(url, poolclass=NullPool) is first
        assert MODULE.create_engine(f"sqlite:///{tmp_path / 'b.db'}", poolclass=NullPool) is not first
        with first.connect() as connection:
            assert connection.execute(sa.text("select 1")).scalar() == 1
    assert MODULE.create_engine is before


def test_dagsters_own_way_returns_after_a_broken_run() -> None:
    before = MODULE.create_engine
    try:
        with kept_engines():
            raise ValueError("a run breaks")
    except ValueError:
        assert MODULE.create_engine is before
