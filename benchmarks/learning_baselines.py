"""What others reach on the rows that judged in a simulated market: logistic regression, scikit-learn's boosting, lifelines for the time.

rows known at the first judged day → the same features → AUC of yes or no; Cox of the time to a won deal, its log loss beside ours and
Kaplan-Meier's. Does not belong here: the market's truth (`learning_judge.py`).
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ml import metrics
from ml.dataset import Split
from ml.features import fit, matrix, training_matrix
from ml.hazard import PERIODS, Hazard
from ml.judged import log_loss_of
from ml.text import NONE
from ml.train import baselines, known_by

MOST_ROWS = 20_000  # that Cox is fitted on: of more it takes many minutes
LEAST_SPREAD = 1e-3  # a feature that hardly differs between rows makes its matrix singular


def of_relevance(at: Split, judging: np.ndarray[Any, Any], columns: Sequence[str], horizon: float) -> dict[str, dict[str, float]]:
    """name → auc, ap of the judged rows `judging` (their index)."""
    return baselines(known_by(at.seen, at.moment, horizon), columns, at.judged.rows(judging))


def of_time(at: Split, hazard: Hazard, columns: Sequence[str], horizon: float) -> dict[str, float]:
    """Log loss a row of the period in which a deal was won, within the horizon: ours, Cox's (lifelines), Kaplan-Meier's; and their AUCs."""
    edges = np.array([p for p in PERIODS if 0 < p <= horizon])
    watched = np.minimum(at.seen_won, at.moment - at.seen.order)
    happened = (at.seen_won <= at.moment - at.seen.order).astype(float)
    flat = np.ones((len(at.judged), 1)) * metrics.kaplan_meier(watched, happened, edges)
    cox, ours, won = _cox(at, watched, happened, columns, edges), hazard.alive(at.judged, edges), (at.judged_won <= horizon).astype(float)
    found = {f"log_loss {name}": float(log_loss_of(at.judged_won, alive, edges).mean())
             for name, alive in (("ours", ours), ("lifelines_cox", cox), ("kaplan_meier", flat))}  # fmt: skip
    found |= {f"auc {name}": metrics.auc(won, 1 - alive[:, -1]) for name, alive in (("ours", ours), ("lifelines_cox", cox))}
    return {name: round(value, 4) for name, value in found.items()}


def _cox(at: Split, watched: Any, happened: Any, columns: Sequence[str], edges: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """rows × edges: probability that nothing was won by then; from the rows that bought and evenly spread others, weighed for it."""
    from lifelines import CoxPHFitter
    from lifelines.exceptions import ConvergenceWarning

    bought = happened > 0
    others = np.flatnonzero(~bought)
    drawn = others[np.linspace(0, len(others) - 1, min(len(others), MOST_ROWS)).astype(int)]
    rows = np.sort(np.r_[np.flatnonzero(bought), drawn])
    seen = at.seen.rows(rows)
    features = fit(seen, columns, "linear", NONE)
    values, judged = training_matrix(seen, features), matrix(at.judged, features)
    kept = np.flatnonzero(np.nanstd(values, axis=0) > LEAST_SPREAD)
    weight = np.where(bought[rows], 1.0, len(others) / len(drawn))
    frame = pd.DataFrame(np.nan_to_num(values[:, kept])).add_prefix("x")
    frame = frame.assign(days=np.maximum(watched[rows], 0.01), happened=happened[rows], weight=weight)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # columns that say nearly the same
        cox = CoxPHFitter(penalizer=0.1).fit(frame, "days", "happened", weights_col="weight", robust=False)
    asked = pd.DataFrame(np.nan_to_num(judged[:, kept])).add_prefix("x")
    found: np.ndarray[Any, Any] = cox.predict_survival_function(asked, times=edges).to_numpy().T
    return found
