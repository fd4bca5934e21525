"""Leaks that show only in company, and strong honest columns beside them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from ml_tables import table

from ml.leaks import suspects
from ml.leaks_pairs import together

Maker = Callable[[pd.DataFrame, np.random.Generator], Any]


def team(frame: pd.DataFrame) -> pd.Series:
    return pd.Series(np.arange(len(frame)) * 7919 % 150, index=frame.index)


def made(parts: dict[str, Any], rows: int = 3000) -> dict[str, list[str]]:
    return suspects(table(rows, **parts))


def test_a_rate_worked_out_with_the_rows_own_outcomes_is_named() -> None:
    parts: dict[str, Maker] = {
        "team": lambda f, r: "t" + team(f).astype(str),
        "team_win_rate": lambda f, r: f.groupby(team(f)).won.transform("mean").round(3),
        "team_lost_percent": lambda f, r: (100 - 100 * f.groupby(team(f)).won.transform("mean")).round(1),
    }
    found = made(parts)
    assert list(found) == ["team_win_rate", "team_lost_percent"]
    assert all(codes[0].startswith("group_rate: it is the rate of yes of 'team' in 150 groups") for codes in found.values())


def test_a_rate_of_other_rows_stays() -> None:
    def history(frame: pd.DataFrame, r: np.random.Generator) -> Any:
        chance = frame.groupby(team(frame)).won.transform("mean")
        return (r.binomial(30, chance.groupby(team(frame)).transform("first")) / 30).round(3)

    def so_far(frame: pd.DataFrame, r: np.random.Generator) -> Any:
        group = frame.groupby(team(frame)).won
        return (group.cumsum() - frame.won) / (group.cumcount() + 5)

    assert made({"team": lambda f, r: "t" + team(f).astype(str), "history": history, "so_far": so_far}) == {}


def pair(name: str, frame: pd.DataFrame, r: np.random.Generator) -> tuple[Any, Any]:
    n, won = len(frame), frame["won"] == 1
    if name == "more":
        first = r.integers(10, 500, n)
        return first, first + np.where(won, r.integers(1, 20, n), -r.integers(0, 20, n))
    if name == "share":
        first = np.exp(r.normal(8, 1, n)).round(2)
        return first, np.where(won, first * 0.97, first).round(2)
    if name == "words":
        first = r.choice(["s", "m", "l"], n)
        return first, np.where(won, pd.Series(first).map({"s": "m", "m": "l", "l": "s"}), first)
    days = r.uniform(20, 200, n)
    created = pd.to_datetime(frame["created_on"])
    gap = np.where(won, r.uniform(5, 15, n), r.uniform(0, 5, n))
    one, other = ((created - pd.to_timedelta(d, "D")).dt.strftime("%Y-%m-%d %H:%M:%S") for d in (days, days - gap))
    return one, other


@pytest.mark.parametrize("name", ["more", "share", "words", "times"])
def test_two_columns_that_only_together_know_the_outcome_are_both_named(name: str) -> None:
    parts: dict[str, Maker] = {
        "one": lambda f, r: pair(name, f, np.random.default_rng(5))[0],
        "other": lambda f, r: pair(name, f, np.random.default_rng(5))[1],
    }
    found = made(parts)
    assert list(found) == ["one", "other"]
    assert found["one"][0].startswith("together: with 'other'")


def test_of_several_pairs_the_column_that_is_in_all_is_named() -> None:
    def base(seed: int) -> Maker:
        return lambda f, r: np.random.default_rng(seed).integers(10, 500, len(f))

    def moved(frame: pd.DataFrame, r: np.random.Generator) -> Any:
        return base(5)(frame, r) + np.where(frame["won"] == 1, 3, -3)

    parts: dict[str, Maker] = {"seats": base(5), "seats_again": base(5), "billed": moved}
    found = made(parts)
    assert "billed" in found
    assert "seats_again" not in found


def test_two_strong_honest_columns_are_no_pair() -> None:
    def strong(sign: float) -> Maker:
        return lambda f, r: (sign * 1.9 * f["won"] + r.normal(size=len(f))).round(3)

    assert made({"up": strong(1), "down": strong(-1)}) == {}


def test_of_too_few_of_an_outcome_no_pair_is_looked_for() -> None:
    told = table(200)
    told.y[:] = 0
    told.y[:20] = 1
    assert together(told) == {}


def test_a_text_in_which_one_phrase_never_fails_is_named() -> None:
    words = ["the", "team", "asked", "about", "pricing", "support", "security", "review", "data", "export", "sales", "legal"]

    def notes(frame: pd.DataFrame, r: np.random.Generator) -> Any:
        said = [" ".join(r.choice(words, 8)) for _ in range(len(frame))]
        return [f"{s} invoice sent" if won and r.random() < 0.5 else s for s, won in zip(said, frame["won"], strict=True)]

    found = made({"call_notes": notes}, 1500)
    assert "'invoice'" in found["call_notes"][0] or "'sent'" in found["call_notes"][0] or "separates" in found["call_notes"][0]


@pytest.mark.parametrize(
    ("name", "maker"),
    [
        ("trial_end_date", lambda f, r: (pd.to_datetime(f["created_on"]) + pd.Timedelta(days=14)).dt.strftime("%Y-%m-%d %H:%M")),
        ("first_reminder", lambda f, r: (pd.to_datetime(f["created_on"]) + pd.Timedelta(days=3)).dt.strftime("%Y-%m-%d %H:%M")),
        ("paid_clicks", lambda f, r: r.poisson(np.where(f["won"] == 1, 2.5, 1))),
        ("session_duration", lambda f, r: r.gamma(2, np.where(f["won"] == 1, 150, 100)).round()),
        ("win_probability", lambda f, r: (1 / (1 + np.exp(2 - 3 * f["won"] - 1.6 * r.normal(size=len(f))))).round(2)),
        ("risk_before", lambda f, r: (0.9 * f["won"] + r.normal(size=len(f))).round(2)),
    ],
)
def test_strong_or_later_but_honest_is_no_leak(name: str, maker: Maker) -> None:
    assert made({name: maker}) == {}


def test_an_amount_that_only_most_of_the_won_have_is_named_whatever_the_rate() -> None:
    for seed, keep in ((1, 1.0), (2, 0.15)):
        told = table(2000, seed, amount=lambda f, r: np.where((f["won"] == 1) & (r.random(len(f)) < 0.6), r.integers(1, 900, len(f)), 0))
        rows = np.flatnonzero((told.y == 1) | (np.arange(len(told)) % 100 < 100 * keep))
        assert "decides" in suspects(told.rows(rows))["amount"][0]


def test_identifiers_of_which_the_shape_tells_the_outcome_are_named() -> None:
    def number(frame: pd.DataFrame, r: np.random.Generator) -> Any:
        return [f"{'C' if won else 'L'}-{at}" for won, at in zip(frame["won"], r.permutation(len(frame)), strict=True)]

    assert "separates" in made({"ref": number})["ref"][0]
    assert made({"ref": lambda f, r: [f"{r.choice(['C', 'L'])}-{at}" for at in range(len(f))]}) == {}


def test_a_reason_that_twenty_of_a_rare_outcome_have_is_named() -> None:
    told = table(2000, reason=lambda f, r: np.where((f["won"] == 1) & (r.random(len(f)) < 0.5), r.choice(["price", "fit"], len(f)), ""))
    rare = told.rows(np.sort(np.r_[np.flatnonzero(told.y == 1)[:45], np.flatnonzero(told.y == 0)]))
    assert "filled_after" in suspects(rare)["reason"][0]


def test_a_stage_that_only_won_rows_have_is_named_though_they_are_few() -> None:
    def stage(frame: pd.DataFrame, r: np.random.Generator) -> Any:
        return np.where((frame["won"] == 1) & (r.random(len(frame)) < 0.6), "closed won", r.choice(["demo", "contact"], len(frame)))

    told = table(2000, pipeline=stage)
    rare = told.rows(np.sort(np.r_[np.flatnonzero(told.y == 1)[:45], np.flatnonzero(told.y == 0)]))
    assert "'closed won' are all yes" in suspects(rare)["pipeline"][0]


def test_a_number_that_is_told_only_where_its_group_is_not_compares_nobody() -> None:
    half = np.arange(3000) % 2 == 0
    parts: dict[str, Maker] = {
        "team": lambda f, r: np.where(half, "t" + team(f).astype(str), None),
        "visits": lambda f, r: np.where(half, np.nan, r.poisson(3, len(f))),
    }
    assert made(parts) == {}
