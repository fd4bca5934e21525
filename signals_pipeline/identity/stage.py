"""Stage identity: which records speak of the same company, person, episode.

`facts.mentions`, `facts.people`, `facts.events`, own earlier output, `identity_decisions` → `run` → `company_links`,
`company_merges`, `person_links`, `person_merges`, `episode_links`, `link_reviews`.
Rows are written under the day on which the record became ours; a span of days is rebuilt whole, days outside it are not touched.
Run alone: `signals run --only identity`, or `run(rt, dt)`. Does not belong here: how two records are judged.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from signals_pipeline.identity import reading
from signals_pipeline.identity.company_stage import resolve
from signals_pipeline.identity.entities import Review
from signals_pipeline.identity.episode_stage import link_events
from signals_pipeline.identity.health import measure
from signals_pipeline.identity.match import model
from signals_pipeline.identity.person_stage import resolve_people
from signals_pipeline.io.datasets import dataset
from signals_pipeline.runtime import Runtime


@dataclass(frozen=True)
class IdentityReport:
    """Counts of one call; `health` is that of its last day."""

    dt: date
    since: date
    model_version: str
    mentions: int
    companies_by_method: dict[str, int]
    new_companies: int
    merges: int
    undone: int
    people_by_method: dict[str, int]
    events: int
    episodes: int
    reviews: int
    health: dict[str, int] = field(default_factory=dict)


def run(rt: Runtime, dt: date, since: date | None = None) -> IdentityReport:
    """Link what became ours on `dt`, or on every day from `since` to `dt`. The second run of a span writes the same bytes."""
    first, told = since or dt, model()
    mentions = reading.rows(rt, "mentions", until=dt)
    reviewed = reading.rows(rt, "link_reviews", before=first)
    companies = resolve(
        mentions,
        reading.rows(rt, "company_links", before=first),
        reading.rows(rt, "company_merges", before=first),
        reviewed.filter(pc.equal(reviewed["kind"], "company")),
        reading.decisions(rt, "company", dt),
        first,
        dt,
        told,
    )
    reading.write_days(rt, "company_links", companies.links, first, dt)
    reading.write_days(rt, "company_merges", companies.merges, first, dt)

    company_merges = pa.concat_tables([reading.rows(rt, "company_merges", before=first), companies.merges])
    people = resolve_people(
        _not_bought(reading.rows(rt, "people", until=dt), reading.bought(rt, first, dt)),
        reading.rows(rt, "person_links", before=first),
        reading.rows(rt, "person_merges", before=first),
        companies.at,
        company_merges,
        reviewed.filter(pc.equal(reviewed["kind"], "person")),
        reading.decisions(rt, "person", dt),
        first,
        dt,
    )
    reading.write_days(rt, "person_links", people.links, first, dt)
    reading.write_days(rt, "person_merges", people.merges, first, dt)
    reviews = _reviews([("company", companies.reviews), ("person", people.reviews)])
    reading.write_days(rt, "link_reviews", reviews, first, dt)

    documents = reading.rows(rt, "documents", columns=["dataset", "record_key", "form"], until=dt)
    amended = documents.filter(pc.fill_null(pc.ends_with(documents["form"], "/A"), False))
    events = link_events(
        reading.rows(rt, "events", until=dt),
        reading.rows(rt, "episode_links", before=first),
        companies.at,
        pa.concat_tables([reading.rows(rt, "person_links", before=first), people.links]),
        company_merges,
        pa.concat_tables([reading.rows(rt, "person_merges", before=first), people.merges]),
        set(zip(amended["dataset"].to_pylist(), amended["record_key"].to_pylist(), strict=True)),
        first,
        dt,
    )
    reading.write_days(rt, "episode_links", events.rows, first, dt)
    undone = companies.merges.filter(pc.equal(companies.merges["op"], "undo")).num_rows
    return IdentityReport(
        dt=dt,
        since=first,
        model_version=told.version,
        mentions=mentions.filter(pc.greater_equal(mentions["dt"], pa.scalar(first, pa.date32()))).num_rows,
        companies_by_method=companies.by_method,
        new_companies=companies.new_companies,
        merges=companies.merges.num_rows - undone,
        undone=undone,
        people_by_method=people.by_method,
        events=events.rows.num_rows,
        episodes=events.episodes,
        reviews=reviews.num_rows,
        health=health(rt, dt),
    )


def health(rt: Runtime, dt: date) -> dict[str, int]:
    """As of the day: largest_cluster (names and places borne by one company), merges_today, shared_domains (domains that more than one
    company carries), reviews (asked today). The gate `identity_sane` judges these."""
    return measure(rt, dt)


def _not_bought(people: pa.Table, bought: set[str]) -> pa.Table:
    """Records that enrichment bought and linked itself on their day are its own, not ours to link again."""
    mine = [r not in bought for r in people["person_record_id"].to_pylist()]
    return people.filter(pa.array(mine, pa.bool_()))


def _reviews(told: list[tuple[str, list[tuple[date, Review]]]]) -> pa.Table:
    schema = dataset("link_reviews").schema.append(pa.field("dt", pa.date32()))
    return pa.Table.from_pylist([{**r._asdict(), "kind": kind, "dt": day} for kind, rows in told for day, r in rows], schema=schema)
