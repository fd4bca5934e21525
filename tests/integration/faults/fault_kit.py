"""The sandbox in this process as an httpx transport, answers twisted on the way, and a home that had a good day before.

market (`sandbox_kit`) → `Wire` → `Http` → the live runner. Time is the sandbox's wall clock: whoever waits moves it.
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from sandbox_kit import Sandbox, Wall, copied

from sandbox import serve
from signals_pipeline.io import ops as store
from signals_pipeline.io.http import Http
from signals_pipeline.runtime import Runtime, build_runtime
from signals_pipeline.settings import load_settings
from signals_pipeline.sources import runner, standing
from signals_pipeline.sources.report import SourcesReport, StreamRun
from signals_pipeline.sources.spec import sources

DT = date(2026, 6, 29)
BEFORE = DT - timedelta(days=1)
# every kind of question that a stream asks: vendor and what its path begins with; tokens are asked for elsewhere
DOORS = {
    "describe": ("salesforce", r"/salesforce/.*/describe$"),
    "query": ("salesforce", r"/salesforce/.*/query"),
    "resources": ("outreach", r"/outreach/api/"),
    "segments": ("sixsense", r"/sixsense-scribe/v1/"),
    "scores": ("sixsense", r"/sixsense-scribe/v2/people/score"),
    "feed": ("sec_edgar", r"/edgar-www/cgi-bin/"),
    "index": ("sec_edgar", r"/edgar-www/Archives/edgar/daily-index/"),
    "profiles": ("sec_edgar", r"/edgar-data/submissions/"),
    "documents": ("sec_edgar", r"/edgar-www/Archives/edgar/data/"),
}
VENDORS = tuple(dict.fromkeys(vendor for vendor, _ in DOORS.values()))
Twist = Callable[[httpx.Request, httpx.Response], httpx.Response]


@dataclass
class Wire(httpx.AsyncBaseTransport):
    """Hands requests to the sandbox. Those through `door` are struck by `twist`, `times` at most (0: all of them)."""

    app: Any
    door: str = ""
    twist: Twist | None = None
    times: int = 0
    struck: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.inner = httpx.ASGITransport(app=self.app)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            answer = await self.inner.handle_async_request(request)
        except ConnectionAbortedError as cut:
            raise httpx.RemoteProtocolError(str(cut)) from cut
        path = request.url.path
        if self.twist is None or not re.match(DOORS[self.door][1], path):
            return answer
        if self.times and len(self.struck) >= self.times:
            return answer
        self.struck.append(f"{request.method} {path}")
        await answer.aread()
        return self.twist(request, answer)


def status(code: int, body: Any = "refused", **headers: str) -> Twist:
    return lambda request, answer: httpx.Response(code, text=body if isinstance(body, str) else json.dumps(body), headers=headers)


def raises(kind: type[httpx.TransportError]) -> Twist:
    def twist(request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        raise kind("struck", request=request)

    return twist


def cut_short(request: httpx.Request, answer: httpx.Response) -> httpx.Response:
    """Half of the bytes that were announced."""
    whole = answer.content
    kind = {"content-length": str(len(whole)), "content-type": answer.headers.get("content-type", "")}
    return httpx.Response(answer.status_code, headers=kind, content=whole[: len(whole) // 2])


class Flood(httpx.AsyncByteStream):
    """More bytes than anybody takes, a megabyte at a time."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        part = b" " * 2**20
        for _ in range(70):
            yield part


def flood(request: httpx.Request, answer: httpx.Response) -> httpx.Response:
    return httpx.Response(200, stream=Flood())


LISTS = ("records", "data", "accounts", "scores")
Records = list[dict[str, Any]]


def rows(change: Callable[[Records], Records]) -> Twist:
    """The same answer with other records; what holds no list of records stays."""

    def twist(request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        body = json.loads(answer.content) if answer.status_code == 200 else None
        if not isinstance(body, dict):
            return httpx.Response(answer.status_code, content=answer.content)
        for name in LISTS:
            if isinstance(body.get(name), list):
                body[name] = change(body[name])
        return httpx.Response(answer.status_code, json=body)

    return twist


def said(record: dict[str, Any]) -> dict[str, Any]:
    """Where a record keeps what it says: a JSON:API resource under its attributes."""
    found = record.get("attributes")
    return found if isinstance(found, dict) and "url" not in found else record


def with_new_field(records: Records) -> Records:
    for record in records:
        said(record)["releaseNote2027"] = "new"
    return records


def retyped(records: Records) -> Records:
    """What names each record comes as an object."""
    for record in records:
        for name in ("Id", "id", "name", "domain", "product", "MasterLabel"):
            if name in record:
                record[name] = {"value": record[name]}
    return records


def ahead(records: Records) -> Records:
    """Every instant as a clock tells it that is days fast."""
    for record in records:
        for name, value in said(record).items():
            if isinstance(value, str) and re.match(r"20\d\d-\d\d-\d\dT", value):
                said(record)[name] = "2026-07-05" + value[10:]
    return records


@dataclass
class Day:
    """One home, its sandbox, and the pull of a day."""

    rt: Runtime
    sandbox: Sandbox
    wall: Wall

    def pull(self, *only: str, dt: date = DT, door: str = "", twist: Twist | None = None, times: int = 0) -> tuple[SourcesReport, Wire]:
        wire = Wire(self.sandbox.client.app, door, twist, times)

        async def sleep(seconds: float) -> None:
            self.wall.seconds += seconds

        http = Http(self.rt.settings, self.rt.ops, transport=wire, clock=self.wall, sleep=sleep)
        try:
            return runner.run(self.rt, dt, only=list(only), http=http), wire
        finally:
            asyncio.run(http.__aexit__(None, None, None))

    def keys(self, stream: str, dt: date) -> list[str]:
        """Record keys that the stream has landed under a day."""
        vendor, _, name = stream.partition(".")
        dataset = sources()[vendor].streams[name].dataset
        paths = [path for found, _, path in standing.files(self.rt.lake, dataset, stream) if found == dt]
        return sorted(standing.load(self.rt.lake, dataset, paths, ["record_key"])["record_key"].to_pylist()) if paths else []

    def rejects(self, stream: str, dt: date = DT) -> int:
        return sum(r["stream"] == stream for r in self.rt.lake.read("rejects", since=dt, until=dt, columns=["stream"]).to_pylist())


@dataclass(frozen=True)
class Calm:
    """The market and the home to start from; stream → its run and its keys on a day without faults, and those of the day before."""

    market: Path
    stood: Path
    runs: dict[str, StreamRun]
    keys: dict[str, list[str]]
    before: dict[str, list[str]]


@contextmanager
def day(market: Path, home: Path, stood: Path | None = None, now: str = "2026-06-30T10:05:00+00:00", **more: Any) -> Iterator[Day]:
    """A copy of the market, and a home (a copy of `stood` when given) whose settings point there; `more` are settings."""
    home.mkdir(parents=True, exist_ok=True)
    with copied(market, home / "box") as sandbox:
        if stood is not None:
            shutil.copytree(stood, home / "home")
        given = {k.lower(): v for k, v in serve.environment(sandbox.box, "").items()}
        given = {k: v for k, v in given.items() if k not in ("clock_url", "product_db_url", "file_drop") and v}
        settings = load_settings({}, home=home / "home", now=datetime.fromisoformat(now), **given, **more)
        rt = build_runtime(settings)
        with rt.ops.begin() as connection:  # the copied market knows nothing of the tokens that its twin gave out
            connection.execute(store.tokens.delete())
        yield Day(rt, sandbox, sandbox.wall)
        rt.ops.dispose()
