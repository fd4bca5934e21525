"""A span of days: decide each new signature once, in the order in which it became known, and make the rows that say so.

rows of evidence (sorted) + what was known before the span → `walk` → `link_rows`, `merge_rows`.
The same steps serve companies and people; one day is a span of one. Does not belong here: how a signature is decided.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from signals_pipeline.identity.entities import Entities, Review, Said, Verdict
from signals_pipeline.identity.forest import Forest
from signals_pipeline.identity.reading import Decision
from signals_pipeline.io.datasets import dataset

Told = Mapping[str, Sequence[tuple[date, str, str]]]  # record → [(dt, entity, method)], oldest first
MergeRow = tuple[str, str, str, str]


@dataclass
class Walked:
    """What a walk left: the rows that it decided; signature → (record that decided it, verdict); by day, merges and reviews."""

    fresh: pd.DataFrame
    news: dict[str, tuple[str, Verdict]] = field(default_factory=dict)
    merges: dict[date, list[MergeRow]] = field(default_factory=dict)
    reviews: list[tuple[date, Review]] = field(default_factory=list)


def told(links: pa.Table, record: str, entity: str, of: Collection[str] | None = None) -> dict[str, list[tuple[date, str, str]]]:
    """Links made before, by record; of some records, or of all."""
    mine = links if of is None else links.filter(pc.is_in(links[record], value_set=pa.array(of, pa.string())))
    order = mine.sort_by([("dt", "ascending"), (record, "ascending")])
    out: dict[str, list[tuple[date, str, str]]] = defaultdict(list)
    columns = (order[c].to_pylist() for c in (record, "dt", entity, "method"))
    for key, dt, who, method in zip(*columns, strict=True):
        out[key].append((dt, who, method or ""))
    return dict(out)


def undecided(entities: Entities, span: pd.DataFrame) -> pd.DataFrame:
    """The first row of each signature that is not known yet."""
    return span[~span["signature"].isin(entities.by_signature.keys())].drop_duplicates("signature")


def walk(
    entities: Entities, span: pd.DataFrame, links: Told, decisions: Sequence[Decision], since: date, until: date,
    said: Callable[[Any], Said], on_day: Callable[[date], None] = lambda day: None,
) -> Walked:  # fmt: skip
    """Decide the signatures of the span that are not known yet. `span` is sorted by (dt, known_at, record_id)."""
    before = span.groupby("record_id", sort=False)["signature"].shift() if len(span) else span.get("signature")
    fresh = undecided(entities, span.assign(before=before))
    by_day: dict[date, list[Any]] = {d: list(rows.itertuples(index=False)) for d, rows in by_dt(fresh).items()}
    out = Walked(fresh)
    for day in sorted(set(by_day) | {d.day for d in decisions if since <= d.day <= until} | {until}):
        on_day(day)
        entities.forest.today, entities.reviews = day, []
        in_force = [d for d in decisions if d.day <= day]
        entities.obey(in_force)
        for row in by_day.get(day, ()):
            linked = links[row.record_id][-1][1] if row.record_id in links else None
            if isinstance(row.before, str):
                linked = entities.by_signature[row.before].entity_id
            now = said(row)
            out.news[row.signature] = (row.record_id, entities.decide(now._replace(linked=linked if now.follows_record else None)))
        entities.obey(in_force)  # the second of a pair may only now be known
        out.merges[day] = entities.forest.close_day()
        out.reviews += [(day, r) for r in entities.reviews]
    return out


def link_rows(
    entities: Entities, span: pd.DataFrame, links: Told, walked: Walked, keys: Sequence[str], by_name: str,
    also: str | None = None, also_before: Mapping[str, str | None] | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Rows (record_id, dt, entity, method, probability, …span columns) where a record is linked first, or to another entity than before
    (or another value of the column `also`, which was `also_before` before the span).

    A record whose signature was decided before is linked by its strongest key, or `by_name`, with a probability of 1 or none.
    """
    rows = span.assign(entity=span["signature"].map({s: v.entity_id for s, v in entities.by_signature.items()}).astype(object))
    last = rows["record_id"].map({r: made[-1][1] for r, made in links.items()}).astype(object)
    earlier = rows.groupby("record_id", sort=False)["entity"].shift().astype(object) if len(rows) else rows["entity"]
    earlier = earlier.where(earlier.notna(), last)
    changed = rows["entity"] != earlier
    if also and len(rows):
        first = ~rows["record_id"].duplicated()
        was = rows.groupby("record_id", sort=False)[also].shift().astype(object)
        was = was.where(~first, rows["record_id"].map(also_before or {}).astype(object))
        changed |= rows[also].fillna("") != was.fillna("")
    rows = rows[rows["entity"].notna() & changed].drop_duplicates(["record_id", "dt"], keep="last")
    method = pd.Series(by_name, index=rows.index, dtype=object)
    for kind in reversed(keys):
        method = method.where(rows[kind].isna(), kind)
    probability = pd.Series(1.0, index=rows.index).where(method != by_name)
    decided = dict(walked.news.values())
    deciding = rows["record_id"].isin(decided.keys()) & rows["signature"].isin(walked.news.keys())
    deciding &= rows["record_id"] == rows["signature"].map({s: r for s, (r, _) in walked.news.items()})
    verdicts = rows["signature"].map({s: v for s, (_, v) in walked.news.items()})
    method = method.where(~deciding, verdicts.map(lambda v: v.method if isinstance(v, Verdict) else None).astype(object))
    probability = probability.where(~deciding, verdicts.map(lambda v: v.probability if isinstance(v, Verdict) else None).astype(float))
    return rows.assign(method=method, probability=probability)


def by_dt(rows: pd.DataFrame) -> dict[date, pd.DataFrame]:
    """Rows of each day."""
    return dict(iter(rows.groupby("dt", sort=True))) if len(rows) else {}  # type: ignore[arg-type]


def merge_rows(name: str, by_day: Mapping[date, Sequence[MergeRow]]) -> pa.Table:
    """Merges by day as a table of the dataset, with dt."""
    schema = dataset(name).schema.append(pa.field("dt", pa.date32()))
    flat = [(*row, day) for day, rows in sorted(by_day.items()) for row in rows]
    columns = list(zip(*flat, strict=True)) if flat else [()] * len(schema)
    return pa.table([pa.array(list(c), t) for c, t in zip(columns, schema.types, strict=True)], schema=schema)


class Timeline:
    """Ids as of a day, going forward: `to(day)`, then `root(id)`. `merges`: rows of company_merges or person_merges."""

    def __init__(self, merges: pa.Table) -> None:
        days: dict[date, list[MergeRow]] = defaultdict(list)
        child, parent = merges.column_names[:2]
        columns = (merges[c].to_pylist() for c in (child, parent, "op", "reason", "dt"))
        for each, into, op, reason, dt in zip(*columns, strict=True):
            days[dt].append((each, into, op, reason))
        self._days = sorted(days.items(), reverse=True)
        self.forest = Forest()

    def to(self, day: date) -> None:
        while self._days and self._days[-1][0] <= day:
            self.forest.apply(*self._days.pop())

    def root(self, entity: str) -> str:
        return self.forest.root(entity)
