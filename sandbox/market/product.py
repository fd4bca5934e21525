"""The product: users who sign up, use it, notice it, and fall silent; daily counts per user and event type.

(seed, day) → user rows and usage lines for the product database; a share of the lines is loaded a day or three late.
Does not belong here: the database (`postgres.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.clock import stamp
from sandbox.dice import day_dice, dice, weighted
from sandbox.market.arrays import Array, Arrays
from sandbox.market.companies import SPECIAL
from sandbox.market.people import Person, free_mail, headcount, person

if TYPE_CHECKING:
    from sandbox.world import World

EVENTS = ("login", "document_uploaded", "transaction", "notarization_completed", "team_invited")
MEANS = np.array([1.4, 0.6, 0.7, 0.35, 0.03])
PLANS = (("pro_trial", 52), ("free", 30), ("paid", 18))
SIGNUP = np.array([0.0016, 0.005, 0.012, 0.020, 0.025])  # by hidden stage, per company and day, before affinity
STRAY = 0.02  # affinity of companies without any
TRIAL_DAYS = 30
LOOK_EVERY = 10  # days between the trials of a competitor, and of the seller's own people


@dataclass
class Users(Arrays):
    """All users, one array element each; `number` is the row id in `w_user`."""

    number: Array
    company: Array
    rate: Array
    signup: Array  # day ordinal
    quits: Array  # day on which the user falls silent
    returns: Array  # day on which the user comes back, 0 for never
    activates: Array  # day of the first completion
    spikes: Array  # first day of a busy week, 0 for none

    @classmethod
    def none(cls) -> Users:
        return cls(*(np.zeros(0, dtype=np.float64 if f.name == "rate" else np.int32) for f in fields(cls)))

    def extend(self, rows: list[tuple[int, int, float, int, int, int, int, int]]) -> None:
        for f, column in zip(fields(self), zip(*rows, strict=True), strict=True):
            old = getattr(self, f.name)
            setattr(self, f.name, np.concatenate([old, np.array(column, dtype=old.dtype)]))


def step(w: World, day: date) -> None:
    _signups(w, day)
    _lookers(w, day)
    _usage(w, day)


def begin(w: World, day: date) -> None:
    """Users from before the first day: signed up in the half year before."""
    u = day_dice(w.seed, 0, "first users").random(w.n)
    for i in np.flatnonzero(u < w.j.product_affinity * 1.3):
        r = dice(w.seed, "first user", int(i))
        for _ in range(r.choice([1, 1, 2, 3, 4])):
            _sign_up(w, int(i), day - timedelta(days=r.randrange(1, 200)), r.randrange(1 << 30))


def _signups(w: World, day: date) -> None:
    u = day_dice(w.seed, day.toordinal(), "signup").random(w.n)
    u[:SPECIAL] = u[:SPECIAL] * 0.2  # competitors and colleagues look at the product too
    rate = SIGNUP[w.j.stage] * (w.j.product_affinity + STRAY)
    rate[:SPECIAL] = 0.004
    for i in np.flatnonzero(u < rate):
        _sign_up(w, int(i), day, 0)


def _sign_up(w: World, i: int, day: date, salt: int) -> None:
    r = dice(w.seed, "signup", i, day.toordinal(), salt)
    c = w.company(i)
    p: Person = person(w.seed, i, r.randrange(headcount(c)))
    private = r.random() < 0.12
    email = free_mail(p) if private else p.email
    if w.store.one("SELECT id FROM w_user WHERE email = ?", (email,)):
        return
    plan = weighted(r, PLANS)
    number = w.store.next("w_user")
    user_id = f"u_{number:07d}"
    at = datetime.combine(day, time(11), UTC) + timedelta(minutes=r.randrange(0, 12 * 60))
    w.store.insert("w_user", {"id": number, "user_id": user_id, "email": email, "company": i, "signup_day": day.toordinal(), "plan": plan})
    w.store.db.execute("INSERT OR IGNORE INTO w_email VALUES (?, ?, ?)", (email, i, p.people_id))
    row = {
        "user_id": user_id,
        "email": email.upper() if r.random() < 0.02 else email,
        "company_name": "" if private or r.random() < 0.25 else w.variant(c, "user", number),
        "plan_type": plan,
        "signup_date": stamp(at),
        "country": p.country,
        "company_size": c.employees if r.random() < 0.7 else None,
        "team_members": weighted(r, [(1, 6), (2, 2), (4, 1), (9, 1)]),
        "updated_at": stamp(at + timedelta(minutes=2)),
    }
    w.agenda.add(at + timedelta(minutes=10), "user_row", row=row)
    if plan == "pro_trial":
        end = at + timedelta(days=TRIAL_DAYS)
        becomes = "paid" if r.random() < 0.06 + 0.05 * int(w.j.stage[i]) else "free"
        w.agenda.add(end, "user_row", row={**row, "plan_type": becomes, "updated_at": stamp(end)})
    ordinal = day.toordinal()
    hot = int(w.j.stage[i]) >= 2 or plan == "paid"
    quits = ordinal + int(r.expovariate(1 / (140 if hot else 35))) + 1
    w.fresh_users.append(
        (
            number,
            i,
            r.lognormvariate(0.0, 0.7) * (1.5 if hot else 0.8),
            ordinal,
            quits,
            quits + r.randrange(20, 70) if r.random() < 0.25 else 0,
            ordinal + int(r.expovariate(1 / 6)) if r.random() < 0.6 else 0,
            ordinal + r.randrange(14, 120) if r.random() < (0.45 if hot else 0.15) else 0,
        )
    )
    w.j.trigger(i, "product", ordinal)
    w.note("user", user_id=user_id, company=c.domain, day=day.isoformat(), free_mail=private)


def _lookers(w: World, day: date) -> None:
    """Competitors and colleagues who sign up, look once and go: there is always one of each whom nobody should write to."""
    ordinal = day.toordinal()
    for i in range(SPECIAL):
        if (ordinal + 3 * i) % LOOK_EVERY:
            continue
        p, c = person(w.seed, i, (ordinal // LOOK_EVERY) % headcount(w.company(i))), w.company(i)
        if w.store.one("SELECT id FROM w_user WHERE email = ?", (p.email,)):
            continue
        at = datetime.combine(day, time(14, 20 + i), UTC)
        w.store.db.execute("INSERT OR IGNORE INTO w_email VALUES (?, ?, ?)", (p.email, i, p.people_id))
        row = {
            "user_id": f"u_9{i}{ordinal:07d}",
            "email": p.email,
            "company_name": c.name,
            "plan_type": "pro_trial",
            "signup_date": stamp(at),
            "country": p.country,
            "company_size": c.employees,
            "team_members": 1,
            "updated_at": stamp(at + timedelta(minutes=2)),
        }
        w.agenda.add(at + timedelta(minutes=10), "user_row", row=row)
        end = at + timedelta(days=TRIAL_DAYS)
        w.agenda.add(end, "user_row", row={**row, "plan_type": "free", "updated_at": stamp(end)})
        w.note("user", user_id=row["user_id"], company=c.domain, day=day.isoformat(), free_mail=False)


def _usage(w: World, day: date) -> None:
    """Counts of one calendar day for every active user; loaded in the night that follows, some of them later."""
    if w.fresh_users:
        w.users.extend(w.fresh_users)
        w.fresh_users.clear()
    users, ordinal = w.users, day.toordinal()
    if not len(users.number):
        return
    g = day_dice(w.seed, ordinal, "usage")
    silent = (users.quits <= ordinal) & ((users.returns == 0) | (users.returns > ordinal))
    active = (users.signup <= ordinal) & ~silent & (g.random(len(users.number)) < (0.75 if day.weekday() < 5 else 0.15))
    busy = (users.spikes > 0) & (ordinal >= users.spikes) & (ordinal < users.spikes + 7)
    means = users.rate[:, None] * MEANS * np.where(busy, 5.0, 1.0)[:, None]
    counts = g.poisson(means)
    can_complete = (users.activates > 0) & (users.activates <= ordinal)
    counts[~can_complete, 3] = 0
    counts[users.activates == ordinal, 3] += 1
    counts[~active] = 0
    who, what = np.nonzero(counts)
    late = g.random(len(who))
    lines: dict[int, list[str]] = {}
    loaded = datetime.combine(day + timedelta(days=1), time(4, 10), UTC)
    for n, k, at in zip(who.tolist(), what.tolist(), late.tolist(), strict=True):
        delay = 0 if at > 0.03 else 1 + int(at * 100)
        line = f"u_{users.number[n]:07d}\t{day.isoformat()}\t{EVENTS[k]}\t{counts[n, k]}"
        bucket = lines.setdefault(delay, [])
        bucket.append(line)
        if 0.5 < at < 0.5015:
            bucket.append(line)  # keys are not enforced there: a repeat
    for delay, batch in sorted(lines.items()):
        w.usage(loaded + timedelta(days=delay), f"{ordinal}/{delay}", batch)


def summary(w: World) -> dict[str, Any]:
    return {"users": len(w.users.number)}
