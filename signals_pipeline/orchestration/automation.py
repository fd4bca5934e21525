"""When things run: the daily job at 06:00, the file-drop sensor, the run-failure sensor."""

import warnings
from collections.abc import Iterator
from typing import Any

import dagster as dg

from signals_pipeline.orchestration.resources import House
from signals_pipeline.rules.windows import HOUR_OFFSET

WHAT_IF = dg.AssetSelection.assets(["lake", "what_if_scores"])


def daily_job() -> Any:
    """Everything, in order, for one day.

    Features and scores can do a range in one run, a pull cannot: Dagster takes the smaller, one day a run, which is what we want,
    and would say so at each load.
    """
    warnings.filterwarnings("ignore", message="Asset job daily materializes assets with varying BackfillPolicies")
    return dg.define_asset_job(
        "daily",
        selection=dg.AssetSelection.all() - dg.AssetSelection.key_prefixes(["carried"], ["ml"]) - WHAT_IF,
        executor_def=dg.in_process_executor,
        description="Pull, resolve, build, score, enrich, rank, plan, judge, apply, measure.",
        tags={"signals/kind": "daily"},
    )


def backfill_job() -> Any:
    """Re-scores history; neither sends nor spends: no source, no enrichment, no activation is in it."""
    return dg.define_asset_job(
        "backfill",
        executor_def=dg.in_process_executor,
        description="Features and scores of past days; neither sends nor spends.",
        selection=dg.AssetSelection.assets(["signals", "account_features"], ["lake", "account_scores"], ["lake", "account_score_reasons"]),
    )


def what_if_job() -> Any:
    """Past days under another model or today's rules, in a data set of its own."""
    return dg.define_asset_job(
        "what_if",
        executor_def=dg.in_process_executor,
        description="Scores past days with today's rules beside the record; the record is not touched. With a stored model instead: "
        "configuration `ops: {score_what_if: {config: {model: VERSION}}}`.",
        selection=WHAT_IF,
    )


def schedule(job: Any, zone: str) -> dg.ScheduleDefinition:
    """06:00 in the profile's zone, for the day that has just closed by the pipeline's own clock (which is the sandbox's in a sandbox)."""

    @dg.schedule(
        name="daily_at_0600",
        job=job,
        cron_schedule=f"0 {HOUR_OFFSET} * * *",
        execution_timezone=zone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="The daily job for the day that has just closed.",
    )
    def daily_at_0600(context: dg.ScheduleEvaluationContext, house: dg.ResourceParam[House]) -> dg.RunRequest:
        day = house.runtime.today().isoformat()
        return dg.RunRequest(run_key=day, partition_key=day)

    return daily_at_0600


def file_drop_sensor(job: Any) -> dg.SensorDefinition:
    """Starts a run for the newest closed day when a complete file lies in a drop folder; one run per day and set of files."""

    said = "Runs the daily job when a complete file lies in a drop folder: once a day for each set of files."
    running = dg.DefaultSensorStatus.RUNNING

    @dg.sensor(name="file_drop", job=job, minimum_interval_seconds=60, default_status=running, description=said)
    def file_drop(context: dg.SensorEvaluationContext, house: dg.ResourceParam[House]) -> Iterator[Any]:
        from signals_pipeline.sources.file_drop.folder import ready_files

        rt, day = house.runtime, house.runtime.today()
        ready = [f"{p.parent.parent.name}/{p.name}:{p.stat().st_size}" for p in ready_files(rt.settings.file_drop, day)]
        if not ready:
            yield dg.SkipReason(f"no complete file under {rt.settings.file_drop}")
            return
        # the day is part of the key: a run that waited until its day was past took nothing, and the files lie there still
        yield dg.RunRequest(run_key="|".join([day.isoformat(), *sorted(ready)]), partition_key=day.isoformat())

    return file_drop


def failure_sensor() -> dg.SensorDefinition:
    """A failed run becomes an in-app notice, once."""

    said = "A failed run becomes a notice in the app, once."

    @dg.run_failure_sensor(name="run_failed", default_status=dg.DefaultSensorStatus.RUNNING, description=said)
    def run_failed(context: dg.RunFailureSensorContext, house: dg.ResourceParam[House]) -> None:
        import sqlalchemy as sa

        from signals_pipeline.io import ops

        rt = house.runtime
        notice = {
            "notice_id": f"run-failed-{context.dagster_run.run_id}",
            "kind": "run_failed",
            "title": f"Run {context.dagster_run.job_name} failed",
            "body": context.failure_event.message,
            "is_read": False,
            "at": rt.stamp(),
        }
        with rt.ops.begin() as connection:
            known = connection.execute(sa.select(ops.notices.c.notice_id).where(ops.notices.c.notice_id == notice["notice_id"])).first()
            if known is None:
                connection.execute(ops.notices.insert(), [notice])

    return run_failed
