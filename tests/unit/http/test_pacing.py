"""Permits: the rate is reached, and never passed, by tasks and by processes."""

from __future__ import annotations

import asyncio
import bisect
import itertools
import multiprocessing
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from http_kit import FakeClock, inline

from signals_pipeline.errors import Transient
from signals_pipeline.io.ops import open_ops
from signals_pipeline.io.pacing import Limit, Limits, Pacer, Permit


def pacer(ops: sa.Engine, clock: FakeClock, *limits: Limit, speed: float = 1.0, **given: object) -> Pacer:
    return Pacer(
        ops,
        "acme",
        Limits(limits, **given),
        speed,
        clock,
        clock.sleep,
        inline,
        today=lambda: date(2026, 6, 30),  # type: ignore[arg-type]
    )


def send(pacers: list[Pacer], clock: FakeClock, count: int, workers: int = 8, lag: float = 0.0) -> list[float]:
    """Instants at which `count` requests arrive, from `workers` tasks spread over the pacers; every seventh is `lag` late."""
    sent: list[float] = []
    left = iter(range(count))

    async def worker(which: int) -> None:
        for n in left:
            permit = await pacers[which % len(pacers)].permit()
            if lag and n % 7 == 0:
                await clock.sleep(lag)  # on the way to the vendor, or in our own event loop
            sent.append(clock())
            permit.arrived()

    asyncio.run(clock.run(*(worker(i) for i in range(workers))))
    return sorted(sent)


def most_in_any(sent: list[float], seconds: float) -> int:
    return max(bisect.bisect_left(sent, at + seconds) - i for i, at in enumerate(sent))


@pytest.mark.parametrize(
    ("limit", "speed"),
    [
        (Limit(5, 1), 1.0), (Limit(100, 60), 1.0), (Limit(20, 1), 1.0), (Limit(100, 60, "window"), 1.0), (Limit(1, 1), 1.0),
        (Limit(100, 60), 60.0), (Limit(5, 1), 60.0), (Limit(100, 60, "window"), 60.0),
    ],
)  # fmt: skip
def test_a_backlog_reaches_97_percent_of_the_rate_and_no_window_holds_more(
    ops: sa.Engine, clock: FakeClock, limit: Limit, speed: float
) -> None:
    permits, wall_s = limit.on_the_wall(speed)
    count = permits * (3 if permits > 100 else 6) if permits > 1 else 60
    sent = send([pacer(ops, clock, limit, speed=speed)], clock, count)
    assert most_in_any(sent, wall_s - 1e-6) <= permits
    if limit.kind == "smooth":
        achieved = (count - 1) / ((sent[-1] - sent[0]) * speed)
    else:  # a window lets its permits go at once, then waits: measure from full window to full window
        achieved = (count - permits) / ((sent[-1] - sent[0]) * speed)
    assert achieved >= 0.97 * limit.permits / limit.seconds


def test_two_limits_hold_at_once(ops: sa.Engine, clock: FakeClock) -> None:
    both = pacer(ops, clock, Limit(5, 1), Limit(30, 60, "window"))
    sent = send([both], clock, 90)
    assert most_in_any(sent, 1.0) <= 5
    assert most_in_any(sent, 60.0) <= 30
    assert sent[29] - sent[0] < 7.0


def test_pacers_of_several_processes_share_one_quota(ops: sa.Engine, clock: FakeClock) -> None:
    sent = send([pacer(ops, clock, Limit(100, 60)) for _ in range(3)], clock, 400)
    assert most_in_any(sent, 60.0 - 1e-6) <= 100
    assert 399 / (sent[-1] - sent[0]) >= 0.97 * 100 / 60


def test_pacers_of_several_processes_share_one_window(ops: sa.Engine, clock: FakeClock) -> None:
    sent = send([pacer(ops, clock, Limit(100, 60, "window")) for _ in range(3)], clock, 250)
    assert most_in_any(sent, 60.0 - 1e-6) <= 100, "each alone would send its hundred"


@pytest.mark.parametrize("lag", [0.01, 0.4, 0.9])
def test_requests_that_arrive_late_do_not_bunch_up_at_the_vendor(ops: sa.Engine, clock: FakeClock, lag: float) -> None:
    sent = send([pacer(ops, clock, Limit(20, 1))], clock, 300, lag=lag)
    assert most_in_any(sent, 1.0 - 1e-6) <= 20


def test_an_hours_quota_is_not_stretched_over_the_hour(ops: sa.Engine, clock: FakeClock) -> None:
    sent = send([pacer(ops, clock, Limit(10_000, 3600, "window"))], clock, 500)
    assert sent[-1] == sent[0]


