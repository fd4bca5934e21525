"""Columns that know the outcome: found in the training rows before anything is learned.

training rows → `suspects` → column → reasons. A suspect is left out of the model and listed; a person says whether it was right.
A strong column is not a leak for being strong: evidence is asked for. Codes:
separates (alone it all but gives the label, or gives it like a switch) · decides (one word, or being other than the usual value, means one
outcome without exception) · filled_after (whether it is filled tells the outcome) · dated_after (times later than the row's own)
· named_after (its name speaks of the outcome, and it tells much) · written (`leaks_written.py`: how it is written, not what it says)
· group_rate, within, stepped (`leaks_joint.py`: only among other rows) · together (`leaks_pairs.py`: only with other columns).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from ml.columns import plain_name
from ml.features import prose
from ml.leaks_alone import FEW, alone, alone_in_words, drifts, exact_keys, keys_of, on_slope
from ml.leaks_joint import filled_together, group_rate, stepped, within, word_groups
from ml.leaks_pairs import foretold, together
from ml.leaks_sure import decides, decides_in_words, filled
from ml.leaks_written import MARKED, MORE, written
from ml.metrics import auc
from ml.table import Table

Array = np.ndarray[Any, Any]
SEPARATES = 0.96  # AUC of one column alone, learned on earlier rows and judged on later ones
SEPARATES_FEW = 0.93  # the same for a column of few values or words: one of them is then nearly the label
SEPARATES_SLOPE = 0.985  # the same for numbers that are unsure of a good part of the rows: a strong measurement is no leak for being strong
SWITCH, SURE = 0.85, (0.10, 0.90)  # from that AUC on a column must have a slope: rows of which it cannot be sure
LEAST_ON_SLOPE = 0.20
NAMED, NAMED_STRONGLY = 0.70, 0.60
DATED, DATED_IN_PART, TELLS_IN_PART = 0.90, 0.05, 0.65  # share of filled rows; AUC of being later
VERY_FEW = 4  # distinct numbers of which each may be a code
MOST_IN_PART, LEAST_IN_PART = 0.6, 15  # share of rows that a column says something of; rows of either outcome among them
MOST_ROWS = 200_000
_OUTCOME = re.compile(
    r"(^|_)(close|closed|closing|won|lost|outcome|converted|churned|cancelled|canceled|cancellation|refund|refunded|resolution|resolved|signed)(_|$)"
    r"|^((last|call|talk|phone)_)*duration(_(s|sec|secs|seconds|min|minutes|ms))?$"
)
_AFTER = re.compile(
    r"(^|_)(loss|result|status|stage|conversion|churn|cancel|paid|payment|ended|end|final|after|post|actual|approved|rejected|reason|duration)(_|$)"
)
_PLANNED = re.compile(
    r"(^|_)(expected|planned|scheduled|due|renewal|next|target|until|expiry|expires|expire|expiration|deadline|valid|"
    r"(trial|term|contract|subscription|licen[cs]e|warranty)_(end|ends))(_|$)"
)
_BEFORE = re.compile(
    r"(^|_)(previous|prev|prior|past|last|historic|former|expected|planned|scheduled|due|renewal|code|search|method|marital|employment|housing|back|"
    r"front|frequency|terms|contract|social|history|before|initial|at_signup|days_since|since|lead_stage|lead_status|buying_stage|stage_level|lifecycle|"
    r"clicks|visits|views|sessions|session|page|pages|traffic|channel|campaign|ads)(_|$)"
)


def suspects(train: Table) -> dict[str, list[str]]:
    """Column → codes with a number each, for columns that should not be trusted; in the order of the columns.

    Of a big table evenly spread rows are looked at.
    """
    if len(train) > MOST_ROWS:
        train = train.rows(np.linspace(0, len(train) - 1, MOST_ROWS).astype(int))
    at, groups = row_times(train), word_groups(train)
    found = {name: codes for name in train.columns if (codes := _codes(train, name, at, groups))}
    for code, look in (
        ("filled_after", filled_together),
        ("together", together),
        ("together", foretold),
        ("within", within),
        ("stepped", stepped),
    ):
        honest = train.only([name for name in train.columns if name not in found])
        found |= {name: [f"{code}: {said}"] for name, said in look(honest).items()}
    return {name: found[name] for name in train.columns if name in found}


def row_times(table: Table) -> Array | None:
    """When each row was made: the order when it is a time; of rows in file order the column of times that never falls; else None."""
    if table.order_kind == "time":
        return table.order
    for name, values in table.columns.items():
        if table.kinds[name] == "time" and not np.isnan(values).any() and (np.diff(values) >= 0).mean() > 0.999 and values[-1] > values[0]:
            return values
    return None


def _codes(train: Table, name: str, at: Array | None, groups: Sequence[tuple[str, Array]]) -> list[str]:
    values, kind, y = train.columns[name], train.kinds[name], train.y
    keys, words = keys_of(values, kind)
    said_in = prose(train, name)
    told = alone(keys, y) if said_in is None else alone_in_words(said_in, y)
    plain = plain_name(name)
    found = []
    if (said := _separates(values, kind, keys, len(words), y, told, said_in is not None)) is not None:
        found.append(f"separates: {said}")
    if (said := filled(keys < 0, y)) is not None:
        found.append(f"filled_after: {said}")
    if not found and (said := decides(values, kind, keys, words, y)) is not None:
        found.append(f"decides: {said}")
    if not found and said_in is None and (said := _told_in_part(keys, y)) is not None:
        found.append(f"separates: {said}")
    if not found and said_in is not None and (said := decides_in_words(said_in, y)) is not None:
        found.append(f"decides: {said}")
    if not found and (said := written(train, name, told, said_in is not None)) is not None:
        found.append(f"written: {said}")
    if kind == "number" and (said := group_rate(train, name, groups)) is not None:
        found.append(f"group_rate: {said}")
    if kind == "time" and at is not None and (said := _dated(values, at, y, bool(_PLANNED.search(plain)))) is not None:
        found.append(f"dated_after: {said}")
    if not found and not _BEFORE.search(plain):
        least = NAMED_STRONGLY if _OUTCOME.search(plain) else NAMED if _AFTER.search(plain) and said_in is None else 2.0
        if told >= least:
            found.append(f"named_after: its name speaks of the outcome, and alone it reaches AUC {told:.2f}")
    return found


def _separates(values: Array, kind: str, keys: Array, distinct: int, y: Array, told: float, is_prose: bool) -> str | None:
    """Why the column alone all but gives the label. `distinct`: its words, or its numbers up to `FEW` + 1 and more; `told`: its AUC."""
    is_number = kind != "text"
    least = SEPARATES_SLOPE if is_number else SEPARATES
    if not is_prose and distinct <= (VERY_FEW if is_number else FEW):
        least = SEPARATES_FEW
    if told >= least and (is_prose or not drifts(keys, y, least)):
        return f"alone it reaches AUC {told:.2f}"
    if not is_number or distinct <= VERY_FEW:
        return None
    if told >= SWITCH and (slope := on_slope(keys, y, SURE)) < LEAST_ON_SLOPE and not drifts(keys, y, SWITCH):
        return f"alone it reaches AUC {told:.2f}, and like a switch: of {1 - slope:.0%} of the rows it is sure"
    exact = exact_keys(values)
    if exact is not None and (by_value := alone(exact, y)) >= max(MARKED, told + MORE) and not drifts(exact, y, MARKED):
        return f"by its exact values, which come again, it reaches AUC {by_value:.2f}"
    return None


def _told_in_part(keys: Array, y: Array) -> str | None:
    """Why it all but gives the label where it says something: in most rows it is empty, or one usual value (`unknown`, 0)."""
    often = np.bincount(keys + 1)
    if often.max() < (1 - MOST_IN_PART) * len(y):
        return None
    rows = np.flatnonzero((keys >= 0) & (keys + 1 != often.argmax()))
    rare = min(y[rows].sum(), len(rows) - y[rows].sum())
    if rare < LEAST_IN_PART:
        return None
    told = alone(keys[rows], y[rows])
    if told >= SEPARATES_SLOPE and not drifts(keys[rows], y[rows], SEPARATES_SLOPE):
        return f"in the {len(rows) / len(y):.0%} of rows of which it says something it reaches AUC {told:.2f}"
    return None


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
