"""Columns that only together know the outcome: two by which is greater or by both words, one by how far it is off what others foretell.

training rows → `together`, `foretold` (column → why). Asked by `leaks.py`; does not belong here: columns that leak alone.
"""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from statistics import NormalDist
from typing import Any

import numpy as np

from ml.features import coded
from ml.metrics import auc
from ml.table import Table

Array = np.ndarray[Any, Any]
MOST_ROWS = 6_000  # of which pairs are looked at
MOST_COLUMNS = 40  # of a kind; of more columns, pairs are too many
SEPARATE, SYNERGY = 0.96, 1.5  # AUC of the two; its d' over that of both as if they were independent
LEAST_FORETOLD = 0.5  # share of a column's variance that the others must explain
MOST_SUMMED, LEAST_PART = 5, 0.05  # columns of such a sum beside the named one; share of its variance that each must explain
FEW = 12  # words, or values read as words


def together(train: Table) -> dict[str, str]:
    """Column → with which other it gives the outcome away, though neither does alone: by which is greater, by how much, or by both words.

    Two strong honest columns add up; a pair that was cut from one leak is much more than their sum. A column in several such pairs is
    named alone, else both are: the table cannot tell which was there first.
    """
    train = looked_at(train)
    if not 30 <= train.y.sum() <= len(train) - 30:
        return {}
    pairs: dict[tuple[str, str], float] = {}
    for kind in ("number", "time"):
        names = [c for c in train.columns if train.kinds[c] == kind and _moves(train.columns[c])]
        alone = {c: both_ways(train.columns[c], train.y) for c in names}
        for one, other in combinations(names[:MOST_COLUMNS], 2):
            a, b = train.columns[one], train.columns[other]
            found = max(both_ways(gap, train.y) for gap in _gaps(a, b))
            if is_more(found, alone[one], alone[other]):
                pairs[one, other] = found
    words = {c: k for c in train.columns if (k := _as_words(train, c)) is not None}
    rated = {c: _rated(k, train.y) for c, k in words.items()}
    for one, other in combinations(list(words)[:MOST_COLUMNS], 2):
        found = _rated(words[one] * (FEW + 2) + words[other], train.y)
        if is_more(found, rated[one], rated[other]):
            pairs.setdefault((one, other), found)
    pairs |= {pair: found for pair, found in _same_words(train).items() if is_more(found, 0.5, 0.5)}
    return _named(pairs)


def foretold(train: Table) -> dict[str, str]:
    """Number column → why its distance from what the other numbers foretell of it (`total` from `net` and `tax`) gives the outcome away.

    One column of such a sum is named, the one whose distance tells most: without it the others tell nothing.
    """
    train = looked_at(train)
    if not 30 <= train.y.sum() <= len(train) - 30:
        return {}
    names = [c for c in train.columns if train.kinds[c] == "number" and _moves(train.columns[c])][:MOST_COLUMNS]
    if len(names) < 3:
        return {}
    values = np.column_stack([_centred(train.columns[c]) for c in names])
    alone = np.array([both_ways(v, train.y) for v in values.T])
    off: dict[str, float] = {}
    for at, name in enumerate(names):
        gap, used = _gap(values, at)
        found = both_ways(np.round(gap, 9), train.y)
        if gap.var() <= (1 - LEAST_FORETOLD) * values[:, at].var() and is_more(found, alone[at], float(alone[used].max(initial=0.5))):
            off[name] = found
    if not off:
        return {}
    name = max(off, key=lambda c: off[c])
    return {name: f"how far it is off what the other numbers foretell of it reaches AUC {off[name]:.2f}, far above what each tells alone"}


def _gap(values: Array, at: int) -> tuple[Array, list[int]]:
    """(what the column is off by, the columns that foretell it): few of them, each of which explains a part that the others do not.

    All columns at once would also explain the outcome, and hide it.
    """
    gap, used = values[:, at], [at]
    while len(used) <= MOST_SUMMED:
        rest = [other for other in range(values.shape[1]) if other not in used]
        if not rest:
            break
        best = max(rest, key=lambda other: abs(float(gap @ values[:, other])))
        terms = values[:, [*used[1:], best]]
        left = values[:, at] - terms @ np.linalg.lstsq(terms, values[:, at], rcond=None)[0]
        if gap.var() - left.var() < LEAST_PART * values[:, at].var():
            break
        gap, used = left, [*used, best]
    return gap, used[1:]


def _centred(values: Array) -> Array:
    """Mean 0, deviation 1, what is missing in the middle."""
    known = values[~np.isnan(values)]
    spread = float(known.std()) or 1.0
    found: Array = np.where(np.isnan(values), 0.0, (values - known.mean()) / spread)
    return found


