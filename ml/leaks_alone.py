"""How far one column alone tells the outcome: by the rates of its words or of the bins of its numbers, judged on rows that gave no rate.

values → `keys_of` (a number of word or bin a row) → `alone` (AUC), `on_slope` (share of rows of which the column is not sure),
`drifts` (whether the same outcomes, moved in time, are told as well). Does not belong here: what is a leak (`leaks.py`).
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from ml import text
from ml.features import SMOOTHING, coded
from ml.metrics import auc, auc_se

Array = np.ndarray[Any, Any]
LEAST_TO_JUDGE = 30  # of each outcome
FEW = 12  # distinct numbers; of so few each may be a code, of more they are counts or grades
LEAST_IN_BIN = 30  # rows; of fewer, an honest bin is often pure by luck
TURNS = np.linspace(0.05, 0.95, 19)  # shares of the table by which outcomes are moved in time
MOST_TURNS = 4  # of them at which a column may tell as much: a copy does so at few, where the moved outcomes happen to agree
_DIGITS = re.compile(r"\d+")


def keys_of(values: Array, kind: str) -> tuple[Array, Array]:
    """(number of the word or bin of each row, -1 where missing; what the numbers stand for)."""
    if kind == "text":
        codes, words = coded(values)
        if len(words) <= 0.5 * len(codes):
            return codes, words
        shapes, of_word = np.unique([_DIGITS.sub("#", w) for w in words.tolist()], return_inverse=True)
        return np.where(codes < 0, -1, of_word[codes]), shapes.astype(object)  # of numbers the shape counts: C-1017 or L-1018
    known = values[~np.isnan(values)]
    distinct = np.unique(known)
    cuts = distinct if len(distinct) <= 50 else np.unique(np.quantile(known, np.linspace(0, 1, 41)))
    keys = np.searchsorted(cuts, values, side="right")
    return np.where(np.isnan(values), -1, keys), cuts if len(distinct) <= 50 else distinct[: FEW + 1]


def exact_keys(values: Array) -> Array | None:
    """Of numbers that come several times each: a key for every one of them; None for others, and for so few that `keys_of` has them all."""
    known = ~np.isnan(values)
    distinct, codes = np.unique(values[known], return_inverse=True)
    if len(distinct) <= 50 or known.sum() < 4 * len(distinct):
        return None
    keys = np.full(len(values), -1)
    keys[known] = codes
    return keys


def alone(keys: Array, y: Array) -> float:
    """AUC of the column alone: rates of bins or words of the first 60 % rank the other 40 %; or of two rows in three, the third.

    The second shows a code that is only used later in time. Each is judged by all rows of an outcome that there are: of few it is luck.
    """
    cut = int(len(y) * 0.6)
    both = []
    if min(y[cut:].sum(), len(y) - cut - y[cut:].sum()) >= LEAST_TO_JUDGE:
        both.append(_rated(keys[:cut], y[:cut], keys[cut:], y[cut:]))
    both.append(_between(keys, y))
    return max((a for a in both if not np.isnan(a)), default=0.5)


def _between(keys: Array, y: Array) -> float:
    """AUC on each third of the rows by the rates of the others; the rows of a third lie between these."""
    third, told = np.arange(len(y)) % 3, np.full(len(y), np.nan)
    for part in range(3):
        here = third == part
        told[here] = _rates(keys[~here], y[~here], keys[here])
    if np.isnan(told).any() or not 0 < y.sum() < len(y):
        return float("nan")
    few = y.sum() < 2 * LEAST_TO_JUDGE or len(y) - y.sum() < 2 * LEAST_TO_JUDGE
    return auc(y, told) - (auc_se(y, told) if few else 0.0)


def alone_in_words(texts: list[str], y: Array) -> float:
    """AUC of a text by its words, learned on the first 60 % of the rows."""
    cut = int(len(y) * 0.6)
    if not 0 < y[cut:].sum() < len(y) - cut:
        return 0.5
    return auc(y[cut:], text.score_words(texts[cut:], text.fit_words(texts[:cut], y[:cut])))


def drifts(keys: Array, y: Array, least: float) -> bool:
    """Whether outcomes moved in time are told as well as the rows' own: then both only last for a while, and the column knows nothing."""
    found = [_between(keys, np.roll(y, int(len(y) * share))) for share in TURNS]
    return sum(a >= least for a in found) > MOST_TURNS


def _rated(seen: Array, y: Array, keys: Array, truth: Array) -> float:
    told = _rates(seen, y, keys)
    return float("nan") if np.isnan(told).any() else auc(truth, told)


def _rates(seen: Array, y: Array, keys: Array) -> Array:
    """The rate of yes that the rows seen give to each key; NaN when nothing can be told."""
    size = int(max(seen.max(initial=-1), keys.max(initial=-1))) + 2
    counts = np.bincount(seen + 1, minlength=size)
    if len(seen) == 0 or not 0 < y.sum() < len(y) or (counts > 0).sum() > 0.5 * len(seen):
        return np.full(len(keys), np.nan)  # an identifier: its words do not come again
    mean = float(y.mean())
    rates = (np.bincount(seen + 1, weights=y, minlength=size) + SMOOTHING / 4 * mean) / (counts + SMOOTHING / 4)
    found: Array = rates[keys + 1]
    return found


def on_slope(keys: Array, y: Array, sure: tuple[float, float]) -> float:
    """Share of the rows in bins whose rate of yes lies between the two of `sure`; a column that is nearly the label has hardly any.

    With an outcome as rare as the slope's foot nothing is on the slope, so each outcome counts half. Neighbouring bins are joined until
    they hold `LEAST_IN_BIN` rows.
    """
    filled = np.bincount(keys + 1)
    bins, held, now = np.zeros(len(filled), dtype=int), 0, 0
    for key, rows in enumerate(filled.tolist()):
        bins[key], held = now, held + rows
        if held >= LEAST_IN_BIN or key == 0:  # what is missing is no neighbour of the smallest
            now, held = now + 1, 0
    if 0 < held < LEAST_IN_BIN and now > 1:
        bins[bins == now] = now - 1
    keys = bins[keys + 1]
    counts = np.bincount(keys).astype(float)
    yes = np.bincount(keys, weights=y)
    weighted = yes / y.mean() / 2 + (counts - yes) / (1 - y.mean()) / 2
    rate = np.divide(yes / y.mean() / 2, weighted, out=np.zeros_like(weighted), where=weighted > 0)
    unsure = (rate > sure[0]) & (rate < sure[1])
    return float(weighted[unsure].sum() / weighted.sum())
