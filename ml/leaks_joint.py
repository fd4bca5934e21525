"""Leaks that show only in groups of rows: rates and counts of their own outcomes, order within a group, fields filled together.

training rows → `group_rate` (one column), `within`, `stepped`, `filled_together` (column → why). Asked by `leaks.py`.
Does not belong here: columns that leak alone, several columns of numbers (`leaks_pairs.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ml.features import coded
from ml.leaks_pairs import both_ways, is_more, looked_at
from ml.table import Table

Array = np.ndarray[Any, Any]
BY_LUCK = 1e-6  # chance that honest rates lie so near the outcomes
LEAST_GROUPS = 12
LEAST_ALIKE = 0.8  # correlation of the column with the groups' own rates
MOST_COLUMNS = 40  # of numbers, and of groups
FILLED, LEAST_FILLED, TELLS = 0.93, 3, 0.6  # AUC of how many fields are filled; fields; AUC of each that is named


def group_rate(train: Table, name: str, groups: Sequence[tuple[str, Array]]) -> str | None:
    """Why a column is the rate of yes of groups of rows, worked out with these rows' own outcomes; None when it is not.

    An honest rate is off the outcomes of n rows by √(p(1-p)/n). One that was made of these outcomes is not, and that is measurable: the
    squares of the gaps, each over what it should be, add up to a chi-square with one degree of freedom a group.
    `groups`: `word_groups` of the table. Looked at are the rows of a word in another column within which this one never changes; or else
    the rows of a value. Of a count, the same holds once it is divided by the rows.
    """
    values, y = train.columns[name], train.y
    known = ~np.isnan(values)
    if known.sum() < 100 or not 0 < y[known].sum() < known.sum():
        return None
    _, own = np.unique(values[known], return_inverse=True)
    for by, group in [*_unmoved(groups, values, known), ("", own)]:
        counts = np.bincount(group)
        kept = counts[group] >= 2
        labels, which = np.unique(group[kept], return_inverse=True)
        if len(labels) < LEAST_GROUPS or kept.sum() < 0.5 * known.sum():
            continue
        n = np.bincount(which).astype(float)
        rate = np.bincount(which, weights=y[known][kept]) / n
        told = np.bincount(which, weights=values[known][kept]) / n
        for what, meant in (("rate", told), ("count", told / n)) if by else (("rate", told),):
            if (alike := _too_near(meant, rate, n)) is not None:
                whose = f"of {by!r} " if by else ""
                return f"it is the {what} of yes {whose}in {len(labels)} groups, nearer ({alike:.2f}) than a {what} of other rows could be"
    return None


def _too_near(told: Array, rate: Array, n: Array) -> float | None:
    """The correlation of what was told with the rates of groups of n rows, when it is nearer than chance allows; else None."""
    from scipy.stats import chi2

    told_of, rate_of = told - np.average(told, weights=n), rate - np.average(rate, weights=n)
    spread = np.sqrt(np.average(told_of**2, weights=n) * np.average(rate_of**2, weights=n))
    if not spread or (alike := float(np.average(told_of * rate_of, weights=n)) / spread) ** 2 < LEAST_ALIKE**2:
        return None
    slope = float(np.average(told_of * rate_of, weights=n) / np.average(told_of**2, weights=n))
    expected = np.clip(np.average(rate, weights=n) + slope * told_of, 1e-3, 1 - 1e-3)
    gaps = float(np.sum(n * (rate - expected) ** 2 / (expected * (1 - expected))))
    return abs(alike) if chi2.cdf(gaps, len(n) - 2) < BY_LUCK else None


def word_groups(train: Table) -> list[tuple[str, Array]]:
    """Columns of words that come again, none missing, with a number of the word for each row; worked out once for a table."""
    found = []
    for name in train.columns:
        if train.kinds[name] == "text":
            codes, words = coded(train.columns[name])
            if LEAST_GROUPS <= len(words) <= 0.5 * len(codes) and not (codes < 0).any():
                found.append((name, codes))
    return found


def _unmoved(groups: Sequence[tuple[str, Array]], values: Array, known: Array) -> list[tuple[str, Array]]:
    """Those within whose words the values never change, with each known row's word."""
    found = []
    for name, codes in groups:
        size = int(codes.max()) + 1
        low, high = np.full(size, np.inf), np.full(size, -np.inf)
        np.minimum.at(low, codes[known], values[known])
        np.maximum.at(high, codes[known], values[known])
        if (high - low <= 1e-8 * np.maximum(1.0, np.abs(high)))[np.isfinite(low)].all():
            found.append((name, codes[known]))
    return found


