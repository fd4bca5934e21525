"""Salesforce: CRM objects as full daily snapshots, and the stage history of opportunities as events.

describe (which fields the org has) → SOQL → pages of 2,000 → rows. Fields that the org lacks are left out and reported.
Does not belong here: auth, paging, URI bounds (`vendors/salesforce.py`).
Run alone: `python -m signals_pipeline.sources salesforce`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from signals_pipeline.errors import ContractBroken
from signals_pipeline.sources.columnar import batch_of
from signals_pipeline.sources.read import company_domain, day, flag, money, need, real, stamp, text, whole
from signals_pipeline.sources.spec import Body, Pull, Raw, Row, StreamCode
from signals_pipeline.sources.tabular import Fields, Table, records, required
from signals_pipeline.vendors.salesforce import Salesforce
from signals_pipeline.vendors.soql import soql_literal

OVERLAP = timedelta(days=2)  # history rows committed late are looked for this far back
_ID = required(text)
_TIMES: Fields = {"created_at": ("CreatedDate", stamp), "last_modified_at": ("LastModifiedDate", required(stamp))}
_NAMES: Fields = {
    "email": ("Email", text), "first_name": ("FirstName", text), "last_name": ("LastName", text),
    "title": ("Title", text), "phone": ("Phone", text),
}  # fmt: skip


def _account_domain(columns: dict[str, Any], record: Mapping[str, Any]) -> dict[str, Any]:
    return {"domain": company_domain(text(record, "Domain__c")) or company_domain(columns["website"])}


def _lead_domain(columns: dict[str, Any], _: Mapping[str, Any]) -> dict[str, Any]:
    return {"domain": company_domain(columns["website"]) or company_domain(columns["email"])}


ACCOUNTS = Table(
    {
        "account_id": ("Id", _ID), "name": ("Name", required(text)), "website": ("Website", text), "domain": ("Domain__c", text),
        "industry": ("Industry", text), "employees": ("NumberOfEmployees", whole), "annual_revenue": ("AnnualRevenue", real),
        "country": ("BillingCountryCode", text), "state": ("BillingState", text), "city": ("BillingCity", text),
        "owner_id": ("OwnerId", text), "type": ("Type", text), "do_not_contact": ("Do_Not_Contact__c", flag),
        "signal_key": ("Signal_Key__c", text), "is_deleted": ("IsDeleted", flag), **_TIMES,
    },
    key="account_id", modified="last_modified_at", more=_account_domain,
)  # fmt: skip
CONTACTS = Table(
    {
        "contact_id": ("Id", _ID), "account_id": ("AccountId", text), **_NAMES, "linkedin_url": ("LinkedIn_URL__c", text),
        "country": ("MailingCountryCode", text), "has_opted_out": ("HasOptedOutOfEmail", required(flag)),
        "do_not_contact": ("Do_Not_Contact__c", flag), "email_bounced_at": ("EmailBouncedDate", stamp),
        "owner_id": ("OwnerId", text), "signal_key": ("Signal_Key__c", text), "is_deleted": ("IsDeleted", flag), **_TIMES,
    },
    key="contact_id", modified="last_modified_at", email="email",
)  # fmt: skip
LEADS = Table(
    {
        "lead_id": ("Id", _ID), **_NAMES, "company": ("Company", text), "website": ("Website", text),
        "country": ("CountryCode", text), "status": ("Status", text), "has_opted_out": ("HasOptedOutOfEmail", required(flag)),
        "is_converted": ("IsConverted", flag), "converted_account_id": ("ConvertedAccountId", text),
        "converted_contact_id": ("ConvertedContactId", text), "owner_id": ("OwnerId", text),
        "is_deleted": ("IsDeleted", flag), **_TIMES,
    },
    key="lead_id", modified="last_modified_at", email="email", more=_lead_domain,
)  # fmt: skip
OPPORTUNITIES = Table(
    {
        "opportunity_id": ("Id", _ID), "account_id": ("AccountId", text), "name": ("Name", text),
        "stage_name": ("StageName", text), "amount": ("Amount", money), "currency": ("CurrencyIsoCode", text),
        "is_closed": ("IsClosed", required(flag)), "is_won": ("IsWon", required(flag)), "close_date": ("CloseDate", day),
        "owner_id": ("OwnerId", text), "loss_reason": ("Loss_Reason__c", text), "competitor": ("Competitor__c", text),
        "primary_contact_id": ("ContactId", text), "is_deleted": ("IsDeleted", flag), **_TIMES,
    },
    key="opportunity_id", modified="last_modified_at",
)  # fmt: skip
HISTORY = Table(
    {
        "history_id": ("Id", _ID), "opportunity_id": ("OpportunityId", _ID), "stage_name": ("StageName", text),
        "amount": ("Amount", money), "close_date": ("CloseDate", day), "created_at": ("CreatedDate", required(stamp)),
    },
    key="history_id", modified="created_at",
)  # fmt: skip
MEETINGS = Table(
    {
        "meeting_id": ("Id", _ID), "account_id": ("AccountId", text), "contact_id": ("WhoId", text),
        "owner_id": ("OwnerId", text), "starts_at": ("StartDateTime", stamp), "status": ("Meeting_Status__c", text),
        "is_accepted": ("Accepted_By_AE__c", flag), **_TIMES,
    },
    key="meeting_id", modified="last_modified_at",
)  # fmt: skip
USERS = Table(
    {
        "user_id": ("Id", _ID), "email": ("Email", text), "name": ("Name", text), "is_active": ("IsActive", required(flag)),
        "territory": ("Territory__c", text), "last_modified_at": ("LastModifiedDate", stamp),
    },
    key="user_id", modified="last_modified_at",
)  # fmt: skip


async def _available(client: Salesforce, pull: Pull, object_: str, table: Table) -> list[str]:
    """Fields of the table that the org has; the others are noted as missing. Raises ContractBroken without a key field."""
    has = {str(f["name"]) for f in (await client.describe(object_)).get("fields", [])}
    wanted = list(dict.fromkeys(name for name, _ in table.fields.values()))
    pull.missing.extend(n for n in wanted if n not in has)
    if table.fields[table.key][0] not in has:
        raise ContractBroken(f"salesforce: {object_} has no {table.fields[table.key][0]}: {len(has)} fields described")
    return [n for n in wanted if n in has]


def _snapshot(object_: str, table: Table, *, all_rows: bool = False) -> Callable[[Pull], AsyncIterator[Body]]:
    async def fetch(pull: Pull) -> AsyncIterator[Body]:
        client = Salesforce(pull.runtime.settings, pull.http, pull.runtime.ops)
        fields = await _available(client, pull, object_, table)
        number = 0
        soql = f"SELECT {', '.join(fields)} FROM {object_}" + (" WHERE IsDeleted = false" if all_rows else "")
        async for page in client.query(soql, all_rows=all_rows):
            number += 1
            yield Body(b"", f"query/{object_}/page-{number}", value=page)

    return fetch


async def _history(pull: Pull) -> AsyncIterator[Body]:
    client = Salesforce(pull.runtime.settings, pull.http, pull.runtime.ops)
    fields = await _available(client, pull, "OpportunityHistory", HISTORY)
    stages = {s["MasterLabel"]: s for s in await client.rows("SELECT MasterLabel, IsClosed, IsWon FROM OpportunityStage")}
    until = pull.cursor.get("until")
    since = min(pull.since, datetime.fromisoformat(until)) if until and not pull.history_from else pull.since
    soql = (
        f"SELECT {', '.join(fields)} FROM OpportunityHistory WHERE CreatedDate >= {soql_literal(since - OVERLAP)}"
        f" AND CreatedDate < {soql_literal(pull.window.end)} ORDER BY CreatedDate, Id"
    )
    number = 0
    async for page in client.query(soql):
        number += 1
        yield Body(b"", f"query/OpportunityHistory/page-{number}", {"stages": stages}, page)
    pull.cursor["until"] = pull.window.end.isoformat()


def _history_row(raw: Raw, pull: Pull) -> Row:
    """IsClosed and IsWon stand on the stage, not on the history row; labels are the org's own."""
    found = HISTORY.row(raw, pull)
    stage = raw.facts.get("stages", {}).get(need(raw.value, "StageName"))
    if stage:
        found.columns.update(is_closed=flag(stage, "IsClosed"), is_won=flag(stage, "IsWon"))
    return Row(found.record_key, found.known_at, found.known_at_basis, found.columns, occurred_at=found.known_at)


def _state(object_: str, table: Table, *, all_rows: bool = False) -> StreamCode:
    return StreamCode(records("records"), table.row, _snapshot(object_, table, all_rows=all_rows), batch=batch_of(table))


STREAMS = {
    "accounts": _state("Account", ACCOUNTS),
    "contacts": _state("Contact", CONTACTS),
    "leads": _state("Lead", LEADS),
    "opportunities": _state("Opportunity", OPPORTUNITIES),
    "opportunity_history": StreamCode(records("records"), _history_row, _history),
    # activities older than a year are archived: only queryAll still returns them
    "meetings": _state("Event", MEETINGS, all_rows=True),
    "users": _state("User", USERS),
}
