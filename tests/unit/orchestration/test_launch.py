"""A run in this process: it says what it waits for, once, and tells a failed step in our own words."""

from __future__ import annotations

import gc
import os
import socket
from datetime import UTC, date, datetime
from pathlib import Path

import dagster as dg
import pytest

from signals_pipeline.orchestration import dead_runs, launch
from signals_pipeline.orchestration.resources import House, of_runs
from signals_pipeline.orchestration.waiting import POOL, waits_for
from signals_pipeline.runtime import Runtime, build_runtime
from signals_pipeline.settings import Settings, load_settings

pytestmark = pytest.mark.filterwarnings("ignore")
DAY = date(2026, 6, 29)


@pytest.fixture
def rt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runtime:
    for name in ("DAGSTER_HOME", "DAGSTER_STORAGE_DIR", launch.SET_BY_US):
        monkeypatch.setenv(name, "")  # set by the launch, taken back after the test
    monkeypatch.setattr(gc, "freeze", lambda: None)  # a run freezes all that its process holds; this one goes on
    made = build_runtime(load_settings({}, home=tmp_path, now=datetime(2026, 6, 30, 10, 5, tzinfo=UTC)))
    launch.set_dagster_home(made.settings)
    return made


def build(_: Settings, house: House) -> dg.Definitions:
    """One step that needs the pool."""

    @dg.asset(pool=POOL, partitions_def=dg.DailyPartitionsDefinition("2026-06-01"))
    def signals(house: dg.ResourceParam[House]) -> None: ...

    return dg.Definitions(assets=[signals], jobs=[dg.define_asset_job("what_if", [signals])], resources={"house": of_runs(house)})


def started(instance: dg.DagsterInstance, name: str) -> str:
    """The id of a run of this process."""

    @dg.job(name=name)
    def job() -> None: ...

    run = instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED)
    dead_runs.claim(instance, run.run_id)
    return run.run_id


def test_a_step_that_waits_says_whose_step_holds_the_pool_and_since_when(rt: Runtime) -> None:
    said: list[str | None] = []
    with dg.DagsterInstance.get() as instance:
        other = started(instance, "backfill")

        @dg.asset(pool=POOL)
        def features(house: dg.ResourceParam[House]) -> None:
            said.append(waits_for(instance, other))
            instance.event_log_storage.claim_concurrency_slot(POOL, other, "signals")
            said.append(waits_for(instance, other))

        holder = dg.materialize([features], instance=instance, resources={"house": of_runs(House(rt))}).run_id
        began = instance.get_run_step_stats(holder)[0].start_time
        said.append(waits_for(instance, other))
    assert began is not None
    job = "__ephemeral_asset_job__"
    who = f"the run {holder[:8]} of {job}, process {os.getpid()} on {socket.gethostname()} builds features there"
    assert said == [None, f"waiting for the warehouse: {who} since {datetime.fromtimestamp(began, UTC):%Y-%m-%d %H:%M:%S} UTC", None]


def test_a_run_that_waits_for_another_says_so_once_and_goes_on_when_the_slot_is_free(rt: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    looks: list[None] = []
    with dg.DagsterInstance.get() as instance:
        slots, holder = instance.event_log_storage, started(instance, "backfill")
        slots.initialize_concurrency_limit_to_default(POOL)
        assert slots.claim_concurrency_slot(POOL, holder, "features").is_claimed

        def after_a_while(_: dg.DagsterInstance) -> list[str]:
            looks.append(None)
            if said or len(looks) > 60:  # a run that never says anything must not hang the test
                slots.free_concurrency_slots_for_run(holder)
            return []

        monkeypatch.setattr(dead_runs, "bury", after_a_while)
        monkeypatch.setattr(launch, "BURY_EVERY", launch.SAY_AFTER + 3)
        told = launch.run_job(rt, build, "what_if", since=DAY, until=DAY, say=said.append)
    assert told.ok
    assert [s.partition(", process")[0] for s in said] == [f"waiting for the warehouse: the run {holder[:8]} of backfill"]


def test_a_run_that_finds_the_pool_free_says_nothing(rt: Runtime) -> None:
    said: list[str] = []
    assert launch.run_job(rt, build, "what_if", since=DAY, until=DAY, say=said.append).ok
    assert said == []


def test_a_failed_step_is_told_in_our_own_words() -> None:
    told = {
        "dagster._core.definitions.events.Failure: the lake is empty": "the lake is empty",
        "signals_pipeline.errors.Permanent: no account features stand": "Permanent: no account features stand",
        "KeyError: 'dt'": "KeyError: 'dt'",
    }
    assert [launch._OWN.sub("", raw) for raw in told] == list(told.values())
