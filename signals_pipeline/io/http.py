"""The one HTTP layer: every request to a vendor leaves through here.

`async with Http(rt.settings, rt.ops) as http:` → `http.vendor("edgar", base_url=…, limits=…)` → `api.request(…)` → httpx.Response.
Permit (`pacing.py`) → send → bounded retry → capped body (`attempts.py`); errors are named by recovery and redacted (`redact.py`).
Does not belong here: what a vendor's error bodies mean (`vendors/`).
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import TracebackType
from typing import Any, Literal, Protocol, Self
from urllib.parse import urljoin, urlsplit

import httpx
import sqlalchemy as sa

from signals_pipeline.errors import ContractBroken, Transient
from signals_pipeline.io import etags, pauses
from signals_pipeline.io.attempts import Call, HttpStatus
from signals_pipeline.io.pacing import Limits, Pacer
from signals_pipeline.io.redact import Redactor
from signals_pipeline.io.retry import RetryPolicy
from signals_pipeline.keys import md5
from signals_pipeline.settings import Settings

__all__ = ["MAX_BODY", "Api", "Auth", "Http", "HttpStatus", "Stats"]

log = logging.getLogger("signals.http")
MAX_BODY = 64 * 1024 * 1024  # bytes after decompression


class Auth(Protocol):
    """Headers of a vendor that needs a token. `rejected` is the header set that got a 401: make a new one, once."""

    async def headers(self, rejected: Mapping[str, str] | None = None) -> dict[str, str]: ...


@dataclass
class Stats:
    """What happened to a vendor in this process. `waits_s`: wall seconds spent waiting for permits and retries."""

    requests: int = 0
    retries: int = 0
    too_many_requests: int = 0
    waits_s: float = 0.0
    bytes: int = 0
    not_modified: int = 0

    def plus(self, other: Stats) -> Stats:
        return Stats(**{k: getattr(self, k) + getattr(other, k) for k in vars(self)})

    def minus(self, other: Stats) -> Stats:
        return Stats(**{k: getattr(self, k) - getattr(other, k) for k in vars(self)})


class Http:
    """The client of a process or a run. `transport`, `clock`, `sleep` and `jitter` are swapped in tests."""

    def __init__(
        self,
        settings: Settings,
        ops: sa.Engine,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        policy: RetryPolicy | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[Any]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
        in_thread: Callable[..., Awaitable[Any]] = asyncio.to_thread,
    ) -> None:
        self.settings, self.ops, self.policy = settings, ops, policy or RetryPolicy()
        self.clock, self.sleep, self.jitter, self.in_thread = clock, sleep, jitter, in_thread
        self.redact = Redactor.of(settings)
        self._apis: dict[str, Api] = {}
        self._client = httpx.AsyncClient(
            transport=transport,
            timeout=httpx.Timeout(settings.http_timeout_s, connect=min(10.0, settings.http_timeout_s)),
            follow_redirects=False,
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=32),
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._client.aclose()

    def vendor(self, name: str, *, base_url: str = "", limits: Limits | None = None, auth: Auth | None = None) -> Api:
        """The door to one vendor (or one of its rate-limited groups, named `vendor.group`); the same object each time."""
        if name not in self._apis:
            self._apis[name] = Api(self, name, base_url.rstrip("/"), limits or Limits())
        api = self._apis[name]
        api.auth = auth or api.auth
        return api

    def stats(self, vendor: str) -> Stats:
        """Summed over the vendor and its groups."""
        total = Stats()
        for name, api in self._apis.items():
            if name == vendor or name.startswith(f"{vendor}."):
                total = total.plus(api.stats)
        return total

    async def now(self) -> datetime:
        """Aware UTC; in a thread, since a sandbox clock is asked over HTTP."""
        found: datetime = await self.in_thread(self.settings.clock.now)
        return found

    async def stamp(self) -> datetime:
        """Naive UTC, as the ops store keeps instants."""
        return (await self.now()).replace(tzinfo=None)

    def today(self) -> date:
        return self.settings.clock.now().date()


class Api:
    """One vendor's door: pacing, retry, auth, statistics. Build it with `Http.vendor`."""

    def __init__(self, http: Http, name: str, base_url: str, limits: Limits) -> None:
        self.http, self.name, self.base_url = http, name, base_url
        self.auth: Auth | None = None
        self.stats = Stats()
        self._asked_at = float("-inf")
        self.after: Callable[[httpx.Response], None] | None = None  # sees every answer (quota headers)
        self.pacer = Pacer(http.ops, name, limits, http.settings.speed, http.clock, http.sleep, http.in_thread, today=http.today)
        self._slots = asyncio.Semaphore(limits.concurrency)

    async def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        content: bytes | None = None,
        data: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        ok: tuple[int, ...] = (),
        max_body: int = MAX_BODY,
        effect: bool | None = None,
        expect: Literal["json"] | None = None,
        conditional: bool = False,
        auth: bool = True,
    ) -> httpx.Response:
        """One answered request: any 2xx, or a status in `ok`. `url` is absolute or relative to the vendor's base.

        effect: the request changes something there (default: every method but GET and HEAD); it is then never resent once it may
        have arrived. expect="json": a body that is not whole JSON counts as truncated. conditional: an unchanged answer comes
        from the store. auth=False: without the vendor's token (its token endpoint).
        Raises Transient (may succeed later), UnknownOutcome (an effect may have happened), HttpStatus or ContractBroken.
        """
        target = self.url(url)
        effect = method.upper() not in ("GET", "HEAD") if effect is None else effect
        built: dict[str, Any] = {"params": dict(params) if params else None, "json": json, "content": content, "data": data}
        built = {k: v for k, v in built.items() if v is not None}
        call = Call(self, method.upper(), target, built, dict(headers or {}), ok, max_body, effect, expect, auth)
        await self._refuse_when_paused()
        if not auth:  # a token request is made while its callers hold the slots: it must not wait for one
            return await call.answer()
        async with self._slots:
            return await self._conditional(call) if conditional else await call.answer()

    def url(self, url: str) -> str:
        """Absolute URL. Raises ContractBroken when a vendor has no address, or the scheme is no http."""
        target = url if urlsplit(url).scheme else f"{self.base_url}/{url.lstrip('/')}"
        if not target.startswith(("http://", "https://")):
            raise ContractBroken(f"{self.name}: no address; set its URL in the settings")
        return target

    def follow(self, link: str, current: str) -> str:
        """A next link, absolute. Raises ContractBroken when it leaves the host: our token does not go there."""
        target = urljoin(current, link)
        if urlsplit(target)[:2] != urlsplit(current)[:2]:
            raise ContractBroken(f"{self.name}: next link points to another host: {self.http.redact.url(target)}")
        return target

    async def pause(self, seconds: float, why: str) -> None:
        """Refuse requests of every process to this vendor for `seconds` of vendor time."""
        at = await self.http.stamp()
        await self.http.in_thread(pauses.pause, self.http.ops, self.name, at + timedelta(seconds=seconds), self.http.redact(why), at)
        self._asked_at = float("-inf")
        log.warning("%s paused for %.0f s: %s", self.name, seconds, self.http.redact(why))

    async def _refuse_when_paused(self) -> None:
        """Asked of the store once a wall second: another process may have been told to stay away."""
        if self.http.clock() < self._asked_at + 1.0:
            return
        found = await self.http.in_thread(pauses.paused_until, self.http.ops, self.name)
        if found:
            left = (found[0] - await self.http.stamp()).total_seconds()
            if left > 0:
                raise Transient(f"{self.name}: paused until {found[0]:%Y-%m-%d %H:%M:%S} UTC: {found[1]}", retry_after=left)
        self._asked_at = self.http.clock()

    async def _conditional(self, call: Call) -> httpx.Response:
        ops, run = self.http.ops, self.http.in_thread
        key = md5(self.name, call.method, str(httpx.URL(call.url, params=call.built.get("params"))))
        known = await run(etags.recall, ops, key)
        if known:
            call.headers |= known.headers
        call.ok = (*call.ok, 304)
        response = await call.answer()
        if response.status_code == 304:
            if not known:
                raise ContractBroken(f"{call.place}: 304 to a request that was not conditional")
            self.stats.not_modified += 1
            return httpx.Response(200, headers=response.headers, content=known.content, request=response.request)
        if response.is_success:
            await run(etags.remember, ops, key, response, await self.http.stamp())
        return response
