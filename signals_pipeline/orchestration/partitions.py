"""Days of the pipeline as Dagster partitions: 06:00 to 06:00 in the profile's zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import dagster as dg

from signals_pipeline.rules.windows import HOUR_OFFSET
from signals_pipeline.runtime import Runtime
from signals_pipeline.settings import Clock

ROOM_DAYS = 60  # at 60 times our speed a sandbox lives them in a day of ours
FIRST_DAY = "2024-01-01"  # learning wants two years of days; none is built before somebody asks for it


def daily(zone: str, days_ahead: int = 0) -> dg.DailyPartitionsDefinition:
    """`days_ahead` of the machine's clock; negative: as far behind it, so that the newest days offered are those of our clock."""
    room, end = max(0, days_ahead), _end(days_ahead)
    return dg.DailyPartitionsDefinition(start_date=FIRST_DAY, end_date=end, hour_offset=HOUR_OFFSET, timezone=zone, end_offset=room)


def monthly(zone: str, days_ahead: int = 0) -> dg.MonthlyPartitionsDefinition:
    """As `daily`."""
    room, end = -(-max(0, days_ahead) // 28), _end(days_ahead)
    return dg.MonthlyPartitionsDefinition(start_date=FIRST_DAY, end_date=end, timezone=zone, end_offset=room)


def _end(days_ahead: int) -> str | None:
    return None if days_ahead >= 0 else max(f"{Clock().now() + timedelta(days=days_ahead):%Y-%m-%d}", FIRST_DAY)


def days_ahead(clock: Clock) -> int:
    """By how many days our clock is ahead of the machine's, and some more to live through; negative when it is further behind.

    Dagster knows no partition that the machine's own clock has not reached, and a sandbox's clock may be anywhere.
    """
    if not (clock.url or clock.frozen):
        return 0
    try:
        return (clock.now() - Clock().now()).days + ROOM_DAYS
    except OSError as off:  # what was recorded can be looked at all the same
        dg.get_dagster_logger().warning(f"the sandbox's clock {clock.url} does not answer ({off}); its days may be missing until a reload")
        return 0


@dataclass(frozen=True)
class Days:
    """The days a run covers, both inclusive; `since == until` for a daily run."""

    since: date
    until: date


def newest(days: Days, rt: Runtime) -> Days:
    """The same days, when they are the newest closed one. Raises dg.Failure for an older one: a pull sees today's states, which must not
    stand under a day that never saw them."""
    if days.since < rt.today():
        raise dg.Failure(f"{days.since} is past: a pull is for {rt.today()}; `signals backfill` re-scores past days", allow_retries=False)
    return days


def days_of(context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext, rt: Runtime) -> Days:
    """From the run's partition or partition range; without either, the newest closed day. Raises dg.Failure for a day that is still open:
    half its rows are missing, and what stands under it would be taken for the newest day."""
    tags, today = context.run.tags, rt.today()
    day = tags.get("dagster/partition")
    start, end = tags.get("dagster/asset_partition_range_start", day), tags.get("dagster/asset_partition_range_end", day)
    found = Days(date.fromisoformat(start), date.fromisoformat(end)) if start and end else Days(today, today)
    if found.until > today:
        raise dg.Failure(f"{found.until} has not closed yet: the newest closed day is {today}", allow_retries=False)
    return found


def window(days: Days, rt: Runtime) -> str:
    """The instants that the days cover, in the profile's zone."""
    zone = ZoneInfo(rt.profile.zone)
    first, last = (at.astimezone(zone) for at in (rt.window(days.since).start, rt.window(days.until).end))
    return f"{first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M} {rt.profile.zone}"
