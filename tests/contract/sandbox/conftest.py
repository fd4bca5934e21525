"""The sandbox of the unit tests, and the folders of vendor specifications and real payloads; absent ones skip with the reason."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[2] / "unit" / "sandbox"))

from sandbox_kit import Sandbox, copied, make

SHARED = Path(__file__).resolve().parents[4] / "shared"


def _folder(name: str) -> Path:
    if not (SHARED / name).is_dir():
        pytest.skip(f"{name} of the shared folder is not here: nothing to compare with")
    return SHARED / name


@pytest.fixture(scope="session")
def specs() -> Path:
    return _folder("specs")


@pytest.fixture(scope="session")
def data() -> Path:
    return _folder("data")


@pytest.fixture(scope="session")
def reference() -> Path:
    return _folder("reference")


@pytest.fixture(scope="session")
def contract_market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("contract")
    make(home, companies=600, days=100)[0].store.close()
    return home


@pytest.fixture
def sandbox(contract_market: Path, tmp_path: Path) -> Iterator[Sandbox]:
    with copied(contract_market, tmp_path / "home") as opened:
        yield opened
