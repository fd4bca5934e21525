"""One request with its retries: token, permit, send, capped body, and the error that says how to recover.

`Call.answer()` → httpx.Response, or Transient, UnknownOutcome, HttpStatus, ContractBroken (docs/http.md holds the table).
Does not belong here: pauses, conditional requests, who may ask (`http.py`); when to try again (`retry.py`).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

from signals_pipeline.errors import ContractBroken, Transient, UnknownOutcome
from signals_pipeline.io.redact import Redactor
from signals_pipeline.io.retry import AGAIN, NOT_APPLIED, retry_after

if TYPE_CHECKING:
    from signals_pipeline.io.http import Api

log = logging.getLogger("signals.http")
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class HttpStatus(ContractBroken):
    """A status that trying again does not change. Vendor clients read `status` and `content` and say what it means."""

    def __init__(self, message: str, response: httpx.Response) -> None:
        super().__init__(message)
        self.status = response.status_code
        self.response = response

    def json(self) -> Any:
        """The body as JSON, or None when it is none."""
        try:
            return self.response.json()
        except ValueError:
            return None


@dataclass
class Call:
    """One request with its retries."""

    api: Api
    method: str
    url: str
    built: dict[str, Any]
    headers: dict[str, str]
    ok: tuple[int, ...]
    max_body: int
    effect: bool
    expect: str | None
    with_auth: bool

    @property
    def place(self) -> str:
        """The request, redacted."""
        return f"{self.api.name}: {self.method} {self.api.http.redact.url(str(httpx.URL(self.url, params=self.built.get('params'))))}"

    async def answer(self) -> httpx.Response:
        http, stats = self.api.http, self.api.stats
        token = await self.api.auth.headers() if self.api.auth and self.with_auth else {}
        renewed, attempt, truncated = False, 0, 0
        while True:
            wait: float | None = None
            try:
                response = await self._send(token)
            except httpx.InvalidURL as bad:
                raise ContractBroken(f"{self.place}: {bad}") from None
            except _NEVER_SENT as bad:
                failure = f"{self.place}: cannot connect: {type(bad).__name__}"
            except (httpx.TransportError, httpx.DecodingError, _Truncated) as bad:
                if self.effect:
                    raise UnknownOutcome(f"{self.place}: sent, and no whole answer came: {type(bad).__name__}") from None
                truncated += isinstance(bad, httpx.RemoteProtocolError | httpx.DecodingError | _Truncated)
                failure = f"{self.place}: {type(bad).__name__}: {http.redact(str(bad))}"
            else:
                status = response.status_code
                if status == 401 and self.api.auth and self.with_auth and not renewed:
                    renewed, token = True, await self.api.auth.headers(rejected=token)
                    continue
                if response.is_success or status in self.ok:
                    return response
                if status not in AGAIN:
                    raise HttpStatus(f"{self.place}: {status}{_said(response, http.redact)}", response)
                if self.effect and status not in NOT_APPLIED:
                    raise UnknownOutcome(f"{self.place}: {status}, the write may have been applied")
                stats.too_many_requests += status == 429
                failure = f"{self.place}: {status}{_said(response, http.redact)}"
                wait = await http.in_thread(self._asked_to_wait, response)
                if wait is not None:
                    await self._hold(wait, failure)
            attempt += 1
            if attempt >= http.policy.attempts:
                if truncated == attempt:
                    raise ContractBroken(f"{failure}; truncated {truncated} times")
                raise Transient(f"{failure}; gave up after {attempt} attempts", retry_after=wait)
            pause = (wait or 0.0) + http.policy.backoff(attempt, http.jitter)
            log.info("%s; attempt %d, again in %.1f s", failure, attempt, pause)
            stats.retries += 1
            stats.waits_s += pause / http.settings.speed
            await http.sleep(pause / http.settings.speed)

    def _asked_to_wait(self, response: httpx.Response) -> float | None:
        settings = self.api.http.settings
        return retry_after(response, settings.clock.now, simulated=bool(settings.clock_url or settings.now))

    async def _hold(self, wait: float, failure: str) -> None:
        if wait > self.api.http.policy.longest_wait_s:
            await self.api.pause(wait, failure)
            raise Transient(f"{failure}; asked to wait {wait:.0f} s", retry_after=wait)
        await self.api.http.in_thread(self.api.pacer.hold, wait)

    async def _send(self, token: Mapping[str, str]) -> httpx.Response:
        api, client = self.api, self.api.http._client
        permit = await api.pacer.permit()
        api.stats.waits_s += permit.waited_s
        api.stats.requests += 1
        request = client.build_request(self.method, self.url, headers={**token, **self.headers}, **self.built)
        try:
            answer = await client.send(request, stream=True)
        finally:
            permit.arrived()
        try:
            body = await self._body(answer)
        finally:
            await answer.aclose()
        api.stats.bytes += len(body)
        plain = [(k, v) for k, v in answer.headers.multi_items() if k not in ("content-encoding", "content-length", "transfer-encoding")]
        response = _Answer(answer.status_code, headers=plain, content=body, request=request)
        if api.after:
            api.after(response)
        if self.expect == "json" and response.is_success and response.status_code != 204:
            try:
                response.json()
            except ValueError as bad:
                raise _Truncated(f"{len(body)} bytes that are not whole JSON") from bad
        return response

    async def _body(self, answer: httpx.Response) -> bytes:
        parts, size = [], 0
        async for part in answer.aiter_bytes():
            size += len(part)
            if size > self.max_body:
                if self.effect:
                    raise UnknownOutcome(f"{self.place}: answered {answer.status_code} with more than {self.max_body} bytes")
                raise ContractBroken(f"{self.place}: more than {self.max_body} bytes")
            parts.append(part)
        declared = answer.headers.get("content-length", "")
        if declared.isdigit() and "content-encoding" not in answer.headers and self.method != "HEAD" and size < int(declared):
            raise _Truncated(f"{size} of {declared} bytes")
        return b"".join(parts)


class _Answer(httpx.Response):
    """An answer whose JSON is read once: a page of records is megabytes. Who changes what it gives, changes it for the next reader."""

    _read: tuple[Any] | None = None

    def json(self, **kwargs: Any) -> Any:
        if self._read is None:
            self._read = (super().json(**kwargs),)
        return self._read[0]


class _Truncated(Exception):
    """A body that ended early."""


def _said(response: httpx.Response, redact: Redactor) -> str:
    """The start of an error body, redacted, for the message."""
    text = " ".join(response.text.split())[:300]
    return f": {redact(text)}" if text else ""
