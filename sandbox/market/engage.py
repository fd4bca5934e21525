"""What outreach leads to: mails delivered, opened, answered; meetings; deals with their stages, won or lost. Also deals without outreach.

active sequence states + hidden journey → mailings, replies, Events, Opportunities. The chances depend on the stage and on whether the
stated signal was true. Does not belong here: the endpoints that create sequence states (`vendors/outreach`).
"""

from __future__ import annotations

import json
import random
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.clock import stamp
from sandbox.dice import day_dice, dice, weighted
from sandbox.market import crm
from sandbox.market.companies import SPECIAL, Company
from sandbox.market.journeys import KINDS
from sandbox.market.people import headcount, person
from sandbox.schema import SALES_STAGES

if TYPE_CHECKING:
    from sandbox.world import World

REPLY = (0.006, 0.022, 0.055, 0.10, 0.12)  # chance over the whole sequence, by hidden stage
MEETING = (0.15, 0.30, 0.45, 0.55, 0.60)  # given a reply
DEAL = (0.08, 0.25, 0.50, 0.65, 0.70)  # given a meeting
WIN = (0.05, 0.10, 0.20, 0.33, 0.40)  # given a deal
ORGANIC = np.array([0.00004, 0.0003, 0.0018, 0.007, 0.010])  # a deal without us writing, per company and day
SOURCES = {"Intent Surge": "intent_surge", "Product Signup": "product_signup", "Feature Activation": "feature_activation", "Usage Spike": "usage_spike",
           "Drop-off": "drop_off", "Company News": "funding_round", "Outbound 2025": "list"}  # fmt: skip
STEP_DAYS = (0, 3, 7)
FINISH_DAYS = 14
_PROBABILITY = {label: p for label, _, _, p in SALES_STAGES}


# ---- sequences ---------------------------------------------------------------------------------------------------------
def pick_up(w: World, now: datetime) -> None:
    """Plan the mails of every active sequence state that has none planned yet, whoever created it."""
    after = int(w.store.get("engage/last_state") or 0)
    states = w.store.rows("SELECT * FROM o_sequence_state WHERE id > ? ORDER BY id", (after,))
    for s in states:
        if s["state"] == "active":
            enrolled(w, s, now)
    if states:
        w.store.put("engage/last_state", states[-1]["id"])


def enrolled(w: World, state: dict[str, Any], now: datetime) -> None:
    """Draw how this enrolment will go, as of the hidden stage of today, and put its steps on the agenda."""
    email = w.store.value("SELECT email FROM o_email WHERE prospect = ? ORDER BY \"order\" LIMIT 1", (state["prospect"],)) or ""
    sequence = str(w.store.value("SELECT name FROM o_sequence WHERE id = ?", (state["sequence"],)))
    i, reachable, warmth = w.whose(email)
    r = dice(w.seed, "enrolled", email, sequence, state["id"] if not email else state["createdAt"][:10])
    stage = int(w.j.stage[i]) if i is not None else 0
    custom = json.loads(w.store.value("SELECT custom FROM o_prospect WHERE id = ?", (state["prospect"],)) or "{}")
    claim = str(custom.get("custom1") or SOURCES.get(sequence, "list"))
    was_true = i is not None and _true_signal(w, i, claim, now)
    p_reply = 0.0 if i is None or not reachable else min(0.6, REPLY[stage] * warmth * (1.6 if was_true else 0.75))
    replies = r.random() < p_reply
    w.note("outreach", sequence_state=state["id"], company=w.company(i).domain if i is not None else None, stage=stage, signal=claim, signal_was_true=was_true,
           p_reply=round(p_reply, 5), p_opportunity=round(p_reply * MEETING[stage] * DEAL[stage], 6), day=now.date().isoformat())  # fmt: skip
    answers_at = r.randrange(len(STEP_DAYS)) if replies else -1
    start = max(now, crm.at(now.date(), 13)) + timedelta(minutes=r.randrange(5, 240))
    for n, gap in enumerate(STEP_DAYS):
        due = _weekday(start + timedelta(days=gap))
        w.agenda.add(due, "mail", state=state["id"], step=n, bounces=not reachable or r.random() < 0.004, opens=r.random() < 0.5 or n == answers_at,
                     clicks=r.random() < 0.06, unsubscribes=r.random() < 0.006, replies=n == answers_at, company=i, stage=stage, claim=claim)  # fmt: skip
    w.agenda.add(_weekday(start + timedelta(days=FINISH_DAYS)), "finish", state=state["id"])


