"""What BI, site and API read: the models tagged `mart`, copied out of the workshop after the gates.

dbt manifest (tag `mart`) + warehouse → `marts.*` in `<home>/published.duckdb`, or schema `marts` on Postgres.
DuckDB: written aside and renamed over, so open readers keep the old file and none can lock dbt out.
Postgres: one transaction; rows are replaced, not tables, so that views and grants on them stand.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from signals_pipeline.errors import Permanent, Transient
from signals_pipeline.io import dbt
from signals_pipeline.io.warehouse import Warehouse
from signals_pipeline.settings import Settings

SCHEMA = "marts"
MARK = "published by signals"  # table comment on Postgres: only what carries it is ever replaced or removed


class House(Protocol):
    """What publishing needs of a `Runtime`, which stands above this layer."""

    @property
    def settings(self) -> Settings: ...
    @property
    def warehouse(self) -> Warehouse: ...


@dataclass(frozen=True)
class Mart:
    """A dbt model tagged `mart`; its name is unique in the project, so it is the name in `marts` too."""

    name: str
    schema: str


@dataclass(frozen=True)
class PublishReport:
    """`tables`: rows by mart. `absent`: marts of the manifest that this warehouse has not built yet."""

    place: str
    tables: dict[str, int]
    absent: tuple[str, ...]
    removed: tuple[str, ...] = ()


def run(rt: House, *, manifest: Path | None = None) -> PublishReport:
    """Publish every mart that stands. Raises Permanent when there is none or the manifest is missing, Transient when
    the warehouse stays locked."""
    marts = marts_of(manifest or dbt.manifest_of(rt.settings))
    there = [m for m in marts if rt.warehouse.has(m.schema, m.name)]
    absent = tuple(m.name for m in marts if m not in there)
    if not there:
        raise Permanent(f"nothing to publish: none of the {len(marts)} marts is built; run `signals run` first")
    if rt.warehouse.is_postgres:
        tables, removed = _postgres(rt.warehouse.url, there)
        return PublishReport(f"schema {SCHEMA}", tables, absent, removed)
    target = rt.settings.home / "published.duckdb"
    return PublishReport(str(target), _duckdb(rt.warehouse, target, there), absent)


def marts_of(manifest: Path) -> list[Mart]:
    """Models tagged `mart`, by name. Raises Permanent when dbt has not parsed, or two marts share a name."""
    try:
        nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"].values()
    except FileNotFoundError:
        raise Permanent(f"no manifest at {manifest}: dbt has not parsed the project yet") from None
    except (ValueError, KeyError) as bad:
        raise Permanent(f"{manifest} is no dbt manifest: {bad}") from None
    marts = sorted(
        (Mart(n["name"], n["schema"]) for n in nodes if n["resource_type"] == "model" and "mart" in n["tags"]),
        key=lambda m: m.name,
    )
    twice = sorted({m.name for m in marts if sum(o.name == m.name for o in marts) > 1})
    if twice:
        raise Permanent(f"two marts share a name: {', '.join(twice)}")
    return marts


def _duckdb(house: Warehouse, target: Path, marts: list[Mart]) -> dict[str, int]:
    import duckdb

    from signals_pipeline.io import duck

    warehouse, lake_url, patience_s = house.url, house.lake_url, house.patience_s
    aside = target.with_name(f".{target.name}.{uuid4().hex}")
    until = time.monotonic() + patience_s
    try:
        with duck.connect(aside, lake_url=lake_url) as connection:
            while True:
                try:
                    connection.execute(f"attach '{warehouse.replace(chr(39), chr(39) * 2)}' as workshop (read_only)")
                    break
                except (
                    duckdb.IOException,
                    duckdb.BinderException,
                ) as busy:  # held by dbt: another process, or this one
                    if time.monotonic() > until:
                        raise Transient(f"warehouse {warehouse} is held: {busy}") from busy
                    time.sleep(0.2)
            connection.execute(f"create schema {SCHEMA}")
            rows = {}
            for m in marts:
                connection.execute(f'create table {SCHEMA}."{m.name}" as select * from workshop."{m.schema}"."{m.name}"')
                rows[m.name] = _count(connection.execute(f'select count(*) from {SCHEMA}."{m.name}"').fetchone())
            connection.execute("detach workshop")
        aside.replace(target)
        return rows
    except duckdb.CatalogException as broken:
        raise Permanent(f"a mart cannot be read; build it again: {broken}") from broken
    finally:
        for left in (aside, aside.with_name(aside.name + ".wal")):
            left.unlink(missing_ok=True)


def _postgres(url: str, marts: list[Mart]) -> tuple[dict[str, int], tuple[str, ...]]:
    import psycopg2

    rows: dict[str, int] = {}
    try:
        with (
            psycopg2.connect(url.replace("postgresql+psycopg2://", "postgresql://")) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(f"create schema if not exists {SCHEMA}")
            for m in marts:
                wanted = _columns(cursor, m.schema, m.name)
                have = _columns(cursor, SCHEMA, m.name)
                if have and not _is_ours(cursor, m.name):
                    raise Permanent(f"{SCHEMA}.{m.name} was not made by publish; rename or drop it")
                if have and have != wanted:
                    cursor.execute(f'drop table {SCHEMA}."{m.name}"')
                if have == wanted:
                    cursor.execute(f'delete from {SCHEMA}."{m.name}"')
                    cursor.execute(f'insert into {SCHEMA}."{m.name}" select * from "{m.schema}"."{m.name}"')
                else:
                    cursor.execute(f'create table {SCHEMA}."{m.name}" as select * from "{m.schema}"."{m.name}"')
                    cursor.execute(f"comment on table {SCHEMA}.\"{m.name}\" is '{MARK}'")
                cursor.execute(f'select count(*) from {SCHEMA}."{m.name}"')
                rows[m.name] = _count(cursor.fetchone())
            removed = tuple(t for t in _ours(cursor) if t not in rows)
            for table in removed:
                cursor.execute(f'drop table {SCHEMA}."{table}"')
            return rows, removed
    except psycopg2.errors.DependentObjectsStillExist as bad:
        raise Permanent(f"a published table changed its columns and a view depends on it; drop the view first: {bad}") from bad
    except psycopg2.OperationalError as bad:
        raise Transient(f"warehouse: {bad}") from bad


def _columns(cursor: Any, schema: str, table: str) -> list[tuple[str, str]]:
    cursor.execute(
        "select a.attname, format_type(a.atttypid, a.atttypmod) "
        "from pg_attribute a join pg_class c on c.oid = a.attrelid "
        "join pg_namespace n on n.oid = c.relnamespace "
        "where n.nspname = %s and c.relname = %s and a.attnum > 0 and not a.attisdropped order by a.attnum",
        (schema, table),
    )
    return [(str(name), str(kind)) for name, kind in cursor.fetchall()]


def _ours(cursor: Any) -> list[str]:
    cursor.execute(
        "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace "
        "where n.nspname = %s and c.relkind = 'r' and obj_description(c.oid, 'pg_class') = %s order by 1",
        (SCHEMA, MARK),
    )
    return [str(row[0]) for row in cursor.fetchall()]


def _is_ours(cursor: Any, table: str) -> bool:
    return table in _ours(cursor)


def _count(row: Any) -> int:
    return int(row[0])
