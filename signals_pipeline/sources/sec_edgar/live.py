"""Live pulls of EDGAR: pages of the feed down to the watermark, daily indexes, profiles, documents of new filings.

Edgar client → bodies. The lake says which filings are known by name and lack their document (feed and index land first).
Does not belong here: pacing and blocks (`vendors/edgar.py`), reading a body (`feed.py`, `index.py`, `filings.py`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from signals_pipeline.errors import ContractBroken, SkipRecord
from signals_pipeline.sources.sec_edgar import feed, index
from signals_pipeline.sources.sec_edgar.filings import FORMS
from signals_pipeline.sources.sec_edgar.header import is_submission
from signals_pipeline.sources.sec_edgar.times import EASTERN
from signals_pipeline.sources.spec import Body, Pull

if TYPE_CHECKING:
    from signals_pipeline.vendors.edgar import Edgar

PAGE = 100
MAX_PAGES = 400  # a list that never ends is a loop; the real one holds a few days
FEED_TYPES = ("8-K", "D")  # prefixes, as the vendor matches them; "D" brings D/A, and much that is not Form D
PROFILE_DAYS = 30  # a profile younger than this is not asked for again


def _client(pull: Pull) -> Edgar:
    from signals_pipeline.vendors.edgar import Edgar  # not at the top: replay needs no client

    return Edgar(pull.runtime.settings, pull.http, pull.runtime.ops)


async def feed_pages(pull: Pull) -> AsyncIterator[Body]:
    """Pages of each type from the newest down to the watermark (acceptance time of the newest entry seen before)."""
    edgar = _client(pull)
    for form in FEED_TYPES:
        stored = pull.cursor.get(form)
        floor = max(filter(None, [datetime.fromisoformat(stored) if stored else None, pull.since if not stored else None]))
        floor = min(floor, pull.since) if pull.history_from else floor
        newest, seen = floor, set[str]()
        for number in range(MAX_PAGES):
            content = await edgar.feed(form, number * PAGE)
            body = Body(content, f"getcurrent type={form} start={number * PAGE}")
            try:
                entries = [raw.value for raw in feed.records(body, pull)]
            except SkipRecord as bad:  # a live list that cannot be read is no page with one bad record
                raise ContractBroken(f"EDGAR feed, {body.place}: {bad}") from None
            times = [feed.read_entry(value)["accepted_at"] for value in entries]
            fresh = {str(value["id"]) + str(value["title"]) for value in entries} - seen
            if not fresh:
                break
            seen |= fresh
            newest = max([newest, *times])
            yield body
            if len(entries) < PAGE or min(times) < floor:
                break
        else:
            raise ContractBroken(f"EDGAR feed type={form}: {MAX_PAGES} pages and no end")
        pull.cursor[form] = newest.isoformat()


def _days(pull: Pull) -> list[date]:
    """Eastern business days that a pull covers, oldest first."""
    first = pull.since.astimezone(EASTERN).date()
    last = min(pull.window.end, pull.pulled_at).astimezone(EASTERN).date()
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [d for d in days if d.weekday() < 5]


async def daily_indexes(pull: Pull) -> AsyncIterator[Body]:
    """The index of each business day; one that is not out (yet), or a holiday's, is not there."""
    edgar = _client(pull)
    for day in _days(pull):
        content = await edgar.daily_index(day)
        if content is not None:
            body = Body(content, f"daily-index form.{day:%Y%m%d}.idx")
            if not index.is_one(body):  # a page for people is no index with one bad line
                raise ContractBroken(f"EDGAR: {body.place} is no index: {content[:80].decode('latin-1')!r}")
            yield body


def _named(pull: Pull, *, all_of_them: bool = False) -> list[dict[str, Any]]:
    """Filings of the forms we follow that feed or index name, newest word first, without those that have their document."""
    lake = pull.runtime.lake
    since = pull.since.date() - timedelta(days=7)  # what a broken run left is picked up
    until = pull.window.dt
    done = {
        r["accession"] for r in lake.read("sec_edgar__filings", since=since, until=until, columns=["accession", "has_document"]).to_pylist()
        if r["has_document"]
    }  # fmt: skip
    found: dict[str, dict[str, Any]] = {}
    for name, columns in (
        ("sec_edgar__feed", ["accession", "cik", "company_name", "form", "filed_on", "accepted_at", "items", "index_url"]),
        ("sec_edgar__index", ["accession", "cik", "company_name", "form", "filed_on"]),
    ):
        for row in lake.read(name, since=since, until=until, columns=columns).to_pylist():
            if row["form"] in FORMS and (all_of_them or row["accession"] not in done):
                found.setdefault(row["accession"], row)
    return [found[accession] for accession in sorted(found)]


async def filing_documents(pull: Pull) -> AsyncIterator[Body]:
    """The full submission of each new filing; a filing whose document the vendor does not have comes without.

    A page for people in place of a submission is a reject, and its filing is asked for again; nothing but such pages: the vendor is down.
    """
    edgar = _client(pull)
    asked = pages = 0
    for entry in _named(pull):
        path = f"/Archives/edgar/data/{int(entry['cik'])}/{entry['accession']}.txt"
        accepted = entry.get("accepted_at")
        facts = {k: v for k, v in entry.items() if v is not None and k != "dt"}
        facts |= {"document_url": path, "accepted_at": accepted.replace(tzinfo=UTC) if accepted else None}
        content = await edgar.document(path)
        if content is None:
            yield Body(b"", path, {**facts, "has_document": False})
            continue
        asked, pages = asked + 1, pages + (not is_submission(content))
        yield Body(content, path, {**facts, "is_submission": True})
    if asked and pages == asked:
        raise ContractBroken(f"EDGAR: none of {asked} documents is a submission")


async def _lists(pull: Pull, ciks: list[str]) -> AsyncIterator[Body]:
    edgar = _client(pull)
    for cik in ciks:
        content = await edgar.submissions(cik)
        if content is not None:
            yield Body(content, f"submissions CIK{cik}.json", {"cik": cik})


async def profiles(pull: Pull) -> AsyncIterator[Body]:
    """Profiles of the companies that filed, unless a young one stands; a filing that has its document may still lack it."""
    known = pull.runtime.lake.read(
        "sec_edgar__companies", since=pull.window.dt - timedelta(days=PROFILE_DAYS), until=pull.window.dt, columns=["cik"]
    )
    young = {row["cik"] for row in known.to_pylist() if row["dt"] < pull.window.dt}
    async for body in _lists(pull, sorted({entry["cik"] for entry in _named(pull, all_of_them=True)} - young)):
        yield body


async def submission_lists(pull: Pull) -> AsyncIterator[Body]:
    """Lists of filings, in a history load only: day by day the feed and the index tell the same."""
    if pull.history_from is not None:
        async for body in _lists(pull, sorted({entry["cik"] for entry in _named(pull)})):
            yield body
