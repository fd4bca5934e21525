"""The audit trail: append-only entries that chain by hash (`ops.audit`).

kind + body (keyed ids, never names) → `append` → sequence number · `verify` → the first entry that does not fit.
A cut-off tail leaves a valid chain: keep the newest hash (`head`) somewhere else to notice that too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from signals_pipeline.errors import Permanent
from signals_pipeline.io import ops as store
from signals_pipeline.keys import normal_email

START = "0" * 64


def append(engine: sa.Engine, at: datetime, kind: str, body: Mapping[str, Any]) -> int:
    """Add an entry in a transaction of its own; returns its number. `at` is naive UTC. Raises Permanent for an address in the body."""
    with engine.begin() as connection:
        return append_in(connection, at, kind, body)


def append_in(connection: sa.Connection, at: datetime, kind: str, body: Mapping[str, Any]) -> int:
    """The same inside the caller's transaction, so that the deed and its entry stand or fall together."""
    if found := next(_addresses(body), None):
        raise Permanent(f"audit: {kind}: `{found}` holds an e-mail address; write its key (keys.email_key)")
    store.serialize(connection, "audit")
    table = store.audit
    last = connection.execute(sa.select(table.c.seq, table.c.hash).order_by(table.c.seq.desc()).limit(1)).one_or_none()
    seq, previous = (last.seq + 1, last.hash) if last else (1, START)
    text = canonical(body)
    at = at.replace(tzinfo=None)
    connection.execute(
        sa.insert(table).values(seq=seq, at=at, kind=kind, body=text, previous_hash=previous, hash=_hash(previous, seq, at, kind, text))
    )
    return int(seq)


def verify(engine: sa.Engine) -> int | None:
    """The first number that is missing, changed, or does not follow from the one before; None when the chain is whole."""
    previous, expected = START, 1
    with engine.connect() as connection:
        for row in connection.execute(sa.select(store.audit).order_by(store.audit.c.seq)):
            fits = row.previous_hash == previous and row.hash == _hash(previous, row.seq, row.at, row.kind, row.body)
            if row.seq != expected or not fits:
                return expected
            previous, expected = row.hash, expected + 1
    return None


def head(engine: sa.Engine) -> tuple[int, str]:
    """(number, hash) of the newest entry; (0, zeros) for an empty trail."""
    table = store.audit
    with engine.connect() as connection:
        row = connection.execute(sa.select(table.c.seq, table.c.hash).order_by(table.c.seq.desc()).limit(1)).one_or_none()
    return (row.seq, row.hash) if row else (0, START)


def canonical(body: Mapping[str, Any]) -> str:
    """Sorted, compact JSON. Raises Permanent for what JSON cannot hold."""
    try:
        return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as bad:
        raise Permanent(f"audit: the body is not JSON: {bad}") from None


def _hash(previous: str, seq: int, at: datetime, kind: str, body: str) -> str:
    entry = canonical({"at": at.isoformat(timespec="microseconds"), "body": body, "kind": kind, "seq": seq})
    return hashlib.sha256(f"{previous}\x1f{entry}".encode()).hexdigest()


def _addresses(value: Any, path: str = "body") -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _addresses(inner, f"{path}.{name}")
    elif isinstance(value, list | tuple):
        for i, inner in enumerate(value):
            yield from _addresses(inner, f"{path}[{i}]")
    elif isinstance(value, str) and any(normal_email(word.strip("<>,;()\"'")) for word in value.split()):
        yield path
