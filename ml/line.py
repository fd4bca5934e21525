"""A straight line over logarithms: what an amount owes to a few of many columns, each by a power of its own.

rows × features (NaN: missing), logarithms, weights → `fit_line` → `Line`: base + weights · (log of the feature, in its spread).
Most weights are zero: the lasso, with the penalty that no column of mere noise passes by chance, halved. Does not belong here: quantiles.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
FURTHEST = 5.0  # spreads from the mean; what lies beyond counts as that far
SHARE_OF_UNIVERSAL = 0.5  # of the penalty spread * sqrt(2 log columns / rows); from 0.2 to 0.9 the loss on folds rose by 1.2 % at most


@dataclass(frozen=True)
class Line:
    """One number a feature: mean and spread of its logarithm, weight. A missing value counts as the mean."""

    base: float
    means: tuple[float, ...]
    spreads: tuple[float, ...]
    weights: tuple[float, ...]

    @staticmethod
    def flat(features: int) -> Line:
        """Says nothing: zero everywhere."""
        return Line(0.0, (0.0,) * features, (1.0,) * features, (0.0,) * features)

    def __call__(self, values: Array) -> Array:
        """The line's value of each row."""
        used = np.flatnonzero(self.weights)
        means, spreads, weights = (np.array(numbers)[used] for numbers in (self.means, self.spreads, self.weights))
        found: Array = self.base + _spread(values[:, used], means, spreads) @ weights
        return found


def fit_line(values: Array, logs: Array, weight: Array) -> Line:
    """`weight`: of each row, adding up to the number of things that were seen: a thing seen on several rows is no more evidence."""
    from sklearn.linear_model import Lasso

    told = _log(values)
    known = ~np.isnan(told) * weight[:, None]
    total = np.maximum(known.sum(axis=0), 1e-12)
    means = (np.nan_to_num(told) * known).sum(axis=0) / total
    spreads = np.sqrt((np.nan_to_num(told - means) ** 2 * known).sum(axis=0) / total)
    spreads[spreads == 0] = 1.0
    ready = _spread(values, means, spreads)
    universal = np.sqrt(2 * np.log(max(2, values.shape[1])) / weight.sum())
    base, weights = float(np.average(logs, weights=weight)), np.zeros(values.shape[1])
    for _ in range(2):  # the spread of what the line leaves is known after a first line
        left = logs - base - ready @ weights
        penalty = SHARE_OF_UNIVERSAL * universal * float(np.sqrt(np.average(left**2, weights=weight)))
        if penalty < 1e-9:
            break  # nothing is left
        model = Lasso(penalty, max_iter=10_000).fit(ready, logs, sample_weight=weight)
        base, weights = float(model.intercept_), model.coef_
    return Line(base, *(tuple(float(v) for v in n) for n in (means, spreads, weights)))


def _log(values: Array) -> Array:
    """Logarithm of one plus the size, with its sign."""
    found: Array = np.sign(values) * np.log1p(np.abs(values.astype(float)))
    return found


def _spread(values: Array, means: Array, spreads: Array) -> Array:
    """Spreads from the mean, 0 where missing."""
    found: Array = np.nan_to_num((_log(values) - means) / spreads).clip(-FURTHEST, FURTHEST)
    return found
