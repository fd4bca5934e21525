"""Episodes of a span of days, after companies and people: events not linked yet, in the order in which they became known.

`facts.events`, own earlier `episode_links`, company of each mention, person of each record → `openers`, `link_events` → rows with dt.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from signals_pipeline.identity.episodes import Episodes, Event
from signals_pipeline.identity.evidence import mapped, objects
from signals_pipeline.identity.forest import ever_merged
from signals_pipeline.identity.memory import among
from signals_pipeline.identity.span import Timeline
from signals_pipeline.io.datasets import dataset

COLUMNS = (
    "event_id",
    "dataset",
    "record_key",
    "signal_type",
    "occurred_at",
    "known_at",
    "mention_id",
    "other_mention_id",
    "other_company_name",
    "person_record_id",
    "change_type",
    "department",
    "round_type",
    "amount",
    "currency",
    "amount_usd",
    "offering_amount",
    "subject",
    "place",
    "accession",
    "modality",
)


@dataclass
class Linked:
    rows: pa.Table
    episodes: int  # opened in the span


def link_events(
    events: pa.Table,
    links: pa.Table,
    company_links: pa.Table,
    person_links: pa.Table,
    company_merges: pa.Table,
    person_merges: pa.Table,
    amendments: set[tuple[str, str]],
    since: date,
) -> Linked:
    """`events`: rows of the span, and the earlier ones that they may join (`openers`). `links`: own rows with dt < since.
    The others: all rows with dt ≤ until. `amendments`: (dataset, record_key) of filings that amend another."""
    links = links.filter(among(links["event_id"], events["event_id"].to_pylist()))
    told = {e: (p, c, s) for e, p, c, s in _columns(links, "event_id", "episode_id", "company_id", "subject")}
    firsts = set(links["event_id"].filter(links["is_first"]).to_pylist())
    frame = _frame(events, company_links, person_links)
    frame["is_amendment"] = [key in amendments for key in zip(frame["dataset"], frame["record_key"], strict=True)]
    companies, persons = Timeline(company_merges), Timeline(person_merges)
    known = Episodes(members=companies.forest.members, person_root=persons.root)
    out: list[dict[str, Any]] = []
    row: Any
    for row in frame.itertuples(index=False):
        event = _event(row)
        if event.event_id in told:
            episode, company, _ = told[event.event_id]
            event = event._replace(company_id=company)
            if event.event_id in firsts:
                known.remember(event, episode)
            else:
                known.note(event, episode)
        elif row.dt >= since:
            companies.to(row.dt)
            persons.to(row.dt)
            joined = known.join(event)
            out.append(
                {
                    **joined._asdict(),
                    "event_id": event.event_id,
                    "signal_type": event.signal_type,
                    "company_id": event.company_id,
                    "dt": row.dt,
                }
            )
    schema = dataset("episode_links").schema.append(pa.field("dt", pa.date32()))
    return Linked(pa.Table.from_pylist(out, schema=schema), sum(r["is_first"] for r in out))


def openers(events: pa.Table, links: pa.Table, company_links: pa.Table, company_merges: pa.Table) -> list[str]:
    """Event ids of the earlier episodes that events of the span may join: of their companies, whatever was ever merged with these, and
    of no company when they have none."""
    mine = company_links["company_id"].filter(among(company_links["mention_id"], events["mention_id"].to_pylist()))
    companies = ever_merged(company_merges, mine.to_pylist())
    first = links.filter(links["is_first"])
    wanted = pc.or_(among(first["company_id"], companies), pc.is_null(first["company_id"]))
    found: list[str] = first["event_id"].filter(wanted).to_pylist()
    return found


def _earliest(rows: pa.Table, record: str, entity: str, wanted: Iterable[str | None]) -> dict[str, str]:
    """record → entity of its earliest link; of those wanted."""
    mine = rows.filter(among(rows[record], wanted)).sort_by([("dt", "descending")])
    return dict(zip(mine[record].to_pylist(), mine[entity].to_pylist(), strict=True))


def _frame(events: pa.Table, company_links: pa.Table, person_links: pa.Table) -> pd.DataFrame:
    rows = events.select([*COLUMNS, "dt"])
    for column in ("amount", "amount_usd", "offering_amount"):
        rows = rows.set_column(rows.column_names.index(column), column, rows[column].cast(pa.float64()))
    frame = objects(rows, rows.column_names)
    company_of = _earliest(company_links, "mention_id", "company_id", {*frame["mention_id"], *frame["other_mention_id"]})
    frame["company_id"] = mapped(frame["mention_id"], company_of.get)
    frame["other_company_id"] = mapped(frame["other_mention_id"], company_of.get)
    evidence = pc.coalesce(person_links["evidence_person_id"], person_links["person_id"])
    person_links = person_links.append_column("evidence", evidence)
    frame["person_id"] = mapped(
        frame["person_record_id"], _earliest(person_links, "person_record_id", "evidence", frame["person_record_id"]).get
    )
    return frame.sort_values(["dt", "known_at", "event_id"], kind="stable", na_position="last", ignore_index=True)


def _event(row: Any) -> Event:
    happened = row.occurred_at or row.known_at
    amounts = tuple(a for a in (row.amount, row.offering_amount) if a)
    parent = row.subject if row.is_amendment and row.subject and row.subject.count("-") == 2 else None
    return Event(
        row.event_id,
        row.signal_type,
        happened.date() if happened else row.dt,
        row.dt,
        _none(row.company_id),
        row.mention_id,
        row.subject,
        _none(row.other_company_id),
        row.other_company_name,
        _none(row.person_id),
        row.change_type,
        row.department,
        row.place,
        row.accession,
        row.currency,
        amounts,
        (row.amount_usd,) if row.amount_usd else (),
        parent,
        row.is_amendment,
        row.round_type,
        row.modality,
    )


def _none(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _columns(table: pa.Table, *names: str) -> list[tuple[Any, ...]]:
    return list(zip(*(table[n].to_pylist() for n in names), strict=True))
