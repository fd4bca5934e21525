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

from signals_pipeline.identity import company_stage, memory, person_stage, reading
from signals_pipeline.identity.entities import Review
from signals_pipeline.identity.episode_stage import Linked, link_events, openers
from signals_pipeline.identity.health import measure
from signals_pipeline.identity.match import model
from signals_pipeline.identity.span import Timeline
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
    mentions = reading.rows(rt, "mentions", since=first, until=dt)
    links = reading.rows(rt, "company_links", before=first)
    merges = reading.rows(rt, "company_merges", before=first)
    signatures = memory.recall(
        rt, company_stage.MEMORY, company_stage.rules(), first,
        lambda: company_stage.from_history(reading.rows(rt, "mentions", before=first), links),
    )  # fmt: skip
    reviewed = reading.rows(rt, "link_reviews", before=first)
    companies = company_stage.resolve(
        mentions, links, merges, signatures, reviewed.filter(pc.equal(reviewed["kind"], "company")),
        reading.decisions(rt, "company", dt), first, dt, told, reading.last_spoken(rt, first, told.recycled_after_days),
    )  # fmt: skip
    reading.write_days(rt, "company_links", companies.links, first, dt)
    reading.write_days(rt, "company_merges", companies.merges, first, dt)
    reading.write_days(rt, "company_signatures", companies.signatures, first, dt, also=pc.unique(companies.links["dt"]).to_pylist())

    company_links, company_merges = pa.concat_tables([links, companies.links]), pa.concat_tables([merges, companies.merges])
    people = _people(rt, first, dt, links, company_links, company_merges, reviewed)
    reviews = _reviews([("company", companies.reviews), ("person", people.reviews)])
    reading.write_days(rt, "link_reviews", reviews, first, dt)
    events = _events(rt, first, dt, company_links, company_merges)

    timeline = Timeline(company_merges)
    timeline.to(dt)
    known = pa.concat_tables([signatures, companies.signatures])
    undone = companies.merges.filter(pc.equal(companies.merges["op"], "undo")).num_rows
    return IdentityReport(
        dt=dt,
        since=first,
        model_version=told.version,
        mentions=mentions.num_rows,
        companies_by_method=companies.by_method,
        new_companies=companies.new_companies,
        merges=companies.merges.num_rows - undone,
        undone=undone,
        people_by_method=people.by_method,
        events=events.rows.num_rows,
        episodes=events.episodes,
        reviews=reviews.num_rows,
        health=measure(known, companies.merges, reviews, timeline.root, dt),
    )


def _people(
    rt: Runtime, first: date, dt: date, past: pa.Table, company_links: pa.Table, company_merges: pa.Table, reviewed: pa.Table
) -> person_stage.ResolvedPeople:  # fmt: skip
    """People of the span, written. `past`: links of mentions before it; `company_links`, `company_merges`: with those of the span."""
    hash_key = rt.settings.secret("hash_key") or ""
    own = reading.bought(rt, first, dt)
    records = reading.rows(rt, "people", since=first, until=dt)
    anew = company_links["mention_id"].slice(past.num_rows)
    relinked = past["mention_id"].filter(memory.among(past["mention_id"], anew.to_pylist())).to_pylist() if len(anew) else []
    if moved := set(relinked):
        earlier = reading.rows(rt, "people", before=first, where=reading.one_of("mention_id", moved))
        records = pa.concat_tables([earlier, records])
    records = records.filter(pc.invert(memory.among(records["person_record_id"], own)))
    decisions = reading.decisions(rt, "person", dt)
    links, signatures = (reading.nothing(name) for name in ("person_links", "person_signatures"))
    if records.num_rows or decisions:
        links = reading.rows(rt, "person_links", before=first)
        signatures = person_stage.known_before(rt, first, links, company_links, hash_key)
    people = person_stage.resolve_people(
        records, links, reading.rows(rt, "person_merges", before=first), signatures, company_links, company_merges,
        reviewed.filter(pc.equal(reviewed["kind"], "person")), decisions, first, dt, hash_key,
    )  # fmt: skip
    reading.write_days(rt, "person_links", people.links, first, dt)
    reading.write_days(rt, "person_merges", people.merges, first, dt)
    reading.write_days(rt, "person_signatures", people.signatures, first, dt, also=pc.unique(people.links["dt"]).to_pylist())
    return people


def _events(rt: Runtime, first: date, dt: date, company_links: pa.Table, company_merges: pa.Table) -> Linked:
    """Events of the span, linked and written."""
    events = reading.rows(rt, "events", since=first, until=dt)
    if not events.num_rows:
        none = reading.nothing("episode_links")
        reading.write_days(rt, "episode_links", none, first, dt)
        return Linked(none, 0)
    amended = _amendments(rt, events, dt)
    links = reading.rows(rt, "episode_links", before=first)
    earlier = reading.one_of("event_id", openers(events, links, company_links, company_merges))
    if amended:
        columns = (events[c].to_pylist() for c in ("dataset", "record_key", "subject"))
        earlier |= reading.one_of("accession", [s for d, key, s in zip(*columns, strict=True) if (d, key) in amended])
    past = reading.rows(rt, "events", before=first, where=earlier) if links.num_rows else events.slice(0, 0)
    linked = link_events(
        pa.concat_tables([past, events]), links, company_links, reading.rows(rt, "person_links", until=dt), company_merges,
        reading.rows(rt, "person_merges", until=dt), amended, first,
    )  # fmt: skip
    reading.write_days(rt, "episode_links", linked.rows, first, dt)
    return linked


def _amendments(rt: Runtime, events: pa.Table, dt: date) -> set[tuple[str, str]]:
    """(dataset, record_key) of the filings behind the events that amend another filing."""
    filed = events["record_key"].filter(pc.is_valid(events["accession"])).to_pylist()
    if not filed:
        return set()
    of_them = reading.one_of("record_key", filed)
    documents = reading.rows(rt, "documents", columns=["dataset", "record_key", "form"], until=dt, where=of_them)
    amended = documents.filter(pc.fill_null(pc.ends_with(documents["form"], "/A"), False))
    return set(zip(amended["dataset"].to_pylist(), amended["record_key"].to_pylist(), strict=True))


def _reviews(told: list[tuple[str, list[tuple[date, Review]]]]) -> pa.Table:
    schema = dataset("link_reviews").schema.append(pa.field("dt", pa.date32()))
    return pa.Table.from_pylist([{**r._asdict(), "kind": kind, "dt": day} for kind, rows in told for day, r in rows], schema=schema)
