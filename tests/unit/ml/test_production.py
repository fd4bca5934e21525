"""Accounts by month: what is learned from, who is champion, and what a score says."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from ml_tables import table

from ml.boosting import learn
from ml.champion import held
from ml.dataset import Dataset, build
from ml.evaluate import compare, gain_interval, profile, shift
from ml.hazard import PERIOD, PERIODS, expand, learn_hazard
from ml.metrics import integrated_brier, kaplan_meier
from ml.model import Config
from ml.registry import Registry
from ml.score import SCORES, reasons, score
from ml.size import learn_size, load_size
from ml.table import Table, of_frame
from ml.train import train

MONTHS = [date(2024, m, 28) for m in range(1, 13)]
KNOWN = date(2025, 6, 1)
CONFIGS = (Config("linear", ("linear",)), Config("trees", ("tree",), depth=2, rounds=60))


def market(accounts: int = 220, seed: int = 3) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Features by month-end, and deals: a warm account soon opens one; amounts grow with size."""
    r = np.random.default_rng(seed)
    rows, deals = [], []
    for a in range(accounts):
        size = float(r.normal())
        opened: date | None = None
        for dt in MONTHS:
            warm = float(r.normal())
            rows.append({"company_id": f"c{a}", "dt": dt, "warm": warm, "size": size, "noise": float(r.normal())})
            if opened is None and r.random() < 0.35 / (1 + np.exp(-2.2 * warm)):
                opened = dt + timedelta(days=int(r.integers(1, 40)))
                deal = {"company_id": f"c{a}", "opened_on": opened, "closed_on": opened + timedelta(days=30)}
                deals.append(deal | {"is_won": bool(r.random() < 0.6), "amount_usd": float(np.exp(9 + size + 0.5 * r.normal()))})
                opened = None if r.random() < 0.8 else opened
    return pd.DataFrame(rows), pd.DataFrame(deals)


@pytest.fixture(scope="module")
def rows() -> Dataset:
    return build(*market(), KNOWN, 45)


def test_a_label_starts_after_its_day_and_ends_with_its_horizon() -> None:
    features = pd.DataFrame({"company_id": list("abcd"), "dt": [date(2024, 1, 1)] * 4, "x": [1.0, 2.0, 3.0, 4.0]})
    deal = {"closed_on": None, "is_won": False, "amount_usd": 10.0}
    days = {"a": date(2024, 1, 1), "b": date(2024, 1, 2), "c": date(2024, 1, 31), "d": date(2024, 2, 1)}
    deals = pd.DataFrame([{"company_id": c, "opened_on": d, **deal} for c, d in days.items()])
    made = build(features, deals, date(2024, 6, 1), 30)
    assert dict(zip(made.company_id, made.table.y, strict=True)) == {"b": 1.0, "c": 1.0, "d": 0.0}
    assert made.dropped == {"horizon_not_over": 0, "in_a_deal": 1}


def test_rows_whose_horizon_is_not_over_are_left_out_and_counted() -> None:
    features, deals = market(60)
    made = build(features, deals, date(2024, 12, 1), 45)
    assert made.dropped["horizon_not_over"] == int(
        (pd.to_datetime(features["dt"]) + pd.Timedelta(days=45) > pd.Timestamp("2024-12-01")).sum()
    )
    assert len(made.table) + sum(made.dropped.values()) == len(features)


def test_a_company_twice_on_a_day_and_a_single_outcome_are_refused() -> None:
    features, deals = market(30)
    with pytest.raises(ValueError, match="twice"):
        build(pd.concat([features, features.head(1)]), deals, KNOWN, 45)
    with pytest.raises(ValueError, match="nothing to learn"):
        build(features, deals.iloc[:0], KNOWN, 45)


