"""Plans in the ops store: stored whole, never recomputed; a newer plan supersedes the open ones.

`Plan` → ops.plans and lake `plan_rows` (keys only: personal data stays in the stored body) → `load`, `latest`.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import sqlalchemy as sa

from signals_pipeline.activation.model import Plan, PlanRow, canonical, plan_of
from signals_pipeline.errors import Permanent
from signals_pipeline.io import ops
from signals_pipeline.runtime import Runtime

OPEN = ("open", "gated", "approved", "refused")
_P = ops.plans


def save(rt: Runtime, plan: Plan) -> None:
    """Store a plan, supersede the open ones, write `plan_rows`. Making the same plan again refreshes its age, nothing else."""
    now = rt.stamp()
    with rt.ops.begin() as connection:
        older = _P.c.status.in_(OPEN) & (_P.c.plan_hash != plan.plan_hash)
        connection.execute(_P.update().where(older).values(status="superseded", superseded_by=plan.plan_hash))
        standing = connection.execute(sa.select(_P.c.status).where(_P.c.plan_hash == plan.plan_hash)).scalar()
        if standing is None:
            connection.execute(
                _P.insert().values(
                    plan_hash=plan.plan_hash,
                    dt=plan.dt,
                    status="open",
                    created_at=now,
                    rules_hash=plan.rules_hash,
                    model_version=plan.model_version,
                    is_historical=plan.is_historical,
                    cost_usd=plan.cost_usd,
                    rows=len(plan.rows),
                    body=canonical(plan.body()),
                )
            )
        else:
            status = standing if standing == "applied" else "open"
            connection.execute(
                _P.update().where(_P.c.plan_hash == plan.plan_hash).values(status=status, created_at=now, superseded_by=None)
            )
    rt.lake.write("plan_rows", plan.dt, [_keys_only(plan, r) for r in plan.rows])


def _keys_only(plan: Plan, row: PlanRow) -> dict[str, Any]:
    said = {"reason": row.reason, "cost_usd": row.cost_usd, "fields": sum(c.is_change for c in row.changes)}
    return {"plan_hash": plan.plan_hash, **row.ids(), **said}


def record(rt: Runtime, plan_hash: str) -> dict[str, Any]:
    """The ops row of a plan, body left out. Raises Permanent when there is none."""
    with rt.ops.connect() as connection:
        row = connection.execute(sa.select(*(c for c in _P.c if c.name != "body")).where(_P.c.plan_hash == plan_hash)).mappings().first()
    if row is None:
        raise Permanent(f"no plan {plan_hash[:12]}; `signals plan --fresh` makes one")
    return dict(row)


def load(rt: Runtime, plan_hash: str) -> Plan:
    """The stored plan. Raises Permanent when there is none, or when its body no longer gives its hash."""
    with rt.ops.connect() as connection:
        row = connection.execute(sa.select(_P).where(_P.c.plan_hash == plan_hash)).mappings().first()
    if row is None:
        raise Permanent(f"no plan {plan_hash[:12]}; `signals plan --fresh` makes one")
    plan = plan_of(json.loads(row["body"]), row["created_at"])
    if plan.plan_hash != plan_hash:
        raise Permanent(f"plan {plan_hash[:12]} was altered in the ops store; make a new one with `signals plan --fresh`")
    return plan


def latest(rt: Runtime, dt: date | None = None) -> Plan:
    """The newest plan of `dt` (of any day when None) that is not superseded. Raises Permanent when there is none."""
    query = sa.select(_P.c.plan_hash).where(_P.c.status != "superseded").order_by(_P.c.created_at.desc(), _P.c.plan_hash)
    if dt is not None:
        query = query.where(_P.c.dt == dt)
    with rt.ops.connect() as connection:
        found = connection.execute(query.limit(1)).scalar()
    if found is None:
        raise Permanent(f"no plan{f' for {dt}' if dt else ''} yet; `signals plan --fresh` makes one")
    return load(rt, found)


def set_status(rt: Runtime, plan_hash: str, status: str) -> None:
    with rt.ops.begin() as connection:
        connection.execute(_P.update().where(_P.c.plan_hash == plan_hash).values(status=status))
