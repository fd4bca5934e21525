"""What outreach leads to: mails delivered, opened, answered, and the meetings that are asked for.

active sequence states + hidden journey → mailings, replies. The chances depend on the stage and on whether the stated signal was true.
Does not belong here: meetings and deals (`deals.py`), the endpoints that create sequence states (`vendors/outreach.py`).
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sandbox.clock import stamp
from sandbox.dice import dice
from sandbox.market import crm, deals
from sandbox.market.journeys import KINDS

if TYPE_CHECKING:
    from sandbox.world import World

REPLY = (0.006, 0.022, 0.055, 0.10, 0.12)  # chance over the whole sequence, by hidden stage
MEETING = (0.15, 0.30, 0.45, 0.55, 0.60)  # given a reply
SOURCES = {
    "Intent Surge": "intent_surge",
    "Product Signup": "product_signup",
    "Feature Activation": "feature_activation",
    "Usage Spike": "usage_spike",
    "Drop-off": "drop_off",
    "Company News": "funding_round",
    "Outbound 2025": "list",
}
STEP_DAYS = (0, 3, 7)
FINISH_DAYS = 14


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
    email = w.store.value('SELECT email FROM o_email WHERE prospect = ? ORDER BY "order" LIMIT 1', (state["prospect"],)) or ""
    sequence = str(w.store.value("SELECT name FROM o_sequence WHERE id = ?", (state["sequence"],)))
    i, reachable, warmth = w.whose(email)
    r = dice(w.seed, "enrolled", email, sequence, state["id"] if not email else state["createdAt"][:10])
    stage = int(w.j.stage[i]) if i is not None else 0
    custom = json.loads(w.store.value("SELECT custom FROM o_prospect WHERE id = ?", (state["prospect"],)) or "{}")
    claim = str(custom.get("custom1") or SOURCES.get(sequence, "list"))
    was_true = i is not None and _true_signal(w, i, claim, now)
    p_reply = 0.0 if i is None or not reachable else min(0.6, REPLY[stage] * warmth * (1.6 if was_true else 0.75))
    replies = r.random() < p_reply
    w.note(
        "outreach",
        sequence_state=state["id"],
        company=w.company(i).domain if i is not None else None,
        stage=stage,
        signal=claim,
        signal_was_true=was_true,
        p_reply=round(p_reply, 5),
        p_opportunity=round(p_reply * MEETING[stage] * deals.DEAL[stage], 6),
        day=now.date().isoformat(),
    )
    answers_at = r.randrange(len(STEP_DAYS)) if replies else -1
    start = max(now, crm.at(now.date(), 13)) + timedelta(minutes=r.randrange(5, 240))
    for n, gap in enumerate(STEP_DAYS):
        due = deals.weekday(start + timedelta(days=gap))
        w.agenda.add(
            due,
            "mail",
            state=state["id"],
            step=n,
            bounces=not reachable or r.random() < 0.004,
            opens=r.random() < 0.5 or n == answers_at,
            clicks=r.random() < 0.06,
            unsubscribes=r.random() < 0.006,
            replies=n == answers_at,
            company=i,
            stage=stage,
            claim=claim,
        )
    w.agenda.add(deals.weekday(start + timedelta(days=FINISH_DAYS)), "finish", state=state["id"])


def _true_signal(w: World, i: int, claim: str, now: datetime) -> bool:
    if claim == "intent_surge":
        return int(w.j.stage[i]) >= 3
    kind = "product" if claim in {"product_signup", "feature_activation", "usage_spike", "drop_off"} else claim
    return kind in KINDS and now.date().toordinal() - int(w.j.last[i, KINDS.index(kind)]) <= 45


def mail(
    w: World,
    now: datetime,
    *,
    state: int,
    step: int,
    bounces: bool,
    opens: bool,
    clicks: bool,
    unsubscribes: bool,
    replies: bool,
    company: int | None,
    stage: int,
    claim: str,
) -> None:
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
    row = {
        "id": number,
        "state": "bounced" if bounces else "delivered",
        "mailingType": "sequence",
        "subject": f"{sequence['name']} {step + 1}",
        "mailboxAddress": box["email"],
        "deliveredAt": None if bounces else when,
        "bouncedAt": when if bounces else None,
        "scheduledAt": when,
        "stateChangedAt": when,
        "openCount": 0,
        "clickCount": 0,
        "prospect": s["prospect"],
        "sequence": s["sequence"],
        "sequenceState": state,
        "mailbox": s["mailbox"],
        "createdAt": when,
        "updatedAt": when,
    }
    w.store.insert("o_mailing", row)
    if bounces:
        change_state(w, state, now, state="bounced", bounceCount=1)
        w.store.db.execute(
            "UPDATE o_email SET status = 'Bounced', statusChangedAt = ?, updatedAt = ? WHERE prospect = ?", (when, when, s["prospect"])
        )
        w.store.db.execute(
            "UPDATE Contact SET EmailBouncedReason = '550 5.1.1 user unknown', EmailBouncedDate = ?, LastModifiedDate = ?, "
            "SystemModstamp = ? "
            "WHERE Email IN (SELECT email FROM o_email WHERE prospect = ?) AND Email IS NOT NULL AND w_company % 2 = 0",
            (when, when, when, s["prospect"]),
        )
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
    w.store.update(
        "o_mailing",
        "id",
        mailing,
        {
            "state": state,
            "openedAt": when,
            "openCount": 1,
            "clickedAt": when if clicks else None,
            "clickCount": int(clicks),
            "stateChangedAt": when,
            "updatedAt": when,
        },
    )
    w.store.db.execute(
        "UPDATE o_sequence_state SET openCount = openCount + 1, clickCount = clickCount + ?, updatedAt = ? WHERE id = ?",
        (int(clicks), when, m["sequenceState"]),
    )
    w.store.db.execute(
        "UPDATE o_prospect SET openCount = openCount + 1, engagedAt = ?, engagedScore = engagedScore + 1, updatedAt = ? WHERE id = ?",
        (when, when, m["prospect"]),
    )


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
    w.store.db.execute(
        "UPDATE o_prospect SET replyCount = replyCount + 1, engagedAt = ?, engagedScore = engagedScore + 5, updatedAt = ? WHERE id = ?",
        (when, when, m["prospect"]),
    )
    r = dice(w.seed, "reply", company, m["id"], when[:10])
    if r.random() < MEETING[stage]:
        email = w.store.value("SELECT email FROM o_email WHERE prospect = ? LIMIT 1", (m["prospect"],)) or ""
        books_at = deals.weekday(now + timedelta(hours=r.randrange(2, 40)))
        w.agenda.add(books_at, "meeting", company=company, email=email, stage=stage, claim=claim)
