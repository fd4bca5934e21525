"""Meetings and deals in the CRM: after a reply, and without any outreach; with their stages, won or lost.

a reply or a ripe journey → Event, Opportunity, OpportunityHistory → customer, or a loss with its reason.
Does not belong here: mails (`engage.py`), the CRM's first state (`crm.py`).
"""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.clock import stamp
from sandbox.dice import day_dice, dice
from sandbox.market import crm
from sandbox.market.companies import SPECIAL, Company
from sandbox.market.people import headcount, person
from sandbox.schema import SALES_STAGES

if TYPE_CHECKING:
    from sandbox.world import World

DEAL = (0.08, 0.25, 0.50, 0.65, 0.70)  # given a meeting
WIN = (0.05, 0.10, 0.20, 0.33, 0.40)  # given a deal
ORGANIC = np.array([0.00004, 0.0003, 0.0018, 0.007, 0.010])  # a deal without us writing, per company and day
_PROBABILITY = {label: p for label, _, _, p in SALES_STAGES}


def weekday(when: datetime) -> datetime:
    while when.weekday() >= 5:
        when += timedelta(days=1)
    return when


def meeting(w: World, now: datetime, *, company: int, email: str, stage: int, claim: str) -> None:
    """The rep books a meeting in the CRM; it is held some days later, or not."""
    c = w.company(company)
    r = dice(w.seed, "meeting", email, now.date())
    account, owner, contact = _in_crm(w, c, email, now, r)
    starts = weekday(now + timedelta(days=r.randrange(1, 7)))
    event = w.store.new_id("Event")
    w.store.insert(
        "Event",
        {
            "Id": event,
            "WhoId": contact,
            "AccountId": account,
            "OwnerId": owner,
            "StartDateTime": stamp(starts),
            "Meeting_Status__c": "Scheduled",
            "Accepted_By_AE__c": int(r.random() < 0.84),
            **crm.created(stamp(now)),
            "w_company": company,
        },
    )
    held = r.random() < 0.86
    w.agenda.add(
        starts + timedelta(hours=1),
        "met",
        event=event,
        status="Held" if held else "No Show",
        company=company,
        contact=contact,
        deal=held and r.random() < DEAL[stage],
        stage=stage,
        claim=claim,
    )


def met(w: World, now: datetime, *, event: str, status: str, company: int, contact: str | None, deal: bool, stage: int, claim: str) -> None:
    w.store.update("Event", "Id", event, {"Meeting_Status__c": status, **crm.changed(stamp(now))})
    if deal and not w.j.open_deal[company] and not w.j.customer[company]:
        row = w.store.one("SELECT AccountId, OwnerId FROM Event WHERE Id = ?", (event,))
        r = dice(w.seed, "deal", company, now.date())
        if row:
            run_deal(
                w,
                w.company(company),
                row["AccountId"],
                row["OwnerId"],
                contact,
                now + timedelta(hours=2),
                key=now.date(),
                source=claim,
                won=r.random() < WIN[max(stage, int(w.j.stage[company]))],
            )


def _in_crm(w: World, c: Company, email: str, now: datetime, r: random.Random) -> tuple[str, str, str | None]:
    """Account, owner and contact for a meeting or deal; the rep makes what is missing."""
    found = (
        w.store.one("SELECT Id, AccountId, OwnerId FROM Contact WHERE Email = ? AND IsDeleted = 0 ORDER BY Id LIMIT 1", (email,))
        if email
        else None
    )
    account = (found or {}).get("AccountId") or w.store.value(
        "SELECT Id FROM Account WHERE (w_company = ? OR Domain__c = ?) AND IsDeleted = 0 ORDER BY Id LIMIT 1", (c.i, c.domain)
    )
    if account is None:
        account = crm.new_account(w, c, now, key=now.date(), Domain__c=c.domain)
    owner = str(w.store.value("SELECT OwnerId FROM Account WHERE Id = ?", (account,)))
    if found:
        return account, owner, found["Id"]
    p = next((q for q in (person(w.seed, c.i, k) for k in range(headcount(c))) if q.email == email), None)
    contact = crm.new_contact(w, c, p, account, owner, now, Email=email) if p else None
    return account, owner, contact


def open_deal(w: World, c: Company, account: str, owner: str, contact: str | None, when: datetime, *, key: object, source: str) -> str:
    r = dice(w.seed, "amount", c.i, key)
    made, opp = stamp(when), w.store.new_id("Opportunity")
    amount = round(c.deal_usd * r.uniform(0.6, 1.6), -2)
    w.store.insert(
        "Opportunity",
        {
            "Id": opp,
            "AccountId": account,
            "Name": f"{c.name} - {when:%b %Y}",
            "StageName": "Prospecting",
            "Amount": amount if r.random() < 0.92 else None,
            "IsClosed": 0,
            "IsWon": 0,
            "CloseDate": (when + timedelta(days=75)).date().isoformat(),
            "OwnerId": owner,
            "ContactId": contact,
            "Signal_Source__c": source or None,
            **crm.created(made),
            "w_company": c.i,
        },
    )
    _history(w, opp, when)
    return opp


