"""SOQL text: literals, ids, and lists cut so that a request's URI stays inside Salesforce's bound.

values → `soql_literal` / `in_list` / `chunks` → text for `Salesforce.query`. Text from outside only enters through `soql_literal`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from urllib.parse import quote_plus

from signals_pipeline.errors import Permanent

URI_BYTES = 16_384  # URI and headers together (414 or 431 beyond)
LIST_BYTES = 11_000  # what one IN list may take of it, percent-encoded; the rest is SELECT, token, host
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)*\Z")
_CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_ESCAPES = {"\\": "\\\\", "'": "\\'", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}


def soql_literal(value: str | bool | int | float | date | datetime | None) -> str:
    """A value as SOQL: text quoted and escaped, instants (aware) as UTC, dates and numbers bare."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise Permanent(f"soql: {value} has no zone")
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    return "'" + "".join(_ESCAPES.get(c, c) for c in value) + "'"


def soql_name(name: str) -> str:
    """An object or field name as it is. Raises Permanent for anything else than letters, digits, underscores, dots."""
    if not _NAME.match(name):
        raise Permanent(f"soql: {name!r} is no field or object name")
    return name


def in_list(values: Sequence[str]) -> str:
    return "(" + ",".join(soql_literal(v) for v in values) + ")"


def chunks(values: Sequence[str], *, most: int = 500, most_bytes: int = LIST_BYTES) -> Iterator[list[str]]:
    """Values in slices whose encoded IN list stays under `most_bytes`. Raises Permanent for one value that alone is longer."""
    part: list[str] = []
    size = 0
    for value in values:
        cost = len(quote_plus(soql_literal(value) + ","))
        if cost > most_bytes:
            raise Permanent(f"soql: one value of {cost} encoded bytes does not fit into a request")
        if part and (size + cost > most_bytes or len(part) >= most):
            yield part
            part, size = [], 0
        part.append(value)
        size += cost
    if part:
        yield part


def id18(record_id: str) -> str:
    """The 18 character form of a 15 character (case-sensitive) id; 18 stays. Raises Permanent when it is neither."""
    if len(record_id) == 18 and record_id.isalnum():
        return record_id
    if len(record_id) != 15 or not record_id.isalnum():
        raise Permanent(f"{record_id!r} is no Salesforce id")
    suffix = ""
    for start in (0, 5, 10):
        bits = sum(1 << i for i, c in enumerate(record_id[start : start + 5]) if "A" <= c <= "Z")
        suffix += _CHECK[bits]
    return record_id + suffix
