"""The folders that contracts are held against; absent ones skip with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.shared_data import folder


@pytest.fixture(scope="session")
def specs() -> Path:
    return folder("specs")


@pytest.fixture(scope="session")
def data() -> Path:
    return folder("data")


@pytest.fixture(scope="session")
def reference() -> Path:
    return folder("reference")
