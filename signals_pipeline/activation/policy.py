"""The independent recount: who must not be contacted, in Python from raw lake rows, without the SQL that made the outbox.

plan rows + raw CRM and sequencer rows + ops tombstones → one row of flags per planned effect → gate `outbox_obeys_policy`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from signals_pipeline.activation.model import Plan, PlanRow
from signals_pipeline.identity.merged import merged_ids
from signals_pipeline.io import ops
from signals_pipeline.keys import domain_of
from signals_pipeline.runtime import Runtime

RUNNING = ("active", "paused", "pending")
FLAGS = (
    "is_opted_out",
    "is_erased",
    "is_blocked_country",
    "is_customer",
    "has_open_deal",
    "is_in_sequence",
    "is_competitor",
    "is_own_domain",
    "is_bounced",
    "is_held_out",
    "is_without_address",
)
_PEOPLE = ("contact", "lead", "prospect", "sequence_state")
Rows = list[dict[str, Any]]


@dataclass
class Forbidden:
    """Who must not be contacted: sets of e-mail keys, company ids, CRM account ids, domains."""

    opted_out: set[str] = field(default_factory=set)
    bounced: set[str] = field(default_factory=set)
    in_sequence: set[str] = field(default_factory=set)
    erased_keys: set[str] = field(default_factory=set)
    erased_companies: set[str] = field(default_factory=set)
    held_out: set[str] = field(default_factory=set)
    countries: dict[str, set[str]] = field(default_factory=dict)  # email_key → countries said of the person
    company_countries: dict[str, set[str]] = field(default_factory=dict)
    customers: set[str] = field(default_factory=set)  # company ids
    open_deals: set[str] = field(default_factory=set)
    no_contact_companies: set[str] = field(default_factory=set)


def flags_of(rt: Runtime, plan: Plan) -> Rows:
    """One row per effect that would touch a company or a person: `key` and the flags, true where it is forbidden."""
    rows = [r for r in plan.sending if r.object in (*_PEOPLE, "account")]
    forbidden = recount(rt, plan.dt, {r.company_id for r in rows if r.company_id}, {r.email_key for r in rows if r.email_key})
    return [_flags(rt, r, forbidden) for r in rows]


def _flags(rt: Runtime, row: PlanRow, f: Forbidden) -> dict[str, Any]:
    product, blocked = rt.profile.product, set(rt.profile.priorities.blocked_countries)
    is_person, key, company = row.object in _PEOPLE, row.email_key or "", row.company_id or ""
    domains = {d for d in (domain_of(row.facts.get("email")), domain_of(row.facts.get("domain"))) if d}
    countries = f.countries.get(key) or f.company_countries.get(company, set())
    return {
        "key": row.row_id,
        "is_opted_out": (is_person and key in f.opted_out) or company in f.no_contact_companies,
        "is_erased": (is_person and key in f.erased_keys) or company in f.erased_companies,
        "is_blocked_country": is_person and bool(countries & blocked),
        "is_customer": company in f.customers,
        "has_open_deal": company in f.open_deals,
        "is_in_sequence": row.object == "sequence_state" and key in f.in_sequence,
        "is_competitor": bool(domains & set(product.competitors)),
        "is_own_domain": bool(domains & set(product.own_domains)),
        "is_bounced": is_person and key in f.bounced,
        "is_held_out": company in f.held_out,
        "is_without_address": is_person and not (key and row.facts.get("email")),
    }


def recount(rt: Runtime, dt: date, companies: set[str], keys: set[str]) -> Forbidden:
    """From the newest snapshot of every stream up to `dt`; deleted records out. What is said of other people than `keys`, and of other
    companies than `companies`, is left out."""
    f = Forbidden()
    people = [r for n in ("salesforce__contacts", "salesforce__leads") for r in _newest(rt, n, dt, "email_key", keys)]
    for row in people:
        key = row["email_key"]
        if key and (row.get("has_opted_out") or row.get("do_not_contact")):
            f.opted_out.add(key)
        if key and row.get("email_bounced_at"):
            f.bounced.add(key)
        if key and row.get("country"):
            f.countries.setdefault(key, set()).add(row["country"])
    prospects = _newest(rt, "outreach__prospects", dt, "email_key", keys)
    of_prospect = {p["prospect_id"]: p["email_key"] for p in prospects}
    f.opted_out |= {p["email_key"] for p in prospects if p["email_key"] and (p["opted_out"] or p["email_opted_out"])}
    for address in _newest(rt, "outreach__email_addresses", dt, "email_key", keys):
        if address["email_key"] and (address["unsubscribed_at"] or _says(address["status"], "unsubscribed", "opted")):
            f.opted_out.add(address["email_key"])
        if address["email_key"] and _says(address["status"], "bounce", "invalid"):
            f.bounced.add(address["email_key"])
    states = _newest(rt, "outreach__sequence_states", dt, "prospect_id", of_prospect)
    f.in_sequence |= {key for s in states if s["state"] in RUNNING and (key := of_prospect.get(s["prospect_id"]))}
    said = rt.lake.read("people", until=dt, columns=["email_key", "country"])
    for person in said.filter(_among(said["email_key"], keys)).to_pylist():
        if person["country"]:
            f.countries.setdefault(person["email_key"], set()).add(person["country"])
    into = merged_ids(rt.lake, dt)
    _companies(rt, dt, companies, into, f)
    with rt.ops.connect() as connection:
        blocks = connection.execute(sa.select(ops.suppressions)).all()
        held = set(connection.execute(sa.select(ops.holdouts.c.company_id).where(ops.holdouts.c.arm == "held_out")).scalars())
    f.erased_keys = {b.email_key for b in blocks if b.email_key}
    # what was said of a company before it was merged holds for the one that it is now part of
    f.erased_companies = {into.get(b.company_id, b.company_id) for b in blocks if not b.email_key}
    f.held_out = {into.get(c, c) for c in held}
    return f


def _companies(rt: Runtime, dt: date, companies: set[str], into: Mapping[str, str], f: Forbidden) -> None:
    """Customers, open deals and blocks of the CRM, told per company by account id; merged companies share their accounts."""
    account_of = _accounts_of(rt, dt, companies, into)
    wanted = {i for ids in account_of.values() for i in ids}
    accounts = {a["account_id"]: a for a in _newest(rt, "salesforce__accounts", dt, "account_id", wanted)}
    won, running = set(), set()
    for deal in _newest(rt, "salesforce__opportunities", dt, "account_id", wanted):
        if deal["is_won"]:
            won.add(deal["account_id"])
        if not deal["is_closed"]:
            running.add(deal["account_id"])
    for company, ids in account_of.items():
        standing = [accounts[i] for i in ids if i in accounts]
        if ids & won or any((a["type"] or "").lower().startswith("customer") for a in standing):
            f.customers.add(company)
        if ids & running:
            f.open_deals.add(company)
        if any(a["do_not_contact"] for a in standing):
            f.no_contact_companies.add(company)
        f.company_countries[company] = {a["country"] for a in standing if a["country"]}


def _accounts_of(rt: Runtime, dt: date, companies: set[str], into: Mapping[str, str]) -> dict[str, set[str]]:
    theirs = companies | {one for one, end in into.items() if end in companies}
    links = rt.lake.read("company_links", until=dt, columns=["mention_id", "company_id"])
    newest = _last(links, "mention_id")
    mine = newest.filter(_among(newest["company_id"], theirs))
    company_of = dict(zip(mine["mention_id"].to_pylist(), mine["company_id"].to_pylist(), strict=True))
    mentions = rt.lake.read("mentions", until=dt, columns=["mention_id", "account_id_salesforce"])
    found: dict[str, set[str]] = {}
    for mention in mentions.filter(_among(mentions["mention_id"], company_of)).to_pylist():
        company = company_of[mention["mention_id"]]
        company = into.get(company, company)
        if company in companies and mention["account_id_salesforce"]:
            found.setdefault(company, set()).add(mention["account_id_salesforce"])
    return found


def _newest(rt: Runtime, name: str, dt: date, column: str, wanted: Iterable[Any]) -> Rows:
    """The rows of the newest snapshot that hold one of the wanted values in a column; deleted ones out."""
    day = rt.lake.newest(name, until=dt) or dt
    newest = _last(rt.lake.read(name, since=day, until=day, columns=["record_key", *_COLUMNS[name]]), "record_key")
    return [r for r in newest.filter(_among(newest[column], wanted)).to_pylist() if not r.get("is_deleted")]


def _last(table: pa.Table, key: str) -> pa.Table:
    """The last row of each key, of rows in dt order."""
    return table.filter(pa.array(~table[key].to_pandas().duplicated(keep="last")))


def _among(column: pa.ChunkedArray, wanted: Iterable[Any]) -> pa.ChunkedArray:
    return pc.is_in(column, value_set=pa.array(list(wanted), column.type), skip_nulls=True)


def _says(text: str | None, *words: str) -> bool:
    return any(w in (text or "").lower() for w in words)


_COLUMNS = {
    "salesforce__contacts": ("email_key", "country", "has_opted_out", "do_not_contact", "email_bounced_at", "is_deleted"),
    "salesforce__leads": ("email_key", "country", "has_opted_out", "is_deleted"),
    "salesforce__accounts": ("account_id", "type", "country", "do_not_contact", "is_deleted"),
    "salesforce__opportunities": ("account_id", "is_closed", "is_won", "is_deleted"),
    "outreach__prospects": ("prospect_id", "email_key", "opted_out", "email_opted_out"),
    "outreach__email_addresses": ("email_key", "status", "unsubscribed_at"),
    "outreach__sequence_states": ("prospect_id", "state"),
}
