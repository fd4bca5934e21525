"""Deal size as an interval that keeps its word: quantiles of the logarithm, moved until they cover what they promise.

rows with an amount → a few ways to learn, each judged on deals it has not seen → the best, each of its quantiles moved to where that
share of such deals lies below it → low, median, high in USD. What is promised is a share of the deals: a deal seen on six days counts once.
Source: conformalized quantile regression, Romano, Patterson & Candès (2019), by folds, each end by itself.
Does not belong here: whether there will be a deal.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ml.dataset import HORIZON_DAYS
from ml.features import Feature, fit, from_json, matrix
from ml.line import Line, fit_line
from ml.model import FeaturesDiffer
from ml.table import Kind, Table

Array = np.ndarray[Any, Any]
QUANTILES = (0.1, 0.5, 0.9)
COVERAGE = 0.8
LEAST_DEALS = 100
FOLDS = 5


@dataclass(frozen=True)
class Way:
    """How to learn: `is_line` puts a straight line over the logarithms first; then quantile trees on what is left, `rounds` 0 for none."""

    name: str
    is_line: bool
    depth: int = 2
    rounds: int = 0


WAYS = (Way("line", True), Way("line, then trees", True, 1, 40), Way("trees", False, 2, 80))


@dataclass
class DealSize:
    """`move`: added to low, median, high, in logarithms; `coverage`: share of the adjusting deals inside before it.

    `tried`: way → mean pinball loss of the deals that it had not seen, after the move.
    """

    features: list[Feature]
    line: Line
    booster: Any  # None: the line alone
    move: tuple[float, float, float]
    coverage: float
    deals: int
    tried: dict[str, float]
    kinds: dict[str, Kind] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)

    def quantiles(self, table: Table) -> Array:
        """rows × (low, median, high) in USD, in that order whatever the booster says."""
        raw = _raw(self.line, self.booster, matrix(table, self.features)) + np.array(self.move)
        out: Array = np.expm1(np.sort(raw, axis=1))
        return out

    def save(self, folder: Path) -> None:
        """XGBoost's own JSON, where there are trees, and a manifest."""
        folder.mkdir(parents=True, exist_ok=True)
        if self.booster is not None:
            self.booster.save_model(folder / "booster.json")
        told = {"move": self.move, "coverage": self.coverage, "deals": self.deals, "features": [f.to_json() for f in self.features],
                "line": asdict(self.line), "has_trees": self.booster is not None, "tried": self.tried, "kinds": self.kinds,
                "about": self.about}  # fmt: skip
        (folder / "manifest.json").write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def load_size(folder: Path, columns: Sequence[str] | None = None) -> DealSize:
    """A saved model. Raises FeaturesDiffer when its parts do not agree, `columns` are not those it was made with, or it has no line."""
    import xgboost

    told = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    offered = told.get("about", {}).get("offered")
    if columns is not None and offered is not None and list(columns) != offered:
        odd = sorted(set(columns) ^ set(offered))
        raise FeaturesDiffer(f"{folder}: the model's columns are not the table's: {', '.join(odd) or 'another order'}; train it anew")
    if "line" not in told:
        raise FeaturesDiffer(f"{folder}: a deal size of an older form, without a line; train it anew")
    drawn, listed = told["line"], len(told["features"])
    line = Line(drawn["base"], tuple(drawn["means"]), tuple(drawn["spreads"]), tuple(drawn["weights"]))
    if len(line.weights) != listed:
        raise FeaturesDiffer(f"{folder}: the line reads {len(line.weights)} features, its manifest lists {listed}")
    booster = None
    if told["has_trees"]:
        booster = xgboost.Booster()
        booster.load_model(folder / "booster.json")
        if booster.num_features() != listed:
            raise FeaturesDiffer(f"{folder}: the booster reads {booster.num_features()} features, its manifest lists {listed}")
    low, median, high = told["move"]
    return DealSize([from_json(f) for f in told["features"]], line, booster, (low, median, high), told["coverage"], told["deals"],
                    told["tried"], told.get("kinds", {}), told.get("about", {}))  # fmt: skip


