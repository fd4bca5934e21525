"""Salesforce's queries: SOQL in, pages of records out, cursors that live in memory.

`/query`, `/queryAll`, `/query/{locator}` → `soql.parse` → rows of the store → records with their parents.
Does not belong here: sessions and writes (`api.py`).
"""

from __future__ import annotations

import itertools
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.box import Box
from sandbox.store import Row
from sandbox.vendors.salesforce import records
from sandbox.vendors.salesforce.soql import parse
from sandbox.vendors.salesforce.soql_query import Query, SoqlError

PAGE = 2000


def fail(status: int, code: str, message: str, **more: Any) -> JSONResponse:
    return JSONResponse([{"message": message, "errorCode": code, **more}], status_code=status)


def attributes(entity: str, id_: str, version: str) -> Row:
    return {"type": entity, "url": f"/services/data/{version}/sobjects/{entity}/{id_}"}


class Queries:
    """Cursors are gone after a restart: clients restart their queries."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self.cursors: dict[str, tuple[Query, list[str]]] = {}
        self.numbers = itertools.count(1)

    async def query(self, request: Request) -> Response:
        text = request.query_params.get("q")
        if not text:
            return fail(400, "MALFORMED_QUERY", "a query is required in the parameter q")
        deleted = request.url.path.endswith("/queryAll")
        try:
            query = parse(text, self.box.now())
        except SoqlError as bad:
            return fail(400, bad.code, bad.message)
        ids = [row[0] for row in self.box.store.db.execute(query.ids_sql(deleted=deleted), query.args)]
        if query.is_count:
            return JSONResponse({"totalSize": len(ids), "done": True, "records": []})
        cursor = f"0r8Bx{next(self.numbers):010d}"
        if len(ids) > PAGE:
            self.cursors[cursor] = (query, ids)
            while len(self.cursors) > 40:
                self.cursors.pop(next(iter(self.cursors)))
        return self.page(request, query, ids, cursor, 0)

    async def more(self, request: Request) -> Response:
        cursor, _, offset = request.path_params["locator"].rpartition("-")
        if cursor not in self.cursors or not offset.isdigit():
            return fail(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        query, ids = self.cursors[cursor]
        return self.page(request, query, ids, cursor, int(offset))

    def page(self, request: Request, query: Query, ids: list[str], cursor: str, offset: int) -> Response:
        shown = offset
        if offset and self.box.faults.hit("salesforce", "duplicate_pages"):
            shown = max(0, offset - PAGE)
        part = ids[shown : shown + PAGE]
        end = offset + len(part)
        answer: Row = {"totalSize": len(ids), "done": end >= len(ids)}
        if end < len(ids):
            if self.box.faults.hit("salesforce", "paging_loop"):
                end = offset
            answer["nextRecordsUrl"] = f"/services/data/{request.path_params['version']}/query/{cursor}-{end}"
        answer["records"] = self.records(query, part, request.path_params["version"])
        return JSONResponse(answer)

    def records(self, query: Query, ids: list[str], version: str) -> list[Row]:
        """The rows of the ids, in their order."""
        if not ids:
            return []
        columns = ", ".join(
            [
                f"t.Id, {', '.join(f'{chr(34)}{rel}{chr(34)}.Id' for rel in query.joins) or 'NULL'}",
                *(f'"{rel}"."{f.name}"' if rel else f't."{f.name}"' for _, rel, f in query.columns),
            ]
        )
        found: dict[str, Row] = {}
        for start in range(0, len(ids), 500):
            chunk = ids[start : start + 500]
            rows = self.box.store.db.execute(f"SELECT {columns} FROM {query.tables()} WHERE t.Id IN ({', '.join('?' * len(chunk))})", chunk)
            for row in rows:
                found[row[0]] = self.shape(query, tuple(row), version)
        return [found[i] for i in ids if i in found]

    def shape(self, query: Query, row: tuple[Any, ...], version: str) -> Row:
        record: Row = {"attributes": attributes(query.entity, row[0], version)}
        parents = list(query.joins)
        values = row[1 + max(1, len(parents)) :]
        for (_, rel, f), value in zip(query.columns, values, strict=True):
            if not rel:
                record[f.name] = records.outward(f, value)
                continue
            parent = row[1 + parents.index(rel)]
            if parent is None:
                record[rel] = None
            else:
                record.setdefault(rel, {"attributes": attributes(query.joins[rel][0], parent, version)})[f.name] = records.outward(f, value)
        return record
