"""Permits to call a vendor, handed out as a schedule that all tasks and all processes share.

waiting requests → one short transaction for all of them → instants at which each may leave.
Limits hold in vendor time: a vendor second is 1/speed of a wall second.
Does not belong here: which limits a vendor has (`vendors/limits.py`).

Two kinds of limit. `smooth` is virtual scheduling (GCRA): permits one interval apart, so a vendor that counts by the second
or minute sees an even stream; a permit that nobody used in time may be made up for, within HEADROOM. `window` counts in 120
parts of a sliding window, so that a day's few calls are not stretched over an hour's quota. Both stay a little below the
limit (HEADROOM), since what leaves evenly arrives unevenly.
"""

from __future__ import annotations

import asyncio
import json
import math
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import sqlalchemy as sa

from signals_pipeline.errors import Transient
from signals_pipeline.io import ops as store

HEADROOM = 0.985  # share of the limit that the schedule uses
_PARTS = 120
_AHEAD_S = 0.1  # wall seconds of permits that one transaction takes where the rate is high; what is not used is lost to others
_MOST_AHEAD = 32
_HIGH_RATE = 50  # permits a wall second


@dataclass(frozen=True)
class Limit:
    """`permits` per `seconds` of vendor time."""

    permits: int
    seconds: float
    kind: Literal["smooth", "window"] = "smooth"

    @property
    def name(self) -> str:
        return f"{self.permits}/{self.seconds:g}s"

    def on_the_wall(self, speed: float) -> tuple[int, float]:
        """(permits, wall seconds), over one wall second at least: nobody steers what happens within a few milliseconds."""
        wall = self.seconds / speed
        stretch = max(1.0, 1.0 / wall) if speed > 1.0 else 1.0
        return int(self.permits * stretch), wall * stretch


@dataclass(frozen=True)
class Limits:
    """What a vendor allows. `per_day`: our own cap on requests per day. `max_wait_s`: vendor seconds; a longer wait is an error."""

    pacing: tuple[Limit, ...] = ()
    concurrency: int = 4
    per_day: int | None = None
    max_wait_s: float = 900.0


@dataclass
class Permit:
    """Leave to send one request. `waited_s` is wall seconds. Say `arrived` when the answer began: by then the vendor had it."""

    waited_s: float
    clock: Callable[[], float]
    latest: list[list[float]] = field(default_factory=list)

    def arrived(self) -> None:
        for entry in self.latest:
            entry[0] = self.clock()


@dataclass
class Pacer:
    """Permits of one vendor in this process. `clock` and `sleep` are wall seconds, injected in tests."""

    ops: sa.Engine
    vendor: str
    limits: Limits
    speed: float = 1.0
    clock: Callable[[], float] = time.time
    sleep: Callable[[float], Awaitable[Any]] = asyncio.sleep
    in_thread: Callable[..., Awaitable[Any]] = asyncio.to_thread
    today: Callable[[], date] | None = None  # needed for `per_day`
    _queue: deque[asyncio.Future[float]] = field(default_factory=deque)
    _booking: asyncio.Lock = field(default_factory=asyncio.Lock)
    _sent: dict[str, deque[list[float]]] = field(default_factory=dict)
    _spare: deque[float] = field(default_factory=deque)

    async def permit(self) -> Permit:
        """Returns when the request may leave. Raises Transient when the wait would be longer
        than `max_wait_s`, or the day is used up."""
        if not self.limits.pacing and self.limits.per_day is None:
            return Permit(0.0, self.clock)
        asked = self.clock()
        mine: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._queue.append(mine)
        async with self._booking:
            if not mine.done():  # else the task before booked for all that were waiting
                batch = [f for f in self._queue if not f.done()]
                self._queue.clear()
                try:
                    slots = await self._slots(len(batch))
                except asyncio.CancelledError:
                    self._queue.extend(f for f in batch if f is not mine)  # the next of them books
                    raise
                except Exception as bad:
                    for waiting in batch:
                        if not waiting.done():
                            waiting.set_exception(bad)
                else:
                    for waiting, slot in zip(batch, slots, strict=True):
                        if not waiting.done():
                            waiting.set_result(slot)
        slot = await mine
        while (wait := max(slot, self._gate()) - self.clock()) > 0:
            await self.sleep(wait)
        given = Permit(self.clock() - asked, self.clock)
        for limit in self.limits.pacing:
            given.latest.append([self.clock()])
            self._sent.setdefault(limit.name, deque(maxlen=limit.on_the_wall(self.speed)[0])).append(given.latest[-1])
        return given

    async def _slots(self, count: int) -> list[float]:
        """Instants for `count` requests: booked before and not yet past, then newly booked, with some ahead at a high rate."""
        late = self.clock()
        while self._spare and self._spare[0] < late:
            self._spare.popleft()
        slots = [self._spare.popleft() for _ in range(min(count, len(self._spare)))]
        if len(slots) < count:
            rates = [p / s for p, s in (limit.on_the_wall(self.speed) for limit in self.limits.pacing if limit.kind == "smooth")]
            is_fast = bool(rates) and min(rates) >= _HIGH_RATE and self.limits.per_day is None
            ahead = min(_MOST_AHEAD, int(min(rates) * _AHEAD_S)) if is_fast else 0
            missing = count - len(slots)
            booked = await self.in_thread(self.book, max(missing, ahead))
            slots += booked[:missing]
            self._spare.extend(booked[missing:])
        return slots

    def _gate(self) -> float:
        """The earliest instant at which this process may send: one period after the request `permits` before this one was at the
        vendor for certain. Neither a late event loop nor a slow line can then bunch requests up over there."""
        earliest = 0.0
        for limit in self.limits.pacing:
            sent, (permits, wall_s) = self._sent.get(limit.name), limit.on_the_wall(self.speed)
            if sent is not None and len(sent) == permits:
                earliest = max(earliest, sent[0][0] + wall_s)
        return earliest

    def book(self, count: int) -> list[float]:
        """`count` instants (wall seconds), booked in the shared store in one transaction."""
        now = self.clock()
        with self.ops.begin() as connection:
            if self.limits.per_day is not None:
                self._count_day(connection, count)
            pause = _row(connection, f"{self.vendor}:pause")
            earliest = max(now, pause.next_free if pause else 0.0)
            books = [_book(connection, self.vendor, limit, self.speed) for limit in self.limits.pacing]
            slots = []
            for _ in range(count):
                slot = earliest
                for b in books:
                    slot = b.free_from(slot)
                for b in books:
                    b.take(slot)
                slots.append(slot)
            wait = (slots[-1] - now) * self.speed
            if wait > self.limits.max_wait_s:  # raised inside the transaction: nothing stays booked
                raise Transient(f"{self.vendor}: the next permit is {wait:.0f} s away", retry_after=wait)
            for b in books:
                b.store(connection)
        return slots

    def hold(self, seconds: float) -> None:
        """No permit of any process leaves for `seconds` of vendor time: the vendor said 429 or 503 with Retry-After."""
        self._spare.clear()
        until = self.clock() + seconds / self.speed
        with self.ops.begin() as connection:
            row = _row(connection, f"{self.vendor}:pause")
            _put(connection, f"{self.vendor}:pause", max(until, row.next_free if row else 0.0), None)

    def _count_day(self, connection: sa.Connection, count: int) -> None:
        assert self.today is not None and self.limits.per_day is not None
        used = add_to_quota(connection, self.vendor, "day", self.today().isoformat(), count)
        if used > self.limits.per_day:
            raise Transient(f"{self.vendor}: the day's {self.limits.per_day} requests are used up", retry_after=86_400)


