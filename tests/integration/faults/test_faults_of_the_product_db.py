"""Every way in which the product database can fail, against both of its streams, by a server that plays the driver."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from psycopg2 import errors

from signals_pipeline.runtime import Runtime, build_runtime
from signals_pipeline.settings import load_settings
from signals_pipeline.sources import product_db, runner
from signals_pipeline.sources.report import StreamRun
from signals_pipeline.vendors.product_db import ProductDb

DT = date(2026, 6, 29)
STREAMS = ("users", "daily_events")
TEXT, INT, DAY, STAMP = 25, 20, 1082, 1114
COLUMNS = {
    "users": {
        "user_id": TEXT, "email": TEXT, "company_name": TEXT, "plan_type": TEXT, "signup_date": DAY, "country": TEXT,
        "company_size": INT, "team_members": INT, "updated_at": STAMP,
    },
    "daily_events": {"user_id": TEXT, "event_date": DAY, "event_type": TEXT, "event_count": INT, "loaded_at": STAMP},
}  # fmt: skip


def record(stream: str, n: int, **more: Any) -> dict[str, Any]:
    at = datetime(2026, 6, 29, 12)
    told: dict[str, Any] = {"user_id": f"u{n}", "updated_at": at, "loaded_at": at, "event_date": date(2026, 6, 28), "event_type": "login"}
    told |= {"event_count": 3, "email": f"u{n}@acme.example", **more}
    return {name: told.get(name) for name in COLUMNS[stream]}


class Server:
    """Plays psycopg2: connects or not, answers or fails, and may be lost between two batches."""

    def __init__(self, refusal: Exception | None = None, error: Exception | None = None, lost_after: int | None = None) -> None:
        self.refusal, self.error, self.lost_after = refusal, error, lost_after
        self.records: list[dict[str, Any]] = []
        self.given = 0

    def __call__(self, url: str, **_: Any) -> Any:
        if self.refusal:
            raise self.refusal
        return self

    def set_session(self, *, readonly: bool) -> None: ...
    def cursor(self) -> Any:
        return self

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: Any) -> None: ...
    def close(self) -> None: ...
    def execute(self, sql: str, parameters: Any = None) -> None:
        if sql.startswith("set "):
            return
        if self.error:
            raise self.error
        self.stream = "users" if "from users" in sql else "daily_events"
        self.description = [type("Column", (), {"name": n, "type_code": c}) for n, c in COLUMNS[self.stream].items()]
        self.records, self.given = [record(self.stream, n) for n in range(4)], 0

    def fetchmany(self, size: int) -> list[tuple[Any, ...]]:
        if self.lost_after is not None and self.given >= self.lost_after:
            raise psycopg2.OperationalError("server closed the connection unexpectedly")
        part, self.records = self.records[:2], self.records[2:]
        self.given += len(part)
        return [tuple(r.values()) for r in part]


@pytest.fixture
def rt(tmp_path: Path) -> Iterator[Runtime]:
    at = datetime(2026, 6, 30, 10, 5, tzinfo=UTC)
    made = build_runtime(
        load_settings({}, home=tmp_path, now=at, hash_key="k", product_db_url="postgresql://reader:pw-secret-1@db.example/app")
    )
    yield made
    made.ops.dispose()


def pull(rt: Runtime, stream: str, server: Any, monkeypatch: pytest.MonkeyPatch) -> StreamRun:
    monkeypatch.setattr(product_db, "ProductDb", functools.partial(ProductDb, connect=server, sleep=lambda _: None))
    return runner.run(rt, DT, only=[f"product_db.{stream}", "ops"]).by_name()[f"product_db.{stream}"]


def keys(rt: Runtime, stream: str) -> list[str]:
    return sorted(rt.lake.read(f"product_db__{stream}", columns=["record_key"])["record_key"].to_pylist())


FAULTS: dict[str, tuple[str, Server]] = {
    "down": ("Transient", Server(refusal=psycopg2.OperationalError("could not connect to server: timeout"))),
    "wrong password": ("ContractBroken", Server(refusal=psycopg2.OperationalError("FATAL: password authentication failed"))),
    "no privilege": ("ContractBroken", Server(error=errors.InsufficientPrivilege("permission denied for table users"))),
    "table gone": ("ContractBroken", Server(error=errors.UndefinedTable('relation "users" does not exist'))),
    "column gone": ("ContractBroken", Server(error=errors.UndefinedColumn('column "plan_type" does not exist'))),
    "statement too slow": ("Transient", Server(error=errors.QueryCanceled("canceling statement due to statement timeout"))),
    "lost between two batches": ("Transient", Server(lost_after=2)),
}  # fmt: skip


@pytest.mark.parametrize("stream", STREAMS)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_the_database_fails_its_stream_by_name_and_the_next_pull_brings_all(
    rt: Runtime, monkeypatch: pytest.MonkeyPatch, stream: str, fault: str
) -> None:
    kind, server = FAULTS[fault]
    run = pull(rt, stream, server, monkeypatch)
    assert (run.status, run.landed, (run.error or "").partition(":")[0]) == ("failed", 0, kind)
    assert "pw-secret-1" not in (run.error or "") and keys(rt, stream) == []
    assert (pull(rt, stream, Server(), monkeypatch).status, len(keys(rt, stream))) == ("ok", 4)


BAD: dict[str, dict[str, Any]] = {
    "an empty key": {"user_id": None},
    "an instant that is none": {"updated_at": None, "loaded_at": None},
}


@pytest.mark.parametrize("stream", STREAMS)
@pytest.mark.parametrize("what", BAD)
def test_a_row_that_cannot_be_used_is_a_reject_and_the_others_land(
    rt: Runtime, monkeypatch: pytest.MonkeyPatch, stream: str, what: str
) -> None:
    class OneBad(Server):
        def execute(self, sql: str, parameters: Any = None) -> None:
            super().execute(sql, parameters)
            if self.records:
                self.records[1] |= {k: v for k, v in BAD[what].items() if k in self.records[1]}

    run = pull(rt, stream, OneBad(), monkeypatch)
    assert (run.status, run.landed, run.rejected) == ("ok", 3, 1)
    assert [r["reason"] for r in rt.lake.read("rejects", columns=["reason"]).to_pylist()] == ["missing_field"]


@pytest.mark.parametrize("stream", STREAMS)
def test_rows_that_come_twice_land_once(rt: Runtime, monkeypatch: pytest.MonkeyPatch, stream: str) -> None:
    class Twice(Server):
        def execute(self, sql: str, parameters: Any = None) -> None:
            super().execute(sql, parameters)
            self.records += list(self.records)

    run = pull(rt, stream, Twice(), monkeypatch)
    assert (run.status, run.landed, run.reasons) == ("ok", 4, {"duplicate": 4})
