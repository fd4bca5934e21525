"""The sandbox's memory: one SQLite file in its home, so that a restart loses nothing.

world and endpoints → `Store` → sandbox.db. Ids are counters, so the same doings give the same ids.
Does not belong here: what the rows mean.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sandbox.schema import PREFIX, ddl

Row = dict[str, Any]
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def id18(id15: str) -> str:
    """The 18-character form of a Salesforce id: three check characters over the case of fifteen."""
    tail = ""
    for chunk in (id15[:5], id15[5:10], id15[10:15]):
        tail += _CHECK[sum(1 << n for n, ch in enumerate(chunk) if ch.isupper())]
    return id15 + tail


def salesforce_id(kind: str, number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 62)
        digits = _BASE62[digit] + digits
    return id18(f"{PREFIX[kind]}Bx{digits:0>10}")


def number_of(salesforce_id_: str | None) -> int:
    """The counter inside an id that `salesforce_id` made; 0 for None."""
    number = 0
    for ch in (salesforce_id_ or "")[5:15]:
        number = number * 62 + _BASE62.index(ch)
    return number


class Store:
    """One connection, used from one thread. Outside `batch` every statement commits by itself."""

    def __init__(self, path: Path | str) -> None:
        self.db = sqlite3.connect(str(path), isolation_level=None, check_same_thread=False, cached_statements=512)
        self.db.row_factory = sqlite3.Row
        for line in ("journal_mode=WAL", "synchronous=OFF", "temp_store=MEMORY", "cache_size=-65536"):
            self.db.execute(f"PRAGMA {line}")
        for statement in ddl():
            self.db.execute(statement)
        self._counters: dict[str, int] = {}
        self._inserts: dict[tuple[str, ...], str] = {}

    def close(self) -> None:
        self.db.close()

    @contextmanager
    def batch(self) -> Iterator[None]:
        """One transaction; rolled back when the block raises. Batches nest into the outermost."""
        if self.db.in_transaction:
            yield
            return
        self.db.execute("BEGIN")
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK")
            self._counters.clear()
            raise
        self.db.execute("COMMIT")

    def next(self, table: str) -> int:
        """The next number of a table, from 1: one more than the highest that stands."""
        if table not in self._counters:
            highest = self.value(f'SELECT max({"Id" if table in PREFIX else "id"}) FROM "{table}"')
            self._counters[table] = number_of(highest) if table in PREFIX else int(highest or 0)
        self._counters[table] += 1
        return self._counters[table]

    def new_id(self, kind: str) -> str:
        return salesforce_id(kind, self.next(kind))

    def insert(self, table: str, row: Mapping[str, Any]) -> None:
        key = (table, *row)
        if key not in self._inserts:
            names = ", ".join(f'"{c}"' for c in row)
            self._inserts[key] = f'INSERT INTO "{table}" ({names}) VALUES ({", ".join("?" * len(row))})'
        self.db.execute(self._inserts[key], tuple(row.values()))

    def update(self, table: str, key: str, value: Any, changes: Mapping[str, Any]) -> None:
        names = ", ".join(f'"{c}" = ?' for c in changes)
        self.db.execute(f'UPDATE "{table}" SET {names} WHERE "{key}" = ?', (*changes.values(), value))

    def rows(self, sql: str, args: Iterable[Any] = ()) -> list[Row]:
        return [dict(row) for row in self.db.execute(sql, tuple(args))]

    def one(self, sql: str, args: Iterable[Any] = ()) -> Row | None:
        found = self.db.execute(sql, tuple(args)).fetchone()
        return dict(found) if found else None

    def value(self, sql: str, args: Iterable[Any] = ()) -> Any:
        found = self.db.execute(sql, tuple(args)).fetchone()
        return found[0] if found else None

    def count(self, table: str) -> int:
        return int(self.value(f'SELECT count(*) FROM "{table}"'))

    def get(self, key: str) -> Any:
        """A small JSON value, or None."""
        found = self.value("SELECT value FROM kv WHERE key = ?", (key,))
        return None if found is None else json.loads(found)

    def put(self, key: str, value: Any) -> None:
        self.put_bytes(key, json.dumps(value).encode())

    def get_bytes(self, key: str) -> bytes | None:
        found = self.value("SELECT value FROM kv WHERE key = ?", (key,))
        return None if found is None else bytes(found)

    def put_bytes(self, key: str, value: bytes) -> None:
        self.db.execute("INSERT INTO kv VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", (key, value))
