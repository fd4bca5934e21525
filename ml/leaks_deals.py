"""Columns that know the deal itself: its amount, or the day on which it will be won. Only production has these numbers to hold against.

seen features + amount and days until won of each row → `knows_the_deal` → column → why. Such a column may tell nothing of the label (rows
without a deal hold believable amounts), and gives size or time away all the same. A good guess is no leak: exactness is asked for.
Does not belong here: what tells the label (`leaks.py`), deals and their dates (`deals.py`).
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from ml.columns import plain_name
from ml.metrics import ranks
from ml.table import Table

Array = np.ndarray[Any, Any]
LEAST = 20  # different amounts, or days, of which a column must know the truth
EXACT, BY_LUCK = 0.15, 5.0  # share that it gives exactly, and times as often as it gives those of other rows
AMOUNT_RANKED, DAYS_RANKED = 0.99, 0.999  # rank correlations beyond any guess; of days a renewal date known in advance is a near one
_OF_BEFORE = re.compile(r"(^|_)(previous|prev|prior|past|last|former|historic|before)(_|$)")  # who renews at the same price
_RUNS_OUT = re.compile(
    r"(^|_)(renewal|expiry|expires|expire|expiration|(trial|term|contract|subscription|licen[cs]e|warranty)_(end|ends))(_|$)"
)


def knows_the_deal(seen: Table, usd: Array, won_after: Array) -> dict[str, str]:
    """`usd`: amount of the deal that a row led to; `won_after`: days until the account bought; NaN or inf where there is none."""
    out = {}
    for name, values in seen.columns.items():
        kind, plain = seen.kinds[name], plain_name(name)
        if kind == "number" and not _OF_BEFORE.search(plain) and (said := _amount(values, usd)) is not None:
            out[name] = f"its numbers are the amounts of the deals that follow, {said}"
        elif kind != "text" and not _RUNS_OUT.search(plain):
            ahead = values - seen.order if kind == "time" else values
            if (said := _days(ahead, won_after)) is not None:
                out[name] = f"it counts the days until the account buys, {said}"
    return out


def _amount(values: Array, usd: Array) -> str | None:
    """The same number, or so many of a unit each (thousands, another currency)."""
    known = np.isfinite(values) & np.isfinite(usd) & (usd > 0) & (values > 0)
    v, t = _once(values[known], usd[known])
    if _is_few(v) or _is_few(t):
        return None
    rates, times = np.unique(np.round(np.log(v / t), 6), return_counts=True)
    rate = rates[times.argmax()]

    def same(truth: Array) -> Array:
        found: Array = np.abs(np.log(v / truth) - rate) < 1e-5
        return found

    return _exactly(same(t), t, _mean_of(same, t)) or _ranked(v, t, AMOUNT_RANKED)


def _days(values: Array, won_after: Array) -> str | None:
    """The same day, or the one beside it; the largest number may stand for all that is further off."""
    known = np.isfinite(values) & np.isfinite(won_after)
    known[known] = values[known] < values[known].max(initial=-np.inf)
    v, t = _once(values[known], won_after[known])
    if _is_few(v) or _is_few(t):
        return None

    def same(truth: Array) -> Array:
        found: Array = np.abs(v - truth) <= 1
        return found

    return _exactly(same(t), t, _mean_of(same, t)) or _ranked(v, t, DAYS_RANKED)


def _exactly(same: Array, truth: Array, by_luck: float) -> str | None:
    share = float(same.mean())
    if share >= max(EXACT, BY_LUCK * by_luck) and not _is_few(truth[same]):
        return f"{share:.0%} exactly; those of other rows it would give in {by_luck:.0%}"
    return None


def _ranked(values: Array, truth: Array, least: float) -> str | None:
    found = float(np.corrcoef(ranks(values), ranks(truth))[0, 1])
    return f"rank correlation {found:.3f}" if found >= least else None


def _mean_of(same: Any, truth: Array) -> float:
    """How often a value fits the truth of another row. Pairs are sorted by value, so the shifts are wide."""
    return float(np.mean([same(np.roll(truth, max(1, int(len(truth) * share)))).mean() for share in (0.2, 0.35, 0.5, 0.65, 0.8)]))


def _is_few(values: Array) -> bool:
    return len(np.unique(values)) < LEAST


def _once(values: Array, truth: Array) -> tuple[Array, Array]:
    """Each pair once: a deal is seen from several days."""
    pairs = np.unique(np.stack([values, truth], axis=1), axis=0)
    return pairs[:, 0], pairs[:, 1]
