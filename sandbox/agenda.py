"""What will happen: operations with the instant at which they fall due. Kept in memory, mirrored in the store.

roll of a day → `Agenda.add` → `Agenda.due(now)` → the world's handlers. Due operations come out by time, then by order of adding.
Does not belong here: what an operation does (`world.py`).
"""

from __future__ import annotations

import heapq
import json
from datetime import datetime
from typing import Any

from sandbox.clock import parse, stamp
from sandbox.store import Store

Item = tuple[str, int, str, dict[str, Any]]


class Agenda:
    def __init__(self, store: Store) -> None:
        self.store = store
        self.heap: list[Item] = [
            (row["due"], row["id"], row["op"], json.loads(row["args"])) for row in store.rows("SELECT * FROM w_pending")
        ]
        heapq.heapify(self.heap)
        self._number = int(store.get("agenda/number") or 0)
        self._added: dict[int, Item] = {}
        self._done: list[int] = []

    def add(self, due: datetime, op: str, **args: Any) -> None:
        self._number += 1
        item = (stamp(due), self._number, op, args)
        heapq.heappush(self.heap, item)
        self._added[self._number] = item

    def due(self, until: datetime) -> tuple[datetime, str, dict[str, Any]] | None:
        """Take the next operation that falls due at or before `until`, or None."""
        if not self.heap or self.heap[0][0] > stamp(until):
            return None
        due, number, op, args = heapq.heappop(self.heap)
        if self._added.pop(number, None) is None:
            self._done.append(number)
        return parse(due), op, args

    def save(self) -> None:
        """Bring the store's copy in step; call it inside the transaction of what was done."""
        if not self._added and not self._done:
            return
        self.store.db.executemany("DELETE FROM w_pending WHERE id = ?", [(n,) for n in self._done])
        self.store.db.executemany(
            "INSERT INTO w_pending (id, due, op, args) VALUES (?, ?, ?, ?)",
            [(n, due, op, json.dumps(args)) for due, n, op, args in self._added.values()],
        )
        self.store.put("agenda/number", self._number)
        self._added.clear()
        self._done.clear()
