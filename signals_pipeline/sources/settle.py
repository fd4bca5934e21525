"""The second half of a landing: guards, what stands already, what is kept, the days, the write.

accepted rows of one pull → judged → less what stands → with what is kept → lake. A rule a function.
Does not belong here: reading records (`land.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from signals_pipeline.errors import ContractBroken
from signals_pipeline.io.datasets import ENVELOPE, Dataset
from signals_pipeline.io.lake import table_of
from signals_pipeline.rules.windows import HOUR_OFFSET, dt_of
from signals_pipeline.sources import standing
from signals_pipeline.sources.spec import Pull

MIN_JUDGED = 20  # a reject share says nothing about fewer records
# rejects that do not speak against the vendor's contract
HARMLESS = ("duplicate", "superseded", "file_repeated", "file_superseded")


def judge(pull: Pull, good: int, reasons: Mapping[str, int], *, is_idle: bool) -> None:
    """Raises ContractBroken for too many rejects (files are judged each alone before), and for a full state pull that is short."""
    spec = pull.spec
    is_event = spec.kind == "event"
    if not spec.by_file:
        judge_share(pull.stream, good, reasons, spec.max_reject_share, is_event=is_event)
    if is_event or is_idle:
        return
    if good < spec.min_rows:
        raise ContractBroken(f"{pull.stream}: {good} rows, at least {spec.min_rows} expected: a short pull never replaces a good one")
    earlier = None if spec.merged else _snapshot(pull)
    if earlier and good < spec.min_share * (stood := standing.rows_in(pull.runtime.lake, earlier[1])):
        raise ContractBroken(f"{pull.stream}: {good} rows where {stood} stand since {earlier[0]}: a short pull never replaces a good one")


def judge_share(what: str, good: int, reasons: Mapping[str, int], allowed: float, *, is_event: bool) -> None:
    """Raises ContractBroken when more than `allowed` of the records of `what` (a stream, a file) are rejects."""
    bad = sum(n for reason, n in reasons.items() if reason not in HARMLESS)
    judged = good + bad
    share = bad / judged if judged else 0.0
    if share > allowed and (judged >= MIN_JUDGED or not (good or is_event)):
        most = ", ".join(f"{reason} {n}" for reason, n in sorted(reasons.items(), key=lambda r: -r[1])[:3])
        raise ContractBroken(f"{what}: {bad} of {judged} records rejected ({share:.0%}, allowed {allowed:.0%}): {most}")


def without_repeats(table: pa.Table, dataset: Dataset, *, needed: bool) -> tuple[pa.Table, list[tuple[str, dict[str, Any]]]]:
    """The newest row of each key, and the others as (reason, row). `needed`: rows that came as Arrow were not compared yet."""
    if not needed or not table.num_rows:
        return table, []
    counted = pc.value_counts(table["record_key"])
    many = counted.field("values").filter(pc.greater(counted.field("counts"), 1))
    if not len(many):
        return table, []
    # few keys come twice: only their rows are sorted
    comes_again = pc.is_in(table["record_key"], value_set=many)
    table, told_once = table.filter(comes_again), table.filter(pc.invert(comes_again))
    order = pc.sort_indices(table, [("record_key", "ascending"), ("known_at", "descending")])
    keys = table["record_key"].combine_chunks().take(order)
    first = pa.concat_arrays([pa.array([True]), pc.not_equal(keys.slice(1), keys.slice(0, len(keys) - 1))])
    kept, repeats = table.take(order.filter(first)), table.take(order.filter(pc.invert(first)))
    content = _content(dataset)
    same = set(standing.fingerprint(kept, "record_key", content).to_pylist())
    marks = standing.fingerprint(repeats, "record_key", content).to_pylist()
    rows = repeats.to_pylist()
    found = [("duplicate" if m in same else "superseded", r) for r, m in zip(rows, marks, strict=True)]
    return pa.concat_tables([told_once, kept]), found


def without_standing(pull: Pull, dataset: Dataset, table: pa.Table, window: str) -> tuple[pa.Table, int]:
    """Event rows that are not under another day (or another file of this one) yet, and how many are.

    A record known at k was landed on the day of k or later, so older days need no look.
    """
    if not table.num_rows:
        return table, 0
    content = _content(dataset) if pull.spec.restated else []
    is_history = window == "history"
    earliest = dt_of(pc.min(table["known_at"]).as_py().replace(tzinfo=UTC), pull.runtime.profile.zone)
    stood = standing.keys_standing(
        pull.runtime.lake, dataset.name, pull.stream, since=earliest, until=date.max if is_history else pull.window.dt,
        but=(None if is_history else pull.window.dt, window), columns=["record_key", *content],
    )  # fmt: skip
    if not stood.num_rows:
        return table, 0
    known = pc.is_in(standing.fingerprint(table, "record_key", content), value_set=standing.fingerprint(stood, "record_key", content))
    return table.filter(pc.invert(known)), int(pc.sum(known).as_py() or 0)


def with_kept(pull: Pull, dataset: Dataset, table: pa.Table, window: str, *, is_idle: bool = False) -> pa.Table:
    """The rows with their `dt`, and those that are kept though this pull did not bring them.

    Event: what this day (this history) has landed before stays, so that a source may skip what it has; not in replay, where
    the files are all there is. State: merged and idle streams carry the newest snapshot. A row that this day has seen before
    with the same content keeps the instant at which it was first pulled: running a day again writes the same.
    """
    lake, dt = pull.runtime.lake, pull.window.dt
    is_event = pull.spec.kind == "event"
    mine = [
        (d, p) for d, w, p in standing.files(lake, dataset.name, pull.stream)
        if w == window and (window == "history" or d == dt) and standing.rows_in(lake, p)
    ]  # fmt: skip
    own = _dated(lake, dataset, mine)
    table = _first_seen(table, own, dataset)
    dated = table.append_column("dt", _days(pull, table, window))
    if is_event:
        base = own if pull.runtime.replay is None else own.slice(0, 0)
    elif pull.spec.merged or is_idle:
        earlier = _snapshot(pull)
        base = own if pull.spec.page_by_page and mine else _dated(lake, dataset, [earlier] if earlier else [])
        base = base.set_column(base.schema.get_field_index("dt"), "dt", pa.array([dt] * base.num_rows, pa.date32()))
    else:
        return dated
    old = base.filter(pc.invert(pc.is_in(base["record_key"], value_set=table["record_key"].combine_chunks())))
    return pa.concat_tables([dated, old])


def write(pull: Pull, dataset: Dataset, dated: pa.Table, window: str) -> dict[date, int]:
    """Rows per day that were written."""
    lake, dt = pull.runtime.lake, pull.window.dt
    if window == "history":
        return lake.write_days(dataset.name, dated, stream=pull.stream, window=window)
    return {dt: lake.write(dataset.name, dt, dated, stream=pull.stream, window=window)}


def write_rejects(pull: Pull, rejects: Sequence[dict[str, Any]]) -> None:
    """The rejects of this run under its day; one that the day had before keeps its instant.

    One file per stream and day, a history's too: a day run again replaces its rejects and never counts one twice.
    """
    lake, dt = pull.runtime.lake, pull.window.dt
    mine = [p for d, _, p in standing.files(lake, "rejects", pull.stream) if d == dt]
    before = {r["reject_id"]: r["pulled_at"] for r in standing.load(lake, "rejects", mine, ["reject_id", "pulled_at"]).to_pylist()}
    rows = [{**r, "pulled_at": before.get(r["reject_id"], r["pulled_at"])} for r in rejects]
    lake.write("rejects", dt, rows, stream=pull.stream, window="day")


def _first_seen(table: pa.Table, own: pa.Table, dataset: Dataset) -> pa.Table:
    if not table.num_rows or not own.num_rows:
        return table
    content = [*_content(dataset), "payload", "known_at_basis"]
    found = pc.index_in(
        standing.fingerprint(table, "record_key", content).combine_chunks(),
        value_set=standing.fingerprint(own, "record_key", content).combine_chunks(),
    )
    pulled = pc.coalesce(own["pulled_at"].combine_chunks().take(found), table["pulled_at"].combine_chunks())
    earlier = pc.coalesce(own["known_at"].combine_chunks().take(found), table["known_at"].combine_chunks())
    by_pull = pc.fill_null(pc.equal(table["known_at_basis"].combine_chunks(), "pulled"), False)
    known = pc.if_else(by_pull, earlier, table["known_at"].combine_chunks())
    for name, values in (("pulled_at", pulled), ("known_at", known)):
        table = table.set_column(table.schema.get_field_index(name), name, values)
    return table


def _days(pull: Pull, table: pa.Table, window: str) -> pa.Array:
    """dt per row: the run's day, in a history the day of `known_at`."""
    if window == "day" or not table.num_rows:
        return pa.array([pull.window.dt] * table.num_rows, pa.date32())
    zone = pull.runtime.profile.zone
    local = pc.local_timestamp(pc.assume_timezone(table["known_at"], "UTC").cast(pa.timestamp("us", zone)))
    shifted = pc.subtract(local, pa.scalar(HOUR_OFFSET * 3_600_000_000, pa.duration("us")))
    return pc.floor_temporal(shifted, unit="day").cast(pa.date32())


def _dated(lake: Any, dataset: Dataset, files: Sequence[tuple[date, str]]) -> pa.Table:
    parts = []
    for dt, path in files:
        part = standing.load(lake, dataset.name, [path])
        parts.append(part.append_column("dt", pa.array([dt] * part.num_rows, pa.date32())))
    empty = table_of(dataset, []).append_column("dt", pa.array([], pa.date32()))
    return pa.concat_tables([empty, *parts])


def _snapshot(pull: Pull) -> tuple[date, str] | None:
    return standing.snapshot(pull.runtime.lake, pull.spec.dataset, pull.stream, before=pull.window.dt)


def _content(dataset: Dataset) -> list[str]:
    return [c for c in dataset.columns if c not in ENVELOPE]
