"""Numbers that judge: AUC with interval, AP, Brier, ECE, lift; for times, the integrated Brier score and Kaplan-Meier.

labels and scores → floats. Formulae: AUC interval by DeLong, DeLong & Clarke-Pearson (1988); Brier of survival for fully observed
horizons. Does not belong here: plots, models.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def auc(y: Array, score: Array) -> float:
    """Chance that a yes is ranked above a no; ties count half. NaN when one of the two is absent."""
    positive = int(y.sum())
    if positive in (0, len(y)):
        return float("nan")
    places = ranks(score)
    return float((places[y == 1].sum() - positive * (positive + 1) / 2) / (positive * (len(y) - positive)))


def auc_se(y: Array, score: Array) -> float:
    """Standard error of the AUC (DeLong)."""
    yes, no = score[y == 1], score[y == 0]
    if len(yes) < 2 or len(no) < 2:
        return float("nan")
    both = ranks(np.r_[yes, no])
    above = (both[: len(yes)] - ranks(yes)) / len(no)
    below = 1 - (both[len(yes) :] - ranks(no)) / len(yes)
    return float(np.sqrt(above.var(ddof=1) / len(yes) + below.var(ddof=1) / len(no)))


def average_precision(y: Array, score: Array) -> float:
    """Mean precision at each yes, by descending score; ties take the precision of their whole group."""
    if not y.sum():
        return float("nan")
    order = np.argsort(-score, kind="stable")
    hits = np.cumsum(y[order])
    ends = np.r_[np.flatnonzero(np.diff(score[order])), len(y) - 1]
    precision, recall = hits[ends] / (ends + 1), hits[ends] / y.sum()
    return float(np.sum(np.diff(np.r_[0.0, recall]) * precision))


def log_loss(y: Array, p: Array) -> float:
    q = np.clip(p, 1e-9, 1 - 1e-9)
    return float(-np.mean(y * np.log(q) + (1 - y) * np.log(1 - q)))


def brier(y: Array, p: Array) -> float:
    return float(np.mean((p - y) ** 2))


def ece(y: Array, p: Array, bins: int = 10) -> float:
    """Expected calibration error over bins of equally many rows."""
    parts = np.array_split(np.argsort(p, kind="stable"), bins)
    return float(sum(len(b) * abs(p[b].mean() - y[b].mean()) for b in parts if len(b)) / len(y))


def lift_at(y: Array, score: Array, share: float = 0.1) -> float:
    """Rate of yes in the best-scored share, over the rate of all."""
    top = np.argsort(-score, kind="stable")[: max(1, int(len(y) * share))]
    return float(y[top].mean() / y.mean()) if y.mean() else float("nan")


def reliability(y: Array, p: Array, bins: int = 10) -> list[tuple[float, float, int]]:
    """(mean foretold, share that happened, rows) of bins of equally many rows, from low to high: the points of a reliability plot."""
    parts = np.array_split(np.argsort(p, kind="stable"), bins)
    return [(float(p[b].mean()), float(y[b].mean()), len(b)) for b in parts if len(b)]


def kaplan_meier(days: Array, happened: Array, grid: Array) -> Array:
    """Share still without the event after each day of the grid."""
    order = np.argsort(days, kind="stable")
    when, did = days[order], happened[order]
    times, first, counts = np.unique(when, return_index=True, return_counts=True)
    at_risk = len(when) - first
    died = np.add.reduceat(did, first)
    alive = np.cumprod(1 - died / at_risk)
    del counts
    at = np.searchsorted(times, grid, side="right") - 1
    return np.where(at >= 0, alive[np.maximum(at, 0)], 1.0)


def integrated_brier(days: Array, alive: Array, grid: Array) -> float:
    """Mean over the grid of the Brier score of survival. `days`: when it happened (inf: never within the grid); `alive`: rows × grid."""
    still = days[:, None] > grid[None, :]
    per_day = ((alive - still) ** 2).mean(axis=0)
    return float(np.trapezoid(per_day, grid) / (grid[-1] - grid[0]))


def ranks(values: Array) -> Array:
    """Ranks from 1; ties share the mean."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    ends = np.r_[starts[1:], len(values)]
    mean = np.repeat((starts + 1 + ends) / 2, ends - starts)
    out = np.empty(len(values))
    out[order] = mean
    return out