def _true_signal(w: World, i: int, claim: str, now: datetime) -> bool:
    if claim == "intent_surge":
        return int(w.j.stage[i]) >= 3
    kind = "product" if claim in {"product_signup", "feature_activation", "usage_spike", "drop_off"} else claim
    return kind in KINDS and now.date().toordinal() - int(w.j.last[i, KINDS.index(kind)]) <= 45


def _weekday(when: datetime) -> datetime:
    while when.weekday() >= 5:
        when += timedelta(days=1)
    return when


def mail(w: World, now: datetime, *, state: int, step: int, bounces: bool, opens: bool, clicks: bool, unsubscribes: bool, replies: bool,
         company: int | None, stage: int, claim: str) -> None:  # fmt: skip
    """Deliver one mail of a sequence if it may still be sent, and plan what follows from it."""
    s = w.store.one("SELECT * FROM o_sequence_state WHERE id = ?", (state,))
    if s is None or s["state"] != "active":
        return
    prospect = w.store.one("SELECT * FROM o_prospect WHERE id = ?", (s["prospect"],))
    box = w.store.one("SELECT * FROM o_mailbox WHERE id = ?", (s["mailbox"],))
    sequence = w.store.one("SELECT * FROM o_sequence WHERE id = ?", (s["sequence"],))
    if prospect is None or box is None or sequence is None:
        return
    if (prospect["optedOut"] or prospect["emailOptedOut"]) and not sequence["transactional"]:
        change_state(w, state, now, state="opted_out")
        return
    if box["sendDisabled"]:
        change_state(w, state, now, state="failed", errorReason="mailbox_send_disabled", failureCount=1)
        return
    number, when = w.store.next("o_mailing"), stamp(now)
    row = {"id": number, "state": "bounced" if bounces else "delivered", "mailingType": "sequence", "subject": f"{sequence['name']} {step + 1}",
           "mailboxAddress": box["email"], "deliveredAt": None if bounces else when, "bouncedAt": when if bounces else None, "scheduledAt": when,
           "stateChangedAt": when, "openCount": 0, "clickCount": 0, "prospect": s["prospect"], "sequence": s["sequence"], "sequenceState": state,
           "mailbox": s["mailbox"], "createdAt": when, "updatedAt": when}  # fmt: skip
    w.store.insert("o_mailing", row)
    if bounces:
        change_state(w, state, now, state="bounced", bounceCount=1)
        w.store.db.execute("UPDATE o_email SET status = 'Bounced', statusChangedAt = ?, updatedAt = ? WHERE prospect = ?", (when, when, s["prospect"]))
        w.store.db.execute(
            "UPDATE Contact SET EmailBouncedReason = '550 5.1.1 user unknown', EmailBouncedDate = ?, LastModifiedDate = ?, SystemModstamp = ? "
            "WHERE Email IN (SELECT email FROM o_email WHERE prospect = ?) AND Email IS NOT NULL AND w_company % 2 = 0", (when, when, when, s["prospect"]))  # fmt: skip
        return
    w.store.update("o_sequence_state", "id", state, {"deliverCount": s["deliverCount"] + 1, "updatedAt": when})
    w.store.update("o_prospect", "id", s["prospect"], {"touchedAt": when, "updatedAt": when})
    r = dice(w.seed, "mail", state, step, prospect["emails"])
    if opens:
        w.agenda.add(now + timedelta(minutes=r.randrange(3, 600)), "opened", mailing=number, clicks=clicks)
    if unsubscribes and not replies:
        w.agenda.add(now + timedelta(minutes=r.randrange(10, 900)), "unsubscribed", mailing=number)
    if replies:
        w.agenda.add(now + timedelta(minutes=r.randrange(30, 2400)), "replied", mailing=number, company=company, stage=stage, claim=claim)


def change_state(w: World, number: int, now: datetime, /, **changes: Any) -> None:
    w.store.update("o_sequence_state", "id", number, {**changes, "stateChangedAt": stamp(now), "updatedAt": stamp(now)})


