"""People of a span of days: as `company_stage.py`, after it; a person's company is that of the employer's mention on the day.

`facts.people`, links of mentions, merges of companies, own earlier links and signatures, `identity_decisions` → `resolve_people` → rows.
From the day of a merge (or its undoing) the records of the one that moved get new links: readers of people fold nothing.
"""

from __future__ import annotations

import hmac
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from signals_pipeline.identity import memory, reading
from signals_pipeline.identity.entities import Review, Said, Verdict
from signals_pipeline.identity.evidence import mapped, objects
from signals_pipeline.identity.forest import Forest, ever_merged
from signals_pipeline.identity.match import SEP
from signals_pipeline.identity.people import KEYS, People
from signals_pipeline.identity.person_names import person_key
from signals_pipeline.identity.reading import Decision, nothing
from signals_pipeline.identity.span import MergeRow, Timeline, by_dt, link_rows, merge_rows, told, undecided, walk
from signals_pipeline.io.datasets import dataset
from signals_pipeline.keys import as_uuid, md5
from signals_pipeline.runtime import Runtime

COLUMNS = ("person_record_id", "mention_id", "known_at", "email", "email_key", "first_name", "last_name", "full_name", "linkedin_url",
           "contact_id_salesforce", "lead_id_salesforce", "prospect_id_outreach", "user_id_product", "people_id_sixsense")  # fmt: skip
_NOBODY = frozenset((
    "info", "sales", "support", "contact", "hello", "office", "admin", "team", "help", "service", "enquiries",
    "inquiries", "mail", "marketing", "hr", "jobs", "careers", "billing", "accounts", "press", "media", "legal",
    "noreply", "no-reply", "webmaster", "postmaster", "invoices", "orders",
))  # fmt: skip
MERGED = "merge"
SAME = "same_name"


MEMORY = memory.Memory("person_signatures", "person_links", "person_record_id", "person_id", KEYS, "name_key")


@dataclass
class ResolvedPeople:
    """Rows with dt, ready for the lake."""

    links: pa.Table
    merges: pa.Table
    signatures: pa.Table
    reviews: list[tuple[date, Review]]
    by_method: dict[str, int]


def rules(hash_key: str) -> str:
    """Which reading of records stands in `person_signatures`; other keyed hashes are another reading."""
    return memory.rules_of("person_stage", "person_names", "people", "names", also=[keyed("rules", hash_key)])


def keyed(text: str, hash_key: str) -> str:
    """Keyed hash (32 hex) of a name or a profile URL: enough to tell equal from unequal, and nothing else."""
    return hmac.digest(hash_key.encode(), text.encode(), "sha256").hex()[:32]


def from_history(records: pa.Table, links: pa.Table, company_links: pa.Table, hash_key: str) -> pa.Table:
    """`person_signatures` made again from all records and links of the past."""
    said = evidence(records, company_links, hash_key)
    return memory.from_links(MEMORY, said, told(_by_evidence(links), "person_record_id", "evidence_person_id"), rules(hash_key))


def known_before(rt: Runtime, before: date, links: pa.Table, company_links: pa.Table, hash_key: str) -> pa.Table:
    """`person_signatures` of the past, with the records that enrichment linked itself, which no run of ours has decided."""
    absorb(rt, before, links, company_links, hash_key)
    past = reading.rows
    return memory.recall(
        rt, MEMORY, rules(hash_key), before, lambda: from_history(past(rt, "people", before=before), links, company_links, hash_key)
    )


def absorb(rt: Runtime, before: date, links: pa.Table, company_links: pa.Table, hash_key: str) -> None:
    """Signatures of what enrichment linked, beside ours, on each day on which they do not stand yet as it linked them."""
    theirs = reading.rows(rt, "person_links", columns=["person_record_id"], before=before, ours=False)
    if not theirs.num_rows:
        return
    said = reading.rows(rt, "person_signatures", columns=["person_record_id", "rules"], before=before, ours=False)
    made = set(zip(*(said[c].to_pylist() for c in ("dt", "person_record_id")), strict=True))
    wanted = set(zip(*(theirs[c].to_pylist() for c in ("dt", "person_record_id")), strict=True))
    stale = {dt for dt, r in zip(said["dt"].to_pylist(), said["rules"].to_pylist(), strict=True) if r != rules(hash_key)}
    told_then = told(_by_evidence(links), "person_record_id", "evidence_person_id", theirs["person_record_id"].to_pylist())
    for day in sorted(stale | {dt for dt, _ in wanted ^ made}):
        ids = {r for dt, r in wanted if dt == day}
        records = reading.rows(rt, "people", since=day, until=day, where=reading.one_of("person_record_id", ids))
        rows = evidence(records, company_links, hash_key)
        rows = rows[rows["dt"] == day]
        here = [[link for link in told_then[r] if link[0] == day][-1] for r in rows["record_id"]]
        verdicts = [Verdict(entity, method, None) for _, entity, method in here]
        rt.lake.write(MEMORY.dataset, day, memory.decided(MEMORY, rows, verdicts, rules(hash_key)), stream="identity", window="bought")


