"""A champion that its day does not fit stands down, by name of the check; the rule score stands."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from test_month import CONFIGS, FROM, MOMENT, market

from ml.champion import FOLDER, KINDS, Champion
from ml.deals import Deals
from ml.evaluate import MOST_PSI, profile, shift
from ml.production import learn_from
from ml.registry import Registry
from ml.stands import MOST_DAYS_UNJUDGED, failed, reference
from ml.table import Table, of_frame

KNOWN = ("size", "noise", "warm")


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, pd.DataFrame, dict[str, Any]]:
    home, (features, deals) = tmp_path_factory.mktemp("home"), market()
    report = learn_from(features, Deals(deals, {}, 0), Registry(home / FOLDER), MOMENT, FROM, CONFIGS)
    assert report["relevance"]["status"] == "promoted", report["relevance"]
    return home, features[features["dt"] == features["dt"].max()], report


def scored(home: Path, day: date, features: pd.DataFrame) -> tuple[int, str]:
    champion = Champion(home)
    rows = champion.score(day, pa.Table.from_pandas(features, preserve_index=False)).num_rows
    return rows, champion.said[day.isoformat()]


def test_on_rows_like_those_it_learned_from_the_champion_scores(learned: tuple[Path, pd.DataFrame, dict[str, Any]]) -> None:
    home, features, report = learned
    rows, said = scored(home, FROM, features)
    assert rows == len(features)
    assert said.startswith(f"scored by {report['relevance']['version']}")


def test_all_three_kinds_are_promoted_stored_and_score_a_day_together(tmp_path: Path) -> None:
    features, deals = market(700)
    deals = deals.assign(is_won=True, closed_on=deals["opened_on"] + pd.Timedelta(days=2))
    report = learn_from(features, Deals(deals, {}, 0), Registry(tmp_path / FOLDER), MOMENT, FROM, CONFIGS)
    assert {k: report[k]["status"] for k in KINDS} == dict.fromkeys(KINDS, "promoted"), report
    day = features[features["dt"] == features["dt"].max()]
    champion = Champion(tmp_path)
    rows = champion.score(FROM, pa.Table.from_pandas(day, preserve_index=False)).to_pandas()
    assert len(rows) == len(day)
    assert (rows["p_purchase_30d"] <= rows["p_purchase_60d"]).all() and (rows["p_purchase_60d"] <= rows["p_purchase_90d"]).all()
    told = rows.dropna(subset=["days_to_purchase", "days_to_purchase_high"])
    assert len(told) and (told["days_to_purchase_low"] <= told["days_to_purchase"]).all()
    assert (told["days_to_purchase"] <= told["days_to_purchase_high"]).all()
    assert rows["urgency"].between(0, 100).all()
    assert (rows["deal_size_low"] <= rows["deal_size_high"]).all()


def test_columns_that_moved_silence_it_and_are_named(learned: tuple[Path, pd.DataFrame, dict[str, Any]]) -> None:
    home, features, _ = learned
    rows, said = scored(home, FROM, features.assign(noise=features["noise"] + 3))
    assert rows == 0
    assert said.startswith("abstains: the champion stands down on 2025-06-01: drift: noise ")


def test_another_base_rate_silences_it(learned: tuple[Path, pd.DataFrame, dict[str, Any]]) -> None:
    home, features, _ = learned
    order = np.argsort(features["warm"].to_numpy())
    coldest = features.iloc[np.tile(order[: len(order) // 12], 12)].assign(company_id=[f"x{n}" for n in range(len(order) // 12 * 12)])
    rows, said = scored(home, FROM, coldest)
    assert rows == 0
    assert "base_rate: it foretells 0.0" in said and "when it was judged" in said


def test_a_champion_that_outcomes_have_not_spoken_for_of_late_is_silent(learned: tuple[Path, pd.DataFrame, dict[str, Any]]) -> None:
    home, features, report = learned
    last = MOMENT.date() + timedelta(days=MOST_DAYS_UNJUDGED)
    assert scored(home, last, features)[0] == len(features)
    rows, said = scored(home, last + timedelta(days=1), features)
    assert rows == 0
    assert "calibrated: its calibration was last judged 101 days ago" in said
    registry, later = Registry(home / FOLDER), last + timedelta(days=1)
    registry.judged("relevance", report["relevance"]["version"], last, later + timedelta(days=1))  # outcomes spoke, but for later days
    assert scored(home, later, features)[0] == 0
    assert scored(home, later + timedelta(days=1), features)[0] == len(features)


def test_reasons_follow_the_scores_and_are_none_when_it_stands_down(learned: tuple[Path, pd.DataFrame, dict[str, Any]]) -> None:
    home, features, _ = learned
    champion = Champion(home)
    fits, moved = (pa.Table.from_pandas(f, preserve_index=False) for f in (features, features.assign(warm=9.0)))
    assert champion.score(FROM, fits).num_rows and champion.reasons(FROM, fits).num_rows
    assert champion.score(FROM, moved).num_rows == 0 and champion.reasons(FROM, moved).num_columns == 0


def plain(rows: int = 400, seed: int = 1, **columns: Any) -> Table:
    r = np.random.default_rng(seed)
    found = {"size": r.normal(size=rows), "noise": r.normal(size=rows), "warm": r.normal(size=rows)} | columns
    return of_frame(pd.DataFrame({**found, "y": r.integers(0, 2, rows)}), "y").only(list(KNOWN))


def test_a_model_without_a_reference_and_one_never_judged_are_silent() -> None:
    day = date(2026, 1, 1)
    assert "learn it anew" in str(failed({}, plain(), None, day, day))
    about = {"reference": reference(plain(), KNOWN, np.full(400, 0.1))}
    assert "never judged" in str(failed(about, plain(seed=2), np.full(400, 0.1), None, day))
    assert failed(about, plain(seed=2), np.full(400, 0.1), day, day) is None


@pytest.mark.parametrize(
    ("fault", "now", "foretold", "judged_on"),
    [
        ("drift", plain(seed=2, size=np.full(400, 4.0)), 0.1, 0),
        ("base_rate", plain(seed=2), 0.21, 0),
        ("base_rate", plain(seed=2), 0.04, 0),
        ("calibrated", plain(seed=2), 0.1, MOST_DAYS_UNJUDGED + 1),
    ],
)
def test_each_check_of_a_day_silences_alone(fault: str, now: Table, foretold: float, judged_on: int) -> None:
    day = date(2026, 1, 1)
    about = {"reference": reference(plain(), KNOWN, np.full(400, 0.1))}
    why = str(failed(about, now, np.full(400, foretold), day - timedelta(days=judged_on), day))
    assert why.startswith(f"the champion stands down on 2026-01-01: {fault}: ")
    assert not [other for other in ("drift", "base_rate", "calibrated") if other != fault and f"{other}: " in why]


def test_few_rows_move_by_chance_and_are_not_called_drift() -> None:
    about, day = {"reference": reference(plain(5000), KNOWN, None)}, date(2026, 1, 1)
    shifts = [max(shift(profile(plain(5000), c), plain(25, seed), c) for c in KNOWN) for seed in range(2, 12)]
    assert max(shifts) > MOST_PSI
    assert all(failed(about, plain(25, seed), None, day, day) is None for seed in range(2, 12))
    assert "drift" in str(failed(about, plain(25, 2, size=np.full(25, 4.0)), None, day, day))


def test_outcomes_noted_twice_are_noted_once(tmp_path: Path) -> None:
    registry, day = Registry(tmp_path), date(2026, 1, 1)
    for _ in range(2):
        registry.judged("size", "abc", day, day + timedelta(days=1))
    assert len((tmp_path / "judged.jsonl").read_text().splitlines()) == 1
    assert registry.judged_on("size", "abc", day) is None
    assert registry.judged_on("size", "abc", day + timedelta(days=1)) == day
    assert registry.judged_on("size", "other", day + timedelta(days=1)) is None
