"""The read door of the warehouse: a whole result over a read-only connection held for that query alone.

dbt writes the warehouse; Python reads it here, and retries while dbt holds the lock.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from signals_pipeline.errors import Permanent, Transient

_NOT_BUILT = "is not built yet; `signals run` builds it"
_OTHER_CODE = "the warehouse was built by other code; `signals run` builds it anew"


@dataclass(frozen=True)
class Warehouse:
    """`url`: a DuckDB file, or postgresql://…  `query` returns Arrow; parameters are positional (`?` on both engines).

    `lake_url`: where the files lie that views of a DuckDB warehouse read; told when it is not a folder.
    """

    url: str
    patience_s: float = 60.0
    lake_url: str = ""

    @property
    def is_postgres(self) -> bool:
        return self.url.startswith("postgresql")

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> pa.Table:
        """Rows as Arrow. `sql` is ours, never text from outside; values go through `parameters`.

        Raises Transient when the lock is not free within `patience_s`, or warehouse or relation are not there yet; Permanent when it
        lacks a column.
        """
        return self._postgres(sql, parameters) if self.is_postgres else self._duckdb(sql, parameters)

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """The same as dicts."""
        found: list[dict[str, Any]] = self.query(sql, parameters).to_pylist()
        return found

    def has(self, schema: str, table: str) -> bool:
        """Whether a relation stands (false on a new, empty warehouse)."""
        if not self.is_postgres and not Path(self.url).exists():
            return False
        sql = "select count(*) as n from information_schema.tables where table_schema = ? and table_name = ?"
        return bool(self.rows(sql, (schema, table))[0]["n"])

    def _duckdb(self, sql: str, parameters: Sequence[Any]) -> pa.Table:
        import duckdb

        from signals_pipeline.io import duck

        until = time.monotonic() + self.patience_s
        while True:
            try:
                with duck.connect(self.url, read_only=True, lake_url=self.lake_url) as connection:
                    return connection.sql(sql, params=list(parameters)).to_arrow_table()
            except (duckdb.IOException, duckdb.ConnectionException) as busy:
                if not Path(self.url).exists():
                    raise Transient(f"the warehouse {self.url} {_NOT_BUILT}") from busy
                if time.monotonic() > until:
                    raise Transient(f"warehouse {self.url} is held by another process: {busy}") from busy
                time.sleep(0.2)
            except duckdb.CatalogException as missing:
                raise Transient(f"not in the warehouse yet (`signals run` builds it): {missing}") from missing
            except duckdb.BinderException as other:
                raise Permanent(f"{_OTHER_CODE}: {other}") from other

    def _postgres(self, sql: str, parameters: Sequence[Any]) -> pa.Table:
        import psycopg2

        from signals_pipeline.io.pgtypes import arrow_of

        try:
            with (
                psycopg2.connect(self.url.replace("postgresql+psycopg2://", "postgresql://")) as connection,
                connection.cursor() as cursor,
            ):
                connection.set_session(readonly=True)
                cursor.execute("set time zone 'UTC'")
                cursor.execute(sql.replace("%", "%%").replace("?", "%s") if parameters else sql, tuple(parameters) or None)
                return arrow_of(cursor)
        except psycopg2.errors.UndefinedTable as missing:
            raise Transient(f"not in the warehouse yet (`signals run` builds it): {missing}") from missing
        except psycopg2.OperationalError as bad:
            raise Transient(f"warehouse: {bad}") from bad
        except psycopg2.errors.UndefinedColumn as other:
            raise Permanent(f"{_OTHER_CODE}: {other}") from other