def resolve_people(
    records: pa.Table, links: pa.Table, merges: pa.Table, signatures: pa.Table, company_links: pa.Table, company_merges: pa.Table,
    reviewed: pa.Table, decisions: Sequence[Decision], since: date, until: date, hash_key: str,
) -> ResolvedPeople:  # fmt: skip
    """`records`: rows of facts.people of the span, and earlier ones whose employer's mention was linked anew in it. `links`, `merges`,
    `signatures`, `reviewed`: own rows with dt < since. `company_links`, `company_merges`: all with dt ≤ until.
    """
    if not records.num_rows and not decisions:
        return ResolvedPeople(nothing("person_links"), nothing("person_merges"), nothing("person_signatures"), [], {})
    said = evidence(records, company_links, hash_key)
    span = said[said["dt"] >= since].reset_index(drop=True)
    links = _by_evidence(links)
    made = told(links, "person_record_id", "evidence_person_id", span["record_id"].tolist())
    companies, before = Timeline(company_merges), Timeline(merges)
    before.to(until)
    known = People(forest=before.forest, company_members=companies.forest.members)
    known.reviewed = {frozenset(p) for p in zip(reviewed["left_id"].to_pylist(), reviewed["right_id"].to_pylist(), strict=True)}
    known.by_signature = memory.known(signatures, MEMORY, span["signature"])
    fresh = undecided(known, span)
    also = {as_uuid(r) for r in fresh["record_id"]} | {entity for d in decisions for entity in (d.left, d.right)}
    near = ever_merged(company_merges, fresh["company_id"])
    alike = pc.and_(memory.among(signatures["name_key"], fresh["name"]), memory.among(signatures["company_id"], near))
    namesakes = signatures["person_id"].filter(alike)
    memory.teach(known, memory.touched(signatures, MEMORY, fresh, also | set(namesakes.to_pylist()), known), MEMORY, "company_id")
    walked = walk(known, span, made, decisions, since, until, _said, companies.to)
    employed = {r: made_then[-1][1] for r, made_then in told(links, "person_record_id", "company_id", span["record_id"].tolist()).items()}
    rows = link_rows(known, span, made, walked, KEYS, SAME, "company_id", employed)
    new_merges = merge_rows("person_merges", walked.merges)
    out = _folded(rows, links, merges, new_merges, walked.merges)
    counts = {str(k): int(n) for k, n in pd.Series(out["method"].to_pylist(), dtype=object).value_counts().sort_index().items()}
    verdicts = [known.by_signature[s] for s in walked.fresh["signature"]]
    decided = memory.decided(MEMORY, walked.fresh, verdicts, rules(hash_key))
    return ResolvedPeople(out, new_merges, decided, walked.reviews, counts)


