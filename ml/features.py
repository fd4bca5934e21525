"""Features: a list of small transforms, fitted on the training rows and stored with the model; applied, never refitted, when scoring.

Table → `fit` → list of `Feature` (plain JSON) → `matrix` → float32 array, one column a feature.
A model refuses a table whose features differ. Does not belong here: which columns may be used (`leaks.py`), models (`model.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from ml import text
from ml.columns import plain_name
from ml.encoder import encoder
from ml.table import Table

LEVELS = 12  # a column with at most so many values is also read as words
RARE = 20  # a word borne by fewer rows has no column of its own
TWO_YEARS = 700.0  # days
GRID = 4096  # cells between the outer cuts of a rank
TEXT_KINDS = ("words", "sense")
SMOOTHING = 20.0  # rows that the mean of all is worth beside a word's own rate


@dataclass(frozen=True)
class Feature:
    """`kind`: number · rank (share of training values below) · is (equals `value`) · missing · rate (log-odds of yes of a word, smoothed)
    · count (rows of a word) · month · weekday · days_to_order · words (free text: `table` has the pull of each word)
    · sense (free text: `cuts` has the weights of the encoder's numbers). `column` is the column that it reads."""

    kind: str
    column: str
    value: str | None = None
    table: Mapping[str, float] = field(default_factory=dict)
    default: float = 0.0
    cuts: Sequence[float] = ()

    @property
    def name(self) -> str:
        """As in reasons: `origin=organic_search`, `month of first_contact_date`."""
        if self.kind in ("number", "rate", "words", "sense"):
            return self.column
        return f"{self.column}={self.value}" if self.kind == "is" else f"{self.kind} of {self.column}"

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "table": dict(self.table), "cuts": list(self.cuts)}


def from_json(raw: Mapping[str, Any]) -> Feature:
    return Feature(raw["kind"], raw["column"], raw["value"], dict(raw["table"]), raw["default"], tuple(raw["cuts"]))


def fit(train: Table, columns: Sequence[str], shape: str, reading: str = text.LEXICAL) -> list[Feature]:
    """Transforms of the columns. `shape`: 'tree' (numbers as they are) or 'linear' (ranks, and a column for each frequent word).

    `reading`: how free text enters: none, lexical or encoder (see `text.py`).
    """
    found: list[Feature] = []
    for name in columns:
        values, kind = train.columns[name], train.kinds[name]
        if why_unused(train, name) is not None:
            continue
        if kind == "time":
            found.append(Feature("weekday", name))
            if np.nanmax(values, initial=-np.inf) - np.nanmin(values, initial=np.inf) >= TWO_YEARS:
                found.append(Feature("month", name))  # a season seen once cannot be told from drift
            if train.order_kind == "time" and not np.allclose(values, train.order, equal_nan=True):
                found.append(Feature("days_to_order", name))
        elif kind == "number":
            found += _of_numbers(name, values, shape)
        elif (said := prose(train, name)) is None:
            found += _of_words(name, values, train.y)
        elif reading != text.NONE:
            found += _of_prose(name, said, train.y, reading)
    return [f for f in found if len(train) and (f.kind in TEXT_KINDS or np.nanstd(_one(f, train)) > 0)]


def why_unused(train: Table, name: str) -> str | None:
    """Why nothing can be learned from a column, or None: empty, constant, an identifier."""
    values, kind = train.columns[name], train.kinds[name]
    if kind == "text":
        codes, words = coded(values)
        if len(words) <= 1 and (codes >= 0).all():
            return "constant"
        several = len(words) > 0.5 * max(1, int((codes >= 0).sum()))
        return "identifier: hardly a word comes twice" if several and len(words) > LEVELS and prose(train, name) is None else None
    known = values[~np.isnan(values)]
    if not len(known):
        return "empty"
    if len(known) == len(values) and (known == known[0]).all():
        return "constant"
    if kind == "number" and (known == np.floor(known)).all() and len(known) == len(values):
        said = "_" + plain_name(name) + "_"
        is_named = any(f"_{word}_" in said for word in ("id", "key", "uuid", "guid", "number", "no", "nr", "index", "row", "rownum"))
        steps = np.diff(known)
        if (steps == 1).all() or (is_named and (steps > 0).all()):
            return "identifier: it counts the rows"
        if is_named and len(np.unique(known)) > 0.95 * len(known):
            return "identifier: hardly a number comes twice"
    return None


