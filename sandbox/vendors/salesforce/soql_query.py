"""What a SOQL text comes to: the columns to show and the SQL that selects them, or the vendor's refusal.

`soql.py` fills a `Query` → `queries.py` runs it. Does not belong here: reading the text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sandbox.schema import OBJECTS, Field


class SoqlError(Exception):
    """`code` is the vendor's errorCode."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass
class Query:
    """`columns` are (path as written, parent relation or "", field); `sql` selects rowids in order."""

    entity: str
    columns: list[tuple[str, str, Field]] = field(default_factory=list)
    is_count: bool = False
    joins: dict[str, tuple[str, str]] = field(default_factory=dict)  # relation → (object, reference field)
    where: str = ""
    args: list[Any] = field(default_factory=list)
    order: str = ""
    limit: int | None = None
    offset: int = 0

    def tables(self) -> str:
        joined = "".join(f' LEFT JOIN "{o}" AS "{rel}" ON "{rel}".Id = t."{ref}"' for rel, (o, ref) in self.joins.items())
        return f'"{self.entity}" AS t{joined}'

    def ids_sql(self, *, deleted: bool) -> str:
        parts = [f"({self.where})"] if self.where else []
        if not deleted and any(f.name == "IsDeleted" for f in OBJECTS[self.entity]):
            parts.append("t.IsDeleted = 0")
        tail = f" WHERE {' AND '.join(parts)}" if parts else ""
        tail += f" ORDER BY {self.order + ', ' if self.order else ''}t.Id"
        if self.limit is not None:
            tail += f" LIMIT {self.limit} OFFSET {self.offset}"
        elif self.offset:
            tail += f" LIMIT -1 OFFSET {self.offset}"
        return f"SELECT t.Id FROM {self.tables()}{tail}"
