"""Keeps schema `raw` of a Postgres warehouse in step with the lake: one table per dataset, for dbt to read as DuckDB reads files.

lake files → (new, changed, gone by `raw._files`) → delete + COPY per file → `raw.<dataset>` with `dt` and `_file`.
A table under a view can neither be dropped nor retyped: new columns are added, nothing else ever changes.
Does not belong here: reading the warehouse (`warehouse.py`), the macro that picks the table (`dbt_project/macros/lake.sql`).
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import psycopg2
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
from psycopg2 import sql

from signals_pipeline.errors import Permanent, Transient
from signals_pipeline.io.datasets import DATASETS, Dataset
from signals_pipeline.io.lake import Lake
from signals_pipeline.settings import Settings

_KINDS = {
    "string": "text",
    "int64": "bigint",
    "double": "double precision",
    "bool": "boolean",
    "date32[day]": "date",
    "timestamp[us]": "timestamp",
}
_FILES = """create table if not exists raw._files (
    dataset text, path text, size bigint, version text, rows bigint, primary key (dataset, path))"""
_COLUMNS = """select a.attname, format_type(a.atttypid, a.atttypmod) from pg_attribute a
    where a.attrelid = to_regclass(%s) and a.attnum > 0 and not a.attisdropped"""
# identity's own memory, as many rows as there are links: no model reads it
NOT_LOADED = ("company_signatures", "person_signatures")
_LOCK = 7_316_201  # advisory lock: one loader at a time


@dataclass(frozen=True)
class LoadReport:
    """What one call did. Files are lake files; rows are rows written."""

    files_loaded: int
    files_removed: int
    files_unchanged: int
    rows: int


def load(
    settings_or_url: Settings | str, lake: Lake, names: Iterable[str] = tuple(n for n in DATASETS if n not in NOT_LOADED)
) -> LoadReport:
    """Bring `raw.*` in step with the lake, in one transaction; a second call on the same lake changes nothing.

    A table of `NOT_LOADED` that an earlier version filled is dropped: an erased person must not stand in a copy that nobody keeps in step.

    Raises Permanent when a table stands with a type that the declaration no longer has, Transient when Postgres is not there.
    """
    url = settings_or_url if isinstance(settings_or_url, str) else settings_or_url.warehouse_url
    loaded = removed = unchanged = rows = 0
    try:
        connection = psycopg2.connect(url.replace("postgresql+psycopg2://", "postgresql://"))
    except psycopg2.OperationalError as bad:
        raise Transient(f"warehouse: {bad}") from bad
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute("set time zone 'UTC'")
            cursor.execute("select pg_advisory_xact_lock(%s)", (_LOCK,))
            _plan_for_analysis(cursor)
            cursor.execute("create schema if not exists raw")
            cursor.execute(_FILES)
            for name in NOT_LOADED:
                cursor.execute(sql.SQL("drop table if exists {}").format(sql.Identifier("raw", name)))
                cursor.execute("delete from raw._files where dataset = %s", (name,))
            for name in names:
                spec = DATASETS[name]
                _declare(cursor, spec)
                known = _known(cursor, name)
                there = lake.versions(name)
                gone = set(known) - set(there)
                changed = [path for path, (_, size, version) in there.items() if known.get(path) != (size, version)]
                unchanged += len(there) - len(changed)
                removed += len(gone)
                _forget(cursor, name, [*gone, *(p for p in changed if p in known)])
                for path in changed:
                    dt, size, version = there[path]
                    count = _copy(cursor, lake, spec, dt, path)
                    cursor.execute("insert into raw._files values (%s, %s, %s, %s, %s)", (name, path, size, version, count))
                    loaded, rows = loaded + 1, rows + count
                if changed or gone:
                    cursor.execute(sql.SQL("analyze raw.{}").format(sql.Identifier(name)))
    finally:
        connection.close()
    return LoadReport(loaded, removed, unchanged, rows)


def _plan_for_analysis(cursor: Any) -> None:
    """From the next connection on, our role plans without nested loops in this database: dbt, its tests, our reads.

    Postgres guesses one row behind every `row_number() = 1` of our staging views, and answers with loops in loops that grow with the
    cube of the companies (measured: 112 s, without them 0.03 s). No JIT either: the price it puts on a loop it cannot avoid would start it.
    """
    cursor.execute("select current_setting('enable_nestloop'), current_setting('jit'), current_database()")
    nested, jit, database = cursor.fetchone()
    for setting, value in (("enable_nestloop", nested), ("jit", jit)):
        if value != "off":
            change = sql.SQL("alter role current_user in database {} set {} = off")
            cursor.execute(change.format(sql.Identifier(database), sql.Identifier(setting)))


def kind_of(column: pa.DataType) -> str:
    """The Postgres type of a lake column. Raises Permanent for a type no dataset may have."""
    if pa.types.is_decimal(column):
        return f"numeric({column.precision},{column.scale})"
    try:
        return _KINDS[str(column)]
    except KeyError:
        raise Permanent(f"no Postgres type for lake type {column}; add it to io/pgload.py") from None


def _columns(spec: Dataset) -> dict[str, str]:
    return {**{c: kind_of(t) for c, t in spec.columns.items()}, "dt": "date", "_file": "text"}


def _declare(cursor: Any, spec: Dataset) -> None:
    """The table with every declared column; columns that came later are added."""
    table = sql.Identifier("raw", spec.name)
    wanted = _columns(spec)
    cursor.execute(_COLUMNS, (f"raw.{spec.name}",))
    have: dict[str, str] = dict(cursor.fetchall())
    if not have:
        body = sql.SQL(", ").join(sql.SQL("{} {}").format(sql.Identifier(c), sql.SQL(k)) for c, k in wanted.items())
        cursor.execute(sql.SQL("create table {} ({})").format(table, body))
        for column in ("dt", "_file"):
            cursor.execute(sql.SQL("create index on {} ({})").format(table, sql.Identifier(column)))
        return
    for column, kind in wanted.items():
        if column not in have:
            cursor.execute(sql.SQL("alter table {} add column {} {}").format(table, sql.Identifier(column), sql.SQL(kind)))
        elif have[column].replace(" without time zone", "") != kind:
            raise Permanent(
                f"raw.{spec.name}.{column} is {have[column]} but is declared {kind} now; rename the column or rebuild the warehouse"
            )


def _known(cursor: Any, name: str) -> dict[str, tuple[int, str]]:
    cursor.execute("select path, size, version from raw._files where dataset = %s", (name,))
    return {path: (size, version) for path, size, version in cursor.fetchall()}


def _forget(cursor: Any, name: str, paths: list[str]) -> None:
    if paths:
        cursor.execute(sql.SQL("delete from {} where _file = any(%s)").format(sql.Identifier("raw", name)), (paths,))
        cursor.execute("delete from raw._files where dataset = %s and path = any(%s)", (name, paths))


def _copy(cursor: Any, lake: Lake, spec: Dataset, dt: date, path: str) -> int:
    """COPY one file. Columns that the file lacks are null."""
    with lake.fs.open(f"{lake.root}/{path}") as handle:
        table = pq.ParquetFile(handle).read()
    if not table.num_rows:
        return 0
    have = [c for c in spec.columns if c in table.column_names]
    arrays = [_texts_without_nul(table[c].cast(spec.columns[c])) for c in have]
    names = [*have, "dt", "_file"]
    arrays += [pa.array([dt] * table.num_rows, pa.date32()), pa.array([path] * table.num_rows)]
    buffer = io.BytesIO()
    options = pacsv.WriteOptions(include_header=False, quoting_style="needed")  # every text quoted, nulls not: '' stays ''
    pacsv.write_csv(pa.table(dict(zip(names, arrays, strict=True))), buffer, options)
    buffer.seek(0)
    columns = sql.SQL(", ").join(map(sql.Identifier, names))
    cursor.copy_expert(sql.SQL("copy {} ({}) from stdin with (format csv)").format(sql.Identifier("raw", spec.name), columns), buffer)
    return int(table.num_rows)


def _texts_without_nul(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Postgres text cannot hold the NUL character; the one text that has it (broken vendor bytes) is shown with U+FFFD instead."""
    if not pa.types.is_string(column.type):
        return column
    import pyarrow.compute as pc

    return pc.replace_substring(column, "\x00", "�")
