"""Outreach's door: rotating refresh tokens, bearer check, content type, hourly limit, JSON:API errors.

request → token, limit → handler → JSON:API. Does not belong here: what a handler does (`outreach.py`).
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.box import Box
from sandbox.clock import parse, stamp
from sandbox.vendors.jsonapi import BadFilter
from sandbox.vendors.outreach_resources import RESOURCES

MEDIA = "application/vnd.api+json"
HOURLY = 10_000
ACCESS, REFRESH, MINT_EVERY = timedelta(hours=2), timedelta(days=14), timedelta(seconds=60)
CLIENT_ID = "outreach-sandbox-client"
SCOPES = " ".join(
    f"{plural}.{verb}" for plural in RESOURCES for verb in ("read", "write") if plural not in {"users", "rulesets"} or verb == "read"
)
Handler = Callable[[Request], Awaitable[Response]]


def reply(body: Any, status: int = 200, **headers: str) -> Response:
    return Response(json.dumps(body), status_code=status, media_type=MEDIA, headers=headers)


def fail(status: int, id_: str, title: str, detail: str, pointer: str = "", **headers: str) -> Response:
    source = {"source": {"pointer": pointer}} if pointer else {}
    return reply({"errors": [{"id": id_, "title": title, "detail": detail, **source}]}, status, **headers)


class Door:
    """Who may ask, and how often."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self.base = f"{box.base_url}/outreach"
        if box.store.get("outreach/refresh") is None:
            self._remember(box.secret("outreach/refresh/0", 43), [])

    def _remember(self, refresh: str, access: list[list[str]], minted: str = "", count: int = 0) -> None:
        self.box.store.put(
            "outreach/refresh", {"token": refresh, "until": stamp(self.box.now() + REFRESH), "minted": minted, "count": count}
        )
        self.box.store.put("outreach/access", access)

    async def token(self, request: Request) -> Response:
        """Each refresh gives a new refresh token and kills the old one; one mint a minute."""
        box, form = self.box, await request.form()
        if not form and "json" in request.headers.get("content-type", ""):
            form = await request.json()
        held = box.store.get("outreach/refresh")
        if form.get("client_id") != CLIENT_ID or form.get("client_secret") != box.secret("outreach"):
            return JSONResponse({"error": "invalid_client", "error_description": "Client authentication failed"}, status_code=401)
        if form.get("grant_type") != "refresh_token":
            return JSONResponse({"error": "unsupported_grant_type", "error_description": "refresh_token only here"}, status_code=400)
        if form.get("refresh_token") != held["token"] or parse(held["until"]) < box.now():
            return JSONResponse(
                {"error": "invalid_grant", "error_description": "The provided authorization grant is invalid, expired or revoked"},
                status_code=400,
            )
        if held["minted"] and (wait := (parse(held["minted"]) + MINT_EVERY - box.now()).total_seconds()) > 0:
            box.limits.of("outreach").refused += 1
            return fail(
                429,
                "rateLimitExceeded",
                "Rate limit exceeded",
                "One token may be issued per minute.",
                **{"Retry-After": str(int(wait) + 1)},
            )
        number = held["count"] + 1
        refresh, access = (box.secret(f"outreach/{kind}/{number}", 43) for kind in ("refresh", "access"))
        live = [a for a in box.store.get("outreach/access") if parse(a[1]) > box.now()]
        self._remember(refresh, [*live, [access, stamp(box.now() + ACCESS)]], box.stamp(), number)
        return JSONResponse(
            {
                "access_token": access,
                "token_type": "Bearer",
                "expires_in": int(ACCESS.total_seconds()),
                "refresh_token": refresh,
                "scope": SCOPES,
                "created_at": int(box.now().timestamp()),
            }
        )

    def guarded(self, handler: Handler, *, write: bool = False) -> Handler:
        async def run(request: Request) -> Response:
            box = self.box
            if box.faults.hit("outreach", "token_expiry"):
                box.store.put("outreach/access", [])
            given = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
            if not any(t == given and parse(until) > box.now() for t, until in box.store.get("outreach/access")):
                return fail(401, "unauthorized", "Unauthorized", "The access token is invalid or expired.")
            wait = box.limits.take("outreach", "user", HOURLY, 3600.0, box.now())
            window = box.limits.window("outreach", "user", HOURLY, 3600.0)
            at = box.now().timestamp()
            headers = {
                "X-RateLimit-Limit": str(window.limit),
                "X-RateLimit-Remaining": str(window.remaining(at)),
                "X-RateLimit-Reset": stamp(box.now() + timedelta(seconds=window.resets_in(at))),
            }
            if wait:
                return fail(
                    429,
                    "rateLimitExceeded",
                    "Rate limit exceeded",
                    "You have exceeded your rate limit.",
                    **headers,
                    **{"Retry-After": str(int(wait) + 1)},
                )
            if request.method in {"POST", "PATCH"} and request.headers.get("content-type", "").split(";")[0].strip() != MEDIA and write:
                return fail(415, "unsupportedMediaType", "Unsupported Media Type", f"The Content-Type must be {MEDIA}.", **headers)
            try:
                answer = await handler(request)
            except BadFilter as bad:
                answer = fail(400, "invalidFilter", "Invalid filter", str(bad))
            except (json.JSONDecodeError, AttributeError, TypeError, KeyError) as bad:
                answer = fail(
                    400, "invalidRequest", "Bad Request", f"the body is not the JSON:API document expected here: {type(bad).__name__}"
                )
            answer.headers.update(headers)
            return answer

        return run
