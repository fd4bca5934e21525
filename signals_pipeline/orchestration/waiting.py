"""What a run waits for: the slot of the pool that steps which build with dbt share, held by another run that lives.

run → `waits_for` → one sentence (whose step holds the slot, since when), or None.
Does not belong here: slots of runs that died (`dead_runs.py`).
"""

from __future__ import annotations

from datetime import UTC, datetime

import dagster as dg

from signals_pipeline.orchestration.dead_runs import PROCESS

POOL = "warehouse"


def waits_for(instance: dg.DagsterInstance, run_id: str) -> str | None:
    """What a step of the run waits for; None when none waits, or the slot has just come free."""
    pool = instance.event_log_storage.get_concurrency_info(POOL)
    holder = next((slot for slot in pool.claimed_slots if slot.run_id != run_id), None)
    if run_id not in pool.pending_run_ids or holder is None:
        return None
    run = instance.get_run_by_id(holder.run_id)
    if run is None:
        return None
    host, number, *_ = (*run.tags.get(PROCESS, "").split(":"), "", "")
    process = f", process {number} on {host}" if number else ""
    started = [stats.start_time for stats in instance.get_run_step_stats(holder.run_id, [holder.step_key]) if stats.start_time]
    since = f" since {datetime.fromtimestamp(started[0], UTC):%Y-%m-%d %H:%M:%S} UTC" if started else ""
    return f"waiting for the {POOL}: the run {holder.run_id[:8]} of {run.job_name}{process} builds {holder.step_key} there{since}"
