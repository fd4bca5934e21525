"""What a pull reports: one `StreamRun` per stream, together a `SourcesReport`, and the facts table `stream_runs`.

Does not belong here: the pulling (`runner.py`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from signals_pipeline.io.lake import Lake
from signals_pipeline.sources.read import naive

Status = Literal["ok", "failed", "off", "paused"]


@dataclass
class StreamRun:
    """One stream in one run. `records_in` = `landed` + `rejected`; `reread` rows stood already, `waiting` ones come later.

    `age_hours`: since the newest successful pull, null when there was none. `days`: rows per dt that were written.
    `missing`: fields we ask for that the vendor does not have. `error`: why it failed, is paused or off.
    """

    stream: str
    vendor: str
    kind: str
    needed_for: list[str]
    status: Status = "off"
    error: str | None = None
    records_in: int = 0
    landed: int = 0
    rejected: int = 0
    reread: int = 0
    waiting: int = 0
    carried: int = 0
    held_back: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    unknown_fields: dict[str, int] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    newest_known_at: datetime | None = None
    age_hours: float | None = None
    requests: int = 0
    waits_s: float = 0.0
    too_many_requests: int = 0
    cost_usd: float = 0.0
    started_at: datetime | None = None
    ended_at: datetime | None = None
    days: dict[date, int] = field(default_factory=dict)

    def fact(self) -> dict[str, Any]:
        """The row of `stream_runs`."""
        drift = {**self.unknown_fields, **{f"missing {name}": 0 for name in self.missing}}
        return {
            "stream": self.stream, "vendor": self.vendor, "kind": self.kind, "needed_for": ",".join(self.needed_for),
            "records_in": self.records_in,
            "records_read": self.records_in + self.reread + self.waiting + self.held_back, "landed": self.landed, "rejected": self.rejected,
            "unknown_fields": json.dumps(drift, sort_keys=True) if drift else None,
            "status": self.status, "error": self.error, "newest_known_at": naive(self.newest_known_at),
            "age_hours": self.age_hours, "requests": self.requests, "waits_s": self.waits_s,
            "too_many_requests": self.too_many_requests, "cost_usd": self.cost_usd,
            "started_at": naive(self.started_at), "ended_at": naive(self.ended_at),
        }  # fmt: skip


@dataclass(frozen=True)
class SourcesReport:
    """Every stream of a run, vendors in order of their names, streams as declared."""

    dt: date
    streams: list[StreamRun]

    @property
    def failed(self) -> list[StreamRun]:
        return [s for s in self.streams if s.status in ("failed", "paused")]

    @property
    def is_green(self) -> bool:
        return not self.failed

    def by_name(self) -> dict[str, StreamRun]:
        return {s.stream: s for s in self.streams}


def write_facts(lake: Lake, dt: date, runs: Iterable[StreamRun]) -> None:
    """`stream_runs` of the day: these streams' rows replace theirs, others of the day stay (a run may pull a part)."""
    rows = [r.fact() for r in runs]
    stood = lake.read("stream_runs", since=dt, until=dt)
    others = stood.filter(pc.invert(pc.is_in(stood["stream"], value_set=pa.array([r["stream"] for r in rows], pa.string()))))
    lake.write("stream_runs", dt, [*rows, *others.drop_columns(["dt"]).to_pylist()], stream="sources")
