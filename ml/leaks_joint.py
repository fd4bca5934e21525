"""Leaks that show only in company: rates worked out with the rows' own outcomes, and two columns that only together know the outcome.

training rows → `group_rate` (one column), `together` (column → why). Asked by `leaks.py`; does not belong here: columns that leak alone.
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
BY_LUCK = 1e-6  # chance that honest rates lie so near the outcomes
LEAST_GROUPS = 12
LEAST_ALIKE = 0.8  # correlation of the column with the groups' own rates
MOST_ROWS = 6_000  # of which pairs are looked at
MOST_COLUMNS = 40  # of a kind; of more columns, pairs are too many
SEPARATE, SYNERGY = 0.96, 1.5  # AUC of the two; its d' over that of both as if they were independent
FEW = 12  # words, or values read as words


def group_rate(train: Table, name: str) -> str | None:
    """Why a column is the rate of yes of groups of rows, worked out with these rows' own outcomes; None when it is not.

    An honest rate is off the outcomes of n rows by √(p(1-p)/n). One that was made of these outcomes is not, and that is measurable: the
    squares of the gaps, each over what it should be, add up to a chi-square with one degree of freedom a group.
    Groups: the rows of a word in another column within which the column never changes; or else the rows of a value.
    """
    from scipy.stats import chi2

    values, y = train.columns[name], train.y
    known = ~np.isnan(values)
    if known.sum() < 100 or not 0 < y[known].sum() < known.sum():
        return None
    _, own = np.unique(values[known], return_inverse=True)
    for by, groups in [*_keys_of(train, name, known), ("", own)]:
        counts = np.bincount(groups)
        kept = counts[groups] >= 2
        labels, which = np.unique(groups[kept], return_inverse=True)
        if len(labels) < LEAST_GROUPS or kept.sum() < 0.5 * known.sum():
            continue
        n = np.bincount(which).astype(float)
        rate = np.bincount(which, weights=y[known][kept]) / n
        told = np.bincount(which, weights=values[known][kept]) / n
        told_of, rate_of = told - np.average(told, weights=n), rate - np.average(rate, weights=n)
        spread = np.sqrt(np.average(told_of**2, weights=n) * np.average(rate_of**2, weights=n))
        if not spread or (alike := float(np.average(told_of * rate_of, weights=n)) / spread) ** 2 < LEAST_ALIKE**2:
            continue
        slope = float(np.average(told_of * rate_of, weights=n) / np.average(told_of**2, weights=n))
        expected = np.clip(np.average(rate, weights=n) + slope * told_of, 1e-3, 1 - 1e-3)
        gaps = float(np.sum(n * (rate - expected) ** 2 / (expected * (1 - expected))))
        if chi2.cdf(gaps, len(labels) - 2) < BY_LUCK:
            group = f"of {by!r} " if by else ""
            return f"it is the rate of yes {group}in {len(labels)} groups, nearer ({abs(alike):.2f}) than a rate of other rows could be"
    return None


def _keys_of(train: Table, name: str, known: Array) -> list[tuple[str, Array]]:
    """Columns of words within which the column never changes, with each known row's word."""
    values, found = train.columns[name][known], []
    for other, kind in train.kinds.items():
        if kind != "text" or other not in train.columns:
            continue
        codes, words = coded(train.columns[other][known])
        if not LEAST_GROUPS <= len(words) <= 0.5 * len(codes) or (codes < 0).any():
            continue
        low, high = np.full(len(words), np.inf), np.full(len(words), -np.inf)
        np.minimum.at(low, codes, values)
        np.maximum.at(high, codes, values)
        if np.allclose(low, high):
            found.append((other, codes))
    return found


def together(train: Table) -> dict[str, str]:
    """Column → with which other it gives the outcome away, though neither does alone: by which is greater, by how much, or by both words.

    Two strong honest columns add up; a pair that was cut from one leak is much more than their sum. A column in several such pairs is
    named alone, else both are: the table cannot tell which was there first.
    """
    if len(train) > MOST_ROWS:
        train = train.rows(np.sort(np.concatenate([_spread(np.flatnonzero(train.y == outcome)) for outcome in (0, 1)])))
    if not 30 <= train.y.sum() <= len(train) - 30:
        return {}
    pairs: dict[tuple[str, str], float] = {}
    for kind in ("number", "time"):
        names = [c for c in train.columns if train.kinds[c] == kind and _moves(train.columns[c])]
        alone = {c: _both_ways(train.columns[c], train.y) for c in names}
        for one, other in combinations(names[:MOST_COLUMNS], 2):
            a, b = train.columns[one], train.columns[other]
            found = max(_both_ways(gap, train.y) for gap in _gaps(a, b))
            if _is_more(found, alone[one], alone[other]):
                pairs[one, other] = found
    words = {c: k for c in train.columns if (k := _as_words(train, c)) is not None}
    rated = {c: _rated(k, train.y) for c, k in words.items()}
    for one, other in combinations(list(words)[:MOST_COLUMNS], 2):
        found = _rated(words[one] * (FEW + 2) + words[other], train.y)
        if _is_more(found, rated[one], rated[other]):
            pairs.setdefault((one, other), found)
    return _named(pairs)


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
    """Differences and, of positive numbers, ratios; what both lack is in the middle."""
    gaps = [a - b]
    both = ~np.isnan(a) & ~np.isnan(b)
    if both.any() and (a[both] > 0).all() and (b[both] > 0).all():
        gaps.append(np.round(np.divide(a, b, out=np.full(len(a), np.nan), where=both), 6))
    return gaps


def _both_ways(values: Array, y: Array) -> float:
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


def _is_more(found: float, one: float, other: float) -> bool:
    if found < SEPARATE:
        return False
    normal = NormalDist()
    d, e, f = (normal.inv_cdf(min(max(a, 0.5), 0.9995)) for a in (one, other, found))
    return f > SYNERGY * float(np.hypot(d, e))


def _moves(values: Array) -> bool:
    known = values[~np.isnan(values)]
    return len(known) >= 0.2 * len(values) and bool((known != known[0]).any())
