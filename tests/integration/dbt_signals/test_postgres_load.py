"""The loader keeps `raw` in step with the lake: changed files alone, nothing dropped or retyped under a view."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from support.lake_rows import envelope

from signals_pipeline.errors import Permanent, Transient
from signals_pipeline.io.datasets import DATASETS, dataset
from signals_pipeline.io.lake import ZERO_DAY, Lake
from signals_pipeline.io.pgload import NOT_LOADED, LoadReport, kind_of, load
from signals_pipeline.settings import REPOSITORY

pytestmark = pytest.mark.postgres
ONE, TWO = date(2026, 6, 1), date(2026, 6, 2)
NAMES = ("salesforce__accounts", "events")


def account(key: str, day: date, **more: Any) -> dict[str, Any]:
    return {**envelope(key, day), "account_id": key, "name": "Acme", **more}


def fetch(url: str, sql: str) -> list[tuple[Any, ...]]:
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def execute(url: str, sql: str) -> None:
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = Lake(str(tmp_path / "lake"))
    lake.declare(NAMES)
    return lake


def test_a_second_load_of_the_same_lake_does_nothing(lake: Lake, fresh_database: str) -> None:
    lake.write("salesforce__accounts", ONE, [account("1", ONE), account("2", ONE)])
    assert load(fresh_database, lake, NAMES) == LoadReport(3, 0, 0, 2)
    assert load(fresh_database, lake, NAMES) == LoadReport(0, 0, 3, 0)


def test_who_reads_after_a_load_plans_without_loops_in_loops(lake: Lake, fresh_database: str) -> None:
    load(fresh_database, lake, NAMES)
    assert fetch(fresh_database, "select current_setting('enable_nestloop'), current_setting('jit')") == [("off", "off")]


def test_only_changed_files_are_written_again_and_gone_ones_are_deleted(lake: Lake, fresh_database: str) -> None:
    lake.write("salesforce__accounts", ONE, [account("1", ONE)])
    lake.write("salesforce__accounts", TWO, [account("1", TWO)])
    load(fresh_database, lake, NAMES)
    lake.write("salesforce__accounts", TWO, [account("1", TWO), account("2", TWO)])
    lake.fs.rm(next(path for dt, path in lake.files("salesforce__accounts") if dt == ONE))
    assert load(fresh_database, lake, NAMES) == LoadReport(1, 1, 2, 2)
    assert fetch(fresh_database, "select dt, account_id from raw.salesforce__accounts order by 1, 2") == [(TWO, "1"), (TWO, "2")]


def test_values_arrive_as_they_are_in_the_lake(lake: Lake, fresh_database: str) -> None:
    odd = 'a "quoted", comma\nnew line \\ backslash; ünïcode'
    facts = {"name": odd, "city": "", "state": None, "employees": 7, "annual_revenue": 0.1, "do_not_contact": True}
    lake.write("salesforce__accounts", ONE, [account("1", ONE, **facts)])
    load(fresh_database, lake, NAMES)
    (row,) = fetch(
        fresh_database, "select name, city, state, employees, annual_revenue, do_not_contact, known_at, dt from raw.salesforce__accounts"
    )
    assert row[:6] == (odd, "", None, 7, 0.1, True)
    assert (row[6].isoformat(), row[7]) == ("2026-06-01T12:00:00", ONE)


def test_a_nul_character_from_a_vendor_does_not_stop_the_load(lake: Lake, fresh_database: str) -> None:
    lake.write("salesforce__accounts", ONE, [account("1", ONE, name="Ac\x00me")])
    load(fresh_database, lake, NAMES)
    assert fetch(fresh_database, "select name from raw.salesforce__accounts") == [("Ac\ufffdme",)]


def test_a_new_column_is_added_under_a_view(lake: Lake, fresh_database: str) -> None:
    lake.write("salesforce__accounts", ONE, [account("1", ONE, city="Lyon")])
    load(fresh_database, lake, NAMES)
    execute(fresh_database, "alter table raw.salesforce__accounts drop column city")  # as an older release made it
    execute(fresh_database, "create view seen as select account_id from raw.salesforce__accounts")
    execute(fresh_database, "delete from raw._files")
    execute(fresh_database, "delete from raw.salesforce__accounts")
    load(fresh_database, lake, NAMES)
    assert fetch(fresh_database, "select city from raw.salesforce__accounts") == [("Lyon",)]
    assert fetch(fresh_database, "select account_id from seen") == [("1",)]


def test_a_retyped_column_is_refused_with_its_name(lake: Lake, fresh_database: str) -> None:
    load(fresh_database, lake, NAMES)
    execute(fresh_database, "alter table raw.salesforce__accounts alter column employees type text")
    with pytest.raises(Permanent, match=r"raw\.salesforce__accounts\.employees is text but is declared bigint"):
        load(fresh_database, lake, NAMES)


def test_a_load_that_fails_half_way_leaves_what_stood(lake: Lake, fresh_database: str) -> None:
    lake.write("salesforce__accounts", ONE, [account("1", ONE)])
    load(fresh_database, lake, NAMES)
    lake.write("salesforce__accounts", ONE, [account("1", ONE), account("2", ONE)])
    (broken,) = [p for dt, p in lake.files("events") if dt == ZERO_DAY]
    Path(broken).write_bytes(b"no parquet")
    with pytest.raises(Exception, match="Parquet"):
        load(fresh_database, lake, NAMES)
    assert fetch(fresh_database, "select account_id from raw.salesforce__accounts") == [("1",)]


def test_a_database_that_is_not_there_may_come_back(lake: Lake) -> None:
    with pytest.raises(Transient, match="warehouse"):
        load("postgresql://postgres@127.0.0.1:1/none", lake, NAMES)


def test_what_no_model_reads_is_not_loaded_and_an_old_copy_of_it_goes(lake: Lake, fresh_database: str) -> None:
    lake.declare()
    lake.write("person_signatures", ONE, [{"signature_id": "s", "person_record_id": "p"}])
    load(fresh_database, lake, [*NAMES, "person_signatures"])  # as an earlier version did
    load(fresh_database, lake)
    tables = {name for (name,) in fetch(fresh_database, "select table_name from information_schema.tables where table_schema = 'raw'")}
    assert tables == {"_files", *DATASETS} - set(NOT_LOADED)
    assert fetch(fresh_database, "select count(*) from raw._files where dataset = 'person_signatures'") == [(0,)]


def test_no_model_reads_what_is_not_loaded() -> None:
    models = (REPOSITORY / "dbt_project").rglob("*.sql")
    assert not [(str(m), name) for m in models for name in NOT_LOADED if f"'{name}'" in m.read_text(encoding="utf-8")]


def test_every_declared_column_has_a_postgres_type() -> None:
    from signals_pipeline.io.datasets import DATASETS

    assert {kind_of(t) for d in DATASETS.values() for t in d.columns.values()} == {
        "text", "bigint", "double precision", "boolean", "date", "timestamp", "numeric(18,2)",
    }  # fmt: skip
    assert dataset("events").columns["amount"].scale == 2
