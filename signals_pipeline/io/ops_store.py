"""How the ops store is opened, brought to the newest revision, and written by several processes at once.

URL → `open_ops` → engine (SQLite in WAL mode, or Postgres) · `put` (insert or update in one statement) · `serialize` (one at a time).
Does not belong here: which tables there are (`ops.py`).
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Table

SQLITE_PATIENCE_S = 30.0
MIGRATIONS = Path(__file__).parent / "migrations"


def open_ops(url: str) -> sa.Engine:
    """An engine on an up-to-date ops store; creates the SQLite folder when needed. Instants are naive UTC.

    SQLite: WAL, foreign keys, 30 s busy time-out, transactions that take the write lock at once (BEGIN IMMEDIATE).
    """
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(url, connect_args={"timeout": SQLITE_PATIENCE_S})
        sa.event.listen(engine, "connect", _sqlite_connect)
        sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    else:
        engine = sa.create_engine(url, pool_pre_ping=True)
    _migrate(engine)
    return engine


def put(
    connection: sa.Connection, table: Table, key: Mapping[str, Any], values: Mapping[str, Any], again: Mapping[str, Any] | None = None
) -> None:
    """Insert the row of a primary key, or update the one that stands, in one statement: two writers cannot both insert.

    `again`: other values for an update than for an insert; they may be SQL expressions over the table's columns.
    """
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]
    row = insert(table).values(**key, **values)
    connection.execute(row.on_conflict_do_update(index_elements=list(key), set_=dict(again if again is not None else values)))


def serialize(connection: sa.Connection, what: str) -> None:
    """From here to the end of this transaction nobody else is in one that serialized on `what`: read, decide, write.

    Postgres: an advisory lock. SQLite needs none: its only writer is the one that said BEGIN IMMEDIATE.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(f"signals:{what}", 0))))


def _sqlite_connect(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy says BEGIN, not the driver
    _write_ahead(connection)
    for pragma in ("synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _write_ahead(connection: Any) -> None:
    """Turn WAL on where it is not. SQLite does not wait for this lock by itself: processes that open a new store at once meet here."""
    until = time.monotonic() + SQLITE_PATIENCE_S
    while True:
        try:
            if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def _migrate(engine: sa.Engine) -> None:
    if _revision(engine) == newest_revision():
        return  # Alembic takes a quarter of a second to import
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        serialize(connection, "migrate")  # daemon, web server and CLI may open a new store at once
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def newest_revision() -> str:
    """The number that the newest file of `migrations/versions` begins with, which is its revision."""
    return max(p.stem.partition("_")[0] for p in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def _revision(engine: sa.Engine) -> str | None:
    """The revision that a store stands at; None for an empty one."""
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.execute(sa.text("select version_num from alembic_version")).scalar()
    return found
