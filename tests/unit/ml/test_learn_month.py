"""`signals learn` on a home: one at a time, as of the month's end alone, and nothing is kept when there is nothing to learn from."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from test_month import CONFIGS, market

from ml import production
from ml.production import LEASE, learn_month
from ml.registry import Registry
from signals_pipeline.errors import Transient
from signals_pipeline.io.lease import Lease
from signals_pipeline.runtime import Runtime, build_runtime
from signals_pipeline.settings import load_settings


@pytest.fixture
def rt(tmp_path: Path) -> Runtime:
    made = build_runtime(load_settings({}, home=tmp_path, now="2026-07-02T10:05:00+00:00"))
    duckdb.connect(made.warehouse.url).close()
    return made


def lease(rt: Runtime) -> Lease:
    return Lease(rt.ops, rt.stamp, timedelta(hours=1), name=LEASE)


def test_two_do_not_learn_at_once(rt: Runtime) -> None:
    other = lease(rt)
    other.take()
    with pytest.raises(Transient, match=r"runs ml\.learn already"):
        learn_month(rt, "2026-06")
    assert not (rt.settings.home / "models").exists()
    other.release()
    with pytest.raises(Transient, match="not in the warehouse yet"):
        learn_month(rt, "2026-06")


def test_learning_that_fails_gives_the_lease_back(rt: Runtime) -> None:
    for _ in range(2):
        with pytest.raises(Transient, match="not in the warehouse yet"):
            learn_month(rt, "2026-06")
    lease(rt).take()


def test_a_month_that_has_not_closed_takes_no_lease(rt: Runtime) -> None:
    with pytest.raises(ValueError, match="2026-07 has not closed yet"):
        learn_month(rt, "2026-07")
    lease(rt).take()


AS_OF, AFTER = date(2025, 5, 31), date(2025, 6, 30)
TABLES = (
    "create schema signals",
    "create schema identity",
    "create table signals.account_features (company_id text, warm double, size double, noise double, dt date)",
    "create table identity.company_mentions (mention_id text, account_id_salesforce text, role text, dt date)",
    "create table identity.company_links (mention_id text, company_id text, dt date)",
    "create table identity.company_canonical (company_id text, canonical_id text, valid_from date, valid_to date)",
)


def crm(rt: Runtime, deals: pd.DataFrame, day: date, **overrides: Any) -> None:
    """The CRM's snapshot of a day and the history of stages that came with it."""
    same = {"known_at": datetime(2025, 5, 30), "known_at_basis": "modified", "pulled_at": datetime(2025, 5, 30), "payload": "{}"}
    opportunities, history = [], []
    for n, d in enumerate(deals.to_dict("records")):
        row = {"opportunity_id": f"006{n}", "account_id": d["company_id"], "amount": int(d["amount_usd"]), "is_closed": True,
               "is_won": d["is_won"], "created_at": pd.Timestamp(d["opened_on"]).to_pydatetime(), "is_deleted": False}  # fmt: skip
        opportunities.append({"record_key": f"006{n}", **same, **row, **overrides})
        step = {"history_id": f"h{n}{day}", "opportunity_id": f"006{n}", "is_closed": True, "is_won": overrides.get("is_won", d["is_won"]),
                "created_at": pd.Timestamp(d["closed_on"]).to_pydatetime()}  # fmt: skip
        history.append({"record_key": step["history_id"], **same, **step})
    rt.lake.write("salesforce__opportunities", day, opportunities)
    rt.lake.write("salesforce__opportunity_history", day, history)


def market_in(home: Path) -> Runtime:
    made = build_runtime(load_settings({}, home=home, now="2026-07-02T10:05:00+00:00"))
    made.lake.declare()
    features, deals = market(250)
    crm(made, deals, AS_OF)
    with duckdb.connect(made.warehouse.url) as connection:
        for statement in TABLES:
            connection.execute(statement)
        connection.register("told", features)
        connection.execute("insert into signals.account_features select company_id, warm, size, noise, dt from told")
        connection.execute(
            "insert into identity.company_mentions select distinct company_id, company_id, 'subject', date '2024-01-01' from told"
        )
        connection.execute("insert into identity.company_links select distinct company_id, company_id, date '2024-01-01' from told")
    return made


def told_otherwise_later(rt: Runtime) -> None:
    """A month later: new features of every account, other stages and amounts, steps dated into the past, links and merges."""
    _, deals = market(250)
    crm(rt, deals, AFTER, is_won=True, amount=7, created_at=datetime(2024, 2, 3))
    with duckdb.connect(rt.warehouse.url) as connection:
        connection.execute(
            f"insert into signals.account_features select company_id, -warm, 9, 9, date '{AFTER}' from signals.account_features "
            "where dt = (select max(dt) from signals.account_features)"
        )
        connection.execute(f"update identity.company_mentions set dt = date '{AFTER}'")  # what an account is called has changed
        connection.execute(f"insert into identity.company_links select mention_id, 'aaa', date '{AFTER}' from identity.company_links")
        connection.execute(f"insert into identity.company_canonical select distinct company_id, 'c1', date '{AFTER}', date '9999-12-31' "
                           "from identity.company_links")  # fmt: skip


def models_of(rt: Runtime) -> dict[str, bytes]:
    place = rt.settings.home / "models"
    return {str(p.relative_to(place)): p.read_bytes() for p in sorted(place.rglob("*")) if p.is_file()}


@pytest.mark.slow
def test_what_a_month_learns_knows_nothing_that_came_after_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(production, "learn_from", partial(production.learn_from, configs=CONFIGS))
    then, later = market_in(tmp_path / "then"), market_in(tmp_path / "later")
    told_otherwise_later(later)
    report = learn_month(then, "2025-05")
    assert report["relevance"]["status"] == "promoted", report["relevance"]
    assert "<h2>2025-05</h2>" in (tmp_path / "then" / "models" / "report.html").read_text(encoding="utf-8")
    assert learn_month(later, "2025-05") == report
    assert models_of(later) == models_of(then)
    assert learn_month(later, "2025-06")["rows"] != report["rows"], "nothing came later"


@pytest.mark.slow
def test_a_day_that_was_scored_keeps_its_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(production, "learn_from", partial(production.learn_from, configs=CONFIGS))
    rt = market_in(tmp_path)
    rt.lake.write("account_scores", date(2025, 6, 17), [{"company_id": "c1", "model": "rule", "status": "scored"}], stream="rule")
    assert learn_month(rt, "2025-05")["from_day"] == "2025-06-18"
    registry = Registry(tmp_path / "models")
    assert registry.champion_on("relevance", date(2025, 6, 17)) is None
    assert registry.champion_on("relevance", date(2025, 6, 18)) is not None
