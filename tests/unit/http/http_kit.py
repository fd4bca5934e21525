"""What tests of HTTP clients share: a clock that jumps, a vendor made of a function."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable
from typing import Any, TypeVar

import httpx
import sqlalchemy as sa

from signals_pipeline.io.http import Http
from signals_pipeline.settings import Settings

Client = TypeVar("Client")


class FakeClock:
    """Wall seconds that pass only when everybody sleeps: `run` advances to the next sleeper."""

    def __init__(self, start: float = 1_000_000.0) -> None:
        self.at = start
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = 0

    def __call__(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self._count += 1
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.at + max(0.0, seconds), self._count, future))
        await future

    async def run(self, *tasks: Any) -> list[Any]:
        """All results (exceptions too), time jumping from sleeper to sleeper."""
        running = [asyncio.ensure_future(t) for t in tasks]
        while not all(t.done() for t in running):
            for _ in range(30):  # let whatever can run do so before time moves
                await asyncio.sleep(0)
            if self._sleepers:
                wake, _, future = heapq.heappop(self._sleepers)
                self.at = max(self.at, wake)
                if not future.done():
                    future.set_result(None)
        return await asyncio.gather(*running, return_exceptions=True)


async def inline(call: Callable[..., Any], *args: Any) -> Any:
    return call(*args)


class World:
    """An Http whose vendor is a function of the request; sleeps are noted, not slept."""

    def __init__(self, settings: Settings, ops: sa.Engine) -> None:
        self.settings, self.ops = settings, ops
        self.requests: list[httpx.Request] = []
        self.sleeps: list[float] = []
        self.wall = 1_000_000.0

    def http(self, answer: Callable[[httpx.Request], httpx.Response] | list[Any]) -> Http:
        script = None if callable(answer) else list(answer)

        def handle(request: httpx.Request) -> httpx.Response:
            self.requests.append(request)
            found = answer(request) if script is None else script.pop(0)  # type: ignore[operator]
            if isinstance(found, type) and issubclass(found, Exception):
                raise found("as the test says", request=request)  # type: ignore[call-arg]
            if isinstance(found, Exception):
                raise found
            return found  # type: ignore[no-any-return]

        async def sleep(seconds: float) -> None:
            self.sleeps.append(seconds)
            self.wall += seconds

        return Http(
            self.settings, self.ops, transport=httpx.MockTransport(handle), clock=lambda: self.wall, sleep=sleep,
            jitter=lambda: 1.0, in_thread=inline,
        )  # fmt: skip


def with_vendor(kind: Callable[..., Client], world: World, answer: Any, use: Callable[[Client], Any]) -> Any:
    """What `use` gets from a vendor's client when the vendor answers so."""

    async def main() -> Any:
        async with world.http(answer) as http:
            return await use(kind(world.settings, http, world.ops))

    return asyncio.run(main())
