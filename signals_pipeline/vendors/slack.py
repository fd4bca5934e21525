"""Slack: post a message, read it back.

settings.slack_* → `Slack` → `Posted`. Straight over our HTTP layer, not through apprise: a read-back needs the message's
`ts`, and Retry-After must be honoured (apprise gives neither).
With a bot token a message can be read back; with a webhook alone it is at-most-once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from signals_pipeline.errors import ContractBroken, SignalsError, Transient, UnknownOutcome
from signals_pipeline.io.http import Http, HttpStatus
from signals_pipeline.settings import Settings
from signals_pipeline.vendors.errors import json_object, translate
from signals_pipeline.vendors.limits import limits

_PASSING = {"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}


@dataclass(frozen=True)
class Posted:
    """Where a message stands. `ts` is None when it went through a webhook, which tells nothing back."""

    channel: str
    ts: str | None


class Slack:
    """Raises ContractBroken (token, channel, webhook gone), Transient (limits), UnknownOutcome (a post whose answer was lost)."""

    def __init__(self, settings: Settings, http: Http, ops: sa.Engine) -> None:
        self.settings, self.http, self.ops = settings, http, ops
        self.api = http.vendor("slack", base_url=settings.slack_api_url, limits=limits("slack"))

    @property
    def can_read_back(self) -> bool:
        return bool(self.settings.secret("slack_bot_token"))

    async def post(self, text: str, *, channel: str | None = None) -> Posted:
        """Post by bot token, else by webhook (into the webhook's own channel)."""
        where = channel or self.settings.slack_channel
        if self.can_read_back:
            told = await self._method("chat.postMessage", {"channel": where, "text": text})
            ts, real = told.get("ts"), told.get("channel")
            if not isinstance(ts, str) or not isinstance(real, str):
                raise UnknownOutcome("slack: chat.postMessage answered without ts or channel")
            return Posted(real, ts)
        webhook = self.settings.secret("slack_webhook_url")
        if not webhook:
            raise ContractBroken("slack: set SIGNALS_SLACK_BOT_TOKEN or SIGNALS_SLACK_WEBHOOK_URL")
        try:
            await self.api.request("POST", webhook, json={"text": text})
        except HttpStatus as bad:
            raise await translate("slack", self.api, bad) from None
        return Posted(where, None)

    async def find(self, channel: str, marker: str, *, limit: int = 100) -> dict[str, Any] | None:
        """The newest message whose text holds `marker` (an id of ours): the read-back after a lost answer."""
        messages = (await self._method("conversations.history", {"channel": channel, "limit": str(limit)}, read=True)).get("messages") or []
        return next((m for m in messages if marker in str(m.get("text", ""))), None)

    async def who_am_i(self) -> str:
        """The bot's name (auth.test)."""
        return str((await self._method("auth.test", {}, read=True)).get("user"))

    async def _method(self, name: str, arguments: dict[str, Any], *, read: bool = False) -> dict[str, Any]:
        token = self.settings.secret("slack_bot_token")
        if not token:
            raise ContractBroken(f"slack: {name} needs SIGNALS_SLACK_BOT_TOKEN")
        headers = {"Authorization": f"Bearer {token}"}
        given: dict[str, Any] = {"params": arguments} if read else {"json": arguments}
        try:
            response = await self.api.request("GET" if read else "POST", name, headers=headers, expect="json", **given)
        except HttpStatus as bad:
            raise await translate("slack", self.api, bad) from None
        told = json_object("slack", response)
        if told.get("ok") is not True:
            raise _error(name, str(told.get("error", "no reason")))
        return told


def _error(method: str, reason: str) -> SignalsError:
    """Slack says errors with HTTP 200 and `ok: false`."""
    if reason in _PASSING:
        return Transient(f"slack: {method}: {reason}")
    return ContractBroken(f"slack: {method}: {reason}")
