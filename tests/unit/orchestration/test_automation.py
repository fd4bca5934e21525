"""Sensors and schedule, evaluated as the daemon does."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import dagster as dg
import pytest
import sqlalchemy as sa

from signals_pipeline.io import ops
from signals_pipeline.orchestration import automation
from signals_pipeline.orchestration.partitions import FIRST_DAY, ROOM_DAYS, Days, daily, days_ahead, days_of, monthly, newest
from signals_pipeline.orchestration.resources import House
from signals_pipeline.rules.windows import closing_dt
from signals_pipeline.runtime import Runtime, build_runtime
from signals_pipeline.settings import Clock, load_settings

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


@pytest.fixture
def rt(tmp_path: Path) -> Runtime:
    return build_runtime(load_settings({}, home=tmp_path, now=datetime(2026, 6, 30, 10, 5, tzinfo=UTC)))


def _job() -> object:
    @dg.op
    def nothing() -> None: ...

    @dg.job
    def job() -> None:
        nothing()

    return job


def _drop(rt: Runtime, name: str, *, marked: bool = True) -> None:
    folder = rt.settings.file_drop / "funding" / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("company_name\n")
    if marked:
        (folder / f"{name}.done").touch()


def _ticks(rt: Runtime) -> list[object]:
    sensor = automation.file_drop_sensor(_job())
    with dg.build_sensor_context(resources={"house": House(rt)}) as context:
        return list(sensor(context))  # type: ignore[call-overload]


def test_a_complete_file_asks_for_one_run_of_the_closed_day(rt: Runtime) -> None:
    _drop(rt, "wire_funding_2026-06-29.csv")
    (request,) = _ticks(rt)
    assert isinstance(request, dg.RunRequest) and request.partition_key == "2026-06-29"
    (again,) = _ticks(rt)
    assert isinstance(again, dg.RunRequest) and again.run_key == request.run_key


def test_files_that_no_run_took_before_the_next_day_closed_are_asked_for_again(rt: Runtime, tmp_path: Path) -> None:
    _drop(rt, "wire_funding_2026-06-29.csv")
    (missed,) = _ticks(rt)
    (again,) = _ticks(build_runtime(load_settings({}, home=tmp_path, file_drop=rt.settings.file_drop, now=rt.now() + timedelta(days=1))))
    assert isinstance(missed, dg.RunRequest) and isinstance(again, dg.RunRequest)
    assert (missed.partition_key, again.partition_key) == ("2026-06-29", "2026-06-30")
    assert again.run_key != missed.run_key


@pytest.mark.parametrize(("name", "marked"), [("wire_funding_2026-06-29.csv", False), ("wire_funding_2026-08-01.csv", True)])
def test_a_file_that_is_not_complete_or_not_due_starts_nothing(rt: Runtime, name: str, marked: bool) -> None:
    _drop(rt, name, marked=marked)
    (skipped,) = _ticks(rt)
    assert isinstance(skipped, dg.SkipReason)


def test_an_empty_drop_folder_says_so(rt: Runtime) -> None:
    (skipped,) = _ticks(rt)
    assert isinstance(skipped, dg.SkipReason) and "no complete file" in str(skipped.skip_message)


def test_at_six_the_day_that_has_closed_by_our_own_clock_is_asked_for(rt: Runtime) -> None:
    schedule = automation.schedule(_job(), rt.profile.zone)
    with dg.build_schedule_context(resources={"house": House(rt)}) as context:
        request = schedule(context)
    assert (request.partition_key, schedule.cron_schedule, schedule.execution_timezone) == ("2026-06-29", "0 6 * * *", "America/New_York")


def test_a_pull_is_for_the_newest_closed_day_alone(rt: Runtime) -> None:
    today, day = rt.today(), timedelta(days=1)
    assert newest(Days(today, today), rt).until == today
    with pytest.raises(dg.Failure, match="backfill"):
        newest(Days(today - day, today - day), rt)


def test_a_day_that_is_still_open_is_neither_pulled_nor_scored_whoever_asks(rt: Runtime) -> None:
    today, day = rt.today(), timedelta(days=1)

    def asked(**tags: str) -> Days:
        run = SimpleNamespace(tags={f"dagster/{name}": said for name, said in tags.items()})
        return days_of(cast("dg.AssetExecutionContext", SimpleNamespace(run=run)), rt)

    assert asked() == asked(partition=f"{today}") == Days(today, today)
    since, until = f"{today - day}", f"{today + day}"
    assert asked(asset_partition_range_start=since, asset_partition_range_end=f"{today}") == Days(today - day, today)
    for open_one in ({"partition": until}, {"asset_partition_range_start": since, "asset_partition_range_end": until}):
        with pytest.raises(dg.Failure, match=f"{until} has not closed yet: the newest closed day is {today}"):
            asked(**open_one)


@pytest.mark.parametrize("years", [-3, -1, 0, 1, 5])
def test_the_newest_closed_day_is_a_partition_wherever_our_clock_stands(rt: Runtime, years: int) -> None:
    now, zone = Clock().now() + timedelta(days=365 * years), rt.profile.zone
    ahead, day = days_ahead(Clock(frozen=now)), closing_dt(now, zone)
    assert ahead >= 365 * years
    if years < 0:  # a user who takes the newest one offered is to find days that were lived
        for offered in (daily(zone, ahead), monthly(zone, ahead)):
            assert (offered.get_last_partition_key() or "") <= (day + timedelta(days=ROOM_DAYS)).isoformat()
    if day.isoformat() >= FIRST_DAY:
        assert daily(zone, ahead).has_partition_key(day.isoformat())
        assert monthly(zone, ahead).has_partition_key(day.replace(day=1).isoformat())


def test_by_the_machines_own_clock_no_day_that_has_not_come_is_offered() -> None:
    assert days_ahead(Clock()) == 0


def test_a_clock_that_does_not_answer_is_told_and_the_graph_loads(caplog: pytest.LogCaptureFixture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        url = f"http://127.0.0.1:{held.getsockname()[1]}/now"
    assert days_ahead(Clock(url=url)) == 0
    assert "does not answer" in caplog.text


def test_a_failed_run_becomes_one_notice(rt: Runtime) -> None:
    @dg.op
    def breaks() -> None:
        raise ValueError("no luck")

    @dg.job
    def job() -> None:
        breaks()

    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(instance=instance, raise_on_error=False)
        context = dg.build_run_status_sensor_context(
            sensor_name="run_failed",
            dagster_event=result.get_run_failure_event(),
            dagster_instance=instance,
            dagster_run=result.dagster_run,
            resources={"house": House(rt)},
        ).for_run_failure()
        sensor = automation.failure_sensor()
        sensor(context)
        sensor(context)
    with rt.ops.connect() as connection:
        assert [r.kind for r in connection.execute(sa.select(ops.notices.c.kind))] == ["run_failed"]
