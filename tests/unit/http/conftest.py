"""Fixtures of the HTTP tests."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from http_kit import FakeClock, World

from signals_pipeline.io.ops import open_ops
from signals_pipeline.settings import Settings, load_settings


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({}, home=tmp_path, contact="Acme data@acme.example", now="2026-06-30T10:00:00+00:00")


@pytest.fixture
def ops(settings: Settings) -> sa.Engine:
    return open_ops(settings.ops_database_url)


@pytest.fixture
def world(settings: Settings, ops: sa.Engine) -> World:
    return World(settings, ops)
