"""How much one plan may do: rows, cost, contacts per company, e-mails per mailbox and day. Judged by the gate and again by `apply`.

plan + profile + mailboxes of the lake + today's ledger → `caps_of` → one `Cap` each.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from signals_pipeline.activation import store
from signals_pipeline.activation.model import Plan
from signals_pipeline.io import ops
from signals_pipeline.runtime import Runtime

STANDING = ("sent", "confirmed", "unknown", "review")  # an enrolment that stands, or may


@dataclass(frozen=True)
class Cap:
    """`key` names what is limited: rows, cost_usd, contacts:<company_id>, mailbox:<mailbox_id>, enrolments."""

    key: str
    used: float
    allowed: float


def caps_of(rt: Runtime, plan: Plan) -> list[Cap]:
    """Every cap that the plan touches, with what the plan and the day's other confirmed effects use of it."""
    activation, rows = rt.profile.activation, plan.sending
    decided = decided_today(rt, plan.dt)
    done = [d for d in decided if d["status"] in STANDING]
    enrolled = [r for r in rows if r.operation == "enrol" and r.effect_id not in {d["effect_id"] for d in done}]
    others = {d["email_key"] for d in decided} - {r.email_key for r in enrolled}  # a refused or failed row keeps its seat
    caps = [
        Cap("rows", len(rows), activation.max_rows),
        Cap("cost_usd", plan.cost_usd, activation.max_cost_usd),
        Cap("enrolments", len(enrolled) + len(others), rt.profile.priorities.daily_cap),
    ]
    per_company = Counter(r.company_id for r in enrolled)
    reached = Counter(d["company_id"] for d in done)
    caps += [
        Cap(f"contacts:{company}", n + reached[company], activation.max_contacts_per_company)
        for company, n in sorted(per_company.items(), key=str)
    ]
    allowed = _mailboxes(rt, plan)
    per_mailbox = Counter(str(r.facts.get("mailbox_id")) for r in enrolled) + mailboxes_used(rt, done)
    for mailbox, facts in {str(r.facts["mailbox_id"]): r.facts for r in enrolled if "mailbox_limit" in r.facts}.items():
        per_mailbox[mailbox] += facts["follow_ups"]  # of running sequences, due today
        allowed[mailbox] = min(facts["mailbox_limit"], allowed.get(mailbox, facts["mailbox_limit"]))
    caps += [Cap(f"mailbox:{m}", n, allowed[m]) for m, n in sorted(per_mailbox.items()) if m in allowed]
    return caps


def decided_today(rt: Runtime, dt: date) -> list[dict[str, Any]]:
    """Ledger rows of the day's enrolments, whatever became of them, from this plan or an earlier one."""
    t = ops.ledger
    columns = (t.c.effect_id, t.c.plan_hash, t.c.company_id, t.c.email_key, t.c.status, t.c.vendor_id)
    with rt.ops.connect() as connection:
        found = connection.execute(sa.select(*columns).where(t.c.dt == dt, t.c.object == "sequence_state"))
        return [dict(r) for r in found.mappings()]


def mailboxes_used(rt: Runtime, done: list[dict[str, Any]]) -> Counter[str]:
    """Enrolments of the day per mailbox, as the plans that sent them say."""
    used: Counter[str] = Counter()
    for plan_hash in sorted({d["plan_hash"] for d in done}):
        facts = {r.effect_id: r.facts for r in store.load(rt, plan_hash).rows}
        used.update(str(facts.get(d["effect_id"], {}).get("mailbox_id")) for d in done if d["plan_hash"] == plan_hash)
    return used


def _mailboxes(rt: Runtime, plan: Plan) -> dict[str, float]:
    rows = rt.lake.read("outreach__mailboxes", until=plan.dt, columns=["mailbox_id", "max_emails_per_day"]).to_pylist()
    return {str(r["mailbox_id"]): float(r["max_emails_per_day"]) for r in rows if r["max_emails_per_day"] is not None}
