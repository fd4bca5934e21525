"""When and how much: days with their interval, urgency from them, amounts; against a truth that was made up, censored or not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from ml import hazard as hazards
from ml.dataset import Dataset, Split, split
from ml.evaluate import ece_by_chance
from ml.hazard import Hazard, learn_hazard
from ml.metrics import ece
from ml.score import INTERVAL, urgency
from ml.table import Table, of_frame
from ml.verdicts import deal_size, time_to_purchase

Array = np.ndarray[Any, Any]


def truth(rows: int = 6000, seed: int = 4, mean_days: float = 40.0) -> tuple[Table, Array]:
    """Accounts of many days, and the days until each bought: exponential, sooner the larger x."""
    r = np.random.default_rng(seed)
    x = r.normal(size=rows)
    day = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.repeat(np.arange(rows // 100) * 7, 100), unit="D")
    table = of_frame(pd.DataFrame({"x": x, "day": day, "y": r.integers(0, 2, rows)}), "y", "day").only(["x"])
    return table, r.exponential(mean_days * np.exp(-x))


@pytest.fixture(scope="module")
def learned() -> tuple[Hazard, Table, Array]:
    """Learned from the first half, of which only what had happened by its end is known; judged on the other half."""
    table, days = truth()
    cut = len(table) // 2
    moment = float(table.order[cut])
    model = learn_hazard(table.rows(slice(0, cut)), days[:cut], ["x"], moment)
    return model, table.rows(slice(cut, len(table))), days[cut:]


def test_a_tenth_a_half_and_nine_tenths_have_bought_by_the_days_of_the_interval(learned: tuple[Hazard, Table, Array]) -> None:
    model, rows, days = learned
    until = model.days_until(rows, INTERVAL)
    assert (np.diff(until, axis=1) >= 0).all()
    known = np.isfinite(until).all(axis=1)
    assert known.mean() > 0.9
    for column, share in enumerate(INTERVAL):
        assert (days[known] <= until[known, column]).mean() == pytest.approx(share, abs=0.06)
    inside = (days[known] > until[known, 0]) & (days[known] <= until[known, 2])
    assert 0.72 <= inside.mean() <= 0.86


@pytest.mark.parametrize("within", [30.0, 60.0, 90.0])
def test_the_chance_to_buy_within_a_time_is_calibrated_though_most_were_still_being_watched(
    learned: tuple[Hazard, Table, Array], within: float
) -> None:
    model, rows, days = learned
    p, bought = model.by(rows, within), (days <= within).astype(float)
    assert ece(bought, p) <= 0.03 + ece_by_chance(p)


def test_the_days_of_a_share_are_where_the_curve_crosses_it(learned: tuple[Hazard, Table, Array]) -> None:
    model, rows, _ = learned
    some, grid = rows.rows(slice(0, 300)), np.arange(1.0, 731.0)
    alive = model.alive(some, grid)
    for share in (*INTERVAL, 0.999):
        below = alive <= 1 - share
        first = np.where(below.any(axis=1), grid[below.argmax(axis=1)], np.inf)
        assert model.days_until(some, [share])[:, 0].tolist() == first.tolist()


def test_what_was_not_watched_to_the_end_is_not_taken_for_a_no() -> None:
    table, days = truth(mean_days=400.0)
    cut = len(table) // 2
    model = learn_hazard(table.rows(slice(0, cut)), days[:cut], ["x"], float(table.order[cut]))
    rows, later = table.rows(slice(cut, len(table))), days[cut:]
    assert model.by(rows, 180).mean() == pytest.approx((later <= 180).mean(), rel=0.15)


def test_a_large_table_is_thinned_without_moving_the_level(monkeypatch: pytest.MonkeyPatch, learned: tuple[Hazard, Table, Array]) -> None:
    table, days = truth()
    cut = len(table) // 2
    monkeypatch.setattr(hazards, "MOST_PERIODS", 3000)
    seen: list[int] = []
    plain = hazards.learn

    def learn(known: Table, *args: Any) -> Any:
        seen.append(len(known))
        return plain(known, *args)

    monkeypatch.setattr(hazards, "learn", learn)
    thin = learn_hazard(table.rows(slice(0, cut)), days[:cut], ["x"], float(table.order[cut]))
    whole, rows, _ = learned
    periods = len(hazards.expand(table.rows(slice(0, cut)), days[:cut], float(table.order[cut])))
    assert max(seen) < periods
    assert thin.by(rows, 60).mean() == pytest.approx(whole.by(rows, 60).mean(), rel=0.1)


def test_urgency_is_the_share_of_a_quarter_that_falls_into_its_first_month() -> None:
    even = np.exp(-0.001 * np.array([[30.0, 60.0, 90.0]]))
    assert urgency(even)[0] == pytest.approx(100 / 3, abs=1.1)
    now_or_never, later, never = [0.4, 0.4, 0.4], [1.0, 1.0, 0.2], [1.0, 1.0, 1.0]
    found = urgency(np.array([now_or_never, later, never]))
    assert found[:2].tolist() == [100.0, 0.0] and np.isnan(found[2])


def parts(*, judged_from: float = 0.0, seed: int = 5, **changes: Any) -> Split:
    """Rows whose x makes deals sooner and larger; `judged_from`: what is added to x of the rows that judge, after labels were drawn."""
    r = np.random.default_rng(seed)
    rows = 3000
    x = r.normal(size=rows)
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.repeat(np.arange(rows // 100) * 14, 100), unit="D")
    won, usd = r.exponential(50 * np.exp(-1.2 * x)), np.exp(9 + x + 0.5 * r.normal(size=rows))
    shown = x + judged_from * (np.arange(rows) >= rows * 0.8)
    table = of_frame(pd.DataFrame({"x": shown, "day": days, "y": r.integers(0, 2, rows)}), "y", "day")
    found = split(Dataset(table.only(["x"]), np.arange(rows).astype(str), won, usd, {}))
    assert found is not None
    return Split(**{**vars(found), **changes})


def test_each_fault_blocks_a_challenger_of_time_by_its_name() -> None:
    at = parts()
    good = time_to_purchase(at, ["x"], None, 60, 0)
    assert good.takes_over, good.because
    assert {"wins", "calibrated", "base_rate", "drift"} == set(good.judged["checks"])
    moved = time_to_purchase(parts(judged_from=1.5), ["x"], None, 60, 0)
    assert not moved.takes_over and moved.judged["checks"]["drift"].startswith("FAILED: x ")
    slower = time_to_purchase(parts(judged_won=at.judged_won * 12), ["x"], None, 60, 0)
    assert not slower.takes_over
    assert slower.judged["checks"]["base_rate"].startswith("FAILED") and slower.judged["checks"]["calibrated"].startswith("FAILED")


def test_each_fault_blocks_a_challenger_of_size_by_its_name() -> None:
    good = deal_size(parts(), ["x"], None)
    assert good.takes_over, good.because
    assert deal_size(parts(judged_from=1.5), ["x"], None).judged["checks"]["drift"].startswith("FAILED: x ")
    dearer = deal_size(parts(judged_usd=parts().judged_usd * 3), ["x"], None)
    assert not dearer.takes_over and dearer.judged["checks"]["coverage"].startswith("FAILED")


@pytest.mark.parametrize("others", [0, 1])
def test_where_nearly_all_deals_have_one_amount_there_is_no_size_to_learn(others: int) -> None:
    flat = np.where(np.arange(2400) < others, 9000.0, 5000.0)
    verdict = deal_size(parts(seen_usd=flat), ["x"], None)
    assert not verdict.takes_over and verdict.model is None
    assert "nearly all of one amount" in verdict.because


def test_a_champion_of_time_or_size_that_no_longer_holds_stands_down_even_without_a_challenger() -> None:
    time, size = time_to_purchase(parts(), ["x"], None, 60, 0).model, deal_size(parts(), ["x"], None).model
    nobody = {"seen_won": np.full(2400, np.inf), "seen_usd": np.full(2400, np.nan)}
    assert (time_to_purchase(parts(**nobody), ["x"], time, 60, 0).is_held, deal_size(parts(**nobody), ["x"], size).is_held) == (True, True)
    slow, dear = {"judged_won": parts().judged_won * 12}, {"judged_usd": parts().judged_usd * 3}
    for verdict in (time_to_purchase(parts(**nobody, **slow), ["x"], time, 60, 0), deal_size(parts(**nobody, **dear), ["x"], size)):
        assert verdict.stands_down and not verdict.is_held and not verdict.takes_over
        assert verdict.because.startswith("the champion no longer holds: ")


def test_too_few_outcomes_neither_hold_nor_dismiss_a_champion() -> None:
    time = time_to_purchase(parts(), ["x"], None, 60, 0).model
    rare = np.where(np.arange(600) < 20, 5.0, np.inf)
    verdict = time_to_purchase(parts(judged_won=rare), ["x"], time, 60, 0)
    assert not verdict.stands_down and not verdict.is_held
