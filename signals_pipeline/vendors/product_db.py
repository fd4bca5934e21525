"""The product database (PostgreSQL or Redshift), read-only, as Arrow batches.

settings.product_db_url → `ProductDb.batches(sql, parameters)` → pyarrow tables.
SQL must stay inside what Redshift accepts (PostgreSQL 8.0.2's dialect); a server-side cursor would materialise the whole
result on its leader node, so the driver reads it and we cut it up. Does not belong here: watermarks (`sources/product_db`).
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import psycopg2
import pyarrow as pa
from psycopg2.extensions import connection as Connection

from signals_pipeline.errors import ContractBroken, Permanent, Transient
from signals_pipeline.io.pgtypes import arrow_of
from signals_pipeline.io.redact import redact_text
from signals_pipeline.settings import Settings

TRIES = 5
_NOT_REDSHIFT = re.compile(
    r"\b(filter\s*\(|lateral\b|distinct\s+on\b|jsonb?\b|uuid\b|on\s+conflict\b|generate_series\b|returning\b|array\s*\[|string_agg\b"
    r"|unnest\b|tablesample\b|for\s+update\b|within\s+group\s*\(\s*order\s+by\s+[^)]*\)\s*filter)|@>|->",
    re.IGNORECASE,
)


class ProductDb:
    """Raises Transient (unreachable, cancelled), ContractBroken (login, schema), Permanent (our SQL).

    `connect` and `sleep` are swapped in tests.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        statement_timeout_s: float = 600.0,
        connect: Callable[..., Connection] = psycopg2.connect,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.url = re.sub(r"^(redshift|postgresql)(\+[a-z0-9_]+)?://", "postgresql://", settings.secret("product_db_url"))
        self.statement_timeout_s, self._connect, self._sleep = statement_timeout_s, connect, sleep

    def batches(self, sql: str, parameters: Sequence[Any] = (), size: int = 50_000) -> Iterator[pa.Table]:
        """Rows in tables of at most `size`; one empty table when there are none. Parameters are `%s`, values never enter the text."""
        check_dialect(sql)
        connection = self._open()
        try:
            with connection.cursor() as cursor:
                cursor.execute("set statement_timeout to %s", (int(self.statement_timeout_s * 1000),))
                cursor.execute(sql, tuple(parameters) or None)
                empty = True
                while rows := cursor.fetchmany(size):
                    empty = False
                    yield arrow_of(_Part(cursor.description, rows))
                if empty:
                    yield arrow_of(_Part(cursor.description, []))
        except (psycopg2.errors.UndefinedTable, psycopg2.errors.UndefinedColumn, psycopg2.errors.InsufficientPrivilege) as gone:
            raise ContractBroken(f"product_db: {_said(gone)}") from None
        except (psycopg2.errors.SyntaxError, psycopg2.errors.UndefinedFunction) as ours:
            raise Permanent(f"product_db: {_said(ours)}") from None
        except (psycopg2.OperationalError, psycopg2.InterfaceError) as lost:
            raise Transient(f"product_db: {_said(lost)}") from None
        finally:
            connection.close()

    def check(self) -> str:
        """The server's version; raises as `batches` does."""
        table = next(self.batches("select version() as version"))
        return str(table["version"][0].as_py())

    def _open(self) -> Connection:
        if not self.url:
            raise ContractBroken("product_db: SIGNALS_PRODUCT_DB_URL is not set")
        for attempt in range(TRIES):
            try:
                connection = self._connect(self.url, connect_timeout=10, application_name="signals-pipeline")
            except psycopg2.OperationalError as bad:
                if "authentication failed" in str(bad) or "does not exist" in str(bad):
                    raise ContractBroken(f"product_db: {_said(bad)}") from None
                if attempt + 1 == TRIES:
                    raise Transient(f"product_db: no connection after {TRIES} tries: {_said(bad)}") from None
                self._sleep(0.5 * 2**attempt)
            else:
                connection.set_session(readonly=True)  # a courtesy; grants are what holds on Redshift
                return connection
        raise AssertionError("unreachable")


class _Part:
    """What `arrow_of` needs of a cursor, for a part of its rows."""

    def __init__(self, description: Any, rows: list[Any]) -> None:
        self.description, self._rows = description, rows

    def fetchall(self) -> list[Any]:
        return self._rows


def check_dialect(sql: str) -> None:
    """Raises Permanent for anything but one SELECT, and for words that Redshift does not know."""
    text = re.sub(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'", " ", sql, flags=re.DOTALL).strip().rstrip(";")
    if not re.match(r"(?i)(select|with)\b", text) or ";" in text:
        raise Permanent("product_db: only one SELECT at a time")
    if found := _NOT_REDSHIFT.search(text):
        raise Permanent(f"product_db: Redshift does not know {found.group(0).strip()!r}")


def _said(error: Exception) -> str:
    return " ".join(redact_text(str(error)).split())[:300]
