"""A table to learn from: columns of one kind each, a label of yes and no, rows in their order of time.

CSV → `read` → `Table` (numbers as float64, texts as objects, times as days since 1970 in float64; missing is NaN or None).
Does not belong here: files (`reading.py`), what a column holds (`columns.py`), features (`features.py`), what may be used (`leaks.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from ml.columns import MISSING, Kind, column
from ml.reading import BadTable, rows_of

__all__ = ["BadTable", "Kind", "Table", "column", "labels", "of_frame", "read"]
_YES = frozenset(("1", "true", "yes", "y", "t", "won", "win", "success", "successful", "converted", "conversion", "closed won",
                  "closed-won", "closedwon", "churned", "churn", "positive", "pos", "paid", "accepted", "bought", "purchased"))  # fmt: skip
_NO = frozenset(("0", "false", "no", "n", "f", "lost", "loss", "lose", "fail", "failed", "failure", "not converted", "closed lost",
                 "closed-lost", "closedlost", "retained", "not churned", "stayed", "negative", "neg", "unpaid",
                 "rejected", "-1"))  # fmt: skip


@dataclass(frozen=True)
class Surrogate:
    """An outcome that comes sooner and more often than y: what leads to it, or y itself, whichever is first. `days`, `y` and `given`, one a
    row, as those of the table."""

    days: np.ndarray[Any, Any]
    y: np.ndarray[Any, Any]
    given: np.ndarray[Any, Any] | None = None

    def rows(self, which: Any) -> Surrogate:
        return Surrogate(self.days[which], self.y[which], None if self.given is None else self.given[which])


@dataclass
class Table:
    """Columns by name. `kinds` says what each holds; `y` is 0/1; `order` is what the rows are sorted by (or their number).

    `days`, where it is known: how long after its place in the order a row became a yes, inf when never. `given`: what is added to a row's
    logit while learning, because it was not watched for the whole horizon; None: nothing.
    `surrogate`: what may be learned first, where y is rare.
    """

    columns: dict[str, np.ndarray[Any, Any]]
    kinds: dict[str, Kind]
    y: np.ndarray[Any, Any]
    order: np.ndarray[Any, Any]
    order_kind: Literal["row", "number", "time"]
    dropped: dict[str, int]
    notes: list[str] = field(default_factory=list)
    order_name: str = "row"
    days: np.ndarray[Any, Any] | None = None
    given: np.ndarray[Any, Any] | None = None
    surrogate: Surrogate | None = None

    def __len__(self) -> int:
        return len(self.y)

    def rows(self, which: Any) -> Table:
        """The rows of a slice or index."""
        days, given = (None if v is None else v[which] for v in (self.days, self.given))
        columns, sooner = {c: v[which] for c, v in self.columns.items()}, None if self.surrogate is None else self.surrogate.rows(which)
        return replace(self, columns=columns, y=self.y[which], order=self.order[which], dropped={}, notes=[], days=days, given=given,
                       surrogate=sooner)  # fmt: skip

    def only(self, names: Sequence[str]) -> Table:
        """The same rows with these columns."""
        return replace(self, columns={c: self.columns[c] for c in names}, dropped={}, notes=[])


def read(path: Path, label: str, order: str = "row", names: Sequence[str] | None = None) -> Table:
    """A CSV with a header (or without, when `names` are given). Raises BadTable."""
    frame, left_out, notes = rows_of(path, names)
    table = of_frame(frame, label, order)
    table.dropped |= left_out
    table.notes[:0] = notes
    return table


def of_frame(frame: pd.DataFrame, label: str, order: str = "row") -> Table:
    """As `read`, from a frame of texts (or of typed columns). `order`: 'row', a column of times or numbers (ties keep file order),
    or 'time' for the only column of times.

    Names are found whatever their case. Raises BadTable.
    """
    if frame.columns.has_duplicates:
        raise BadTable(f"two columns are called {frame.columns[frame.columns.duplicated()][0]!r}")
    label = _named(frame, label, "")
    typed = {str(c): column(frame[c]) for c in frame.columns if c != label}
    if order == "time" and "time" not in typed:
        order = _only_time({c: k for c, (_, k) in typed.items()})
    elif order != "row" or "row" in typed:
        order = _named(frame, order, " to order by")
    if order == label:
        raise BadTable(f"{label!r} cannot be both the label and the order")
    y, known, said = labels(frame[label])
    empty = frame[label].astype(object).where(frame[label].notna(), "").astype(str).str.strip().str.lower().isin(MISSING).to_numpy()
    dropped = {"label_missing": int(empty.sum())}
    if undecided := int((~known & ~empty).sum()):
        dropped["label_undecided"] = undecided
    at: np.ndarray[Any, Any] = np.arange(len(frame), dtype=float)
    order_kind: Literal["row", "number", "time"] = "row"
    if order != "row":
        values, kind = typed[order]
        if kind == "text":
            told = next((v for v in values if v is not None), "")
            raise BadTable(f"column {order!r} holds neither times nor numbers ({told!r}); order by another column, or by row")
        dropped["order_missing"] = int((known & np.isnan(values)).sum())
        known = known & ~np.isnan(values)
        at, order_kind = values, "time" if kind == "time" else "number"
    keep = np.flatnonzero(known)
    if not len(keep):
        raise BadTable("no row has both a label and a place in the order")
    keep = keep[np.argsort(at[keep], kind="stable")]
    if len(np.unique(y[keep])) < 2:
        raise BadTable(f"every row that has a place in the order {order!r} has the same label")
    kinds = {c: k for c, (_, k) in typed.items()}
    return Table({c: v[keep] for c, (v, _) in typed.items()}, kinds, y[keep], at[keep], order_kind, dropped, [said], order)


def labels(series: pd.Series) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], str]:
    """(0/1, is known, what was read as yes) of a label.

    Words for yes and no may be mixed (Yes, y, TRUE, 1); beside them others (Engaging, open) are outcomes not known yet. Two values that
    are not such words: the rarer is yes. Raises BadTable for anything else.
    """
    text = series.astype(object).where(series.notna(), "").astype(str).str.strip().str.lower()
    text = text.str.replace(r"^([+-]?\d+)\.0*$", r"\1", regex=True)
    counts = text[~text.isin(MISSING)].value_counts()
    values = [str(v) for v in counts.index]
    yes, no = [v for v in values if v in _YES], [v for v in values if v in _NO]
    if not values:
        raise BadTable("the label is empty in every row")
    if len(values) == 1:
        raise BadTable(f"the label is always {values[0]!r}; if an empty field means the opposite, write it out")
    if len(values) > 2 and yes and no and (len(values) == len(yes) + len(no) or not _are_numbers(values)):
        positive, negative = yes, no
    elif len(values) != 2:
        raise BadTable(
            f"the label must have two values, not {len(values)}: {', '.join(sorted(values)[:6])}{', …' if len(values) > 6 else ''}"
        )
    elif bool(yes) != bool(no) and not _are_numbers(values):
        positive = yes or [v for v in values if v not in no]
        negative = [v for v in values if v not in positive]
    elif len(yes) == len(no) == 1:
        positive, negative = yes, no
    else:
        positive, negative = [values[1]], [values[0]]  # the rarer one
    known = text.isin([*positive, *negative]).to_numpy()
    return text.isin(positive).to_numpy().astype(float), known, f"yes is {' or '.join(map(repr, sorted(positive)))}"


def apart(table: Table, at: int) -> tuple[Table, int]:
    """(the table, where to cut it) so that a big tie in the order is not torn apart.

    When the moment of the cut has more than a hundredth of all rows, the cut goes to the nearer edge of the tie (if that leaves a tenth to
    a third of the rows to judge), and rows of one moment lose the file's order, which may be by the label; by the same draw on every run.
    """
    here = table.order[at]
    edges = [int(np.searchsorted(table.order, here, side="left")), int(np.searchsorted(table.order, here, side="right"))]
    if table.order_kind == "row" or edges[1] - edges[0] <= max(1, 0.01 * len(table)):
        return table, at
    random = np.random.default_rng(len(table))
    mixed = table.rows(np.lexsort((random.permutation(len(table)), table.order)))
    mixed = replace(mixed, dropped=table.dropped, notes=table.notes)
    fit = [e for e in edges if len(table) / 10 <= len(table) - e <= len(table) / 3]
    return mixed, min(fit, key=lambda e: abs(e - at)) if fit else at


def _only_time(kinds: dict[str, Kind]) -> str:
    times = [c for c, k in kinds.items() if k == "time"]
    if len(times) != 1:
        raise BadTable(
            f"order by time needs exactly one column of times, there are {len(times)}: {', '.join(times)}; name the column, or say 'row'"
        )
    return times[0]


def _named(frame: pd.DataFrame, name: str, what: str) -> str:
    if name in frame.columns:
        return name
    near = [str(c) for c in frame.columns if str(c).strip().lower() == name.strip().lower()]
    if len(near) == 1:
        return near[0]
    raise BadTable(f"no column {name!r}{what}; there are: {', '.join(map(str, frame.columns))}" + ("; or say 'row'" if what else ""))


def _are_numbers(values: Sequence[str]) -> bool:
    return all(v.lstrip("+-").replace(".", "", 1).isdigit() for v in values)
