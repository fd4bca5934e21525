"""Time until it happens, with those for whom it has not happened yet: discrete-time hazards on the same learners.

rows with (days, happened by the moment) → one row per started period → `learn_hazard` → `alive` (rows × grid), `days_until`.
Censoring is handled by leaving out the periods not seen yet; nothing is guessed. Does not belong here: the yes/no question (`train.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from ml.boosting import learn
from ml.calibration import level, platt
from ml.evaluate import LOOKS_BACK
from ml.metrics import log_loss
from ml.model import Config, FeaturesDiffer, Model, load
from ml.table import Table

Array = np.ndarray[Any, Any]
PERIODS = (0.0, 3.0, 7.0, 14.0, 21.0, 30.0, 45.0, 60.0, 90.0, 120.0, 180.0)  # days; the last hazard holds beyond
PERIOD = "days ahead"
MOST_PERIODS = 200_000  # rows of periods that are learned from without thinning
MOST_DAYS = 730.0  # a day further away than that is not told
CONFIGS = (
    Config("linear", ("linear",)),
    Config("linear, recent", ("linear",), recency=0.2),
    Config("linear, then trees", ("linear", "tree"), depth=4, rounds=100),
)


@dataclass
class Hazard:
    """`model` gives the hazard of a period; `tried` maps a configuration to its log loss on the later fifth of the training rows."""

    model: Model
    tried: dict[str, float]

    def alive(self, table: Table, grid: Array) -> Array:
        """rows × grid: probability that it has not happened by each day of the grid."""
        edges, logs = np.array(PERIODS), self._log_alive(table)
        inside = np.minimum(grid, edges[-1])
        at = np.clip(np.searchsorted(edges, inside, side="right") - 1, 0, len(edges) - 2)
        share = (inside - edges[at]) / (edges[at + 1] - edges[at])
        found = logs[:, at] * (1 - share) + logs[:, at + 1] * share
        out: Array = np.exp(found + _slope(logs)[:, None] * np.maximum(0.0, grid - edges[-1])[None, :])
        return out

    def by(self, table: Table, days: float) -> Array:
        """Probability that it happens within so many days."""
        found: Array = 1 - self.alive(table, np.array([days]))[:, 0]
        return found

    def days_until(self, table: Table, shares: Sequence[float]) -> Array:
        """rows × shares: the first day by which it has happened with that probability; inf when that is beyond `MOST_DAYS`.

        0.5 is the median; 0.1 and 0.9 are the ends of the 80 % interval.
        """
        edges, logs = np.array(PERIODS), self._log_alive(table)
        out = np.empty((len(table), len(shares)))
        for column, share in enumerate(shares):
            goal = np.log(1 - share)
            at = np.clip((logs > goal).sum(axis=1) - 1, 0, len(edges) - 2)  # the period in which the curve falls to the goal
            rows = np.arange(len(table))
            low, high = logs[rows, at], logs[rows, at + 1]
            with np.errstate(divide="ignore", invalid="ignore"):
                within = edges[at] + (low - goal) / (low - high) * (edges[at + 1] - edges[at])
                beyond = edges[-1] + (goal - logs[:, -1]) / _slope(logs)
            days = np.maximum(1.0, np.ceil(np.where(logs[:, -1] <= goal, within, beyond) - 1e-9))
            out[:, column] = np.where(days <= MOST_DAYS, days, np.inf)
        return out

    def _log_alive(self, table: Table) -> Array:
        """rows × edges of the periods; falls nowhere to nothing, so that it can be divided by."""
        edges = np.array(PERIODS)
        survive = np.ones((len(table), len(edges)))
        for at in range(len(edges) - 1):
            hazard = self.model.probability(_with_period(table, np.full(len(table), edges[at])))
            survive[:, at + 1] = survive[:, at] * (1 - hazard)
        found: Array = np.log(np.clip(survive, 1e-12, 1))
        return found


def _slope(logs: Array) -> Array:
    found: Array = (logs[:, -1] - logs[:, -2]) / (PERIODS[-1] - PERIODS[-2])
    return found


def load_hazard(folder: Path, columns: Sequence[str] | None = None) -> Hazard:
    """A saved hazard (`hazard.model.save`). Raises FeaturesDiffer as `model.load` does, and where columns do not age."""
    model = load(folder, columns)
    if PERIOD not in model.columns:
        raise FeaturesDiffer(f"{folder}: a hazard without the column {PERIOD!r}, whose days do not grow with the periods; train it anew")
    return Hazard(model, dict(model.about.get("tried", {})))


def learn_hazard(train: Table, days: Array, columns: Sequence[str], moment: float, configs: Sequence[Config] = CONFIGS) -> Hazard:
    """`days`: until it happened, inf when never; what lies after `moment` (in days of the order) is not known and not used.

    The configuration is chosen on the later fifth of the rows, learned from what was known when that fifth began.
    """
    cut = int(len(train) * 0.8)
    start = float(train.order[cut])
    seen, later = train.rows(slice(0, cut)), train.rows(slice(cut, len(train)))
    judged = expand(later, days[cut:], moment)
    tried, slopes = {}, {}
    for config in configs:
        model = _learned(seen, days[:cut], columns, start, config, 1.0)
        tried[config.name] = round(log_loss(judged.y, model.probability(judged)), 6)
        slopes[config.name] = min(1.0, platt(model.margin(judged), judged.y)[0])
    best = min(configs, key=lambda c: tried[c.name])
    return Hazard(_learned(train, days, columns, moment, best, slopes[best.name]), tried)


def _learned(train: Table, days: Array, columns: Sequence[str], moment: float, config: Config, slope: float) -> Model:
    """A model with the slope, and the mean hazard of all that is known: it says who is sooner, and leaves the level to the whole history.

    A level taken from the newest rows alone followed every wave of them. Of a large table every period in which it happened is learned
    from, and one in k of the others: that adds log k to every logit alike, and the level is set afterwards. Rows may not be
    chosen so: where many buy, those who buy later are the others; without only who never bought, open deals had half of their hazard.
    """
    index, starts, happened = periods_of(train, days, moment)
    every = int(np.ceil(len(index) / MOST_PERIODS))
    drawn = np.random.default_rng(1).random(len(index)) < 1 / every  # every k-th in order would always hit the same periods
    found = learn(_expanded(train, index, starts, happened, drawn | happened), [*columns, PERIOD], config)
    some = _expanded(train, index, starts, happened, drawn)
    return replace(found, slope=slope, intercept=level(slope * found.margin(some), float(happened.mean()), 0.0))


def expand(table: Table, days: Array, moment: float) -> Table:
    """One row per row and period that was seen to its end, or in which it happened; y says whether it happened in it."""
    index, starts, happened = periods_of(table, days, moment)
    return _expanded(table, index, starts, happened, np.ones(len(index), dtype=bool))


def periods_of(table: Table, days: Array, moment: float) -> tuple[Array, Array, Array]:
    """(row, start of the period in days, whether it happened in it) of the periods that `expand` makes rows of, in its order."""
    watched = moment - table.order
    rows, starts, labels = [], [], []
    for low, high in pairwise(PERIODS):
        happened = (days > low if low > 0 else days > -np.inf) & (days <= high) & (days <= watched)
        through = (days > high) & (watched >= high)
        at = np.flatnonzero(happened | through)
        rows.append(at)
        starts.append(np.full(len(at), low))
        labels.append(happened[at])
    index, start, label = np.concatenate(rows), np.concatenate(starts), np.concatenate(labels)
    order = np.lexsort((start, index))
    return index[order], start[order], label[order]


def _expanded(table: Table, index: Array, starts: Array, happened: Array, keep: Array) -> Table:
    found = _with_period(table.rows(index[keep]), starts[keep])
    found.y = happened[keep].astype(float)
    return found


def _with_period(table: Table, starts: Array) -> Table:
    """The rows as they will be when the period begins: days since something have grown by then, as far as anybody can tell."""
    ageing = {c: v + starts for c, v in table.columns.items() if c.startswith(LOOKS_BACK) and table.kinds[c] == "number"}
    columns = {**table.columns, **ageing, PERIOD: starts}
    kinds = {**table.kinds, PERIOD: "number"}
    return Table(columns, kinds, table.y, table.order, table.order_kind, {})
