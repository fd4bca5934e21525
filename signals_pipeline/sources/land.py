"""Landing: what a stream's bodies become in the lake, and how every record is accounted for.

bodies → records → rows | rejects → `settle.py` → one file per (dataset, dt, stream, window) → mentions, people.
`read = landed + rejected + reread + waiting`, and `records_in = landed + rejected`: reread rows already stand under an
earlier day, waiting ones were said after the window closed and belong to the next day.
Does not belong here: fetching (the sources), order and health of streams (`runner.py`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from signals_pipeline.errors import ContractBroken, Permanent, SkipRecord
from signals_pipeline.io.datasets import ENVELOPE, dataset
from signals_pipeline.io.lake import table_of
from signals_pipeline.keys import md5
from signals_pipeline.sources import mentions, settle, standing
from signals_pipeline.sources.read import naive
from signals_pipeline.sources.spec import Body, BodyTally, Pull, Raw, Row, StreamCode

REJECTED_TEXT = 65_536  # characters kept of a whole body that was rejected
_FLUSH = 5_000


@dataclass
class Landed:
    """What became of one stream. `days`: rows per dt, carried ones included; `held_back`: good rows of a broken pull."""

    read: int = 0
    landed: int = 0
    rejected: int = 0
    reread: int = 0
    waiting: int = 0
    carried: int = 0
    held_back: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    unknown_fields: Counter[str] = field(default_factory=Counter)
    newest_known_at: datetime | None = None
    days: dict[date, int] = field(default_factory=dict)

    @property
    def records_in(self) -> int:
        return self.landed + self.rejected


class Landing:
    """One stream's landing. `take` bodies (or `take_table`), then `finish`; on a failure `abandon`."""

    def __init__(self, pull: Pull, code: StreamCode) -> None:
        self.pull, self.code = pull, code
        self.dataset = dataset(pull.spec.dataset)
        self.is_event = pull.spec.kind == "event"
        # state rows belong to the run that saw them, also when a history is loaded
        self.window = "history" if self.is_event and pull.history_from else "day"
        self.tallies: list[BodyTally] = []
        self.result = Landed()
        self._rejects: list[dict[str, Any]] = []
        self._reject_ids: Counter[str] = Counter()
        self._rows: list[tuple[Row, Raw]] = []
        self._chunks: list[pa.Table] = []
        self._starts: list[int] = []
        self._count = 0
        self._seen: dict[str, int] = {}  # record_key → number of the version that stands
        self._dropped: set[int] = set()
        self._known = frozenset(pull.spec.fields)
        self._is_broken = False
        self._unknown_of: dict[tuple[str, ...], tuple[str, ...]] = {}

    # ---- in -------------------------------------------------------------------------------------------------------
    def take(self, body: Body) -> None:
        """Every record of a body becomes a row or a reject; a body that is unusable whole becomes one reject."""
        tally = BodyTally(body.place)
        self.tallies.append(tally)
        before = self.result.rejected
        pending: list[Raw] = []
        try:
            for raw in self.code.records(body, self.pull):
                tally.records += 1
                self.result.read += 1
                self._count_fields(raw)
                pending.append(raw)
                if len(pending) >= _FLUSH:
                    self._read(pending)
                    pending = []
        except SkipRecord as skip:
            self._read(pending)
            tally.refused = str(skip)
            self.refuse(skip, body.place, body.content[:REJECTED_TEXT].decode("utf-8", "replace"))
        else:
            self._read(pending)
        tally.rejected = self.result.rejected - before

    def _read(self, raws: list[Raw]) -> None:
        """Records as a batch of columns where their stream can and nothing among them needs a look, else one by one."""
        table = self.code.batch(raws, self.pull) if self.code.batch and raws else None
        if table is not None and self._accept_batch(table):
            return
        for raw in raws:
            try:
                row = self.code.row(raw, self.pull)
            except SkipRecord as skip:
                self._reject(skip.reason, skip.detail, raw.place, raw.payload)
                continue
            self._accept(row, raw)
        if len(self._rows) >= _FLUSH:
            self._flush()

    def _accept_batch(self, table: pa.Table) -> bool:
        """False, and nothing taken, when a key comes twice: which version stands is found out row by row."""
        end = naive(self.pull.window.end)
        if self.is_event and table.num_rows:
            late = pc.greater_equal(table["known_at"], pa.scalar(end, pa.timestamp("us")))
            kept = table.filter(pc.invert(late))
        else:
            kept = table
        keys = kept["record_key"].to_pylist()
        if len(set(keys)) < len(keys) or not self._seen.keys().isdisjoint(keys):
            return False
        self._flush()
        self.result.waiting += table.num_rows - kept.num_rows
        self._seen.update(zip(keys, range(self._count, self._count + len(keys)), strict=True))
        self._starts.append(self._count)
        self._chunks.append(kept)
        self._count += kept.num_rows
        return True

    def refuse(self, skip: SkipRecord, place: str, payload: str) -> None:
        """A whole body as one reject."""
        self.result.read += 1
        self._reject(skip.reason, skip.detail, place, payload)

    def take_table(self, table: pa.Table) -> None:
        """Rows that come as Arrow already; see `StreamCode.columns`."""
        unknown = set(table.column_names) - set(self.dataset.columns)
        if unknown:
            raise Permanent(f"{self.pull.stream}: columns {sorted(unknown)} are not declared for {self.dataset.name}")
        full = pa.table(
            [table[c].cast(t) if c in table.column_names else pa.nulls(table.num_rows, t) for c, t in self.dataset.columns.items()],
            schema=self.dataset.schema,
        )
        self.result.read += full.num_rows
        keyless = pc.or_(pc.is_null(full["record_key"]), pc.is_null(full["known_at"]))
        for row in full.filter(keyless).to_pylist():
            self._reject("missing_field", "a part of the key or the instant is null", self.pull.stream, row["payload"] or _text(row))
        full = full.filter(pc.invert(keyless))
        end = pa.scalar(naive(self.pull.window.end), pa.timestamp("us"))
        if self.is_event:
            late = pc.fill_null(pc.greater_equal(full["known_at"], end), False)
            self.result.waiting += pc.sum(late).as_py() or 0
            full = full.filter(pc.invert(late))
        pulled = pa.array([naive(self.pull.pulled_at)] * full.num_rows, pa.timestamp("us"))
        full = full.set_column(full.schema.get_field_index("pulled_at"), "pulled_at", pulled)
        self._starts.append(self._count)
        self._chunks.append(full)
        self._count += full.num_rows

    def _accept(self, row: Row, raw: Raw) -> None:
        if self.is_event and row.known_at >= self.pull.window.end:
            self.result.waiting += 1
            return
        number = self._seen.get(row.record_key)
        if number is not None:
            columns, payload, known_at = self._row_at(number)
            if payload == raw.payload or columns == _plain(row.columns):
                self._reject("duplicate", f"repeats {row.record_key}", raw.place, raw.payload, row.record_key)
                return
            if row.known_at < known_at:
                self._reject("superseded", f"a newer version of {row.record_key} came before", raw.place, raw.payload, row.record_key)
                return
            self._reject("superseded", f"a newer version of {row.record_key} came after", raw.place, payload, row.record_key)
            self._dropped.add(number)
        self._seen[row.record_key] = self._count
        self._rows.append((row, raw))
        self._count += 1

    def _row_at(self, number: int) -> tuple[dict[str, Any], str, datetime]:
        """Typed columns, payload and known_at (aware UTC) of an accepted row."""
        pending = self._count - len(self._rows)
        if number >= pending:
            row, raw = self._rows[number - pending]
            return _plain(row.columns), raw.payload, row.known_at
        chunk = bisect_right(self._starts, number) - 1
        found = self._chunks[chunk].slice(number - self._starts[chunk], 1).to_pylist()[0]
        columns = _plain({k: v for k, v in found.items() if k not in ENVELOPE})
        return columns, found["payload"], found["known_at"].replace(tzinfo=UTC)

    def _count_fields(self, raw: Raw) -> None:
        if not self._known or not isinstance(raw.value, dict):
            return
        names = tuple(raw.value)
        unknown = self._unknown_of.get(names)
        if unknown is None:
            unknown = self._unknown_of[names] = tuple(str(n) for n in names if n not in self._known)
        for name in unknown:
            self.result.unknown_fields[name] += 1

    def _reject(self, reason: str, detail: str, place: str, payload: str, record_key: str | None = None) -> None:
        self.result.rejected += 1
        self.result.reasons[reason] += 1
        name = md5(self.pull.stream, place, reason, payload)
        self._reject_ids[name] += 1
        self._rejects.append(
            {
                "reject_id": md5(name, self._reject_ids[name]), "stream": self.pull.stream, "record_key": record_key,
                "reason": reason, "detail": detail, "place": place, "pulled_at": naive(self.pull.pulled_at), "payload": payload,
            }
        )  # fmt: skip

    def _flush(self) -> None:
        """Pending rows as one Arrow chunk; a row whose values do not fit the declared types is a reject."""
        if not self._rows:
            return
        pairs, self._rows = self._rows, []
        start = self._count - len(pairs)
        rows = [self._dict(row, raw) for row, raw in pairs]
        try:
            chunk = table_of(self.dataset, rows)
        except (Permanent, OverflowError, ValueError, pa.ArrowException):
            good, chunk = [], self.dataset.schema.empty_table()
            for number, (fields, (row, raw)) in enumerate(zip(rows, pairs, strict=True), start):
                try:
                    one = table_of(self.dataset, [fields])
                except (Permanent, OverflowError, ValueError, pa.ArrowException) as bad:
                    # a blank row keeps the numbering; it is dropped before the write
                    one = table_of(self.dataset, [{"record_key": row.record_key, "payload": raw.payload}])
                    if number not in self._dropped:
                        self._dropped.add(number)
                        self._reject("wrong_type", str(bad), raw.place, raw.payload, row.record_key)
                good.append(one)
            chunk = pa.concat_tables(good)
        self._starts.append(start)
        self._chunks.append(chunk)

    def _dict(self, row: Row, raw: Raw) -> dict[str, Any]:
        return {
            **row.columns,
            "record_key": row.record_key, "occurred_at": naive(row.occurred_at), "known_at": naive(row.known_at),
            "known_at_basis": row.known_at_basis, "pulled_at": naive(self.pull.pulled_at), "payload": raw.payload,
        }  # fmt: skip

    # ---- out ------------------------------------------------------------------------------------------------------
    def finish(self) -> Landed:
        """Guards, then raw rows, rejects, mentions and people. Raises ContractBroken; then only rejects are written."""
        table, repeats = settle.without_repeats(self._table(), self.dataset, needed=not self._seen)
        for reason, row in repeats:
            key = row["record_key"]
            self._reject(reason, f"another row of {key} stands", self.pull.stream, row["payload"] or _text(row), key)
        self._write_rejects()
        is_idle = self.pull.spec.idle and all(t.refused for t in self.tallies)
        try:
            settle.judge(self.pull, table.num_rows, self.result.reasons, is_idle=is_idle)
        except ContractBroken:
            self._is_broken = True
            raise
        if self.is_event:
            table, self.result.reread = settle.without_standing(self.pull, self.dataset, table, self.window)
        self._account(table.num_rows)
        whole = settle.with_kept(self.pull, self.dataset, table, self.window, is_idle=is_idle)
        self.result.carried = whole.num_rows - table.num_rows
        self.result.days = settle.write(self.pull, self.dataset, whole, self.window)
        newest = standing.newest_instant(whole, "known_at")
        self.result.newest_known_at = newest.replace(tzinfo=UTC) if newest else None
        mentions.write(self.pull, whole, window=self.window)
        return self.result

    def checkpoint(self) -> None:
        """Land what has come so far: for dear pulls, which must not be paid for twice."""
        table = self._table()
        if table.num_rows:
            whole = settle.with_kept(self.pull, self.dataset, table, self.window)
            settle.write(self.pull, self.dataset, whole, self.window)

    def abandon(self) -> Landed:
        """The pull broke off: nothing that stands is touched, rejects are kept, good rows are counted as held back.

        A dear pull keeps the rows that came: those of a state, whose keys are few and merged anyway.
        """
        table = self._table()
        self._write_rejects()
        if self.pull.spec.page_by_page and not self._is_broken and not self.is_event:
            whole = settle.with_kept(self.pull, self.dataset, table, self.window)
            self.result.days = settle.write(self.pull, self.dataset, whole, self.window)
            self.result.landed, self.result.carried = table.num_rows, whole.num_rows - table.num_rows
            mentions.write(self.pull, whole, window=self.window)
        else:
            self.result.landed, self.result.held_back, self.result.days = 0, table.num_rows, {}
        return self.result

    def _table(self) -> pa.Table:
        """The accepted rows so far, less those a newer version took the place of."""
        self._flush()
        table = pa.concat_tables([self.dataset.schema.empty_table(), *self._chunks]).combine_chunks()
        self._chunks, self._starts = [table], [0]  # the same rows in one piece, so that they stand once in memory
        if not self._dropped:
            return table
        return table.take(pa.array([i for i in range(table.num_rows) if i not in self._dropped], pa.int64()))

    def _account(self, landed: int) -> None:
        result = self.result
        result.landed = landed
        read = result.landed + result.rejected + result.reread + result.waiting
        if read != result.read:
            raise Permanent(f"{self.pull.stream}: read {result.read} records but accounts for {read}")

    def _write_rejects(self) -> None:
        settle.write_rejects(self.pull, self._rejects)


def _plain(columns: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in columns.items() if v is not None and k != "source_row"}  # the same row said on another line


def _text(row: dict[str, Any]) -> str:
    return "; ".join(f"{k}={v}" for k, v in row.items() if v is not None and k != "pulled_at")
