"""Remembered answers for conditional requests: what a vendor says is unchanged is read from `ops.etags`.

GET → (If-None-Match) → 304 → the remembered body.
"""

from __future__ import annotations

import base64
import zlib
from dataclasses import dataclass
from datetime import datetime

import httpx
import sqlalchemy as sa

from signals_pipeline.io import ops as store

LARGEST = 5_000_000  # bytes; larger bodies are fetched anew


@dataclass(frozen=True)
class Remembered:
    etag: str | None
    last_modified: str | None
    content: bytes

    @property
    def headers(self) -> dict[str, str]:
        pairs = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in pairs.items() if value}


def recall(ops: sa.Engine, key: str) -> Remembered | None:
    table = store.etags
    with ops.connect() as connection:
        row = connection.execute(sa.select(table).where(table.c.request_key == key)).one_or_none()
    if row is None or row.body is None:
        return None
    return Remembered(row.etag, row.last_modified, zlib.decompress(base64.b64decode(row.body)))


def remember(ops: sa.Engine, key: str, response: httpx.Response, at: datetime) -> bool:
    """Keep an answer that carries a validator. `at` is naive UTC. False when it has none, or is too large."""
    etag, modified = response.headers.get("etag"), response.headers.get("last-modified")
    if not (etag or modified) or len(response.content) > LARGEST:
        return False
    values = {
        "etag": etag, "last_modified": modified, "seen_at": at,
        "body": base64.b64encode(zlib.compress(response.content)).decode(),
    }  # fmt: skip
    with ops.begin() as connection:
        store.put(connection, store.etags, {"request_key": key}, values)
    return True
