"""Accounts in an open deal: they count for the time to purchase and for nothing else; and history that is young."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from ml.champion import FOLDER, Champion
from ml.dataset import build, split
from ml.deals import Deals
from ml.evaluate import MOST_PSI, profile, shift, unmoved
from ml.model import Config
from ml.production import MOST_ROWS, days_of, learn_from
from ml.registry import Registry
from ml.score import RUNNING, score
from ml.table import Table, of_frame
from ml.train import train

CONFIGS = (Config("linear", ("linear",)), Config("trees", ("tree",), depth=2, rounds=60))
DAYS = [d.date() for d in pd.date_range("2024-01-31", periods=16, freq="ME")]
MOMENT = pd.Timestamp("2025-07-15").to_pydatetime()


def market(accounts: int = 500, seed: int = 6) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Warm accounts open deals that run for 40 to 75 days; of those, seven in ten are won. Nobody else buys."""
    r = np.random.default_rng(seed)
    rows, deals = [], []
    for a in range(accounts):
        base, until, opened = float(r.normal()), date.min, date.min
        for day in DAYS:
            warm = base + 0.3 * float(r.normal())
            running = opened <= day < until
            rows.append({"company_id": f"c{a}", "dt": day, "warm": warm, "open_deals": int(running),
                         "days_since_deal_opened": float((day - opened).days) if running else np.nan})  # fmt: skip
            if not running and r.random() < min(0.6, 0.08 * np.exp(1.2 * base)):
                opened = day + timedelta(days=int(r.integers(1, 25)))
                until = opened + timedelta(days=int(r.integers(40, 75)))
                deals.append({"company_id": f"c{a}", "opened_on": opened, "closed_on": until, "is_won": bool(r.random() < 0.7),
                              "amount_usd": float(np.exp(9 + 0.5 * warm + 0.3 * r.normal()))})  # fmt: skip
    return pd.DataFrame(rows), pd.DataFrame(deals)


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, pd.DataFrame, dict[str, Any]]:
    home, (features, deals) = tmp_path_factory.mktemp("home"), market()
    return home, features, learn_from(features, Deals(deals, {}, 0), Registry(home / FOLDER), MOMENT, MOMENT.date(), CONFIGS)


def test_rows_in_a_deal_are_kept_for_the_time_alone_and_split_at_the_same_moment() -> None:
    features, deals = market(80)
    free, everyone = (build(features, deals, MOMENT, 60, in_deals=both) for both in (False, True))
    assert free.dropped["in_a_deal"] > 0 and everyone.dropped["in_a_deal"] == 0
    assert len(everyone.table) == len(free.table) + free.dropped["in_a_deal"]
    at = split(free)
    assert at is not None
    timed = split(everyone, at.moment)
    assert timed is not None and timed.moment == at.moment
    assert timed.seen.order.max() < at.moment <= timed.judged.order.min()


def test_the_time_to_purchase_knows_that_accounts_in_a_deal_buy_first(learned: tuple[Path, pd.DataFrame, dict[str, Any]]) -> None:
    home, features, report = learned
    assert report["hazard"]["status"] == "promoted", report["hazard"]
    assert report["rows_in_a_deal"] > 500
    of_day = features[features["dt"] == DAYS[-1]].reset_index(drop=True)
    rows = Champion(home).score(MOMENT.date(), pa.Table.from_pandas(of_day, preserve_index=False)).to_pandas()
    running = (of_day["open_deals"] > 0).to_numpy()
    assert 30 < running.sum() < len(of_day) / 2
    assert rows["p_purchase_60d"][running].mean() == pytest.approx(0.6, abs=0.15)
    assert rows["p_purchase_60d"][running].min() > rows["p_purchase_60d"][~running].mean()


