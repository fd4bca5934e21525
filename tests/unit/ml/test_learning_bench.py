"""The bench against the hidden truth: when it pulls, and a gap without luck."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from benchmarks.learning import HOT_DAYS, PULL_DAYS, steps_to
from benchmarks.learning_judge import _expected_auc
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
