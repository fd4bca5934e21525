"""The wire in front of a vendor: counts its requests and strikes with the faults that are switched on.

ASGI call → down? refused? error? → the vendor's app (buffered) → emptied, drifted, cut, or applied and never answered.
Does not belong here: a vendor's own paging faults and expired tokens (they are in its module).
"""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.box import Box
from sandbox.clock import stamp
from sandbox.faults import REQUEST
from sandbox.vendors import outreach, sixsense

TRANSPORT = "sandbox.transport"
HANG_S = 45.0  # wall seconds; longer than a client's time-out
_READS_BY_POST = ("/score", "/search/people", "/conversations.history")


class Wire:
    def __init__(self, box: Box, vendor: str, inner: ASGIApp) -> None:
        self.box, self.vendor, self.inner = box, vendor, inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.inner(scope, receive, send)
            return
        box, vendor = self.box, self.vendor
        box.settle()
        count, faults = box.limits.of(vendor), box.faults
        count.requests += 1
        path, method = scope["path"].removeprefix(scope.get("root_path", "")), scope["method"]
        route = f"{method} {_route(path)}"
        count.by_route[route] = count.by_route.get(route, 0) + 1
        is_token = path.endswith("/token")
        writes = method in {"POST", "PATCH"} and not is_token and not path.endswith(_READS_BY_POST)
        REQUEST.set(f"{'write' if writes else 'read'} {method} {path}")
        if faults.hit(vendor, "down"):
            count.faults += 1
            await self._cut(scope)
            return
        for kind in ("429", "5xx"):
            if not is_token and faults.hit(vendor, kind):
                count.faults += 1
                self._count(refusal(box, vendor, kind).status_code)
                await refusal(box, vendor, kind)(scope, receive, send)
                return
        start, body = await self._run(scope, receive)
        self._count(start["status"])
        if writes and faults.hit(vendor, "hang"):
            count.faults += 1
            await asyncio.sleep(HANG_S)
            await self._cut(scope)
            return
        if writes and faults.hit(vendor, "timeout_applied"):
            count.faults += 1
            await self._cut(scope)
            return
        if (start["status"] == 200 and method == "GET") or path.endswith("/score"):
            if faults.hit(vendor, "empty"):
                count.faults += 1
                start, body = _emptied(start, body, path)
            if faults.hit(vendor, "schema_drift"):
                count.faults += 1
                start, body = _drifted(start, body)
        if not is_token and body and faults.hit(vendor, "truncated"):
            count.faults += 1
            await send(start)
            await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
            await self._cut(scope)
            return
        await send(start)
        await send({"type": "http.response.body", "body": body})

    def _count(self, status: int) -> None:
        by = self.box.limits.of(self.vendor).by_status
        by[str(status)] = by.get(str(status), 0) + 1

    async def _run(self, scope: Scope, receive: Receive) -> tuple[Message, bytes]:
        """The vendor's whole answer."""
        start: dict[str, Any] = {}
        parts: list[bytes] = []

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                parts.append(message.get("body", b""))

        await self.inner(scope, receive, keep)
        return start, b"".join(parts)

    async def _cut(self, scope: Scope) -> None:
        """Close the connection without an answer."""
        transport = scope.get(TRANSPORT)
        if transport is None:
            raise ConnectionAbortedError("the sandbox cuts this connection")
        await asyncio.sleep(0.01)  # what was already sent leaves first
        transport.close()


class Socket:
    """Outermost: keeps the server's transport in the scope, where nothing has wrapped `send` yet."""

    def __init__(self, inner: ASGIApp) -> None:
        self.inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[TRANSPORT] = getattr(getattr(send, "__self__", None), "transport", None)
        await self.inner(scope, receive, send)


def refusal(box: Box, vendor: str, kind: str) -> Response:
    """The vendor's own words for too many requests (`429`), and for its own failure (`5xx`)."""
    later = stamp(box.now() + timedelta(seconds=30))
    busy = kind == "429"
    if vendor == "salesforce":
        if busy:
            return salesforce_error(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
        return salesforce_error(503, "SERVER_UNAVAILABLE", "The server is temporarily unavailable. Please try again later.")
    if vendor == "outreach":
        if busy:
            said = "You have exceeded your rate limit."
            return outreach.fail(429, "rateLimitExceeded", "Rate limit exceeded", said, **{"Retry-After": "20"})
        return outreach.fail(503, "scheduledServerMaintenance", "Service Unavailable", "Scheduled maintenance.", **{"Retry-After": later})
    if vendor == "sixsense":
        return sixsense.fail(429, "Too many requests") if busy else sixsense.fail(500, "Internal server error")
    if vendor == "edgar":
        title = "SEC.gov | Request Rate Threshold Exceeded" if busy else "Service Unavailable"
        return Response(f"<html><head><title>{title}</title></head></html>", 429 if busy else 503, media_type="text/html")
    if busy:
        return JSONResponse({"ok": False, "error": "ratelimited"}, 429, headers={"Retry-After": "5"})
    return PlainTextResponse("upstream unavailable", 502)


def salesforce_error(status: int, code: str, message: str) -> Response:
    return JSONResponse([{"message": message, "errorCode": code}], status_code=status)


_LISTS = ("records", "data", "accounts", "people", "contacts", "messages")


def _emptied(start: Message, body: bytes, path: str) -> tuple[Message, bytes]:
    """The same answer without its rows."""
    if b"<feed" in body[:300]:
        head = body.split(b"<entry>", 1)[0]
        return _sized(start, head if head.endswith(b"</feed>\n") else head + b"</feed>\n")
    found = _json(body)
    if path.endswith("/score"):
        return {**start, "status": 404}, _sized(start, b'{"status": "error", "message": "No match found"}')[1]
    if isinstance(found, dict):
        for name in _LISTS:
            if isinstance(found.get(name), list):
                found[name] = []
        found |= {"totalSize": 0, "done": True} if "totalSize" in found else {}
        found |= {"count": 0} if "count" in found else {}
        found.pop("nextRecordsUrl", None)
        found.pop("links", None)
        return _sized(start, json.dumps(found).encode())
    return start, body


_RETYPED = {"SystemModstamp", "LastModifiedDate", "updatedAt", "company_intent_score", "ts", "domain"}


def _drifted(start: Message, body: bytes) -> tuple[Message, bytes]:
    """A vendor that changed its mind: a new field in every row, and a known one of another type."""
    found = _json(body)
    if not isinstance(found, dict):
        return start, body
    rows = [r for name in (*_LISTS, "scores") if isinstance(found.get(name), list) for r in found[name] if isinstance(r, dict)]
    for n, row in enumerate(rows):
        target = row["attributes"] if isinstance(row.get("attributes"), dict) and "url" not in row["attributes"] else row
        target["releaseNote2027"] = "new"
        for name in _RETYPED & set(target):
            if n % 2 == 0:
                target[name] = {"value": target[name]}
    return _sized(start, json.dumps(found).encode())


def _route(path: str) -> str:
    """The path without its ids, for the counts."""
    return "/".join("{}" if any(ch.isdigit() for ch in part) and not part.startswith("v") else part for part in path.split("/"))[:120]


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _sized(start: Message, body: bytes) -> tuple[Message, bytes]:
    headers = [(k, str(len(body)).encode() if k == b"content-length" else v) for k, v in start["headers"]]
    return {**start, "headers": headers}, body
