"""Choose and calibrate: all inside the training rows, in their order of time.

training rows → time-ordered folds → one `Config` by mean AUC, out-of-fold margins → calibrator → `Learned`.
The rows that judge in the end are never seen here. Does not belong here: the last word (`skill.py`, `evaluate.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np

from ml import text
from ml.boosting import Prepared, learn
from ml.calibration import level, platt
from ml.encoder import is_installed
from ml.features import matrix, prose
from ml.metrics import auc, auc_se, average_precision
from ml.model import Config, Model
from ml.table import Table

Array = np.ndarray[Any, Any]
FOLD_EDGES = (0.7, 0.8, 0.9, 1.0)  # each fold is judged by rows later than all it learned from
MOST_TO_CHOOSE, MOST_TO_LEARN = 40_000, 200_000  # rows; of more, evenly spread ones: time and memory stay bounded
LEAST_OF_EACH = 30  # fewer yes or no than that: too little to learn or to judge
LEAST_WATCHED = 1 / 6  # of the horizon: of a row that was watched for less nothing is learned
CONFIGS = (
    Config("linear", ("linear",)),
    Config("linear, recent", ("linear",), recency=0.2),
    Config("linear, very recent", ("linear",), recency=0.05),
    Config("linear, recent, within time", ("linear",), recency=0.2, level=0.01),
    Config("trees of 2", ("tree",), depth=2, rounds=200, least=3.0, share=0.8),
    Config("trees of 3", ("tree",), depth=3, rounds=200, eta=0.03, least=3.0, share=0.8),
    Config("trees of 3, recent", ("tree",), depth=3, rounds=200, eta=0.03, least=3.0, share=0.8, recency=0.2),
    Config("trees of 3, recent, within time", ("tree",), depth=3, rounds=200, eta=0.03, least=3.0, share=0.8, recency=0.2, level=0.01),
    Config("linear, then trees", ("linear", "tree"), depth=2, rounds=50),
    Config("linear, then trees, recent", ("linear", "tree"), depth=2, rounds=50, recency=0.2),
    Config("linear, then trees, very recent", ("linear", "tree"), depth=2, rounds=50, recency=0.05),
    Config("surrogate, then trees", ("surrogate", "tree"), depth=2, rounds=100, eta=0.03, least=3.0, share=0.8),
)


@dataclass
class Tried:
    """What one configuration did on the folds."""

    config: Config
    aucs: list[float]
    aps: list[float]
    ses: list[float]
    margins: Array
    labels: Array
    fold: Array

    @property
    def auc(self) -> float:
        return float(np.mean(self.aucs))

    @property
    def se(self) -> float:
        """Standard error of the mean AUC."""
        return float(np.sqrt(np.sum(np.square(self.ses))) / len(self.ses))


@dataclass
class Learned:
    """`model` is None when there was nothing to learn from; `why_none` says why. Whether it has skill: `skill.py`, on rows it never saw.

    `purged`: rows whose label was not known in time; `partly`: those of them that were watched long enough to be learned from all the same.
    """

    model: Model | None
    why_none: str | None = None
    tried: list[Tried] = field(default_factory=list)
    purged: int = 0
    partly: int = 0

    def told(self) -> list[dict[str, Any]]:
        return [{"config": t.config.name, "auc": round(t.auc, 4), "ap": round(float(np.mean(t.aps)), 4)} for t in self.tried]


def train(
    table: Table, columns: Sequence[str], configs: Sequence[Config] = CONFIGS, horizon: float | None = None, until: float | None = None
) -> Learned:
    """Choose among the configurations, learn on all rows, calibrate on the folds.

    `horizon`: in units of the order, how long a label takes to be known; rows whose label was not known yet at the moment `until`
    (or at a fold's start) judge nothing, and are learned from as far as they were watched (`watched_by`).
    """
    everything, table = table, known_by(table, until, horizon)
    purged = len(everything) - len(table)
    if min(table.y.sum(), len(table) - table.y.sum()) < LEAST_OF_EACH:
        yes = int(table.y.sum())
        little = f"too little: {yes} yes and {len(table) - yes} no to learn from, {LEAST_OF_EACH} of each are the least"
        return Learned(None, little, purged=purged)
    able = [c for c in configs if "surrogate" not in c.shapes or table.surrogate is not None]
    configs = readings(table, columns, able)
    tried = try_all(spread(table, MOST_TO_CHOOSE), columns, configs, horizon)
    if not tried:
        young = "too little: no later part of the rows has both outcomes before it and in it: a young history, or rows out of order"
        return Learned(None, young, purged=purged)
    best = choose(tried)
    if (best.se == 0 and best.auc == 0.5) or not np.ptp(best.margins):
        return Learned(None, "no column to learn from: they are constant, empty or identifiers", tried, purged)
    learnable = watched_by(everything, until, horizon)
    return Learned(finish(learnable, columns, best), None, tried, purged, len(learnable) - len(table))


def finish(table: Table, columns: Sequence[str], tried: Tried) -> Model:
    """A configuration learned on all rows (evenly spread ones of very many) and calibrated by its folds."""
    slope, intercept = calibrate(tried)
    return replace(learn(spread(table, MOST_TO_LEARN), columns, tried.config), slope=slope, intercept=intercept)


def readings(table: Table, columns: Sequence[str], configs: Sequence[Config]) -> list[Config]:
    """The configurations once for each way in which free text can be read; as they are when there is none."""
    if not any(prose(table, c) is not None for c in columns):
        return list(configs)
    ways = [text.NONE, text.LEXICAL, *([text.ENCODER] if is_installed() else [])]
    return [replace(c, text=way, name=c.name if way == text.NONE else f"{c.name}; text {way}") for way in ways for c in configs]


def spread(table: Table, most: int) -> Table:
    """At most so many rows, evenly spread over the order."""
    return table if len(table) <= most else table.rows(np.linspace(0, len(table) - 1, most).astype(int))


def choose(tried: Sequence[Tried]) -> Tried:
    """The best mean AUC of the folds."""
    return max(tried, key=lambda t: t.auc)


def known_by(table: Table, moment: float | None, horizon: float | None) -> Table:
    """Rows whose label was known at the moment."""
    if horizon is None or moment is None:
        return table
    return table.rows(table.order <= moment - horizon)


def watched_by(table: Table, moment: float | None, horizon: float | None) -> Table:
    """Rows as they were known at the moment: those whose label was, and those that had been watched for at least a sixth of the horizon.

    Of these y (and the surrogate's) says whether it had happened by then; `given` is the logarithm of the share of all yes that come so
    early, so that a model learns the chance of the whole horizon from them. Only where `days` are known, and enough yes to tell how early
    they come.
    """
    known = known_by(table, moment, horizon)
    if horizon is None or moment is None or table.days is None or known.days is None or known.y.sum() < LEAST_OF_EACH:
        return known
    found = table.rows(table.order <= moment - LEAST_WATCHED * horizon)
    assert found.days is not None
    watched, sooner = np.minimum(horizon, moment - found.order), found.surrogate
    if sooner is not None and known.surrogate is not None:
        sooner = replace(sooner, y=np.where(sooner.days <= watched, sooner.y, 0.0), given=_early(known.surrogate.days, horizon, watched))
    y = np.where(found.days <= watched, found.y, 0.0)
    return replace(found, y=y, given=_early(known.days, horizon, watched), surrogate=sooner)


def _early(days: Array, horizon: float, watched: Array) -> Array:
    """Logarithm of the share of all that happens within the horizon which happens within what each row was watched for."""
    took = np.sort(days[days <= horizon])
    found: Array = np.log((np.searchsorted(took, watched, side="right") + 1) / (len(took) + 1))
    return found


def calibrate(tried: Tried) -> tuple[float, float]:
    """(slope, intercept) of the logit: slope over all folds, then the intercept so that the newest fold's mean is right.

    Two numbers: under drift, calibrators with more of them were worse than none.
    """
    slope, intercept = platt(tried.margins, tried.labels)
    newest = tried.fold == tried.fold.max()
    return slope, level(slope * tried.margins[newest], float(tried.labels[newest].mean()), intercept)


def try_all(table: Table, columns: Sequence[str], configs: Sequence[Config], horizon: float | None) -> list[Tried]:
    """Every configuration on every fold that holds both outcomes; none where no fold does."""
    tried = [Tried(c, [], [], [], np.zeros(0), np.zeros(0), np.zeros(0)) for c in configs]
    edges = [int(len(table) * share) for share in FOLD_EDGES]
    for fold, (start, end) in enumerate(pairwise(edges)):
        seen, judged = watched_by(table.rows(slice(0, start)), float(table.order[start]), horizon), table.rows(slice(start, end))
        if min(judged.y.sum(), len(judged) - judged.y.sum()) < 5 or min(seen.y.sum(), len(seen) - seen.y.sum()) < 5:
            continue
        prepared = Prepared(seen, columns)
        for one in tried:
            margin = learn(seen, columns, one.config, prepared).margin(judged)
            one.aucs.append(auc(judged.y, margin))
            one.aps.append(average_precision(judged.y, margin))
            one.ses.append(auc_se(judged.y, margin))
            one.margins = np.r_[one.margins, margin]
            one.labels = np.r_[one.labels, judged.y]
            one.fold = np.r_[one.fold, np.full(len(judged), fold)]
    return tried if tried and tried[0].aucs else []


def baselines(train_rows: Table, columns: Sequence[str], test: Table) -> dict[str, dict[str, float]]:
    """Logistic regression and scikit-learn's boosting on the same features, judged on the same rows."""
    train_rows = spread(train_rows, MOST_TO_LEARN)
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    makers: dict[str, tuple[str, Any]] = {
        "logistic_regression": ("linear", make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000))),
        "hist_gradient_boosting": ("tree", HistGradientBoostingClassifier(random_state=1, early_stopping=False, max_depth=3)),
    }
    out = {}
    prepared = Prepared(train_rows, columns)
    for name, (shape, maker) in makers.items():
        features, values = prepared.of(shape, text.LEXICAL)
        if not features:
            continue
        made = [m.astype(float) for m in (values, matrix(test, features))]
        data = [np.nan_to_num(m) if shape == "linear" else m for m in made]
        maker.fit(data[0], train_rows.y)
        p = maker.predict_proba(data[1])[:, 1]
        out[name] = {"auc": round(auc(test.y, p), 4), "ap": round(average_precision(test.y, p), 4)}
    return out
