"""Runs a job in this process, recorded on the Dagster instance: what `signals run` and `signals backfill` call.

settings → instance (<home>/dagster) → job in process (a thread) → progress, what it waits for → success or the errors' words.
"""

from __future__ import annotations

import gc
import importlib
import itertools
import os
import re
import shutil
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import dagster as dg

from signals_pipeline import runs
from signals_pipeline.errors import Permanent
from signals_pipeline.orchestration import dead_runs
from signals_pipeline.orchestration.kept_sqlite import kept
from signals_pipeline.orchestration.resources import House
from signals_pipeline.orchestration.waiting import waits_for
from signals_pipeline.runtime import Runtime
from signals_pipeline.settings import REPOSITORY, Settings

_OWN = re.compile(r"^(dagster\._core\.definitions\.events\.Failure: |signals_pipeline\.errors\.)")  # our own words need no such name
TURN_S = 0.5  # while the job runs, we look at it so often
BURY_EVERY = 20  # turns
SAY_AFTER = 3  # turns of waiting in a row: between two steps of another run the slot is free for a moment
SET_BY_US = "DAGSTER_HOME_OF_SIGNALS"  # tells our own choice of an earlier home from an operator's

Build = Callable[[Settings, House], dg.Definitions]
"""`definitions.build_definitions`, handed in: the composition root is above this folder."""

Progress = Callable[[int, int, str], None]
"""(steps done, steps in all, what runs now)"""


@dataclass
class Launched:
    """How a run ended. `errors`: one line for each failed step; `steps`: seconds by step; `functions`: those inside our own code;
    `functions_cpu`: processor seconds of the process meanwhile; `functions_peak_mb`: its peak of memory up to their end;
    `told`: what a step had to say."""

    run_id: str
    ok: bool
    errors: list[str] = field(default_factory=list)
    steps: dict[str, float] = field(default_factory=dict)
    functions: dict[str, float] = field(default_factory=dict)
    functions_cpu: dict[str, float] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)
    functions_peak_mb: dict[str, int] = field(default_factory=dict)


def set_dagster_home(settings: Settings, environ: Any = None) -> None:
    """Make `<home>/dagster` Dagster's home, with a copy of the repository's dagster.yaml; an operator's own DAGSTER_HOME wins.

    The repository itself is never Dagster's home: Dagster writes files of its own beside its configuration.
    """
    env = os.environ if environ is None else environ
    folder = settings.home / "dagster"
    folder.mkdir(parents=True, exist_ok=True)
    if not env.get("DAGSTER_HOME") or env.get(SET_BY_US):
        shutil.copyfile(REPOSITORY / "dagster.yaml", folder / "dagster.yaml")
        env |= {"DAGSTER_HOME": str(folder), "DAGSTER_STORAGE_DIR": str(folder), SET_BY_US: "1"}
    env.setdefault("DAGSTER_STORAGE_DIR", str(folder))


def run_job(
    rt: Runtime,
    build: Build,
    job: str,
    *,
    since: date,
    until: date,
    history_from: date | None = None,
    groups: Sequence[str] | None = None,
    settings_of_step: Mapping[str, Mapping[str, Any]] | None = None,
    progress: Progress | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Launched:
    """Run `daily` (since == until), `backfill` or `what_if` (a range). `groups`: only these stages (replay has no destinations).

    `settings_of_step`: step → what it is told (its Dagster configuration). `say` gets one sentence each time the job waits for another run.

    Raises Permanent when the definitions do not load; a failing step is in `errors`, not raised.
    """
    set_dagster_home(rt.settings)
    house = House(rt)
    definitions = build(rt.settings, house)
    found = definitions.resolve_job_def(job)
    selection = None
    if groups is not None:
        graph = definitions.resolve_asset_graph()
        selection = sorted(k for k in found.asset_layer.executable_asset_keys if graph.get(k).group_name in groups)
    config: dict[str, Any] = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    if history_from and job == "daily":
        span = {"config": {"history_from": history_from.isoformat()}}
        config["ops"] = dict.fromkeys(("pull_all", "extract_events", "resolve"), span)
    if settings_of_step:
        config["ops"] = {step: {"config": dict(told)} for step, told in settings_of_step.items()}
    tags = (
        {"dagster/partition": until.isoformat()}
        if since == until
        else {
            "dagster/asset_partition_range_start": since.isoformat(),
            "dagster/asset_partition_range_end": until.isoformat(),
        }
    )
    run_id = str(uuid.uuid4())
    with (
        kept(rt.settings.home / "dagster"),
        runs.recorded(rt, run_id, job, until) as row,
        dg.DagsterInstance.get() as instance,
    ):
        outcome: dict[str, Any] = {}
        dead_runs.bury(instance)  # else the slot of a killed run would be waited for

        def work() -> None:
            try:
                outcome["result"] = found.execute_in_process(
                    run_config=config,
                    instance=instance,
                    run_id=run_id,
                    raise_on_error=False,
                    asset_selection=selection,
                    partition_key=until.isoformat() if since == until else None,
                    tags=None if since == until else tags,
                )
            except BaseException as bad:  # handed to the caller below
                outcome["error"] = bad

        gc.freeze()  # modules and definitions live to the end: no collection looks at them again
        thread = threading.Thread(target=work, name="dagster-run", daemon=True)
        thread.start()
        # the gates' library takes seconds to import: it does so while the vendors answer
        is_to_import = job == "daily" and groups is None
        total = len(found.graph.node_defs)
        turns, waited = itertools.count(1), 0
        while thread.is_alive():
            thread.join(timeout=TURN_S)
            if not next(turns) % BURY_EVERY:
                dead_runs.bury(instance)  # the one that this run waits for may have been killed meanwhile
            wait = waits_for(instance, run_id)
            waited = waited + 1 if wait else 0
            if wait and waited == SAY_AFTER:
                say(wait)
            if is_to_import and "sources" in house.entered:
                is_to_import = False
                threading.Thread(target=importlib.import_module, args=("great_expectations",), name="import-gates", daemon=True).start()
            if progress:
                _tell(instance, run_id, total, progress)
        if "error" in outcome:
            raise Permanent(f"the run could not start: {outcome['error']}") from outcome["error"]
        launched = _launched(instance, run_id, outcome["result"], house)
        # broken: the identities of what was pulled are not settled, so the next run loads the history again
        row["status"] = "success" if launched.ok else "red" if "identity" in house.finished else "broken"
        return launched


def _tell(instance: dg.DagsterInstance, run_id: str, total: int, progress: Progress) -> None:
    stats = instance.get_run_step_stats(run_id)
    done = sum(1 for s in stats if s.end_time)
    running = [s.step_key for s in stats if s.start_time and not s.end_time]
    progress(done, total, running[0] if running else "")


def _launched(instance: dg.DagsterInstance, run_id: str, result: Any, house: House) -> Launched:
    stats = instance.get_run_step_stats(run_id)
    steps = {s.step_key: round(s.end_time - s.start_time, 2) for s in stats if s.start_time and s.end_time}
    errors = []
    for event in result.all_events:
        if event.event_type_value == "STEP_FAILURE":
            error = event.event_specific_data.error
            cause = error.cause if error and error.cause else error
            errors.append(f"{event.step_key}: {_OWN.sub('', (cause.message if cause else event.message).strip())}")
    functions = {k: round(v, 2) for k, v in house.seconds.items()}
    cpu = {k: round(v, 2) for k, v in house.cpu_seconds.items()}
    return Launched(run_id, bool(result.success), errors, steps, functions, cpu, dict(house.told), dict(house.peak_mb))
