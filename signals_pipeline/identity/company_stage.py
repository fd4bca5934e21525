"""Companies of a span of days: what the span's records touch → decide its new signatures in order → links, merges, reviews by day.

`facts.mentions`, own earlier links, merges and signatures, `identity_decisions` → `resolve` → `Resolved`.
Names are compared once for the whole span (a probability depends on the pair alone); decisions follow the order in which
mentions became known, so that a span built in one go is the span built day by day.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from signals_pipeline.identity import memory
from signals_pipeline.identity.companies import NEW, RECYCLED, Companies
from signals_pipeline.identity.entities import Review, Said
from signals_pipeline.identity.evidence import KEYS, evidence, not_a_company
from signals_pipeline.identity.match import Model, candidates, related
from signals_pipeline.identity.reading import Decision, nothing
from signals_pipeline.identity.span import Timeline, link_rows, merge_rows, told, undecided, walk
from signals_pipeline.io.datasets import dataset
from signals_pipeline.keys import as_uuid

MEMORY = memory.Memory("company_signatures", "company_links", "mention_id", "company_id", KEYS, "profile")


@dataclass
class Resolved:
    """Rows with dt, ready for the lake."""

    links: pa.Table
    merges: pa.Table
    signatures: pa.Table
    reviews: list[tuple[date, Review]]
    by_method: dict[str, int]

    @property
    def new_companies(self) -> int:
        return sum(self.by_method.get(m, 0) for m in (NEW, RECYCLED))


def rules() -> str:
    """Which reading of mentions stands in `company_signatures`."""
    return memory.rules_of("evidence", "names", "legal_forms", "match", also=sorted(not_a_company()))


def from_history(mentions: pa.Table, links: pa.Table) -> pa.Table:
    """`company_signatures` made again from all mentions and links of the past."""
    return memory.from_links(MEMORY, evidence(mentions), told(links, "mention_id", "company_id"), rules())


def resolve(
    mentions: pa.Table, links: pa.Table, merges: pa.Table, signatures: pa.Table, reviewed: pa.Table, decisions: Sequence[Decision],
    since: date, until: date, model: Model, spoken: Callable[[str], date | None],
) -> Resolved:  # fmt: skip
    """`mentions`: rows of the span. `links`, `merges`, `signatures`, `reviewed`: own rows with dt < since. `spoken(domain)`: the last
    day before the span on which a domain was spoken of; asked only when the signatures do not tell."""
    if not mentions.num_rows and not decisions:
        return Resolved(nothing("company_links"), nothing("company_merges"), nothing("company_signatures"), [], {})
    span = evidence(mentions)
    made = told(links, "mention_id", "company_id", span["record_id"].tolist())
    known = Companies(model=model)
    known.reviewed = {frozenset(p) for p in zip(reviewed["left_id"].to_pylist(), reviewed["right_id"].to_pylist(), strict=True)}
    before = Timeline(merges)
    before.to(until)
    known.forest = before.forest
    known.by_signature = memory.known(signatures, MEMORY, span["signature"])
    fresh = undecided(known, span)
    known.pairs = _pairs(fresh, signatures, model)
    also = {entity for record in fresh["record_id"] for _, entity, _ in made.get(record, ())} | {as_uuid(r) for r in fresh["record_id"]}
    also |= {entity for d in decisions for entity in (d.left, d.right)} | _bearers(signatures, known.pairs)
    past = memory.touched(signatures, MEMORY, fresh, also, known)
    known.quiet_days = _quiet(span, past, spoken, model.recycled_after_days)
    memory.teach(known, past, MEMORY)
    walked = walk(known, span, made, decisions, since, until, _said)
    rows = link_rows(known, span, made, walked, KEYS, "same_name")
    schema = dataset("company_links").schema.append(pa.field("dt", pa.date32()))
    out = pa.table(
        {
            "mention_id": rows["record_id"].tolist(), "company_id": rows["entity"].tolist(), "method": rows["method"].tolist(),
            "probability": [None if pd.isna(p) else p for p in rows["probability"]], "decided_by": [model.version] * len(rows),
            "dt": rows["dt"].tolist(),
        },
        schema=schema,
    )  # fmt: skip
    verdicts = [known.by_signature[s] for s in walked.fresh["signature"]]
    counts = {str(k): int(n) for k, n in rows["method"].value_counts().sort_index().items()}
    decided = memory.decided(MEMORY, walked.fresh, verdicts, rules())
    return Resolved(out, merge_rows("company_merges", walked.merges), decided, walked.reviews, counts)


def _pairs(fresh: pd.DataFrame, past: pa.Table, model: Model) -> dict[str, list[tuple[str, float]]]:
    """Candidates by name for the fresh signatures."""
    named = sorted(set(fresh["name"].dropna()))
    borne = related(named, pc.unique(past["profile"].drop_null()), model)
    found = candidates(named, sorted(borne.union(named)), model)
    pairs: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for left, right, probability in zip(found["left"], found["right"], found["probability"], strict=True):
        pairs[left].append((right, probability))
    return pairs


def _bearers(past: pa.Table, pairs: dict[str, list[tuple[str, float]]]) -> set[str]:
    """Companies of the past that bear a candidate's name and place."""
    profiles = {right for found in pairs.values() for right, _ in found}
    return set(past["company_id"].filter(memory.among(past["profile"], profiles)).to_pylist())


def _said(row: Any) -> Said:
    keys = {k: v for k in KEYS if (v := getattr(row, k)) is not None}
    known_at = "" if pd.isna(row.known_at) else str(row.known_at)
    return Said(row.record_id, row.dt, known_at, keys, row.name, row.signature, follows_record=row.role != "employer")


def _quiet(span: pd.DataFrame, past: pa.Table, spoken: Callable[[str], date | None], enough: int) -> Callable[[str, date], int]:
    """Days since a domain was last spoken of before a day, or fewer than `enough` when that is all we need to know; a domain never
    spoken of was not quiet. Signatures tell when something new was said with a domain, `spoken` when anything was."""
    told_on = [(d, dt) for d, dt in zip(past["domain"].to_pylist(), past["dt"].to_pylist(), strict=True) if d]
    days: dict[str, list[date]] = defaultdict(list)
    for domain, dt in sorted({*told_on, *((d, dt) for d, dt in zip(span["domain"], span["dt"], strict=True) if d)}):
        days[domain].append(dt)
    asked: dict[str, date | None] = {}

    def quiet(domain: str, day: date) -> int:
        seen = days.get(domain, [])
        at = bisect_left(seen, day)
        last = seen[at - 1] if at else None
        if last is None or (day - last).days >= enough:
            if domain not in asked:
                asked[domain] = spoken(domain)
            last = max((d for d in (last, asked[domain]) if d), default=None)
        return (day - last).days if last else 0

    return quiet