def finish(w: World, now: datetime, *, state: int) -> None:
    if w.store.value("SELECT state FROM o_sequence_state WHERE id = ?", (state,)) == "active":
        change_state(w, state, now, state="finished")


def opened(w: World, now: datetime, *, mailing: int, clicks: bool) -> None:
    m = w.store.one("SELECT * FROM o_mailing WHERE id = ?", (mailing,))
    if m is None:
        return
    when = stamp(now)
    state = m["state"] if m["state"] == "replied" else "opened"
    w.store.update("o_mailing", "id", mailing, {"state": state, "openedAt": when, "openCount": 1, "clickedAt": when if clicks else None, "clickCount": int(clicks),
                                                "stateChangedAt": when, "updatedAt": when})  # fmt: skip
    w.store.db.execute("UPDATE o_sequence_state SET openCount = openCount + 1, clickCount = clickCount + ?, updatedAt = ? WHERE id = ?", (int(clicks), when, m["sequenceState"]))
    w.store.db.execute("UPDATE o_prospect SET openCount = openCount + 1, engagedAt = ?, engagedScore = engagedScore + 1, updatedAt = ? WHERE id = ?", (when, when, m["prospect"]))


def unsubscribed(w: World, now: datetime, *, mailing: int) -> None:
    m = w.store.one("SELECT * FROM o_mailing WHERE id = ?", (mailing,))
    if m is None:
        return
    when = stamp(now)
    w.store.update("o_mailing", "id", mailing, {"unsubscribedAt": when, "updatedAt": when})
    w.store.db.execute("UPDATE o_email SET unsubscribedAt = ?, updatedAt = ? WHERE prospect = ?", (when, when, m["prospect"]))
    w.store.update("o_prospect", "id", m["prospect"], {"emailOptedOut": 1, "emailsOptStatus": "opted_out", "updatedAt": when})
    change_state(w, m["sequenceState"], now, state="opted_out", optOutCount=1)


def replied(w: World, now: datetime, *, mailing: int, company: int, stage: int, claim: str) -> None:
    m = w.store.one("SELECT * FROM o_mailing WHERE id = ?", (mailing,))
    if m is None:
        return
    when = stamp(now)
    w.store.update("o_mailing", "id", mailing, {"state": "replied", "repliedAt": when, "stateChangedAt": when, "updatedAt": when})
    change_state(w, m["sequenceState"], now, state="finished", repliedAt=when, replyCount=1)
    w.store.db.execute("UPDATE o_prospect SET replyCount = replyCount + 1, engagedAt = ?, engagedScore = engagedScore + 5, updatedAt = ? WHERE id = ?", (when, when, m["prospect"]))
    r = dice(w.seed, "reply", company, m["id"], when[:10])
    if r.random() < MEETING[stage]:
        email = w.store.value("SELECT email FROM o_email WHERE prospect = ? LIMIT 1", (m["prospect"],)) or ""
        w.agenda.add(_weekday(now + timedelta(hours=r.randrange(2, 40))), "meeting", company=company, email=email, stage=stage, claim=claim)


# ---- meetings and deals ------------------------------------------------------------------------------------------------
def meeting(w: World, now: datetime, *, company: int, email: str, stage: int, claim: str) -> None:
    """The rep books a meeting in the CRM; it is held some days later, or not."""
    c = w.company(company)
    r = dice(w.seed, "meeting", email, now.date())
    account, owner, contact = _in_crm(w, c, email, now, r)
    starts = _weekday(now + timedelta(days=r.randrange(1, 7)))
    event = w.store.new_id("Event")
    w.store.insert("Event", {"Id": event, "WhoId": contact, "AccountId": account, "OwnerId": owner, "StartDateTime": stamp(starts), "Meeting_Status__c": "Scheduled",
                             "Accepted_By_AE__c": int(r.random() < 0.84), "CreatedDate": stamp(now), "LastModifiedDate": stamp(now), "SystemModstamp": stamp(now),
                             "IsDeleted": 0, "w_company": company})  # fmt: skip
    held = r.random() < 0.86
    w.agenda.add(starts + timedelta(hours=1), "met", event=event, status="Held" if held else "No Show", company=company, contact=contact,
                 deal=held and r.random() < DEAL[stage], stage=stage, claim=claim)  # fmt: skip


