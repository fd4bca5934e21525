"""Numbers about rows that judged: how far what was foretold and what happened agree, one way of looking each.

judged rows + what a model says of them → numbers for the report of a month. Nothing is decided here (`verdicts.py`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ml import metrics
from ml.dataset import Split
from ml.evaluate import redrawn
from ml.hazard import Hazard
from ml.score import INTERVAL
from ml.size import pinball_of

Array = np.ndarray[Any, Any]
DRAWS = 200


def more(y: Array, p: Array, accounts: Array) -> dict[str, Any]:
    """Recall in the best tenth, the interval of the lift there (by account), and the points of the reliability plot."""
    top = np.argsort(-p, kind="stable")[: max(1, int(len(p) * 0.1))]
    low, high = np.nanquantile([metrics.lift_at(y[at], p[at]) for at in redrawn(accounts, DRAWS)], [0.025, 0.975])
    points = [[short(a), short(b), n] for a, b, n in metrics.reliability(y, p)]
    recall = short(y[top].sum() / max(1, y.sum()))
    return {"recall_at_10": recall, "lift_at_10_interval": [short(low), short(high)], "reliability": points}


def within(at: Split, hazard: Hazard, horizon: float) -> dict[str, Any]:
    """P(won within n days) against the share that was; only days that every judged row was watched for."""
    found = {}
    for days in (30.0, 60.0, 90.0):
        if days <= horizon:
            p, y = hazard.by(at.judged, days), (at.judged_won <= days).astype(float)
            found[f"{days:.0f}d"] = {"foretold": short(p.mean()), "happened": short(y.mean()), "ece": short(metrics.ece(y, p))}
    return found


def ends(at: Split, hazard: Hazard, horizon: float) -> dict[str, Any]:
    """The ends and the median of the interval of days, on rows where they lie within the days watched: share that had bought by then.

    Calibrated when the share at the end `0.1` is a tenth, and so on; `happened` is None where no row's end lies so near.
    """
    found = {}
    days = hazard.days_until(at.judged, INTERVAL)
    for column, share in enumerate(INTERVAL):
        rows = np.flatnonzero(days[:, column] <= horizon)
        happened = short((at.judged_won[rows] <= days[rows, column]).mean()) if len(rows) else None
        found[f"{share:g}"] = {"rows": len(rows), "happened": happened}
    return found


def log_loss_of(days: Array, alive: Array, edges: Array) -> Array:
    """Log loss of each row: in which period it was won, or that it was not. `alive`: rows × `edges`, the ends of the periods, all watched.

    Of rare outcomes the Brier score sees next to nothing: where one row in five hundred was won, it differed in the sixth digit.
    """
    chances = -np.diff(np.c_[np.ones(len(alive)), alive, np.zeros(len(alive))], axis=1)
    found: Array = -np.log(np.clip(chances[np.arange(len(days)), np.searchsorted(edges, days)], 1e-9, 1))
    return found


def brier_of(days: Array, alive: Array, grid: Array) -> Array:
    """Integrated Brier score of each row over a grid that was watched to its end."""
    found: Array = np.trapezoid((alive - (days[:, None] > grid[None, :])) ** 2, grid, axis=1) / (grid[-1] - grid[0])
    return found


def pinball(usd: Array, quantiles: Array) -> Array:
    """Mean pinball loss of the logarithms, one a row."""
    return pinball_of(np.log1p(usd), np.log1p(np.maximum(quantiles, 0)))


def short(value: float) -> float:
    return round(float(value), 5)


def small(value: float) -> float:
    """Four digits that count, however small."""
    return float(f"{value:.4g}")