def test_an_account_in_a_deal_has_its_times_and_neither_relevance_amount_nor_reasons(
    learned: tuple[Path, pd.DataFrame, dict[str, Any]],
) -> None:
    home, features, report = learned
    assert report["relevance"]["status"] == "promoted", report["relevance"]
    of_day = features[features["dt"] == DAYS[-1]]
    champion, told = Champion(home), pa.Table.from_pandas(of_day, preserve_index=False)
    rows = champion.score(MOMENT.date(), told).to_pandas().set_index("company_id")
    running = of_day["company_id"][of_day["open_deals"] > 0]
    alone = rows.loc[running]
    assert alone[["composite_score", "relevance", "p_opportunity", "deal_size_median"]].isna().all(axis=None)
    assert (alone["status"] == "scored").all() and alone["p_purchase_30d"].notna().all()
    assert rows.drop(index=running)["relevance"].notna().all()
    assert set(champion.reasons(MOMENT.date(), told).to_pandas()["company_id"]) == set(rows.index) - set(running)


def test_without_a_model_of_the_time_an_account_in_a_deal_abstains_and_says_why() -> None:
    features, deals = market(200)
    model = train(build(features, deals, MOMENT, 60).table, ["warm"], CONFIGS).model
    assert model is not None
    of_day = features[features["dt"] == DAYS[-1]]
    rows = score(of_day, model)
    running = (of_day["open_deals"] > 0).to_numpy()
    assert running.any()
    assert set(rows["abstained_because"][running]) == {RUNNING} and set(rows["status"][running]) == {"abstained"}
    assert set(rows["status"][~running]) == {"scored"} and rows["abstained_because"][~running].isna().all()


def test_many_accounts_in_deals_are_no_drift_for_a_model_of_those_in_none(learned: tuple[Path, pd.DataFrame, dict[str, Any]]) -> None:
    home, features, _ = learned
    of_day = features[features["dt"] == DAYS[-1]]
    more = of_day[of_day["open_deals"] > 0].assign(warm=9.0)
    more = pd.concat([more.assign(company_id=more["company_id"] + f"x{n}") for n in range(4)])
    champion = Champion(home)
    rows = champion.score(MOMENT.date(), pa.Table.from_pandas(pd.concat([of_day, more]), preserve_index=False)).to_pandas()
    assert rows["relevance"].notna().sum() == (of_day["open_deals"] == 0).sum(), champion.said


def history(months: range, recent: bool = False, accounts: int = 400) -> Table:
    """Days since something that happens to everybody every 300 days or so, as far back as pulls reach that began in month 0."""
    r = np.random.default_rng(2)
    ages = np.concatenate([r.exponential(40.0 if recent else 300.0, accounts) for _ in months])
    reach = np.repeat([30.0 * m for m in months], accounts)
    days = pd.Timestamp("2025-01-31") + pd.to_timedelta(np.repeat([30 * m for m in months], accounts), unit="D")
    frame = pd.DataFrame(
        {"days_since_move": np.where(ages <= reach, np.round(ages), np.nan), "day": days, "y": r.integers(0, 2, len(days))}
    )
    return of_frame(frame, "y", "day").only(["days_since_move"])


def test_a_history_that_has_grown_longer_is_no_drift_but_a_change_is() -> None:
    was = profile(history(range(1, 5)), "days_since_move")
    assert was["most"] <= 120
    later = history(range(11, 13))
    assert shift(was, later, "days_since_move") < 0.1
    assert unmoved({"days_since_move": was}, later)["drift"][0]
    plain = {k: v for k, v in profile(Table({"x": history(range(1, 5)).columns["days_since_move"]}, {"x": "number"}, np.zeros(1600),
             history(range(1, 5)).order, "time", {}), "x").items() if k != "most"}  # fmt: skip
    renamed = Table({"x": later.columns["days_since_move"]}, {"x": "number"}, later.y, later.order, "time", {})
    assert shift(plain, renamed, "x") > MOST_PSI  # what any other column would be called
    changed = history(range(11, 13), recent=True)
    assert not unmoved({"days_since_move": was}, changed)["drift"][0]


def test_three_days_of_a_month_are_learned_from_and_one_when_they_would_be_too_many() -> None:
    stand = [{"dt": d.date(), "row_count": 100} for d in pd.date_range("2025-01-01", "2025-02-15")]
    assert [f"{d:%m-%d}" for d in days_of(stand)] == ["01-10", "01-20", "01-31", "02-10", "02-15"]
    many = [r | {"row_count": MOST_ROWS // 4} for r in stand]
    assert [f"{d:%m-%d}" for d in days_of(many)] == ["01-31", "02-15"]
    assert days_of([]) == []
