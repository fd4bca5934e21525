"""The recorded requests, the contracts to hold them against, and the folders of vendor facts; absent ones skip with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from paths_kit import Book
from sent_kit import SHARED, Sent, record


def folder(name: str) -> Path:
    if not (SHARED / name).is_dir():
        pytest.skip(f"{name} of the shared folder is not here: nothing to compare with")
    return SHARED / name


@pytest.fixture(scope="session")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Sent:
    return record(tmp_path_factory.mktemp("contract"))


@pytest.fixture(scope="session")
def specs() -> Path:
    return folder("specs")


@pytest.fixture(scope="session")
def data() -> Path:
    return folder("data")


@pytest.fixture(scope="session")
def reference() -> Path:
    return folder("reference")


@pytest.fixture(scope="session")
def book(specs: Path) -> Book:
    return Book.of(specs)
