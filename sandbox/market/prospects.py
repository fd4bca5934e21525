"""What the sequencer holds of people: prospects, their addresses, and states as a careful colleague would make them.

(person, company) → `o_prospect`, `o_email`, `o_sequence_state`. Does not belong here: what a sequence leads to (`engage.py`).
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sandbox.clock import stamp
from sandbox.dice import dice
from sandbox.market.companies import Company
from sandbox.market.people import Person

if TYPE_CHECKING:
    from sandbox.world import World


def new_prospect(w: World, c: Company, p: Person, when: datetime, *, custom: dict[str, str] | None = None) -> int:
    """A prospect and its address; a few have opted out, unsubscribed, bounced, or carry no address. Returns its id."""
    r = dice(w.seed, "prospect", p.email)
    known = w.store.value("SELECT prospect FROM o_email WHERE email = ?", (p.email,))
    if known:
        return int(known)
    number, made = w.store.next("o_prospect"), stamp(when)
    out, unsubscribed, addressless = r.random() < 0.02, r.random() < 0.02, r.random() < 0.008
    w.store.insert(
        "o_prospect",
        {
            "id": number,
            "firstName": p.first,
            "lastName": p.last,
            "title": p.title,
            "company": c.name,
            "emails": json.dumps([] if addressless else [p.email]),
            "tags": "[]",
            "timeZone": "America/New_York",
            "addressCountry": p.country,
            "websiteUrl1": f"https://{c.domain}",
            "optedOut": int(out),
            "optedOutAt": made if out else None,
            "emailOptedOut": int(out or unsubscribed),
            "callOptedOut": 0,
            "emailsOptStatus": "opted_out" if out or unsubscribed else "null",
            "custom": json.dumps(custom or {}),
            "engagedScore": 0.0,
            "openCount": 0,
            "replyCount": 0,
            "clickCount": 0,
            "owner": w.rep_number(c),
            "stage": 1,
            "createdAt": made,
            "updatedAt": made,
            "w_company": c.i,
        },
    )
    if not addressless:
        status = "Bounced" if not p.reachable and r.random() < 0.3 else "null"
        new_address(w, number, p.email, when, status=status, unsubscribed_at=made if unsubscribed else None)
    return number


def new_address(w: World, prospect: int, email: str, when: datetime, *, status: str = "null", unsubscribed_at: str | None = None) -> None:
    w.store.insert(
        "o_email",
        {
            "id": w.store.next("o_email"),
            "email": email,
            "emailType": "work",
            "order": 0,
            "status": status,
            "statusChangedAt": stamp(when),
            "unsubscribedAt": unsubscribed_at,
            "prospect": prospect,
            "createdAt": stamp(when),
            "updatedAt": stamp(when),
        },
    )


def enrol(w: World, prospect: int, sequence: str, now: datetime) -> bool:
    """A sequence state as a careful colleague would make it: nobody twice at a time, nobody who opted out."""
    row = w.store.one("SELECT optedOut, emailOptedOut, owner FROM o_prospect WHERE id = ?", (prospect,))
    busy = w.store.value("SELECT 1 FROM o_sequence_state WHERE prospect = ? AND state IN ('active', 'pending', 'paused')", (prospect,))
    if row is None or busy or row["optedOut"] or row["emailOptedOut"]:
        return False
    number, when = w.store.next("o_sequence_state"), stamp(now)
    w.store.insert(
        "o_sequence_state",
        new_state(
            number,
            prospect,
            int(w.store.value("SELECT id FROM o_sequence WHERE name = ?", (sequence,))),
            row["owner"] if row["owner"] <= 6 else 1,
            when,
        ),
    )
    return True


def new_state(number: int, prospect: int, sequence: int, mailbox: int, when: str) -> dict[str, Any]:
    counts = dict.fromkeys(
        ("deliverCount", "openCount", "clickCount", "replyCount", "bounceCount", "optOutCount", "failureCount", "scheduleCount"), 0
    )
    return {
        "id": number,
        "state": "active",
        "activeAt": when,
        **counts,
        "stateChangedAt": when,
        "prospect": prospect,
        "sequence": sequence,
        "mailbox": mailbox,
        "createdAt": when,
        "updatedAt": when,
    }
