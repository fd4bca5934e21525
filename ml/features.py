"""Features: a list of small transforms, fitted on the training rows and stored with the model; applied, never refitted, when scoring.

Table → `fit` → list of `Feature` (plain JSON) → `matrix` → float64 array, one column a feature.
A model refuses a table whose features differ. Does not belong here: which columns may be used (`leaks.py`), models (`model.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from ml.table import Table

LEVELS = 12  # a column with at most so many values is also read as words
RARE = 20  # a word borne by fewer rows has no column of its own
TWO_YEARS = 700.0  # days
SMOOTHING = 20.0  # rows that the mean of all is worth beside a word's own rate


@dataclass(frozen=True)
class Feature:
    """`kind`: number · rank (share of training values below) · is (equals `value`) · missing · rate (log-odds of yes of a word, smoothed)
    · count (rows of a word) · month · weekday · days_to_order. `column` is the column that it reads."""

    kind: str
    column: str
    value: str | None = None
    table: Mapping[str, float] = field(default_factory=dict)
    default: float = 0.0
    cuts: Sequence[float] = ()

    @property
    def name(self) -> str:
        """As in reasons: `origin=organic_search`, `month of first_contact_date`."""
        if self.kind in ("number", "rate"):
            return self.column
        return f"{self.column}={self.value}" if self.kind == "is" else f"{self.kind} of {self.column}"

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "table": dict(self.table), "cuts": list(self.cuts)}


def from_json(raw: Mapping[str, Any]) -> Feature:
    return Feature(raw["kind"], raw["column"], raw["value"], dict(raw["table"]), raw["default"], tuple(raw["cuts"]))


def fit(train: Table, columns: Sequence[str], shape: str) -> list[Feature]:
    """Transforms of the columns. `shape`: 'tree' (numbers as they are) or 'linear' (ranks, and a column for each frequent word)."""
    found: list[Feature] = []
    for name in columns:
        values, kind = train.columns[name], train.kinds[name]
        if kind == "time":
            found.append(Feature("weekday", name))
            if np.nanmax(values, initial=-np.inf) - np.nanmin(values, initial=np.inf) >= TWO_YEARS:
                found.append(Feature("month", name))  # a season seen once cannot be told from drift
            if train.order_kind == "time" and not np.allclose(values, train.order, equal_nan=True):
                found.append(Feature("days_to_order", name))
        elif kind == "number":
            found += _of_numbers(name, values, shape)
        else:
            found += _of_words(name, _words(values), train.y)
    return [f for f in found if len(train) and np.nanstd(_one(f, train)) > 0]


def matrix(table: Table, features: Sequence[Feature]) -> np.ndarray[Any, Any]:
    """rows × features. Raises KeyError for a column that the table lacks."""
    if not features:
        return np.zeros((len(table), 0))
    return np.column_stack([_one(f, table) for f in features])


def training_matrix(table: Table, features: Sequence[Feature]) -> np.ndarray[Any, Any]:
    """As `matrix`, for the rows that the features were fitted on: a `rate` is that of the earlier rows only.

    So no row sees its own label, nor a later one.
    """
    out = matrix(table, features)
    for at, feature in enumerate(features):
        if feature.kind == "rate":
            out[:, at] = logit(_earlier_rate(_words(table.columns[feature.column]), table.y, float(table.y.mean())))
    return out


def logit(p: Any) -> Any:
    """Log-odds, kept finite."""
    q = np.clip(p, 1e-6, 1 - 1e-6)
    return np.log(q / (1 - q))


def _of_numbers(name: str, values: np.ndarray[Any, Any], shape: str) -> list[Feature]:
    known = values[~np.isnan(values)]
    if not len(known):
        return []
    found = [Feature("missing", name)] if len(known) < len(values) else []
    distinct, counts = np.unique(known, return_counts=True)
    if shape == "tree":
        return [*found, Feature("number", name)]
    if len(distinct) <= LEVELS:
        frequent = distinct[counts >= RARE] if len(distinct) > 2 else distinct[:1]
        return [*found, *(Feature("is", name, _spoken(v)) for v in frequent)]
    cuts = np.unique(np.quantile(known, np.linspace(0.01, 0.99, 99)))
    return [*found, Feature("rank", name, cuts=tuple(float(c) for c in cuts))]


def _of_words(name: str, words: np.ndarray[Any, Any], y: np.ndarray[Any, Any]) -> list[Feature]:
    distinct, inverse, counts = np.unique(words, return_inverse=True, return_counts=True)
    if len(distinct) > 0.5 * len(words):  # an identifier: nothing to learn from
        return []
    found = [Feature("is", name, str(w)) for w, n in zip(distinct, counts, strict=True) if n >= RARE][:40]
    if len(distinct) > LEVELS:
        mean = float(y.mean())
        rates = (np.bincount(inverse, weights=y) + SMOOTHING * mean) / (counts + SMOOTHING)
        found.append(
            Feature("rate", name, table={str(w): float(logit(r)) for w, r in zip(distinct, rates, strict=True)}, default=float(logit(mean)))
        )
        found.append(Feature("count", name, table={str(w): float(np.log1p(n)) for w, n in zip(distinct, counts, strict=True)}))
    return found


def _one(feature: Feature, table: Table) -> np.ndarray[Any, Any]:
    values = table.columns[feature.column]
    kind = table.kinds[feature.column]
    out: np.ndarray[Any, Any]
    if feature.kind == "missing":
        out = np.isnan(values).astype(float)
    elif feature.kind == "number":
        out = values.astype(float)
    elif feature.kind == "rank":
        out = np.searchsorted(np.asarray(feature.cuts), values, side="right") / (len(feature.cuts) or 1)
        out = np.where(np.isnan(values), 0.5, out)
    elif feature.kind == "is":
        out = (
            (values == float(feature.value or "nan")).astype(float) if kind == "number" else (_words(values) == feature.value).astype(float)
        )
    elif feature.kind in ("rate", "count"):
        out = np.array([feature.table.get(w, feature.default) for w in _words(values)], dtype=float)
    elif feature.kind == "days_to_order":
        out = table.order - values
    else:
        known = np.where(np.isnan(values), 0, values)
        days = known.astype("datetime64[D]")
        part = days.astype("datetime64[M]").astype(int) % 12 + 1 if feature.kind == "month" else (days.astype(int) + 3) % 7
        out = np.where(np.isnan(values), np.nan, part.astype(float))
    return out


def _earlier_rate(words: np.ndarray[Any, Any], y: np.ndarray[Any, Any], mean: float) -> np.ndarray[Any, Any]:
    _, inverse = np.unique(words, return_inverse=True)
    order = np.argsort(inverse, kind="stable")
    sorted_y, group = y[order], inverse[order]
    starts = np.r_[True, group[1:] != group[:-1]]
    first = np.maximum.accumulate(np.where(starts, np.arange(len(group)), 0))
    before = np.cumsum(sorted_y) - sorted_y
    rate = (before - before[first] + SMOOTHING * mean) / (np.arange(len(group)) - first + SMOOTHING)
    out = np.empty(len(words))
    out[order] = rate
    return out


def _words(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.array(["" if v is None else str(v) for v in values], dtype=object)


def _spoken(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(float(value))
