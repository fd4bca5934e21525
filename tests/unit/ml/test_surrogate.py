"""What leads to a rare outcome is learned first: where it comes from, when it was known, what it is worth, and that it stays additive."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ml.boosting import learn
from ml.dataset import LEADING, build
from ml.metrics import auc
from ml.model import Config, load
from ml.table import Surrogate, Table
from ml.train import CONFIGS, known_by, train, watched_by

HORIZON, MOMENT = 60.0, 400.0
ALONE = Config("trees", ("tree",), depth=2, rounds=100, eta=0.03, least=3.0, share=0.8)
LED = next(c for c in CONFIGS if c.shapes[0] == "surrogate")
FEATURES = ["a", "b", "c", "noise"]


def led_rows(rows: int = 12_000, seed: int = 3) -> tuple[Table, np.ndarray]:
    """A stage is reached within some days by how warm a row is; one reached stage in fifteen makes a deal. Second: the true warmth."""
    r = np.random.default_rng(seed)
    columns = {name: r.normal(size=rows) for name in FEATURES}
    warmth = 1.2 * columns["a"] + 0.9 * columns["b"] * (columns["a"] > 0) - 0.8 * np.abs(columns["c"])
    order = np.sort(r.uniform(0, MOMENT, rows))
    reached = np.ceil(r.exponential(400 * np.exp(-1.3 * warmth)))
    deal = np.where(r.random(rows) < 1 / 15, reached + r.integers(1, 10, rows), np.inf)
    first = np.minimum(reached, deal)
    table = Table(columns, dict.fromkeys(FEATURES, "number"), (deal <= HORIZON).astype(float), order, "time", {}, days=deal,
                  surrogate=Surrogate(first, (first <= HORIZON).astype(float)))  # fmt: skip
    return table, warmth


def feature_rows(**columns: list[float | None]) -> pd.DataFrame:
    """Two companies, three days each, ten days apart."""
    days = [date(2026, 1, 1) + timedelta(days=10 * k) for k in range(3)]
    return pd.DataFrame({"company_id": ["a"] * 3 + ["b"] * 3, "dt": days * 2, "size": [1.0, 2, 3, 4, 5, 6], **columns})


def deals(*opened: tuple[str, date]) -> pd.DataFrame:
    return pd.DataFrame([{"company_id": c, "opened_on": d, "closed_on": None, "is_won": False, "amount_usd": 1.0} for c, d in opened])


def test_a_stage_seen_later_or_the_deal_is_the_surrogate_whichever_is_first() -> None:
    rows = feature_rows(**{LEADING[0]: [None, 4.0, 14.0, None, None, None], LEADING[1]: [None, None, 1.0, None, None, 30.0]})
    found = build(rows, deals(("b", date(2026, 1, 20))), date(2026, 6, 1), 15).table
    assert found.surrogate is not None
    # a: Decision on the 7th, Purchase on the 20th; b: a stage of long before its rows, a deal on the 20th (in a deal on the 21st)
    told = dict(zip(zip(found.columns["size"].tolist(), found.order.tolist(), strict=True), found.surrogate.days.tolist(), strict=True))
    assert sorted((size, days) for (size, _), days in told.items()) == [(1.0, 6.0), (2.0, 9.0), (3.0, np.inf), (4.0, 19.0), (5.0, 9.0)]
    assert (found.surrogate.y == (found.surrogate.days <= 15)).all()


def test_features_without_stages_have_no_surrogate() -> None:
    found = build(feature_rows(), deals(("b", date(2026, 1, 20))), date(2026, 6, 1), 15).table
    assert found.surrogate is None


def test_what_leads_to_a_deal_after_the_moment_changes_nothing() -> None:
    table, _ = led_rows()
    assert table.surrogate is not None
    moment = 250.0
    later = table.order + table.surrogate.days > moment
    days = np.where(later, np.inf, table.surrogate.days)
    other = replace(table, surrogate=Surrogate(days, np.where(later, 0.0, table.surrogate.y)))
    one, two = (watched_by(t, moment, HORIZON).surrogate for t in (table, other))
    assert one is not None and two is not None and one.given is not None and two.given is not None
    assert (one.y == two.y).all() and (one.given == two.given).all()
    assert one.y.sum() > known_by(table, moment, HORIZON).y.sum()


def test_a_rare_outcome_is_ranked_better_by_what_leads_to_it_and_the_choice_falls_on_it() -> None:
    table, _ = led_rows()
    fresh, warmth = led_rows(seed=4)
    seen = watched_by(table, MOMENT, HORIZON)
    is_warm = (warmth > np.median(warmth)).astype(float)
    by = {c.name: auc(is_warm, learn(seen, FEATURES, c).margin(fresh)) for c in (ALONE, LED)}
    assert by[LED.name] > by[ALONE.name] + 0.01, by
    learned = train(table, FEATURES, [ALONE, LED], HORIZON, MOMENT)
    assert learned.model is not None and learned.model.config.name == LED.name
    said = learned.model.probability(fresh)
    assert 0.6 < said.mean() / fresh.y.mean() < 1.6  # some thirty yes set the level


def test_saved_and_loaded_it_says_the_same_and_its_reasons_add_up(tmp_path: Path) -> None:
    table, _ = led_rows(4000)
    model = replace(learn(watched_by(table, MOMENT, HORIZON), FEATURES, LED), slope=0.8, intercept=-0.3)
    model.save(tmp_path)
    again = load(tmp_path, FEATURES)
    some = table.rows(slice(0, 500))
    assert np.array_equal(again.margin(some), model.margin(some))
    assert [m.shape for m in again.members] == ["surrogate", "tree"] and again.members[0].scale != 1.0
    _, points, base = again.reasons(some)
    assert np.allclose(base + points.sum(axis=1), 0.8 * model.margin(some) - 0.3, atol=1e-4)


def test_without_a_surrogate_it_is_not_tried_and_cannot_be_asked_for() -> None:
    table = replace(led_rows(4000)[0], surrogate=None)
    learned = train(table, FEATURES, [ALONE, LED], HORIZON, MOMENT)
    assert [t.config.name for t in learned.tried] == [ALONE.name]
    with pytest.raises(ValueError, match="no surrogate outcome"):
        learn(table, FEATURES, LED)


def test_rows_of_a_table_keep_their_own_surrogate() -> None:
    table, _ = led_rows(100)
    some = table.rows(slice(10, 20)).only(["a"])
    assert some.surrogate is not None and table.surrogate is not None
    assert (some.surrogate.days == table.surrogate.days[10:20]).all() and list(some.columns) == ["a"]
