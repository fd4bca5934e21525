"""The CRM and the sequencer as the story opens: reps, accounts with gaps and twins, contacts, leads, past deals, prospects.

(seed) → rows of Salesforce objects and Outreach resources. Every suppression case is in here on purpose.
Does not belong here: what happens later (`engage.py`, `deals.py`).
"""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from sandbox.clock import stamp
from sandbox.dice import dice, weighted
from sandbox.market import prospects
from sandbox.market.companies import SPECIAL, Company
from sandbox.market.people import Person, headcount, person
from sandbox.schema import SALES_STAGES

if TYPE_CHECKING:
    from sandbox.world import World

REPS = (
    ("Ines Holmqvist", "West"),
    ("Marcus Okafor", "West"),
    ("Clara Whitlock", "East"),
    ("Tariq Mbeki", "East"),
    ("Petra Lindqvist", "Central"),
    ("Oscar Thornbury", "Central"),
    ("Leo Sandoval", "International"),
    ("Nadia Varga", "International"),
)
SEQUENCES = ("Intent Surge", "Product Signup", "Feature Activation", "Usage Spike", "Drop-off", "Company News", "Outbound 2025")
LOSS_REASONS = ("Price", "No decision", "Competitor", "Timing", "Missing feature", "Champion left")
RIVALS = ("Stampwell", "SignQuill", "Notarium")


def at(day: date, hour: int = 14, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour % 24, minute % 60), UTC)


def changed(when: str) -> dict[str, Any]:
    """System fields of a record that changed at a stamped instant."""
    return {"LastModifiedDate": when, "SystemModstamp": when}


def created(when: str) -> dict[str, Any]:
    """System fields of a record made at a stamped instant."""
    return {"CreatedDate": when, **changed(when), "IsDeleted": 0}


def setup(w: World, day: date) -> None:
    """Reps, mailboxes, sequences, stages; then one pass over the companies. `day` is the first day of the history."""
    long_ago = stamp(at(day - timedelta(days=700)))
    for n, (name, territory) in enumerate((*REPS, ("Former Rep", "East"))):
        email = f"{name.lower().replace(' ', '.')}@proof.example"
        user = w.store.new_id("User")
        w.store.insert(
            "User",
            {
                "Id": user,
                "Email": email,
                "Name": name,
                "IsActive": int(n < len(REPS)),
                "Territory__c": territory,
                **changed(long_ago),
            },
        )
        if n >= len(REPS):
            continue
        first, last = name.split()
        w.store.insert(
            "o_user",
            {
                "id": n + 1,
                "email": email,
                "firstName": first,
                "lastName": last,
                "name": name,
                "locked": 0,
                "createdAt": long_ago,
                "updatedAt": long_ago,
            },
        )
        w.store.insert(
            "o_mailbox",
            {
                "id": n + 1,
                "email": email,
                "userId": n + 1,
                "sendDisabled": int(n == 6),
                "maxEmailsPerDay": 400,
                "maxMailingsPerDay": 400,
                "sendErroredAt": stamp(at(day - timedelta(days=2))) if n == 7 else None,
                "sendSuccessAt": long_ago,
                "createdAt": long_ago,
                "updatedAt": long_ago,
            },
        )
    for label, closed, won, _ in SALES_STAGES:
        w.store.insert(
            "OpportunityStage", {"Id": w.store.new_id("OpportunityStage"), "MasterLabel": label, "IsClosed": int(closed), "IsWon": int(won)}
        )
    for n, (name, exclusive) in enumerate((("Default", "all_sequences"), ("Open", "none")), 1):
        w.store.insert("o_ruleset", {"id": n, "name": name, "permitDuplicateProspects": "disallow", "sequenceExclusivity": exclusive})
    for n, name in enumerate((*SEQUENCES, "Account Notices (transactional)", "Retired 2024"), 1):
        w.store.insert(
            "o_sequence",
            {
                "id": n,
                "name": name,
                "enabled": int(name != "Retired 2024"),
                "enabledAt": long_ago if name != "Retired 2024" else None,
                "locked": 0,
                "transactional": int("transactional" in name),
                "throttlePaused": 0,
                "throttleMaxAddsPerDay": 500,
                "sequenceType": "interval",
                "shareType": "shared",
                "ruleset": 1,
                "createdAt": long_ago,
                "updatedAt": long_ago,
            },
        )
    for i in range(w.n):
        w.store.db.execute("INSERT INTO w_company VALUES (?, ?)", (i, w.company(i).domain))
        _company(w, w.company(i), day)


def new_account(w: World, c: Company, when: datetime, *, name: str | None = None, key: object = 0, **changes: Any) -> str:
    r = dice(w.seed, "account", c.i, key)
    made, owner = stamp(when), w.owner(c)
    row: dict[str, Any] = {
        "Id": w.store.new_id("Account"),
        "Name": name or w.variant(c, "crm", key),
        "Website": f"https://www.{c.domain}" if r.random() < 0.85 else None,
        "Domain__c": c.domain if r.random() < 0.8 else None,
        "Industry": c.industry if r.random() < 0.9 else None,
        "NumberOfEmployees": c.employees if r.random() < 0.85 else None,
        "AnnualRevenue": float(c.revenue_usd) if r.random() < 0.6 else None,
        "BillingCountryCode": c.country,
        "BillingState": c.state or None,
        "BillingCity": c.city if r.random() < 0.9 else None,
        "OwnerId": owner,
        "Type": "Prospect",
        "Do_Not_Contact__c": 0,
        **created(made),
        "w_company": c.i,
        **changes,
    }
    w.store.insert("Account", row)
    w.note("account", id=row["Id"], company=c.domain)
    return str(row["Id"])