def evidence(records: pa.Table, company_links: pa.Table, hash_key: str) -> pd.DataFrame:
    """Rows (record_id, dt, known_at, KEYS…, name, company_id, signature) sorted by (dt, known_at, record_id); `name` and `linkedin` as
    keyed hashes. A record whose employer's mention came to name another company is said again on that day.
    """
    said = objects(records, [*COLUMNS, "dt"]).rename(columns={"person_record_id": "record_id", "linkedin_url": "linkedin"})
    keys = zip(said["email_key"], said["email"], strict=True)
    said["email_key"] = pd.Series([None if _is_shared_mailbox(e) else k for k, e in keys], index=said.index, dtype=object)
    said["linkedin"] = mapped(said["linkedin"], lambda v: keyed(u, hash_key) if (u := profile_url(v)) else None)
    said["prospect_id_outreach"] = mapped(said["prospect_id_outreach"], lambda v: str(int(v)))
    for kind in ("contact_id_salesforce", "lead_id_salesforce"):
        said[kind] = mapped(said[kind], lambda v: str(v)[:15])
    names = zip(said["full_name"], said["first_name"], said["last_name"], strict=True)
    said["name"] = mapped(pd.Series([person_key(*n) for n in names], index=said.index, dtype=object), lambda n: keyed(n, hash_key))
    said = _with_company(said, company_links)
    signature = said["name"].fillna("") + SEP + said["company_id"].fillna("")
    for key in KEYS:
        signature = signature + SEP + said[key].fillna("")
    nameless = said["name"].isna() & said[list(KEYS)].isna().all(axis=1)  # nothing to tell such records from each other
    said["signature"] = mapped(signature.where(~nameless, said["record_id"]).astype(object), md5)
    said = said.sort_values(["dt", "known_at", "record_id"], kind="stable", na_position="last", ignore_index=True)
    return said[["record_id", "dt", "known_at", *KEYS, "name", "company_id", "signature"]]


def _by_evidence(links: pa.Table) -> pa.Table:
    """Links with whom the record itself names, before merges: a link that does not say is one of a record never merged."""
    named = pc.coalesce(links["evidence_person_id"], links["person_id"])
    return links.set_column(links.column_names.index("evidence_person_id"), "evidence_person_id", named)


def profile_url(url: str) -> str | None:
    """A LinkedIn address without scheme, host prefix, query and slash: "in/ada-example"."""
    path = url.strip().lower().split("?")[0].split("#")[0].rstrip("/")
    _, found, rest = path.partition("linkedin.com/")
    return (rest if found else path) or None


def _with_company(said: pd.DataFrame, company_links: pa.Table) -> pd.DataFrame:
    """The employer's company as of the row's dt; plus a row on each later day on which the mention came to name another company."""
    mine = company_links.filter(memory.among(company_links["mention_id"], said["mention_id"]))
    steps: dict[str, list[tuple[date, str]]] = defaultdict(list)
    order = mine.sort_by([("dt", "ascending")])
    for mention, dt, company in zip(*(order[c].to_pylist() for c in ("mention_id", "dt", "company_id")), strict=True):
        steps[mention].append((dt, company))
    first = {m: s[0] for m, s in steps.items()}
    pairs = zip(said["mention_id"], said["dt"], strict=True)
    said["company_id"] = pd.Series([first[m][1] if m in first and first[m][0] <= dt else None for m, dt in pairs], said.index, dtype=object)
    moved = {m: s for m, s in steps.items() if len(s) > 1}
    mine = said["mention_id"].isin(moved.keys())
    if not mine.any():
        return said
    again: list[dict[Any, Any]] = []
    for _, rows in said[mine].sort_values(["record_id", "dt"], kind="stable").groupby("record_id", sort=True):
        versions: list[dict[Any, Any]] = rows.to_dict("records")
        linked = moved[versions[0]["mention_id"]]
        for dt in sorted({v["dt"] for v in versions} | {d for d, _ in linked[1:] if d > versions[0]["dt"]}):
            version = [v for v in versions if v["dt"] <= dt][-1]
            again.append({**version, "dt": dt, "company_id": next((c for d, c in reversed(linked) if d <= dt), None)})
    said_again = pd.DataFrame({c: pd.Series([v[c] for v in again], dtype=object) for c in said.columns})
    return pd.concat([said[~mine], said_again], ignore_index=True)


def _folded(rows: pd.DataFrame, links: pa.Table, past: pa.Table, new: pa.Table, by_day: Mapping[date, Sequence[MergeRow]]) -> pa.Table:
    """Link rows with the person of their day; and, on a day of a merge or its undoing, rows for all records of those that moved."""
    timeline = Timeline(pa.concat_tables([past, new]))
    gone = {child for changed in by_day.values() for child, *_ in changed}
    near = ever_merged(pa.concat_tables([past, new]), gone)
    theirs = pc.unique(links["person_record_id"].filter(memory.among(links["evidence_person_id"], near)))
    last = links.filter(pc.is_in(links["person_record_id"], value_set=theirs)).sort_by([("dt", "ascending")]).to_pandas()
    last = last.drop_duplicates("person_record_id", keep="last")
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
