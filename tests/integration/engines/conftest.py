"""`ops_url`: an empty ops store on each engine. A test that only one engine can take says so with `only_on(...)` and why."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from ops_work import Crew

from signals_pipeline.io import ops

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