def test_train_score_and_reasons_of_a_day(rows: Dataset, tmp_path: Path) -> None:
    learned = train(rows.table, ["warm", "size", "noise"], CONFIGS)
    assert learned.why_none is None and learned.model is not None
    day = market()[0].query("dt == @MONTHS[-1]")
    scored = score(day, learned.model)
    assert scored["status"].unique().tolist() == ["scored"]
    assert scored["relevance"].between(0, 100).all()
    told = reasons(day, learned.model, 1)  # so that most of the score is in "everything else"
    logit = np.log(learned.model.probability(table_for(day, learned.model.columns)))
    logit -= np.log(1 - learned.model.probability(table_for(day, learned.model.columns)))
    assert np.allclose(told.groupby("company_id", sort=False)["points"].sum(), logit, atol=1e-4)
    assert told.query("position == 1")["feature"].str.contains("warm").mean() > 0.5


def table_for(day: pd.DataFrame, columns: list[str]) -> Table:
    from ml.score import table_of

    return table_of(day, columns)


def test_without_a_model_the_row_says_why_and_carries_no_number() -> None:
    day = market(5)[0].head(5)
    scored = score(day, None, abstained_because="too little: 3 yes")
    assert scored["status"].unique().tolist() == ["abstained"]
    assert scored["abstained_because"].unique().tolist() == ["too little: 3 yes"]
    assert scored[list(SCORES)].isna().all().all()


def test_hazards_beat_kaplan_meier_and_leave_out_what_was_not_seen() -> None:
    r = np.random.default_rng(1)
    n = 1500
    x = r.normal(size=n)
    days = r.exponential(60 * np.exp(-1.0 * x))
    frame = pd.DataFrame({"x": x, "day": pd.date_range("2024-01-01", periods=n, freq="4h"), "y": (days <= 60).astype(int)})
    told = of_frame(frame, "y", "day").only(["x"])
    cut = 1100
    moment = float(told.order[cut])
    seen = expand(told.rows(slice(0, cut)), days[:cut], moment)
    assert (seen.columns[PERIOD] + seen.order <= moment).all()
    assert set(seen.columns[PERIOD]) <= set(PERIODS)
    hazard = learn_hazard(told.rows(slice(0, cut)), days[:cut], ["x"], moment)
    last, grid = told.rows(slice(cut, n)), np.arange(1.0, 121.0)
    alive = hazard.alive(last, grid)
    assert (np.diff(alive, axis=1) <= 1e-12).all()
    watched = moment - told.order[:cut]
    km = kaplan_meier(np.minimum(days[:cut], watched), (days[:cut] <= watched).astype(float), grid)
    assert integrated_brier(days[cut:], alive, grid) < integrated_brier(days[cut:], np.tile(km, (n - cut, 1)), grid)
    assert hazard.days_until(last, [0.5]).min() > 0


def test_kaplan_meier_of_a_worked_example() -> None:
    alive = kaplan_meier(np.array([1.0, 2.0, 2.0, 4.0]), np.array([1.0, 1.0, 0.0, 1.0]), np.array([0.5, 1.0, 2.0, 3.0, 4.0]))
    assert alive.tolist() == pytest.approx([1.0, 0.75, 0.5, 0.5, 0.0])


def test_deal_size_intervals_cover_what_they_promise(tmp_path: Path) -> None:
    r = np.random.default_rng(5)
    n = 3000
    size = r.normal(size=n)
    amount = np.exp(9 + size + 0.6 * r.normal(size=n))
    told = of_frame(pd.DataFrame({"size": size, "y": r.integers(0, 2, n)}), "y")
    model = learn_size(told.rows(slice(0, 2000)), amount[:2000], ["size"])
    assert model is not None
    found = model.quantiles(told.rows(slice(2000, n)))
    inside = (amount[2000:] >= found[:, 0]) & (amount[2000:] <= found[:, 2])
    assert 0.76 <= inside.mean() <= 0.84
    assert (np.diff(found, axis=1) >= 0).all()
    model.save(tmp_path / "size")
    assert np.allclose(load_size(tmp_path / "size").quantiles(told), model.quantiles(told))


def test_too_few_deals_give_no_size_model() -> None:
    assert learn_size(table(), np.full(1200, np.nan), ["size"]) is None


