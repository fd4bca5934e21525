"""Plan rows for the CRM: accounts, then contacts and leads; found first and claimed, created only when none exists.

inputs + live Salesforce records → `crm_rows` → rows (create | update | claim | skip | review).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from signals_pipeline.activation.doors import SalesforceDoor
from signals_pipeline.activation.fields import Mapped, changes_of, mapped
from signals_pipeline.activation.find_salesforce import KEY, Found, Hint, find
from signals_pipeline.activation.inputs import Inputs, Row
from signals_pipeline.activation.model import Change, Operation, PlanRow, canonical
from signals_pipeline.keys import md5
from signals_pipeline.runtime import Runtime


async def crm_rows(rt: Runtime, inputs: Inputs, door: SalesforceDoor) -> list[PlanRow]:
    """Rows in the order in which they are sent. Raises what the client raises."""
    accounts = await _accounts(rt, inputs, door)
    return [*accounts.values(), *await _people(rt, inputs, door, accounts)]


async def _accounts(rt: Runtime, inputs: Inputs, door: SalesforceDoor) -> dict[str, PlanRow]:
    mapping = mapped("salesforce", "Account")
    firsts: dict[str, Row] = {}
    for row in inputs.outbox:
        firsts.setdefault(row["company_id"], row)
    hints = [Hint(c, _ids(r["account_id_salesforce"]), (r["domain"] or "").lower() or None) for c, r in firsts.items()]
    found = await find(
        door, "Account", hints, [m.field for m in mapping], field="Domain__c", by="domain", more_ids=_accounts_by_domain(rt, inputs)
    )
    rows = {}
    for company_id, first in firsts.items():
        values = {
            "name": first["company_name"],
            "domain": first["domain"],
            "website": first["domain"],
            **_known(inputs.accounts.get(company_id, {})),
            "signal_key": company_id,
        }
        rows[company_id] = _row(
            rt,
            inputs,
            "account",
            company_id,
            found[company_id],
            mapping,
            values,
            first,
            is_person=False,
            lookup=("Domain__c", first["domain"]),
            missing=None if first["company_name"] else "the company has no name",
        )
    return rows


def _accounts_by_domain(rt: Runtime, inputs: Inputs) -> dict[str, list[str]]:
    """Pulled accounts by the domain that their website gives: `Domain__c` is often empty."""
    wanted = {(r["domain"] or "").lower() for r in inputs.outbox} - {""}
    day = rt.lake.newest("salesforce__accounts", until=inputs.dt) or inputs.dt  # a snapshot holds all of them
    rows = rt.lake.read("salesforce__accounts", since=day, until=day, columns=["account_id", "domain", "is_deleted"]).to_pylist()
    newest = {r["account_id"]: r for r in rows}
    found: dict[str, list[str]] = defaultdict(list)
    for account_id, row in sorted(newest.items()):
        if row["domain"] in wanted and not row["is_deleted"]:
            found[row["domain"]].append(account_id)
    return found


async def _people(rt: Runtime, inputs: Inputs, door: SalesforceDoor, accounts: Mapping[str, PlanRow]) -> list[PlanRow]:
    mapping, lead_mapping = mapped("salesforce", "Contact"), mapped("salesforce", "Lead")
    firsts: dict[str, Row] = {}
    for row in inputs.outbox:
        person = inputs.people.get(row["person_id"])
        if person and person.email:
            firsts.setdefault(row["person_id"], row)
    email = {p: str(inputs.people[p].email) for p in firsts}
    contacts = await find(
        door,
        "Contact",
        [Hint(p, _ids(r["contact_id_salesforce"]), email[p]) for p, r in firsts.items()],
        [m.field for m in mapping],
        field="Email",
        by="email",
    )
    without = [p for p in firsts if not contacts[p].records]
    leads = await find(
        door,
        "Lead",
        [Hint(p, _ids(firsts[p]["lead_id_salesforce"]), email[p]) for p in without],
        ["IsConverted", *(m.field for m in lead_mapping)],
        field="Email",
        by="email",
    )
    rows = []
    for person_id, first in firsts.items():
        person, account = inputs.people[person_id], accounts[first["company_id"]]
        account_id: Any = account.record_id or ({"ref": account.row_id} if account.operation == "create" else None)
        values = {
            **_known(inputs.contacts.get(person_id, {})),
            "signal_key": person_id,
            "email": person.email,
            "first_name": person.first_name,
            "last_name": person.last_name,
            "title": person.title,
            "phone": person.phone,
            "linkedin_url": person.linkedin_url,
            "account_id_salesforce": account_id,
        }
        lead = leads.get(person_id, Found((), "nothing"))
        open_leads = tuple(r for r in lead.records if not r.get("IsConverted"))
        if open_leads:
            rows.append(
                _row(
                    rt,
                    inputs,
                    "lead",
                    person_id,
                    Found(open_leads, lead.by, lead.clash),
                    lead_mapping,
                    values,
                    first,
                    lookup=("Email", email[person_id]),
                )
            )
            continue
        missing = None if person.last_name else "Salesforce asks for a last name, and none is known"
        missing = missing or (None if account_id else "its account needs a person's decision first")
        rows.append(
            _row(
                rt,
                inputs,
                "contact",
                person_id,
                contacts[person_id],
                mapping,
                values,
                first,
                lookup=("Email", email[person_id]),
                missing=missing,
                needs=(account.row_id,) if isinstance(account_id, dict) else (),
            )
        )
    return rows


def _row(
    rt: Runtime,
    inputs: Inputs,
    object_: str,
    key: str,
    found: Found,
    mapping: Sequence[Mapped],
    values: Mapping[str, Any],
    first: Row,
    *,
    lookup: tuple[str, str | None],
    missing: str | None = None,
    needs: tuple[str, ...] = (),
    is_person: bool = True,
) -> PlanRow:
    record = found.records[0] if len(found.records) == 1 else None
    changes = changes_of(mapping, values, record)
    if record is not None and not any(c.field == KEY for c in changes):
        changes = (*changes, Change(KEY, record.get(KEY), key, "key", "signal_key"))
    operation, why = _operation(found, changes, missing)
    payload = {c.field: c.after for c in changes if c.is_change}
    uses_ref = any(isinstance(v, dict) for v in payload.values())
    facts: dict[str, Any] = {"found_by": found.by, "lookup_field": lookup[0], "lookup_value": lookup[1], "domain": first["domain"]}
    if is_person:
        facts |= {"email": values["email"], "country": inputs.people[key].country}
    if operation == "review":
        facts["candidates"] = [str(r["Id"]) for r in found.records]
    return PlanRow(
        "salesforce",
        object_,
        key,
        operation,
        "create" if operation == "create" else f"{inputs.dt}:{md5(canonical(payload))}",
        f"{why}; {first['why']}" if why else str(first["why"]),
        changes if operation not in ("review",) else (),
        record_id=str(record["Id"]) if record else None,
        version=record.get("SystemModstamp") if record else None,
        needs=needs if uses_ref else (),
        evidence=inputs.signals[first["signal_id"]].evidence,
        cost_usd=rt.profile.activation.usd_per_effect.get(f"salesforce.{object_}", 0.0),
        outbox_id=first["outbox_id"],
        company_id=first["company_id"],
        person_id=first["person_id"] if is_person else None,
        email_key=first["email_key"] if is_person else None,
        signal_id=first["signal_id"],
        signal_type=first["signal_type"],
        is_probe=bool(first["is_probe"]),
        facts=facts,
    )


def _operation(found: Found, changes: Sequence[Change], missing: str | None) -> tuple[Operation, str]:
    if len(found.records) > 1:
        return "review", f"{len(found.records)} records match by {found.by}: a person must say which"
    if found.clash:
        return "review", "the record carries the key of another company or person of ours"
    if not found.records:
        return ("skip", missing) if missing else ("create", "")
    if not any(c.is_change for c in changes):
        return "skip", "nothing to change"
    return ("update" if found.by == "key" else "claim"), ""


def _ids(record_id: str | None) -> tuple[str, ...]:
    return (record_id,) if record_id else ()


def _known(row: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in row.items() if v is not None}
