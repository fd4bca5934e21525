"""Dates in English business text.

text → `find_dates` → [Found(day, start, end)]; `signature_date`, `report_date` read the fixed places of a filing.
Does not belong here: instants and time zones (`sources/sec_edgar/times.py`), which date an event takes.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

_MONTHS = {name.lower(): n for n, name in enumerate(calendar.month_name) if name} | {
    name.lower(): n for n, name in enumerate(calendar.month_abbr) if name
}
_MONTHS["sept"] = 9
_NAMES = "|".join(sorted(_MONTHS, key=len, reverse=True))
_LONG = re.compile(rf"\b({_NAMES})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?\s*,?\s*((?:19|20)\d{{2}})\b", re.IGNORECASE)
_BRITISH = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s+(?:day of\s+)?({_NAMES})\.?,?\s+((?:19|20)\d{{2}})\b", re.IGNORECASE)
_MONTH_YEAR = re.compile(rf"\b({_NAMES})\.?,?\s+((?:19|20)\d{{2}})\b", re.IGNORECASE)
_SLASHED = re.compile(r"\b(\d{1,2})/(\d{1,2})/((?:19|20)\d{2}|\d{2})\b")
_ISO = re.compile(r"\b((?:19|20)\d{2})-(\d{2})-(\d{2})\b")


@dataclass(frozen=True)
class Found:
    """A date and where it stands in the text."""

    day: date
    start: int
    end: int


def make(year: int, month: int, day_of_month: int) -> date | None:
    """A date; None when the calendar has none such (February 30)."""
    try:
        return date(year, month, day_of_month)
    except ValueError:
        return None


def find_dates(text: str, start: int = 0, end: int | None = None) -> list[Found]:
    """Full dates between start and end, in text order; a month alone is none. Slashed dates are month first (US filings)."""
    stop = len(text) if end is None else end
    hits: list[Found] = []
    readers: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], tuple[int, int, int]]], ...] = (
        (_LONG, lambda m: (int(m[3]), _MONTHS[m[1].lower()], int(m[2]))),
        (_BRITISH, lambda m: (int(m[3]), _MONTHS[m[2].lower()], int(m[1]))),
        (_SLASHED, lambda m: (_century(int(m[3])), int(m[1]), int(m[2]))),
        (_ISO, lambda m: (int(m[1]), int(m[2]), int(m[3]))),
    )
    for pattern, parts in readers:
        for match in pattern.finditer(text, start, stop):
            found = make(*parts(match))
            if found:
                hits.append(Found(found, match.start(), match.end()))
    return sorted(hits, key=lambda h: h.start)


def month_end(text: str) -> date | None:
    """The last day of the first "month year" in the text: "at the end of June 2023"."""
    found = _MONTH_YEAR.search(text)
    if not found:
        return None
    year, month = int(found[2]), _MONTHS[found[1].lower()]
    return date(year, month, calendar.monthrange(year, month)[1])


def _century(year: int) -> int:
    return year if year > 99 else 2000 + year if year < 70 else 1900 + year


def near_report(day: date | None, reported_on: date | None) -> date | None:
    """The day an event is told for, or its report's. A day most of a year before the report is a slip of the year: the same day of
    the report's year when that lies just before the report, else the report is the better witness."""
    if day is None or reported_on is None or (reported_on - day).days <= 300:
        return day or reported_on
    same = make(reported_on.year, day.month, day.day)
    return same if same and -7 <= (reported_on - same).days <= 30 else reported_on


def signature_date(text: str) -> date | None:
    """The date beside the signature of a filing: the first after the last SIGNATURE heading of the filing itself."""
    marks = [m.start() for m in re.finditer(r"duly caused this report to be signed|(?m:^\W{0,3}SIGNATURES?\b)", text)]
    for mark in reversed(marks):
        dates = find_dates(text, mark, mark + 1200)
        if dates:
            return dates[0].day
    return None


def report_date(text: str) -> date | None:
    """ "Date of report (date of earliest event reported)" of a cover page."""
    found = re.search(r"date\s+of\s+(?:earliest\s+event|report)", text[:8000], re.IGNORECASE)
    if not found:
        return None
    around = find_dates(text, max(0, found.start() - 160), found.end() + 260)
    after = [d for d in around if d.start >= found.start()]
    return (after or around)[0].day if around else None
