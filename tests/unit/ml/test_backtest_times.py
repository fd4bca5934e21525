"""The backtest judges when and how much on the same frozen days, beside what needs no model."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest
from test_open_deals import CONFIGS, DAYS, market

from ml import backtest, backtest_page, bootstrap
from ml.backtest_times import LEAST, numbers
from ml.deals import Deals

MONTHS = [f"{d:%Y-%m}" for d in DAYS]


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    features, deals = market()
    deals = deals.assign(opened_on=pd.to_datetime(deals["opened_on"]), closed_on=pd.to_datetime(deals["closed_on"]))
    ends = {d: datetime(d.year, d.month, d.day, 12) for d in DAYS}
    features = features.assign(starts_at=features["dt"].map(ends))

    def told(moment: datetime) -> Deals:
        by_then = deals[deals["opened_on"] <= moment]
        is_over = by_then["closed_on"] <= moment
        return Deals(by_then.assign(closed_on=by_then["closed_on"].where(is_over), is_won=by_then["is_won"] & is_over), {}, 0)

    known = backtest.Known(features, {}, told, ends, datetime(2025, 9, 1), pd.DataFrame(columns=["company_id", "dt", "source"]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bootstrap, "DRAWS", 40)
        return backtest.of(known, MONTHS[-5:], CONFIGS)


def test_time_and_amount_of_every_month_with_a_champion_are_judged_and_all_together(report: dict[str, Any]) -> None:
    judged = [m for m in report["months"] if "time" in m]
    assert judged and all(m["time"]["rows"] == m["rows"] + m["left_out"]["in_a_deal"] for m in judged)
    overall = report["overall"]["time"]
    assert overall["rows"] == sum(m["time"]["rows"] for m in judged) and overall["wins"] == sum(m["time"]["wins"] for m in judged)
    assert overall["verdict"] == "better" and overall["ibs"] < overall["km_ibs"]
    assert overall["foretold"] == pytest.approx(overall["happened"], abs=0.03)
    early = overall["interval"]["0.1"]
    assert early["rows"] > 100 and early["happened"] == pytest.approx(0.1, abs=0.1)
    size = report["overall"]["size"]
    assert size["deals"] == sum(m["size"]["deals"] for m in report["months"] if "size" in m) > 50
    assert abs(size["coverage"] - size["promised"]) <= 2 * size["noise"]


def test_the_page_shows_when_and_how_much_or_that_it_cannot_be_said_yet(report: dict[str, Any]) -> None:
    html = backtest_page.page(report)
    assert "Was it known when?" in html and "Was it known how much?" in html and "Kaplan-Meier" in html
    few = {"rows": 9, "wins": 2, "because": "2 wins; <b> are the least"}
    html = backtest_page.page({**report, "overall": {**report["overall"], "time": few}})
    assert "not yet decidable: 2 wins; &lt;b&gt;" in html


def said(rows: int, won: int, mine: float, plain: float) -> pd.DataFrame:
    noise = np.where(np.arange(rows) % 2, 0.05, -0.05)
    return pd.DataFrame({
        "company_id": [f"c{n}" for n in range(rows)], "won_after": np.where(np.arange(rows) < won, 20.0, np.inf), "p": won / rows,
        "mine": mine + noise, "plain": plain, "ibs": 0.1, "km_ibs": 0.1, "by_0.1": np.nan, "by_0.5": np.nan, "by_0.9": np.nan,
    })  # fmt: skip


@pytest.mark.parametrize(("mine", "plain", "verdict"), [(0.3, 0.4, "better"), (0.4, 0.3, "worse"), (0.3, 0.3, "not yet decidable")])
def test_a_gain_is_one_beyond_noise_only(mine: float, plain: float, verdict: str) -> None:
    assert numbers(said(300, 30, mine, plain), None, 60)["time"]["verdict"] == verdict


def test_too_few_wins_or_amounts_are_not_yet_decidable() -> None:
    sized = pd.DataFrame({"company_id": ["a"], "usd": [5.0], "low": [1.0], "high": [9.0], "mine": [0.1], "plain": [0.2]})
    told = numbers(said(300, LEAST - 1, 0.3, 0.4), sized, 60)
    assert told["time"]["because"].startswith(f"{LEAST - 1} wins") and told["size"]["because"].startswith("1 amounts")
    assert numbers(None, sized.iloc[:0], 60) == {}
