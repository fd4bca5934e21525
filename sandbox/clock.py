"""Sandbox time: it stands where it was left, and runs `speed` times as fast as the wall while the server is up.

wall seconds × speed → `Clock.now()` (aware UTC). A day of the market starts at 06:00 in New York.
Does not belong here: what happens when a day begins (`world.py`).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/New_York")
DAY_STARTS = clock_time(6, 0)
OPENING = clock_time(6, 5)  # where `advance` stops: five minutes after a window has closed


class Clock:
    """`at` is the sandbox instant at which the wall read `wall()`; `speed` is sandbox seconds per wall second."""

    def __init__(self, at: datetime, speed: float, wall: Callable[[], float] = time.monotonic) -> None:
        self._at, self._wall, self._began = at.astimezone(UTC), wall, wall()
        self.speed = speed

    def now(self) -> datetime:
        return self._at + timedelta(seconds=(self._wall() - self._began) * self.speed)

    def move_to(self, at: datetime) -> None:
        """Jump forward. Raises ValueError backwards: what happened has happened."""
        if at < self.now():
            raise ValueError(f"the clock stands at {self.now().isoformat()}; it cannot go back to {at.isoformat()}")
        self._at, self._began = at.astimezone(UTC), self._wall()


def opening_of(day: date) -> datetime:
    return datetime.combine(day, OPENING, ZONE).astimezone(UTC)


def start_of(day: date) -> datetime:
    """06:00 New York of that day: the start of its window, as UTC."""
    return datetime.combine(day, DAY_STARTS, ZONE).astimezone(UTC)


def window_day(at: datetime) -> date:
    """The day whose 06:00-06:00 window holds the instant."""
    local = at.astimezone(ZONE)
    return local.date() if local.time() >= DAY_STARTS else local.date() - timedelta(days=1)


def stamp(at: datetime) -> str:
    """`YYYY-MM-DDTHH:MM:SS.mmmZ`: how every instant is stored, so that text order is time order."""
    utc = at.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def parse(text: str) -> datetime:
    """The inverse of `stamp`; takes any ISO instant with an offset."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)
