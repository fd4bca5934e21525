"""What several processes do to one ops store at the same time: `Crew` runs a function of this module in each of them at once.

Every function takes the store's URL first and opens it itself, as a process of its own would. No clock but the given one.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import date, datetime, timedelta
from multiprocessing import get_context
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa

from signals_pipeline.enrichment import holdout
from signals_pipeline.enrichment.credits import CreditLedger, Purchase
from signals_pipeline.errors import Transient
from signals_pipeline.io import audit, ops, pauses
from signals_pipeline.io.lease import Lease
from signals_pipeline.io.pacing import Limits, Pacer
from signals_pipeline.rules.profile import load_profile
from signals_pipeline.settings import REPOSITORY

AT = datetime(2026, 6, 30, 12)
DAY = date(2026, 6, 30)
PROCESSES = 3
_together: list[Any] = []


class Crew:
    """Processes that stay for the session; `each(work, url, ...)` lets all of them begin at one instant."""

    def __init__(self) -> None:
        context = get_context("spawn")
        barrier = context.Barrier(PROCESSES, timeout=60)
        self.pool = ProcessPoolExecutor(PROCESSES, mp_context=context, initializer=_join, initargs=(barrier,))

    def each(self, work: Callable[..., Any], url: str, *arguments: Any) -> list[Any]:
        """One result per process; `work` gets its number (0, 1, 2) last."""
        futures = [self.pool.submit(_begin, work, url, *arguments, number) for number in range(PROCESSES)]
        return [f.result(timeout=120) for f in futures]


def _join(barrier: Any) -> None:
    _together.append(barrier)


def _begin(work: Callable[..., Any], *arguments: Any) -> Any:
    _together[0].wait()  # also what spreads one task to each process
    return work(*arguments)


def open_store(url: str, number: int) -> list[str]:
    """The tables that stand after opening."""
    engine = ops.open_ops(url)
    found = sorted(sa.inspect(engine).get_table_names())
    engine.dispose()
    return found


def book(url: str, limits: Limits, wanted: int, now: float, number: int) -> list[float]:
    """Permits of `acme`, booked one by one until `wanted` are there or the day is used up."""
    engine = ops.open_ops(url)
    pacer = Pacer(engine, "acme", limits, clock=lambda: now, today=lambda: DAY)
    slots: list[float] = []
    for _ in range(wanted):
        try:
            slots += pacer.book(1)
        except Transient:
            break
    engine.dispose()
    return slots


def write_audit(url: str, entries: int, number: int) -> list[int]:
    engine = ops.open_ops(url)
    written = [audit.append(engine, AT, "tried", {"process": number, "entry": n}) for n in range(entries)]
    engine.dispose()
    return written


def reserve(url: str, cap: float, wanted: int, number: int) -> int:
    """How many of `wanted` reservations of one credit this process got under a cap of the day."""
    engine = ops.open_ops(url)
    rules = load_profile(REPOSITORY / "config" / "profile.yml").enrichment.model_copy(update={"credits_per_day": cap})
    credits = CreditLedger(engine, rules)
    got = [credits.reserve(DAY, "sixsense", [Purchase(f"key-{number}-{n}", "acme", None)], AT) for n in range(wanted)]
    engine.dispose()
    return sum(entry is not None for (entry,) in got)


def take_lease(url: str, until_minutes: int, number: int) -> str:
    """The holder when it was taken, '' when another holds it. It is kept: the process lives on."""
    engine = ops.open_ops(url)
    lease = Lease(engine, lambda: AT, timedelta(minutes=until_minutes), "run.daily")
    try:
        lease.take()
    except Transient:
        return ""
    finally:
        engine.dispose()
    return lease.holder


def draw(url: str, companies: list[str], share: float, number: int) -> dict[str, set[str]]:
    engine = ops.open_ops(url)
    profile = load_profile(REPOSITORY / "config" / "profile.yml")
    rules = profile.priorities.model_copy(update={"holdout_share": share})
    rt: Any = SimpleNamespace(ops=engine, profile=profile.model_copy(update={"priorities": rules}))
    arms = holdout.draw(rt, DAY + timedelta(days=number), companies, {})
    engine.dispose()
    return arms


def put_and_pause(url: str, times: int, number: int) -> None:
    """First writers of the same rows: an upsert, a pause, a notice."""
    engine = ops.open_ops(url)
    for n in range(times):
        with engine.begin() as connection:
            ops.put(connection, ops.etags, {"request_key": f"url-{n}"}, {"etag": f"by-{number}"})
        pauses.pause(engine, f"vendor-{n}", AT + timedelta(hours=number), "429", AT)
        pauses.notice(engine, "paused", f"vendor-{n}", "Paused", "429", AT)
    engine.dispose()
