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
    assert spill == f"{tmp_path}/it's.duckdb.spill"


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
