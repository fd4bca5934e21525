"""Whether what was learned still holds: the ranking over the newest rows, part by part, and columns whose meaning turned round or faded.

judging rows → `quarters` → `course` (after the folds) · `lost` (a sentence, or None) · table → `columns` (what each told, by period).
Does not belong here: skill over all rows (`skill.py`), columns that are spread otherwise than before (`evaluate.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from ml.features import coded, prose, why_unused
from ml.metrics import auc, auc_se
from ml.table import Table
from ml.train import FOLD_EDGES, Tried

Array = np.ndarray[Any, Any]
QUARTERS = 4  # of the judging rows
LEAST_OF_EACH = 5  # outcomes in a part
FELL, LEAST_LEFT = 3.0, 1.0  # standard errors: by which the newest rows lie below the folds, by which they must lie above one half
PERIODS = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 1.0)  # shares of all rows; the last two are the rows that judge
BY_LUCK = 0.001  # chance that any column of a table without drift is told of
SURE, NOTHING = 2.5, 2.0  # standard errors from one half: it tells; it tells nothing
MOST_ROWS = 40_000
MOST_COLUMNS = 200
SMOOTHING = 10.0


def quarters(y: Array, p: Array) -> list[tuple[int, float, float]]:
    """(number, AUC, standard error) of the quarters of the judging rows that hold enough of both outcomes."""
    parts = enumerate(np.array_split(np.arange(len(y)), QUARTERS), 1)
    return [(at, auc(y[rows], p[rows]), auc_se(y[rows], p[rows])) for at, rows in parts if _both(y[rows])]


def course(best: Tried, judged: Sequence[tuple[int, float, float]]) -> list[dict[str, Any]]:
    """AUC and its standard error (`se`) of each fold and of each of the `quarters` judged, in their order of time; `part` says which."""
    folds = [f"{a:.0%} to {b:.0%} of the earlier rows" for a, b in pairwise(FOLD_EDGES)]
    if len(best.aucs) != len(folds):  # one held too few of an outcome; which one is not kept
        folds = [f"fold {at}" for at in range(1, len(best.aucs) + 1)]
    told = [*zip(folds, best.aucs, best.ses, strict=True), *((f"quarter {at} of the last fifth", a, s) for at, a, s in judged)]
    return [{"part": part, "auc": round(float(a), 4), "se": round(float(s), 4)} for part, a, s in told]


def lost(best: Tried, y: Array, p: Array) -> str | None:
    """Why the ranking no longer holds in the newest rows, though it may over the whole last fifth; None when it does, or nothing shows.

    Asked of the newest quarter of the judging rows, of the newest two, and three: the first that lies far below the folds and tells
    nothing (or the contrary) by itself.
    """
    parts = np.array_split(np.arange(len(y)), QUARTERS)
    for count in range(1, QUARTERS):
        rows = np.concatenate(parts[-count:])
        if not _both(y[rows]):
            continue
        area, se = auc(y[rows], p[rows]), auc_se(y[rows], p[rows])
        left = (area - 0.5) / max(se, 1e-9)
        if (best.auc - area) / max(float(np.hypot(best.se, se)), 1e-9) > FELL and left < LEAST_LEFT:
            how = "has turned round" if left < -SURE else "no longer holds"
            return (
                f"what was learned {how} in the newest {len(rows):,} rows: AUC {area:.3f} ± {2 * se:.3f} there, "
                f"{best.auc:.3f} ± {2 * best.se:.3f} inside the training rows"
            )
    return None


def columns(table: Table, names: Sequence[str]) -> list[dict[str, Any]]:
    """Columns that told the outcome otherwise at other times, beyond chance: `column`, `said`, and the AUC of each period (`aucs`).

    A number speaks by its size, a word by the rate of its rows in every second of the first 40 %. Cochran's Q over the periods, held
    against a bar that counts the columns.
    """
    from scipy.stats import chi2

    if len(table) > MOST_ROWS:
        table = table.rows(np.linspace(0, len(table) - 1, MOST_ROWS).astype(int))
    told = [(name, periods) for name in names[:MOST_COLUMNS] if (periods := _periods(table, name)) is not None]
    out = []
    for name, periods in told:
        z = np.array([(a - 0.5) / s for a, s, _ in periods])
        weight = np.array([1 / s**2 for _, s, _ in periods])
        area = np.array([a for a, _, _ in periods])
        q = float(np.sum(weight * np.square(area - np.average(area, weights=weight))))
        if q > chi2.isf(BY_LUCK / len(told), len(periods) - 1) and (said := _said(z, [start for _, _, start in periods], table)):
            out.append({"column": name, "said": said, "aucs": [round(float(a), 3) for a in area]})
    return out


def _said(z: Array, starts: Sequence[int], table: Table) -> str | None:
    """In words what became of a column; None when it only told more here and less there."""
    newest = z[-1]
    if (abs(newest) >= SURE) and (np.sign(z) != np.sign(newest))[np.abs(z) >= SURE].any():
        last = int(np.flatnonzero((np.sign(z) != np.sign(newest)) & (np.abs(z) >= SURE))[-1])
        return f"turned round: since {_when(table, starts[last + 1])} it tells the contrary of before"
    if abs(newest) < NOTHING and np.abs(z).max() >= 2 * SURE:
        last = int(np.flatnonzero(np.abs(z) >= SURE)[-1])
        return f"faded: since {_when(table, starts[last + 1])} it tells nothing"
    if abs(z[0]) < NOTHING and abs(newest) >= 2 * SURE:
        return f"tells something only since {_when(table, starts[int(np.flatnonzero(np.abs(z) >= SURE)[0])])}"
    return None


def _when(table: Table, row: int) -> str:
    at = float(table.order[row])
    if table.order_kind == "time":
        return str(np.datetime64("1970-01-01", "D") + np.timedelta64(int(at), "D"))
    return f"row {int(at) + 1:,}" if table.order_kind == "row" else f"{at:g}"


def _periods(table: Table, name: str) -> list[tuple[float, float, int]] | None:
    """(AUC, standard error, first row) of each period in which it can be told; None when these are fewer than three."""
    values, kind, y = table.columns[name], table.kinds[name], table.y
    if kind == "time" or why_unused(table, name) is not None or prose(table, name) is not None:
        return None
    judged = np.ones(len(y), dtype=bool)
    if kind == "number":
        score = np.where(np.isnan(values), np.median(values[~np.isnan(values)]), values)
    else:
        codes, words = coded(values)
        learned = (np.arange(len(y)) % 2 == 0) & (np.arange(len(y)) < PERIODS[2] * len(y))
        judged &= ~learned
        n = np.bincount(codes[learned] + 1, minlength=len(words) + 1)
        yes = np.bincount(codes[learned] + 1, weights=y[learned], minlength=len(words) + 1)
        score = ((yes + SMOOTHING * y[learned].mean()) / (n + SMOOTHING))[codes + 1]
    out = []
    for start, end in pairwise(int(share * len(y)) for share in PERIODS):
        rows = np.flatnonzero(judged[start:end]) + start
        if len(rows) and _both(y[rows]) and (se := auc_se(y[rows], score[rows])) > 0:
            out.append((auc(y[rows], score[rows]), max(se, 0.01), start))
    return out if len(out) >= 3 else None


def _both(y: Array) -> bool:
    return bool(min(y.sum(), len(y) - y.sum()) >= LEAST_OF_EACH)
