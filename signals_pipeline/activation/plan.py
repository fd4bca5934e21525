"""The plan of a day: every intended effect with every field before and after, its reason, evidence and cost.

outbox + live `before` (read in bulk, for these rows only) → rows → `Plan` → ops.plans, lake `plan_rows`.
Run alone: `signals plan --fresh`. Does not belong here: sending (`apply.py`), judging (`gates.py`).
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any

from signals_pipeline.activation import inputs as plan_inputs
from signals_pipeline.activation import reviews, store
from signals_pipeline.activation.alerts import alert_rows
from signals_pipeline.activation.doors import Doors, is_on, opened
from signals_pipeline.activation.ledger import Ledger
from signals_pipeline.activation.model import ORDER, Plan, PlanRow
from signals_pipeline.activation.plan_crm import crm_rows
from signals_pipeline.activation.plan_outreach import outreach_rows
from signals_pipeline.activation.refusals import model_version, rules_hash
from signals_pipeline.activation.store import latest, load
from signals_pipeline.errors import Permanent
from signals_pipeline.io import audit
from signals_pipeline.runtime import Runtime

__all__ = ["latest", "load", "make", "show"]


def make(rt: Runtime, dt: date, *, doors: Doors | None = None) -> Plan:
    """Make and store the plan of `dt`; it supersedes the open one. Nothing is written at a vendor.

    Raises Transient when the warehouse or a vendor cannot be read (no plan is better than one without `before`), Permanent for a replay.
    """
    if rt.replay is not None:
        raise Permanent("a replay has no destinations: it ends at the outbox")
    inputs = plan_inputs.read(rt, dt)
    rows, notes = asyncio.run(_rows(rt, inputs, doors))
    plan = Plan(dt, rules_hash(rt), model_version(rt, dt), dt != rt.today(), tuple(rows), tuple(notes))
    store.save(rt, plan)
    for row in plan.rows:
        if row.operation == "review":
            reviews.ask(
                rt,
                "ambiguous_record",
                f"{row.destination}:{row.object}:{row.natural_key}",
                f"{row.reason}: {', '.join(row.facts['candidates'])}",
            )
    audit.append(
        rt.ops, rt.stamp(), "plan_made", {"plan_hash": plan.plan_hash, "dt": dt.isoformat(), "rows": len(rows), "cost_usd": plan.cost_usd}
    )
    return store.load(rt, plan.plan_hash)


async def _rows(rt: Runtime, inputs: plan_inputs.Inputs, doors: Doors | None) -> tuple[list[PlanRow], list[str]]:
    notes: list[str] = []
    rows: list[PlanRow] = []
    async with opened(rt, doors) as through:
        on = {**is_on(rt), "in_app": True}
        if doors is not None:
            on |= {"salesforce": doors.salesforce is not None, "outreach": doors.outreach is not None, "slack": doors.slack is not None}
        notes += [f"{name} is off: no credentials" for name, is_there in on.items() if not is_there]
        if through.salesforce is not None:
            rows += await crm_rows(rt, inputs, through.salesforce)
        if through.outreach is not None:
            rows += await outreach_rows(rt, inputs, through.outreach)
        rows += alert_rows(rt, inputs, on)
        if through.slack is not None and not through.slack.can_read_back:
            notes.append("slack: at most once, a webhook cannot be read back; doubtful alerts go to a person")
    rows.sort(key=lambda r: ORDER.index(r.object))
    return _once(rt, rows), notes


def _once(rt: Runtime, rows: list[PlanRow]) -> list[PlanRow]:
    """Effects that stand already (an enrolment for the same signal, a create) are not planned a second time."""
    states = Ledger(rt.ops, rt.stamp).states(r.effect_id for r in rows if r.sends)
    made = []
    for row in rows:
        status = states.get(row.effect_id, {}).get("status") if row.sends else None
        if status == "review":
            made.append(replace(row, operation="skip", reason=f"its outcome is being looked at by a person; {row.reason}"))
        elif status == "confirmed":
            made.append(replace(row, operation="skip", reason=f"done before; {row.reason}"))
        else:
            made.append(row)
    return made


def show(rt: Runtime, plan_hash: str | None = None) -> dict[str, Any]:
    """What the CLI prints: the plan's facts, its gates and approval, and per row every field before and after, reason and cost."""
    plan = store.load(rt, plan_hash) if plan_hash else latest(rt)
    row = store.record(rt, plan.plan_hash)
    return {
        "plan_hash": plan.plan_hash,
        "dt": plan.dt.isoformat(),
        "status": row["status"],
        "created_at": row["created_at"].isoformat(),
        "is_historical": plan.is_historical,
        "rules_hash": plan.rules_hash,
        "model_version": plan.model_version,
        "notes": list(plan.notes),
        "cost_usd": plan.cost_usd,
        "would_send": len(plan.sending),
        "operations": dict(sorted(Counter(f"{r.destination}.{r.object}.{r.operation}" for r in plan.rows).items())),
        "rows": [_shown(r) for r in plan.rows],
    }


def _shown(row: PlanRow) -> dict[str, Any]:
    return {
        "destination": row.destination,
        "object": row.object,
        "natural_key": row.natural_key,
        "operation": row.operation,
        "record_id": row.record_id,
        "fields": [{"field": c.field, "before": c.before, "after": c.after, "mode": c.mode, "changes": c.is_change} for c in row.changes],
        "reason": row.reason,
        "evidence": list(row.evidence),
        "cost_usd": row.cost_usd,
        "signal_type": row.signal_type,
        "is_probe": row.is_probe,
    }
