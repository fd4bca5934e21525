"""Stage enrichment: the people of hot, eligible accounts, within the credit budget; the holdout is drawn first."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from signals_pipeline.orchestration.assets.sources import as_json, lake_spec
from signals_pipeline.orchestration.dbt_stage import lake_key
from signals_pipeline.orchestration.partitions import days_of
from signals_pipeline.orchestration.resources import House


def assets(partitions: dg.PartitionsDefinition[str]) -> list[dg.AssetsDefinition]:
    reads = [lake_key("account_scores"), dg.AssetKey(["signals", "account_eligibility"])]
    specs = [lake_spec("enrichment_results", "enrichment", "Every look-up of a person: outcome, provider, credits.", reads)]

    @dg.multi_asset(name="enrich", specs=specs, partitions_def=partitions)
    def enrich(context: dg.AssetExecutionContext, house: dg.ResourceParam[House]) -> Iterator[Any]:
        from signals_pipeline.enrichment import stage

        rt, days = house.runtime, days_of(context, house.runtime)
        with house.clocked("enrichment"):
            report = as_json(stage.run(rt, days.until))
        yield dg.MaterializeResult(asset_key=lake_key("enrichment_results"), metadata={"report": dg.MetadataValue.json(report)})

    return [enrich]
