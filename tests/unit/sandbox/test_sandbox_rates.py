"""Windows of a rate limit in sandbox time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sandbox.clock import Clock
from sandbox.rates import Limits, Window

NOW = datetime(2026, 6, 30, 10, 5, tzinfo=UTC)


def test_any_window_holds_the_limit_not_only_the_aligned_one() -> None:
    w = Window(3, 60.0)
    assert [w.take(t) for t in (0.0, 30.0, 59.0)] == [0.0, 0.0, 0.0]
    assert w.take(59.5) == 0.5 and w.peak == 3
    assert w.take(60.0) == 0.0 and w.remaining(60.0) == 0


def test_a_refused_request_takes_no_room() -> None:
    w = Window(1, 10.0)
    w.take(0.0)
    for t in range(1, 10):
        assert w.take(float(t)) > 0
    assert w.take(10.0) == 0.0


def test_a_fast_clock_stretches_windows_below_a_wall_second_at_the_same_rate() -> None:
    assert (Window(10, 1.0, speed=60.0).limit, Window(10, 1.0, speed=60.0).seconds) == (600, 60.0)
    assert (Window(100, 60.0, speed=60.0).limit, Window(100, 60.0, speed=60.0).seconds) == (100, 60.0)
    assert (Window(10_000, 3600.0, speed=60.0).limit, Window(10_000, 3600.0, speed=60.0).seconds) == (10_000, 3600.0)


def test_an_even_stream_at_the_limit_is_never_refused() -> None:
    limits = Limits(60.0)
    waits = [limits.take("sixsense", "scoring", 100, 60.0, NOW + timedelta(seconds=0.6 * n)) for n in range(1000)]
    assert not any(waits) and limits.of("sixsense").refused == 0


def test_the_clock_runs_at_its_speed_and_never_back() -> None:
    wall = [0.0]
    clock = Clock(NOW, 60.0, lambda: wall[0])
    wall[0] = 2.0
    assert clock.now() == NOW + timedelta(minutes=2)
    clock.move_to(NOW + timedelta(days=1))
    assert clock.now() == NOW + timedelta(days=1)
    try:
        clock.move_to(NOW)
    except ValueError as refused:
        assert "cannot go back" in str(refused)
    else:
        raise AssertionError("the clock went back")
