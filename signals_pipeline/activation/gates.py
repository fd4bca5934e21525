"""The six named gates over a plan: their frames are built, judged by the suites in `expectations/`, stored with the plan's hash.

plan → `frames` → `expectations.gates.judge` → ops.gate_results, lake `gate_results`. `apply` reads them again, whoever starts it.
Run alone: `signals plan --fresh` (it judges what it made).
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from expectations.gates import GATES, GateResult
from expectations.gates import judge as judge_frame
from signals_pipeline.activation import frames, store
from signals_pipeline.activation.model import Plan
from signals_pipeline.io import audit, ops
from signals_pipeline.runtime import Runtime

__all__ = ["GATES", "GateResult", "judge"]

_FRAMES: dict[str, Callable[[Runtime, Plan], pd.DataFrame]] = {
    "suppression_inputs_fresh": frames.inputs,
    "volumes_as_expected": lambda rt, plan: frames.volumes(rt, plan.dt),
    "identity_sane": lambda rt, plan: frames.identity(rt, plan.dt),
    "scores_sane": lambda rt, plan: frames.scores(rt, plan.dt),
    "outbox_obeys_policy": frames.policy,
    "plan_within_caps": frames.caps,
}


def judge(rt: Runtime, plan: Plan) -> list[GateResult]:
    """Judge all six, in their order, and store the verdicts. A gate that cannot be judged is an error, never a pass."""
    results = [judge_frame(gate, _FRAMES[gate](rt, plan)) for gate in GATES]
    now = rt.stamp()
    rows = [
        {
            "plan_hash": plan.plan_hash,
            "gate": r.gate,
            "passed": r.passed,
            "failures": "; ".join(r.failures),
            "rows_judged": r.rows_judged,
            "judged_at": now,
        }
        for r in results
    ]
    with rt.ops.begin() as connection:
        connection.execute(ops.gate_results.delete().where(ops.gate_results.c.plan_hash == plan.plan_hash))
        connection.execute(ops.gate_results.insert(), rows)
    rt.lake.write("gate_results", plan.dt, rows)
    passed = all(r.passed for r in results)
    if store.record(rt, plan.plan_hash)["status"] in ("open", "gated", "refused"):
        store.set_status(rt, plan.plan_hash, "gated" if passed else "refused")
    verdicts = {r.gate: r.passed for r in results}
    audit.append(rt.ops, now, "gates_judged", {"plan_hash": plan.plan_hash, "passed": passed, "gates": verdicts})
    return results
