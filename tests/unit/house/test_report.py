"""What a run says of itself: costs as the ledgers have them, and what speaks against an account is not hidden in a sum."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from rich.console import Console
from support.market import DAY, runtime_in

from ml.registry import Registry
from signals_pipeline import report, words
from signals_pipeline.enrichment.credits import CreditLedger, Purchase
from signals_pipeline.io import ops
from signals_pipeline.runtime import Runtime

AT = datetime(2026, 7, 1, 10, 0)


@pytest.fixture
def rt(tmp_path: Path) -> Runtime:
    return runtime_in(tmp_path / "home")


def enrolment(rt: Runtime, effect_id: str, status: str) -> None:
    row = {"effect_id": effect_id, "plan_hash": "p", "row_id": effect_id, "dt": DAY, "destination": "outreach", "object": "sequence_state"}
    more = {"operation": "enrol", "natural_key": effect_id, "status": status, "attempts": 1, "is_probe": False, "intended_at": AT}
    with rt.ops.begin() as connection:
        connection.execute(ops.ledger.insert().values(**row, **more))


def test_the_cost_of_a_day_has_lost_answers_and_effects_that_may_stand_and_no_others(rt: Runtime) -> None:
    credits = CreditLedger(rt.ops, rt.profile.enrichment)
    paid, lost, free = credits.reserve(DAY, "sixsense", [Purchase(k, "c", None) for k in ("paid", "lost", "free")], AT)
    assert paid and lost and free
    credits.settle({paid: 1.0, free: 0.0})
    credits.lost([lost])
    for effect_id, status in (("a", "confirmed"), ("b", "unknown"), ("c", "refused"), ("d", "failed")):
        enrolment(rt, effect_id, status)
    assert report._cost(rt, DAY) == {"credits": 2.0, "credits_usd": 1.2, "effects_usd": 0.1, "usd": 1.3}


def reason(points: float, said: str) -> dict[str, Any]:
    return {"points": points, "reason": said}


def test_what_speaks_against_a_hot_account_is_shown_and_the_sum_of_the_lines_is_the_score() -> None:
    reasons = [*(reason(n, f"signal {n}") for n in (30.0, 20.0, 10.0, 5.0, 4.0, 1.0)), reason(-15.0, "Layoffs announced 3 days ago")]
    account = {"score": 55.0, "name": "Acme", "company_id": "acme", "stage": "Decision", "reasons": reasons, "not_contacted_because": ""}
    out = io.StringIO()
    told = {"hottest": [account], "learned_model": {"status": "abstains", "because": "no model"}}
    words._hottest(Console(file=out, width=120), told)
    lines = out.getvalue()
    assert "-15.0  Layoffs announced 3 days ago" in lines and "+10.0  from 3 more" in lines
    shown, rest = words._worth_saying(reasons)
    assert sum(r["points"] for r in [*shown, *rest]) == account["score"] and len(shown) == words.SHOWN


@pytest.mark.parametrize("points", [[30.04, 20.04, 10.04, -5.0], [0.26, 0.26, 0.26], [12.345, 6.789, -1.05, 0.049], [41.0], []])
def test_rounded_points_add_up_to_the_rounded_score(points: list[float]) -> None:
    told = report.in_tenths(points, sum(points))
    assert round(sum(told), 6) == round(sum(points), 1)
    assert all(abs(t - p) < 0.1 for t, p in zip(told, points, strict=True)), "nothing moves by more than a tenth"


def test_the_hottest_are_prospects_and_their_reasons_add_up(rt: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    scores = {"rival": 90.0, "acme": 60.06, "bolt": 40.0}
    rows = [{"company_id": c, "model": "rule", "model_version": "v", "status": "scored", "composite_score": s} for c, s in scores.items()]
    rt.lake.write("account_scores", DAY, [{**r, "readiness_stage": "Decision"} for r in rows])
    parts = {"rival": [90.0], "acme": [30.03, 20.02, 10.01], "bolt": [40.0]}
    said = [
        {"company_id": c, "model": "rule", "position": n, "reason": f"{c} {n}", "points": p}
        for c, points in parts.items()
        for n, p in enumerate(points, 1)
    ]
    rt.lake.write("account_score_reasons", DAY, said)
    known = [{"company_id": c, "name": c, "domain": None, "ineligible_because": None, "is_no_prospect": c == "rival"} for c in scores]
    monkeypatch.setattr(type(rt.warehouse), "rows", lambda self, sql, parameters=(): known)
    told = report._hottest(rt, DAY)
    assert [(a["name"], a["score"]) for a in told] == [("acme", 60.1), ("bolt", 40.0)]
    assert [round(sum(r["points"] for r in a["reasons"]), 6) for a in told] == [60.1, 40.0]


def test_a_champion_that_cannot_read_the_features_of_today_says_so_in_the_report_and_at_bearable_length(
    rt: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = Registry(rt.settings.home / "models")
    stored = registry.folder / "relevance" / "abc" / "manifest.json"
    stored.parent.mkdir(parents=True)
    stored.touch()
    registry.promote("relevance", "abc", DAY, "wins")
    rt.lake.write("account_scores", DAY, [{"company_id": "acme", "model": "rule", "status": "scored"}], stream="rule")
    with duckdb.connect(rt.warehouse.url) as connection:
        connection.execute("create schema if not exists signals")
        connection.execute(f"create or replace table signals.account_features as select 'acme' as company_id, 1 as x, date '{DAY}' as dt")
    told = report._learned(rt, DAY)
    assert told["status"] == "abstains" and told["scored"] == 0
    assert told["because"].startswith("champion abc scored nobody: ") and "is not what was stored" in told["because"]
    monkeypatch.setattr(report, "LONGEST", 9)
    assert report._learned(rt, DAY)["because"].endswith(f"{str(stored.parent)[:9]} …")
