"""The recorded requests, and the book of paths that they are held against."""

from __future__ import annotations

from pathlib import Path

import pytest
from paths_kit import Book
from sent_kit import Sent, record


@pytest.fixture(scope="session")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Sent:
    return record(tmp_path_factory.mktemp("contract"))


@pytest.fixture(scope="session")
def book(specs: Path) -> Book:
    return Book.of(specs)
