"""What was decided before, kept small: one row per signature, on the day on which it was decided first.

`company_signatures`, `person_signatures` → `recall` → the rows that a new record touches → `teach` → entities.
So a day reads its own records and what they touch, not the history. The rows are a copy: lost, or made under other rules, they are made
again from the records and their links. Does not belong here: how a signature is decided, or made (`company_stage.py`, `person_stage.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from signals_pipeline.identity import reading
from signals_pipeline.identity.companies import RECYCLED
from signals_pipeline.identity.entities import Entities, Said, Verdict
from signals_pipeline.identity.span import Told
from signals_pipeline.io.datasets import dataset
from signals_pipeline.keys import md5
from signals_pipeline.runtime import Runtime


@dataclass(frozen=True)
class Memory:
    """Names of one kind's columns: `record` whose row it was, `entity` that it names, `keys`, `name`; the dataset of its links."""

    dataset: str
    links: str
    record: str
    entity: str
    keys: tuple[str, ...]
    name: str


def rules_of(*modules: str, also: Iterable[object] = ()) -> str:
    """Which reading of a record made a row: a fingerprint of the modules of this folder that take records apart, and of `also`."""
    texts = [Path(__file__).with_name(f"{m}.py").read_text(encoding="utf-8") for m in modules]
    return md5(*texts, *also)


def recall(rt: Runtime, memory: Memory, rules: str, before: date, again: Callable[[], pa.Table]) -> pa.Table:
    """All rows with dt < before, oldest first, each signature once. When a day of links has no rows of its own, or rows were made
    under other rules, `again()` makes them all, and they are written."""
    found = reading.rows(rt, memory.dataset, before=before)
    linked, had = (_days(rt, name, before) for name in (memory.links, memory.dataset))
    if linked - had or (found.num_rows and pc.any(pc.not_equal(found["rules"], rules)).as_py()):
        found = again()
        days = sorted(linked | had)
        reading.write_days(rt, memory.dataset, found, days[0], days[-1], also=days)
    return in_order(memory, found)


def in_order(memory: Memory, rows: pa.Table) -> pa.Table:
    """Oldest first; of rows with one signature the oldest."""
    rows = rows.sort_by([("dt", "ascending"), ("known_at", "ascending"), (memory.record, "ascending")])
    again = pd.Series(rows["signature_id"].to_pandas()).duplicated()
    return rows.filter(pa.array(~again)) if again.any() else rows


def decided(memory: Memory, fresh: pd.DataFrame, verdicts: Sequence[Verdict], rules: str) -> pa.Table:
    """Rows of evidence with the verdict about each, as a table of the dataset, with dt."""
    own = {memory.record: "record_id", "signature_id": "signature", memory.name: "name"}
    schema = dataset(memory.dataset).schema.append(pa.field("dt", pa.date32()))
    given: dict[str, list[Any]] = {
        memory.entity: [v.entity_id for v in verdicts],
        "is_recycled": [v.method == RECYCLED for v in verdicts],
        "rules": [rules] * len(verdicts),
    }
    columns = [given[f.name] if f.name in given else fresh[own.get(f.name, f.name)].tolist() for f in schema]
    return pa.table([pa.array(c, f.type, from_pandas=True) for c, f in zip(columns, schema, strict=True)], schema=schema)


def from_links(memory: Memory, past: pd.DataFrame, links: Told, rules: str) -> pa.Table:
    """Every signature of the past as its first record was linked then; records that were never linked teach nothing."""
    firsts = past.drop_duplicates("signature")
    verdicts: list[Verdict | None] = []
    for record, dt in zip(firsts["record_id"], firsts["dt"], strict=True):
        here = [link for link in links.get(record, ()) if link[0] <= dt]
        verdicts.append(Verdict(here[-1][1], here[-1][2] if here[-1][0] == dt else "", None) if here else None)
    kept = [v is not None for v in verdicts]
    return decided(memory, firsts[kept], [v for v in verdicts if v], rules)


def known(past: pa.Table, memory: Memory, signatures: Iterable[str]) -> dict[str, Verdict]:
    """signature → what it was decided to be, of those asked for."""
    here = past.filter(among(past["signature_id"], signatures))
    pairs = zip(here["signature_id"].to_pylist(), here[memory.entity].to_pylist(), strict=True)
    return {signature: Verdict(entity, "", None) for signature, entity in pairs}


def touched(past: pa.Table, memory: Memory, fresh: pd.DataFrame, also: Iterable[str], entities: Entities) -> pa.Table:
    """Rows of every entity that has a key of a fresh record, or is one of `also`, or is merged with one of these."""
    mask = among(past[memory.entity], also)
    for kind in memory.keys:
        mask = pc.or_(mask, among(past[kind], fresh[kind].dropna().unique()))
    found = set(pc.unique(past.filter(mask)[memory.entity]).to_pylist())
    whole = {member for entity in found for member in entities.forest.members(entity)}
    return past.filter(among(past[memory.entity], whole))


def teach(entities: Entities, rows: pa.Table, memory: Memory, employer: str | None = None) -> None:
    """Learn rows of the past, oldest first. `employer`: the column of a person's company."""
    columns = [rows[k].to_pylist() for k in memory.keys]
    employers = rows[employer].to_pylist() if employer else [None] * rows.num_rows
    recycled = rows["is_recycled"].to_pylist() if "is_recycled" in rows.column_names else [False] * rows.num_rows
    rest = (rows[c].to_pylist() for c in (memory.record, "dt", "known_at", memory.name, "signature_id", memory.entity))
    for at, (record, dt, known_at, name, signature, entity) in enumerate(zip(*rest, strict=True)):
        keys = {kind: value for kind, column in zip(memory.keys, columns, strict=True) if (value := column[at]) is not None}
        said = Said(record, dt, "" if known_at is None else str(known_at), keys, name, signature, employers[at])
        entities.learn(said, Verdict(entity, RECYCLED if recycled[at] else "", None))


def among(column: pa.ChunkedArray, values: Iterable[Any]) -> pa.ChunkedArray:
    """Which of a column's values are among these; a missing one never is."""
    asked = pa.array({v for v in values if v is not None}, column.type)
    return pc.is_in(column, value_set=asked, skip_nulls=True)


def _days(rt: Runtime, name: str, before: date) -> set[date]:
    return {d for d, path in rt.lake.files(name) if d < before and path.endswith(f"/{reading.OURS}")}
