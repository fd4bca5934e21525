"""Columns that know the outcome: found in the training rows before anything is learned.

training rows → `suspects` → column → reasons. A suspect is left out of the model and listed; a person says whether it was right.
A strong column is not a leak for being strong: evidence is asked for. Codes:
separates (alone it all but gives the label, or gives it like a switch) · decides (one word, or being other than the usual value, means one
outcome without exception) · filled_after (whether it is filled tells the outcome) · dated_after (times later than the row's own)
· named_after (its name speaks of the outcome, and it tells much) · group_rate, together (`leaks_joint.py`).
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from ml import text
from ml.columns import plain_name
from ml.features import SMOOTHING, coded, prose
from ml.leaks_joint import group_rate, together
from ml.metrics import auc, auc_se
from ml.table import Table

Array = np.ndarray[Any, Any]
SEPARATES = 0.96  # AUC of one column alone, learned on earlier rows and judged on later ones
SEPARATES_FEW = 0.90  # the same for a column of few values or of words: one such value is then nearly the label
SWITCH, SLOPE = 0.85, (0.10, 0.90)  # from that AUC on a column must have a slope: rows of which it cannot be sure
LEAST_ON_SLOPE = 0.20
FILLED = 0.80
NAMED, NAMED_STRONGLY = 0.70, 0.60
DATED, DATED_IN_PART, TELLS_IN_PART = 0.90, 0.05, 0.65  # share of filled rows; AUC of being later
LEAST_TO_JUDGE = 30  # of each outcome
FEW, VERY_FEW = 12, 4  # distinct numbers; of so few each may be a code, of more they are counts or grades
LEAST_ROWS = 50  # of a word that never fails
LEAST_OTHER, LEAST_RARE = 30, 15  # of rows filled, or with another value than the usual one, that never fail; of an outcome under a tenth
LEAST_COVERED = 0.25  # so many rows of an outcome they must hold: a habit of after the outcome is no rare event
MOST_USUAL = 0.9  # of an outcome that nearly all rows have, it is no wonder when some value never misses it
CHANCE = -6.0  # log10 of the chance that honest rows would look like that
MOST_ROWS = 200_000
MOST_WORDS = 200  # of a column; a word among more does not hold a good part of an outcome
_OUTCOME = re.compile(
    r"(^|_)(close|closed|closing|won|lost|outcome|converted|churned|cancelled|canceled|cancellation|refund|refunded|resolution|resolved|signed)(_|$)"
    r"|^((last|call|talk|phone)_)*duration(_(s|sec|secs|seconds|min|minutes|ms))?$"
)
_AFTER = re.compile(
    r"(^|_)(loss|result|status|stage|conversion|churn|cancel|paid|payment|ended|end|final|after|post|actual|approved|rejected|reason|duration)(_|$)"
)
_DIGITS = re.compile(r"\d+")
_PLANNED = re.compile(
    r"(^|_)(expected|planned|scheduled|due|renewal|next|target|until|expiry|expires|expire|expiration|deadline|valid|"
    r"(trial|term|contract|subscription|licen[cs]e|warranty)_(end|ends))(_|$)"
)
_BEFORE = re.compile(
    r"(^|_)(previous|prev|prior|past|last|historic|former|expected|planned|scheduled|due|renewal|code|search|method|marital|employment|housing|back|"
    r"front|frequency|terms|contract|social|history|before|initial|at_signup|days_since|since|lead_stage|lead_status|lifecycle|"
    r"clicks|visits|views|sessions|session|page|pages|traffic|channel|campaign|ads)(_|$)"
)


def suspects(train: Table) -> dict[str, list[str]]:
    """Column → codes with a number each, for columns that should not be trusted; in the order of the columns.

    Of a big table evenly spread rows are looked at.
    """
    if len(train) > MOST_ROWS:
        train = train.rows(np.linspace(0, len(train) - 1, MOST_ROWS).astype(int))
    at = row_times(train)
    found = {name: codes for name in train.columns if (codes := _codes(train, name, at))}
    honest = train.only([name for name in train.columns if name not in found])
    found |= {name: [f"together: {said}"] for name, said in together(honest).items()}
    return {name: found[name] for name in train.columns if name in found}


def row_times(table: Table) -> Array | None:
    """When each row was made: the order when it is a time; of rows in file order the column of times that never falls; else None."""
    if table.order_kind == "time":
        return table.order
    for name, values in table.columns.items():
        if table.kinds[name] == "time" and not np.isnan(values).any() and (np.diff(values) >= 0).mean() > 0.999 and values[-1] > values[0]:
            return values
    return None


def _codes(train: Table, name: str, at: Array | None) -> list[str]:
    values, kind, y = train.columns[name], train.kinds[name], train.y
    keys, words = _keys(values, kind)
    missing = keys < 0
    said_in = prose(train, name)
    alone = _alone(keys, y) if said_in is None else _alone_in_words(said_in, y)
    is_few = (kind == "text" and said_in is None) or len(words) <= VERY_FEW
    plain = plain_name(name)
    found = []
    if alone >= (SEPARATES_FEW if is_few else SEPARATES):
        found.append(f"separates: alone it reaches AUC {alone:.2f}")
    elif alone >= SWITCH and not is_few and said_in is None and (slope := _on_slope(keys, y)) < LEAST_ON_SLOPE:
        found.append(f"separates: alone it reaches AUC {alone:.2f}, and like a switch: of {1 - slope:.0%} of the rows it is sure")
    if (told := _filled(missing, y)) is not None:
        found.append(f"filled_after: {told}")
    if not found and (said := _decides(values, kind, keys, words, y)) is not None:
        found.append(f"decides: {said}")
    if not found and said_in is not None and (said := _decides_in_words(said_in, y)) is not None:
        found.append(f"decides: {said}")
    if kind == "number" and (said := group_rate(train, name)) is not None:
        found.append(f"group_rate: {said}")
    if kind == "time" and at is not None and (said := _dated(values, at, y, bool(_PLANNED.search(plain)))) is not None:
        found.append(f"dated_after: {said}")
    if not found and not _BEFORE.search(plain):
        least = NAMED_STRONGLY if _OUTCOME.search(plain) else NAMED if _AFTER.search(plain) and said_in is None else 2.0
        if alone >= least:
            found.append(f"named_after: its name speaks of the outcome, and alone it reaches AUC {alone:.2f}")
    return found


def _keys(values: Array, kind: str) -> tuple[Array, Array]:
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


def _alone(keys: Array, y: Array) -> float:
    """AUC of the column alone: rates of bins or words of the first 60 % rank the other 40 %; or of two rows in three, the third.

    The second shows a code that is only used later in time. Each is judged by all rows of an outcome that there are: of few it is luck.
    """
    cut = int(len(y) * 0.6)
    both = []
    if min(y[cut:].sum(), len(y) - cut - y[cut:].sum()) >= LEAST_TO_JUDGE:
        both.append(_rated(keys[:cut], y[:cut], keys[cut:], y[cut:]))
    third, told = np.arange(len(y)) % 3, np.full(len(y), np.nan)
    for part in range(3):
        here = third == part
        told[here] = _rates(keys[~here], y[~here], keys[here])
    if not np.isnan(told).any() and 0 < y.sum() < len(y):
        few = y.sum() < 2 * LEAST_TO_JUDGE or len(y) - y.sum() < 2 * LEAST_TO_JUDGE
        both.append(auc(y, told) - (auc_se(y, told) if few else 0.0))
    return max((a for a in both if not np.isnan(a)), default=0.5)


def _alone_in_words(texts: list[str], y: Array) -> float:
    cut = int(len(y) * 0.6)
    if not 0 < y[cut:].sum() < len(y) - cut:
        return 0.5
    return auc(y[cut:], text.score_words(texts[cut:], text.fit_words(texts[:cut], y[:cut])))


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


def _on_slope(keys: Array, y: Array) -> float:
    """Share of the rows in bins of which the column is not sure; a column that is nearly the label has hardly any.

    With an outcome as rare as the slope's foot nothing is on the slope, so each outcome counts half.
    """
    counts = np.bincount(keys + 1).astype(float)
    yes = np.bincount(keys + 1, weights=y)
    weighted = yes / y.mean() / 2 + (counts - yes) / (1 - y.mean()) / 2
    rate = np.divide(yes / y.mean() / 2, weighted, out=np.zeros_like(weighted), where=weighted > 0)
    unsure = (rate > SLOPE[0]) & (rate < SLOPE[1])
    return float(weighted[unsure].sum() / weighted.sum())


def _filled(missing: Array, y: Array) -> str | None:
    filled = ~missing
    if not (20 <= filled.sum() <= len(y) - 20):
        return None
    with_it, without = float(y[filled].mean()), float(y[missing].mean())
    strength = auc(y, filled.astype(float))
    if max(strength, 1 - strength) >= FILLED or _never_fails(filled, y) or _never_fails(missing, y):
        return f"{with_it:.0%} yes where filled, {without:.0%} where empty"
    return None


def _decides(values: Array, kind: str, keys: Array, words: Array, y: Array) -> str | None:
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
            if _covers(keys == key, y) and _never_fails(keys == key, y):
                return f"{counts[key]:.0f} rows with {words[key]!r} are all {'yes' if y[keys == key][0] else 'no'}"
        for key in sure:
            if _never_fails(keys == key, y, 0.005):
                said = words[key] if kind == "text" else words[max(0, int(key) - 1)]
                return f"{counts[key]:.0f} rows with {said!r} are all but all {outcome}"
        if kind == "text":
            return None
    usual, times = np.unique(values[known].astype(float), return_counts=True)
    if not len(usual) or times.max() < 0.2 * len(y):
        return None
    other = known & (values != usual[times.argmax()])
    if _covers(other, y) and _never_fails(other, y):
        outcome = "yes" if y[other][0] else "no"
        return f"{int(other.sum())} rows with another value than {usual[times.argmax()]:g} are all {outcome}"
    return None


def _decides_in_words(texts: list[str], y: Array) -> str | None:
    """A word, or two, that a good part of one outcome's texts hold and none of the other's."""
    rows: dict[str, list[int]] = {}
    at = np.linspace(0, len(y) - 1, min(len(y), text.MOST_TEXTS)).astype(int)
    for row in at.tolist():
        for word in text.words_of(texts[row]):
            rows.setdefault(word, []).append(row)
    for word, held in sorted(rows.items(), key=lambda w: (-len(w[1]), w[0])):
        if len(held) < LEAST_RARE:
            return None
        group = np.zeros(len(y), dtype=bool)
        group[held] = True
        if 0 < y[group].sum() < len(held):
            continue
        if _covers(group[at], y[at]) and _never_fails(group[at], y[at]):
            return f"{len(held)} texts with {word!r} are all {'yes' if y[group][0] else 'no'}"
    return None


def _covers(group: Array, y: Array) -> bool:
    """Whether a group is of one outcome, holds a good part of it, and that outcome is not the one that nearly all rows have."""
    count = int(group.sum())
    if not count or 0 < y[group].sum() < count:
        return False
    same = y == y[group][0]
    return bool(same.mean() <= MOST_USUAL and count >= max(_least(y, float(y[group][0])), LEAST_COVERED * same.sum()))


def _least(y: Array, outcome: float) -> int:
    return LEAST_RARE if (y == outcome).mean() <= 1 - MOST_USUAL else LEAST_OTHER


def _never_fails(group: Array, y: Array, exceptions: float = 0.0) -> bool:
    """Whether all rows of the group have one outcome, and that is no luck: measured against the rate of their neighbours in time.

    So a column that began, or ended, when the outcome changed is not taken for one that knows it.
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
    return float(np.log10(np.clip(near if rate > 0.5 else 1 - near, 1e-12, 1)).sum()) < CHANCE


def _dated(values: Array, at: Array, y: Array, is_planned: bool) -> str | None:
    known = ~np.isnan(values)
    if known.sum() < 20 or np.allclose(values, at, equal_nan=True, rtol=0, atol=1e-9):
        return None
    here, there = values, at
    if (there == np.floor(there)).all():
        here = np.floor(values)  # the row has a day and no clock: the same day is not later
    later = known & (here > there + 1e-9)
    share = float(later.sum() / known.sum())
    by_rule = share >= DATED and len(np.unique(np.round(lag := (here - there)[known], 6))) <= 3 and lag.min() >= 1
    if by_rule:
        return None  # always so many days ahead (the end of a trial, a first reminder): a rule made it, and it tells nothing
    if share >= DATED and not is_planned:
        return f"{share:.0%} of its times are later than the row's"
    rare = y == float(y.mean() <= 0.5)
    if not is_planned and later.sum() >= 20 and (share >= DATED_IN_PART or (later & rare).sum() >= 0.3 * rare.sum()):
        strength = auc(y, later.astype(float))
        if max(strength, 1 - strength) >= TELLS_IN_PART:
            return f"{share:.0%} of its times are later than the row's, and which ones tells the outcome"
    return None
