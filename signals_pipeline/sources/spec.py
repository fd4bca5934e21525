"""What a source declares (`source.yml`) and what its code provides (`StreamCode`).

Replay swaps `fetch` alone: files that match `replay` patterns become bodies; `records` and `row` are the live ones.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from signals_pipeline.errors import Permanent
from signals_pipeline.io.datasets import dataset
from signals_pipeline.rules.windows import Window
from signals_pipeline.runtime import Runtime

HERE = Path(__file__).parent


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CompanyMention(_Strict):
    """Which columns of the raw row name a company. Values are column names; `role` is a word."""

    role: str
    name: str | None = None
    domain: str | None = None
    cik: str | None = None
    registry_id: str | None = None
    account_id_salesforce: str | None = None
    crunchbase_id: str | None = None
    country: str | None = None
    state: str | None = None
    city: str | None = None
    industry: str | None = None
    employees: str | None = None


class PersonMention(_Strict):
    """Which columns of the raw row name a person; `employer` is the role of the company mention of the same row."""

    employer: str | None = None
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    full_name: str | None = None
    phone: str | None = None
    linkedin_url: str | None = None
    title: str | None = None
    country: str | None = None
    contact_id_salesforce: str | None = None
    lead_id_salesforce: str | None = None
    prospect_id_outreach: str | None = None
    user_id_product: str | None = None


class StreamSpec(_Strict):
    """One stream. `event`: immutable, dated by its source. `state`: can be overwritten; its dt is the run that saw it."""

    dataset: str
    kind: Literal["event", "state"]
    description: str
    max_reject_share: float = 0.05
    min_rows: int = 0  # a state pull with fewer rows never replaces a good one
    fields: list[str] = []  # fields of the vendor's record that we use or knowingly ignore; others are counted
    replay: list[str] = []  # file patterns, relative to the replay folder
    mentions: list[CompanyMention] = []
    people: list[PersonMention] = []
    needs: list[str] = []  # settings that this stream needs beside the vendor's
    after: list[str] = []  # streams (`vendor.stream`) that must have ended before this one is pulled
    merged: bool = False  # state: a pull brings what changed; the rest is carried over from the newest earlier snapshot
    changes_only: bool = False  # state: a day holds what changed, and may hold nothing; the newest row of each key stands
    min_share: float = 0.0  # state: a full pull with a smaller share of the earlier snapshot's rows is short
    restated: bool = False  # event: the same key with other content lands again, under the day that brought it
    idle: bool = False  # state by file: without a new file the newest earlier snapshot stands
    by_file: bool = False  # every body is a file of its own: one with too many rejects is held back alone
    page_by_page: bool = False  # dear pulls: what has come is landed body by body, and kept when the pull breaks off


class SourceSpec(_Strict):
    """A vendor: what it needs to be on, what depends on it, its streams in pull order."""

    vendor: str
    title: str
    needs: list[str] = []  # names of settings; when one is empty the vendor is off
    needed_for: list[Literal["activation"]] = []
    limits: str | None = None  # name of the pacing declaration in vendors/limits.py
    cadence: Literal["daily"] = "daily"
    streams: dict[str, StreamSpec]
    folder: str = ""  # set by `sources()`: the package that holds the code


@dataclass(frozen=True)
class Body:
    """One fetched body: a page, a document, a file. `place` is a redacted URL or a path, for rejects and messages.

    `facts` are what the fetcher knows beside the bytes (header facts of a filing, the file's as-of date).
    """

    content: bytes
    place: str
    facts: dict[str, Any] = field(default_factory=dict)
    value: Any = None  # the content parsed, when the fetcher has it already; `content` may then be empty


@dataclass(frozen=True)
class Raw:
    """One record as the vendor said it: `payload` verbatim, `value` the same parsed (dict, XML element, ...).

    `facts["fields"]`: the vendor's own field names beside those that `value` took under ours; without it `value`'s keys are the vendor's.
    """

    payload: str
    value: Any
    place: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """One accepted record: the typed columns of its dataset, and the envelope's four facts (aware UTC instants)."""

    record_key: str
    known_at: datetime
    known_at_basis: str
    columns: dict[str, Any]
    occurred_at: datetime | None = None


@dataclass
class Pull:
    """What the functions of a stream are handed. `cursor` is the stream's own dict; it is stored after the landing."""

    runtime: Runtime
    source: SourceSpec
    name: str
    spec: StreamSpec
    window: Window
    history_from: datetime | None  # set when a history is loaded: pull from here, not from the window's start
    pulled_at: datetime
    cursor: dict[str, Any] = field(default_factory=dict)
    http: Any = None  # the run's open `io.http.Http`; None in replay
    hand: dict[str, Any] = field(default_factory=dict)  # what `fetch` hands to `landed`; never stored
    missing: list[str] = field(default_factory=list)  # fields we ask for that the vendor does not have; reported
    memo: dict[str, Any] = field(default_factory=dict)  # what a stream remembers within one pull; never stored

    @property
    def since(self) -> datetime:
        return self.history_from or self.window.start

    @property
    def stream(self) -> str:
        """`vendor.stream`, the name in reports, cursors and rejects."""
        return f"{self.source.vendor}.{self.name}"


@dataclass
class BodyTally:
    """What became of one body: its place, records read, records rejected; `refused` is set when it was unusable whole."""

    place: str
    records: int = 0
    rejected: int = 0
    refused: str | None = None


@dataclass(frozen=True)
class StreamCode:
    """The code of a stream.

    fetch: live bodies; raises Transient / ContractBroken. May be None for streams that only come by file.
    records: a body into raw records; raises SkipRecord when the whole body is unusable (it becomes one reject).
    row: a raw record into a row; raises SkipRecord(reason, detail) for a reject.
    facts: optional, replay only: facts about a file that a live fetch would have had (path → facts).
    columns: optional, live only, instead of fetch: Arrow tables of dataset columns (at least record_key, known_at and
        known_at_basis; instants naive UTC) for streams of millions of rows. Runs in a thread.
    batch: optional; the rows of many records as one table of the whole dataset, equal to what `row` gives for each, or None when a
        record of them is not plain (`row` then reads all of them, so that rejects keep their reasons).
    landed: optional; called after the landing with one tally per body, to put files away.
    """

    records: Callable[[Body, Pull], Iterator[Raw]]
    row: Callable[[Raw, Pull], Row]
    fetch: Callable[[Pull], AsyncIterator[Body]] | None = None
    facts: Callable[[Path, Pull], dict[str, Any]] | None = None
    columns: Callable[[Pull], Iterator[pa.Table]] | None = None
    batch: Callable[[Sequence[Raw], Pull], pa.Table | None] | None = None
    landed: Callable[[Pull, list[BodyTally]], None] | None = None


@cache
def sources(folder: Path = HERE) -> dict[str, SourceSpec]:
    """Every declared source by vendor, checked. Raises Permanent with file and key when a declaration is wrong."""
    found: dict[str, SourceSpec] = {}
    for path in sorted(folder.glob("*/source.yml")):
        try:
            spec = SourceSpec.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        except (ValidationError, yaml.YAMLError) as bad:
            raise Permanent(f"{path.parent.name}/source.yml: {bad}") from None
        for name, stream in spec.streams.items():
            columns = dataset(stream.dataset).columns
            named = [m.model_dump(exclude={"role", "employer"}, exclude_none=True).values() for m in (*stream.mentions, *stream.people)]
            if wrong := {c for group in named for c in group} - set(columns):
                raise Permanent(f"{path.parent.name}/source.yml: {name}: {sorted(wrong)} are no columns of {stream.dataset}")
        found[spec.vendor] = spec.model_copy(update={"folder": path.parent.name})
    return found


def code(vendor: str, stream: str) -> StreamCode:
    """The code of a declared stream: `STREAMS[stream]` of the vendor's package."""
    declared = sources().get(vendor)
    module = import_module(f"signals_pipeline.sources.{declared.folder if declared else vendor}")
    try:
        found: StreamCode = module.STREAMS[stream]
    except (AttributeError, KeyError):
        raise Permanent(f"sources/{vendor} declares {stream} but STREAMS has no code for it") from None
    return found