def learn_size(table: Table, amount_usd: Array, columns: Sequence[str]) -> DealSize | None:
    """From rows with an amount, in order of time; None when they are of fewer than `LEAST_DEALS` deals, or (almost) all of one amount.

    Ways are compared, and quantiles moved, on deals that the learner has not seen (cross-conformal): all deals adjust, not a part.
    """
    has = np.flatnonzero(~np.isnan(amount_usd) & (amount_usd > 0))
    deal, weight = deals_among(table.order[has], amount_usd[has])
    deals = round(float(weight.sum()))
    if deals < LEAST_DEALS:
        return None
    rows, logs = table.rows(has), np.log1p(amount_usd[has])
    features = [f for f in fit(rows, columns, "tree") if f.kind != "rate"]  # rates speak of the label, not of amounts
    if not features:
        return None
    values = matrix(rows, features)
    fold = np.random.default_rng(1).permutation(int(deal.max()) + 1)[deal] % FOLDS  # rows of one deal must not vouch for each other
    if any(len(np.unique(logs[fold != k])) < 2 for k in range(FOLDS)):
        return None
    tries = [_tried(way, values, logs, weight, fold, deals) for way in WAYS]
    best = min(tries, key=lambda t: t.loss)
    unseen, move = best.unseen, best.move
    inside = (logs >= unseen[:, 0]) & (logs <= unseen[:, 2])
    line, booster = _learned(values, logs, weight, best.way)
    return DealSize(features, line, booster, (float(move[0]), float(move[1]), float(move[2])), float(np.average(inside, weights=weight)),
                    deals, {t.way.name: round(t.loss, 6) for t in tries}, {f.column: table.kinds[f.column] for f in features})  # fmt: skip


class _Try(NamedTuple):
    """A way, what it said of deals that it had not seen (rows × quantiles of the logarithm), the move of these, the loss after it."""

    way: Way
    unseen: Array
    move: Array
    loss: float


def _tried(way: Way, values: Array, logs: Array, weight: Array, fold: Array, deals: int) -> _Try:
    unseen = np.empty((len(logs), len(QUANTILES)))
    for held in (fold == k for k in range(FOLDS)):
        unseen[held] = _raw(*_learned(values[~held], logs[~held], weight[~held], way), values[held])
    move = _moves(logs, unseen, weight, deals)
    return _Try(way, unseen, move, float(np.average(pinball_of(logs, unseen + move), weights=weight)))


def deals_among(order: Array, usd: Array) -> tuple[Array, Array]:
    """Of each row (its day, the amount of its deal): the number of its group, and its weight, so that weights add up to deals.

    Rows of one amount that lie within the horizon of each other are taken for one deal; for as many as share a day, where several do:
    prices of a list come again.
    """
    ordered = np.lexsort((order, usd))
    group, count, first = np.zeros(len(usd), dtype=int), -1, -1
    for at in ordered:
        if count < 0 or usd[at] != usd[first] or order[at] > order[first] + HORIZON_DAYS:
            count, first = count + 1, at
        group[at] = count
    _, day, rows_of_day = np.unique(np.c_[group, order], axis=0, return_inverse=True, return_counts=True)
    most = np.zeros(count + 1)
    np.maximum.at(most, group, rows_of_day[day])
    weight: Array = most[group] / np.bincount(group)[group]
    return group, weight


def _learned(values: Array, logs: Array, weight: Array, way: Way) -> tuple[Line, Any]:
    import xgboost

    line = fit_line(values, logs, weight) if way.is_line else Line.flat(values.shape[1])
    if not way.rounds:
        return line, None
    params = {"objective": "reg:quantileerror", "quantile_alpha": list(QUANTILES), "max_depth": way.depth, "eta": 0.05, "nthread": 1,
              "min_child_weight": 10, "seed": 1, "tree_method": "hist", "verbosity": 0}  # fmt: skip
    return line, xgboost.train(params, xgboost.DMatrix(values, logs - line(values)), way.rounds)


def _raw(line: Line, booster: Any, values: Array) -> Array:
    """rows × quantiles of the logarithm, not moved yet."""
    import xgboost

    found = np.repeat(line(values)[:, None], len(QUANTILES), axis=1)
    if booster is not None:
        found = found + np.sort(booster.predict(xgboost.DMatrix(values)).astype(float), axis=1)
    return found


def _moves(logs: Array, unseen: Array, weight: Array, deals: int) -> Array:
    """What to add to each quantile, so that the share of the deals that it names lies below it; the ends a little further out, since a new
    deal is as likely to fall into any of the n + 1 gaps between the n known ones."""
    further = (np.array(QUANTILES) - 0.5) / deals
    found: Array = np.array([_quantile(logs - unseen[:, at], weight, q + further[at]) for at, q in enumerate(QUANTILES)])
    return found


def _quantile(values: Array, weight: Array, share: float) -> float:
    """Weighted, between the middles of the weights."""
    order = np.argsort(values, kind="stable")
    middles = np.cumsum(weight[order]) - weight[order] / 2
    return float(np.interp(share * weight.sum(), middles, values[order]))


def pinball_of(logs: Array, said: Array) -> Array:
    """Mean pinball loss of the quantiles, one a row; `said`: rows × quantiles of the logarithm."""
    gap, q = logs[:, None] - said, np.array(QUANTILES)
    found: Array = np.maximum(q * gap, (q - 1) * gap).mean(axis=1)
    return found
