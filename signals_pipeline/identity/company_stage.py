"""Companies of a span of days: state before the span → decide the span's new signatures in order → links, merges, reviews by day.

`facts.mentions`, own earlier links and merges, `identity_decisions` → `resolve` → `Resolved`.
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

from signals_pipeline.identity.companies import NEW, RECYCLED, Companies
from signals_pipeline.identity.entities import Review, Said
from signals_pipeline.identity.evidence import EXCLUSIVE, KEYS, evidence, mapped
from signals_pipeline.identity.match import Model, candidates
from signals_pipeline.identity.reading import Decision
from signals_pipeline.identity.span import Timeline, link_rows, merge_rows, remember, told, walk
from signals_pipeline.io.datasets import dataset


@dataclass
class Resolved:
    """Rows with dt, ready for the lake. `companies` is the state after the span; `at`: (record_id = mention_id, dt, company_id) of every
    row of evidence there is."""

    links: pa.Table
    merges: pa.Table
    reviews: list[tuple[date, Review]]
    companies: Companies
    at: pd.DataFrame
    by_method: dict[str, int]

    @property
    def new_companies(self) -> int:
        return sum(self.by_method.get(m, 0) for m in (NEW, RECYCLED))


def resolve(
    mentions: pa.Table, links: pa.Table, merges: pa.Table, reviewed: pa.Table, decisions: Sequence[Decision],
    since: date, until: date, model: Model,
) -> Resolved:  # fmt: skip
    """`mentions`: all rows with dt ≤ until. `links`, `merges`, `reviewed`: own rows with dt < since."""
    said = evidence(mentions)
    made = told(links, "mention_id", "company_id")
    known = Companies(model=model, quiet_days=_quiet(said))
    known.reviewed = {frozenset(p) for p in zip(reviewed["left_id"].to_pylist(), reviewed["right_id"].to_pylist(), strict=True)}
    before = Timeline(merges)
    before.to(until)
    known.forest = before.forest
    is_past = said["dt"] < since
    remember(known, said[is_past], made, _said)
    span = said[~is_past].reset_index(drop=True)
    known.pairs = _pairs(known, span[~span["signature"].isin(known.by_signature.keys())].drop_duplicates("signature"), model)
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
    at = said[["record_id", "dt"]].assign(company_id=mapped(said["signature"], {s: v.entity_id for s, v in known.by_signature.items()}.get))
    counts = {str(k): int(n) for k, n in rows["method"].value_counts().sort_index().items()}
    return Resolved(out, merge_rows("company_merges", walked.merges), walked.reviews, known, at, counts)


def _pairs(known: Companies, fresh: pd.DataFrame, model: Model) -> dict[str, list[tuple[str, float]]]:
    """Candidates by name for the fresh signatures that no known key answers, and those whose domain may turn out not to answer."""
    named = fresh[fresh["profile"].notna()]
    asking = pd.Series(True, index=named.index)
    for kind in KEYS:
        asking &= ~named[kind].map(lambda v, kind=kind: (kind, v) in known.owner).astype(bool)
    asking |= named["domain"].notna() & named[list(EXCLUSIVE)].notna().any(axis=1)
    everyone = sorted(set(known.holders) | set(named["profile"]))
    found = candidates(sorted(set(named.loc[asking, "profile"])), everyone, model)
    pairs: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for left, right, probability in zip(found["left"], found["right"], found["probability"], strict=True):
        pairs[left].append((right, probability))
    return pairs


def _said(row: Any) -> Said:
    keys = {k: v for k in KEYS if (v := getattr(row, k)) is not None}
    known_at = "" if pd.isna(row.known_at) else str(row.known_at)
    return Said(row.record_id, row.dt, known_at, keys, row.profile, row.signature, follows_record=row.role != "employer")


def _quiet(said: pd.DataFrame) -> Callable[[str, date], int]:
    """Days since a domain was last spoken of before a day; a domain never spoken of was not quiet."""
    spoken = said.loc[said["domain"].notna(), ["domain", "dt"]].drop_duplicates().sort_values(["domain", "dt"])
    days: dict[str, list[date]] = defaultdict(list)
    for domain, dt in zip(spoken["domain"], spoken["dt"], strict=True):
        days[domain].append(dt)

    def quiet(domain: str, day: date) -> int:
        seen = days.get(domain, [])
        at = bisect_left(seen, day)
        return (day - seen[at - 1]).days if at else 0

    return quiet
