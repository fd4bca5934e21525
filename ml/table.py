"""A table as read from a CSV: kinds of columns told from the values, rows in their order of time.

CSV → `read` → `Table` (numbers as float64, texts as objects, times as days since 1970 in float64; missing is NaN or None).
Does not belong here: features (`features.py`), what may be used (`leaks.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

Kind = Literal["number", "text", "time"]
_YES = ("1", "1.0", "true", "yes", "y", "won", "t", "converted", "closed won")
_NO = ("0", "0.0", "false", "no", "n", "lost", "f", "closed lost")
_MISSING = ("", "NA", "N/A", "null", "NULL", "None", "nan", "NaN", "NaT", "?")


class BadTable(ValueError):
    """The table cannot be judged; the message says what to mend."""


@dataclass
class Table:
    """Columns by name. `kinds` says what each holds; `y` is 0/1; `order` is what the rows are sorted by (or their number)."""

    columns: dict[str, np.ndarray[Any, Any]]
    kinds: dict[str, Kind]
    y: np.ndarray[Any, Any]
    order: np.ndarray[Any, Any]
    order_kind: Literal["row", "number", "time"]
    dropped: dict[str, int]

    def __len__(self) -> int:
        return len(self.y)

    def rows(self, which: Any) -> Table:
        """The rows of a slice or index."""
        return Table({c: v[which] for c, v in self.columns.items()}, self.kinds, self.y[which], self.order[which], self.order_kind, {})

    def only(self, names: Sequence[str]) -> Table:
        """The same rows with these columns."""
        return Table({c: self.columns[c] for c in names}, self.kinds, self.y, self.order, self.order_kind, {})


def read(path: Path, label: str, order: str = "row", names: Sequence[str] | None = None) -> Table:
    """A CSV with a header (or without, when `names` are given). Raises BadTable."""
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, header=None if names else 0, names=list(names) if names else None)
    except (OSError, ValueError, UnicodeDecodeError) as bad:
        raise BadTable(f"{path}: {bad}") from bad
    return of_frame(frame, label, order)


def of_frame(frame: pd.DataFrame, label: str, order: str = "row") -> Table:
    """As `read`, from a frame of texts (or of typed columns). `order`: 'row', or a column of times or numbers; ties keep file order."""
    if label not in frame.columns:
        raise BadTable(f"no column {label!r}; there are: {', '.join(map(str, frame.columns))}")
    if frame.columns.has_duplicates:
        raise BadTable(f"two columns are called {frame.columns[frame.columns.duplicated()][0]!r}")
    if order != "row" and order not in frame.columns:
        raise BadTable(f"no column {order!r} to order by; there are: {', '.join(map(str, frame.columns))}; or say 'row'")
    y, known = binary(frame[label])
    dropped = {"label_missing": int((~known).sum())}
    typed = {str(c): column(frame[c]) for c in frame.columns if c != label}
    at: np.ndarray[Any, Any] = np.arange(len(frame), dtype=float)
    order_kind: Literal["row", "number", "time"] = "row"
    if order != "row":
        values, kind = typed[order]
        if kind == "text":
            raise BadTable(f"column {order!r} holds neither times nor numbers: {values[0]!r}; order by another, or by row")
        known = known & ~np.isnan(values)
        dropped["order_missing"] = int(np.isnan(values).sum())
        at, order_kind = values, "time" if kind == "time" else "number"
    keep = np.flatnonzero(known)
    keep = keep[np.argsort(at[keep], kind="stable")]
    if not len(keep):
        raise BadTable("no row has both a label and a place in the order")
    return Table({c: v[keep] for c, (v, _) in typed.items()}, {c: k for c, (_, k) in typed.items()}, y[keep], at[keep], order_kind, dropped)


def binary(series: pd.Series) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """(0/1, is known) of a label; 1 is the usual word for yes, else the rarer value. Raises BadTable unless it has two values.

    More than two are read when just one is a word for yes and one for no: the others (Engaging, open) are outcomes not known yet.
    """
    text = series.astype(str).str.strip()
    known = np.array(~text.isin(_MISSING))
    values = sorted(text[known].unique())
    yes, no = ([v for v in values if v.lower() in words] for words in (_YES, _NO))
    if len(values) > 2 and len(yes) == 1 and len(no) == 1:
        known = known & text.isin([*yes, *no]).to_numpy()
        values = [*yes, *no]
    if len(values) != 2:
        raise BadTable(f"the label must have two values, not {len(values)}: {', '.join(values[:6])}")
    positive = yes[0] if len(yes) == 1 else min(values, key=lambda v: int((text == v).sum()))
    return (text == positive).to_numpy().astype(float), known


def column(series: pd.Series) -> tuple[np.ndarray[Any, Any], Kind]:
    """The values of a column and their kind. A column is of numbers or times when all that is not missing is."""
    if pd.api.types.is_datetime64_any_dtype(series):
        return _days(series), "time"
    if pd.api.types.is_bool_dtype(series) or pd.api.types.is_numeric_dtype(series):
        return series.astype(float).to_numpy(), "number"
    text = series.astype(object).where(series.notna(), "").astype(str).str.strip()
    missing = text.isin(_MISSING)
    said = text[~missing]
    if said.empty:
        return np.full(len(text), np.nan), "number"
    numbers = pd.to_numeric(text.where(~missing), errors="coerce")
    if numbers[~missing].notna().all():
        return numbers.to_numpy(dtype=float), "number"
    if said.head(200).str.match(r"^\d{4}-\d{1,2}-\d{1,2}|^\d{1,2}/\d{1,2}/\d{4}").all():
        times = pd.to_datetime(text.where(~missing), errors="coerce", format="mixed", utc=True)
        if times[~missing].notna().mean() > 0.99:
            return _days(times), "time"
    values = text.to_numpy(dtype=object)
    values[missing.to_numpy()] = None
    return values, "text"


def _days(times: pd.Series) -> np.ndarray[Any, Any]:
    stamp = pd.to_datetime(times, utc=True)
    days = (stamp - pd.Timestamp("1970-01-01", tz="UTC")) / pd.Timedelta(days=1)
    found: np.ndarray[Any, Any] = days.to_numpy(dtype=float)
    return found
