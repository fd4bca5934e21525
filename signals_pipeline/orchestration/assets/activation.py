"""Stage activation: plan → six named gates (blocking) → apply. The gates hold again inside `apply`, whoever starts it."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from signals_pipeline.orchestration.assets.sources import as_json, lake_spec, standing
from signals_pipeline.orchestration.dbt_stage import lake_key
from signals_pipeline.orchestration.partitions import days_of
from signals_pipeline.orchestration.resources import House

GATES = {
    "suppression_inputs_fresh": "Every stream that a send depends on was pulled in this run, and is no more than a day old.",
    "volumes_as_expected": "The rows of the day lie where those of the weeks before did; no state came back empty.",
    "identity_sane": "No company gathers too many names or domains, and no unusual number of companies was merged today.",
    "scores_sane": "Scores lie in 0-100, are not all equal, and did not jump against the day before.",
    "outbox_obeys_policy": "An independent recount from the raw rows finds nobody in the plan who must not be contacted.",
    "plan_within_caps": "Rows, cost, enrolments of the day, contacts per company and e-mails per mailbox stay under their caps.",
}
"""gate → what it makes sure of; thresholds stand in `expectations/suites/` and the profile."""


def assets(partitions: dg.PartitionsDefinition[str]) -> list[Any]:
    outbox = [
        dg.AssetKey(["priorities", m])
        for m in (
            "outbox",
            "sync_salesforce__accounts",
            "sync_salesforce__contacts",
            "sync_outreach__prospects",
            "alerts",
        )
    ]
    plan_key, gates_key, sends_key = lake_key("plan_rows"), lake_key("gate_results"), lake_key("sends")

    @dg.multi_asset(
        name="plan",
        specs=[lake_spec("plan_rows", "activation", "What would be sent: one row per write.", outbox)],
        partitions_def=partitions,
    )
    def plan(context: dg.AssetExecutionContext, house: dg.ResourceParam[House]) -> Iterator[Any]:
        from signals_pipeline.activation import plan as stage

        rt, days = house.runtime, days_of(context, house.runtime)
        with house.clocked("plan"):
            made = stage.make(rt, days.until)
        planned = standing(rt, "plan_rows", days) | {
            "dagster/row_count": len(made.rows),
            "would send": len(made.sending),
            "cost_usd": float(made.cost_usd),
            "plan_hash": made.plan_hash,
        }
        yield dg.MaterializeResult(asset_key=plan_key, metadata=planned)

    stops = "A closed gate stops the apply, whoever starts it."
    checks = [dg.AssetCheckSpec(g, asset=gates_key, blocking=True, description=f"{says} {stops}") for g, says in GATES.items()]

    @dg.multi_asset(
        name="gates",
        specs=[lake_spec("gate_results", "activation", "The six named gates, judged over the plan.", [plan_key])],
        check_specs=checks,
        partitions_def=partitions,
    )
    def gates(context: dg.AssetExecutionContext, house: dg.ResourceParam[House]) -> Iterator[Any]:
        from signals_pipeline.activation import gates as stage
        from signals_pipeline.activation import plan as plans

        rt, days = house.runtime, days_of(context, house.runtime)
        with house.clocked("gates"):
            results = stage.judge(rt, plans.latest(rt, days.until))
        judged = standing(rt, "gate_results", days) | {"passed": sum(r.passed for r in results), "of": len(results)}
        yield dg.MaterializeResult(asset_key=gates_key, metadata=judged)
        for r in results:
            yield dg.AssetCheckResult(
                asset_key=gates_key,
                check_name=r.gate,
                passed=r.passed,
                severity=dg.AssetCheckSeverity.ERROR,
                metadata={
                    "failures": dg.MetadataValue.md("\n".join(f"- {f}" for f in r.failures[:50]) or "none"),
                    "rows_judged": r.rows_judged,
                },
            )

    @dg.multi_asset(
        name="apply",
        specs=[lake_spec("sends", "activation", "The ledger of the day: every effect, once.", [gates_key])],
        check_specs=[dg.AssetCheckSpec("applied", asset=sends_key, description="Nothing failed and no outcome is in doubt.")],
        partitions_def=partitions,
    )
    def apply(context: dg.AssetExecutionContext, house: dg.ResourceParam[House]) -> Iterator[Any]:
        from signals_pipeline.activation import apply as stage
        from signals_pipeline.activation import plan as plans

        rt, days = house.runtime, days_of(context, house.runtime)
        with house.clocked("apply"):
            done = stage.run(rt, plans.latest(rt, days.until).plan_hash)
        told = standing(rt, "sends", days) | {"message": done.message, "report": dg.MetadataValue.json(as_json(done))}
        yield dg.MaterializeResult(asset_key=sends_key, metadata=told)
        # not blocking: what was sent is told downstream; `run_report` fails the run at its end
        yield dg.AssetCheckResult(
            asset_key=sends_key,
            check_name="applied",
            passed=done.is_green,
            severity=dg.AssetCheckSeverity.ERROR,
            metadata={"message": done.message, "failed": dg.MetadataValue.json(as_json(done.failed))},
        )

    return [plan, gates, apply]
