"""What identity reads: many small lake files as one Arrow table, and the words of people from the ops store.

lake, ops `identity_decisions` → tables in the order in which records became known.
Does not belong here: any judgement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import sqlalchemy as sa

from signals_pipeline.errors import Permanent
from signals_pipeline.io.datasets import dataset
from signals_pipeline.io.lake import ZERO_DAY
from signals_pipeline.io.ops import identity_decisions
from signals_pipeline.rules.windows import dt_of
from signals_pipeline.runtime import Runtime

OURS = "identity__day.parquet"  # the file of this stage in a day


def rows(
    rt: Runtime, name: str, *, columns: Sequence[str] | None = None, since: date | None = None, until: date | None = None,
    before: date | None = None, where: pc.Expression | None = None, ours: bool | None = None,
) -> pa.Table:  # fmt: skip
    """Rows with since ≤ dt ≤ until and dt < before (and as `where` says), with `dt` (date32); no order is promised.
    `ours`: only from files that a run of this stage wrote for its day, or only from others."""
    spec = dataset(name)
    kept = [c for c in (columns or list(spec.columns)) if c != "dt"]
    schema = pa.schema([*((c, t) for c, t in spec.columns.items()), ("dt", pa.date32())])
    paths = [
        path
        for dt, path in rt.lake.files(name)
        if dt != ZERO_DAY
        and (since is None or dt >= since)
        and (until is None or dt <= until)
        and (before is None or dt < before)
        and (ours is None or ours == path.endswith(f"/{OURS}"))
    ]
    if not paths:
        return pa.schema([*((c, spec.columns[c]) for c in kept), ("dt", pa.date32())]).empty_table()
    found = ds.dataset(
        paths,
        schema=schema,
        format="parquet",
        filesystem=rt.lake.fs,
        partitioning=ds.partitioning(pa.schema([("dt", pa.date32())]), flavor="hive"),
    )
    return found.to_table(columns=[*kept, "dt"], filter=where)


def nothing(name: str) -> pa.Table:
    """No rows of a dataset, with `dt`."""
    return dataset(name).schema.append(pa.field("dt", pa.date32())).empty_table()


def one_of(column: str, values: Iterable[str | None]) -> pc.Expression:
    """Rows whose text column holds one of these; none when there are none."""
    return pc.field(column).isin(pa.array(sorted({v for v in values if v}), pa.string()))


def bought(rt: Runtime, since: date, until: date) -> set[str]:
    """Person records of the span that a later stage linked itself (enrichment links whom it buys, after us)."""
    found: set[str] = set()
    for dt, path in rt.lake.files("person_links"):
        if since <= dt <= until and not path.endswith(f"/{OURS}"):
            with rt.lake.fs.open(path) as handle:
                found |= set(pq.read_table(handle, columns=["person_record_id"])["person_record_id"].to_pylist())
    return found


def last_spoken(rt: Runtime, before: date, days: int) -> Callable[[str], date | None]:
    """The last day on which a domain was spoken of, of the `days` before a day; read when first asked."""

    @cache
    def spoken() -> dict[str, date]:
        found = rows(rt, "mentions", columns=["domain"], since=before - timedelta(days=days), before=before)
        domains = pc.utf8_lower(pc.utf8_trim_whitespace(found["domain"]))
        last = pa.table({"domain": domains, "dt": found["dt"]}).group_by("domain").aggregate([("dt", "max")])
        return dict(zip(last["domain"].to_pylist(), last["dt_max"].to_pylist(), strict=True))

    return lambda domain: spoken().get(domain)


@dataclass(frozen=True)
class Decision:
    """A person's word about two ids of one kind: `is_same` or not, in force from `day` on."""

    left: str
    right: str
    is_same: bool
    day: date


def decisions(rt: Runtime, kind: str, until: date) -> list[Decision]:
    """Decisions of a kind ('company' or 'person') made up to the day; the last word about a pair stands.

    Raises Permanent for a decision that is neither same nor different.
    """
    with rt.ops.begin() as connection:
        told = connection.execute(sa.select(identity_decisions).where(identity_decisions.c.kind == kind)).mappings().all()
    last: dict[frozenset[str], Decision] = {}
    for row in sorted(told, key=lambda r: (str(r["at"] or ""), r["left_id"], r["right_id"])):
        if row["decision"] not in ("same", "different"):
            raise Permanent(f"identity_decisions: {row['decision']!r} about {row['left_id']}; say 'same' or 'different'")
        day = dt_of(row["at"].replace(tzinfo=UTC), rt.profile.zone) if row["at"] else ZERO_DAY
        if day <= until:
            pair = frozenset((row["left_id"], row["right_id"]))
            last[pair] = Decision(row["left_id"], row["right_id"], row["decision"] == "same", day)
    return sorted(last.values(), key=lambda d: (d.day, d.left, d.right))


def write_days(rt: Runtime, name: str, found: pa.Table, since: date, until: date, also: Iterable[date] = ()) -> int:
    """Write each day of the span that has rows or had a file of ours; `until` and `also` always. Days outside the span are not touched."""
    counted = pc.value_counts(found["dt"].combine_chunks().drop_null())
    sizes: dict[date, int] = dict(zip(counted.field("values").to_pylist(), counted.field("counts").to_pylist(), strict=True))
    had = {d for d, path in rt.lake.files(name) if since <= d <= until and path.endswith(f"/{OURS}")}
    if outside := [d for d in sizes if not since <= d <= until]:
        raise ValueError(f"{name}: rows of {min(outside)} outside {since}..{until}")
    found = found.take(pc.array_sort_indices(found["dt"])).combine_chunks()
    at = 0
    for day in sorted(sizes.keys() | had | {until, *also}):
        at += rt.lake.write(name, day, found.slice(at, sizes.get(day, 0)), stream="identity", window="day")
    return at
