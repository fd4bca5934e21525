from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import psycopg2
import pytest

from signals_pipeline.errors import Permanent, Transient
from signals_pipeline.io import publish
from signals_pipeline.io.warehouse import Warehouse
from signals_pipeline.runtime import Runtime, build_runtime
from signals_pipeline.settings import load_settings


def manifest_of(rt: Runtime, *names: str, schema: str = "metrics", tag: str = "mart") -> None:
    folder = rt.settings.home / "dbt"
    folder.mkdir(parents=True, exist_ok=True)
    nodes = {f"model.signals.{i}": {"name": n, "schema": schema, "resource_type": "model", "tags": [tag]} for i, n in enumerate(names)}
    nodes["model.signals.other"] = {"name": "workshop_only", "schema": schema, "resource_type": "model", "tags": []}
    (folder / "manifest.json").write_text(json.dumps({"nodes": nodes}))


@pytest.fixture
def rt(tmp_path: Path) -> Runtime:
    rt = build_runtime(load_settings({}, home=tmp_path))
    fill(
        rt,
        "create schema metrics",
        "create table metrics.good as select 1 as a union all select 2",
        "create table metrics.workshop_only as select 1 as a",
    )
    manifest_of(rt, "good")
    return rt


def fill(rt: Runtime, *statements: str) -> None:
    with duckdb.connect(rt.warehouse.url) as connection:
        for statement in statements:
            connection.execute(statement)


def published(rt: Runtime, sql: str) -> list[Any]:
    with duckdb.connect(str(rt.settings.home / "published.duckdb"), read_only=True) as connection:
        return connection.sql(sql).fetchall()


def test_only_models_tagged_mart_are_published(rt: Runtime) -> None:
    report = publish.run(rt)
    assert (report.tables, report.absent) == ({"good": 2}, ())
    assert published(rt, "select table_schema, table_name from information_schema.tables") == [("marts", "good")]


def test_a_mart_that_is_not_built_yet_is_named_as_absent(rt: Runtime) -> None:
    manifest_of(rt, "good", "later")
    assert publish.run(rt).absent == ("later",)


def test_nothing_built_at_all_is_an_error(rt: Runtime) -> None:
    manifest_of(rt, "later")
    with pytest.raises(Permanent, match="nothing to publish"):
        publish.run(rt)


def test_a_second_publish_replaces_the_file_and_an_open_reader_keeps_the_old_one(rt: Runtime) -> None:
    publish.run(rt)
    place = rt.settings.home / "published.duckdb"
    with duckdb.connect(str(place), read_only=True) as reader:
        before = place.stat().st_ino
        fill(rt, "insert into metrics.good values (3)")
        publish.run(rt)
        assert reader.sql("select count(*) from marts.good").fetchall() == [(2,)]
        assert place.stat().st_ino != before
    assert published(rt, "select count(*) from marts.good") == [(3,)]


def test_a_mart_that_cannot_be_read_leaves_the_old_file_and_nothing_aside(rt: Runtime) -> None:
    publish.run(rt)
    fill(
        rt,
        "create table metrics.base as select 1 as a",
        "create view metrics.broken as select a from metrics.base",
        "drop table metrics.base",
    )
    manifest_of(rt, "good", "broken")
    with pytest.raises(Permanent, match="build it again"):
        publish.run(rt)
    assert published(rt, "select count(*) from marts.good") == [(2,)]
    assert [p.name for p in rt.settings.home.iterdir() if p.name.startswith(".published")] == []


@contextmanager
def held_by_another_process(path: str) -> Iterator[None]:
    code = f"import duckdb, sys; c = duckdb.connect({path!r}); print('held', flush=True); sys.stdin.read()"
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout and process.stdout.readline().strip() == "held"
        yield
    finally:
        process.communicate("")


def test_a_warehouse_that_stays_locked_is_transient(rt: Runtime) -> None:
    marts = publish.marts_of(rt.settings.home / "dbt" / "manifest.json")
    with held_by_another_process(rt.warehouse.url), pytest.raises(Transient, match="is held"):
        publish._duckdb(Warehouse(rt.warehouse.url, patience_s=0.0), rt.settings.home / "published.duckdb", marts)
    assert not (rt.settings.home / "published.duckdb").exists()


@pytest.mark.parametrize(("text", "message"), [(None, "dbt has not parsed"), ("{", "is no dbt manifest"), ("{}", "is no dbt manifest")])
def test_a_missing_or_malformed_manifest_says_what_to_do(rt: Runtime, text: str | None, message: str) -> None:
    path = rt.settings.home / "dbt" / "manifest.json"
    path.unlink() if text is None else path.write_text(text)
    with pytest.raises(Permanent, match=message):
        publish.run(rt)


def test_two_marts_of_one_name_are_refused(rt: Runtime) -> None:
    manifest_of(rt, "good", "good")
    with pytest.raises(Permanent, match="two marts share a name: good"):
        publish.run(rt)


@pytest.fixture
def pg(tmp_path: Path, fresh_database: str) -> Runtime:
    rt = build_runtime(load_settings({}, home=tmp_path, warehouse_url=fresh_database))
    assert isinstance(rt.warehouse, Warehouse) and rt.warehouse.is_postgres
    execute(rt, "create schema metrics; create table metrics.good as select 1 as a union all select 2")
    manifest_of(rt, "good")
    return rt


def execute(rt: Runtime, sql: str) -> None:
    with psycopg2.connect(rt.warehouse.url) as connection, connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.postgres
def test_on_postgres_rows_are_replaced_and_a_view_on_them_stands(pg: Runtime) -> None:
    publish.run(pg)
    execute(pg, "create view public.dashboard as select count(*) as n from marts.good; insert into metrics.good values (3)")
    assert publish.run(pg).tables == {"good": 3}
    assert pg.warehouse.rows("select n from public.dashboard") == [{"n": 3}]


@pytest.mark.postgres
def test_on_postgres_a_changed_mart_under_a_view_changes_nothing_at_all(pg: Runtime) -> None:
    execute(pg, "create table metrics.also as select 1 as a")
    manifest_of(pg, "also", "good")
    publish.run(pg)
    execute(pg, "create view public.dashboard as select a from marts.good")
    execute(
        pg,
        "alter table metrics.good add column b int; insert into metrics.also values (2)",
    )
    with pytest.raises(Permanent, match="drop the view first"):
        publish.run(pg)
    assert pg.warehouse.rows("select count(*) as n from marts.also") == [{"n": 1}]  # one transaction
    execute(pg, "drop view public.dashboard")
    publish.run(pg)
    assert len(pg.warehouse.rows("select b from marts.good")) == 2


@pytest.mark.postgres
def test_on_postgres_what_is_no_mart_any_more_goes_and_what_is_not_ours_stays(pg: Runtime) -> None:
    execute(pg, "create table metrics.passing as select 1 as a")
    manifest_of(pg, "good", "passing")
    publish.run(pg)
    execute(pg, "create table marts.theirs as select 1 as a")
    manifest_of(pg, "good")
    assert publish.run(pg).removed == ("passing",)
    assert pg.warehouse.has("marts", "theirs")
    execute(pg, "create table metrics.theirs as select 1 as a")
    manifest_of(pg, "good", "theirs")
    with pytest.raises(Permanent, match=r"marts\.theirs was not made by publish"):
        publish.run(pg)
