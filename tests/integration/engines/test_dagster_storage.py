"""The deployed Dagster settings: they load, and runs, events and pools stand in Postgres."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import psycopg2
import pytest

from signals_pipeline.orchestration.launch import set_dagster_home
from signals_pipeline.settings import REPOSITORY, load_settings

pytestmark = pytest.mark.postgres


@pytest.fixture
def deployed(tmp_path: Path, fresh_database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    shutil.copy(REPOSITORY / "deploy" / "dagster.yaml", tmp_path / "dagster.yaml")
    monkeypatch.setenv("DAGSTER_PG_URL", fresh_database)
    monkeypatch.setenv("DAGSTER_STORAGE_DIR", str(tmp_path / "storage"))
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        yield instance


def test_a_run_and_its_events_stand_in_postgres(deployed: dg.DagsterInstance, fresh_database: str) -> None:
    @dg.asset(pool="warehouse")
    def told() -> None: ...

    result = dg.materialize([told], instance=deployed)
    assert result.success
    with psycopg2.connect(fresh_database) as connection, connection.cursor() as cursor:
        cursor.execute("select status from runs where run_id = %s", (result.run_id,))
        assert cursor.fetchall() == [("SUCCESS",)]
        cursor.execute("select count(*) from event_logs where dagster_event_type = 'ASSET_MATERIALIZATION'")
        assert cursor.fetchall() == [(1,)]


def test_one_daily_run_at_a_time_and_one_writer_of_the_warehouse(deployed: dg.DagsterInstance) -> None:
    from signals_pipeline.orchestration.automation import daily_job

    queue = deployed.get_concurrency_config()
    limits = {(t["key"], t["value"]): t["limit"] for t in queue.run_queue_config.tag_concurrency_limits}
    ((tag, kind),) = daily_job().tags.items()
    assert limits[tag, kind] == 1
    assert queue.pool_config.default_pool_limit == 1


def test_an_operators_own_dagster_home_keeps_its_storage_folder(tmp_path: Path) -> None:
    settings = load_settings({}, home=tmp_path / "home")
    own = {"DAGSTER_HOME": str(tmp_path / "deployed"), "DAGSTER_STORAGE_DIR": str(tmp_path / "storage")}
    set_dagster_home(settings, own)
    assert own == {"DAGSTER_HOME": str(tmp_path / "deployed"), "DAGSTER_STORAGE_DIR": str(tmp_path / "storage")}
    plain: dict[str, str] = {}
    set_dagster_home(settings, plain)
    assert (plain["DAGSTER_HOME"], plain["DAGSTER_STORAGE_DIR"]) == (str(settings.home / "dagster"),) * 2
    assert (settings.home / "dagster" / "dagster.yaml").read_text() == (REPOSITORY / "dagster.yaml").read_text()
    set_dagster_home(load_settings({}, home=tmp_path / "other"), plain)
    assert plain["DAGSTER_STORAGE_DIR"] == str(tmp_path / "other" / "dagster")
