"""In-app notices: rows of the ops store, where the effect id is the key, so that a second write finds the first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from signals_pipeline.activation.destinations.base import Outcome, Ready
from signals_pipeline.io import ops


class InAppDestination:
    name = "in_app"
    batch = 200
    can_read_back = True
    is_idempotent = True
    confirms_by_reading = True

    def __init__(self, engine: sa.Engine, at: datetime) -> None:
        self.engine, self.at = engine, at

    async def send(self, object_: str, ready: Sequence[Ready]) -> list[Outcome]:
        have = await self.read_back(object_, ready)
        with self.engine.begin() as connection:
            for r in ready:
                if r.row.effect_id not in have:
                    connection.execute(
                        ops.notices.insert().values(
                            notice_id=r.row.effect_id,
                            kind=str(r.row.facts.get("rule") or "notice"),
                            title=str(r.payload.get("title") or ""),
                            body=str(r.payload.get("body") or ""),
                            recipient=r.row.facts.get("recipient"),
                            is_read=False,
                            at=self.at,
                        )
                    )
        return [Outcome(r.row.effect_id, "done", r.row.effect_id) for r in ready]

    async def read_back(self, object_: str, ready: Sequence[Ready]) -> dict[str, str]:
        with self.engine.connect() as connection:
            ids = [r.row.effect_id for r in ready]
            rows = connection.execute(sa.select(ops.notices.c.notice_id).where(ops.notices.c.notice_id.in_(ids)))
            return {row.notice_id: row.notice_id for row in rows}

    async def drift(self, object_: str, ready: Sequence[Ready]) -> dict[str, str]:
        return {}