def met(w: World, now: datetime, *, event: str, status: str, company: int, contact: str | None, deal: bool, stage: int, claim: str) -> None:
    w.store.update("Event", "Id", event, {"Meeting_Status__c": status, "LastModifiedDate": stamp(now), "SystemModstamp": stamp(now)})
    if deal and not w.j.open_deal[company] and not w.j.customer[company]:
        row = w.store.one("SELECT AccountId, OwnerId FROM Event WHERE Id = ?", (event,))
        r = dice(w.seed, "deal", company, now.date())
        if row:
            run_deal(w, w.company(company), row["AccountId"], row["OwnerId"], contact, now + timedelta(hours=2), key=now.date(), source=claim,
                     won=r.random() < WIN[max(stage, int(w.j.stage[company]))])  # fmt: skip


def _in_crm(w: World, c: Company, email: str, now: datetime, r: random.Random) -> tuple[str, str, str | None]:
    """Account, owner and contact for a meeting or deal; the rep makes what is missing."""
    found = w.store.one("SELECT Id, AccountId, OwnerId FROM Contact WHERE Email = ? AND IsDeleted = 0 ORDER BY Id LIMIT 1", (email,)) if email else None
    account = (found or {}).get("AccountId") or w.store.value(
        "SELECT Id FROM Account WHERE (w_company = ? OR Domain__c = ?) AND IsDeleted = 0 ORDER BY Id LIMIT 1", (c.i, c.domain))  # fmt: skip
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
    w.store.insert("Opportunity", {
        "Id": opp, "AccountId": account, "Name": f"{c.name} - {when:%b %Y}", "StageName": "Prospecting", "Amount": amount if r.random() < 0.92 else None,
        "IsClosed": 0, "IsWon": 0, "CloseDate": (when + timedelta(days=75)).date().isoformat(), "OwnerId": owner, "ContactId": contact,
        "Signal_Source__c": source or None, "CreatedDate": made, "LastModifiedDate": made, "SystemModstamp": made, "IsDeleted": 0, "w_company": c.i})  # fmt: skip
    _history(w, opp, when)
    return opp


def _history(w: World, opp: str, when: datetime) -> None:
    o = w.store.one("SELECT StageName, Amount, CloseDate FROM Opportunity WHERE Id = ?", (opp,))
    if o:
        w.store.insert("OpportunityHistory", {"Id": w.store.new_id("OpportunityHistory"), "OpportunityId": opp, **o, "Probability": float(_PROBABILITY[o["StageName"]]),
                                              "CreatedDate": stamp(when)})  # fmt: skip


def advance_deal(w: World, opp: str, stage: str, when: datetime, **changes: Any) -> None:
    closed, won = next((c, v) for label, c, v, _ in SALES_STAGES if label == stage)
    if closed:
        changes["CloseDate"] = when.date().isoformat()
    w.store.update("Opportunity", "Id", opp, {"StageName": stage, "IsClosed": int(closed), "IsWon": int(won), "LastModifiedDate": stamp(when), "SystemModstamp": stamp(when), **changes})
    _history(w, opp, when)


def lose(w: World, opp: str, c: Company, when: datetime, r: random.Random) -> None:
    reason = r.choice(LOSS)
    advance_deal(w, opp, "Closed Lost", when, Loss_Reason__c=reason if r.random() < 0.85 else None, Competitor__c=r.choice(crm.RIVALS) if reason == "Competitor" else None)


LOSS = crm.LOSS_REASONS


def run_deal(w: World, c: Company, account: str, owner: str, contact: str | None, when: datetime, *, key: object, source: str, won: bool, slow: float = 1.0) -> None:
    """Open a deal now and put its stages on the agenda up to its end."""
    w.j.open_deal[c.i] = True
    opp = open_deal(w, c, account, owner, contact, when, key=key, source=source)
    w.note("deal", id=opp, company=c.domain, will_win=won, source=source)
    r, due = dice(w.seed, "stages", c.i, key), when
    steps = ["Qualification", "Proposal", "Negotiation"][: 3 if won else r.randrange(0, 4)]
    for stage in steps:
        due = _weekday(due + timedelta(days=r.uniform(4, 18) * slow))
        w.agenda.add(due, "deal_stage", opp=opp, stage=stage)
    w.agenda.add(_weekday(due + timedelta(days=r.uniform(4, 20) * slow)), "deal_end", opp=opp, company=c.i, won=won)