def prose(table: Table, name: str) -> list[str] | None:
    """The texts of a column of free text ('' where there is none), or None when it holds words, or none at all."""
    if table.kinds[name] != "text":
        return None
    codes, words = coded(table.columns[name])
    counts = np.bincount(codes[codes >= 0], minlength=len(words))
    return texts_of(table.columns[name]) if text.is_prose(words.tolist(), counts) else None


def texts_of(values: np.ndarray[Any, Any]) -> list[str]:
    return ["" if v is None else str(v) for v in values.tolist()]


def matrix(table: Table, features: Sequence[Feature]) -> np.ndarray[Any, Any]:
    """rows × features. Raises KeyError for a column that the table lacks."""
    out = np.empty((len(table), len(features)), dtype=np.float32)
    words: dict[str, tuple[Any, Any]] = {}
    for at, feature in enumerate(features):
        out[:, at] = _one(feature, table, words)
    return out


def training_matrix(table: Table, features: Sequence[Feature]) -> np.ndarray[Any, Any]:
    """As `matrix`, for the rows that the features were fitted on: a `rate`, `words` or `sense` is that of the earlier rows only.

    So no row sees its own label, nor a later one.
    """
    out = np.zeros((len(table), len(features)), dtype=np.float32)
    plain = [at for at, f in enumerate(features) if f.kind not in TEXT_KINDS]
    out[:, plain] = matrix(table, [features[at] for at in plain])
    for at, feature in enumerate(features):
        values = table.columns[feature.column]
        if feature.kind == "rate":
            out[:, at] = logit(_earlier_rate(coded(values)[0], table.y, float(table.y.mean())))
        elif feature.kind in TEXT_KINDS:
            out[:, at] = _earlier_text(feature, texts_of(values), table.y)
    return out


def logit(p: Any) -> Any:
    """Log-odds, kept finite."""
    q = np.clip(p, 1e-6, 1 - 1e-6)
    return np.log(q / (1 - q))


def _of_numbers(name: str, values: np.ndarray[Any, Any], shape: str) -> list[Feature]:
    known = values[~np.isnan(values)]
    if not len(known):
        return []
    found = [Feature("missing", name)] if len(known) < len(values) else []
    distinct, counts = np.unique(known, return_counts=True)
    if shape == "tree":
        return [*found, Feature("number", name)]
    if len(distinct) <= LEVELS:
        frequent = distinct[counts >= RARE] if len(distinct) > 2 else distinct[:1]
        return [*found, *(Feature("is", name, _spoken(v)) for v in frequent)]
    cuts = np.unique(np.quantile(known, np.linspace(0.01, 0.99, 99)))
    return [*found, Feature("rank", name, cuts=tuple(float(c) for c in cuts))]


def _of_words(name: str, values: np.ndarray[Any, Any], y: np.ndarray[Any, Any]) -> list[Feature]:
    codes, words = coded(values)
    inverse, said = codes + 1, ["", *words.tolist()]
    counts = np.bincount(inverse, minlength=len(said))
    order = sorted((w, at) for at, w in enumerate(said) if counts[at])
    found = [Feature("is", name, w) for w, at in order if counts[at] >= RARE][:40]
    if len(order) > LEVELS:
        mean = float(y.mean())
        rates = (np.bincount(inverse, weights=y, minlength=len(said)) + SMOOTHING * mean) / (counts + SMOOTHING)
        found.append(Feature("rate", name, table={w: float(logit(rates[at])) for w, at in order}, default=float(logit(mean))))
        found.append(Feature("count", name, table={w: float(np.log1p(counts[at])) for w, at in order}))
    return found


def _of_prose(name: str, texts: list[str], y: np.ndarray[Any, Any], reading: str) -> list[Feature]:
    if reading == text.ENCODER:
        weights = text.fit_sense(encoder().vectors(texts), y)
        return [Feature("sense", name, cuts=tuple(weights))] if weights else []
    table = text.fit_words(texts, y)
    return [Feature("words", name, table=table)] if table else []


