"""What the interval of the deal size promises, on amounts of known laws: a share of deals, however often each was seen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ml.dataset import HORIZON_DAYS, Dataset, Split, split
from ml.line import fit_line
from ml.model import FeaturesDiffer
from ml.size import COVERAGE, deals_among, learn_size, load_size
from ml.table import Table, of_frame
from ml.verdicts import deal_size

Array = np.ndarray[Any, Any]
PRICES = np.array([5e3, 1e4, 2e4, 5e4, 1e5, 2.5e5])


def amounts(law: str, x: Array, r: np.random.Generator) -> Array:
    """USD of deals of companies whose size is exp(x)."""
    n, base = len(x), 9 + 0.5 * x
    if law == "listed":
        near = np.abs((base + 0.6 * r.normal(size=n))[:, None] - np.log(PRICES)).argmin(axis=1)
        listed: Array = PRICES[near]
        return listed
    logs = {
        "plain": base + 0.6 * r.normal(size=n),
        "heavy tails": base + 0.4 * r.standard_t(3, n),
        "wider for the large": base + (0.2 + 0.3 * np.maximum(x, 0)) * r.normal(size=n),
        "skewed": base + 0.7 * r.exponential(size=n),
        "a step": 9 + 1.5 * (x > 0.5) + 0.6 * r.normal(size=n),
        "nothing known": 9 + 0.7 * r.normal(size=n),
    }[law]
    found: Array = np.exp(logs)
    return found


def deals(law: str, n: int, seed: int) -> tuple[Table, Array]:
    """Each deal on one to six days, every ten days, in 600 days; twelve columns say nothing."""
    r = np.random.default_rng(seed)
    x, times = r.normal(size=n), r.integers(1, 7, n)
    usd, of = np.round(amounts(law, x, r), -1), np.repeat(np.arange(n), times)
    first = r.integers(0, 60, n) * 10
    day = first[of] + 10 * (np.arange(len(of)) - np.repeat(np.cumsum(times) - times, times))
    order = np.argsort(day, kind="stable")
    of, day = of[order], day[order]
    frame = pd.DataFrame({"employees": np.exp(x[of]) * 100, **{f"n{k}": r.normal(size=len(of)) for k in range(12)}})
    frame["day"], frame["y"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(day, unit="D"), r.integers(0, 2, len(of))
    return of_frame(frame, "y", "day"), usd[of]


@pytest.mark.parametrize("law", ["plain", "heavy tails", "wider for the large", "skewed", "a step", "nothing known", "listed"])
def test_the_interval_covers_four_fifths_of_new_deals_whatever_the_law_of_amounts(law: str) -> None:
    columns = ["employees", *(f"n{k}" for k in range(12))]
    covered, below = [], []
    for seed in range(3):
        table, usd = deals(law, 400, seed)
        model = learn_size(table, usd, columns)
        assert model is not None
        later, truth = deals(law, 3000, 100 + seed)
        said, weight = model.quantiles(later), deals_among(later.order, truth)[1]
        covered.append(np.average((truth >= said[:, 0]) & (truth <= said[:, 2]), weights=weight))
        below.append(np.average(truth < said[:, 0], weights=weight))
    chance = float(np.sqrt(COVERAGE * (1 - COVERAGE) / 1200))  # of three times 400 deals
    room = 0.06 if law == "listed" else 0.0  # one price more or less
    assert np.mean(covered) == pytest.approx(COVERAGE, abs=3 * chance + room)
    assert np.mean(below) == pytest.approx((1 - COVERAGE) / 2, abs=3 * chance + room)


def test_a_deal_seen_on_six_days_counts_once_and_two_of_one_price_on_a_day_count_twice() -> None:
    day = np.array([0.0, 10.0, 20.0, 0.0, 0.0, 10.0, 10.0, 200.0])
    usd = np.array([900.0, 900.0, 900.0, 500.0, 500.0, 500.0, 500.0, 900.0])
    group, weight = deals_among(day, usd)
    assert [len(set(group[rows])) for rows in (slice(0, 3), slice(3, 7))] == [1, 1]
    assert len(set(group)) == 3  # a price that comes again after the horizon is another deal
    assert weight.tolist() == pytest.approx([1 / 3] * 3 + [0.5] * 4 + [1.0])


def test_days_of_few_deals_are_not_enough_however_many_rows_they_make() -> None:
    table, usd = deals("plain", 60, 1)
    assert len(usd) > 100 and learn_size(table, usd, ["employees"]) is None


def parts(**changes: Any) -> Split:
    table, usd = deals("plain", 500, 3)
    found = split(Dataset(table, np.arange(len(usd)).astype(str), np.full(len(usd), np.inf), usd, {}))
    assert found is not None
    return Split(**{**vars(found), **changes})


def test_amounts_of_deals_not_opened_when_the_judging_begins_are_not_learned() -> None:
    at = parts()
    late = at.seen.order > at.moment - HORIZON_DAYS
    assert late.any()
    one, other = deal_size(at, ["employees"], None), deal_size(parts(seen_usd=np.where(late, 1e9, at.seen_usd)), ["employees"], None)
    assert one.judged == other.judged and one.model.move == other.model.move


def test_judging_counts_deals_and_not_the_days_on_which_they_were_seen() -> None:
    at = parts()
    judged = deal_size(at, ["employees"], None).judged
    once = len(np.unique(at.judged_usd))
    assert judged["judged_rows"] == len(at.judged_usd) > once
    assert judged["judged_deals"] == pytest.approx(once, rel=0.02)  # a price may come twice
    assert f"{1.96 * np.sqrt(0.16 / judged['judged_deals']):.2f})" in judged["checks"]["coverage"]


def test_a_line_finds_the_power_of_the_one_column_that_counts() -> None:
    r = np.random.default_rng(2)
    values = np.exp(r.normal(4, 1, (400, 30)))
    values[:40, 0] = np.nan
    logs = 8 + 0.5 * np.log1p(np.nan_to_num(values[:, 0], nan=np.exp(4))) + 0.3 * r.normal(size=400)
    line = fit_line(values, logs, np.ones(400))
    assert abs(line.weights[0]) > 10 * np.abs(line.weights[1:]).max()
    assert np.std(logs - line(values)) < 0.35
    assert fit_line(values, np.full(400, 7.0), np.ones(400))(values) == pytest.approx(np.full(400, 7.0))


@pytest.mark.parametrize("law", ["plain", "a step"])
def test_a_stored_size_gives_the_same_amounts_with_a_line_and_with_trees(tmp_path: Path, law: str) -> None:
    table, usd = deals(law, 300, 1)
    model = learn_size(table, usd, ["employees"])
    assert model is not None
    assert (model.booster is None) == (min(model.tried, key=lambda w: model.tried[w]) == "line")
    model.save(tmp_path / "size")
    assert load_size(tmp_path / "size").quantiles(table).tolist() == model.quantiles(table).tolist()


def test_a_size_whose_parts_do_not_agree_or_of_an_older_form_does_not_load(tmp_path: Path) -> None:
    table, usd = deals("a step", 300, 1)
    model = learn_size(table, usd, ["employees", "n1"])
    assert model is not None and model.booster is not None
    model.save(tmp_path)
    told = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))

    def stored(**changes: Any) -> None:
        kept = {k: v for k, v in {**told, **changes}.items() if v is not None}
        (tmp_path / "manifest.json").write_text(json.dumps(kept), encoding="utf-8")

    stored(line=None)
    with pytest.raises(FeaturesDiffer, match="older form"):
        load_size(tmp_path)
    stored(features=told["features"][:1])
    with pytest.raises(FeaturesDiffer, match="the line reads 2 features, its manifest lists 1"):
        load_size(tmp_path)
    stored(features=told["features"][:1], line={k: v if k == "base" else v[:1] for k, v in told["line"].items()})
    with pytest.raises(FeaturesDiffer, match="the booster reads 2 features, its manifest lists 1"):
        load_size(tmp_path)
