"""The sandbox of the unit tests, on a market of its own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[2] / "unit" / "sandbox"))

from sandbox_kit import Sandbox, copied, make


@pytest.fixture(scope="session")
def contract_market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("contract")
    make(home, companies=600, days=100)[0].store.close()
    return home


@pytest.fixture
def sandbox(contract_market: Path, tmp_path: Path) -> Iterator[Sandbox]:
    with copied(contract_market, tmp_path / "home") as opened:
        yield opened