def looked_at(train: Table) -> Table:
    """At most `MOST_ROWS` rows, as many of each outcome."""
    if len(train) <= MOST_ROWS:
        return train
    return train.rows(np.sort(np.concatenate([_spread(np.flatnonzero(train.y == outcome)) for outcome in (0, 1)])))


def _spread(rows: Array) -> Array:
    """Half of `MOST_ROWS`, evenly spread: a rare outcome keeps its rows, and an AUC does not mind."""
    found: Array = rows[np.unique(np.linspace(0, len(rows) - 1, min(len(rows), MOST_ROWS // 2)).astype(int))]
    return found


def _named(pairs: dict[tuple[str, str], float]) -> dict[str, str]:
    """The columns to leave out so that no pair is left, those of most pairs first."""
    out: dict[str, str] = {}
    while pairs:
        often = Counter(c for pair in pairs for c in pair)
        most = max(often.values())
        pair = max(pairs, key=lambda p: (max(often[c] for c in p), pairs[p]))
        for name in [c for c in pair if often[c] == most and most > 1][:1] or pair:
            other = pair[1] if name == pair[0] else pair[0]
            out[name] = f"with {other!r} it reaches AUC {pairs[pair]:.2f}, far above what the two tell alone"
        pairs = {p: v for p, v in pairs.items() if not set(p) & set(out)}
    return out


def _gaps(a: Array, b: Array) -> list[Array]:
    """Difference, distance, and of positive numbers the ratio and whether one goes into the other; what both lack is in the middle."""
    gaps = [a - b, np.abs(a - b)]
    both = ~np.isnan(a) & ~np.isnan(b)
    if both.any() and (a[both] > 0).all() and (b[both] > 0).all():
        gaps.append(np.round(np.divide(a, b, out=np.full(len(a), np.nan), where=both), 6))
        times = np.divide(np.maximum(a, b), np.minimum(a, b), out=np.full(len(a), np.nan), where=both)
        gaps.append(np.where(both, (np.abs(times - np.round(times)) < 1e-6 * times).astype(float), np.nan))
    return gaps


def _same_words(train: Table) -> dict[tuple[str, str], float]:
    """Of two columns of many words, most of them in common: the AUC of whether a row has the same word in both."""
    said = {c: coded(train.columns[c]) for c in train.columns if train.kinds[c] == "text"}
    many = {c: set(words.tolist()) for c, (_, words) in said.items() if len(words) > FEW}
    found: dict[tuple[str, str], float] = {}
    for one, other in combinations(list(many)[:MOST_COLUMNS], 2):
        if len(many[one] & many[other]) >= 0.5 * min(len(many[one]), len(many[other])):
            same = train.columns[one] == train.columns[other]
            found[one, other] = both_ways(same.astype(float), train.y)
    return found


def both_ways(values: Array, y: Array) -> float:
    """AUC of the numbers, whichever way they point; a missing one lies in the middle."""
    known = values[~np.isnan(values)]
    if not len(known):
        return 0.5
    found = auc(y, np.where(np.isnan(values), np.median(known), values))
    return max(found, 1 - found)


def _as_words(train: Table, name: str) -> Array | None:
    values = train.columns[name]
    codes, words = coded(values) if train.kinds[name] == "text" else _numbered(values)
    return codes + 1 if 1 < len(words) <= FEW else None


def _numbered(values: Array) -> tuple[Array, Array]:
    known = np.unique(values[~np.isnan(values)])
    return np.where(np.isnan(values), -1, np.searchsorted(known, values)), known


def _rated(keys: Array, y: Array) -> float:
    """AUC of the rates that two rows in three give to the third."""
    told = np.zeros(len(y))
    for part in range(3):
        here = np.arange(len(y)) % 3 == part
        n = np.bincount(keys[~here], minlength=int(keys.max()) + 1)
        yes = np.bincount(keys[~here], weights=y[~here], minlength=int(keys.max()) + 1)
        told[here] = ((yes + 5 * y.mean()) / (n + 5))[keys[here]]
    return auc(y, told)


def is_more(found: float, one: float, other: float) -> bool:
    if found < SEPARATE:
        return False
    normal = NormalDist()
    d, e, f = (normal.inv_cdf(min(max(a, 0.5), 0.9995)) for a in (one, other, found))
    return f > SYNERGY * float(np.hypot(d, e))


def _moves(values: Array) -> bool:
    known = values[~np.isnan(values)]
    return len(known) >= 0.2 * len(values) and bool((known != known[0]).any())
