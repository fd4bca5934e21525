"""What a stream has landed before: earlier snapshots, keys that already stand, the newest content of its mentions.

lake files of one stream → Arrow. Reads only the files whose name starts with the stream's.
Does not belong here: writing (`land.py`, `mentions.py`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from signals_pipeline.io.datasets import dataset
from signals_pipeline.io.lake import Lake

_SAFE = re.compile(r"[^A-Za-z0-9._-]+")


def files(lake: Lake, name: str, stream: str) -> list[tuple[date, str, str]]:
    """(dt, window, path) of every file that `stream` wrote to a dataset, by day, history before day."""
    prefix = f"{_SAFE.sub('-', stream)}__"
    found = []
    for dt, path in lake.files(name):
        stem = path.rpartition("/")[2].removesuffix(".parquet")
        if stem.startswith(prefix):
            found.append((dt, stem[len(prefix) :], path))
    return sorted(found, key=lambda f: (f[0], f[1] != "history", f[1]))


def load(lake: Lake, name: str, paths: Sequence[str], columns: Sequence[str] | None = None) -> pa.Table:
    """The named files as one table of today's schema (columns that an old file lacks are null)."""
    spec = dataset(name)
    wanted = list(columns or spec.columns)
    schema = pa.schema([(c, spec.columns[c]) for c in wanted])
    parts = []
    for path in paths:
        with lake.fs.open(path) as handle:
            file = pq.ParquetFile(handle)
            have = [c for c in wanted if c in file.schema_arrow.names]
            part = file.read(columns=have)
        parts.append(
            pa.table(
                [part[c].cast(spec.columns[c]) if c in have else pa.nulls(part.num_rows, spec.columns[c]) for c in wanted], schema=schema
            )
        )
    return pa.concat_tables(parts) if parts else schema.empty_table()


def rows_in(lake: Lake, path: str) -> int:
    with lake.fs.open(path) as handle:
        return int(pq.ParquetFile(handle).metadata.num_rows)


def snapshot(lake: Lake, name: str, stream: str, *, before: date) -> tuple[date, str] | None:
    """(dt, path) of the newest snapshot with rows that a state stream landed on an earlier day."""
    for dt, window, path in reversed(files(lake, name, stream)):
        if dt < before and window == "day" and rows_in(lake, path):
            return dt, path
    return None


def keys_standing(
    lake: Lake, name: str, stream: str, *, since: date, until: date, but: tuple[date | None, str], columns: Sequence[str]
) -> pa.Table:
    """Columns of the rows that stand from `since` to `until` in the stream's files, without the file(s) `but`.

    `but`: (dt, window) of what this run is about to rewrite; dt None means every day of that window.
    """
    paths = [
        path
        for dt, window, path in files(lake, name, stream)
        if since <= dt <= until and not (window == but[1] and (but[0] is None or but[0] == dt))
    ]
    return load(lake, name, paths, columns)


def fingerprint(table: pa.Table, key: str, content: Sequence[str]) -> pa.ChunkedArray:
    """One text per row over key and content, so that equal rows can be found with `is_in`; null differs from ''."""
    parts = [pc.fill_null(table[c].cast(pa.string()), "\x00") for c in (key, *content)]
    return pc.binary_join_element_wise(*parts, "\x1f") if table.num_rows else pa.chunked_array([], pa.string())


def newest_by(table: pa.Table, key: str) -> pa.Table:
    """The last row of each key in a table that is ordered by time."""
    if not table.num_rows:
        return table
    last: dict[Any, int] = {k: i for i, k in enumerate(table[key].to_pylist())}
    return table.take(pa.array(sorted(last.values())))


def newest_instant(table: pa.Table, column: str) -> Any:
    return pc.max(table[column]).as_py() if table.num_rows else None
