"""Leaks in how a value is written and in what is beside a row; the same columns without a leak stay."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from ml_tables import table

from benchmarks import exam_tables
from benchmarks.exam_tables import Maker, Random, split
from ml.leaks import suspects
from ml.leaks_alone import drifts, keys_of, on_slope
from ml.leaks_sure import never_fails
from ml.table import of_frame

FIRST = np.array(["Nora", "Ivo", "Lena", "Tom", "Ada", "Max"])


def _capitals(f: pd.DataFrame, r: Random) -> list[str]:
    names = [f"{r.choice(FIRST)} {''.join(r.choice(list('abcdefghijk'), 6)).title()}" for _ in range(len(f))]
    return [n.upper() if won else n for n, won in zip(names, f["won"], strict=True)]


def _clock(f: pd.DataFrame, r: Random) -> Any:
    day = pd.Timestamp("2021-03-01") + pd.to_timedelta(r.integers(0, 900, len(f)), "D")
    return (day + pd.to_timedelta(split(f, r.integers(1, 86_400, len(f)), 0), "s")).strftime("%Y-%m-%d %H:%M:%S")


def _left_out(f: pd.DataFrame, r: Random) -> dict[str, Any]:
    group, won = r.integers(0, 60, len(f)), f["won"].to_numpy()
    yes, rows = np.bincount(group, weights=won), np.bincount(group)
    return {"team": [f"t{g}" for g in group], "team_rate": ((yes[group] - won) / np.maximum(rows[group] - 1, 1)).round(6)}


def _counted(f: pd.DataFrame, r: Random) -> dict[str, Any]:
    group = r.integers(0, 120, len(f))
    return {"team": [f"t{g}" for g in group], "team_deals": np.bincount(group, weights=f["won"])[group].astype(int)}


def _whole(f: pd.DataFrame, r: Random) -> dict[str, Any]:
    units, price = r.integers(2, 40, len(f)), r.integers(5, 90, len(f))
    return {"units": units, "billed": units * price + split(f, 0, r.integers(1, np.maximum(2, units)))}


OF_THE_BENCH = ("even", "whole_amounts", "mail", "tags", "last_invoice", "summed", "handed_over", "profile")
LEAKS: dict[str, Maker] = {name: (exam_tables.LEAKS | exam_tables.PAIRS)[name] for name in OF_THE_BENCH} | {
    "every_third": lambda f, r: 3 * r.permutation(len(f)) + split(f, 0, r.integers(1, 3, len(f))),
    "exact": lambda f, r: 2 * r.integers(0, 70, len(f)) * 7 + split(f, 0, 5) + r.integers(0, 2, len(f)) * 70_000,
    "capitals": _capitals, "clock": _clock, "left_out": _left_out, "counted": _counted, "whole": _whole,
}  # fmt: skip


def _found(maker: Maker, told: np.ndarray | None = None) -> tuple[dict[str, list[str]], set[str]]:
    """(suspects, columns that were added); `told`: what the maker takes for the outcome, by default the outcome."""
    frame = pd.DataFrame({"won": (np.random.default_rng(3).random(2500) < 0.35).astype(int)})
    made = maker(frame if told is None else frame.assign(won=told), np.random.default_rng(4))
    new = made if isinstance(made, dict) else {"column": made}
    return suspects(of_frame(frame.assign(**new).astype(str), "won")), set(new)


@pytest.mark.parametrize("name", LEAKS)
def test_a_leak_in_the_way_of_writing_or_beside_the_row_is_named(name: str) -> None:
    found, new = _found(LEAKS[name])
    assert found
    assert set(found) <= new


@pytest.mark.parametrize("name", LEAKS)
def test_the_same_column_made_of_another_outcome_stays(name: str) -> None:
    other = (np.random.default_rng(9).random(2500) < 0.35).astype(int)
    assert _found(LEAKS[name], other)[0] == {}


def test_the_reason_says_what_gives_the_outcome_away() -> None:
    said = {name: next(iter(_found(LEAKS[name])[0].values()))[0] for name in ("even", "tags", "summed", "handed_over", "last_invoice")}
    assert said["even"].startswith("written: whether it is even reaches AUC 1.00 alone")
    assert "'onboarded' are all yes" in said["tags"]
    assert said["summed"].startswith("together: how far it is off what the other numbers foretell")
    assert said["handed_over"].startswith("together: with 'owner_now'")
    assert said["last_invoice"].startswith("stepped: its step from the row before")


def test_a_strong_measurement_is_no_leak_and_a_switch_of_the_same_strength_is() -> None:
    strong = table(2000, measured=lambda f, r: (2.75 * f["won"] + r.normal(size=len(f))).round(3))
    assert suspects(strong) == {}
    switch = table(2000, measured=lambda f, r: np.where(r.random(len(f)) < 0.03, 1 - f["won"], f["won"]) + r.normal(0, 0.1, len(f)))
    assert "like a switch" in suspects(switch)["measured"][0]


def test_of_few_rows_pure_bins_are_luck() -> None:
    r = np.random.default_rng(0)
    y = np.repeat([0.0, 1.0], 70)
    keys, _ = keys_of(2 * y + r.normal(size=140), "number")
    assert on_slope(keys, y, (0.1, 0.9)) > 0.2


def test_what_lasts_for_a_while_is_not_taken_for_what_knows_the_outcome() -> None:
    """Outcomes that come in spells, and a column of spells: as pure when one of the two is moved in time."""
    spells = np.repeat(np.arange(20) % 2, 200).astype(float)
    assert drifts(np.repeat(np.arange(80), 50), spells, 0.93)
    assert not drifts(np.random.default_rng(1).permutation(spells).astype(int), np.random.default_rng(1).permutation(spells), 0.93)
    assert not never_fails(np.repeat(np.arange(80) == 13, 50), spells)
    scattered = np.random.default_rng(2).permutation(spells)
    assert never_fails((scattered == 1) & (np.random.default_rng(3).random(4000) < 0.5), scattered)
