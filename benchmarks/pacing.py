"""Requests per second reached against each vendor's limit, and 429s received: our HTTP layer against a server that counts.

vendors/limits.py → Http → local server (sliding window per limit, 429 above it) → share of the allowed rate.
Run alone: python -m benchmarks.pacing
"""

from __future__ import annotations

import asyncio
import json
import tempfile
import threading
import time
from collections import deque
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from signals_pipeline.io.http import Http
from signals_pipeline.io.ops import open_ops
from signals_pipeline.settings import load_settings
from signals_pipeline.vendors.limits import LIMITS, limits

WALL_RATE = 60.0  # requests per wall second that a speed is chosen for: far below what loopback carries
WALL_S = 15.0  # how long each limit is measured
LEAST_WINDOW_S = 1.0  # wall seconds of a limit's window, as the pacing keeps it: below it the machine's jitter would be measured


class Counter:
    """A vendor that counts: at most `permits` in any `window_s` wall seconds, else 429."""

    def __init__(self, permits: int, window_s: float) -> None:
        self.permits, self.window_s = permits, window_s
        self.seen: deque[float] = deque()
        self.arrivals: list[float] = []
        self.refused = 0

    async def answer(self, request: Request) -> Response:
        now = time.monotonic()
        while self.seen and self.seen[0] <= now - self.window_s:
            self.seen.popleft()
        if len(self.seen) >= self.permits:
            self.refused += 1
            return Response(status_code=429, headers={"Retry-After": "1"})
        self.seen.append(now)
        self.arrivals.append(now)
        return Response("ok")


def measure() -> list[dict[str, Any]]:
    """One row per declared limit."""
    rows = []
    for vendor, declared in LIMITS.items():
        for limit in declared.pacing:
            speed = min(WALL_RATE * limit.seconds / limit.permits, limit.seconds / LEAST_WINDOW_S)
            rows.append(_one(vendor, limit.permits, limit.seconds, limit.kind, 120.0 if limit.kind == "window" else speed))
    return rows


def _one(vendor: str, permits: int, seconds: float, kind: str, speed: float) -> dict[str, Any]:
    counter = Counter(permits, seconds / speed)
    server = uvicorn.Server(
        uvicorn.Config(Starlette(routes=[Route("/", counter.answer)]), host="127.0.0.1", port=0, log_level="error", lifespan="off")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    count = permits + permits // 20 if kind == "window" else int(WALL_S * speed * permits / seconds)
    try:
        asyncio.run(_ask(vendor, port, speed, count))
    finally:
        server.should_exit = True
        thread.join()
    took = counter.arrivals[-1] - counter.arrivals[0]
    rate = (len(counter.arrivals) - 1) / took / speed
    # a window may be used up at once: the least time for `count` requests is one whole window
    share = (seconds / speed) / took if kind == "window" else rate / (permits / seconds)
    return {
        "vendor": vendor, "allowed": f"{permits}/{seconds:g}s", "requests": len(counter.arrivals), "reached_per_s": round(rate, 3),
        "share_of_allowed": round(share, 4), "got_429": counter.refused, "speed": round(speed, 1),
    }  # fmt: skip


async def _ask(vendor: str, port: int, speed: float, count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings({}, home=Path(folder), speed=speed)
        async with Http(settings, open_ops(settings.ops_database_url)) as http:
            api = http.vendor(vendor, base_url=f"http://127.0.0.1:{port}", limits=limits(vendor))
            gate = asyncio.Semaphore(64)

            async def one() -> None:
                async with gate:
                    await api.request("GET", "/")

            await asyncio.gather(*(one() for _ in range(count)))


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
