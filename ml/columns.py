"""What a column of texts holds: numbers (with currency, percent and thousands marks), times (in the formats of the world), or words.

texts → `column` → (float64 values, 'number') · (days since 1970 in float64, 'time') · (words, 'text'); missing is NaN or None.
The whole column decides: whether 03/04/2024 is in March or in April is told by its neighbours. Does not belong here: files (`reading.py`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

Kind = Literal["number", "text", "time"]
Array = np.ndarray[Any, Any]
MISSING = frozenset(
    ("", "na", "n/a", "#n/a", "null", "none", "nan", "nat", "?", "-", "--", "\\n", "0000-00-00", "0000-00-00 00:00:00", "<na>")
)
LARGEST = 1e38  # of what a float32 holds
MOST_ODD = 0.03  # a column of numbers or times may hold so many values that are none; they count as missing
_CURRENCY = r"(?:[$€£¥₹]|R\$|US\$|USD|EUR|GBP|CHF|JPY|CAD|AUD|BRL|INR|SEK|NOK|DKK|PLN|kr\.?|zł)"
_DRESSED = re.compile(
    rf"^(?P<open>\()?(?P<sign>[-+−])?\s*{_CURRENCY}?\s*(?P<minus>[-−])?(?P<digits>\d[\d.,'’\u00a0\u202f ]*|[.,]\d+)\s*"
    rf"(?P<scale>[kKmM]|bn)?\s*(?:%|{_CURRENCY})?\s*\)?$"
)
_SCALES = {"k": 1e3, "m": 1e6, "bn": 1e9}
_PARTS = re.compile(
    r"^(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})"
    r"(?:[T ,]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?\s*([AaPp]\.?[Mm]\.?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?$"
)
_DAYS_OF = ("%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%d %b %y", "%b %d, %Y", "%b %d %Y", "%d %B %Y", "%B %d, %Y", "%B %d %Y", "%a, %d %b %Y",
            "%a %b %d %Y", "%b-%y", "%b %Y", "%B %Y")  # fmt: skip
_NAMED_FORMATS = tuple(
    f"{day}{clock}" for clock in ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", " %H:%M:%S %z") for day in _DAYS_OF
)
_OF_TIME = re.compile(
    r"(^|_)(date|time|timestamp|datetime|ts|epoch|at|on|created|updated|modified|day|when|opened|closed|signup|since)(_|$)"
)
_EPOCHS = {"s": (3e8, 5e9), "ms": (3e11, 5e12), "us": (3e14, 5e15), "ns": (3e17, 5e18)}


def column(series: pd.Series) -> tuple[Array, Kind]:
    """The values of a column and their kind. It is of numbers or times when all but `MOST_ODD` of what is not missing is.

    Numbers end at ±`LARGEST`: a booster takes none beyond.
    """
    values, kind = _read(series)
    return (values if kind == "text" else np.clip(values, -LARGEST, LARGEST)), kind


def _read(series: pd.Series) -> tuple[Array, Kind]:
    if pd.api.types.is_datetime64_any_dtype(series):
        return days(series), "time"
    if pd.api.types.is_bool_dtype(series) or pd.api.types.is_numeric_dtype(series):
        numbers = series.astype(float).to_numpy()
        return _as_time(numbers, series.name) or (numbers, "number")
    codes, distinct = pd.factorize(series)
    words = [str(w).strip() for w in distinct]
    is_missing = np.array([w.lower() in MISSING for w in words], dtype=bool)
    counts = np.bincount(codes[codes >= 0], minlength=len(words)).astype(float)
    counts[is_missing] = 0
    if not counts.sum():
        return np.full(len(series), np.nan), "number"
    coded = np.array([len(w) > 1 and w[0] == "0" and w.isdigit() for w in words])
    is_code = counts[coded].sum() > 0.01 * counts.sum()  # 01067 is a post code, not a number
    plain = None if is_code else _plain(words, is_missing, counts)
    if plain is not None:
        spread = _spread(plain, codes)
        return _as_time(spread, series.name) or (spread, "number")
    for read in () if is_code else (_times, _dressed):
        found = read(words, is_missing, counts)
        if found is not None:
            return _spread(found, codes), "time" if read is _times else "number"
    values = np.array([None if gone else w for w, gone in zip(words, is_missing, strict=True)] + [None], dtype=object)
    return values[codes], "text"  # code -1 (missing) is the last one


def days(times: pd.Series) -> Array:
    """Days since 1970, UTC."""
    lapse = pd.to_datetime(times, utc=True) - pd.Timestamp("1970-01-01", tz="UTC")
    found: Array = (lapse / pd.Timedelta(days=1)).to_numpy(dtype=float)
    return found


def plain_name(name: object) -> str:
    """`closeDate`, `Close Date` → close_date."""
    return re.sub(r"[^a-z0-9]+", "_", re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", str(name)).lower()).strip("_")


def _spread(values: Array, codes: Array) -> Array:
    found: Array = np.r_[values, np.nan][codes]
    return found


def _enough(values: Array, is_missing: Array, counts: Array) -> bool:
    said = counts[~is_missing].sum()
    return bool(counts[~is_missing & ~np.isnan(values)].sum() >= (1 - MOST_ODD) * said)


def _plain(words: Sequence[str], is_missing: Array, counts: Array) -> Array | None:
    values: Array = np.array(pd.to_numeric(pd.Series(words, dtype=object).where(~is_missing), errors="coerce"), dtype=float)
    values[np.isinf(values)] = np.nan
    if not _enough(values, is_missing, counts):
        return None
    return values


def _as_time(numbers: Array, name: object) -> tuple[Array, Kind] | None:
    """20240131, or seconds (milli-, micro-, nanoseconds) since 1970 under a name that speaks of time; else None."""
    known = numbers[~np.isnan(numbers)]
    if not len(known) or not np.isfinite(known).all():
        return None
    if known.min() >= 19000101 and known.max() <= 21001231 and (known == np.floor(known)).all():
        texts = pd.Series(numbers).astype("Int64").astype("string")
        read = pd.to_datetime(texts, format="%Y%m%d", errors="coerce", utc=True)
        if read.notna().sum() == len(known):
            return days(read), "time"
    if _OF_TIME.search(plain_name(name)):
        for unit, (low, high) in _EPOCHS.items():
            if known.min() >= low and known.max() <= high:
                return numbers / {"s": 1, "ms": 1e3, "us": 1e6, "ns": 1e9}[unit] / 86_400, "time"
    return None


def _times(words: Sequence[str], is_missing: Array, counts: Array) -> Array | None:
    said = [w for w, gone in zip(words, is_missing, strict=True) if not gone]
    sample = said[:: max(1, len(said) // 200)]
    if sum(any(ch.isdigit() for ch in w) for w in sample) < 0.9 * len(sample) or max(map(len, sample)) > 40:
        return None
    texts = pd.Series(words, dtype=object).where(~is_missing)
    for read in (_iso, _by_parts, _named):
        if _share(read(pd.Series(sample, dtype=object))) < 0.9:
            continue
        found = read(texts)
        if _enough(found, is_missing, counts):
            return found
    return None


def _share(values: Array) -> float:
    return float((~np.isnan(values)).mean())


def _iso(texts: pd.Series) -> Array:
    shaped = texts.str.match(r"^\d{4}-\d{2}(-\d{2}([T ]|$)|$)", na=False)
    return days(pd.to_datetime(texts.where(shaped), format="ISO8601", errors="coerce", utc=True))


def _by_parts(texts: pd.Series) -> Array:
    """2024/3/4, 3/4/2024, 4.3.24, with a clock or without. Day or month first: see `_day_first`."""
    parts = [_PARTS.match(t) if isinstance(t, str) else None for t in texts]
    rows = [m.groups() for m in parts if m]
    shapes = {"year" if len(r[0]) == 4 else "last" for r in rows}
    out = np.full(len(texts), np.nan)
    if len(shapes) != 1:
        return out
    day_first = "last" in shapes and _day_first([(int(r[0]), int(r[2])) for r in rows], rows[0][1])
    for at, match in enumerate(parts):
        if match is None:
            continue
        one, _, two, three, hour, minute, second, half, zone = match.groups()
        year, month, day = (one, two, three) if len(one) == 4 else (three, two, one) if day_first else (three, one, two)
        out[at] = _moment(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), half, zone)
    return out


def _day_first(pairs: Sequence[tuple[int, int]], mark: str) -> bool:
    first, second = (np.array(side) for side in zip(*pairs, strict=True))
    if (first > 12).any() != (second > 12).any():
        return bool((first > 12).any())
    one, two = len(np.unique(first)), len(np.unique(second))
    if min(one, two) == 1 and one != two:
        return one == 1  # always the first of a month: the part that never moves is the day
    return mark != "/"


def _moment(year: int, month: int, day: int, hour: int, minute: int, second: int, half: str | None, zone: str | None) -> float:
    year += 0 if year >= 100 else 2000 if year < 70 else 1900
    if half:
        hour = hour % 12 + (12 if half[0] in "pP" else 0)
    try:
        found = (np.datetime64(f"{year:04d}-{month:02d}-{day:02d}", "D") - np.datetime64("1970-01-01", "D")).astype(float)
    except ValueError:
        return float("nan")
    if hour > 24 or minute > 59 or second > 60:
        return float("nan")
    seconds = hour * 3600 + minute * 60 + second
    if zone and zone[0] in "+-":
        away = int(zone[1:3]) * 3600 + int(zone[-2:]) * 60
        seconds -= away if zone[0] == "+" else -away
    return float(found) + seconds / 86_400


def _named(texts: pd.Series) -> Array:
    best: Array = np.full(len(texts), np.nan)
    if not texts.str.contains(r"[A-Za-z]{3}", na=False).any():
        return best
    for form in _NAMED_FORMATS:
        found = days(pd.to_datetime(texts, format=form, errors="coerce", utc=True))
        if _share(found) > _share(best):
            best = found
        if _share(best) > 0.95:
            break
    return best


def _dressed(words: Sequence[str], is_missing: Array, counts: Array) -> Array | None:
    """$1,234.50 · 1.234,50 € · 12 % · (300) · 1 200 · 2.5k."""
    found = [None if gone else _DRESSED.match(w) for w, gone in zip(words, is_missing, strict=True)]
    if not _enough(np.array([np.nan if m is None else 1.0 for m in found]), is_missing, counts):
        return None
    digits = [m["digits"].strip() for m in found if m]
    if any(d.count(".") > 1 and not re.fullmatch(r"\d{1,3}(\.\d{3})+(,\d*)?", d) for d in digits):
        return None  # 10.0.0.1 is no number
    comma = _comma_is_decimal(digits)
    return np.array([np.nan if m is None else _number(m, comma) for m in found])


def _comma_is_decimal(digits: Sequence[str]) -> bool:
    both = [d for d in digits if "," in d and "." in d]
    if both:
        return sum(d.rfind(",") > d.rfind(".") for d in both) > len(both) / 2
    if any(d.count(".") > 1 for d in digits):
        return True
    with_comma = [d for d in digits if "," in d]
    return bool(with_comma) and not all(re.fullmatch(r"\d{1,3}(,\d{2,3})*,\d{3}", d) for d in with_comma)


def _number(match: re.Match[str], comma: bool) -> float:
    digits = re.sub(r"['’\u00a0\u202f ]", "", match["digits"])
    digits = digits.replace(".", "").replace(",", ".") if comma else digits.replace(",", "")
    try:
        value = float(digits)
    except ValueError:
        return float("nan")
    value *= _SCALES.get((match["scale"] or "").lower(), 1.0)
    return -value if match["open"] or match["minus"] or match["sign"] in ("-", "−") else value
