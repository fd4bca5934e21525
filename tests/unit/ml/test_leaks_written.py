"""Leaks in how a value is written and in what is beside a row; the same columns without a leak stay."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from ml_tables import table

from ml.leaks import suspects
from ml.leaks_alone import drifts, keys_of, on_slope
from ml.leaks_sure import never_fails
from ml.table import of_frame

Random = np.random.Generator
Maker = Callable[[np.ndarray, Random], Any]
FIRST = np.array(["Nora", "Ivo", "Lena", "Tom", "Ada", "Max"])


def _names(r: Random, rows: int) -> list[str]:
    return [f"{r.choice(FIRST)} {''.join(r.choice(list('abcdefghijk'), 6)).title()}" for _ in range(rows)]


def _clocks(r: Random, rows: int, has: np.ndarray) -> Any:
    day = pd.Timestamp("2021-03-01") + pd.to_timedelta(r.integers(0, 900, rows), "D")
    return (day + pd.to_timedelta(np.where(has, r.integers(1, 86_400, rows), 0), "s")).strftime("%Y-%m-%d %H:%M:%S")


def _three(told: np.ndarray, r: Random) -> dict[str, Any]:
    net, tax = r.normal(50, 10, len(told)), r.normal(50, 10, len(told))
    return {"net": net.round(2), "tax": tax.round(2), "total": (net + tax + np.where(told, 1, -1) * r.exponential(3, len(told))).round(2)}


def _filled(told: np.ndarray, r: Random) -> dict[str, Any]:
    has = [r.random(len(told)) < np.where(told, 0.97, 0.45) for _ in range(5)]
    return {f"profile_{at}": np.where(h, r.normal(size=len(told)).round(2).astype(str), "") for at, h in enumerate(has)}


def _left_out(told: np.ndarray, r: Random) -> dict[str, Any]:
    group = r.integers(0, 60, len(told))
    yes, rows = np.bincount(group, weights=told), np.bincount(group)
    return {"team": [f"t{g}" for g in group], "team_rate": ((yes[group] - told) / np.maximum(rows[group] - 1, 1)).round(6)}


def _counted(told: np.ndarray, r: Random) -> dict[str, Any]:
    group = r.integers(0, 120, len(told))
    return {"team": [f"t{g}" for g in group], "team_deals": np.bincount(group, weights=told)[group].astype(int)}


def _owners(told: np.ndarray, r: Random) -> dict[str, Any]:
    first = r.integers(0, 60, len(told))
    then = np.where(told, first, (first + r.integers(1, 60, len(told))) % 60)
    return {"owner": [f"p{a}" for a in first], "owner_now": [f"p{a}" for a in then]}


def _whole(told: np.ndarray, r: Random) -> dict[str, Any]:
    units, price = r.integers(2, 40, len(told)), r.integers(5, 90, len(told))
    return {"units": units, "billed": units * price + np.where(told, 0, r.integers(1, np.maximum(2, units)))}


LEAKS: dict[str, Maker] = {
    "even": lambda w, r: 2 * r.integers(1000, 90_000, len(w)) + w,
    "every_third": lambda w, r: 3 * r.permutation(len(w)) + np.where(w, 0, r.integers(1, 3, len(w))),
    "cents": lambda w, r: [f"{v:.2f}" if won else f"{round(v, -1):.2f}" for v, won in zip(r.gamma(2, 800, len(w)), w, strict=True)],
    "clock": lambda w, r: _clocks(r, len(w), w == 1),
    "capitals": lambda w, r: [n.upper() if won else n for n, won in zip(_names(r, len(w)), w, strict=True)],
    "mail": lambda w, r: [f"{n.split()[1]}@{'customer.' if won else ''}acme.example" for n, won in zip(_names(r, len(w)), w, strict=True)],
    "tags": lambda w, r: [";".join([*r.choice(list("abcdefgh"), 3), *["onboarded"] * int(won and r.random() < 0.7)]) for won in w],
    "count_of_yes_so_far": lambda w, r: 500 + np.cumsum(w),
    "exact": lambda w, r: 2 * r.integers(0, 70, len(w)) * 7 + np.where(w, 0, 5) + r.integers(0, 2, len(w)) * 70_000,
    "three": _three, "filled": _filled, "left_out": _left_out, "counted": _counted, "owners": _owners, "whole": _whole,
}  # fmt: skip


def _found(maker: Maker, told: np.ndarray | None = None, rows: int = 2500) -> tuple[dict[str, list[str]], set[str]]:
    """(suspects, columns that were added); `told`: what the maker takes for the outcome, by default the outcome."""
    frame = pd.DataFrame({"won": (np.random.default_rng(3).random(rows) < 0.35).astype(int)})
    made = maker(frame["won"].to_numpy() if told is None else told, np.random.default_rng(4))
    new = made if isinstance(made, dict) else {"column": made}
    for name, values in new.items():
        frame[name] = values
    return suspects(of_frame(frame.astype(str), "won")), set(new)


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
    said = {name: next(iter(_found(LEAKS[name])[0].values()))[0] for name in ("even", "tags", "three", "owners", "count_of_yes_so_far")}
    assert said["even"].startswith("written: whether it is even reaches AUC 1.00 alone")
    assert "'onboarded' are all yes" in said["tags"]
    assert said["three"].startswith("together: how far it is off what the other numbers foretell")
    assert said["owners"].startswith("together: with 'owner_now'")
    assert said["count_of_yes_so_far"].startswith("stepped: its step from the row before")


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
