"""The composition root: settings → Dagster definitions. No logic; nothing happens at import.

Used by workspace.yaml (the UI, the daemon) and by the CLI (`build_definitions(settings, house=...)`).
"""

from __future__ import annotations

from pathlib import Path

import dagster as dg

from signals_pipeline.io import dbt
from signals_pipeline.orchestration import automation, dead_runs
from signals_pipeline.orchestration.assets import activation, enrichment, identity, learning, metrics, scoring, sources
from signals_pipeline.orchestration.dbt_stage import SEEDS, dbt_stage
from signals_pipeline.orchestration.partitions import daily, days_ahead, monthly
from signals_pipeline.orchestration.resources import House, of_runs
from signals_pipeline.rules.profile import load_profile
from signals_pipeline.settings import Settings, load_settings


def build_definitions(settings: Settings, house: House | None = None, *, manifest: Path | None = None) -> dg.Definitions:
    """Everything Dagster knows of. `house`: share an open runtime; `manifest`: skip `dbt parse`."""
    zone = load_profile(settings.profile_path).zone
    ahead = days_ahead(settings.clock)
    days = daily(zone, ahead)
    parsed = manifest or dbt.parse(settings)
    stages = [
        dbt_stage("rules", parsed, SEEDS),
        dbt_stage("usage", parsed, "signals.signals.usage_daily", partitions=days),
        dbt_stage(
            "signals",
            parsed,
            "signals.sources signals.identity signals.signals",
            exclude="signals.signals.usage_daily signals.signals.account_features",
        ),
        dbt_stage("features", parsed, "signals.signals.account_features", partitions=days, is_alone=True),
        dbt_stage(
            "priorities",
            parsed,
            "signals.scoring signals.enrichment signals.priorities",
            again="person_links person_records people",  # enrichment has found people since
        ),
        dbt_stage("metrics", parsed, "signals.activation signals.metrics"),
    ]
    marts = [key for stage in stages for key in stage.keys if key.path[0] == "metrics"]
    job, backfill = automation.daily_job(), automation.backfill_job()
    learn, walk = learning.jobs()
    return dg.Definitions(
        assets=[
            *sources.assets(days), *identity.assets(days), *stages, *scoring.assets(days), *enrichment.assets(days),
            *activation.assets(days), *metrics.assets(days, marts), *learning.assets(monthly(zone, ahead)),
        ],
        jobs=[job, backfill, automation.what_if_job(), learn, walk],
        schedules=[automation.schedule(job, zone), *learning.schedules(learn, walk, zone)],
        sensors=[automation.file_drop_sensor(job), automation.failure_sensor(), dead_runs.sensor()],
        resources={"house": of_runs(house or House())},
        executor=dg.in_process_executor,
    )  # fmt: skip


@dg.definitions
def defs() -> dg.Definitions:
    """What workspace.yaml loads."""
    return build_definitions(load_settings())


def main() -> None:
    """`python -m signals_pipeline.definitions`: dbt parses and the definitions load; says what they hold."""
    import sys
    import tempfile

    from signals_pipeline.orchestration.launch import set_dagster_home

    with tempfile.TemporaryDirectory() as home:
        settings = load_settings({}, home=home)
        set_dagster_home(settings)
        graph = build_definitions(settings).resolve_asset_graph()
        sys.stdout.write(f"definitions load: {len(graph.get_all_asset_keys())} assets, {len(graph.asset_check_keys)} checks\n")


if __name__ == "__main__":
    main()
