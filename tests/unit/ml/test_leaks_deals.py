"""Columns that know the amount or the day of a deal are named, whatever other rows hold; good guesses and what was known before are not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from ml.leaks import suspects
from ml.leaks_deals import knows_the_deal
from ml.table import Table

Array = np.ndarray[Any, Any]
ROWS, DEALS = 4000, 300
Maker = Callable[["World"], Array]


class World:
    """Rows of accounts by day: a few lead to a deal with an amount, some of these are won after days that are known."""

    def __init__(self, seed: int = 5) -> None:
        self.random = r = np.random.default_rng(seed)
        self.is_deal = np.zeros(ROWS, dtype=bool)
        self.is_deal[r.permutation(ROWS)[:DEALS]] = True
        self.prices = np.round(np.exp(r.normal(10.4, 0.8, ROWS)), -2)
        self.usd = np.where(self.is_deal, self.prices, np.nan)
        self.days = np.where(self.is_deal & (r.random(ROWS) < 0.6), r.integers(5, 300, ROWS), np.inf)
        self.believable = np.where(self.is_deal, self.prices, r.permutation(self.prices))
        self.made = 20_000 + np.sort(r.integers(0, 400, ROWS)).astype(float)

    def forecast(self, off: float) -> Array:
        return np.where(np.isfinite(self.days), self.days + self.random.normal(0, off, ROWS).round(), self.random.integers(5, 300, ROWS))

    def known(self, values: Array, *, name: str = "planted", kind: str = "number") -> dict[str, str]:
        return knows_the_deal(self.table(values, name, kind), self.usd, self.days)

    def table(self, values: Array, name: str = "planted", kind: Any = "number") -> Table:
        return Table({name: values.astype(float)}, {name: kind}, self.is_deal.astype(float), self.made, "time", {})


AMOUNTS: dict[str, Maker] = {
    "among believable ones": lambda w: w.believable,
    "in thousands": lambda w: w.believable / 1000,
    "in another currency": lambda w: np.round(w.believable * 0.913, 2),
    "to the thousand": lambda w: np.round(w.believable, -3),
    "of half of the deals": lambda w: np.where(w.is_deal & (w.random.random(ROWS) < 0.5), w.usd, w.random.permutation(w.prices)),
}
DAYS: dict[str, Maker] = {
    "up to a cap": lambda w: np.minimum(w.days, 180),
    "where it was won": lambda w: np.where(np.isfinite(w.days), w.days, np.nan),
    "among believable ones": lambda w: np.where(np.isfinite(w.days), w.days, w.random.integers(5, 300, ROWS)),
    "told a day off": lambda w: np.minimum(w.days, 200) + w.random.integers(-1, 2, ROWS),
}
HONEST: dict[str, Maker] = {
    "a size that goes with the amount": lambda w: w.believable * np.exp(w.random.normal(0, 0.2, ROWS)),
    "amounts of other deals": lambda w: w.random.permutation(w.prices),
    "three price tiers": lambda w: np.select([w.prices > 50_000, w.prices > 20_000], [60_000.0, 25_000.0], 9_900.0),
    "a forecast of the day": lambda w: w.forecast(12),
    "days that know nothing": lambda w: w.random.integers(0, 90, ROWS).astype(float),
}  # fmt: skip


@pytest.mark.parametrize("how", AMOUNTS)
def test_the_amount_of_the_deal_is_named(how: str) -> None:
    world = World()
    assert "the amounts of the deals that follow" in world.known(AMOUNTS[how](world))["planted"]


@pytest.mark.parametrize("how", DAYS)
def test_the_days_until_it_is_won_are_named(how: str) -> None:
    world = World()
    assert "counts the days until the account buys" in world.known(DAYS[how](world))["planted"]


def test_the_date_on_which_it_is_won_is_named() -> None:
    world = World()
    dates = world.made + np.where(np.isfinite(world.days), world.days, world.random.integers(5, 300, ROWS))
    assert set(world.known(dates, kind="time")) == {"planted"}


@pytest.mark.parametrize("how", HONEST)
def test_a_guess_however_good_is_no_leak(how: str) -> None:
    world = World(6)
    assert world.known(HONEST[how](world)) == {}


def test_the_same_price_as_before_and_the_end_of_a_contract_were_known_before() -> None:
    world = World()
    assert world.known(world.believable, name="previous_amount") == {}
    assert world.known(np.minimum(world.days, 180), name="days_to_contract_end") == {}


def test_of_too_few_deals_nothing_is_said() -> None:
    world = World()
    world.usd[np.flatnonzero(world.is_deal)[15:]] = np.nan
    assert world.known(world.believable) == {}


def test_believable_amounts_tell_the_label_nothing_so_only_the_deals_can_show_them() -> None:
    world = World()
    assert suspects(world.table(world.believable)) == {}
