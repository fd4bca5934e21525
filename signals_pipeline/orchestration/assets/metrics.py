"""Stage metrics: what is published after the dbt models, and the last asset, which fails the run if anything in it was red."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from signals_pipeline.orchestration.assets.sources import as_json
from signals_pipeline.orchestration.dbt_stage import OWNER, lake_key
from signals_pipeline.orchestration.partitions import days_of, window
from signals_pipeline.orchestration.resources import House


def assets(partitions: dg.PartitionsDefinition[str], marts: list[dg.AssetKey]) -> list[dg.AssetsDefinition]:
    @dg.asset(
        key=["metrics", "published"],
        group_name="metrics",
        owners=[OWNER],
        kinds={"python"},
        deps=marts,
        partitions_def=partitions,
    )
    def published(context: dg.AssetExecutionContext, house: dg.ResourceParam[House]) -> dg.MaterializeResult[Any]:
        """The marts, copied aside and renamed over: what BI, site and API read."""
        from signals_pipeline.io import publish

        rt, days = house.runtime, days_of(context, house.runtime)
        with house.clocked("publish"):
            done = publish.run(rt)
        told: dict[str, Any] = {"window": window(days, rt), "dagster/row_count": sum(done.tables.values()), "marts": len(done.tables)}
        return dg.MaterializeResult(metadata=told | {"place": done.place, "report": dg.MetadataValue.json(as_json(done))})

    @dg.asset(
        key=["metrics", "run_report"],
        group_name="metrics",
        owners=[OWNER],
        kinds={"python"},
        partitions_def=partitions,
        deps=[dg.AssetKey(["metrics", "published"]), *(lake_key(d) for d in ("stream_runs", "enrichment_results", "sends"))],
    )
    def run_report(context: dg.AssetExecutionContext, house: dg.ResourceParam[House]) -> Iterator[Any]:
        """What the run did, in one page; fails the run when a check of it was red, so that no failure hides in a green run."""
        from signals_pipeline import report

        rt, days = house.runtime, days_of(context, house.runtime)
        with house.clocked("report"):
            told = report.of_day(rt, days.until)
        house.told["report"] = told
        page = {"summary": dg.MetadataValue.md(report.markdown(told)), "report": dg.MetadataValue.json(told)}
        yield dg.MaterializeResult(metadata=_in_short(told) | {"window": window(days, rt)} | page)
        failed = [f"stream {name}: {s['error']}" for name, s in told["streams"].items() if s["status"] in ("failed", "paused")]
        if red := [*failed, *_red_checks(context.instance, context.run_id)]:
            raise dg.Failure(f"red: {'; '.join(red)}", allow_retries=False)

    return [published, run_report]


def _in_short(told: dict[str, Any]) -> dict[str, Any]:
    """The numbers of a day that a person asks for first; as numbers the UI can plot them over the days."""
    streams = told["streams"].values()
    counts = {name: sum(s[name] for s in streams) for name in ("in", "landed", "rejected")}
    words = {"left to send": "planned", "sent on the day": "sent", "suppressed contacts": "suppressed_contacts", "held out": "held_out"}
    sends = {shown: told[name] for shown, name in words.items()}
    return counts | sends | {"cost_usd": told["cost"]["usd"], "gates open": sum(told["gates"].values()), "gates": len(told["gates"])}


def _red_checks(instance: dg.DagsterInstance, run_id: str) -> list[str]:
    """Checks of this run that failed as errors, with their message; those of streams are told from the report."""
    records = instance.all_logs(run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION)
    found = {}
    for record in records:
        told: Any = record.get_dagster_event().event_specific_data
        if told.passed or told.severity != dg.AssetCheckSeverity.ERROR or told.check_name == "pulled":
            continue
        message = told.metadata.get("message")
        words = message.value if message else told.asset_key.to_user_string()
        found[told.asset_key.path[-1], told.check_name] = f"{told.check_name}: {words}"
    return [found[key] for key in sorted(found)]