def deal_stage(w: World, now: datetime, *, opp: str, stage: str) -> None:
    if not w.store.value("SELECT IsClosed FROM Opportunity WHERE Id = ?", (opp,)):
        advance_deal(w, opp, stage, now)


def deal_end(w: World, now: datetime, *, opp: str, company: int, won: bool) -> None:
    c = w.company(company)
    if won:
        advance_deal(w, opp, "Closed Won", now)
        w.j.bought(company, now.date().toordinal())
        account = w.store.value("SELECT AccountId FROM Opportunity WHERE Id = ?", (opp,))
        w.store.update("Account", "Id", account, {"Type": "Customer", "LastModifiedDate": stamp(now), "SystemModstamp": stamp(now)})
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
        now = _weekday(crm.at(day, 15, r.randrange(60)))
        w.agenda.add(now, "organic_deal", company=int(i), key=day.isoformat(), won=r.random() < WIN[int(w.j.stage[i])])
        w.note("organic", company=c.domain, day=day.isoformat())


def organic_deal(w: World, now: datetime, *, company: int, key: str, won: bool) -> None:
    if not w.j.open_deal[company] and not w.j.customer[company]:
        account, owner, contact = _in_crm(w, w.company(company), "", now, dice(w.seed, "walk in", company, key))
        run_deal(w, w.company(company), account, owner, contact, now, key=key, source="", won=won)


# ---- the former team ---------------------------------------------------------------------------------------------------
def former_team(w: World, day: date) -> None:
    """What the people before us did on a day of the history: some picked by intent, some by news, some off a list."""
    if day.weekday() >= 5:
        return
    g = day_dice(w.seed, day.toordinal(), "former team")
    wanted = max(2, w.n // 210)
    order = np.argsort(g.random(w.n) + np.where(w.j.intent > 44, 0.0, 0.55))
    done = 0
    for i in order[: wanted * 6].tolist():
        if done == wanted:
            break
        c, r = w.company(i), dice(w.seed, "former", i, day.toordinal())
        if i < SPECIAL or (w.j.customer[i] and r.random() < 0.97):
            continue
        sequence = weighted(r, [("Intent Surge", 5 if w.j.intent[i] > 44 else 0.3), ("Company News", 3), ("Product Signup", 2 if w.j.last[i, -1] else 0.1), ("Outbound 2025", 3)])
        p = person(w.seed, i, r.randrange(headcount(c)))
        prospect = crm.new_prospect(w, c, p, crm.at(day, 13), custom={"custom1": SOURCES[sequence], "custom2": "contacted", "custom3": str(int(w.j.intent[i]))})
        if enrol(w, prospect, sequence, datetime.combine(day, time(14, r.randrange(60)), UTC)):
            done += 1


def enrol(w: World, prospect: int, sequence: str, now: datetime) -> bool:
    """A sequence state as a careful colleague would make it: nobody twice at a time, nobody who opted out."""
    row = w.store.one("SELECT optedOut, emailOptedOut, owner FROM o_prospect WHERE id = ?", (prospect,))
    busy = w.store.value("SELECT 1 FROM o_sequence_state WHERE prospect = ? AND state IN ('active', 'pending', 'paused')", (prospect,))
    if row is None or busy or row["optedOut"] or row["emailOptedOut"]:
        return False
    number, when = w.store.next("o_sequence_state"), stamp(now)
    w.store.insert("o_sequence_state", new_state(number, prospect, int(w.store.value("SELECT id FROM o_sequence WHERE name = ?", (sequence,))),
                                                 row["owner"] if row["owner"] <= 6 else 1, when))  # fmt: skip
    return True


def new_state(number: int, prospect: int, sequence: int, mailbox: int, when: str) -> dict[str, Any]:
    counts = dict.fromkeys(("deliverCount", "openCount", "clickCount", "replyCount", "bounceCount", "optOutCount", "failureCount", "scheduleCount"), 0)
    return {"id": number, "state": "active", "activeAt": when, **counts, "stateChangedAt": when, "prospect": prospect, "sequence": sequence,
            "mailbox": mailbox, "createdAt": when, "updatedAt": when}  # fmt: skip
