"""Outreach: prospects, addresses, sequences, mailboxes and sequence states as full snapshots; mailings by what changed.

JSON:API pages → flat records (attributes, and relationship ids under their names) → rows.
Mailings grow for ever, so they are pulled by `updatedAt` with an overlap and merged with the newest earlier snapshot.
Does not belong here: tokens, paging (`vendors/outreach.py`).
Run alone: `python -m signals_pipeline.sources outreach`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from signals_pipeline.errors import SkipRecord
from signals_pipeline.keys import email_key
from signals_pipeline.sources.columnar import batch_of
from signals_pipeline.sources.read import dumps, flag, need_whole, stamp, text, whole
from signals_pipeline.sources.spec import Body, Pull, Raw, Row, StreamCode
from signals_pipeline.sources.tabular import Fields, Table, page, required
from signals_pipeline.vendors.outreach import Outreach

OVERLAP = timedelta(days=2)
_ID = required(whole)
_CHANGED: Fields = {"created_at": ("createdAt", stamp), "updated_at": ("updatedAt", stamp)}


def first_email(record: Mapping[str, Any], name: str) -> str | None:
    """The primary address of a prospect: the first of its list."""
    found = record.get(name)
    if found is None:
        return None
    if not isinstance(found, list) or not all(isinstance(e, str) for e in found):
        raise SkipRecord("wrong_type", f"{name} is {type(found).__name__}, expected a list of addresses")
    return found[0].strip() or None if found else None


PROSPECTS = Table(
    {
        "prospect_id": ("id", _ID), "email": ("emails", first_email), "first_name": ("firstName", text),
        "last_name": ("lastName", text), "title": ("title", text), "company": ("company", text), "owner_id": ("owner", whole),
        "opted_out": ("optedOut", required(flag)), "email_opted_out": ("emailOptedOut", flag), "external_id": ("externalId", text),
        "signal_source": ("custom1", text), "signal_stage": ("custom2", text), "signal_score": ("custom3", text),
        "touched_at": ("touchedAt", stamp), "engaged_at": ("engagedAt", stamp), **_CHANGED,
    },
    key="prospect_id", modified="updated_at", email="email",
)  # fmt: skip
ADDRESSES = Table(
    {
        "email_address_id": ("id", _ID), "prospect_id": ("prospect", whole), "email": ("email", required(text)),
        "status": ("status", text), "unsubscribed_at": ("unsubscribedAt", stamp),
        "status_changed_at": ("statusChangedAt", stamp), "updated_at": ("updatedAt", stamp),
    },
    key="email_address_id", modified="updated_at", email="email",
)  # fmt: skip
SEQUENCES = Table(
    {
        "sequence_id": ("id", _ID), "name": ("name", required(text)), "is_enabled": ("enabled", required(flag)),
        "is_locked": ("locked", flag), "is_transactional": ("transactional", flag), "is_throttle_paused": ("throttlePaused", flag),
        "throttle_max_adds_per_day": ("throttleMaxAddsPerDay", whole), "updated_at": ("updatedAt", stamp),
    },
    key="sequence_id", modified="updated_at",
)  # fmt: skip
MAILBOXES = Table(
    {
        "mailbox_id": ("id", _ID), "email": ("email", required(text)), "user_id": ("userId", whole),
        "is_send_disabled": ("sendDisabled", flag), "send_errored_at": ("sendErroredAt", stamp),
        "max_emails_per_day": ("maxEmailsPerDay", whole), "updated_at": ("updatedAt", stamp),
    },
    key="mailbox_id", modified="updated_at",
)  # fmt: skip
STATES = Table(
    {
        "sequence_state_id": ("id", _ID), "prospect_id": ("prospect", _ID), "sequence_id": ("sequence", whole),
        "mailbox_id": ("mailbox", whole), "state": ("state", required(text)), "replied_at": ("repliedAt", stamp),
        "deliver_count": ("deliverCount", whole), "reply_count": ("replyCount", whole), "bounce_count": ("bounceCount", whole),
        "opt_out_count": ("optOutCount", whole), "state_changed_at": ("stateChangedAt", stamp), **_CHANGED,
    },
    key="sequence_state_id", modified="updated_at",
)  # fmt: skip
MAILINGS = Table(
    {
        "mailing_id": ("id", _ID), "prospect_id": ("prospect", whole), "sequence_id": ("sequence", whole),
        "sequence_state_id": ("sequenceState", whole), "mailbox_id": ("mailbox", whole), "state": ("state", required(text)),
        "delivered_at": ("deliveredAt", stamp), "opened_at": ("openedAt", stamp), "clicked_at": ("clickedAt", stamp),
        "replied_at": ("repliedAt", stamp), "bounced_at": ("bouncedAt", stamp), "unsubscribed_at": ("unsubscribedAt", stamp),
        **_CHANGED,
    },
    key="mailing_id", modified="updated_at",
)  # fmt: skip


def _records(body: Body, _: Pull) -> Iterator[Raw]:
    for number, resource in enumerate(page(body, "data")):
        yield Raw(dumps(resource), flatten(resource), f"{body.place}#{number}", body.facts)


def flatten(resource: Any) -> dict[str, Any]:
    """A resource as one record: id, attributes, and the id of each to-one relationship under the relationship's name."""
    if not isinstance(resource, dict) or not isinstance(resource.get("attributes", {}), dict):
        return {"id": None}
    flat = {"id": resource.get("id"), **resource.get("attributes", {})}
    for name, link in (resource.get("relationships") or {}).items():
        data = link.get("data") if isinstance(link, dict) else None
        if isinstance(data, dict):
            flat[name] = data.get("id")
        elif data is None:
            flat.setdefault(name, None)
    return flat


