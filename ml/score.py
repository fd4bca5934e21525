"""Scores of accounts on a day, with reasons that add up; where there is no model, the row says why and carries no number.

account features of one day + models → `score` → one row per company; `reasons` → the strongest features of each.
Column names are those of `account_scores`. Does not belong here: which model (`registry.py`), writing (the stage `scoring`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ml.dataset import is_in_deal
from ml.hazard import PERIOD, Hazard
from ml.model import Model
from ml.size import DealSize
from ml.table import Kind, Table, column

Array = np.ndarray[Any, Any]
SCORES = ("relevance", "p_opportunity", "p_purchase_30d", "p_purchase_60d", "p_purchase_90d", "days_to_purchase_low", "days_to_purchase",
          "days_to_purchase_high", "urgency", "deal_size_low", "deal_size_median", "deal_size_high")  # fmt: skip
RUNNING = "in an open deal: it has turned into an opportunity already"
INTERVAL = (0.1, 0.5, 0.9)  # low, median, high: 80 % of the purchases that come, come between the ends


def table_of(features: pd.DataFrame, columns: Sequence[str], kinds: Mapping[str, Kind] | None = None) -> Table:
    """Features of one day as a table without a label. Raises KeyError for a column that is missing.

    `kinds`: what the columns held when the model learned; a day on which a column of words is empty, or a column of numbers holds a word,
    must not change how the rest is read.
    """
    typed: dict[str, tuple[Array, Kind]] = {}
    if kinds is not None:
        typed = {c: _as(features[c], kinds[c]) for c in columns}
    elif all(kind.kind in "fiu" for kind in features[list(columns)].dtypes):  # one block of numbers: no column by column
        block = features[list(columns)].to_numpy(dtype=float)
        typed = {c: (block[:, at], "number") for at, c in enumerate(columns)}
    else:
        typed = {c: column(features[c]) for c in columns}
    day = pd.to_datetime(features["dt"])
    order = ((day - pd.Timestamp("1970-01-01")) / pd.Timedelta(days=1)).to_numpy(dtype=float)
    return Table({c: v for c, (v, _) in typed.items()}, {c: k for c, (_, k) in typed.items()}, np.zeros(len(features)), order, "time", {})


def _as(series: pd.Series, kind: Kind) -> tuple[Array, Kind]:
    if kind == "text":
        found = column(series)[0] if series.notna().any() else np.full(len(series), None, dtype=object)
        return (found if found.dtype == object else np.array([None if v is None else str(v) for v in series], dtype=object)), kind
    if kind == "number":
        return pd.to_numeric(series, errors="coerce").to_numpy(dtype=float), kind
    return column(series)


def score(
    features: pd.DataFrame,
    relevance: Model | None,
    hazard: Hazard | None = None,
    size: DealSize | None = None,
    abstained_because: str | None = None,
) -> pd.DataFrame:
    """company_id, `SCORES`, status ('scored' or 'abstained'), abstained_because; in the order of the features' rows.

    An account in an open deal has its times alone: relevance and size were learned from accounts that are in none.
    """
    found: dict[str, Any] = {name: np.full(len(features), np.nan) for name in SCORES}
    status: Any = "scored"
    because: Any = None
    if relevance is None:
        status, because = "abstained", abstained_because or "no model stands"
    else:
        found |= _numbers(features, relevance, hazard, size)
        if (running := is_in_deal(features)).any():
            for name in ("relevance", "p_opportunity", "deal_size_low", "deal_size_median", "deal_size_high"):
                found[name][running] = np.nan
            if hazard is None:
                status, because = (
                    np.where(running, "abstained", "scored"),
                    np.where(running, np.array(RUNNING, dtype=object), np.array(None, dtype=object)),
                )
    return pd.DataFrame({"company_id": features["company_id"].to_numpy(), **found, "status": status, "abstained_because": because})


def _numbers(features: pd.DataFrame, relevance: Model, hazard: Hazard | None, size: DealSize | None) -> dict[str, Array]:
    wanted = dict.fromkeys(relevance.columns)  # hazard and size may have learned in other months, with other columns
    wanted |= dict.fromkeys(c for c in (hazard.model.columns if hazard else ()) if c != PERIOD)
    wanted |= dict.fromkeys(f.column for f in (size.features if size else ()))
    kinds = (hazard.model.about.get("kinds", {}) if hazard else {}) | (size.kinds if size else {}) | relevance.about.get("kinds", {})
    table = table_of(features, list(wanted), kinds if kinds.keys() >= wanted.keys() else None)
    p = np.round(relevance.probability(table), 6)
    out = {"p_opportunity": p, "relevance": np.round(100 * p, 2)}
    if hazard is not None:
        alive = hazard.alive(table, np.array([30.0, 60.0, 90.0]))
        for at, days in enumerate((30, 60, 90)):
            out[f"p_purchase_{days}d"] = np.round(1 - alive[:, at], 6)
        out["urgency"] = urgency(alive)
        until = hazard.days_until(table, INTERVAL)
        for at, name in enumerate(("days_to_purchase_low", "days_to_purchase", "days_to_purchase_high")):
            out[name] = np.where(np.isfinite(until[:, at]), until[:, at], np.nan)
    if size is not None:
        amounts = size.quantiles(table)
        for at, name in enumerate(("deal_size_low", "deal_size_median", "deal_size_high")):
            out[name] = np.round(amounts[:, at], 2)
    return out


def urgency(alive: Array) -> Array:
    """0-100: the share of the chance to buy within 90 days that falls into the first 30. `alive`: rows × (30, 60, 90).

    It says when, not whether: an even hazard gives a third, whatever its height; who would buy now or never gives 100.
    """
    soon, later = 1 - alive[:, 0], 1 - alive[:, 2]
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Array = np.round(100 * np.where(later > 0, soon / later, np.nan), 2)
    return found


def reasons(features: pd.DataFrame, model: Model, count: int = 3) -> pd.DataFrame:
    """company_id, position (from 1), feature, points (on the logit): the strongest first, then the rest as one row, then the base.

    The points of a company add up to its calibrated logit. None for accounts in an open deal, which have no relevance.
    """
    features = features[~is_in_deal(features)]
    table = table_of(features, model.columns, model.about.get("kinds"))
    names, points, base = model.reasons(table)
    best = np.argsort(-np.abs(points), axis=1, kind="stable")[:, :count]
    worded = model.worded(table, names, best)
    rows = []
    for at, company in enumerate(features["company_id"]):
        shown = [(worded.get((at, int(j)), names[j]), float(points[at, j])) for j in best[at]]
        rest = float(points[at].sum()) - sum(p for _, p in shown)
        told = [*shown, ("everything else", rest), ("base", base)]
        rows += [(company, position, feature, p) for position, (feature, p) in enumerate(told, 1)]
    return pd.DataFrame(rows, columns=["company_id", "position", "feature", "points"])
