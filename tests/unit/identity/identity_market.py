"""A small lake, and rows to put into it. Every row has what it needs; say only what the test is about."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from signals_pipeline.io.datasets import dataset
from signals_pipeline.io.lake import table_of
from signals_pipeline.keys import email_key, md5
from signals_pipeline.runtime import Runtime, build_runtime
from signals_pipeline.settings import Settings

D1 = date(2026, 3, 2)
HASH_KEY = "test-key"


def day(n: int) -> date:
    """The n-th day, from 1."""
    return D1 + timedelta(days=n - 1)


def runtime(home: Path) -> Runtime:
    return build_runtime(Settings(home=home, now=datetime(2026, 6, 1, tzinfo=UTC), hash_key=HASH_KEY))


def mention(key: str, n: int = 1, **over: Any) -> dict[str, Any]:
    """A mention known on day n; `key` is its record key."""
    stream = over.pop("dataset", "file_drop__funding")
    role = over.pop("role", "subject")
    base = {
        "mention_id": md5(stream, key, role), "dataset": stream, "record_key": key, "role": role, "dt": day(n),
        "known_at": datetime.combine(day(n), datetime.min.time()) + timedelta(hours=12, minutes=over.pop("minute", 0)),
    }  # fmt: skip
    return base | over


def person(key: str, n: int = 1, employer: dict[str, Any] | None = None, **over: Any) -> dict[str, Any]:
    stream = over.pop("dataset", "salesforce__contacts")
    base = {
        "person_record_id": md5("person", stream, key, 0), "dataset": stream, "record_key": key, "dt": day(n),
        "mention_id": employer["mention_id"] if employer else None,
        "known_at": datetime.combine(day(n), datetime.min.time()) + timedelta(hours=12, minutes=over.pop("minute", 0)),
    }  # fmt: skip
    if over.get("email"):
        base["email_key"] = email_key(over["email"], HASH_KEY)
    return base | over


def event(key: str, company: dict[str, Any] | None, n: int = 1, **over: Any) -> dict[str, Any]:
    stream = over.pop("dataset", "file_drop__funding")
    happened = over.pop("on", day(n))
    base = {
        "event_id": md5(stream, key, over.get("signal_type", "funding_round"), 0), "dataset": stream, "record_key": key,
        "signal_type": "funding_round", "dt": day(n), "mention_id": company["mention_id"] if company else None,
        "occurred_at": datetime.combine(happened, datetime.min.time()),
        "known_at": datetime.combine(day(n), datetime.min.time()) + timedelta(hours=12, minutes=over.pop("minute", 0)),
    }  # fmt: skip
    return base | over


def put(rt: Runtime, name: str, *rows: dict[str, Any], stream: str = "test") -> None:
    """Rows into their days, all at once (a stream's second call replaces its first)."""
    for each in sorted({r["dt"] for r in rows}):
        rt.lake.write(name, each, table_of(dataset(name), [r for r in rows if r["dt"] == each]), stream=stream)


def get(rt: Runtime, name: str) -> list[dict[str, Any]]:
    return rt.lake.read(name).to_pylist()


def companies_of(rt: Runtime) -> dict[str, str]:
    """mention_id → company as of the newest day, merges folded."""
    from signals_pipeline.identity.span import Timeline

    timeline = Timeline(rt.lake.read("company_merges"))
    timeline.to(date(9999, 1, 1))
    return {r["mention_id"]: timeline.root(r["company_id"]) for r in get(rt, "company_links")}


def one(rt: Runtime, *mentions: dict[str, Any]) -> bool:
    """Whether all of them are one company now."""
    found = companies_of(rt)
    return len({found[m["mention_id"]] for m in mentions}) == 1