def _pages(
    resource: str, kind: str, table: Table, *, by_change: bool = False, users: bool = False
) -> Callable[[Pull], AsyncIterator[Body]]:
    # sparse: a mailbox carries password-like attributes that nobody may see, and pages get small
    sparse = {f"fields[{kind}]": ",".join(dict.fromkeys(n for n, _ in table.fields.values() if n != "id"))}

    async def fetch(pull: Pull) -> AsyncIterator[Body]:
        client = Outreach(pull.runtime.settings, pull.http, pull.runtime.ops)
        facts: dict[str, Any] = {}
        if users:
            found = await client.all("users", {"fields[user]": "email"})
            facts["users"] = {need_whole(u, "id"): u.get("attributes", {}).get("email") for u in found}
        params = dict(sparse)
        if by_change and (newest := pull.cursor.get("updated_at")):
            since = datetime.fromisoformat(newest) - OVERLAP
            params["filter[updatedAt]"] = f"{since.strftime('%Y-%m-%dT%H:%M:%SZ')}..inf"
        number = 0
        async for found in client.pages(resource, params):
            number += 1
            if by_change:
                stamps = [str(r["attributes"]["updatedAt"]) for r in found if (r.get("attributes") or {}).get("updatedAt")]
                pull.cursor["updated_at"] = max([pull.cursor.get("updated_at", ""), *stamps])
            yield Body(b"", f"{resource}/page-{number}", facts, found)

    return fetch


def _mailbox_row(raw: Raw, pull: Pull) -> Row:
    """The mailbox's owner by a keyed hash of the user's address: the CRM knows the same person by it."""
    found = MAILBOXES.row(raw, pull)
    owner = raw.facts.get("users", {}).get(found.columns["user_id"])
    found.columns["owner_email_key"] = email_key(owner, pull.runtime.settings.secret("hash_key"))
    return found


STREAMS = {
    "prospects": StreamCode(_records, PROSPECTS.row, _pages("prospects", "prospect", PROSPECTS), batch=batch_of(PROSPECTS)),
    "email_addresses": StreamCode(_records, ADDRESSES.row, _pages("emailAddresses", "emailAddress", ADDRESSES), batch=batch_of(ADDRESSES)),
    "sequences": StreamCode(_records, SEQUENCES.row, _pages("sequences", "sequence", SEQUENCES)),
    "mailboxes": StreamCode(_records, _mailbox_row, _pages("mailboxes", "mailbox", MAILBOXES, users=True)),
    "sequence_states": StreamCode(_records, STATES.row, _pages("sequenceStates", "sequenceState", STATES), batch=batch_of(STATES)),
    "mailings": StreamCode(_records, MAILINGS.row, _pages("mailings", "mailing", MAILINGS, by_change=True), batch=batch_of(MAILINGS)),
}
