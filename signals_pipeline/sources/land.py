"""Landing: what a stream's bodies become in the lake, and how every record is accounted for.

bodies → records → rows | rejects → `settle.py` → one file per (dataset, dt, stream, window) → mentions, people.
`read = landed + rejected + reread + waiting + held_back`, and `records_in = landed + rejected`: reread rows already stand under an
earlier day, waiting ones were said after the window closed and belong to the next day.
Does not belong here: fetching (the sources), order and health of streams (`runner.py`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from signals_pipeline.errors import ContractBroken, Permanent, SkipRecord
from signals_pipeline.io.datasets import dataset
from signals_pipeline.io.lake import FIRST_DAY
from signals_pipeline.keys import md5
from signals_pipeline.sources import mentions, settle, standing
from signals_pipeline.sources.accepted import FLUSH, Accepted, content
from signals_pipeline.sources.read import naive
from signals_pipeline.sources.spec import Body, BodyTally, Pull, Raw, Row, StreamCode

REJECTED_TEXT = 65_536  # characters kept of a whole body that was rejected


@dataclass
class Landed:
    """What became of one stream. `days`: rows per dt, carried ones included; `held_back`: good rows of a broken pull or file.

    `broken`: one line for each file that was held back whole; the others have landed.
    """

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
    broken: list[str] = field(default_factory=list)

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
        self._accepted = Accepted(self.dataset, pull.pulled_at)
        self._held_back = 0
        self._known = frozenset(pull.spec.fields)
        self._is_broken = False
        self._unknown_of: dict[tuple[str, ...], tuple[str, ...]] = {}

    # ---- in -------------------------------------------------------------------------------------------------------
    def take(self, body: Body) -> None:
        """Every record of a body becomes a row or a reject; a body that is unusable whole becomes one reject."""
        tally = BodyTally(body.place)
        self.tallies.append(tally)
        rejected, reasons = self.result.rejected, self.result.reasons.copy()
        if self.pull.spec.by_file:
            self._flush()
            self._accepted.begin()
        pending: list[Raw] = []
        try:
            for raw in self.code.records(body, self.pull):
                tally.records += 1
                self.result.read += 1
                self._count_fields(raw)
                pending.append(raw)
                if len(pending) >= FLUSH:
                    self._read(pending)
                    pending = []
        except SkipRecord as skip:
            self._read(pending)
            tally.refused = str(skip)
            self.refuse(skip, body.place, body.content[:REJECTED_TEXT].decode("utf-8", "replace"))
        else:
            self._read(pending)
        if self.pull.spec.by_file and not tally.refused:
            self._judge_file(tally, self.result.reasons - reasons)
        tally.rejected = self.result.rejected - rejected

    def _judge_file(self, tally: BodyTally, reasons: Counter[str]) -> None:
        """A file with too many rejects is held back whole; it speaks against itself, not against the files beside it."""
        self._flush()
        good = tally.records - sum(reasons.values())
        try:
            settle.judge_share(tally.place, good, reasons, self.pull.spec.max_reject_share, is_event=self.is_event)
        except ContractBroken as broken:
            tally.refused = str(broken)
            self.result.broken.append(str(broken))
            self._held_back += self._accepted.undo()

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
        if self._accepted.is_long():
            self._flush()

    def _accept_batch(self, table: pa.Table) -> bool:
        """False, and nothing taken, when a key comes twice: which version stands is found out row by row."""
        kept = self._in_window(table)
        self._flush()
        if not self._accepted.add_new(kept):
            return False
        self.result.waiting += table.num_rows - kept.num_rows
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
        kept = self._in_window(full)
        self.result.waiting += full.num_rows - kept.num_rows
        pulled = pa.array([naive(self.pull.pulled_at)] * kept.num_rows, pa.timestamp("us"))
        self._accepted.add_unkeyed(kept.set_column(kept.schema.get_field_index("pulled_at"), "pulled_at", pulled))

    def _in_window(self, table: pa.Table) -> pa.Table:
        """Without the events that were said after the window closed."""
        if not self.is_event:
            return table
        return table.filter(pc.less(table["known_at"], pa.scalar(naive(self.pull.window.end), pa.timestamp("us"))))

    def _accept(self, row: Row, raw: Raw) -> None:
        if self.is_event and row.known_at >= self.pull.window.end:
            self.result.waiting += 1
            return
        if self.is_event and row.known_at.date() <= FIRST_DAY:  # no day of the lake is so old, in any time zone
            self._reject("implausible_date", f"{row.known_at:%Y-%m-%d} lies before the first day", raw.place, raw.payload, row.record_key)
            return
        stands = self._accepted.version(row.record_key)
        if stands is not None:
            if stands.payload == raw.payload or stands.columns == content(row.columns):
                self._reject("duplicate", f"repeats {row.record_key}", raw.place, raw.payload, row.record_key)
                return
            if row.known_at < stands.known_at:
                self._reject("superseded", f"a newer version of {row.record_key} came before", raw.place, raw.payload, row.record_key)
                return
            self._reject("superseded", f"a newer version of {row.record_key} came after", raw.place, stands.payload, row.record_key)
            self._accepted.drop(stands.number)
        self._accepted.add(row, raw)

    def _count_fields(self, raw: Raw) -> None:
        if not self._known or not isinstance(raw.value, dict):
            return
        names = tuple(raw.facts.get("fields", raw.value))
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
        for row, raw, why in self._accepted.flush():
            self._reject("wrong_type", why, raw.place, raw.payload, row.record_key)

    # ---- out ------------------------------------------------------------------------------------------------------
    def finish(self) -> Landed:
        """Guards, then raw rows, rejects, mentions and people. Raises ContractBroken; then only rejects are written."""
        table, repeats = settle.without_repeats(self._table(), self.dataset, needed=not self._accepted.is_keyed)
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
            self.result.landed, self.result.held_back, self.result.days = 0, self._held_back + table.num_rows, {}
        return self.result

    def _table(self) -> pa.Table:
        """The accepted rows so far, less those a newer version took the place of."""
        self._flush()
        return self._accepted.table()

    def _account(self, landed: int) -> None:
        result = self.result
        result.landed, result.held_back = landed, self._held_back
        read = result.landed + result.rejected + result.reread + result.waiting + result.held_back
        if read != result.read:
            raise Permanent(f"{self.pull.stream}: read {result.read} records but accounts for {read}")

    def _write_rejects(self) -> None:
        settle.write_rejects(self.pull, self._rejects)


def _text(row: dict[str, Any]) -> str:
    return "; ".join(f"{k}={v}" for k, v in row.items() if v is not None and k != "pulled_at")
