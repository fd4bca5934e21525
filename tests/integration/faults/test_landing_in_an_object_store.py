"""A lake at an s3:// URL takes what a folder takes: two days of every vendor, the second twice, a fault between, and nothing locally."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fault_kit import BEFORE, DT, VENDORS, Calm, Day, day, status
from support.object_store import local_bucket

from signals_pipeline.io.datasets import DATASETS


@pytest.fixture
def stored(calm: Calm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Day]:
    """A home without a lake of its own: the bucket is empty at first."""
    with local_bucket(monkeypatch) as url, day(calm.market, tmp_path, lake_url=url) as made:
        yield made


def assert_as_in_a_folder(stored: Day, calm: Calm) -> None:
    for stream, keys in calm.keys.items():
        assert stored.keys(stream, DT) == keys, stream


@pytest.mark.slow
def test_pulls_land_in_an_object_store_as_in_a_folder_and_a_fault_loses_nothing_there(stored: Day, calm: Calm) -> None:
    first, _ = stored.pull(*VENDORS, dt=BEFORE)
    assert first.is_green, [s.error for s in first.failed]
    red, _ = stored.pull(*VENDORS, door="query", twist=status(500))
    assert {s.vendor for s in red.failed} == {"salesforce"}
    assert stored.keys("salesforce.accounts", DT) == [] and stored.keys("salesforce.accounts", BEFORE) == calm.before["salesforce.accounts"]
    for _ in range(2):
        report, _ = stored.pull(*VENDORS)
        assert report.is_green, [s.error for s in report.failed]
        assert_as_in_a_folder(stored, calm)
    versions = {name: stored.rt.lake.versions(name) for name in DATASETS}
    assert sum(map(len, versions.values())) > 20
    assert not list(stored.rt.settings.home.rglob("*.parquet")), "nothing is landed beside the store"
