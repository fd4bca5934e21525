"""A small market, made once and copied for each test; a clock that stands still until a test moves it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sandbox_kit import Sandbox, copied, make


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("market")
    make(home)[0].store.close()
    return home


@pytest.fixture
def sandbox(template: Path, tmp_path: Path) -> Iterator[Sandbox]:
    with copied(template, tmp_path / "home") as opened:
        yield opened
