"""Answers and misses of providers, kept as long as the profile says (`ops.enrichment_cache`).

(provider, lookup_key) → `recall` → answer or None · `remember` after each look-up.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa

from signals_pipeline.io import ops as store
from signals_pipeline.rules.profile import Enrichment

_T = store.enrichment_cache


@dataclass(frozen=True)
class Answer:
    """hit with its payload, or miss. `at`: when the provider said it, naive UTC."""

    outcome: Literal["hit", "miss"]
    payload: Any
    at: datetime


@dataclass(frozen=True)
class AnswerCache:
    ops: sa.Engine
    rules: Enrichment

    def recall(self, provider: str, lookup_key: str, now: datetime) -> Answer | None:
        """What is known and not stale at `now` (naive UTC)."""
        query = sa.select(_T).where((_T.c.provider == provider) & (_T.c.lookup_key == lookup_key))
        with self.ops.connect() as connection:
            row = connection.execute(query).one_or_none()
        if row is None or (row.expires_at is not None and row.expires_at <= now):
            return None
        return Answer("hit" if row.outcome == "hit" else "miss", json.loads(row.payload) if row.payload else None, row.at)

    def remember(self, provider: str, lookup_key: str, answer: Answer) -> None:
        days = self.rules.cache_days if answer.outcome == "hit" else self.rules.miss_cache_days
        values = {
            "outcome": answer.outcome, "at": answer.at, "expires_at": answer.at + timedelta(days=days),
            "payload": json.dumps(answer.payload, sort_keys=True) if answer.payload is not None else None,
        }  # fmt: skip
        with self.ops.begin() as connection:
            store.put(connection, _T, {"provider": provider, "lookup_key": lookup_key}, values)