def within(train: Table) -> dict[str, str]:
    """Number column → the column of words within whose groups it ranks the outcome, though over all rows it does not.

    So a rate that leaves the row itself out is found: it is lower for each yes of a group than for each no.
    """
    train = looked_at(train)
    if not 30 <= train.y.sum() <= len(train) - 30:
        return {}
    numbers = [c for c in train.columns if train.kinds[c] == "number"][:MOST_COLUMNS]
    out: dict[str, str] = {}
    for by in [c for c in train.columns if train.kinds[c] == "text"][:MOST_COLUMNS]:
        codes, words = coded(train.columns[by])
        if not LEAST_GROUPS <= len(words) <= 0.5 * len(codes):
            continue
        for name in [c for c in numbers if c not in out]:
            values = train.columns[name]
            known = ~np.isnan(values) & (codes >= 0)
            if not known.any():  # where one is told the other is not
                continue
            found, groups = _within(values[known], codes[known], train.y[known])
            if groups >= LEAST_GROUPS and is_more(max(found, 1 - found), both_ways(values, train.y), 0.5):
                out[name] = f"among the rows of one {by!r} it reaches AUC {max(found, 1 - found):.2f}, in {groups} of them"
    return out


def _within(values: Array, groups: Array, y: Array) -> tuple[float, int]:
    """(AUC over the pairs of rows of one group, groups that hold both outcomes)."""
    order = np.lexsort((values, groups))
    group, value, yes = groups[order], values[order], y[order]
    is_first = np.r_[True, group[1:] != group[:-1]]
    starts = np.flatnonzero(is_first | np.r_[True, value[1:] != value[:-1]])
    ends = np.r_[starts[1:], len(order)]
    rank = np.repeat((starts + 1 + ends) / 2, ends - starts) - np.maximum.accumulate(np.where(is_first, np.arange(len(order)), 0))
    at = np.cumsum(is_first) - 1
    rows, won = np.bincount(at), np.bincount(at, weights=yes)
    above = np.bincount(at, weights=rank * yes) - won * (won + 1) / 2
    pairs = won * (rows - won)
    return (float(above.sum() / pairs.sum()) if pairs.any() else 0.5), int((pairs > 0).sum())


def stepped(train: Table) -> dict[str, str]:
    """Number or time column → why its step from the row before gives the outcome away (a count that goes on with every yes), though the
    column itself does not. Rows are in their order."""
    if not 30 <= train.y.sum() <= len(train) - 30:
        return {}
    out: dict[str, str] = {}
    for name in [c for c in train.columns if train.kinds[c] != "text"]:
        values = train.columns[name]
        if np.isnan(values).mean() > 0.5:
            continue
        found = both_ways(np.r_[0.0, np.diff(values)], train.y)
        if is_more(found, both_ways(values, train.y), 0.5):
            out[name] = f"its step from the row before reaches AUC {found:.2f}"
    return out


def filled_together(train: Table) -> dict[str, str]:
    """Columns that are filled in part → that how many of them are filled gives the outcome away, though no one of them does."""
    y = train.y
    if not 30 <= y.sum() <= len(y) - 30:
        return {}
    has = {c: ~_missing(train.columns[c]) for c in train.columns}
    has = {c: h.astype(float) for c, h in has.items() if 20 <= h.sum() <= len(y) - 20}
    if len(has) < LEAST_FILLED:
        return {}
    found = both_ways(np.sum(list(has.values()), axis=0), y)
    tell = [c for c, h in has.items() if both_ways(h, y) >= TELLS]
    if found < FILLED or len(tell) < LEAST_FILLED:
        return {}
    return dict.fromkeys(tell, f"how many of {len(has)} columns are filled reaches AUC {found:.2f}")


def _missing(values: Array) -> Array:
    found: Array = coded(values)[0] < 0 if values.dtype == object else np.isnan(values)
    return found
