"""Hazards of accounts of two kinds, as open deals and all others are: thinned, growing older, stored; against a made-up truth."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ml import hazard as hazards
from ml.boosting import learn
from ml.hazard import PERIOD, learn_hazard, load_hazard, periods_of
from ml.model import Config, FeaturesDiffer
from ml.table import Table, of_frame

Array = np.ndarray[Any, Any]
TREES = Config("trees", ("tree",), depth=4, rounds=200, level=1.0)


def market(rows: int = 12_000, seed: int = 4) -> tuple[Table, Array]:
    """One account in ten is in a deal: half of these buy within some thirty days; of the others hardly one within a year."""
    r = np.random.default_rng(seed)
    deal = r.random(rows) < 0.1
    won = np.where(deal, np.where(r.random(rows) < 0.5, r.exponential(30, rows), np.inf), r.exponential(8000, rows))
    day = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(rows) * 365 // rows, unit="D")
    frame = pd.DataFrame({"open_deals": deal.astype(float), "x": r.normal(size=rows), "day": day, "y": r.integers(0, 2, rows)})
    return of_frame(frame, "y", "day").only(["open_deals", "x"]), np.ceil(won)


def test_thinning_leaves_the_hazard_of_those_who_often_buy_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    table, days = market()
    moment, (fresh, truth) = float(table.order[-1]) + 1, market(seed=9)
    deal = fresh.columns["open_deals"] > 0
    whole = learn_hazard(table, days, ["open_deals", "x"], moment, [TREES])
    assert len(periods_of(table, days, moment)[0]) > 4 * 20_000
    monkeypatch.setattr(hazards, "MOST_PERIODS", 20_000)
    thin = learn_hazard(table, days, ["open_deals", "x"], moment, [TREES])
    for within in (14.0, 30.0, 60.0):
        said, kept = whole.by(fresh, within), thin.by(fresh, within)
        assert kept[deal].mean() == pytest.approx(said[deal].mean(), rel=0.1)
        assert kept[~deal].mean() == pytest.approx(said[~deal].mean(), abs=0.003)
        assert kept[deal].mean() == pytest.approx((truth[deal] <= within).mean(), rel=0.15)


def test_thinning_draws_from_every_period(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hazards, "MOST_PERIODS", 20_000)
    drawn: list[Table] = []

    def watched(known: Table, *args: Any) -> Any:
        drawn.append(known)
        return learn(known, *args)

    monkeypatch.setattr(hazards, "learn", watched)
    table, days = market(8000)
    moment = float(table.order[-1]) + 1
    learn_hazard(table, days, ["open_deals", "x"], moment, [TREES])
    _, starts, happened = periods_of(table, days, moment)
    known = drawn[-1]
    for start in np.unique(starts):
        all_of, kept = starts == start, known.columns[PERIOD] == start
        assert known.y[kept].sum() == happened[all_of].sum()  # every one in which it happened
        share = (kept.sum() - known.y[kept].sum()) / (all_of & ~happened).sum()
        assert share == pytest.approx(1 / np.ceil(len(starts) / 20_000), rel=0.15)


def test_days_since_something_grow_with_the_days_ahead() -> None:
    """Half of the deals are won, on their fortieth day, give or take three."""
    r = np.random.default_rng(7)
    rows = 6000
    age = np.floor(r.uniform(0, 60, rows))
    won = np.where(r.random(rows) < 0.5, np.round(40 + 3 * r.normal(size=rows)) - age, np.inf)
    keep = won > 0
    day = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(rows) // 20, unit="D")
    frame = pd.DataFrame({"days_since_deal_opened": age, "day": day, "y": r.integers(0, 2, rows)})[keep]
    table, days = of_frame(frame, "y", "day").only(["days_since_deal_opened"]), won[keep]
    moment = float(table.order[-1])
    known = table.order <= moment - 90
    model = learn_hazard(table.rows(known), days[known], ["days_since_deal_opened"], moment, [TREES])
    young, ripe = (table.rows(np.flatnonzero((age[keep] >= low) & (age[keep] < low + 5))) for low in (5, 25))
    assert model.by(young, 14).mean() < 0.03 and model.by(ripe, 7).mean() < 0.2
    assert model.by(ripe, 21).mean() == pytest.approx(0.5, abs=0.1)
    assert model.by(young, 45).mean() == pytest.approx(0.5, abs=0.1)


def test_a_hazard_whose_columns_do_not_age_does_not_load(tmp_path: Path) -> None:
    table, days = market(2000)
    learn_hazard(table, days, ["open_deals", "x"], float(table.order[-1]), [TREES]).model.save(tmp_path / "new")
    assert load_hazard(tmp_path / "new").by(table, 30).shape == (2000,)
    table.y = (days <= 30).astype(float)
    learn(table, ["open_deals", "x"], TREES).save(tmp_path / "old")
    with pytest.raises(FeaturesDiffer, match="train it anew"):
        load_hazard(tmp_path / "old")
