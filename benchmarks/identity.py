"""Identity on made-up mentions of several sizes: seconds of processor time, records per second, peak memory, and whether it was right.

a size → mentions, people, events of made-up companies over 180 days → history in one go, one more day, a day without news → numbers.
Each size runs in a process of its own, so that its peak is its own. Run alone: python -m benchmarks.identity 10000 40000
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from datetime import time as noon
from pathlib import Path
from typing import Any

import pyarrow as pa

from sandbox.market.companies import company, name_variant
from signals_pipeline.identity import stage
from signals_pipeline.identity.accuracy import pairwise
from signals_pipeline.identity.span import Timeline
from signals_pipeline.io.datasets import dataset
from signals_pipeline.io.lake import table_of
from signals_pipeline.keys import email_key, md5
from signals_pipeline.runtime import Runtime, build_runtime
from signals_pipeline.settings import Settings

SIZES = (10_000, 40_000, 90_000, 300_000)
FIRST, DAYS, SEED = date(2026, 1, 1), 180, 7
MENTIONS_PER_COMPANY, MENTIONS_PER_EVENT = 7, 9
GIVEN = tuple("Ada Ben Cleo Dora Emil Fay Gus Hana Ivo Jana Kim Leo Mona Nils Olga Pia Quin Rosa Sven Tara".split())  # noqa: SIM905
FAMILY = tuple("Example Specimen Sample Placeholder Dummy Template Pattern Model Mockup Draft Outline Sketch Copy Proof Trial Test".split())  # noqa: SIM905
Row = dict[str, Any]


def rows(mentions: int, day_of: Callable[[random.Random], date]) -> tuple[list[Row], list[Row], list[Row], dict[str, str]]:
    """Mentions, people, events, and the true company of each mention."""
    r = random.Random(mentions)
    said, people, events, truth = list[Row](), list[Row](), list[Row](), dict[str, str]()
    companies = mentions // MENTIONS_PER_COMPANY
    for n in range(mentions):
        c = company(SEED, 4 + (n if n < companies else r.randrange(companies)))
        kind = "account" if n < companies else r.choices(("contact", "user", "row", "filing"), (40, 12, 38, 10))[0]
        dt = day_of(r)
        key = c.domain if kind == "account" else f"{kind}-{n}"
        role = "employer" if kind in ("contact", "user") else "subject"
        row: Row = {
            "mention_id": md5(kind, key, role),
            "dataset": kind,
            "record_key": key,
            "role": role,
            "dt": dt,
            "known_at": _noon(dt, n),
        }
        place = {"country": c.country, "state": c.state, "city": c.city}
        if kind == "account":
            row |= {"account_id_salesforce": md5(c.domain)[:15], "domain": c.domain, "name": c.name, **place}
        elif kind == "contact":
            row |= {"account_id_salesforce": md5(c.domain)[:15]} if r.random() < 0.7 else {"domain": c.domain}
        elif kind == "user":
            row |= {"domain": c.domain}
        elif kind == "filing" and c.cik:
            row |= {"cik": c.cik, "name": c.legal_name.upper(), "country": c.country, "state": c.state}
        else:
            row |= {"name": name_variant(c, n), "domain": c.domain if r.random() < 0.6 else None, **place}
        said.append(row)
        truth[row["mention_id"]] = c.domain
        if role == "employer":
            who = f"{r.choice(GIVEN)} {r.choice(FAMILY)}"
            address = f"{who.replace(' ', '.').lower()}@{c.domain}"
            people.append(
                {
                    "person_record_id": md5("person", kind, key, 0), "dataset": kind, "record_key": key, "mention_id": row["mention_id"],
                    "dt": dt, "known_at": row["known_at"], "full_name": who, "email": address, "email_key": email_key(address, "bench"),
                }
            )  # fmt: skip
        if role == "subject" and n % MENTIONS_PER_EVENT == 0:
            events.append(
                {
                    "event_id": md5("event", n), "dataset": kind, "record_key": key, "signal_type": "funding_round", "dt": dt,
                    "mention_id": row["mention_id"], "occurred_at": _noon(dt, n), "known_at": _noon(dt, n),
                }
            )  # fmt: skip
    once = {(m["mention_id"], m["dt"]): m for m in said}
    return list(once.values()), people, events, truth


def _noon(dt: date, n: int) -> datetime:
    return datetime.combine(dt, noon(12)) + timedelta(seconds=n % 40_000)


def put(rt: Runtime, found: dict[str, list[Row]], stream: str) -> None:
    """Rows into their days."""
    for name, here in found.items():
        table = table_of(dataset(name), here) if here else dataset(name).schema.append(pa.field("dt", pa.date32())).empty_table()
        rt.lake.write_days(name, table, stream=stream)


def one_size(mentions: int) -> dict[str, Any]:
    """Numbers of one size, in this process: the history, a day with a hundredth of it, a day with nothing."""
    with tempfile.TemporaryDirectory(prefix="bench-identity-", ignore_cleanup_errors=True) as folder:
        rt = build_runtime(Settings(home=Path(folder), now=datetime(2027, 1, 1, tzinfo=UTC), hash_key="bench"))
        last = FIRST + timedelta(days=DAYS - 1)
        said, people, events, truth = rows(mentions, lambda r: FIRST + timedelta(days=r.randrange(DAYS)))
        put(rt, {"mentions": said, "people": people, "events": events}, "history")
        out: dict[str, Any] = {"mentions": len(said), "people": len(people), "events": len(events)}
        del said, people, events
        before = _peak_mb()
        out["history"] = _timed(rt, last, FIRST) | {"peak_mb": _peak_mb(), "peak_mb_before": before}
        out["history"]["mentions_per_s"] = round(out["mentions"] / out["history"]["cpu_s"])
        day = last + timedelta(days=1)
        new = rows(mentions // 100 + 7, lambda r: day)
        put(rt, {"mentions": new[0], "people": new[1], "events": new[2]}, "day")
        out["day"] = _timed(rt, day) | {"mentions": len(new[0])}
        out["nothing_new"] = _timed(rt, day + timedelta(days=1))
        out["right"] = against(rt, truth)
        return out


def against(rt: Runtime, truth: dict[str, str]) -> dict[str, Any]:
    """Pairwise numbers of what the lake says of the mentions, merges folded."""
    merges = rt.lake.read("company_merges")
    timeline = Timeline(merges)
    timeline.to(date.max)
    links = rt.lake.read("company_links", columns=["mention_id", "company_id"])
    said = dict(zip(links["mention_id"].to_pylist(), links["company_id"].to_pylist(), strict=True))
    return pairwise([(true, timeline.root(said[m])) for m, true in truth.items()])


def _timed(rt: Runtime, dt: date, since: date | None = None) -> dict[str, Any]:
    wall, cpu = time.perf_counter(), time.process_time()
    stage.run(rt, dt, since=since)
    return {"wall_s": round(time.perf_counter() - wall, 2), "cpu_s": round(time.process_time() - cpu, 2)}


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def measure(sizes: tuple[int, ...] = SIZES) -> list[dict[str, Any]]:
    """Numbers of each size, each from a process of its own."""
    command = [sys.executable, "-m", "benchmarks.identity", "--here"]
    return [json.loads(subprocess.run([*command, str(n)], capture_output=True, text=True, check=True).stdout) for n in sizes]


if __name__ == "__main__":
    if "--here" in sys.argv:
        print(json.dumps(one_size(int(sys.argv[-1]))))
    else:
        for found in measure(tuple(int(n) for n in sys.argv[1:]) or SIZES):
            print(json.dumps(found, indent=1))
