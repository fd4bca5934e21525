"""The product database: one SELECT inside Redshift's dialect, named failures, batches."""

from __future__ import annotations

from typing import Any

import psycopg2
import pyarrow as pa
import pytest
from psycopg2 import errors
from pydantic import SecretStr

from signals_pipeline.errors import ContractBroken, Permanent, Transient
from signals_pipeline.settings import Settings
from signals_pipeline.vendors.product_db import ProductDb, check_dialect


class Column:
    def __init__(self, name: str, type_code: int) -> None:
        self.name, self.type_code = name, type_code


class FakeServer:
    """Refuses connections `down` times, fails the query with `error`, else serves `rows`."""

    def __init__(
        self, rows: list[tuple[Any, ...]] | None = None, down: int = 0, error: Exception | None = None, refusal: str = "timeout"
    ) -> None:
        self.rows, self.down, self.error, self.refusal = list(rows or []), down, error, refusal
        self.asked: list[tuple[str, Any]] = []
        self.connections = self.closed = 0
        self.readonly: bool | None = None
        self.description = [Column("user_id", 25), Column("event_count", 20)]

    def __call__(self, url: str, **_: Any) -> Any:
        self.connections += 1
        if self.connections <= self.down:
            raise psycopg2.OperationalError(self.refusal)
        self.url = url
        return self

    def set_session(self, *, readonly: bool) -> None:
        self.readonly = readonly

    def cursor(self) -> Any:
        return self

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: Any) -> None:
        return None

    def execute(self, sql: str, parameters: Any = None) -> None:
        self.asked.append((sql, parameters))
        if self.error and not sql.startswith("set "):
            raise self.error

    def fetchmany(self, size: int) -> list[tuple[Any, ...]]:
        part, self.rows = self.rows[:size], self.rows[size:]
        return part

    def close(self) -> None:
        self.closed += 1


def db(settings: Settings, server: FakeServer, slept: list[float] | None = None) -> ProductDb:
    with_url = settings.model_copy(update={"product_db_url": SecretStr("redshift://reader:pw-secret-1@db.example:5439/app")})
    return ProductDb(with_url, connect=server, sleep=(slept if slept is not None else []).append)


SQL = "select user_id, event_count from daily_events where loaded_at > %s"


def test_rows_come_in_batches_of_one_schema(settings: Settings) -> None:
    server = FakeServer([(f"u{n}", n if n % 2 else None) for n in range(7)])
    tables = list(db(settings, server).batches(SQL, ("2026-06-30",), size=3))
    assert [t.num_rows for t in tables] == [3, 3, 1]
    assert pa.concat_tables(tables).schema == pa.schema([("user_id", pa.string()), ("event_count", pa.int64())])
    assert server.readonly is True and server.closed == 1
    assert server.asked == [("set statement_timeout to %s", (600_000,)), (SQL, ("2026-06-30",))]
    assert server.url.startswith("postgresql://")


def test_no_rows_are_one_empty_table(settings: Settings) -> None:
    assert [t.num_rows for t in db(settings, FakeServer()).batches(SQL, ("x",))] == [0]


def test_a_cold_server_is_tried_again(settings: Settings) -> None:
    slept: list[float] = []
    assert len(list(db(settings, FakeServer(down=2), slept).batches(SQL, ("x",)))) == 1
    assert slept == [0.5, 1.0]


def test_a_server_that_stays_away_is_transient_and_keeps_the_password(settings: Settings) -> None:
    with pytest.raises(Transient, match="5 tries") as told:
        list(db(settings, FakeServer(down=9, refusal="no route to reader password=pw-secret-1")).batches(SQL))
    assert "pw-secret-1" not in str(told.value)


@pytest.mark.parametrize("refusal", ['password authentication failed for user "reader"', 'database "app" does not exist'])
def test_wrong_credentials_are_not_tried_again(settings: Settings, refusal: str) -> None:
    server = FakeServer(down=9, refusal=refusal)
    with pytest.raises(ContractBroken):
        list(db(settings, server).batches(SQL))
    assert server.connections == 1


@pytest.mark.parametrize(
    ("error", "named"),
    [
        (errors.UndefinedTable("gone"), ContractBroken), (errors.UndefinedColumn("gone"), ContractBroken),
        (errors.InsufficientPrivilege("no"), ContractBroken), (errors.SyntaxError("bad"), Permanent),
        (errors.QueryCanceled("statement timeout"), Transient), (psycopg2.OperationalError("server closed the connection"), Transient),
    ],
)  # fmt: skip
def test_every_failure_of_a_query_has_its_name(settings: Settings, error: Exception, named: type[Exception]) -> None:
    server = FakeServer(error=error)
    with pytest.raises(named):
        list(db(settings, server).batches(SQL))
    assert server.closed == 1


def test_an_unset_url_says_so(settings: Settings) -> None:
    with pytest.raises(ContractBroken, match="SIGNALS_PRODUCT_DB_URL"):
        list(ProductDb(settings).batches(SQL))


@pytest.mark.parametrize(
    "sql",
    [
        "select count(*) filter (where x) from t", "select distinct on (a) a from t", "select x::jsonb from t",
        "select * from t, lateral (select 1) s",
        "select string_agg(a, ',') from t", "select generate_series(1, 2)", "select a -> 'b' from t",
    ],
)  # fmt: skip
def test_words_that_redshift_does_not_know_are_refused(sql: str) -> None:
    with pytest.raises(Permanent, match="Redshift"):
        check_dialect(sql)


@pytest.mark.parametrize("sql", ["delete from users", "select 1; drop table users", "update users set a = 1", ""])
def test_anything_but_one_select_is_refused(sql: str) -> None:
    with pytest.raises(Permanent, match="one SELECT"):
        check_dialect(sql)


def test_words_inside_literals_and_comments_do_not_count() -> None:
    check_dialect("with t as (select 1) select 'lateral; returning' as x -- distinct on\n from t;")
