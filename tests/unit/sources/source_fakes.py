"""A fake vendor whose pages a test writes, and readers of what was landed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from signals_pipeline.runtime import Runtime
from signals_pipeline.settings import load_settings
from signals_pipeline.sources import runner
from signals_pipeline.sources.report import SourcesReport, StreamRun
from signals_pipeline.sources.spec import Body, Pull, Raw, Row, SourceSpec, StreamCode, code, sources
from signals_pipeline.sources.tabular import records

DT = date(2026, 6, 29)
NOW = "2026-06-30T10:05:00+00:00"  # 06:05 in New York: the window of DT closed five minutes ago


def settings_at(home: Path, now: str = NOW, **more: Any) -> Any:
    return load_settings({}, home=home, now=datetime.fromisoformat(now), hash_key="k", **more)


@dataclass
class FakeVendor:
    """Streams whose pages are lists of dicts. A page that is an exception is raised instead of yielded."""

    kind: str = "event"
    dataset: str = "sec_edgar__feed"
    name: str = "acme"
    pages: dict[str, list[Any]] = field(default_factory=dict)
    declared: dict[str, dict[str, Any]] = field(default_factory=dict)
    row: Callable[[Raw, Pull], Row] | None = None
    needed_for: list[str] = field(default_factory=list)
    pulls: list[Pull] = field(default_factory=list)

    @property
    def spec(self) -> SourceSpec:
        streams = {n: {"dataset": self.dataset, "kind": self.kind, "description": "fake", **self.declared.get(n, {})} for n in self.pages}
        return SourceSpec.model_validate({"vendor": self.name, "title": self.name, "needed_for": self.needed_for, "streams": streams})

    def code(self, stream: str) -> StreamCode:
        async def fetch(pull: Pull) -> AsyncIterator[Body]:
            self.pulls.append(pull)
            for number, page in enumerate(self.pages[stream]):
                if isinstance(page, Exception):
                    raise page
                yield Body(json.dumps(page).encode() if not isinstance(page, bytes) else page, f"page-{number}")

        return StreamCode(records(), self.row or default_row, fetch)


def default_row(raw: Raw, pull: Pull) -> Row:
    """{id, at, name?} → a row of any dataset that has company_name or name."""
    from signals_pipeline.sources.read import instant, need_text, text

    known = instant(raw.value, "at")
    column = "company_name" if "company_name" in _columns(pull) else "name"
    return Row(need_text(raw.value, "id"), known or pull.pulled_at, "modified" if known else "pulled", {column: text(raw.value, "name")})


def _columns(pull: Pull) -> set[str]:
    from signals_pipeline.io.datasets import dataset

    return set(dataset(pull.spec.dataset).columns)


def pull_fakes(rt: Runtime, *vendors: FakeVendor, dt: date = DT, **given: Any) -> SourcesReport:
    by_name = {v.name: v for v in vendors}
    return runner.run(
        rt, dt, registry={v.name: v.spec for v in vendors}, find=lambda v, s: by_name[v].code(s), **given
    )  # fmt: skip


def pull_given(rt: Runtime, stream: str, bodies: Sequence[Body], *, as_records: bool = False, dt: date = DT, **declared: Any) -> StreamRun:
    """A registered stream's own code on given bodies, through the live runner. `as_records`: never by column. `declared`: other rules."""
    vendor, _, name = stream.partition(".")

    async def fetch(_: Pull) -> AsyncIterator[Body]:
        for body in bodies:
            yield body

    def find(found: str, one: str) -> StreamCode:
        real = code(found, one)
        return replace(real, fetch=fetch, columns=None, landed=None, batch=None if as_records else real.batch)

    source = sources()[vendor].model_copy(update={"needs": [], "limits": None})
    spec = source.streams[name].model_copy(update={"needs": [], "after": [], **declared})
    registry = {vendor: source.model_copy(update={"streams": {name: spec}})}
    return one(runner.run(rt, dt, registry=registry, find=find, http=_NoHttp()))


class _NoHttp:
    def stats(self, _: str) -> _NoHttp:
        return self

    def minus(self, _: object) -> _NoHttp:
        return self

    requests, waits_s, too_many_requests = 0, 0.0, 0


def one(report: SourcesReport) -> StreamRun:
    assert len(report.streams) == 1
    return report.streams[0]


def landed(rt: Runtime, name: str, **given: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = rt.lake.read(name, **given).to_pylist()
    return rows


def lake_bytes(rt: Runtime) -> dict[str, bytes]:
    root = Path(rt.settings.lake_url)
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*.parquet"))}


def record(id_: str = "r1", at: str | None = "2026-06-29T15:00:00Z", name: str | None = "Acme", **more: Any) -> dict[str, Any]:
    """A vendor's record, with overrides."""
    return {"id": id_, "at": at, "name": name, **more}
