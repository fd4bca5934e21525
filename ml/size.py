"""Deal size as an interval that keeps its word: quantiles of the logarithm, widened until they cover what they promise.

rows with an amount → quantile boosters, each judged on deals it has not seen → one conformal adjustment → low, median, high in USD.
Source: conformalized quantile regression, Romano, Patterson & Candès (2019), by folds. Does not belong here: whether there will be a deal.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ml.features import Feature, fit, from_json, matrix
from ml.model import FeaturesDiffer
from ml.table import Kind, Table

Array = np.ndarray[Any, Any]
QUANTILES = (0.1, 0.5, 0.9)
COVERAGE = 0.8
LEAST_DEALS = 100
FOLDS = 5


@dataclass
class DealSize:
    """`widen`: added to both ends, in logarithms; `coverage`: share of the adjusting deals inside before widening."""

    features: list[Feature]
    booster: Any
    widen: float
    coverage: float
    deals: int
    kinds: dict[str, Kind] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)

    def quantiles(self, table: Table) -> Array:
        """rows × (low, median, high) in USD, in that order whatever the booster says."""
        import xgboost

        raw: Array = self.booster.predict(xgboost.DMatrix(matrix(table, self.features))).astype(float)
        raw = np.sort(raw, axis=1)
        raw[:, 0] -= self.widen
        raw[:, 2] += self.widen
        out: Array = np.expm1(np.sort(raw, axis=1))
        return out

    def save(self, folder: Path) -> None:
        """XGBoost's own JSON and a manifest."""
        folder.mkdir(parents=True, exist_ok=True)
        self.booster.save_model(folder / "booster.json")
        told = {"widen": self.widen, "coverage": self.coverage, "deals": self.deals, "features": [f.to_json() for f in self.features],
                "kinds": self.kinds, "about": self.about}  # fmt: skip
        (folder / "manifest.json").write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def load_size(folder: Path, columns: Sequence[str] | None = None) -> DealSize:
    """A saved model. Raises FeaturesDiffer when booster and manifest do not agree, or `columns` are not those it was made with."""
    import xgboost

    told = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    offered = told.get("about", {}).get("offered")
    if columns is not None and offered is not None and list(columns) != offered:
        odd = sorted(set(columns) ^ set(offered))
        raise FeaturesDiffer(f"{folder}: the model's columns are not the table's: {', '.join(odd) or 'another order'}; train it anew")
    booster = xgboost.Booster()
    booster.load_model(folder / "booster.json")
    if booster.num_features() != len(told["features"]):
        raise FeaturesDiffer(f"{folder}: the booster reads {booster.num_features()} features, its manifest lists {len(told['features'])}")
    return DealSize([from_json(f) for f in told["features"]], booster, told["widen"], told["coverage"], told["deals"],
                    told.get("kinds", {}), told.get("about", {}))  # fmt: skip


def learn_size(table: Table, amount_usd: Array, columns: Sequence[str]) -> DealSize | None:
    """From rows with an amount, in order of time; None when there are fewer than `LEAST_DEALS`.

    How far outside its interval a deal lies is measured by boosters that have not seen it (cross-conformal): all deals adjust, not a part.
    """
    has = np.flatnonzero(~np.isnan(amount_usd) & (amount_usd > 0))
    if len(has) < LEAST_DEALS:
        return None
    rows, logs = table.rows(has), np.log1p(amount_usd[has])
    features = [f for f in fit(rows, columns, "tree") if f.kind != "rate"]  # rates speak of the label, not of amounts
    if not features:
        return None
    values = matrix(rows, features)
    _, deal = np.unique(logs, return_inverse=True)  # rows of one deal, seen on two days, must not vouch for each other
    outside = np.empty(len(has))
    for fold in range(FOLDS):
        held = deal % FOLDS == fold
        if held.any():
            found = np.sort(_boosted(values[~held], logs[~held]).predict(_data(values[held])), axis=1)
            outside[held] = np.maximum(found[:, 0] - logs[held], logs[held] - found[:, 2])
    rank = min(len(outside), int(np.ceil((len(outside) + 1) * COVERAGE)))
    return DealSize(features, _boosted(values, logs), float(np.sort(outside)[rank - 1]), float((outside <= 0).mean()), len(has),
                    {f.column: table.kinds[f.column] for f in features})  # fmt: skip


def _boosted(values: Array, logs: Array) -> Any:
    import xgboost

    params = {"objective": "reg:quantileerror", "quantile_alpha": list(QUANTILES), "max_depth": 2, "eta": 0.05, "nthread": 1, "seed": 1,
              "tree_method": "hist", "verbosity": 0}  # fmt: skip
    return xgboost.train(params, _data(values, logs), 80)


def _data(values: Array, logs: Array | None = None) -> Any:
    import xgboost

    return xgboost.DMatrix(values, logs)
