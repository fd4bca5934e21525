"""Time until it happens, with those for whom it has not happened yet: discrete-time hazards on the same learners.

rows with (days, happened by the moment) → one row per started period → `learn_hazard` → `alive` (rows × grid), `median_days`.
Censoring is handled by leaving out the periods not seen yet; nothing is guessed. Does not belong here: the yes/no question (`train.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from ml.metrics import log_loss
from ml.model import Config, Model, learn, load
from ml.table import Table
from ml.train import level, platt

Array = np.ndarray[Any, Any]
PERIODS = (0.0, 3.0, 7.0, 14.0, 21.0, 30.0, 45.0, 60.0, 90.0, 120.0, 180.0)  # days; the last hazard holds beyond
PERIOD = "days since start"
CONFIGS = (
    Config("linear", ("linear",)),
    Config("linear, recent", ("linear",), recency=0.2),
    Config("linear, then trees", ("linear", "tree"), depth=2, rounds=50),
)


@dataclass
class Hazard:
    """`model` gives the hazard of a period; `tried` maps a configuration to its log loss on the later fifth of the training rows."""

    model: Model
    tried: dict[str, float]

    def alive(self, table: Table, grid: Array) -> Array:
        """rows × grid: probability that it has not happened by each day of the grid."""
        edges = np.array(PERIODS)
        survive = np.ones((len(table), len(edges)))
        for at in range(len(edges) - 1):
            hazard = self.model.probability(_with_period(table, np.full(len(table), edges[at])))
            survive[:, at + 1] = survive[:, at] * (1 - hazard)
        logs = np.log(np.clip(survive, 1e-12, 1))
        slope = (logs[:, -1] - logs[:, -2]) / (edges[-1] - edges[-2])
        found = np.stack([np.interp(np.minimum(grid, edges[-1]), edges, row) for row in logs])
        out: Array = np.exp(found + slope[:, None] * np.maximum(0.0, grid - edges[-1])[None, :])
        return out

    def by(self, table: Table, days: float) -> Array:
        """Probability that it happens within so many days."""
        found: Array = 1 - self.alive(table, np.array([days]))[:, 0]
        return found

    def median_days(self, table: Table, most: float = 730.0) -> Array:
        """Day by which it is as likely as not; inf when that is beyond `most` days."""
        grid = np.arange(1.0, most + 1)
        out = np.empty(len(table))
        for start in range(0, len(table), 5000):
            below = self.alive(table.rows(slice(start, start + 5000)), grid) <= 0.5
            out[start : start + 5000] = np.where(below.any(axis=1), grid[below.argmax(axis=1)], np.inf)
        return out


def load_hazard(folder: Path, columns: Sequence[str] | None = None) -> Hazard:
    """A saved hazard (`hazard.model.save`). Raises FeaturesDiffer as `model.load` does."""
    model = load(folder, columns)
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
        model = at_level(learn(known := expand(seen, days[:cut], start), [*columns, PERIOD], config), known, 1.0)
        tried[config.name] = round(log_loss(judged.y, model.probability(judged)), 6)
        slopes[config.name] = min(1.0, platt(model.margin(judged), judged.y)[0])
    best = min(configs, key=lambda c: tried[c.name])
    everything = expand(train, days, moment)
    return Hazard(at_level(learn(everything, [*columns, PERIOD], best), everything, slopes[best.name]), tried)


def at_level(model: Model, known: Table, slope: float) -> Model:
    """The model with the slope, and the mean hazard of all that is known: it says who is sooner, and leaves the level to the whole history.

    A level taken from the newest rows alone followed every wave of them.
    """
    return replace(model, slope=slope, intercept=level(slope * model.margin(known), float(known.y.mean()), 0.0))


def expand(table: Table, days: Array, moment: float) -> Table:
    """One row per row and period that was seen to its end, or in which it happened; y says whether it happened in it."""
    watched = moment - table.order
    rows, starts, labels = [], [], []
    for low, high in pairwise(PERIODS):
        happened = (days > low if low > 0 else days > -np.inf) & (days <= high) & (days <= watched)
        through = (days > high) & (watched >= high)
        at = np.flatnonzero(happened | through)
        rows.append(at)
        starts.append(np.full(len(at), low))
        labels.append(happened[at])
    index, start = np.concatenate(rows), np.concatenate(starts)
    order = np.lexsort((start, index))
    found = _with_period(table.rows(index[order]), start[order])
    found.y = np.concatenate(labels)[order].astype(float)
    return found


def _with_period(table: Table, starts: Array) -> Table:
    columns = {**table.columns, PERIOD: starts}
    kinds = {**table.kinds, PERIOD: "number"}
    return Table(columns, kinds, table.y, table.order, table.order_kind, {})
