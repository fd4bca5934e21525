"""Stage enrichment: the people of hot, eligible accounts, within the credit budget; the holdout is drawn first."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from signals_pipeline.orchestration.assets.sources import as_json, lake_spec, standing
from signals_pipeline.orchestration.dbt_stage import lake_key
from signals_pipeline.orchestration.partitions import Days, days_of
from signals_pipeline.orchestration.resources import House
from signals_pipeline.runtime import Runtime


def assets(partitions: dg.PartitionsDefinition[str]) -> list[dg.AssetsDefinition]:
    reads = [lake_key("account_scores"), dg.AssetKey(["signals", "account_eligibility"])]
    specs = [lake_spec("enrichment_results", "enrichment", "Every look-up of a person: outcome, provider, credits.", reads)]

    key = lake_key("enrichment_results")
    check = dg.AssetCheckSpec("enriched", asset=key, description="The look-ups of the day were made, as far as credits go.")

    @dg.multi_asset(name="enrich", specs=specs, check_specs=[check], partitions_def=partitions)
    def enrich(context: dg.AssetExecutionContext, house: dg.ResourceParam[House]) -> Iterator[Any]:
        from signals_pipeline.enrichment import stage

        rt, days = house.runtime, days_of(context, house.runtime)
        with house.clocked("enrichment"):
            done = stage.run(rt, days.until)
        yield dg.MaterializeResult(asset_key=key, metadata=_told(rt, days, done))
        # not blocking: without new people the day goes on; `run_report` fails the run at its end
        yield dg.AssetCheckResult(
            asset_key=key,
            check_name="enriched",
            passed=done.status != "failed",
            severity=dg.AssetCheckSeverity.ERROR,
            metadata={"status": done.status, "message": done.error or done.status},
        )

    return [enrich]


def _told(rt: Runtime, days: Days, done: Any) -> dict[str, Any]:
    """Rows, window and cost, and the report whole."""
    cost = {"credits": float(done.credits), "cost_usd": float(done.usd)}
    return standing(rt, "enrichment_results", days) | cost | {"status": done.status, "report": dg.MetadataValue.json(as_json(done))}
