"""Why a whole plan must not be applied: asked at the moment of the apply, whoever starts it.

stored plan + gate results + today's rules → `refusals` → sentences; none means it may go.
Does not belong here: why a single row must not be sent (`suppression.py`, `destinations/*.drift`).
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

import sqlalchemy as sa

from expectations.gates import GATES
from signals_pipeline.activation import store
from signals_pipeline.activation.caps import caps_of
from signals_pipeline.activation.model import Plan
from signals_pipeline.activation.switches import approved_by, paused_by
from signals_pipeline.io import ops
from signals_pipeline.rules.seeds import SEEDS
from signals_pipeline.runtime import Runtime
from signals_pipeline.settings import REPOSITORY


def rules_hash(rt: Runtime) -> str:
    """16 hex digits over the profile, every seed, and the message templates."""
    digest = hashlib.sha256(json.dumps(rt.profile.model_dump(mode="json"), sort_keys=True).encode())
    for path in [
        *sorted(SEEDS.glob("*.csv")),
        *sorted((REPOSITORY / "config" / "templates").glob("*.yml")),
        REPOSITORY / "config" / "prompt.md",
    ]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def model_version(rt: Runtime, dt: date) -> str:
    """The models whose scores stand for `dt`, as text; `none` when nothing was scored."""
    rows = rt.lake.read("account_scores", since=dt, until=dt, columns=["model", "model_version"]).to_pylist()
    return ", ".join(sorted({f"{r['model']}:{r['model_version']}" for r in rows})) or "none"


def holds(rt: Runtime, plan: Plan, mode: str) -> list[str]:
    """What people decided against sending now, as sentences that say what ends it: nothing is wrong with the plan."""
    found = []
    if (who := paused_by(rt)) is not None:
        found.append(f"sending is paused by {who}; `signals resume` ends it")
    if mode == "manual" and not approved_by(rt, plan.plan_hash):
        found.append(f"mode manual: nobody approved this plan; `signals approve {plan.plan_hash} --by <name>`, then `signals apply`")
    return found


def refusals(rt: Runtime, plan: Plan) -> list[str]:
    """Every reason why the plan may not be applied now, whatever people decided, as sentences that say what to do."""
    row = store.record(rt, plan.plan_hash)
    activation = rt.profile.activation
    found = []
    if row["status"] == "superseded":
        found.append(f"superseded by plan {(row['superseded_by'] or '')[:12]}; apply that one")
    if rt.replay is not None:
        found.append("a replay has no destinations")
    if plan.is_historical or plan.dt != rt.today():
        found.append(f"historical: the plan is for {plan.dt}, the newest closed day is {rt.today()}; a backfill never sends")
    age = (rt.stamp() - row["created_at"]).total_seconds() / 3600
    if age > activation.max_plan_age_hours or age < 0:
        found.append(
            f"too old: made {age:.1f} h ago, at most {activation.max_plan_age_hours:g} h are allowed; "
            "make a new one with `signals plan --fresh`"
        )
    if plan.rules_hash != rules_hash(rt):
        found.append("the rules changed since the plan was made (profile, seeds or templates); make a new one with `signals plan --fresh`")
    if plan.model_version != (now := model_version(rt, plan.dt)):
        found.append(
            f"the model changed since the plan was made ({plan.model_version} then, {now} now); make a new one with `signals plan --fresh`"
        )
    found += [f"over a cap: {c.key} uses {c.used:g} of {c.allowed:g}" for c in caps_of(rt, plan) if c.used > c.allowed]
    return found + _gates(rt, plan, row)


def _gates(rt: Runtime, plan: Plan, row: dict[str, Any]) -> list[str]:
    table = ops.gate_results
    with rt.ops.connect() as connection:
        told = {r["gate"]: r for r in connection.execute(sa.select(table).where(table.c.plan_hash == plan.plan_hash)).mappings()}
    found = []
    for gate in GATES:
        result = told.get(gate)
        if result is None:
            found.append(f"gate {gate} was not judged for this plan")
        elif not result["passed"]:
            found.append(f"gate {gate} did not pass: {(result['failures'] or '')[:300]}")
        elif result["judged_at"] < row["created_at"]:
            found.append(f"gate {gate} was judged before the plan was made anew; judge it again")
    return found
