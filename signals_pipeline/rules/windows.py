"""Days as this project counts them: from 06:00 to 06:00 in the profile's zone.

instant → `dt` (the day it belongs to) → `Window` (its two instants).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

HOUR_OFFSET = 6


@dataclass(frozen=True)
class Window:
    """One day of the pipeline. `start` and `end` are aware UTC; `end` is exclusive."""

    dt: date
    start: datetime
    end: datetime


def dt_of(instant: datetime, zone: str) -> date:
    """The day an aware instant belongs to: 05:59 local belongs to the day before."""
    local = instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return (local - timedelta(hours=HOUR_OFFSET)).date()


def window_of(dt: date, zone: str) -> Window:
    """The two instants of a day; 23, 24 or 25 hours apart across a change of clocks."""
    tz = ZoneInfo(zone)
    start = datetime.combine(dt, time(HOUR_OFFSET), tzinfo=tz)
    end = datetime.combine(dt + timedelta(days=1), time(HOUR_OFFSET), tzinfo=tz)
    return Window(dt, start.astimezone(UTC), end.astimezone(UTC))


def closing_dt(now: datetime, zone: str) -> date:
    """The newest day whose window has closed: what a run started at `now` is as of."""
    return dt_of(now, zone) - timedelta(days=1)
