"""Dagster's own SQLite files made cheap while a job runs in this process: connections and compiled statements are kept.

Dagster makes an engine for each of its thousand events a run: each opens a file, compiles its statements anew, and closes again, which
folds the write-ahead log into the file and waits for the disk. Inside `kept` such an engine gets a dialect of ours that hands out an idle
connection to the same file, finds what the engines before it have compiled, and remembers which tables and columns stand.
A killed process loses nothing; a power cut may lose the last events of a run's log (WAL with synchronous=NORMAL).
Does not belong here: our own ops store, whose engine pools its connections itself; Dagster on Postgres, which this leaves alone.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite


class _Store:
    """Idle connections by file, and compiled statements, of one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.compiled: dict[Any, Any] = {}
        self.traits: dict[str, Any] | None = None
        self.tables: set[tuple[str, str]] = set()
        self.columns: dict[tuple[str, str], Any] = {}
        self._idle: dict[str, list[Any]] = {}
        self._file_of: dict[int, str] = {}
        self._lock = threading.Lock()

    def holds(self, file: str | None) -> bool:
        return bool(file) and Path(str(file)).resolve().is_relative_to(self.folder)

    def take(self, file: str) -> Any | None:
        with self._lock:
            idle = self._idle.get(file)
            return idle.pop() if idle else None

    def keep(self, connection: Any, file: str) -> None:
        with self._lock:
            self._file_of[id(connection)] = file

    def give_back(self, connection: Any) -> bool:
        """False for a connection that is not one of ours."""
        with self._lock:
            file = self._file_of.get(id(connection))
            if file is None:
                return False
            self._idle.setdefault(file, []).append(connection)
            return True

    def close(self) -> None:
        with self._lock:
            for connection in (c for idle in self._idle.values() for c in idle):
                connection.close()
            self._idle.clear()
            self._file_of.clear()


_store: _Store | None = None


class KeptDialect(SQLiteDialect_pysqlite):
    """SQLite's own dialect; for files of the kept folder `connect` and `do_close` take from the store and give back to it."""

    supports_statement_cache = True
    is_kept = False

    def __eq__(self, other: object) -> bool:
        # compiled statements are found by dialect: engines that Dagster makes alike are one to the cache
        return self is other or (isinstance(other, KeptDialect) and self.is_kept and other.is_kept)

    def __hash__(self) -> int:
        return hash(KeptDialect)

    @classmethod
    def engine_created(cls, engine: sa.Engine) -> None:
        if _store and isinstance(engine.dialect, cls) and _store.holds(engine.url.database):
            engine.dialect.is_kept = True
            engine.update_execution_options(compiled_cache=_store.compiled)

    def connect(self, *cargs: Any, **cparams: Any) -> Any:
        if not (_store and self.is_kept and cargs):
            return super().connect(*cargs, **cparams)
        connection = _store.take(cargs[0])
        if connection is None:
            connection = super().connect(*cargs, **cparams)
            connection.execute("PRAGMA synchronous=NORMAL")
            _store.keep(connection, cargs[0])
        return connection

    def initialize(self, connection: Any) -> None:
        """What SQLite is like (version, isolation level) is asked once, not by each engine at its first connection."""
        plain: Any = super()
        if not (_store and self.is_kept):
            plain.initialize(connection)
        elif _store.traits is None:
            before = dict(self.__dict__)
            plain.initialize(connection)
            _store.traits = {name: value for name, value in self.__dict__.items() if name not in before or before[name] is not value}
        else:
            self.__dict__.update(_store.traits)

    def has_table(self, connection: Any, table_name: str, schema: str | None = None, **options: Any) -> bool:
        """Dagster asks before each asset event whether its tables stand; one that stood once does until the end."""
        plain: Any = super()
        key = (str(connection.engine.url.database), table_name)
        if not (_store and self.is_kept) or schema:
            return bool(plain.has_table(connection, table_name, schema, **options))
        if key not in _store.tables and plain.has_table(connection, table_name, **options):
            _store.tables.add(key)
        return key in _store.tables

    def get_columns(self, connection: Any, table_name: str, schema: str | None = None, **options: Any) -> Any:
        """And which columns they have; Dagster alters no table while a job runs."""
        plain: Any = super()
        key = (str(connection.engine.url.database), table_name)
        if not (_store and self.is_kept) or schema:
            return plain.get_columns(connection, table_name, schema, **options)
        if key not in _store.columns:
            _store.columns[key] = plain.get_columns(connection, table_name, **options)
        return _store.columns[key]

    def do_close(self, dbapi_connection: Any) -> None:
        if not (_store and self.is_kept and _store.give_back(dbapi_connection)):
            super().do_close(dbapi_connection)  # type: ignore[no-untyped-call]


@contextmanager
def kept(folder: Path) -> Iterator[None]:
    """SQLite files in `folder`, opened through SQLAlchemy by engines that are made inside, keep their connections until the end."""
    global _store
    if _store is not None:
        raise RuntimeError("kept() is not nested: one job runs in a process at a time")
    _store = _Store(folder)
    registry.register("sqlite", __name__, KeptDialect.__name__)
    try:
        yield
    finally:
        registry.deregister("sqlite")
        store, _store = _store, None
        store.close()
