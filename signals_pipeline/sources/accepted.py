"""The good rows of one pull while it comes in: which version of each key stands, in columns, with the way back of a whole file.

rows, batches → pending → Arrow chunks → one table of what stands.
Does not belong here: why a record is a reject, and counting (`land.py`).
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from signals_pipeline.errors import Permanent
from signals_pipeline.io.datasets import ENVELOPE, Dataset
from signals_pipeline.io.lake import table_of
from signals_pipeline.sources.read import naive
from signals_pipeline.sources.spec import Raw, Row

FLUSH = 5_000  # records that are held as Python objects at most
_UNFIT = (Permanent, OverflowError, ValueError, pa.ArrowException)


@dataclass(frozen=True)
class Version:
    """The row that stands for a key: its number, its typed columns, what the vendor said, and when (aware UTC)."""

    number: int
    columns: dict[str, Any]
    payload: str
    known_at: datetime


class Accepted:
    """Rows are numbered in order of arrival; `drop` takes one out, `undo` all since `begin`."""

    def __init__(self, dataset: Dataset, pulled_at: datetime) -> None:
        self.dataset, self.pulled_at = dataset, naive(pulled_at)
        self.count = 0
        self.is_keyed = False  # whether every row's key was compared with those before it
        self._rows: list[tuple[Row, Raw]] = []
        self._chunks: list[pa.Table] = []
        self._starts: list[int] = []
        self._seen: dict[str, int] = {}  # record_key → number of the version that stands
        self._dropped: set[int] = set()
        self._begun: int | None = None
        self._keys_before: dict[str, int | None] = {}
        self._dropped_since: list[int] = []

    def version(self, key: str) -> Version | None:
        number = self._seen.get(key)
        if number is None:
            return None
        pending = self.count - len(self._rows)
        if number >= pending:
            row, raw = self._rows[number - pending]
            return Version(number, content(row.columns), raw.payload, row.known_at)
        chunk = bisect_right(self._starts, number) - 1
        found = self._chunks[chunk].slice(number - self._starts[chunk], 1).to_pylist()[0]
        columns = content({k: v for k, v in found.items() if k not in ENVELOPE})
        return Version(number, columns, found["payload"], found["known_at"].replace(tzinfo=UTC))

    def add(self, row: Row, raw: Raw) -> None:
        """The newest version of its key."""
        self._stands(row.record_key, self.count)
        self._rows.append((row, raw))
        self.count += 1

    def add_new(self, table: pa.Table) -> bool:
        """Rows of keys that nobody has said yet. False, and nothing added, when a key comes twice. Flush first."""
        keys = table["record_key"].to_pylist()
        if len(set(keys)) < len(keys) or not self._seen.keys().isdisjoint(keys):
            return False
        if self._begun is None:
            self.is_keyed = True
            self._seen.update(zip(keys, range(self.count, self.count + len(keys)), strict=True))
        else:
            for number, key in enumerate(keys, self.count):
                self._stands(key, number)
        self.add_unkeyed(table)
        return True

    def add_unkeyed(self, table: pa.Table) -> None:
        """Rows whose keys are compared at the end (`settle.without_repeats`)."""
        self._starts.append(self.count)
        self._chunks.append(table)
        self.count += table.num_rows

    def drop(self, number: int) -> bool:
        """False when it was dropped before."""
        if number in self._dropped:
            return False
        self._dropped.add(number)
        self._dropped_since.append(number)
        return True

    def begin(self) -> None:
        """From here on `undo` takes everything back. Flush first."""
        self._begun, self._keys_before, self._dropped_since = self.count, {}, []

    def undo(self) -> int:
        """What stood at `begin` stands again; returns how many rows that stood are taken out. Flush first."""
        assert self._begun is not None
        since = set(range(self._begun, self.count))
        gone = len(since - self._dropped)
        self._dropped -= {n for n in self._dropped_since if n < self._begun}
        self._dropped |= since
        for key, number in self._keys_before.items():
            if number is None:
                del self._seen[key]
            else:
                self._seen[key] = number
        return gone

    def flush(self) -> list[tuple[Row, Raw, str]]:
        """Pending rows as one Arrow chunk; returns those whose values do not fit the declared types, and why."""
        if not self._rows:
            return []
        pairs, self._rows = self._rows, []
        start = self.count - len(pairs)
        rows = [self._dict(row, raw) for row, raw in pairs]
        unfit = []
        try:
            chunk = table_of(self.dataset, rows)
        except _UNFIT:
            good = [self.dataset.schema.empty_table()]
            for number, (fields, (row, raw)) in enumerate(zip(rows, pairs, strict=True), start):
                try:
                    one = table_of(self.dataset, [fields])
                except _UNFIT as bad:
                    # a blank row keeps the numbering; it is dropped before the write
                    one = table_of(self.dataset, [{"record_key": row.record_key, "payload": raw.payload}])
                    if self.drop(number):
                        unfit.append((row, raw, str(bad)))
                good.append(one)
            chunk = pa.concat_tables(good)
        self._starts.append(start)
        self._chunks.append(chunk)
        return unfit

    def table(self) -> pa.Table:
        """What stands. Flush first."""
        table = pa.concat_tables([self.dataset.schema.empty_table(), *self._chunks]).combine_chunks()
        self._chunks, self._starts = [table], [0]  # the same rows in one piece, so that they stand once in memory
        if not self._dropped:
            return table
        return table.take(pa.array([i for i in range(table.num_rows) if i not in self._dropped], pa.int64()))

    def is_long(self) -> bool:
        return len(self._rows) >= FLUSH

    def _stands(self, key: str, number: int) -> None:
        self.is_keyed = True
        if self._begun is not None:
            self._keys_before.setdefault(key, self._seen.get(key))
        self._seen[key] = number

    def _dict(self, row: Row, raw: Raw) -> dict[str, Any]:
        return {
            **row.columns,
            "record_key": row.record_key, "occurred_at": naive(row.occurred_at), "known_at": naive(row.known_at),
            "known_at_basis": row.known_at_basis, "pulled_at": self.pulled_at, "payload": raw.payload,
        }  # fmt: skip


def content(columns: dict[str, Any]) -> dict[str, Any]:
    """What two rows are compared by: the same row said on another line is the same row."""
    return {k: v for k, v in columns.items() if v is not None and k != "source_row"}
