"""Rules of a DuckDB connection: it is bound in memory, tells UTC, and knows a file system only for a lake that is no folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from signals_pipeline.io import duck


def test_a_connection_is_bound_and_spills_beside_its_file(tmp_path: Path) -> None:
    with duck.connect(tmp_path / "it's.duckdb") as connection:
        told = connection.execute(
            "select current_setting('TimeZone'), current_setting('threads'), current_setting('memory_limit'),"
            " current_setting('temp_directory')"
        ).fetchone()
    assert told is not None
    zone, threads, memory, spill = told
    assert (zone, threads, memory) == ("UTC", duck.THREADS, "1.8 GiB")
    assert spill == f"{tmp_path}/it's.duckdb.tmp"


def test_once_something_was_spilled_a_database_takes_more_connections_and_the_settings_of_dbt(tmp_path: Path) -> None:
    with duck.connect(tmp_path / "w.duckdb") as first:
        first.execute("set memory_limit = '64MB'")
        first.execute("create table names as select md5(range::varchar) as name from range(2_000_000) order by 1")
        assert list(tmp_path.glob("w.duckdb.tmp/*")), "nothing was spilled"
        with duck.connect(tmp_path / "w.duckdb") as second:
            assert second.execute("select count(*) from names").fetchone() == (2_000_000,)
        cursor = first.cursor()
        for name, value in duck.SETTINGS.items():  # as dbt sets every connection of its own
            cursor.execute(f"set {name} = '{value}'")


@pytest.mark.parametrize(
    ("url", "protocols"), [("/data/lake", []), ("file:///data/lake", []), ("s3://bucket/lake", ["s3"]), ("memory://x", ["memory"])]
)
def test_a_file_system_is_told_for_a_lake_that_is_no_folder(url: str, protocols: list[str]) -> None:
    assert [f["fs"] for f in duck.filesystems_of(url)] == protocols


def test_a_connection_that_cannot_be_set_is_closed(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no-such-store"):
        duck.connect(tmp_path / "w.duckdb", lake_url="no-such-store://x")
    with duck.connect(tmp_path / "w.duckdb") as connection:  # nothing holds the file
        assert connection.execute("select 1").fetchone() == (1,)