def test_the_champion_of_a_day_is_the_one_promoted_by_then(tmp_path: Path) -> None:
    registry, told = Registry(tmp_path), table()
    one, other = (registry.add("relevance", learn(told, ["size"], c)) for c in CONFIGS)
    assert registry.add("relevance", learn(told, ["size"], CONFIGS[0])) == one
    registry.promote("relevance", one, date(2025, 1, 1), "first")
    registry.promote("relevance", other, date(2025, 3, 1), "won")
    registry.promote("relevance", None, date(2025, 4, 1), "drifted")
    found = [held(registry, day, ["size"]) for day in (date(2024, 12, 31), date(2025, 2, 28), date(2025, 3, 1), date(2025, 4, 2))]
    assert [told["relevance"] for _, told in found][1:] == [one, other, "drifted"]
    assert found[0][1]["relevance"].startswith("no model of relevance had been learned by 2024-12-31")
    assert [who.relevance is not None for who, _ in found] == [False, True, True, False]
    who, why = held(registry, date(2025, 3, 1), ["size", "noise"])
    assert who.relevance is None and "not the table's: noise" in why["relevance"]
    manifest = tmp_path / "relevance" / other / "manifest.json"
    kept = manifest.read_text(encoding="utf-8")
    manifest.write_text(kept.replace('"slope": 1.0', '"slope": 2.0'), encoding="utf-8")
    assert "is not what was stored" in held(registry, date(2025, 3, 1), ["size"])[1]["relevance"]
    manifest.unlink()
    assert "is gone" in held(registry, date(2025, 3, 1), ["size"])[1]["relevance"]
    manifest.write_text(kept, encoding="utf-8")
    assert held(registry, date(2025, 3, 1), ["size"])[0].relevance is not None
    with pytest.raises(ValueError, match="past"):
        registry.promote("relevance", one, date(2025, 1, 2), "again")
    with pytest.raises(ValueError, match="no model"):
        registry.promote("relevance", "0" * 12, date(2025, 5, 1), "made up")


def test_a_challenger_is_promoted_only_when_it_wins_beyond_noise() -> None:
    r = np.random.default_rng(2)
    n = 3000
    p = r.beta(1, 4, n)
    y = (r.random(n) < p).astype(float)
    accounts = np.repeat(np.arange(n // 3), 3)
    told = table(n)
    won = compare(y, accounts, p, r.random(n) * 0.4, told, told)
    assert won.is_promoted, won.because
    same = compare(y, accounts, p, p, told, told)
    assert not same.is_promoted
    assert same.because == "wins: it foretells of every row what the champion does: the same model, learned again"
    near = compare(y, accounts, p, np.clip(p + 0.01 * r.normal(size=n), 0, 1), told, told)
    assert not near.is_promoted and near.because.startswith("wins: AUC gain over the champion ")
    low, high = gain_interval(y, accounts, p, None)
    assert 0 < low < high


@pytest.mark.parametrize("check", ["wins", "calibrated", "base_rate", "drift"])
def test_each_check_blocks_alone(check: str) -> None:
    r = np.random.default_rng(2)
    n = 4000
    p = 0.1 * r.beta(1, 4, n)
    y = (r.random(n) < p).astype(float)
    told = now = table(n)
    said, champion = p, None
    if check == "wins":
        champion = p
    elif check == "calibrated":
        p = r.beta(1, 4, n)
        y, said = (r.random(n) < p).astype(float), np.clip(p * 1.6, 0, 1)
    elif check == "base_rate":
        said = p * 0.3  # so rare that the calibration error stays small
    else:
        now = table(n)
        now.columns["size"] = now.columns["size"] + 2
    decision = compare(y, np.arange(n), said, champion, told, now)
    assert [name for name, (passed, _) in decision.checks.items() if not passed] == [check]
    assert not decision.is_promoted and decision.because.startswith(check)


def test_drift_of_words_and_of_missing_values_is_seen() -> None:
    told = table()
    was = {c: profile(told, c) for c in ("source", "size")}
    assert shift(was["source"], told, "source") == pytest.approx(0, abs=1e-9)
    changed = table()
    changed.columns["source"] = np.array(["new"] * len(changed), dtype=object)
    changed.columns["size"] = np.full(len(changed), np.nan)
    assert all(shift(was[c], changed, c) > 0.25 for c in was)
