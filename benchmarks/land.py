"""Landing alone: pages of CRM contacts and batches of usage counts through the real sources into a lake, no vendor, no network.

invented records → salesforce.contacts, product_db.daily_events → `Landing` → lake → records per second, peak memory.
Each case runs in a process of its own, so that its peak is its own.
Run alone: python -m benchmarks.land [--contacts 100000] [--usage 1000000]
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from signals_pipeline.rules.windows import window_of
from signals_pipeline.runtime import Runtime, build_runtime
from signals_pipeline.settings import load_settings
from signals_pipeline.sources import spec
from signals_pipeline.sources.land import Landing
from signals_pipeline.sources.spec import Body, Pull

DT = date(2026, 6, 29)
NOW = datetime(2026, 6, 30, 10, 5, tzinfo=UTC)
HISTORY_DAYS = 180
PAGE = 2000  # records in a page of the CRM's queries
BATCH = 50_000  # rows in a batch of the product database
TITLES = ("VP Operations", "Paralegal", "Chief Legal Officer")
CASES = {"contacts, a full pull": "contacts", "contacts, the day after": "contacts_again", "usage, a history": "usage"}


def measure(contacts: int = 100_000, usage: int = 1_000_000) -> list[dict[str, Any]]:
    """One row per case."""
    rows = []
    for title, case in CASES.items():
        count = usage if case == "usage" else contacts
        command = [sys.executable, "-m", "benchmarks.land", "--case", case, "--rows", str(count)]
        told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        rows.append({"case": title, **told})
    return rows


def one(case: str, count: int) -> dict[str, Any]:
    """Wall seconds of reading, landing and deriving mentions, in this process; the making of the records is not counted."""
    with tempfile.TemporaryDirectory() as folder:
        rt = build_runtime(load_settings({}, home=Path(folder), now=NOW, hash_key="bench"))
        if case == "contacts_again":
            _contacts(rt, DT - timedelta(days=1), count)
        before_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        took, landed, rejected = _usage(rt, count) if case == "usage" else _contacts(rt, DT, count)
        rt.ops.dispose()
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {
        "records": count, "landed": landed, "rejected": rejected, "wall_s": round(took, 2), "records_per_s": round(count / took),
        "start_mb": before_mb, "peak_mb": peak_mb,
    }  # fmt: skip


def _pull(rt: Runtime, vendor: str, stream: str, dt: date, history_from: date | None) -> Pull:
    source = spec.sources()[vendor]
    zone = rt.profile.zone
    since = window_of(history_from, zone).start if history_from else None
    return Pull(rt, source, stream, source.streams[stream], window_of(dt, zone), since, NOW)


def _contacts(rt: Runtime, dt: date, count: int) -> tuple[float, int, int]:
    landing = Landing(_pull(rt, "salesforce", "contacts", dt, None), spec.code("salesforce", "contacts"))
    took = 0.0
    for number, page in enumerate(_pages(count)):
        started = time.perf_counter()
        landing.take(Body(b"", f"query/Contact/page-{number}", value=page))
        took += time.perf_counter() - started
    started = time.perf_counter()
    done = landing.finish()
    return took + time.perf_counter() - started, done.landed, done.rejected


def _pages(count: int) -> Iterator[dict[str, Any]]:
    """Pages as the CRM sends them. On one page in ten a record lacks a required field, and one comes twice."""
    for first in range(0, count, PAGE):
        page = [_contact(n) for n in range(first, min(first + PAGE, count))]
        if first // PAGE % 10 == 0:
            page[0] = {**page[0], "HasOptedOutOfEmail": None}
            page[-1] = page[-2]
        yield {"totalSize": count, "done": True, "records": page}


def _contact(n: int) -> dict[str, Any]:
    changed = f"2026-0{1 + n % 6}-{1 + n % 28:02d}T{n % 24:02d}:{n % 60:02d}:07.000+0000"
    return {
        "attributes": {"type": "Contact", "url": f"/services/data/v62.0/sobjects/Contact/003{n:015d}"},
        "Id": f"003{n:015d}", "AccountId": f"001{n // 5:015d}", "Email": f"person.{n}@company{n // 5}.example",
        "FirstName": f"Given{n % 997}", "LastName": f"Family{n % 9973}", "Title": TITLES[n % 3],
        "Phone": f"+1 555 {n % 10_000_000:07d}", "LinkedIn_URL__c": None, "MailingCountryCode": "US", "HasOptedOutOfEmail": n % 50 == 0,
        "Do_Not_Contact__c": False, "EmailBouncedDate": None, "OwnerId": f"005{n % 9:015d}", "Signal_Key__c": None, "IsDeleted": False,
        "CreatedDate": "2025-03-01T09:00:00.000+0000", "LastModifiedDate": changed,
    }  # fmt: skip


def _usage(rt: Runtime, count: int) -> tuple[float, int, int]:
    from signals_pipeline.sources.product_db import events_of

    pull = _pull(rt, "product_db", "daily_events", DT, DT - timedelta(days=HISTORY_DAYS))
    landing = Landing(pull, spec.code("product_db", "daily_events"))
    took = 0.0
    for batch in _batches(count):
        started = time.perf_counter()
        landing.take_table(events_of(batch))
        took += time.perf_counter() - started
    started = time.perf_counter()
    done = landing.finish()
    return took + time.perf_counter() - started, done.landed, done.rejected


def _batches(count: int) -> Iterator[pa.Table]:
    """Daily counts in order of loading, spread over the history; one row in a thousand comes again in the next batch."""
    per_day = max(1, count // HISTORY_DAYS)
    start = np.datetime64(DT - timedelta(days=HISTORY_DAYS), "D")
    for first in range(0, count, BATCH):
        n = np.arange(first, min(first + BATCH, count))
        n[1::1000] = np.maximum(n[1::1000] - BATCH, 0)
        days = start + np.minimum(n // per_day, HISTORY_DAYS)
        yield pa.table(
            {
                "user_id": pa.array([f"u{i}" for i in (n % per_day) // 3]),
                "event_date": pa.array(days),
                "event_type": pa.array(np.array(["transaction", "login", "invite"])[n % 3]),
                "event_count": pa.array(1 + n % 7),
                "loaded_at": pa.array(days.astype("datetime64[us]") + np.timedelta64(20, "h")),
            }
        )


def main() -> None:
    ask = argparse.ArgumentParser(prog="python -m benchmarks.land", description=__doc__)
    ask.add_argument("--contacts", type=int, default=100_000)
    ask.add_argument("--usage", type=int, default=1_000_000)
    ask.add_argument("--case", choices=sorted(CASES.values()), help="one case in this process")
    ask.add_argument("--rows", type=int, default=100_000)
    told = ask.parse_args()
    print(json.dumps(one(told.case, told.rows) if told.case else measure(told.contacts, told.usage), indent=2))


if __name__ == "__main__":
    main()
