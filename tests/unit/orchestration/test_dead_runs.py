"""A run whose process was killed inside a step that holds the pool keeps nobody waiting; one that lives is left alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from signals_pipeline.io.lease import is_gone, this_process
from signals_pipeline.orchestration import dead_runs
from signals_pipeline.orchestration.launch import set_dagster_home
from signals_pipeline.orchestration.resources import House, of_runs
from signals_pipeline.settings import load_settings

pytestmark = pytest.mark.filterwarnings("ignore")
POOL = "warehouse"

DIES = """
import os, signal, sys
import dagster as dg
from signals_pipeline.orchestration.resources import House, of_runs

@dg.asset(pool="warehouse")
def built(house: dg.ResourceParam[House]):
    os.kill(os.getpid(), signal.SIGKILL)

with dg.DagsterInstance.from_config(sys.argv[1]) as instance:
    dg.materialize([built], instance=instance, resources={"house": of_runs(House())})
"""


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    env: dict[str, str] = {}
    set_dagster_home(load_settings({}, home=tmp_path), env)
    monkeypatch.setenv("DAGSTER_STORAGE_DIR", env["DAGSTER_STORAGE_DIR"])
    with dg.DagsterInstance.from_config(env["DAGSTER_HOME"]) as opened:
        yield opened


@dg.asset(pool=POOL)
def built(house: dg.ResourceParam[House]) -> None: ...


def test_a_run_killed_while_it_held_the_pool_is_failed_with_its_reason_and_the_next_one_runs(instance: dg.DagsterInstance) -> None:
    died = subprocess.run([sys.executable, "-c", DIES, instance.root_directory], capture_output=True, timeout=120, check=False)
    assert died.returncode == -signal.SIGKILL, died.stderr[-2000:]
    (dead,) = instance.get_runs()
    assert dead.status == dg.DagsterRunStatus.STARTED
    assert instance.event_log_storage.get_concurrency_run_ids() == {dead.run_id}

    assert dead_runs.bury(instance) == [dead.run_id]

    (record,) = instance.get_run_records(dg.RunsFilter(run_ids=[dead.run_id]))
    assert record.dagster_run.status == dg.DagsterRunStatus.FAILURE
    assert dead_runs.SAID in [e.dagster_event.message for e in instance.all_logs(dead.run_id) if e.dagster_event]
    assert instance.event_log_storage.get_concurrency_run_ids() == set()
    # with the slot taken this would wait without end
    assert dg.materialize([built], instance=instance, resources={"house": of_runs(House())}).success
    assert dead_runs.bury(instance) == []


def test_a_run_of_a_living_process_keeps_its_slot(instance: dg.DagsterInstance) -> None:
    seen: list[object] = []

    @dg.asset(pool=POOL)
    def busy(house: dg.ResourceParam[House]) -> None:
        seen.append(dead_runs.bury(instance))
        seen.append(len(instance.event_log_storage.get_concurrency_run_ids()))

    assert dg.materialize([busy], instance=instance, resources={"house": of_runs(House())}).success
    assert seen == [[], 1]


def test_a_run_without_a_known_process_or_of_another_machine_is_left_alone(instance: dg.DagsterInstance) -> None:
    for tags in ({}, {dead_runs.PROCESS: "elsewhere:1:sabc"}):
        instance.create_run_for_job(_job(), status=dg.DagsterRunStatus.STARTED, tags=tags)
    assert dead_runs.bury(instance) == []


def _job() -> dg.JobDefinition:
    @dg.job
    def anything() -> None: ...

    return anything


def test_the_sensor_fails_what_is_dead_and_says_so(instance: dg.DagsterInstance) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    holder = this_process().replace(f":{os.getpid()}:", f":{gone.pid}:")
    run = instance.create_run_for_job(_job(), status=dg.DagsterRunStatus.STARTED, tags={dead_runs.PROCESS: holder})
    said = dead_runs.sensor().evaluate_tick(dg.build_sensor_context(instance=instance)).skip_message
    assert said and run.run_id in said
    assert instance.get_run_by_id(run.run_id).status == dg.DagsterRunStatus.FAILURE  # type: ignore[union-attr]


def test_a_process_is_gone_when_its_number_came_back_to_another() -> None:
    host, _, word = this_process().split(":")
    assert not is_gone(this_process())
    assert is_gone(f"{host}:{os.getpid()}:other")
    if word.startswith("s"):  # the system tells when a process was started
        assert is_gone(f"{host}:1:{word}"), "the first process was not started when we were"
    assert not is_gone(f"{host}:1")
    assert not is_gone(f"elsewhere:{os.getpid()}:{word}")
