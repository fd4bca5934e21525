"""A file of rows as texts: its encoding, its delimiter and its header are found out, whatever program wrote it.

bytes → `rows_of` → a frame of texts, one column a name, and notes of what was found odd (renamed columns, lines that do not fit).
Does not belong here: what the texts mean (`columns.py`), label and order (`table.py`).
"""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv as arrow

DELIMITERS = (",", ";", "\t", "|")
PEEK = 1 << 18  # bytes from which delimiter and header are told
MOST_MISFITS = 0.02  # more lines than that with another number of fields: the file is broken, not a line of it
_MARKS = {b"PK\x03\x04": "a zip file or a workbook", b"PAR1": "a Parquet file", b"%PDF": "a PDF", b"\xd0\xcf\x11\xe0": "an old workbook"}
_STARTS = {r"\s*<": "HTML or XML", r"\s*(\[\s*)?\{": "JSON"}


class BadTable(ValueError):
    """The table cannot be judged; the message says what to mend."""


def rows_of(path: Path, names: Sequence[str] | None = None) -> tuple[pd.DataFrame, dict[str, int], list[str]]:
    """(texts by column, lines left out by reason, notes). `names`: of the columns, for a file without a header. Raises BadTable."""
    data = _bytes(path)
    encoding = _encoding(path, data)
    head = data[:PEEK].decode(encoding, errors="replace").removeprefix("\ufeff")
    for start, what in _STARTS.items():
        if re.match(start, head):
            raise BadTable(f"{path} is {what}; save it as CSV")
    delimiter = _delimiter(head)
    first = next(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter), [])
    header, notes = (list(names), []) if names else _names(path, first)
    misfits: list[int] = []

    def misfit(row: arrow.InvalidRow) -> str:
        misfits.extend([row.actual_columns] * (row.text.count("\n") + 1))  # a quote that is never closed swallows the lines after it
        return "skip"

    keys = [str(at) for at in range(len(header))]
    try:
        table = arrow.read_csv(
            pa.BufferReader(data),
            read_options=arrow.ReadOptions(
                encoding=encoding,
                column_names=keys,
                skip_rows_after_names=0 if names else 1,
                block_size=max(1 << 22, min(len(data), 1 << 24)),
            ),
            parse_options=arrow.ParseOptions(delimiter=delimiter, newlines_in_values=b'"' in data, invalid_row_handler=misfit),
            convert_options=arrow.ConvertOptions(column_types=dict.fromkeys(keys, pa.large_string()), strings_can_be_null=False),
        )
    except (pa.ArrowInvalid, UnicodeDecodeError) as bad:
        raise BadTable(f"{path}: {str(bad).splitlines()[0]}") from bad
    if len(misfits) > MOST_MISFITS * (len(misfits) + table.num_rows):
        raise BadTable(
            f"{path}: {len(misfits)} of {len(misfits) + table.num_rows} lines do not have the {len(header)} fields of "
            f"the first (one has {misfits[0]}); quote fields that hold {delimiter!r}"
        )
    if not table.num_rows:
        raise BadTable(f"{path}: no rows under the first line")
    frame = table.to_pandas()
    frame.columns = pd.Index(header)
    return frame, ({"fields_do_not_fit": len(misfits)} if misfits else {}), notes


def _bytes(path: Path) -> bytes:
    try:
        data = path.read_bytes()
        if data[:2] == b"\x1f\x8b":
            data = gzip.decompress(data)
    except (OSError, EOFError) as bad:
        raise BadTable(f"{path}: {bad.strerror if isinstance(bad, OSError) and bad.strerror else bad}") from bad
    for mark, what in _MARKS.items():
        if data.startswith(mark):
            raise BadTable(f"{path} is {what}; save it as CSV")
    if not data.strip():
        raise BadTable(f"{path} is empty")
    return data


def _encoding(path: Path, data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    if b"\0" in data[:PEEK]:
        raise BadTable(f"{path} holds zero bytes: it is no text; save it as CSV")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252" if not any(bytes([b]) in data for b in (0x81, 0x8D, 0x8F, 0x90, 0x9D)) else "latin-1"
    return "utf-8"


def _delimiter(head: str) -> str:
    """The one by which most of the first lines have as many fields as the first line; the more fields, the better."""
    best, found = (-1.0, 0), ","
    for delimiter in DELIMITERS:
        try:
            rows = [r for _, r in zip(range(200), csv.reader(io.StringIO(head, newline=""), delimiter=delimiter), strict=False) if r]
        except csv.Error:
            continue
        rows = rows[:-1] if len(rows) > 2 else rows  # the last one may be cut off
        fields = len(rows[0]) if rows else 0
        if fields < 2:
            continue
        told = (round(sum(len(r) == fields for r in rows) / len(rows), 2), fields)
        if told > best:
            best, found = told, delimiter
    return found


def _names(path: Path, first: Sequence[str]) -> tuple[list[str], list[str]]:
    """Names of the columns, each once; raises BadTable when the first line is of data."""
    said = [c.strip() for c in first]
    numbers = [c for c in said if c and _is_number(c)]
    if numbers and len(numbers) >= max(2, len(said) // 3):
        raise BadTable(
            f"{path}: the first line looks like data, not like names of columns ({', '.join(numbers[:3])}); give the file a header"
        )
    names: list[str] = []
    notes = []
    for at, name in enumerate(said, 1):
        unique = name or f"column {at}"
        again = 2
        while unique in names:
            unique, again = f"{name or f'column {at}'} ({again})", again + 1
        if unique != name:
            notes.append(f"column {at} has {'the name of an earlier one' if name else 'no name'}; it is called {unique!r} here")
        names.append(unique)
    return names, notes


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