class _Smooth:
    def __init__(self, bucket: str, limit: Limit, speed: float, row: Any) -> None:
        self.bucket = bucket
        permits, wall_s = limit.on_the_wall(speed)
        self.interval = wall_s / (permits * HEADROOM)
        # what was missed may be made up for as far as the headroom goes: floor(permits x HEADROOM) + 1 + slack = permits
        self.slack = (permits - 1 - math.floor(permits * HEADROOM)) * self.interval
        self.next_free = row.next_free if row else 0.0

    def free_from(self, instant: float) -> float:
        return max(instant, self.next_free - self.slack)

    def take(self, slot: float) -> None:
        self.next_free = max(self.next_free, slot) + self.interval

    def store(self, connection: sa.Connection) -> None:
        _put(connection, self.bucket, self.next_free, None)


class _Window:
    """Counts in 120 parts; 121 parts are summed, so that no window of the full length, wherever it starts, holds more."""

    def __init__(self, bucket: str, limit: Limit, speed: float, row: Any) -> None:
        self.bucket, self.permits = bucket, limit.permits
        self.part = limit.seconds / _PARTS / speed
        state = json.loads(row.state) if row and row.state else {}
        kept = state.get("counts", {}) if state.get("part") == self.part else {}
        self.counts: dict[int, int] = {int(k): v for k, v in kept.items()}

    def free_from(self, instant: float) -> float:
        at = max([math.floor(instant / self.part), *self.counts])
        while sum(v for k, v in self.counts.items() if at - _PARTS <= k <= at) >= self.permits:
            at = min(k for k in self.counts if k >= at - _PARTS) + _PARTS + 1
        return max(instant, at * self.part)

    def take(self, slot: float) -> None:
        at = math.floor(slot / self.part + 1e-9)
        self.counts[at] = self.counts.get(at, 0) + 1

    def store(self, connection: sa.Connection) -> None:
        newest = max(self.counts, default=0)
        live = {k: v for k, v in self.counts.items() if k >= newest - _PARTS}
        _put(connection, self.bucket, 0.0, json.dumps({"part": self.part, "counts": live}))


def _book(connection: sa.Connection, vendor: str, limit: Limit, speed: float) -> _Smooth | _Window:
    bucket = f"{vendor}:{limit.name}"
    kind = _Window if limit.kind == "window" else _Smooth
    return kind(bucket, limit, speed, _row(connection, bucket))


def _row(connection: sa.Connection, bucket: str) -> Any:
    query = sa.select(store.rate_buckets).where(store.rate_buckets.c.bucket == bucket)
    if connection.dialect.name == "postgresql":
        # SQLite holds the write lock from BEGIN on; Postgres needs the row to exist before it can be locked
        from sqlalchemy.dialects.postgresql import insert

        connection.execute(insert(store.rate_buckets).values(bucket=bucket, next_free=0.0, used=0).on_conflict_do_nothing())
        query = query.with_for_update()
    return connection.execute(query).one_or_none()


def _put(connection: sa.Connection, bucket: str, next_free: float, state: str | None) -> None:
    table = store.rate_buckets
    done = connection.execute(sa.update(table).where(table.c.bucket == bucket).values(next_free=next_free, state=state))
    if not done.rowcount:
        connection.execute(sa.insert(table).values(bucket=bucket, next_free=next_free, used=0, state=state))


def add_to_quota(connection: sa.Connection, vendor: str, period: str, period_key: str, count: int) -> int:
    """Adds to a counter inside the caller's transaction; returns the new value."""
    table = store.quota_counters
    key = {"vendor": vendor, "period": period, "period_key": period_key}
    store.put(connection, table, key, {"used": count}, again={"used": table.c.used + count})
    where = sa.and_(*(table.c[name] == value for name, value in key.items()))
    return int(connection.execute(sa.select(table.c.used).where(where)).scalar_one())
