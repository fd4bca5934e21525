"""Groups of rows that never fail: a word, a filled field, a value other than the usual one, behind which one outcome always stands.

values, keys, outcomes → `filled`, `decides`, `decides_in_words` → why, or None. That it is no luck is measured against the rate of the
rows' neighbours in time. Does not belong here: columns that tell much and fail now and then (`leaks_alone.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ml import text
from ml.leaks_alone import FEW
from ml.metrics import auc

Array = np.ndarray[Any, Any]
FILLED = 0.80
LEAST_ROWS = 50  # of a word that never fails
LEAST_OTHER, LEAST_RARE = 30, 15  # of rows filled, or with another value than the usual one, that never fail; of an outcome under a tenth
LEAST_COVERED = 0.25  # so many rows of an outcome they must hold: a habit of after the outcome is no rare event
MOST_USUAL = 0.9  # of an outcome that nearly all rows have, it is no wonder when some value never misses it
CHANCE = -6.0  # log10 of the chance that honest rows would look like that
TURNS, MOST_PURE = 199, 2  # outcomes moved in time so often may leave the group so pure so often: what lasts for a while is sure by itself
MOST_WORDS = 200  # of a column; a word among more does not hold a good part of an outcome


def filled(missing: Array, y: Array) -> str | None:
    """Why it tells the outcome whether a column is filled."""
    has = ~missing
    if not (20 <= has.sum() <= len(y) - 20):
        return None
    with_it, without = float(y[has].mean()), float(y[missing].mean())
    strength = auc(y, has.astype(float))
    if max(strength, 1 - strength) >= FILLED or never_fails(has, y) or never_fails(missing, y):
        return f"{with_it:.0%} yes where filled, {without:.0%} where empty"
    return None


def decides(values: Array, kind: str, keys: Array, words: Array, y: Array) -> str | None:
    """A word of which all rows have the rarer outcome; or all rows other than the usual value have it (an amount entered when won)."""
    rare = 1.0 if y.mean() <= 0.5 else 0.0
    outcome = "yes" if rare == 1.0 else "no"
    share = float((y == rare).mean())
    known = keys >= 0
    if kind == "text" or len(words) <= FEW:
        counts = np.bincount(keys[known], minlength=1)
        hits = np.bincount(keys[known], weights=(y[known] == rare), minlength=1)
        least = max(LEAST_ROWS, 60 / (1 - share))
        sure = np.flatnonzero((counts >= least) & (hits >= 0.995 * counts) & (counts * np.log10(max(share, 1e-12)) < CHANCE))
        for key in np.flatnonzero(counts >= LEAST_RARE) if kind == "text" and len(counts) <= MOST_WORDS else ():
            if _covers(keys == key, y) and never_fails(keys == key, y):
                return f"{counts[key]:.0f} rows with {words[key]!r} are all {'yes' if y[keys == key][0] else 'no'}"
        for key in sure:
            if never_fails(keys == key, y, 0.005):
                said = repr(words[key]) if kind == "text" else f"{words[max(0, int(key) - 1)]:g}"
                return f"{counts[key]:.0f} rows with {said} are all but all {outcome}"
        if kind == "text":
            return None
    usual, times = np.unique(values[known].astype(float), return_counts=True)
    if not len(usual) or times.max() < 0.2 * len(y):
        return None
    other = known & (values != usual[times.argmax()])
    if _covers(other, y) and never_fails(other, y):
        outcome = "yes" if y[other][0] else "no"
        return f"{int(other.sum())} rows with another value than {usual[times.argmax()]:g} are all {outcome}"
    return None


def decides_in_words(texts: list[str], y: Array) -> str | None:
    """A word, or two, that a good part of one outcome's texts hold and none of the other's."""
    return sure_word([(row, text.words_of(texts[row])) for row in _spread(len(y))], y, "texts")


def sure_word(said: Iterable[tuple[int, Iterable[str]]], y: Array, what: str) -> str | None:
    """The same for (row, its words)."""
    rows: dict[str, list[int]] = {}
    at = []
    for row, words in said:
        at.append(row)
        for word in words:
            rows.setdefault(word, []).append(row)
    for word, held in sorted(rows.items(), key=lambda w: (-len(w[1]), w[0])):
        if len(held) < LEAST_RARE:
            return None
        if 0 < y[held].sum() < len(held):
            continue
        group = np.zeros(len(y), dtype=bool)
        group[held] = True
        if _covers(group[at], y[at]) and never_fails(group[at], y[at]):
            return f"{len(held)} {what} with {word!r} are all {'yes' if y[held[0]] else 'no'}"
    return None


def _spread(rows: int) -> list[int]:
    found: list[int] = np.linspace(0, rows - 1, min(rows, text.MOST_TEXTS)).astype(int).tolist()
    return found


def _covers(group: Array, y: Array) -> bool:
    """Whether a group is of one outcome, holds a good part of it, and that outcome is not the one that nearly all rows have."""
    count = int(group.sum())
    if not count or 0 < y[group].sum() < count:
        return False
    same = y == y[group][0]
    return bool(same.mean() <= MOST_USUAL and count >= max(_least(y, float(y[group][0])), LEAST_COVERED * same.sum()))


def _least(y: Array, outcome: float) -> int:
    return LEAST_RARE if (y == outcome).mean() <= 1 - MOST_USUAL else LEAST_OTHER


def never_fails(group: Array, y: Array, exceptions: float = 0.0) -> bool:
    """Whether all rows of the group have one outcome, and that is no luck: measured against the rate of their neighbours in time.

    So a column that began, or ended, when the outcome changed is not taken for one that knows it; nor one whose values last for a while
    where the outcomes do too (outcomes moved in time would leave it as pure).
    """
    count = int(group.sum())
    rate = float(y[group].mean()) if count else 0.5
    if count < _least(y, round(rate)) or min(rate, 1 - rate) > exceptions:
        return False
    reach = max(100, len(y) // 20)
    before = np.r_[0.0, np.cumsum(y)]
    rows = np.flatnonzero(group)
    low, high = np.maximum(0, rows - reach), np.minimum(len(y), rows + reach)
    near = (before[high] - before[low]) / (high - low)
    if float(np.log10(np.clip(near if rate > 0.5 else 1 - near, 1e-12, 1)).sum()) >= CHANCE:
        return False
    rows = rows[np.linspace(0, count - 1, min(count, 2000)).astype(int)]
    turns = np.linspace(0.02, 0.98, TURNS)
    pure = sum(abs(y[(rows + int(len(y) * share)) % len(y)].mean() - round(rate)) <= exceptions for share in turns)
    return bool(pure <= MOST_PURE)