def new_contact(w: World, c: Company, p: Person, account: str | None, owner: str, when: datetime, **changes: Any) -> str:
    r = dice(w.seed, "contact", c.i, p.chair)
    made = stamp(when)
    row: dict[str, Any] = {
        "Id": w.store.new_id("Contact"),
        "AccountId": account,
        "Email": p.email if r.random() < 0.93 else None,
        "FirstName": p.first if r.random() < 0.97 else None,
        "LastName": p.last,
        "Title": p.title if r.random() < 0.9 else None,
        "Phone": p.phone if r.random() < 0.5 else None,
        "LinkedIn_URL__c": p.linkedin if r.random() < 0.4 else None,
        "MailingCountryCode": p.country if r.random() < 0.9 else None,
        "HasOptedOutOfEmail": 0,
        "DoNotCall": int(r.random() < 0.03),
        "Do_Not_Contact__c": 0,
        "OwnerId": owner,
        **created(made),
        "w_company": c.i,
        **changes,
    }
    w.store.insert("Contact", row)
    return str(row["Id"])


def _company(w: World, c: Company, day: date) -> None:
    r = dice(w.seed, "crm", c.i)
    created = at(day - timedelta(days=r.randrange(5, 900)), r.randrange(13, 22), r.randrange(60))
    if not w.j.in_crm[c.i]:
        if r.random() < 0.22:
            _lead(w, c, r, created)
        if r.random() < 0.25:
            prospects.new_prospect(w, c, person(w.seed, c.i, r.randrange(headcount(c))), at(day - timedelta(days=r.randrange(10, 400))))
        return
    if c.is_seller_or_competitor:
        account = new_account(w, c, created, Type="Competitor" if c.i < 3 else "Other", Domain__c=c.domain)
    else:
        account = new_account(w, c, created, Do_Not_Contact__c=int(r.random() < 0.015), IsDeleted=int(r.random() < 0.006))
    owner = w.store.value("SELECT OwnerId FROM Account WHERE Id = ?", (account,))
    if r.random() < 0.03 and c.i >= SPECIAL:  # the same company twice, by another rep
        new_account(w, c, created + timedelta(days=40), key="twin")
    contacts = []
    wanted = 4 if c.is_seller_or_competitor else r.choice([0, 1, 2, 2, 3, 4, 5, 6])
    for k in sorted(r.sample(range(headcount(c)), min(headcount(c), wanted))):
        p = person(w.seed, c.i, k)
        flags: dict[str, Any] = {}
        if r.random() < 0.022:
            flags["HasOptedOutOfEmail"] = 1
        if r.random() < 0.012:
            flags["Do_Not_Contact__c"] = 1
        if not p.reachable and r.random() < 0.4:
            flags |= {"EmailBouncedReason": "550 5.1.1 user unknown", "EmailBouncedDate": stamp(at(day - timedelta(days=30)))}
        contacts.append((new_contact(w, c, p, account, owner, created + timedelta(days=r.randrange(1, 60)), **flags), p))
        if r.random() < 0.3 or (c.is_seller_or_competitor and k == 0):
            prospects.new_prospect(w, c, p, created + timedelta(days=70 + r.randrange(30)))
    if r.random() < 0.05:
        _lead(w, c, r, created, converted=(account, contacts[0][0]) if contacts and r.random() < 0.5 else None)
    if not c.is_seller_or_competitor:
        _past_deals(w, c, r, account, owner, contacts[0][0] if contacts else None, day)


def _past_deals(w: World, c: Company, r: random.Random, account: str, owner: str, contact: str | None, day: date) -> None:
    from sandbox.market import deals

    u = r.random()
    if u < 0.075:
        began = at(day - timedelta(days=r.randrange(120, 800)))
        opp = deals.open_deal(w, c, account, owner, contact, began, key="past", source="")
        deals.advance_deal(w, opp, "Closed Won", began + timedelta(days=r.randrange(30, 90)))
        w.store.update("Account", "Id", account, {"Type": "Customer"})
        w.j.customer[c.i] = True
        w.j.rest[c.i] = day.toordinal() + 500
    elif u < 0.16:
        began = at(day - timedelta(days=r.randrange(60, 600)))
        opp = deals.open_deal(w, c, account, owner, contact, began, key="past", source="")
        deals.lose(w, opp, c, began + timedelta(days=r.randrange(20, 55)), r)
    elif u < 0.185:
        began = at(day - timedelta(days=r.randrange(1, 40)))
        deals.run_deal(w, c, account, owner, contact, began, key="running", source="", won=r.random() < 0.3, slow=6.0)


def _lead(w: World, c: Company, r: random.Random, when: datetime, converted: tuple[str, str] | None = None) -> None:
    p = person(w.seed, c.i, r.randrange(headcount(c)))
    w.store.insert(
        "Lead",
        {
            "Id": w.store.new_id("Lead"),
            "Email": p.email if r.random() < 0.95 else None,
            "FirstName": p.first,
            "LastName": p.last,
            "Title": p.title,
            "Phone": p.phone if r.random() < 0.3 else None,
            "Company": w.variant(c, "lead"),
            "Website": f"http://{c.domain}" if r.random() < 0.4 else None,
            "CountryCode": p.country,
            "Status": "Converted" if converted else weighted(r, [("Open", 5), ("Working", 3), ("Nurturing", 2), ("Unqualified", 1)]),
            "HasOptedOutOfEmail": int(r.random() < 0.03),
            "IsConverted": int(bool(converted)),
            "ConvertedAccountId": converted[0] if converted else None,
            "ConvertedContactId": converted[1] if converted else None,
            "OwnerId": w.owner(c),
            **created(stamp(when)),
            "w_company": c.i,
        },
    )
