"""Rows whose horizon is not over yet say what they were watched for, and no more."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ml.boosting import learn
from ml.calibration import sigmoid
from ml.model import Config
from ml.table import Table
from ml.train import LEAST_OF_EACH, calibrate, known_by, train, try_all, watched_by

HORIZON, MOMENT = 60.0, 200.0
TREES = Config("trees", ("tree",), depth=2, rounds=100)


def watched_rows(rows: int = 6000, rate: float = 0.004, seed: int = 5) -> Table:
    """A constant daily chance, twice to six times as large where `heat` is high; `order` in days up to the moment."""
    r = np.random.default_rng(seed)
    heat, order = r.uniform(0, 1, rows), np.sort(r.uniform(0, MOMENT, rows))
    days = np.ceil(r.exponential(1 / (rate * np.exp(1.8 * heat))))
    return Table({"heat": heat}, {"heat": "number"}, (days <= HORIZON).astype(float), order, "time", {}, days=days)


def test_a_row_that_was_not_watched_to_its_end_is_a_yes_only_if_it_happened_by_then() -> None:
    table = watched_rows()
    found = watched_by(table, MOMENT, HORIZON)
    assert found.days is not None and found.given is not None
    watched = np.minimum(HORIZON, MOMENT - found.order)
    assert (found.y == (found.days <= watched)).all()
    assert found.order.max() <= MOMENT - HORIZON / 6
    assert len(known_by(table, MOMENT, HORIZON)) < len(found) < len(table)
    assert 0 < (found.y[watched < HORIZON]).sum() < (table.rows(table.order > MOMENT - HORIZON).y).sum()


def test_what_happens_after_the_moment_changes_nothing() -> None:
    table = watched_rows()
    assert table.days is not None
    later = table.order + table.days > MOMENT
    other = replace(table, days=np.where(later, np.inf, table.days), y=np.where(later, 0.0, table.y))
    one, two = (watched_by(t, MOMENT, HORIZON) for t in (table, other))
    assert (one.y == two.y).all()
    assert one.given is not None and two.given is not None and (one.given == two.given).all()


def test_a_row_watched_for_a_part_of_the_horizon_is_expected_to_be_a_yes_as_seldom_as_that_part_says() -> None:
    found = watched_by(watched_rows(60_000), MOMENT, HORIZON)
    assert found.given is not None
    whole = found.given > np.log(0.99)
    for low, high in ((10, 25), (25, 40), (40, 59)):
        rows = (found.order <= MOMENT - low) & (found.order > MOMENT - high)
        assert abs(found.y[rows].mean() / (np.exp(found.given[rows]) * found.y[whole].mean()).mean() - 1) < 0.1


def test_learned_with_them_the_chance_is_that_of_the_whole_horizon() -> None:
    table = watched_rows(20_000)
    model = learn(watched_by(table, MOMENT, HORIZON), ["heat"], TREES)
    fresh = watched_rows(20_000, seed=9)
    said = sigmoid(model.margin(fresh))
    assert abs(said.mean() / fresh.y.mean() - 1) < 0.05
    for low in (0.0, 0.25, 0.5, 0.75):
        rows = (fresh.columns["heat"] >= low) & (fresh.columns["heat"] < low + 0.25)
        assert abs(said[rows].mean() / fresh.y[rows].mean() - 1) < 0.1


def test_trees_begin_at_the_rate_of_yes() -> None:
    table = watched_rows(2000, rate=0.0002)
    short = learn(table, ["heat"], replace(TREES, rounds=1))
    assert abs(sigmoid(short.margin(table)).mean() - table.y.mean()) < 0.002
    _, points, base = short.reasons(table)
    assert np.allclose(base + points.sum(axis=1), short.slope * short.margin(table) + short.intercept, atol=1e-4)


def test_without_days_or_with_few_yes_only_rows_whose_label_was_known_are_learned_from() -> None:
    table = watched_rows()
    kept = known_by(table, MOMENT, HORIZON)
    assert (watched_by(replace(table, days=None), MOMENT, HORIZON).order == kept.order).all()
    seldom = watched_rows(rate=0.00002)
    assert known_by(seldom, MOMENT, HORIZON).y.sum() < LEAST_OF_EACH
    assert watched_by(seldom, MOMENT, HORIZON).given is None
    assert len(watched_by(table, None, None)) == len(table)


def test_folds_are_judged_by_whole_horizons_and_the_report_counts_what_was_learned_in_part() -> None:
    table = watched_rows(20_000)
    kept = known_by(table, MOMENT, HORIZON)
    learned = train(table, ["heat"], [TREES], HORIZON, MOMENT)
    assert learned.model is not None
    assert learned.purged == len(table) - len(kept)
    assert 0 < learned.partly < learned.purged
    tried = try_all(kept, ["heat"], [TREES], HORIZON)
    assert (tried[0].labels == kept.y[int(0.7 * len(kept)) :]).all()
    assert (learned.model.slope, learned.model.intercept) == calibrate(tried[0])
