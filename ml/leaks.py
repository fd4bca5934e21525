"""Columns that know the outcome: found in the training rows before anything is learned.

training rows → `suspects` → column → reasons. A suspect is left out of the model and listed; a person says whether it was right.
Codes: separates (alone ranks yes above no as no honest column does) · filled_after (whether it is filled tells the outcome)
· dated_after (a time later than the row's own) · named_after (its name speaks of the outcome, and it tells much).
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from ml.features import SMOOTHING
from ml.metrics import auc
from ml.table import Table

Array = np.ndarray[Any, Any]
SEPARATES = 0.90  # AUC of one column alone, learned on earlier rows and judged on later ones
FILLED = 0.80
NAMED = 0.70
DATED = 0.90  # share of filled rows
_AFTER = re.compile(
    r"(^|_)(close|closed|closing|won|lost|loss|outcome|result|status|stage|converted|conversion|churn|churned|cancel|cancelled|canceled|refund|"
    r"refunded|paid|payment|resolution|resolved|ended|end|final|duration|after|post|actual|signed|approved|rejected|reason)(_|$)"
)
_BEFORE = re.compile(r"(^|_)(previous|prev|prior|past|last|historic|former|expected|planned|due|renewal)(_|$)")


def suspects(train: Table) -> dict[str, list[str]]:
    """Column → codes with a number each, for columns that should not be trusted; in the order of the columns."""
    found: dict[str, list[str]] = {}
    for name in train.columns:
        codes = _codes(train, name)
        if codes:
            found[name] = codes
    return found


def _codes(train: Table, name: str) -> list[str]:
    values, kind = train.columns[name], train.kinds[name]
    missing = np.array([v is None for v in values]) if kind == "text" else np.isnan(values)
    alone = _alone(values, missing, kind, train.y)
    plain = re.sub(r"[^a-z0-9]+", "_", re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()).strip("_")
    codes = []
    if alone >= SEPARATES:
        codes.append(f"separates: alone it reaches AUC {alone:.2f}")
    if (told := _filled(missing, train.y)) is not None:
        codes.append(f"filled_after: {told}")
    is_order = kind == "time" and train.order_kind == "time" and np.allclose(values, train.order, equal_nan=True)
    if kind == "time" and train.order_kind == "time" and not is_order and (~missing).sum() >= 20:
        later = float((values[~missing] > train.order[~missing]).mean())
        if later >= DATED and not _BEFORE.search(plain):
            codes.append(f"dated_after: {later:.0%} of its times are later than the row's")
    if alone >= NAMED and _AFTER.search(plain) and not _BEFORE.search(plain) and not codes:
        codes.append(f"named_after: its name speaks of the outcome, and alone it reaches AUC {alone:.2f}")
    return codes


def _alone(values: Array, missing: Array, kind: str, y: Array) -> float:
    """AUC of the column alone: rates of bins or words of the first 60 % rank the other 40 %; or of two rows in three, the third."""
    keys = _keys(values, missing, kind)
    cut = int(len(y) * 0.6)
    by_time = _rated(keys[:cut], y[:cut], keys[cut:], y[cut:])
    even = np.arange(len(y)) % 3 == 0  # a code that is only used later in time shows here
    mixed = _rated(keys[~even], y[~even], keys[even], y[even])
    both = [a for a in (by_time, mixed) if not np.isnan(a)]
    return max(both, default=0.5)


def _keys(values: Array, missing: Array, kind: str) -> Array:
    if kind == "text":
        return np.array(["" if v is None else str(v) for v in values], dtype=object)
    out = np.full(len(values), -1)
    known = values[~missing]
    if len(known):
        distinct = np.unique(known)
        cuts = distinct if len(distinct) <= 50 else np.unique(np.quantile(known, np.linspace(0, 1, 41)))
        out[~missing] = np.searchsorted(cuts, known, side="right")
    return out


def _rated(seen: Array, y: Array, keys: Array, truth: Array) -> float:
    if len(seen) == 0 or not 0 < y.sum() < len(y):
        return float("nan")
    distinct, inverse, counts = np.unique(seen, return_inverse=True, return_counts=True)
    mean = float(y.mean())
    rates = (np.bincount(inverse, weights=y) + SMOOTHING / 4 * mean) / (counts + SMOOTHING / 4)
    if len(distinct) > 0.5 * len(seen):
        return float("nan")  # an identifier: its words do not come again
    table = dict(zip(distinct.tolist(), rates.tolist(), strict=True))
    return auc(truth, np.array([table.get(k, mean) for k in keys.tolist()]))


def _filled(missing: Array, y: Array) -> str | None:
    filled = ~missing
    if not (20 <= filled.sum() <= len(y) - 20):
        return None
    with_it, without = float(y[filled].mean()), float(y[missing].mean())
    strength = auc(y, filled.astype(float))
    if max(strength, 1 - strength) >= FILLED:
        return f"{with_it:.0%} yes where filled, {without:.0%} where empty"
    mean = float(y.mean())
    for rate, count in ((with_it, int(filled.sum())), (without, int(missing.sum()))):
        chance = count * np.log10(max(mean if rate == 1.0 else 1 - mean, 1e-12))
        if rate in (0.0, 1.0) and count >= 50 and chance < -6:
            return f"{with_it:.0%} yes where filled, {without:.0%} where empty"
    return None
