"""`ops_url`: an empty ops store on each engine, `rt`: an empty home. What only one can show says so with `only_on(...)` and why."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from ops_work import Crew
from support.market import runtime_in

from signals_pipeline.io import ops
from signals_pipeline.runtime import Runtime

WAREHOUSES = (pytest.param("duckdb"), pytest.param("postgres", marks=pytest.mark.postgres))
ENGINES = (pytest.param("sqlite"), pytest.param("postgres", marks=pytest.mark.postgres))


@pytest.fixture(scope="session")
def crew() -> Iterator[Crew]:
    crew = Crew()
    yield crew
    crew.pool.shutdown()


@pytest.fixture(params=ENGINES)
def ops_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/ops.db"
    url: str = request.getfixturevalue("fresh_database")
    return url.replace("postgresql://", "postgresql+psycopg2://")


@pytest.fixture
def engine(ops_url: str) -> Iterator[sa.Engine]:
    engine = ops.open_ops(ops_url)
    yield engine
    engine.dispose()


@pytest.fixture(params=WAREHOUSES)
def rt(request: pytest.FixtureRequest, tmp_path: Path) -> Runtime:
    more = {"warehouse_url": request.getfixturevalue("fresh_database")} if request.param == "postgres" else {}
    return runtime_in(tmp_path / "home", **more)
