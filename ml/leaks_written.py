"""Leaks that show in how a value is written, not in what it says: even numbers, whole amounts, a clock at midnight, capitals, a domain.

training rows → `written` (a column → why, or None). A mark has few values; it must all but give the label where the values do not.
Does not belong here: what the values say (`leaks_alone.py`, `leaks_sure.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from ml.features import coded
from ml.leaks_alone import alone, drifts, keys_of
from ml.leaks_sure import sure_word
from ml.table import Table

Array = np.ndarray[Any, Any]
MARKED = 0.90  # AUC of a mark alone
MORE = 0.05  # by which it must tell more than the column's own values
FEWEST = 12  # values; of fewer, each is looked at by itself
MOST_ROWS = 20_000
MOST_DIGITS = 2.0**53  # from there on, whole numbers lose their last digits
_WORD = re.compile(r"[^\W_]+")


def written(train: Table, name: str, told: float, is_prose: bool) -> str | None:
    """How the column is written gives the outcome away. `told`: the AUC of its values alone. Words of prose are looked at elsewhere."""
    if len(train) > MOST_ROWS:
        train = train.rows(np.linspace(0, len(train) - 1, MOST_ROWS).astype(int))
    values, kind, y = train.columns[name], train.kinds[name], train.y
    if not 0 < y.sum() < len(y):
        return None
    for mark, keys in _marks(values, kind):
        if len(np.unique(keys)) < 2:
            continue
        found = alone(keys, y)
        if found >= MARKED and found > told + MORE and not drifts(keys, y, MARKED):
            return f"{mark} reaches AUC {found:.2f} alone, its values {told:.2f}"
    if kind != "text" or is_prose:
        return None
    codes, words = coded(values)
    if len(words) <= FEWEST:
        return None
    parts = [set(_WORD.findall(w.lower())) for w in words.tolist()]
    return sure_word(((row, parts[code]) for row, code in enumerate(codes.tolist()) if code >= 0), y, "rows")


def _marks(values: Array, kind: str) -> Iterator[tuple[str, Array]]:
    """(what is looked at, a key of each row; -1 where the column is empty)."""
    if kind == "text":
        yield from _of_words(*coded(values))
        return
    known = ~np.isnan(values) & (np.abs(np.nan_to_num(values)) < MOST_DIGITS)
    if len(np.unique(values[known])) <= FEWEST:
        return
    if kind == "time":
        seconds = np.round(values[known] * 86_400).astype(np.int64)
        found = {
            "whether it has a clock": (seconds % 86_400 != 0).astype(int), "its hour": seconds // 3600 % 24,
            "its second": seconds % 60, "its day of the week": seconds // 86_400 % 7,
        }  # fmt: skip
    else:
        shown = values[known]
        digits = sum(
            (np.abs(shown * 10.0**n - np.round(shown * 10.0**n)) > 1e-6 * np.maximum(1, np.abs(shown))).astype(int) for n in range(5)
        )
        found = {"how many digits follow the point": np.asarray(digits)}
        if (shown == np.floor(shown)).all():
            whole = np.abs(shown).astype(np.int64)
            found = {
                "whether it is even": whole % 2,
                "its rest by three": whole % 3,
                "its last digit": whole % 10,
                "its last two": whole % 100,
            }
        elif (found["how many digits follow the point"] == 2).mean() > 0.2:
            found["its cents"] = np.round(np.abs(shown) * 100).astype(np.int64) % 100
    for mark, keys in found.items():
        out = np.full(len(values), -1)
        out[known] = keys
        yield mark, out


def _of_words(codes: Array, words: Array) -> Iterator[tuple[str, Array]]:
    if len(words) <= FEWEST:
        return
    said = [str(w) for w in words.tolist()]
    marks = {
        "the case of its letters": [w.isupper() * 4 + w.islower() * 2 + w.istitle() for w in said],
        "its length": [len(w) for w in said],
        "its first letter": [ord(w[0]) for w in said],
        "its last letter": [ord(w[-1]) for w in said],
        "whether it has digits": [any(c.isdigit() for c in w) for w in said],
        "its signs": [_number_of(re.sub(r"[\w\s]+", "", w)) for w in said],
    }
    for mark, of_word in marks.items():
        keys = np.array(of_word, dtype=float)[codes]
        keys[codes < 0] = np.nan
        yield mark, keys_of(keys, "number")[0] if mark == "its length" else _as_keys(keys)


def _number_of(signs: str) -> int:
    """A number for the signs of a word, the same on every run; long rows of signs count by their first five."""
    return sum(ord(c) * 997**at for at, c in enumerate(signs[:5]))


def _as_keys(values: Array) -> Array:
    known = ~np.isnan(values)
    keys = np.full(len(values), -1)
    keys[known] = np.unique(values[known], return_inverse=True)[1]
    return keys
