"""Keeps SQLAlchemy's engines of Dagster's SQLite files for the length of a run.

Dagster makes a new engine for each event it stores, and with it a new cache of compiled statements: compiling the same inserts a thousand
times over costs a run more than writing them. Connections stay Dagster's own business. Does not belong here: what is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dagster._core.storage.event_log.sqlite import sqlite_event_log
from dagster._core.storage.runs.sqlite import sqlite_run_storage

_MODULES: tuple[Any, ...] = (sqlite_event_log, sqlite_run_storage)


@contextmanager
def kept_engines() -> Iterator[None]:
    """While it is open, the same file is given the same engine; afterwards Dagster's own way is back."""
    kept: dict[tuple[str, str], Any] = {}
    made = [module.create_engine for module in _MODULES]

    def of(create: Any) -> Any:
        def engine(url: str, **options: Any) -> Any:
            asked = (url, repr(sorted(options.items(), key=lambda o: o[0])))
            if asked not in kept:
                kept[asked] = create(url, **options)
            return kept[asked]

        return engine

    for module, create in zip(_MODULES, made, strict=True):
        module.create_engine = of(create)
    try:
        yield
    finally:
        for module, create in zip(_MODULES, made, strict=True):
            module.create_engine = create
        for engine in kept.values():
            engine.dispose()
