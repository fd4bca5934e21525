"""Stage identity: which records speak of the same company, person, episode."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from signals_pipeline.orchestration.assets.sources import Span, as_json, lake_spec, standing
from signals_pipeline.orchestration.dbt_stage import lake_key
from signals_pipeline.orchestration.partitions import days_of
from signals_pipeline.orchestration.resources import House

WRITES = {
    "company_links": "Which company each mention speaks of.",
    "company_merges": "Merges and undone merges, from their day on.",
    "company_signatures": "What was decided first about each way of naming a company: the memory of this stage.",
    "person_links": "Which person each record speaks of.",
    "person_merges": "Merges of people and undone ones, from their day on; `person_links` holds them folded.",
    "person_signatures": "What was decided first about each way of naming a person, as keyed hashes.",
    "episode_links": "Which episode each event belongs to.",
    "link_reviews": "Pairs that a person must decide.",
}


def assets(partitions: dg.PartitionsDefinition[str]) -> list[dg.AssetsDefinition]:
    reads = [lake_key(d) for d in ("mentions", "people", "events", "documents")]

    @dg.multi_asset(name="resolve", specs=[lake_spec(d, "identity", t, reads) for d, t in WRITES.items()], partitions_def=partitions)
    def resolve(context: dg.AssetExecutionContext, house: dg.ResourceParam[House], config: Span) -> Iterator[Any]:
        import signals_pipeline.identity.stage as stage

        rt, days = house.runtime, days_of(context, house.runtime)
        with house.clocked("identity"):
            report = as_json(stage.run(rt, days.until, since=config.since))
        for name in WRITES:
            told = standing(rt, name, days) | {"report": dg.MetadataValue.json(report)}
            yield dg.MaterializeResult(asset_key=lake_key(name), metadata=told)

    return [resolve]
