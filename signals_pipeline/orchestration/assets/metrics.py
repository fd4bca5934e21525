"""Stage metrics: what is published after the dbt models, and the last asset, which fails the run if any stream failed."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from signals_pipeline.orchestration.assets.sources import as_json
from signals_pipeline.orchestration.dbt_stage import OWNER, lake_key
from signals_pipeline.orchestration.partitions import days_of
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

        with house.clocked("publish"):
            done = publish.run(house.runtime)
        return dg.MaterializeResult(metadata={"report": dg.MetadataValue.json(as_json(done))})

    @dg.asset(
        key=["metrics", "run_report"],
        group_name="metrics",
        owners=[OWNER],
        kinds={"python"},
        partitions_def=partitions,
        deps=[dg.AssetKey(["metrics", "published"]), lake_key("stream_runs")],
    )
    def run_report(context: dg.AssetExecutionContext, house: dg.ResourceParam[House]) -> Iterator[Any]:
        """What the run did, in one page; fails the run when a stream failed, so that no red stream hides in a green run."""
        from signals_pipeline import report

        rt, days = house.runtime, days_of(context, house.runtime)
        told = report.of_day(rt, days.until)
        yield dg.MaterializeResult(metadata={"report": dg.MetadataValue.json(told), "summary": dg.MetadataValue.md(report.markdown(told))})
        if failed := [name for name, s in told["streams"].items() if s["status"] in ("failed", "paused")]:
            raise dg.Failure(f"streams failed: {', '.join(failed)}", allow_retries=False)

    return [published, run_report]
