"""A CSV export read by its header: any column order, known aliases, every row with its line.

file bytes → `rows` → Raw(value = {our column: text or None}). Row errors are rejects of the row, never of the file.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation

from babel.core import get_global

from signals_pipeline.errors import SkipRecord
from signals_pipeline.sources.file_drop.text import DELIMITERS, decode
from signals_pipeline.sources.spec import Body, Raw

_DATES = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%d-%b-%y", "%d-%b-%Y", "%m/%d/%Y", "%Y/%m/%d")
_BROKEN = re.compile(r"[\n\t\0]|<\w+[^>]*\son\w+=|<script", re.IGNORECASE)
_NOT_TOLD = frozenset(("unknown", "undisclosed", "n/a", "na", "none", "null", "-", "--"))
OLDEST = date(1900, 1, 1)  # rows dated before are slips of the keyboard ("1201-11-03")


def rows(body: Body, aliases: Mapping[str, tuple[str, ...]], required: tuple[str, ...]) -> Iterator[Raw]:
    """Rows by our names; `facts["fields"]` are the header's columns that are none of them.

    SkipRecord when the file is empty or no text, or its header lacks a required column (another table).
    """
    csv.field_size_limit(10_000_000)  # an unclosed quote swallows lines: it must become one broken row, not an error
    text = decode(body.content)
    top = text[: text.find("\n") + 1] or text
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(DELIMITERS, key=top.count))
    header = [name.strip().lower() for name in next(reader, [])]
    at = {ours: next((header.index(a) for a in theirs if a in header), None) for ours, theirs in aliases.items()}
    if missing := [name for name in required if at[name] is None]:
        raise SkipRecord("missing_column", f"{', '.join(missing)}; the header has {', '.join(header)[:200]}")
    taken = {i for i in at.values() if i is not None}
    others = tuple(name for i, name in enumerate(header) if i not in taken)
    line = reader.line_num + 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            value = {n: (cells[i].strip() or None) if i is not None and i < len(cells) else None for n, i in at.items()}
            facts = {**body.facts, "cells": len(cells), "expected": len(header), "fields": others}
            told = dict(zip(header, cells, strict=False)) | ({"": cells[len(header) :]} if len(cells) > len(header) else {})
            yield Raw(json.dumps(told, ensure_ascii=False), value, f"{body.place}:{line}", facts)
        line = reader.line_num + 1


def check(raw: Raw, required: tuple[str, ...]) -> None:
    """SkipRecord for a row with too many or too few cells, or without a required one."""
    if raw.facts["cells"] != raw.facts["expected"]:
        raise SkipRecord("ragged_row", f"{raw.facts['cells']} cells, the header has {raw.facts['expected']}")
    if missing := [name for name in required if not raw.value[name]]:
        raise SkipRecord("missing_field", ", ".join(missing))
    for name, value in raw.value.items():
        if value and _BROKEN.search(value):
            raise SkipRecord("broken_cell", f"{name} holds lines, tabs or markup")


def to_day(text: str, newest: date) -> date:
    """A date of the export. SkipRecord when it is none, before 1900, or later than the file itself."""
    for shape in _DATES:
        try:
            found = datetime.strptime(text, shape).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
        if not OLDEST <= found <= newest:
            raise SkipRecord("implausible_date", f"{found}: not between {OLDEST} and {newest}")
        return found
    raise SkipRecord("wrong_type", f"no date: {text[:40]!r}")


def to_amount(text: str | None) -> Decimal | None:
    """Money as told; None when empty or said to be unknown. SkipRecord when it is no positive number."""
    if not text or text.lower() in _NOT_TOLD:
        return None
    try:
        found = Decimal(text.replace(",", ""))
    except InvalidOperation:
        raise SkipRecord("wrong_type", f"no amount: {text[:40]!r}") from None
    if not found.is_finite() or found < 0 or found >= Decimal(10) ** 15:
        raise SkipRecord("wrong_type", f"amount out of range: {text[:40]}")
    return found or None  # the exports write 0 for "not disclosed"


def to_currency(text: str | None) -> str | None:
    """A code of three letters. SkipRecord for anything else: an amount in no currency is no amount."""
    if text is None or re.fullmatch(r"[A-Za-z]{3}", text):
        return text and text.upper()
    raise SkipRecord("wrong_type", f"no currency: {text[:20]!r}")


def to_count(text: str | None) -> int | None:
    """A number of people; None for a range ("11-50"), which is none. SkipRecord for what is neither."""
    if not text or re.fullmatch(r"\d[\d,]*\s*(?:-|to)\s*\d[\d,]*|\d[\d,]*\+", text):
        return None
    if not re.fullmatch(r"\d{1,7}|\d{1,3}(?:,\d{3}){1,2}", text):
        raise SkipRecord("wrong_type", f"no count: {text[:40]!r}")
    return int(text.replace(",", ""))


def to_country(code: str | None) -> str | None:
    """ISO alpha-3 (or alpha-2) → alpha-2; None when it names no single country."""
    if not code or (len(code) == 2 and code.isalpha()):
        return code.upper() if code else None
    found = get_global("territory_aliases").get(code.upper(), [])
    return found[0] if len(found) == 1 else None


def end_of(day: date) -> datetime:
    return datetime.combine(day, time(23, 59, 59), tzinfo=UTC)


def as_of(body_place: str, pulled_at: datetime) -> date:
    """The last day a file can speak of: the month in its name (`..._2015-12...`), else the day of the pull."""
    found = re.search(r"(20\d{2})-(\d{2})(?:-(\d{2}))?", body_place.rsplit("/", 1)[-1])
    if not found or not 1 <= int(found[2]) <= 12:
        return pulled_at.date()
    year, month = int(found[1]), int(found[2])
    if found[3]:
        return date(year, month, int(found[3]))
    return date.fromordinal(date(year + month // 12, month % 12 + 1, 1).toordinal() - 1)
