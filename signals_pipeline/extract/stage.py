"""Stage `sources`, text side: landed filings and rows → facts.events, documents, mentions, people.

raw/sec_edgar__filings, raw/crunchbase__*, raw/file_drop__* → pure readers → facts (stream `extract`), day by day.
Does not belong here: reading a text (`eightk.py`, `form_d.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date
from typing import Any
from zoneinfo import ZoneInfo

from signals_pipeline.errors import Permanent, SkipRecord
from signals_pipeline.extract import facts
from signals_pipeline.extract.eightk import read_filing
from signals_pipeline.extract.event import Reading
from signals_pipeline.extract.form_d import read_form_d
from signals_pipeline.extract.table_rows import READERS, read_row
from signals_pipeline.io.datasets import dataset
from signals_pipeline.io.lake import ZERO_DAY, Lake
from signals_pipeline.runtime import Runtime

STREAM = "extract"
WRITTEN = ("events", "documents", "mentions", "people")
_EASTERN = ZoneInfo("America/New_York")
FILING_DAYS = 60  # days of filing texts held at once
_NOT_READ = frozenset(("payload",))


@dataclass
class ExtractReport:
    """documents = with_events + sum(without); rows likewise. `events` by signal type; `days` = events by dt."""

    documents: int = 0
    with_events: int = 0
    without: dict[str, int] = field(default_factory=dict)
    rows: int = 0
    rows_with_events: int = 0
    rows_without: dict[str, int] = field(default_factory=dict)
    events: dict[str, int] = field(default_factory=dict)
    mentions: int = 0
    people: int = 0
    days: dict[date, int] = field(default_factory=dict)


def run(rt: Runtime, dt: date, since: date | None = None) -> ExtractReport:
    """Read what stands under `dt` (or under every day from `since` to `dt`) and write its facts anew, each day whole.

    Raises Permanent when the counts of documents do not add up.
    """
    first = since or dt
    report, counts = ExtractReport(), (Counter[str](), Counter[str](), Counter[str]())
    stale = _days_written(rt.lake, first, dt)
    days: dict[date, facts.Rows] = {day: facts.Rows() for wrote in stale.values() for day in wrote}
    for name in (facts.FILINGS, *READERS):
        for raw in _raw(rt.lake, name, first, dt):
            reading = read(name, raw)
            facts.add(days.setdefault(raw["dt"], facts.Rows()), name, raw, reading)
            _count(report, counts, name, reading)
    for day, rows in sorted(days.items()):
        _write(rt.lake, day, rows, stale)
        report.mentions += len(rows.mentions)
        report.people += len(rows.people)
        if rows.events:
            report.days[day] = len(rows.events)
    report.events, report.without, report.rows_without = (dict(sorted(c.items())) for c in counts)
    _check(report)
    return report


def read(name: str, raw: dict[str, Any]) -> Reading:
    """The reading of one landed row. A document without text, or with a broken one, has a reason and no events."""
    if name != facts.FILINGS:
        return read_row(name, raw)
    if not raw["has_document"] or not raw["text"]:
        return Reading(reason="document_absent")
    if raw["form"] == "8-K/A":  # tells more of what the first report told: no second event
        return Reading(reason="amendment")
    if raw["form"] in ("D", "D/A"):
        try:
            return _chained(raw, read_form_d(raw["text"]))
        except SkipRecord as bad:
            return Reading(reason=bad.reason)
    known_on = raw["filed_on"] or raw["known_at"].replace(tzinfo=UTC).astimezone(_EASTERN).date()
    return read_filing(raw["text"], registrant=raw["company_name"], reported_on=raw["reported_on"] or raw["signed_on"], known_on=known_on)


def _chained(raw: dict[str, Any], reading: Reading) -> Reading:
    """A Form D's subject is the accession of the round's first notice: an amendment names its parent, the notice itself.
    Before the first sale the day is that of the notice."""
    told = raw["filed_on"] or raw["signed_on"]
    found = (replace(e, subject=e.subject or raw["accession"], occurred_on=e.occurred_on or told) for e in reading.events)
    return replace(reading, events=tuple(found))


def _days_written(lake: Lake, first: date, last: date) -> dict[str, set[date]]:
    """Days this stage wrote before, by dataset: they are written again, empty when their records are gone."""
    end = f"/{STREAM}__day.parquet"
    return {name: {d for d, path in lake.files(name) if path.endswith(end) and first <= d <= last} for name in WRITTEN}


def _raw(lake: Lake, name: str, first: date, last: date) -> Iterator[dict[str, Any]]:
    """Landed rows in order of day and key. Some days at a time: a history of texts does not fit into memory, and a look
    for files per day would cost more than the reading."""
    columns = [c for c in dataset(name).columns if c not in _NOT_READ]
    days = sorted({d for d, _ in lake.files(name) if first <= d <= last and d != ZERO_DAY})
    step = FILING_DAYS if name == facts.FILINGS else len(days) or 1
    for at in range(0, len(days), step):
        chunk = days[at : at + step]
        yield from lake.read(name, since=chunk[0], until=chunk[-1], columns=columns).to_pylist()


def _write(lake: Lake, day: date, rows: facts.Rows, stale: dict[str, set[date]]) -> None:
    for name in WRITTEN:
        content = getattr(rows, name)
        if content or day in stale[name]:
            lake.write(name, day, content, stream=STREAM, window="day")


def _count(report: ExtractReport, counts: tuple[Counter[str], Counter[str], Counter[str]], name: str, reading: Reading) -> None:
    types, without, rows_without = counts
    types.update(e.signal_type for e in reading.events)
    reason = reading.reason or "no_pattern"
    if name == facts.FILINGS:
        report.documents += 1
        report.with_events += bool(reading.events)
        without.update([] if reading.events else [reason])
    else:
        report.rows += 1
        report.rows_with_events += bool(reading.events)
        rows_without.update([] if reading.events else [reason])


def _check(report: ExtractReport) -> None:
    if report.documents != report.with_events + sum(report.without.values()):
        raise Permanent(f"documents do not add up: {report.documents} in, {report.with_events} with events, {report.without} without")
    if report.rows != report.rows_with_events + sum(report.rows_without.values()):
        raise Permanent(f"rows do not add up: {report.rows} in, {report.rows_with_events} with events, {report.rows_without} without")
