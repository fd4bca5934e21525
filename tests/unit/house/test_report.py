"""What a run says of itself: costs as the ledgers have them, and what speaks against an account is not hidden in a sum."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from support.market import DAY, runtime_in

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
