"""The one server: every vendor under its own prefix, and `/_sandbox` for whoever runs the box.

`build(box, settings)` → ASGI app. Vendors do not know each other; faults and counts sit in front of each (`wire.py`).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route, Router
from starlette.types import ASGIApp

from sandbox.box import Box
from sandbox.clock import opening_of, window_day
from sandbox.faults import DEFAULT_SHARE
from sandbox.postgres import ProductDatabase
from sandbox.vendors import edgar, outreach, salesforce, sixsense, slack
from sandbox.wire import Socket, Wire

TICK_S = 0.5  # wall seconds between looks at the agenda, for those who read files and the database without asking us


def advance(box: Box, days: int) -> None:
    """Move to 06:05 of the day after the running window, `days` times, and simulate each."""
    if not 1 <= days <= 400:
        raise ValueError(f"advance by 1 to 400 days, not {days}")
    for _ in range(days):
        box.settle()
        box.clock.move_to(opening_of(window_day(box.clock.now()) + timedelta(days=1)))
        box.settle()
    keep_clock(box)


def keep_clock(box: Box) -> None:
    box.store.put("clock", {"now": box.clock.now().isoformat()})


class Control:
    def __init__(self, box: Box, settings: Callable[[], dict[str, str]]) -> None:
        self.box, self.settings = box, settings

    async def clock(self, request: Request) -> Response:
        self.box.settle()
        return JSONResponse({"now": self.box.clock.now().isoformat(), "speed": self.box.clock.speed})

    async def status(self, request: Request) -> Response:
        return JSONResponse(self.box.status())

    async def env(self, request: Request) -> Response:
        return JSONResponse(self.settings())

    async def stats(self, request: Request) -> Response:
        return JSONResponse(self.box.limits.report())

    async def advance(self, request: Request) -> Response:
        body = await request.json()
        try:
            advance(self.box, int(body.get("days", 1)))
        except (ValueError, TypeError) as bad:
            return JSONResponse({"error": str(bad)}, status_code=400)
        return JSONResponse(self.box.status())

    async def fault(self, request: Request) -> Response:
        body, faults = await request.json(), self.box.faults
        vendor, kind = str(body.get("vendor", "")), body.get("kind")
        try:
            if body.get("off"):
                faults.off(vendor, kind)
            else:
                share, times = float(body.get("share", DEFAULT_SHARE)), int(body.get("times", 0))
                faults.on(vendor, str(kind), share, on=str(body.get("on", "")), times=times)
        except (ValueError, TypeError) as bad:
            return JSONResponse({"error": str(bad)}, status_code=400)
        sink = self.box.world.sink
        if vendor == "product_db" and isinstance(sink, ProductDatabase):
            sink.refuse("down" in faults.active.get("product_db", {}))
        return JSONResponse({"faults": faults.report()})


def build(box: Box, settings: Callable[[], dict[str, str]]) -> ASGIApp:
    """`settings` are the names and values that point a pipeline here, as of now: refresh tokens rotate."""
    control, ears = Control(box, settings), edgar.Edgar(box)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async def tick() -> None:
            while True:
                await asyncio.sleep(TICK_S)
                box.settle()
                keep_clock(box)

        task = asyncio.create_task(tick())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def vendor(prefix: str, name: str, routes: list[Route]) -> Mount:
        return Mount(prefix, app=Wire(box, name, Router(routes)))

    inner = Starlette(
        lifespan=lifespan,
        routes=[
            Route("/_sandbox/clock", control.clock, methods=["GET"]),
            Route("/_sandbox/status", control.status, methods=["GET"]),
            Route("/_sandbox/env", control.env, methods=["GET"]),
            Route("/_sandbox/stats", control.stats, methods=["GET"]),
            Route("/_sandbox/advance", control.advance, methods=["POST"]),
            Route("/_sandbox/fault", control.fault, methods=["POST"]),
            vendor("/salesforce", "salesforce", salesforce.routes(box)),
            vendor("/outreach", "outreach", outreach.routes(box)),
            vendor("/sixsense-scribe", "sixsense", sixsense.scribe_routes(box)),
            vendor("/sixsense-api", "sixsense", sixsense.api_routes(box)),
            vendor("/edgar-www", "edgar", edgar.www_routes(box, ears)),
            vendor("/edgar-data", "edgar", edgar.data_routes(box, ears)),
            vendor("/slack", "slack", slack.routes(box)),
        ],
    )
    return Socket(inner)
