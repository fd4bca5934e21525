"""A dropped file's bytes as rows: encoding by BOM or trial, delimiter by the header, line numbers kept.

bytes → text → (line, cells). Raises SkipRecord for the whole file when it cannot be read; a ragged line is one reject.
Does not belong here: what the cells mean (`templates.py`).
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from signals_pipeline.errors import SkipRecord
from signals_pipeline.sources.file_drop.templates import Template, column_of, lacking

MAX_BYTES = 256 * 1024 * 1024
DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True)
class Line:
    """One data line. `cells` by column, or None with the `fault` that makes it unusable; `raw` are the cells as read."""

    number: int
    raw: list[str]
    cells: dict[str, str] | None
    fault: str = ""


def decode(content: bytes) -> str:
    """UTF-8 (with or without BOM), UTF-16 (BOM, or told by its zero bytes), else cp1252. Raises SkipRecord for anything else."""
    if not content.strip():
        raise SkipRecord("empty_file", "no bytes in it")
    if len(content) > MAX_BYTES:
        raise SkipRecord("oversized_file", f"{len(content)} bytes, at most {MAX_BYTES} are read")
    head = content[:4096]
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    elif head[1::2].count(0) > len(head) // 4:
        encodings = ["utf-16-le"]
    elif head[0::2].count(0) > len(head) // 4:
        encodings = ["utf-16-be"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if any(c < " " and c not in "\t\r\n\f" for c in text[:4096]):
            raise SkipRecord("not_text", f"control characters in what would be {encoding}")
        return text
    raise SkipRecord("undecodable", f"neither of {', '.join(encodings)}")


def lines(content: bytes, of: Template) -> Iterator[Line]:
    """Data lines of a file. Raises SkipRecord when the header lacks a required column, or the CSV itself is broken."""
    text = decode(content)
    delimiter, columns = header(text, of)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        next(reader)
        start = reader.line_num + 1
        for cells in reader:
            number, start = start, reader.line_num + 1
            if not any(c.strip() for c in cells):
                continue
            if len(cells) != len(columns):
                yield Line(number, cells, None, f"{len(cells)} cells where the header has {len(columns)}")
            else:
                yield Line(number, cells, dict(zip(columns, cells, strict=True)))
    except csv.Error as bad:
        raise SkipRecord("malformed_csv", f"line {reader.line_num}: {bad}") from None


def header(text: str, of: Template) -> tuple[str, list[str]]:
    """(delimiter, columns): the delimiter under which the first line names most of the template's columns."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    best: tuple[int, str, list[str]] = (-1, ",", [])
    for delimiter in DELIMITERS:
        try:
            cells = next(csv.reader([first], delimiter=delimiter))
        except (csv.Error, StopIteration):
            continue
        columns = [column_of(c, of) for c in cells]
        known = len({c for c in columns if c in of.columns})
        if known > best[0]:
            best = (known, delimiter, columns)
    _, delimiter, columns = best
    if missing := lacking(columns, of):
        raise SkipRecord("missing_columns", f"{', '.join(missing)} not among {', '.join(columns)[:300]}")
    if twice := sorted({c for c in columns if c in of.columns and columns.count(c) > 1}):
        raise SkipRecord("repeated_columns", f"{', '.join(twice)} more than once in the header")
    return delimiter, columns
