"""The lake: `<lake_url>/<layer>/<dataset>/dt=YYYY-MM-DD/<stream>__<window>.parquet`, zstd, sorted on write.

stages → `Lake.write` → Parquet → dbt (`lake()` macro) and `Lake.read`.
A file's name is fixed by dataset, dt, stream and window: a second run overwrites the first. Written aside, then renamed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import fsspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from signals_pipeline.errors import Permanent
from signals_pipeline.io.datasets import DATASETS, Dataset, dataset
from signals_pipeline.keys import md5

ZERO_DAY = date(1900, 1, 1)  # holds no rows; the first day that may is the next one
FIRST_DAY = ZERO_DAY + timedelta(days=1)
ROW_GROUP = 122_880  # rows; what DuckDB reads as one morsel of work
_SAFE = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass
class Lake:
    """A lake at a URL (local folder, s3://, memory://). Raises Permanent for undeclared datasets and columns."""

    url: str

    def __post_init__(self) -> None:
        # a store's listing is never taken from memory: another process may have written since
        options = {"use_listings_cache": False} if "://" in self.url else {}
        self.fs, self.root = fsspec.core.url_to_fs(self.url, **options)
        self.is_local = "file" in (self.fs.protocol if isinstance(self.fs.protocol, tuple) else (self.fs.protocol,))

    def declare(self, names: Iterable[str] = DATASETS) -> None:
        """A zero-row file for each dataset that has none of today's schema, so that no engine meets an empty path."""
        for name in names:
            spec = dataset(name)
            path = f"{self._folder(spec, ZERO_DAY)}/declared.parquet"
            if not self.fs.exists(path) or self._schema(path) != spec.schema:
                empty = spec.schema.empty_table()
                self._put(path, empty, _order(empty, spec.key))

    def write(
        self,
        name: str,
        dt: date,
        rows: pa.Table | Sequence[Mapping[str, Any]],
        *,
        stream: str = "all",
        window: str = "day",
    ) -> int:
        """Write the whole content of (dataset, dt, stream, window); rows written before under that name are replaced.

        `rows`: a table or dicts; missing columns become null, unknown ones are refused. Zero rows write an empty file.
        Returns the number of rows.
        """
        spec = dataset(name)
        table = self._conformed(spec, rows if isinstance(rows, pa.Table) else table_of(spec, rows))
        self._put(f"{self._folder(spec, dt)}/{self._file(stream, window)}", table, _order(table, spec.key))
        return int(table.num_rows)

    def write_days(self, name: str, rows: pa.Table, *, stream: str = "all", window: str = "day") -> dict[date, int]:
        """Like `write` for a table with a `dt` column: one file per day; days this (stream, window) wrote before and
        that have no rows now get an empty file."""
        spec = dataset(name)
        dts = rows["dt"].combine_chunks()
        order = _order(rows.select(["dt", *spec.key]), ("dt", *spec.key))
        counts = {pair["values"]: pair["counts"] for pair in pc.value_counts(dts).to_pylist()}
        table = self._conformed(spec, rows)
        file, first, found = self._file(stream, window), 0, {}
        for path in self.fs.glob(f"{self.root}/{spec.layer}/{name}/dt=*/{file}"):
            counts.setdefault(date.fromisoformat(path.split("dt=")[1].split("/")[0]), 0)
        for dt in sorted(counts):
            self._put(f"{self._folder(spec, dt)}/{file}", table, order.slice(first, counts[dt]))
            first, found[dt] = first + counts[dt], counts[dt]
        return found

    def read(
        self,
        name: str,
        *,
        since: date | None = None,
        until: date | None = None,
        columns: Sequence[str] | None = None,
        before: date | None = None,
        where: pc.Expression | None = None,
    ) -> pa.Table:
        """Rows with since ≤ dt ≤ until (and dt < before), with their `dt` (date32), ordered by dt and key.

        `columns`: names to keep; `dt` is always there. `where`: over kept columns; other rows go before the next file is read.
        """
        spec = dataset(name)
        wanted = [c for c in (columns or list(spec.columns)) if c != "dt"]
        schema = pa.schema([*((c, spec.columns[c]) for c in wanted), ("dt", pa.date32())])
        parts: list[pa.Table] = []
        for dt, path in self.files(name):
            if (since and dt < since) or (until and dt > until) or (before and dt >= before):
                continue
            with self.fs.open(path) as handle:
                part = pq.ParquetFile(handle).read(columns=wanted)
            if part.num_rows:
                have = set(part.column_names)
                arrays = [part[c].cast(spec.columns[c]) if c in have else pa.nulls(part.num_rows, spec.columns[c]) for c in wanted]
                arrays.append(pa.array([dt] * part.num_rows, pa.date32()))
                told = pa.table(arrays, schema=schema)
                parts.append(told if where is None else told.filter(where))
        if not parts:
            return schema.empty_table()
        table = pa.concat_tables(parts)
        order = [("dt", "ascending"), *((c, "ascending") for c in spec.key if c in wanted)]
        return table.take(pc.sort_indices(table, order))

    def files(self, name: str) -> list[tuple[date, str]]:
        """(dt, path) of every file of a dataset, declared ones too, in path order."""
        spec = dataset(name)
        found = self.fs.glob(f"{self.root}/{spec.layer}/{name}/dt=*/*.parquet")
        return [(date.fromisoformat(p.split("dt=")[1].split("/")[0]), p) for p in sorted(found) if not p.rpartition("/")[2].startswith(".")]

    def versions(self, name: str) -> dict[str, tuple[date, int, str]]:
        """Path below the lake's root → (dt, bytes, version) of every file: the store's etag, else the file's time and inode."""
        spec = dataset(name)
        found: dict[str, tuple[date, int, str]] = {}
        for path, facts in sorted(self.fs.glob(f"{self.root}/{spec.layer}/{name}/dt=*/*.parquet", detail=True).items()):
            if path.rpartition("/")[2].startswith("."):
                continue
            version = facts.get("ETag") or f"{facts.get('mtime') or facts.get('created')}/{facts.get('ino', '')}"
            dt = date.fromisoformat(path.split("dt=")[1].split("/")[0])
            found[path.removeprefix(self.root).lstrip("/")] = (dt, int(facts["size"]), str(version))
        return found

    def states(self, name: str) -> dict[str, str]:
        """Day (ISO) → one word for the files of that day: another word when any of them was written since, came or went."""
        days: dict[str, list[str]] = {}
        for path, (dt, size, version) in self.versions(name).items():
            days.setdefault(dt.isoformat(), []).append(f"{path} {size} {version}")
        return {day: md5(*told)[:12] for day, told in days.items()}

    def newest(self, name: str, *, until: date | None = None) -> date | None:
        """The newest dt that has rows, none when there is none."""
        for dt, path in reversed(self.files(name)):
            if dt == ZERO_DAY or (until and dt > until):
                continue
            with self.fs.open(path) as handle:
                if pq.ParquetFile(handle).metadata.num_rows:
                    return dt
        return None

    def _folder(self, spec: Dataset, dt: date) -> str:
        return f"{self.root}/{spec.layer}/{spec.name}/dt={dt.isoformat()}"

    @staticmethod
    def _file(stream: str, window: str) -> str:
        return f"{_SAFE.sub('-', stream)}__{_SAFE.sub('-', window)}.parquet"

    def _schema(self, path: str) -> pa.Schema:
        with self.fs.open(path) as handle:
            return pq.read_schema(handle)

    @staticmethod
    def _conformed(spec: Dataset, table: pa.Table) -> pa.Table:
        """The declared columns in their order and types, each in one piece, without `dt`. Raises Permanent for an undeclared column."""
        unknown = set(table.column_names) - set(spec.columns) - {"dt"}
        if unknown:
            raise Permanent(f"{spec.name}: columns {sorted(unknown)} are not declared in io/datasets.py")
        columns = [table[c].cast(t) if c in table.column_names else pa.nulls(table.num_rows, t) for c, t in spec.columns.items()]
        return pa.table(columns, schema=spec.schema).combine_chunks()

    def _put(self, path: str, table: pa.Table, order: pa.Array) -> None:
        """The rows `order` (numbers, sorted) of a table as one file; a row group at a time is taken out of it, never a second copy."""
        folder, _, name = path.rpartition("/")
        self.fs.makedirs(folder, exist_ok=True)
        aside = f"{folder}/.{name}.{uuid4().hex}" if self.is_local else path
        with self.fs.open(aside, "wb") as handle, pq.ParquetWriter(handle, table.schema, compression="zstd") as writer:
            for first in range(0, max(len(order), 1), ROW_GROUP):
                writer.write_table(table.take(order.slice(first, ROW_GROUP)))
        if aside != path:
            self.fs.mv(aside, path)


def _order(table: pa.Table, key: Sequence[str]) -> pa.Array:
    return pc.sort_indices(table, [(c, "ascending") for c in key])


def table_of(spec: Dataset, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Dicts as a table of the dataset's schema; missing keys are null. Raises Permanent for an undeclared key or a wrong type."""
    for row in rows[:1]:
        unknown = set(row) - set(spec.columns) - {"dt"}
        if unknown:
            raise Permanent(f"{spec.name}: columns {sorted(unknown)} are not declared in io/datasets.py")
    columns = {**spec.columns, **({"dt": pa.date32()} if rows and "dt" in rows[0] else {})}
    arrays = []
    for column, kind in columns.items():
        try:
            arrays.append(pa.array([row.get(column) for row in rows], kind))
        except (pa.ArrowInvalid, pa.ArrowTypeError, TypeError) as bad:
            raise Permanent(f"{spec.name}.{column}: {bad}") from bad
    return pa.table(arrays, schema=pa.schema(list(columns.items())))
