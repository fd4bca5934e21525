"""How a DuckDB connection is set in this project: time in UTC, two threads, a bound on memory, a lake in an object store readable.

`SETTINGS` is what dbt's profile holds; `connect` gives Python the same. Beyond the bound DuckDB spills into `<file>.tmp`, where it does so
by itself: told where, by a connection that is opened after something was spilled, it refuses that connection.
Does not belong here: queries (`warehouse.py`), what dbt runs (`dbt.py`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import fsspec

MEMORY = "2GB"  # of the 6 GB that a run may take; a join or sort beyond it goes to disk
THREADS = 2
SETTINGS = {"TimeZone": "UTC", "memory_limit": MEMORY}


def filesystems_of(lake_url: str) -> list[dict[str, Any]]:
    """fsspec file systems that DuckDB needs to read a lake at this URL: none for a folder. Their listings are never cached:
    another process may have written since."""
    protocol, found, _ = lake_url.partition("://")
    return [{"fs": protocol, "use_listings_cache": False}] if found and protocol != "file" else []


def connect(path: str | Path, *, read_only: bool = False, lake_url: str = "") -> duckdb.DuckDBPyConnection:
    """An open connection; close it soon, it keeps dbt out. Raises what DuckDB raises."""
    connection = duckdb.connect(str(path), read_only=read_only)
    try:
        for name, value in {**SETTINGS, "threads": THREADS}.items():
            connection.execute(f"set {name} = '{value}'")
        for filesystem in filesystems_of(lake_url):
            given = dict(filesystem)
            connection.register_filesystem(fsspec.filesystem(given.pop("fs"), **given))
    except BaseException:
        connection.close()
        raise
    return connection