def _earlier_text(feature: Feature, texts: list[str], y: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    vectors = encoder().vectors(texts) if feature.kind == "sense" else None

    def of(before: slice, rows: slice) -> np.ndarray[Any, Any]:
        if vectors is None:
            return text.score_words(texts[rows], text.fit_words(texts[before], y[before]))
        weights = text.fit_sense(vectors[before], y[before])
        return text.score_sense(vectors[rows], weights) if weights else np.zeros(rows.stop - rows.start)

    return text.earlier(len(texts), of)


def _one(feature: Feature, table: Table, seen: dict[str, tuple[Any, Any]] | None = None) -> np.ndarray[Any, Any]:
    """The values of one feature; `seen` keeps the words of a column from one feature to the next."""
    values = table.columns[feature.column]
    kind = feature.kind
    out: np.ndarray[Any, Any]
    if kind == "missing":
        out = np.array([v is None for v in values], dtype=float) if values.dtype == object else np.isnan(values)
    elif kind == "number":
        out = values
    elif kind == "rank":
        out = ranked(values, np.asarray(feature.cuts)) / (len(feature.cuts) or 1)
        out[np.isnan(values)] = 0.5
    elif kind == "is" and table.kinds[feature.column] == "number":
        out = values == float(feature.value or "nan")
    elif kind in ("is", "rate", "count"):
        codes, words = _seen(feature.column, values, seen)
        if kind == "is":
            told = [feature.value == "", *(w == feature.value for w in words.tolist())]
        else:
            told = [feature.table.get(w, feature.default) for w in ("", *words.tolist())]
        out = np.array(told, dtype=float)[codes + 1]
    elif kind in TEXT_KINDS:
        codes, words = _seen(feature.column, values, seen)
        texts = ["", *words.tolist()]
        is_words = kind == "words"
        out = text.score_words(texts, feature.table) if is_words else text.score_sense(encoder().vectors(texts), feature.cuts)
        out = out[codes + 1]
    elif kind == "days_to_order":
        out = table.order - values
    elif kind in ("month", "weekday"):
        days = np.where(np.isnan(values), 0, values).astype("datetime64[D]")
        part = days.astype("datetime64[M]").astype(int) % 12 + 1 if kind == "month" else (days.astype(int) + 3) % 7
        out = np.where(np.isnan(values), np.nan, part.astype(float))
    else:
        raise ValueError(f"no feature is of kind {kind!r}")
    return out


def ranked(values: np.ndarray[Any, Any], cuts: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """How many cuts (ascending) lie at or below each value, as `searchsorted` says; by a grid between the cuts when there are many values.

    A search takes seven jumps that a processor cannot foresee; the grid says at once where to begin.
    """
    if len(values) < 2000 or len(cuts) < 8 or not np.isfinite(scale := GRID / (cuts[-1] - cuts[0])):
        return np.searchsorted(cuts, values, side="right")
    cells = np.clip((cuts - cuts[0]) * scale, 0, GRID).astype(np.int32)
    begin = np.searchsorted(cells, np.arange(GRID + 1)).astype(np.int32)  # cuts in the cells before
    steps = int(np.bincount(cells).max())
    if steps > 4:
        return np.searchsorted(cuts, values, side="right")
    with np.errstate(invalid="ignore", over="ignore"):
        cell = (values - cuts[0]) * scale
    np.nan_to_num(np.clip(cell, 0, GRID, out=cell), copy=False)
    found: np.ndarray[Any, Any] = begin[cell.astype(np.int32)]
    ended = np.r_[cuts, np.nan]  # nothing is at or above the last one
    for _ in range(steps):
        found += values >= ended[found]
    return found


def _seen(name: str, values: np.ndarray[Any, Any], seen: dict[str, tuple[Any, Any]] | None) -> tuple[Any, Any]:
    if seen is None:
        return coded(values)
    if name not in seen:
        seen[name] = coded(values)
    return seen[name]


def _earlier_rate(inverse: np.ndarray[Any, Any], y: np.ndarray[Any, Any], mean: float) -> np.ndarray[Any, Any]:
    order = np.argsort(inverse, kind="stable")
    sorted_y, group = y[order], inverse[order]
    starts = np.r_[True, group[1:] != group[:-1]]
    first = np.maximum.accumulate(np.where(starts, np.arange(len(group)), 0))
    before = np.cumsum(sorted_y) - sorted_y
    rate = (before - before[first] + SMOOTHING * mean) / (np.arange(len(group)) - first + SMOOTHING)
    out = np.empty(len(inverse))
    out[order] = rate
    return out


def coded(values: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """(number of the word of each row, -1 where there is none; the words) of a column of texts; '' is none."""
    codes, words = pd.factorize(values)
    said = np.array([str(w) for w in words], dtype=object)
    if empty := np.flatnonzero(said == "").tolist():
        codes = np.where(codes == empty[0], -1, codes)
    return codes, said


def _spoken(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(float(value))
