"""The bench against the hidden truth: when it pulls, and a gap without luck."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from test_month import MOMENT, market

from benchmarks.learning import HOT_DAYS, PULL_DAYS, steps_to
from benchmarks.learning_baselines import of_relevance, of_time
from benchmarks.learning_judge import _expected_auc
from ml.dataset import build, split
from ml.hazard import learn_hazard
from ml.metrics import auc


@pytest.mark.parametrize("year", [2025, 2028])
def test_full_pulls_are_ten_days_apart_or_what_is_left_of_the_month_and_hot_accounts_are_asked_in_between(year: int) -> None:
    for month in range(1, 13):
        day = date(year, month, 1) - timedelta(days=1)
        end = (day + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        fulls = []
        while day < end:
            steps = steps_to(day, end)
            assert all(HOT_DAYS <= s < 2 * HOT_DAYS for s in steps)
            fulls.append(sum(steps))
            day += timedelta(days=sum(steps))
        assert day == end and len(fulls) == 3
        assert fulls[:2] == [PULL_DAYS] * 2


def test_a_gap_without_luck_is_the_auc_when_the_truth_is_certain_and_its_expectation_when_not() -> None:
    r = np.random.default_rng(1)
    p, score = r.beta(1, 4, 4000), np.round(r.random(4000), 2)
    certain = (r.random(4000) < p).astype(float)
    assert _expected_auc(certain, score) == pytest.approx(auc(certain, score))
    drawn = [auc((r.random(4000) < p).astype(float), p) for _ in range(60)]
    assert _expected_auc(p, p) == pytest.approx(np.mean(drawn), abs=0.004)


def test_others_are_judged_on_the_same_rows_and_find_what_is_there() -> None:
    features, deals = market()
    at = split(build(features, deals, MOMENT, 60, in_deals=True))
    assert at is not None
    columns = ["warm", "size", "noise"]
    found = of_relevance(at, np.arange(0, len(at.judged), 2), columns, 60.0)
    assert set(found) == {"logistic_regression", "hist_gradient_boosting"}
    assert all(0.65 < v["auc"] < 0.95 for v in found.values())
    told = of_time(at, learn_hazard(at.seen, at.seen_won, columns, at.moment), columns, 60.0)
    assert told["auc lifelines_cox"] > 0.65
    assert told["log_loss lifelines_cox"] < told["log_loss kaplan_meier"]
    assert told["log_loss ours"] < told["log_loss kaplan_meier"]
