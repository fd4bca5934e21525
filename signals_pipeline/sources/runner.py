"""One pull of all due streams, on one event loop.

declared sources → vendors concurrently, their streams in order → `Landing` → report, health, cursors, `stream_runs`.
A stream that fails is reported with its error and the age of what stands; the others go on, and nothing landed is replaced.
In replay, files that match a stream's `replay` patterns stand in for `fetch`; everything after is the live code.
Does not belong here: parsing (the sources), accounting of records (`land.py`).
Run one source alone: `python -m signals_pipeline.sources salesforce --dt 2026-06-29`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from signals_pipeline.errors import ContractBroken, Permanent, SignalsError, SkipRecord
from signals_pipeline.rules.windows import window_of
from signals_pipeline.runtime import Runtime
from signals_pipeline.sources import spec as declared
from signals_pipeline.sources import standing, state
from signals_pipeline.sources.land import Landed, Landing
from signals_pipeline.sources.read import naive
from signals_pipeline.sources.report import SourcesReport, StreamRun, write_facts
from signals_pipeline.sources.spec import Body, Pull, SourceSpec, StreamCode

log = logging.getLogger("signals.sources")
Progress = Callable[[str, int], None]  # (stream, records read so far)
FIRST = "ops"  # our own ops store is pulled before any vendor
CHECKPOINT_SHARE = 10  # dear pulls land what has come when a tenth of it is not landed yet


def run(
    rt: Runtime,
    dt: date,
    only: Sequence[str] | None = None,
    history_from: date | None = None,
    progress: Progress | None = None,
    *,
    registry: dict[str, SourceSpec] | None = None,
    find: Callable[[str, str], StreamCode] = declared.code,
    http: Any = None,
) -> SourcesReport:
    """Pull every due stream for `dt`; with `history_from`, event streams back to the start of that day.

    only: vendors or `vendor.stream` names. registry, find, http: swapped in tests.
    Raises Permanent (wrong settings, corrupt own state, an unknown name in `only`) after the other streams have ended.
    """
    known = declared.sources() if registry is None else registry
    pulling = _Pulling(rt, dt, known, find, progress, history_from, http)
    return asyncio.run(pulling.all(_chosen(known, only)))


def _chosen(known: dict[str, SourceSpec], only: Sequence[str] | None) -> list[tuple[SourceSpec, str]]:
    from signals_pipeline.rules.names import nearest

    streams = [(source, name) for source in known.values() for name in source.streams]
    if only is None:
        return streams
    names = {*known, *(f"{s.vendor}.{n}" for s, n in streams)}
    for name in only:
        if name not in names:
            raise Permanent(f"no source {name}{nearest(name, names)}")
    return [(s, n) for s, n in streams if s.vendor in only or f"{s.vendor}.{n}" in only]


@dataclass
class _Pulling:
    rt: Runtime
    dt: date
    known: dict[str, SourceSpec]
    find: Callable[[str, str], StreamCode]
    progress: Progress | None
    history_from: date | None
    http: Any
    ended: dict[str, asyncio.Event] = field(default_factory=dict)
    stops: list[Permanent] = field(default_factory=list)

    async def all(self, due: list[tuple[SourceSpec, str]]) -> SourcesReport:
        self.ended = {f"{s.vendor}.{n}": asyncio.Event() for s, n in due}
        vendors: dict[str, list[tuple[SourceSpec, str]]] = {}
        for source, name in due:
            vendors.setdefault(source.vendor, []).append((source, name))
        async with AsyncExitStack() as stack:
            if self.http is None and self.rt.replay is None and any(s.limits for s, _ in due):
                from signals_pipeline.io.http import Http

                self.http = await stack.enter_async_context(Http(self.rt.settings, self.rt.ops))
            runs = {FIRST: await self.vendor(vendors.pop(FIRST))} if FIRST in vendors else {}
            done = await asyncio.gather(*(self.vendor(streams) for streams in vendors.values()))
            runs |= dict(zip(vendors, done, strict=True))
        report = SourcesReport(self.dt, [run for vendor in sorted(runs) for run in runs[vendor]])
        write_facts(self.rt.lake, self.dt, report.streams)
        if self.stops:
            raise self.stops[0]
        return report

    async def vendor(self, streams: list[tuple[SourceSpec, str]]) -> list[StreamRun]:
        runs = []
        for source, name in streams:
            for other in source.streams[name].after:
                # a stream of the same vendor comes before by order; one that is not due cannot be waited for
                if other in self.ended:
                    await self.ended[other].wait()
            try:
                runs.append(await self.stream(source, name))
            finally:
                self.ended[f"{source.vendor}.{name}"].set()
        return runs

    async def stream(self, source: SourceSpec, name: str) -> StreamRun:
        spec = source.streams[name]
        run = StreamRun(f"{source.vendor}.{name}", source.vendor, spec.kind, list(source.needed_for))
        run.started_at = self.rt.now()
        code = self.find(source.vendor, name)
        if why := self.why_off(source, name, code):
            run.error = why
        elif paused := state.paused_until(self.rt.ops, [run.stream, source.vendor], _naive(run.started_at)):
            run.status, run.error = "paused", f"paused until {paused[0]:%Y-%m-%d %H:%M:%S} UTC: {paused[1]}"
        else:
            await self.pull(source, name, code, run)
        run.ended_at = self.rt.now()
        if run.status != "off":
            last = state.last_ok(self.rt.ops, run.stream)
            run.age_hours = round((_naive(run.ended_at) - last).total_seconds() / 3600, 2) if last else None
            if run.newest_known_at is None:
                run.newest_known_at = self.newest_standing(spec.dataset, run.stream)
        return run

    def why_off(self, source: SourceSpec, name: str, code: StreamCode) -> str | None:
        if self.rt.replay is not None:
            if not source.streams[name].replay:
                return "nothing to replay: the stream declares no file patterns"
            return None if self.files(source, name) else "nothing to replay: no file matches the stream's patterns"
        empty = [n for n in (*source.needs, *source.streams[name].needs) if not self.rt.settings.secret(n)]
        if empty:
            return "not set: " + ", ".join(f"SIGNALS_{n.upper()}" for n in empty)
        return None if code.fetch or code.columns else "comes by file only"

    def files(self, source: SourceSpec, name: str) -> list[Any]:
        folder = self.rt.replay
        if folder is None:
            return []
        return sorted({f for pattern in source.streams[name].replay for f in folder.glob(pattern) if f.is_file()})

    async def pull(self, source: SourceSpec, name: str, code: StreamCode, run: StreamRun) -> None:
        zone = self.rt.profile.zone
        pull = Pull(
            self.rt, source, name, source.streams[name], self.rt.window(self.dt),
            window_of(self.history_from, zone).start if self.history_from else None,
            self.rt.now(), self.cursor(source.streams[name].dataset, run.stream), self.http,
        )  # fmt: skip
        landing = Landing(pull, code)
        before = self.http.stats(source.vendor) if self.http is not None else None
        try:
            await self.bodies(pull, code, landing)
            landed = await self.finish(pull, code, landing)
            if code.landed and self.rt.replay is None:
                code.landed(pull, landing.tallies)
            state.store_cursor(self.rt.ops, run.stream, self.dt, pull.cursor, self.rt.stamp())
            run.status, run.error = ("failed", "; ".join(landed.broken)) if landed.broken else ("ok", None)
        except Permanent as stop:
            self.stops.append(stop)
            landed, run.status, run.error = landing.abandon(), "failed", str(stop)
        except SignalsError as bad:
            landed, run.status, run.error = landing.abandon(), "failed", f"{type(bad).__name__}: {bad}"
        except Exception as bug:  # a defect in one source must not stop the others; it is reported like any failure
            log.exception("%s failed", run.stream)
            landed, run.status, run.error = landing.abandon(), "failed", f"{type(bug).__name__}: {bug}"
        _fill(run, landed, pull)
        if before is not None:
            stats = self.http.stats(source.vendor).minus(before)
            run.requests, run.waits_s, run.too_many_requests = stats.requests, round(stats.waits_s, 3), stats.too_many_requests
        state.note_health(self.rt.ops, run.stream, ok=run.status == "ok", error=run.error, at=self.rt.stamp())

    def cursor(self, dataset: str, stream: str) -> dict[str, Any]:
        """Where the newest earlier day stopped; empty for a history, and when the lake has lost what the cursor stands for."""
        if self.history_from or not any(d < self.dt for d, _, _ in standing.files(self.rt.lake, dataset, stream)):
            return {}
        return state.cursor_before(self.rt.ops, stream, self.dt)

    async def finish(self, pull: Pull, code: StreamCode, landing: Landing) -> Landed:
        try:
            return await asyncio.to_thread(landing.finish)
        except ContractBroken as broken:
            if code.landed and self.rt.replay is None:  # files of a broken batch are put away too, else they would break every day to come
                for tally in landing.tallies:
                    tally.refused = tally.refused or f"held back: {broken}"
                code.landed(pull, landing.tallies)
            raise

    async def bodies(self, pull: Pull, code: StreamCode, landing: Landing) -> None:
        if self.rt.replay is None and code.columns is not None:
            await asyncio.to_thread(self.tables, pull, code, landing)
            return
        source = self.replayed(pull, code, landing) if self.rt.replay is not None else _fetch(pull, code)
        taken = pending = 0
        try:
            async for body in source:
                landing.take(body)
                taken, pending = taken + 1, pending + 1
                # a checkpoint writes all rows anew: one for each page would cost the square of the pages, so a stop may lose a tenth
                if pull.spec.page_by_page and pending * CHECKPOINT_SHARE >= taken:
                    landing.checkpoint()
                    pending = 0
                if self.progress:
                    self.progress(pull.stream, landing.result.read)
        finally:
            if pull.spec.page_by_page and pending:
                landing.checkpoint()

    def tables(self, pull: Pull, code: StreamCode, landing: Landing) -> None:
        if code.columns is None:
            raise ContractBroken(f"{pull.stream}: no columns function")
        for table in code.columns(pull):
            landing.take_table(table)
            if self.progress:
                self.progress(pull.stream, landing.result.read)

    async def replayed(self, pull: Pull, code: StreamCode, landing: Landing) -> AsyncIterator[Body]:
        for path in self.files(pull.source, pull.name):
            place = path.relative_to(self.rt.replay).as_posix()
            content = path.read_bytes()
            try:
                facts = code.facts(path, pull) if code.facts else {}
            except SkipRecord as skip:
                landing.refuse(skip, place, content[:4096].decode("utf-8", "replace"))
                continue
            yield Body(content, place, facts)

    def newest_standing(self, dataset: str, stream: str) -> datetime | None:
        """The newest known_at of what the stream has landed up to this day."""
        for dt, _, path in reversed(standing.files(self.rt.lake, dataset, stream)):
            if dt <= self.dt and standing.rows_in(self.rt.lake, path):
                found = standing.newest_instant(standing.load(self.rt.lake, dataset, [path], ["known_at"]), "known_at")
                return found.replace(tzinfo=UTC) if found else None
        return None


def _fetch(pull: Pull, code: StreamCode) -> AsyncIterator[Body]:
    if code.fetch is None:
        raise ContractBroken(f"{pull.stream}: no fetch function")
    return code.fetch(pull)


def _fill(run: StreamRun, landed: Landed, pull: Pull) -> None:
    run.records_in, run.landed, run.rejected = landed.records_in, landed.landed, landed.rejected
    run.reread, run.waiting, run.carried, run.held_back = landed.reread, landed.waiting, landed.carried, landed.held_back
    run.reasons, run.unknown_fields = dict(landed.reasons), dict(landed.unknown_fields)
    run.missing, run.newest_known_at, run.days = pull.missing, landed.newest_known_at, landed.days


def _naive(instant: datetime) -> datetime:
    found = naive(instant)
    assert found is not None
    return found
