"""Merges that can be undone: each id points to at most one older id; edges are kept, so cutting one restores both sides.

Rows (company_id, into_company_id, op) by day → `Forest.apply` → `root`, `members`; `merge` and `cut` make new rows.
Does not belong here: why two are merged (`companies.py`, `people.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import pyarrow as pa

from signals_pipeline.io.lake import ZERO_DAY


def ever_merged(merges: pa.Table, nodes: Iterable[str | None]) -> set[str]:
    """These, and all that was ever one with one of them, undone merges too. `merges`: rows of company_merges or person_merges."""
    near: dict[str, set[str]] = defaultdict(set)
    for child, parent in zip(merges.column(0).to_pylist(), merges.column(1).to_pylist(), strict=True):
        near[child].add(parent)
        near[parent].add(child)
    found = {n for n in nodes if n is not None}
    queue = list(found)
    for each in queue:
        news = near.get(each, set()) - found
        found |= news
        queue += news
    return found


@dataclass
class Forest:
    """`parent` of each merged id; an id without one is a root. `born` orders edges by the day that they were made."""

    parent: dict[str, str] = field(default_factory=dict)
    reason: dict[str, str] = field(default_factory=dict)
    children: dict[str, list[str]] = field(default_factory=dict)
    born: dict[str, tuple[date, str]] = field(default_factory=dict)
    today: date = ZERO_DAY
    _before: dict[str, str | None] = field(default_factory=dict)  # parent at the start of the day, of ids touched today

    def root(self, node: str) -> str:
        while (above := self.parent.get(node)) is not None:
            node = above
        return node

    def members(self, node: str) -> list[str]:
        """Every id that points to the root of `node`, the root first."""
        found = [self.root(node)]
        for each in found:
            found += self.children.get(each, ())
        return found

    def merge(self, child: str, parent: str, reason: str) -> None:
        """Point the root `child` to the root `parent`. Raises ValueError when either is no root, or both are one."""
        if child in self.parent or parent in self.parent or child == parent:
            raise ValueError(f"{child} and {parent} are not two roots")
        self._before.setdefault(child, None)
        self._set(child, parent, reason)

    def cut(self, left: str, right: str) -> str | None:
        """Undo the newest merge on the way between two ids; the id that stands alone again, or None when they were apart."""
        up = self._way_up(left)
        down = self._way_up(right)
        if up[-1] != down[-1]:
            return None
        shared = set(up) & set(down)
        edges = [n for n in (*up, *down) if n not in shared]
        child = max(edges, key=lambda n: self.born[n], default=None)
        if child is None:
            return None
        self._before.setdefault(child, self.parent[child])
        self._unset(child)
        return child

    def apply(self, day: date, rows: Iterable[tuple[str, str, str, str]]) -> None:
        """Take over the rows (company_id, into_company_id, op, reason) of a day."""
        self.today = day
        for child, parent, op, reason in sorted(rows, key=lambda r: (r[2] != "undo", r[0])):
            if child in self.parent:
                self._unset(child)
            if op == "merge":
                self._set(child, parent, reason)
        self._before.clear()

    def close_day(self) -> list[tuple[str, str, str, str]]:
        """The day's changes as rows (company_id, into_company_id, op, reason), by id."""
        rows = []
        for child, before in sorted(self._before.items()):
            now = self.parent.get(child)
            if now == before:
                continue
            if now is None:
                rows.append((child, str(before), "undo", "decision"))
            else:
                rows.append((child, now, "merge", self.reason[child]))
        self._before.clear()
        return rows

    def _way_up(self, node: str) -> list[str]:
        way = [node]
        while (above := self.parent.get(way[-1])) is not None:
            way.append(above)
        return way

    def _set(self, child: str, parent: str, reason: str) -> None:
        self.parent[child], self.reason[child], self.born[child] = parent, reason, (self.today, child)
        self.children.setdefault(parent, []).append(child)

    def _unset(self, child: str) -> None:
        self.children[self.parent.pop(child)].remove(child)
        self.reason.pop(child)
        self.born.pop(child)
