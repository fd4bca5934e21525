"""A market, a home that had a good day before, and what the day brings when nothing goes wrong; each once a session."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[2] / "unit" / "sandbox"))

from fault_kit import BEFORE, DT, VENDORS, Calm, Day, day
from sandbox_kit import make


@pytest.fixture(scope="session")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Calm:
    root = tmp_path_factory.mktemp("faults")
    make(root / "market", companies=150, days=40)[0].store.close()
    with day(root / "market", root / "first", now="2026-06-29T10:05:00+00:00") as first:
        report, _ = first.pull(*VENDORS, dt=BEFORE)
        assert report.is_green, [s.error for s in report.failed]
        before = {s.stream: first.keys(s.stream, BEFORE) for s in report.streams}
    stood = root / "first" / "home"
    with day(root / "market", root / "calm", stood) as second:
        report, _ = second.pull(*VENDORS)
        assert report.is_green, [s.error for s in report.failed]
        keys = {s.stream: second.keys(s.stream, DT) for s in report.streams}
        return Calm(root / "market", stood, report.by_name(), keys, before)


@pytest.fixture
def struck(calm: Calm, tmp_path: Path) -> Iterator[Day]:
    with day(calm.market, tmp_path / "struck", calm.stood) as made:
        yield made
