"""Runs whose process ended before they did (killed, out of memory, the machine went down): told as failed, their pool slots freed.

process → tag of its run (`claim`) → `bury` → the run is failed, its slots are free

Dagster itself keeps such a run "started" for ever: its slot of the pool `warehouse` blocks every later run that builds with dbt, and in the
queue a dead daily run keeps the next day's out. `bury` is called before a command starts a run and while it waits, and by a sensor.
A run of another machine is left alone: nobody here can say whether it lives.
Does not belong here: how to tell a dead process (`io/lease.py`).
"""

from __future__ import annotations

import dagster as dg

from signals_pipeline.io.lease import is_gone, this_process

PROCESS = "signals/process"
SAID = "its process ended before it did: killed, out of memory, or the machine went down; the same command goes on from there"
_UNDER_WAY = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]


def claim(instance: dg.DagsterInstance, run_id: str) -> None:
    """Note on a run that it is of this process."""
    instance.add_run_tags(run_id, {PROCESS: this_process()})


def bury(instance: dg.DagsterInstance) -> list[str]:
    """Fail the runs whose process is gone and free the slots of runs that have ended; the ids of the runs that were failed."""
    found = [run for run in instance.get_runs(dg.RunsFilter(statuses=_UNDER_WAY)) if is_gone(run.tags.get(PROCESS, ""))]
    for run in found:
        instance.report_run_failed(run, SAID)
    storage = instance.event_log_storage
    if storage.supports_global_concurrency_limits:
        for run_id in storage.get_concurrency_run_ids():
            held = instance.get_run_by_id(run_id)
            if held is None or held.is_finished:
                storage.free_concurrency_slots_for_run(run_id)
    return [run.run_id for run in found]


def sensor() -> dg.SensorDefinition:
    """Once a minute, so that a schedule's next run is not kept out by a dead one."""

    @dg.sensor(
        name="dead_runs",
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Fails runs whose process was killed, so that they keep nobody waiting.",
    )
    def dead_runs(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        found = bury(context.instance)
        return dg.SkipReason(f"failed {', '.join(found)}: {SAID}" if found else "every run under way has its process")

    return dead_runs
