"""EDGAR's clocks: everything is US Eastern, whatever letter stands behind it.

text of the vendor → aware UTC instants and dates. Does not belong here: which of several times a record takes.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

EASTERN = ZoneInfo("America/New_York")


def atom_time(text: str) -> datetime:
    """`2024-11-01T06:01:36-04:00` (the feed tells its offset). ValueError when there is no offset."""
    found = datetime.fromisoformat(text.strip())
    if found.tzinfo is None:
        raise ValueError(f"no offset in {text!r}")
    return found.astimezone(UTC)


def json_time(text: str) -> datetime:
    """`2024-11-01T06:01:36.000Z` of the submissions list: the Z is false, the clock is Eastern."""
    naive = re.sub(r"(?:Z|[+-]\d{2}:?\d{2})$", "", text.strip())
    return datetime.fromisoformat(naive).replace(tzinfo=EASTERN).astimezone(UTC)


def header_time(text: str) -> datetime:
    """`20260306161125` of a submission header, Eastern."""
    return datetime.strptime(text.strip()[:14], "%Y%m%d%H%M%S").replace(tzinfo=EASTERN).astimezone(UTC)


def day(text: str) -> date:
    """`20260306` or `2026-03-06`. ValueError for anything else."""
    digits = text.strip().replace("-", "")
    if not re.fullmatch(r"\d{8}", digits):
        raise ValueError(f"no day: {text!r}")
    return datetime.strptime(digits, "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone


def end_of_day(known_on: date) -> datetime:
    """The last second of an Eastern day, as UTC: what carries a day only was known by then."""
    return datetime.combine(known_on, time(23, 59, 59), tzinfo=EASTERN).astimezone(UTC)


def on_day(known_on: date | None) -> datetime | None:
    """The day as an instant: midnight UTC, so that the date reads the same in every zone's table."""
    return datetime.combine(known_on, time(), tzinfo=UTC) if known_on else None
