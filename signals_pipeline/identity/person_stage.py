"""People of a span of days: as `company_stage.py`, after it; a person's company is that of the employer's mention on the day.

`facts.people`, links of mentions, merges of companies, own earlier links, `identity_decisions` → `resolve_people` → rows.
From the day of a merge (or its undoing) the records of the one that moved get new links: readers of people fold nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from signals_pipeline.identity.entities import Review, Said
from signals_pipeline.identity.evidence import mapped, objects
from signals_pipeline.identity.forest import Forest
from signals_pipeline.identity.match import SEP
from signals_pipeline.identity.people import KEYS, People
from signals_pipeline.identity.person_names import person_key
from signals_pipeline.identity.reading import Decision
from signals_pipeline.identity.span import MergeRow, Timeline, by_dt, link_rows, merge_rows, remember, told, walk
from signals_pipeline.io.datasets import dataset

COLUMNS = ("person_record_id", "mention_id", "known_at", "email", "email_key", "first_name", "last_name", "full_name", "linkedin_url",
           "contact_id_salesforce", "lead_id_salesforce", "prospect_id_outreach", "user_id_product", "people_id_sixsense")  # fmt: skip
_NOBODY = frozenset((
    "info", "sales", "support", "contact", "hello", "office", "admin", "team", "help", "service", "enquiries",
    "inquiries", "mail", "marketing", "hr", "jobs", "careers", "billing", "accounts", "press", "media", "legal",
    "noreply", "no-reply", "webmaster", "postmaster", "invoices", "orders",
))  # fmt: skip
MERGED = "merge"
SAME = "same_name"


@dataclass
class ResolvedPeople:
    """Rows with dt, ready for the lake."""

    links: pa.Table
    merges: pa.Table
    reviews: list[tuple[date, Review]]
    by_method: dict[str, int]


def resolve_people(
    records: pa.Table, links: pa.Table, merges: pa.Table, employers: pd.DataFrame, company_merges: pa.Table, reviewed: pa.Table,
    decisions: Sequence[Decision], since: date, until: date,
) -> ResolvedPeople:  # fmt: skip
    """`records`: facts.people with dt ≤ until. `links`, `merges`: own rows with dt < since. `employers`: `company_stage.Resolved.at`.

    `company_merges`: all with dt ≤ until.
    """
    said = evidence(records, employers)
    links = links.set_column(
        links.column_names.index("evidence_person_id"), "evidence_person_id",
        pc.coalesce(links["evidence_person_id"], links["person_id"]),
    )  # fmt: skip
    made = told(links, "person_record_id", "evidence_person_id")
    companies, before = Timeline(company_merges), Timeline(merges)
    before.to(until)
    known = People(forest=before.forest, company_root=companies.root)
    known.reviewed = {frozenset(p) for p in zip(reviewed["left_id"].to_pylist(), reviewed["right_id"].to_pylist(), strict=True)}
    is_past = said["dt"] < since
    remember(known, said[is_past], made, _said)
    span = said[~is_past].reset_index(drop=True)
    walked = walk(known, span, made, decisions, since, until, _said, companies.to)
    employed = {r: made_then[-1][1] for r, made_then in told(links, "person_record_id", "company_id").items()}
    rows = link_rows(known, span, made, walked, KEYS, SAME, "company_id", employed)
    new_merges = merge_rows("person_merges", walked.merges)
    out = _folded(rows, links, merges, new_merges, walked.merges)
    counts = {str(k): int(n) for k, n in pd.Series(out["method"].to_pylist(), dtype=object).value_counts().sort_index().items()}
    return ResolvedPeople(out, new_merges, walked.reviews, counts)


def evidence(records: pa.Table, employers: pd.DataFrame) -> pd.DataFrame:
    """Rows (record_id, dt, known_at, KEYS…, name, company_id, signature) sorted by (dt, known_at, record_id).

    A record whose employer's mention came to name another company is said again on that day.
    """
    said = objects(records, [*COLUMNS, "dt"]).rename(columns={"person_record_id": "record_id", "linkedin_url": "linkedin"})
    keyed = zip(said["email_key"], said["email"], strict=True)
    said["email_key"] = pd.Series([None if _is_shared_mailbox(e) else k for k, e in keyed], index=said.index, dtype=object)
    said["linkedin"] = mapped(said["linkedin"], profile_url)
    said["prospect_id_outreach"] = mapped(said["prospect_id_outreach"], lambda v: str(int(v)))
    for kind in ("contact_id_salesforce", "lead_id_salesforce"):
        said[kind] = mapped(said[kind], lambda v: str(v)[:15])
    names = zip(said["full_name"], said["first_name"], said["last_name"], strict=True)
    said["name"] = pd.Series([person_key(*n) for n in names], index=said.index, dtype=object)
    said = _with_company(said, employers)
    signature = said["name"].fillna("") + SEP + said["company_id"].fillna("")
    for key in KEYS:
        signature = signature + SEP + said[key].fillna("")
    nameless = said["name"].isna() & said[list(KEYS)].isna().all(axis=1)  # nothing to tell such records from each other
    said["signature"] = signature.where(~nameless, said["record_id"]).astype(object)
    said = said.sort_values(["dt", "known_at", "record_id"], kind="stable", na_position="last", ignore_index=True)
    return said[["record_id", "dt", "known_at", *KEYS, "name", "company_id", "signature"]]


def profile_url(url: str) -> str | None:
    """A LinkedIn address without scheme, host prefix, query and slash: "in/ada-example"."""
    path = url.strip().lower().split("?")[0].split("#")[0].rstrip("/")
    _, found, rest = path.partition("linkedin.com/")
    return (rest if found else path) or None


def _with_company(said: pd.DataFrame, employers: pd.DataFrame) -> pd.DataFrame:
    """The employer's company as of the row's dt; plus a row on each later day on which the mention named another company."""
    changes = employers.drop_duplicates(["record_id", "dt"], keep="last").sort_values(["record_id", "dt"], kind="stable")
    changes = changes[changes["company_id"] != changes.groupby("record_id")["company_id"].shift()] if len(changes) else changes
    several = changes["record_id"].duplicated(keep=False)
    one = changes[~several]
    said["company_id"] = mapped(said["mention_id"], dict(zip(one["record_id"], one["company_id"], strict=True)).get)
    moved = {m: list(zip(rows["dt"], rows["company_id"], strict=True)) for m, rows in changes[several].groupby("record_id")}
    mine = said["mention_id"].isin(moved.keys())
    if not mine.any():
        return said
    again: list[dict[Any, Any]] = []
    for _, rows in said[mine].sort_values(["record_id", "dt"], kind="stable").groupby("record_id", sort=True):
        versions: list[dict[Any, Any]] = rows.to_dict("records")
        steps = moved[versions[0]["mention_id"]]
        for dt in sorted({v["dt"] for v in versions} | {d for d, _ in steps if d > versions[0]["dt"]}):
            version = [v for v in versions if v["dt"] <= dt][-1]
            again.append({**version, "dt": dt, "company_id": ([c for d, c in steps if d <= dt] or [None])[-1]})
    said_again = pd.DataFrame({c: pd.Series([v[c] for v in again], dtype=object) for c in said.columns})
    return pd.concat([said[~mine], said_again], ignore_index=True)


def _folded(rows: pd.DataFrame, links: pa.Table, past: pa.Table, new: pa.Table, by_day: Mapping[date, Sequence[MergeRow]]) -> pa.Table:
    """Link rows with the person of their day; and, on a day of a merge or its undoing, rows for all records of those that moved."""
    timeline = Timeline(pa.concat_tables([past, new]))
    last = links.sort_by([("dt", "ascending")]).to_pandas().drop_duplicates("person_record_id", keep="last")
    last = last.rename(columns={"person_record_id": "record_id", "evidence_person_id": "entity"})
    every = pd.concat([part[["record_id", "entity", "company_id", "dt"]] for part in (last, rows)], ignore_index=True)
    spots: dict[str, list[int]] = defaultdict(list)
    for at, entity in enumerate(every["entity"]):
        spots[entity].append(at)
    days = by_dt(rows)
    out: list[pd.DataFrame] = []
    for day in sorted(set(days) | {d for d, changed in by_day.items() if changed}):
        timeline.to(day)
        today = [days[day][[*_OUT, "entity"]]] if day in days else []
        moved = [m for child, *_ in by_day.get(day, ()) for m in _below(timeline.forest, child)]
        if here := sorted({at for m in moved for at in spots.get(m, ())}):
            standing = every.iloc[here]
            standing = standing[standing["dt"] <= day].drop_duplicates("record_id", keep="last")
            standing = standing[~standing["record_id"].isin(days[day]["record_id"])] if day in days else standing
            today.append(standing.assign(dt=day, method=MERGED, probability=None)[[*_OUT, "entity"]])
        found = pd.concat(today, ignore_index=True)
        out.append(found.assign(person_id=[timeline.root(e) for e in found["entity"]]))
    schema = dataset("person_links").schema.append(pa.field("dt", pa.date32()))
    if not out:
        return schema.empty_table()
    flat = pd.concat(out, ignore_index=True)
    columns = {"person_record_id": "record_id", "evidence_person_id": "entity"}
    values = {f.name: flat[columns.get(f.name, f.name)].tolist() for f in schema}
    return pa.table({n: pa.array([None if pd.isna(v) else v for v in values[n]], schema.field(n).type) for n in values}, schema=schema)


_OUT = ["record_id", "company_id", "method", "probability", "dt"]


def _below(forest: Forest, node: str) -> list[str]:
    found = [node]
    for each in found:
        found += forest.children.get(each, ())
    return found


def _is_shared_mailbox(address: Any) -> bool:
    return isinstance(address, str) and address.split("@")[0].lower() in _NOBODY


def _said(row: Any) -> Said:
    keys = {k: v for k in KEYS if (v := getattr(row, k)) is not None}
    known_at = "" if pd.isna(row.known_at) else str(row.known_at)
    return Said(row.record_id, row.dt, known_at, keys, row.name, row.signature, row.company_id)