def test_an_idle_time_saves_no_permits_up(ops: sa.Engine, clock: FakeClock) -> None:
    even = pacer(ops, clock, Limit(60, 60))  # too small a limit for slack
    send([even], clock, 1)
    clock.at += 600
    sent = send([even], clock, 6)
    assert min(later - earlier for earlier, later in itertools.pairwise(sent)) == pytest.approx(1 / 0.985)


def bookings(of: Pacer) -> list[int]:
    """How many permits each transaction took, from here on."""
    booked: list[int] = []
    book = of.book
    of.book = lambda count: booked.append(count) or book(count)  # type: ignore[method-assign, func-returns-value]
    return booked


def test_a_high_rate_takes_several_permits_in_one_transaction(ops: sa.Engine, clock: FakeClock) -> None:
    fast = pacer(ops, clock, Limit(100, 60), speed=60.0)
    booked = bookings(fast)
    send([fast], clock, 200)
    assert len(booked) <= 25
    clock.at += 10
    assert send([fast], clock, 1)[0] == clock()  # permits of the past are not used up later


def test_however_fast_the_clock_runs_few_permits_are_taken_ahead(ops: sa.Engine, clock: FakeClock) -> None:
    fast = pacer(ops, clock, Limit(100, 60), speed=1e9)
    booked = bookings(fast)
    send([fast], clock, 10)
    assert max(booked) <= 32


def test_a_hold_stops_every_process_in_vendor_time(ops: sa.Engine, clock: FakeClock) -> None:
    one, other = (pacer(ops, clock, Limit(100, 60), speed=60.0) for _ in range(2))
    start = clock()
    one.hold(30.0)
    assert send([other], clock, 1)[0] >= start + 0.5


def test_a_wait_beyond_patience_is_an_error_and_books_nothing(ops: sa.Engine, clock: FakeClock) -> None:
    slow = pacer(ops, clock, Limit(1, 60), max_wait_s=90.0)
    assert slow.book(2)[1] - clock() == pytest.approx(60 / 0.985)
    with pytest.raises(Transient) as refused:
        slow.book(1)
    assert refused.value.retry_after is not None and refused.value.retry_after > 90
    clock.at += 60 / 0.985
    assert slow.book(1)[0] - clock() == pytest.approx(60 / 0.985)  # the refused one took no place


def test_the_days_cap_refuses_the_next_request(ops: sa.Engine, clock: FakeClock) -> None:
    capped = pacer(ops, clock, per_day=3)
    assert len(send([capped], clock, 3)) == 3
    with pytest.raises(Transient, match="used up"):
        asyncio.run(capped.permit())


def test_a_cancelled_task_takes_nobody_else_down(ops: sa.Engine, clock: FakeClock) -> None:
    async def main() -> list[object]:
        gate = asyncio.Event()

        async def slow(call, *args):  # type: ignore[no-untyped-def]
            await gate.wait()
            return call(*args)

        shared = pacer(ops, clock, Limit(100, 1))
        shared.in_thread = slow
        first = asyncio.create_task(shared.permit())
        await asyncio.sleep(0)
        others = [asyncio.create_task(shared.permit()) for _ in range(3)]
        await asyncio.sleep(0)
        first.cancel()
        gate.set()
        results = await clock.run(*others)
        assert first.cancelled()
        return results

    assert all(isinstance(r, Permit) for r in asyncio.run(main()))


def _book_many(url: str, count: int, start: float, queue: multiprocessing.Queue[list[float]]) -> None:
    shared = Pacer(open_ops(url), "acme", Limits((Limit(100, 60),), max_wait_s=1e9), clock=lambda: start)
    queue.put([shared.book(1)[0] for _ in range(count)])


def test_two_real_processes_get_no_slot_twice(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ops.db'}"
    open_ops(url).dispose()
    context = multiprocessing.get_context("fork")
    queue: multiprocessing.Queue[list[float]] = context.Queue()
    workers = [context.Process(target=_book_many, args=(url, 60, 5_000.0, queue)) for _ in range(2)]
    for worker in workers:
        worker.start()
    slots = sorted(queue.get(timeout=60) + queue.get(timeout=60))
    for worker in workers:
        worker.join(60)
        assert worker.exitcode == 0
    gaps = [later - earlier for earlier, later in itertools.pairwise(slots)]
    assert len(slots) == 120
    assert gaps[0] == 0.0  # the slack of a limit of 100 is one permit
    assert gaps[1:] == pytest.approx([60 / (100 * 0.985)] * 118)
