"""Rules of a lake at an s3:// URL, tried on a local S3: written, read, built by dbt, loaded into Postgres, as from a folder."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from support.market import DAY, build, runtime_in
from support.object_store import local_bucket
from support.signals_world import world

from signals_pipeline.io.lake import Lake
from signals_pipeline.runtime import Runtime


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with local_bucket(monkeypatch) as url:
        yield url


def content(rt: Runtime, table: str) -> list[dict[str, Any]]:
    return sorted(rt.warehouse.rows(f"select * from sources.{table}"), key=str)


def test_a_file_written_again_is_another_version_and_another_process_sees_it(bucket: str) -> None:
    lake, other = Lake(bucket), Lake(bucket)
    row = {"stream": "acme.feed", "vendor": "acme", "status": "ok"}
    lake.write("stream_runs", DAY, [row], stream="sources")
    first = other.versions("stream_runs")
    assert other.states("stream_runs").keys() == {DAY.isoformat()}
    lake.write("stream_runs", DAY, [{**row, "status": "failed"}], stream="sources")
    assert other.versions("stream_runs") != first
    assert [r["status"] for r in other.read("stream_runs").to_pylist()] == ["failed"]
    assert len(other.files("stream_runs")) == 1  # no file is left aside: one put replaces the object


@pytest.mark.slow
def test_dbt_and_python_read_a_lake_in_an_object_store_as_they_read_a_folder(bucket: str, tmp_path: Path) -> None:
    folder, store = runtime_in(tmp_path / "folder"), runtime_in(tmp_path / "store", lake_url=bucket)
    for rt in (folder, store):
        world().write(rt.lake, stream="world")
        build(rt, ["mentions", "stg_product_db__daily_events", "stg_ops__sends"])
    for table in ("mentions", "stg_product_db__daily_events", "stg_ops__sends"):  # the last one is a view: Python reads the store itself
        assert content(store, table) == content(folder, table), table
    assert content(store, "mentions")
    assert store.lake.read("mentions").equals(folder.lake.read("mentions"))
    again = world()
    again.write(store.lake, stream="world")  # the same rows, put again: their days are read again, nothing stands twice
    build(store, ["stg_product_db__daily_events"], since=DAY, until=DAY + timedelta(days=1))
    assert content(store, "stg_product_db__daily_events") == content(folder, "stg_product_db__daily_events")


@pytest.mark.postgres
def test_postgres_is_loaded_from_an_object_store_and_only_with_what_changed(bucket: str, fresh_database: str) -> None:
    from signals_pipeline.io.pgload import LoadReport, load

    lake = Lake(bucket)
    names = ("stream_runs",)
    lake.declare(names)
    lake.write("stream_runs", DAY, [{"stream": "acme.feed", "vendor": "acme", "status": "ok"}], stream="sources")
    assert load(fresh_database, lake, names) == LoadReport(2, 0, 0, 1)
    assert load(fresh_database, lake, names) == LoadReport(0, 0, 2, 0)
