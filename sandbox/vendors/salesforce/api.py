"""Salesforce's HTTP side: token, versions, query with pages, describe, records, collections, limits.

request → session check → handler → JSON (errors are arrays). HTTP 200 with failed rows is how collections fail.
Does not belong here: SOQL (`soql.py`), validation (`records.py`).
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.box import Box
from sandbox.schema import OBJECTS
from sandbox.store import Row
from sandbox.vendors.salesforce import org, records
from sandbox.vendors.salesforce.queries import Queries, attributes, fail

SESSION = timedelta(hours=2)
MAX_URI = 16_384
CLIENT_ID = "3MVG9sandbox.Client"

Handler = Callable[[Request], Awaitable[Response]]


class Salesforce(Queries):
    """Sessions and query cursors live in memory: after a restart clients log in again and restart their queries."""

    def __init__(self, box: Box) -> None:
        super().__init__(box)
        self.sessions: dict[str, Any] = {}
        self.used: dict[str, int] = {}

    # ---- the frame of every request ---------------------------------------------------------------------------------
    def guarded(self, handler: Handler) -> Handler:
        async def run(request: Request) -> Response:
            box = self.box
            size = (
                len(request.scope["raw_path"])
                + len(request.scope["query_string"])
                + sum(len(k) + len(v) for k, v in request.scope["headers"])
            )
            if size > MAX_URI:
                return Response("<h1>URI Too Long</h1>", status_code=414, media_type="text/html")
            token = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
            until = self.sessions.get(token)
            if box.faults.hit("salesforce", "token_expiry"):
                self.sessions.clear()
                until = None
            if until is None or until < box.now():
                return fail(401, "INVALID_SESSION_ID", "Session expired or invalid")
            day = box.stamp()[:10]
            self.used[day] = self.used.get(day, 0) + 1
            if self.used[day] > org.DAILY:
                return fail(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
            try:
                answer = await handler(request)
            except json.JSONDecodeError as bad:
                answer = fail(400, "JSON_PARSER_ERROR", f"{bad.msg} at [line:{bad.lineno}, column:{bad.colno}]")
            answer.headers["Sforce-Limit-Info"] = f"api-usage={self.used[day]}/{org.DAILY}"
            return answer

        return run

    async def token(self, request: Request) -> Response:
        box, form = self.box, await request.form()
        if form.get("grant_type") != "client_credentials":
            return JSONResponse({"error": "unsupported_grant_type", "error_description": "grant type not supported"}, status_code=400)
        if form.get("client_id") != CLIENT_ID:
            return JSONResponse({"error": "invalid_client_id", "error_description": "client identifier invalid"}, status_code=400)
        if form.get("client_secret") != box.secret("salesforce"):
            return JSONResponse({"error": "invalid_client", "error_description": "invalid client credentials"}, status_code=400)
        token = f"00DBx0000000001!{box.secret(f'session/{next(self.numbers)}/{box.stamp()}', 48)}"
        self.sessions[token] = box.now() + SESSION
        return JSONResponse(
            {
                "access_token": token,
                "signature": box.secret("signature", 43),
                "scope": "api",
                "instance_url": f"{box.base_url}/salesforce",
                "id": f"{box.base_url}/salesforce/id/00DBx0000000001AAA/005Bx0000000001IAA",
                "token_type": "Bearer",
                "issued_at": str(int(box.now().timestamp() * 1000)),
            }
        )

    # ---- records ----------------------------------------------------------------------------------------------------
    def entity(self, request: Request) -> str | None:
        named = request.path_params["entity"]
        return next((o for o in OBJECTS if o.lower() == named.lower()), None)

    async def one(self, request: Request) -> Response:
        """/sobjects/{entity}/{id}: GET, PATCH; and POST /sobjects/{entity}."""
        entity = self.entity(request)
        if entity is None:
            return fail(404, "NOT_FOUND", "The requested resource does not exist")
        id_ = request.path_params.get("id")
        if request.method == "POST":
            result = records.save(self.box, entity, {k: v for k, v in (await request.json()).items() if k not in {"Id", "id"}})
            return JSONResponse(result, status_code=201) if result["success"] else _errors(result)
        row = records.find(self.box, entity, str(id_))
        if row is None:
            return fail(404, "NOT_FOUND", "The requested resource does not exist")
        if request.method == "PATCH":
            result = records.save(self.box, entity, {**(await request.json()), "Id": row["Id"]})
            return Response(status_code=204) if result["success"] else _errors(result)
        wanted = [n for n in request.query_params.get("fields", "").split(",") if n]
        return JSONResponse(self.whole(entity, row, wanted, request.path_params["version"]))

    def whole(self, entity: str, row: Row, wanted: list[str], version: str) -> Row:
        names = {n.lower() for n in wanted} | {"id"}
        kept = [f for f in OBJECTS[entity] if not wanted or f.name.lower() in names]
        return {"attributes": attributes(entity, row["Id"], version), **{f.name: records.outward(f, row[f.name]) for f in kept}}

    async def by_key(self, request: Request) -> Response:
        """/sobjects/{entity}/{field}/{value}: GET and the single upsert."""
        entity, name, value = self.entity(request), request.path_params["field"], request.path_params["value"]
        f = records.field_of(entity, name) if entity else None
        if entity is None or f is None or not f.external_id:
            return fail(404, "NOT_FOUND", f"Provided external ID field does not exist or is not accessible: {name}")
        row = self.box.store.one(f'SELECT * FROM "{entity}" WHERE "{f.name}" = ? AND IsDeleted = 0', (value,))
        if request.method == "GET":
            return (
                JSONResponse(self.whole(entity, row, [], request.path_params["version"]))
                if row
                else fail(404, "NOT_FOUND", "The requested resource does not exist")
            )
        body = await request.json()
        if f.name in body:
            return fail(400, "INVALID_FIELD", f"The {f.name} field should not be specified in the sobject data.")
        result = records.save(self.box, entity, {**body, f.name: value}, upsert_by=f.name)
        if not result["success"]:
            return _errors(result)
        return JSONResponse(result, status_code=201 if result["created"] else 200)

    async def collection(self, request: Request) -> Response:
        """/composite/sobjects: POST creates, PATCH updates by Id; up to 200, HTTP 200 whatever the rows say."""
        body = await request.json()
        found = body.get("records") if isinstance(body, dict) else None
        if not isinstance(found, list) or not found:
            return fail(400, "JSON_PARSER_ERROR", "records is required and must be a non-empty list")
        if len(found) > 200:
            return fail(400, "INVALID_BATCH_SIZE", f"The request contains {len(found)} records; at most 200 are allowed")
        return self.apply(found, bool(body.get("allOrNone")), request.method, "", None)

    async def upsert(self, request: Request) -> Response:
        """PATCH /composite/sobjects/{entity}/{external id field}."""
        entity, name = self.entity(request), request.path_params["field"]
        f = records.field_of(entity, name) if entity else None
        if entity is None or f is None or not f.external_id:
            return fail(404, "NOT_FOUND", f"Provided external ID field does not exist or is not accessible: {name}")
        body = await request.json()
        found = body.get("records") or []
        if not 0 < len(found) <= 200:
            return fail(400, "INVALID_BATCH_SIZE", "between 1 and 200 records are allowed")
        return self.apply(found, bool(body.get("allOrNone")), "UPSERT", f.name, entity)

    def apply(self, found: list[Row], all_or_none: bool, method: str, upsert_by: str, entity: str | None) -> Response:
        results: list[Row] = []
        is_half = self.box.faults.hit("salesforce", "half_failed")
        try:
            with self.box.store.batch():
                for n, record in enumerate(found):
                    kind = entity or next((o for o in OBJECTS if o == (record.get("attributes") or {}).get("type")), None)
                    if is_half and n % 2 == 0:
                        said = "A validation rule of this org refuses the record"
                        results.append({"success": False, "errors": [records.error("FIELD_CUSTOM_VALIDATION_EXCEPTION", said)]})
                    elif kind is None:
                        results.append({"success": False, "errors": [records.error("INVALID_TYPE", "attributes.type names no object")]})
                    elif method == "PATCH" and not (record.get("Id") or record.get("id")):
                        results.append(
                            {"success": False, "errors": [records.error("MISSING_ARGUMENT", "Id not specified in an update call", "Id")]}
                        )
                    else:
                        plain = {k: v for k, v in record.items() if method != "POST" or k not in {"Id", "id"}}
                        results.append(records.save(self.box, kind, plain, upsert_by=upsert_by))
                if all_or_none and not all(r["success"] for r in results):
                    raise _RollBack
        except _RollBack:
            rolled = records.error(
                "ALL_OR_NONE_OPERATION_ROLLED_BACK",
                "Record rolled back because not all records were valid and the request was using AllOrNone header",
            )
            results = [r if not r["success"] else {"success": False, "errors": [rolled]} for r in results]
        return JSONResponse(results)

    async def many(self, request: Request) -> Response:
        """GET /composite/sobjects/{entity}?ids=&fields= : null where there is none."""
        entity = self.entity(request)
        ids = [i for i in request.query_params.get("ids", "").split(",") if i]
        fields = [n for n in request.query_params.get("fields", "").split(",") if n]
        if entity is None or not ids or not fields:
            return fail(400, "MISSING_ARGUMENT", "ids and fields are required")
        if unknown := [n for n in fields if records.field_of(entity, n) is None]:
            return fail(400, "INVALID_FIELD", f"No such column '{unknown[0]}' on entity '{entity}'")
        rows = [records.find(self.box, entity, i) for i in ids]
        return JSONResponse([self.whole(entity, row, fields, request.path_params["version"]) if row else None for row in rows])

    # ---- about the org ----------------------------------------------------------------------------------------------
    async def versions(self, request: Request) -> Response:
        return JSONResponse(org.VERSIONS)

    async def describe_all(self, request: Request) -> Response:
        return JSONResponse(org.objects())

    async def describe(self, request: Request) -> Response:
        entity = self.entity(request)
        return JSONResponse(org.describe(entity)) if entity else fail(404, "NOT_FOUND", "The requested resource does not exist")

    async def limits(self, request: Request) -> Response:
        return JSONResponse(org.limits(self.used.get(self.box.stamp()[:10], 0)))


class _RollBack(Exception):
    """Leaves the transaction of an all-or-none collection."""


def _errors(result: Row) -> JSONResponse:
    return JSONResponse(
        [{"message": e["message"], "errorCode": e["statusCode"], "fields": e["fields"]} for e in result["errors"]], status_code=400
    )


def routes(box: Box) -> list[Route]:
    sf = Salesforce(box)
    data = "/services/data/{version}"
    table: list[tuple[str, Handler, list[str]]] = [
        ("/query", sf.query, ["GET"]),
        ("/queryAll", sf.query, ["GET"]),
        ("/query/{locator}", sf.more, ["GET"]),
        ("/limits", sf.limits, ["GET"]),
        ("/sobjects", sf.describe_all, ["GET"]),
        ("/sobjects/{entity}/describe", sf.describe, ["GET"]),
        ("/sobjects/{entity}", sf.one, ["POST"]),
        ("/sobjects/{entity}/{id}", sf.one, ["GET", "PATCH"]),
        ("/sobjects/{entity}/{field}/{value:path}", sf.by_key, ["GET", "PATCH"]),
        ("/composite/sobjects", sf.collection, ["POST", "PATCH"]),
        ("/composite/sobjects/{entity}", sf.many, ["GET"]),
        ("/composite/sobjects/{entity}/{field}", sf.upsert, ["PATCH"]),
    ]
    return [
        Route("/services/oauth2/token", sf.token, methods=["POST"]),
        Route("/services/data", sf.versions, methods=["GET"]),
        *(Route(data + path, sf.guarded(handler), methods=methods) for path, handler, methods in table),
    ]