def _history(w: World, opp: str, when: datetime) -> None:
    o = w.store.one("SELECT StageName, Amount, CloseDate FROM Opportunity WHERE Id = ?", (opp,))
    if o:
        w.store.insert(
            "OpportunityHistory",
            {
                "Id": w.store.new_id("OpportunityHistory"),
                "OpportunityId": opp,
                **o,
                "Probability": float(_PROBABILITY[o["StageName"]]),
                "CreatedDate": stamp(when),
            },
        )


def advance_deal(w: World, opp: str, stage: str, when: datetime, **changes: Any) -> None:
    closed, won = next((c, v) for label, c, v, _ in SALES_STAGES if label == stage)
    if closed:
        changes["CloseDate"] = when.date().isoformat()
    w.store.update(
        "Opportunity",
        "Id",
        opp,
        {
            "StageName": stage,
            "IsClosed": int(closed),
            "IsWon": int(won),
            **crm.changed(stamp(when)),
            **changes,
        },
    )
    _history(w, opp, when)


def lose(w: World, opp: str, c: Company, when: datetime, r: random.Random) -> None:
    reason = r.choice(crm.LOSS_REASONS)
    advance_deal(
        w,
        opp,
        "Closed Lost",
        when,
        Loss_Reason__c=reason if r.random() < 0.85 else None,
        Competitor__c=r.choice(crm.RIVALS) if reason == "Competitor" else None,
    )


def run_deal(
    w: World,
    c: Company,
    account: str,
    owner: str,
    contact: str | None,
    when: datetime,
    *,
    key: object,
    source: str,
    won: bool,
    slow: float = 1.0,
) -> None:
    """Open a deal now and put its stages on the agenda up to its end."""
    w.j.open_deal[c.i] = True
    opp = open_deal(w, c, account, owner, contact, when, key=key, source=source)
    w.note("deal", id=opp, company=c.domain, will_win=won, source=source)
    r, due = dice(w.seed, "stages", c.i, key), when
    steps = ["Qualification", "Proposal", "Negotiation"][: 3 if won else r.randrange(0, 4)]
    for stage in steps:
        due = weekday(due + timedelta(days=r.uniform(4, 18) * slow))
        w.agenda.add(due, "deal_stage", opp=opp, stage=stage)
    w.agenda.add(weekday(due + timedelta(days=r.uniform(4, 20) * slow)), "deal_end", opp=opp, company=c.i, won=won)


def deal_stage(w: World, now: datetime, *, opp: str, stage: str) -> None:
    if not w.store.value("SELECT IsClosed FROM Opportunity WHERE Id = ?", (opp,)):
        advance_deal(w, opp, stage, now)


def deal_end(w: World, now: datetime, *, opp: str, company: int, won: bool) -> None:
    c = w.company(company)
    if won:
        advance_deal(w, opp, "Closed Won", now)
        w.j.bought(company, now.date().toordinal())
        account = w.store.value("SELECT AccountId FROM Opportunity WHERE Id = ?", (opp,))
        w.store.update("Account", "Id", account, {"Type": "Customer", **crm.changed(stamp(now))})
    else:
        lose(w, opp, c, now, dice(w.seed, "lost", company, now.date()))
        w.j.open_deal[company] = False
        w.j.rest[company] = now.date().toordinal() + 120
        w.j.stage[company] = 0


def organic(w: World, day: date) -> None:
    """Deals that nobody wrote for: the holdout has outcomes too."""
    u = day_dice(w.seed, day.toordinal(), "organic").random(w.n)
    u[:SPECIAL] = 1.0
    for i in np.flatnonzero((u < ORGANIC[w.j.stage]) & ~w.j.open_deal & ~w.j.customer):
        c, r = w.company(int(i)), dice(w.seed, "organic", int(i), day.toordinal())
        now = weekday(crm.at(day, 15, r.randrange(60)))
        w.agenda.add(now, "organic_deal", company=int(i), key=day.isoformat(), won=r.random() < WIN[int(w.j.stage[i])])
        w.note("organic", company=c.domain, day=day.isoformat())


def organic_deal(w: World, now: datetime, *, company: int, key: str, won: bool) -> None:
    if not w.j.open_deal[company] and not w.j.customer[company]:
        account, owner, contact = _in_crm(w, w.company(company), "", now, dice(w.seed, "walk in", company, key))
        run_deal(w, w.company(company), account, owner, contact, now, key=key, source="", won=won)
