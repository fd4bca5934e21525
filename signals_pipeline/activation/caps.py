"""How much one plan may do: rows, cost, contacts per company, e-mails per mailbox and day. Judged by the gate and again by `apply`.

plan + profile + mailboxes of the lake + today's ledger → `caps_of` → one `Cap` each.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import sqlalchemy as sa

from signals_pipeline.activation.model import Plan
from signals_pipeline.io import ops
from signals_pipeline.runtime import Runtime


@dataclass(frozen=True)
class Cap:
    """`key` names what is limited: rows, cost_usd, contacts:<company_id>, mailbox:<mailbox_id>, enrolments."""

    key: str
    used: float
    allowed: float


def caps_of(rt: Runtime, plan: Plan) -> list[Cap]:
    """Every cap that the plan touches, with what the plan and the day's other confirmed effects use of it."""
    activation, rows = rt.profile.activation, plan.sending
    done = _done_today(rt, plan)
    enrolled = [r for r in rows if r.operation == "enrol" and r.effect_id not in done]
    caps = [
        Cap("rows", len(rows), activation.max_rows),
        Cap("cost_usd", plan.cost_usd, activation.max_cost_usd),
        Cap("enrolments", len(enrolled) + len(done), rt.profile.priorities.daily_cap),
    ]
    per_company = Counter(r.company_id for r in rows if r.operation == "enrol")
    caps += [Cap(f"contacts:{company}", n, activation.max_contacts_per_company) for company, n in sorted(per_company.items(), key=str)]
    allowed = _mailboxes(rt, plan)
    per_mailbox = Counter(str(r.facts.get("mailbox_id")) for r in enrolled)
    caps += [Cap(f"mailbox:{m}", n, allowed[m]) for m, n in sorted(per_mailbox.items()) if m in allowed]
    return caps


def _done_today(rt: Runtime, plan: Plan) -> set[str]:
    """Effect ids of enrolments of the plan's day that stand already, from this plan or an earlier one."""
    t = ops.ledger
    where = (t.c.dt == plan.dt, t.c.object == "sequence_state", t.c.status.in_(("sent", "confirmed", "unknown")))
    with rt.ops.connect() as connection:
        return set(connection.execute(sa.select(t.c.effect_id).where(*where)).scalars())


def _mailboxes(rt: Runtime, plan: Plan) -> dict[str, float]:
    rows = rt.lake.read("outreach__mailboxes", until=plan.dt, columns=["mailbox_id", "max_emails_per_day"]).to_pylist()
    return {str(r["mailbox_id"]): float(r["max_emails_per_day"]) for r in rows if r["max_emails_per_day"] is not None}
