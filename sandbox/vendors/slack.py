"""Slack in the box: incoming webhook, chat.postMessage, conversations.history; about one message a second and channel.

message → limit → `slack_message` → read back. Errors of the Web API come with HTTP 200 and ok:false.
"""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from sandbox.box import Box

WEBHOOK = "T0/B0/xyz"
CHANNELS = {"#buying-signals": "C0SIGNALS", "#alerts": "C0ALERTS"}
BURST, SECONDS = 20, 20.0  # one a second on average; short bursts are tolerated


class Slack:
    def __init__(self, box: Box) -> None:
        self.box = box

    def token(self) -> str:
        return f"xoxb-{self.box.secret('slack', 30)}"

    def _limited(self, channel: str) -> Response | None:
        wait = self.box.limits.take("slack", channel, BURST, SECONDS, self.box.now())
        if not wait:
            return None
        return JSONResponse({"ok": False, "error": "ratelimited"}, status_code=429, headers={"Retry-After": str(int(wait) + 1)})

    def _keep(self, channel: str, body: dict[str, Any]) -> str:
        count = self.box.store.count("slack_message")
        ts = f"{int(self.box.now().timestamp())}.{count + 1:06d}"
        self.box.store.insert("slack_message", {"ts": ts, "channel": channel, "body": json.dumps(body), "at": self.box.stamp()})
        return ts

    async def webhook(self, request: Request) -> Response:
        if request.path_params["rest"] != WEBHOOK:
            return PlainTextResponse("no_service", 404)
        if limited := self._limited("webhook"):
            return limited
        body = await _body(request)
        if not isinstance(body, dict):
            return PlainTextResponse("invalid_payload", 400)
        if not body.get("text") and not body.get("blocks") and not body.get("attachments"):
            return PlainTextResponse("no_text", 400)
        self._keep(CHANNELS["#buying-signals"], body)
        return PlainTextResponse("ok")

    async def post(self, request: Request) -> Response:
        body = await _body(request)
        if wrong := self._auth(request):
            return wrong
        if not isinstance(body, dict):
            return JSONResponse({"ok": False, "error": "invalid_json"})
        channel = CHANNELS.get(str(body.get("channel")), str(body.get("channel") or ""))
        if channel not in CHANNELS.values():
            return JSONResponse({"ok": False, "error": "channel_not_found"})
        if not body.get("text") and not body.get("blocks") and not body.get("attachments"):
            return JSONResponse({"ok": False, "error": "no_text"})
        if limited := self._limited(channel):
            return limited
        message = {k: v for k, v in body.items() if k != "channel"} | {"type": "message", "bot_id": "B0SIGNALS"}
        ts = self._keep(channel, message)
        return JSONResponse({"ok": True, "channel": channel, "ts": ts, "message": {**message, "ts": ts}})

    async def history(self, request: Request) -> Response:
        if wrong := self._auth(request):
            return wrong
        given = dict(request.query_params) if request.method == "GET" else dict(await _body(request) or {})
        channel = CHANNELS.get(str(given.get("channel")), str(given.get("channel") or ""))
        if channel not in CHANNELS.values():
            return JSONResponse({"ok": False, "error": "channel_not_found"})
        limit = min(999, int(given.get("limit") or 100))
        oldest, latest = str(given.get("oldest") or "0"), str(given.get("latest") or "9999999999.999999")
        inclusive = str(given.get("inclusive", "")).lower() in {"true", "1"}
        low, high = (">=", "<=") if inclusive else (">", "<")
        rows = self.box.store.rows(
            f"SELECT ts, body FROM slack_message WHERE channel = ? AND ts {low} ? AND ts {high} ? ORDER BY ts DESC LIMIT ?",
            (channel, oldest, latest, limit + 1),
        )
        messages = [{**json.loads(r["body"]), "type": "message", "ts": r["ts"]} for r in rows[:limit]]
        return JSONResponse({"ok": True, "messages": messages, "has_more": len(rows) > limit})

    async def auth_test(self, request: Request) -> Response:
        return self._auth(request) or JSONResponse(
            {"ok": True, "team": "Sandbox", "user": "signals", "team_id": "T0", "user_id": "U0", "bot_id": "B0SIGNALS"}
        )

    def _auth(self, request: Request) -> Response | None:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not given:
            return JSONResponse({"ok": False, "error": "not_authed"})
        if self.box.faults.hit("slack", "token_expiry"):
            return JSONResponse({"ok": False, "error": "token_expired"})
        return None if given == self.token() else JSONResponse({"ok": False, "error": "invalid_auth"})


async def _body(request: Request) -> Any:
    """JSON or a form, as Slack takes both; None when it is neither."""
    if "json" in request.headers.get("content-type", ""):
        try:
            return await request.json()
        except json.JSONDecodeError:
            return None
    form = dict(await request.form())
    return json.loads(str(form["payload"])) if "payload" in form else form


def routes(box: Box) -> list[Route]:
    s = Slack(box)
    return [
        Route("/services/{rest:path}", s.webhook, methods=["POST"]),
        Route("/api/chat.postMessage", s.post, methods=["POST"]),
        Route("/api/conversations.history", s.history, methods=["GET", "POST"]),
        Route("/api/auth.test", s.auth_test, methods=["GET", "POST"]),
    ]
