"""A row in the seed `signal_types` is all that it takes: its type and its family have columns from the next build on, on both engines."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from support.lake_rows import company_id
from support.signals_world import TODAY, ago, build, rows, settings_in, world

from signals_pipeline.io import dbt
from signals_pipeline.io.lake import Lake
from signals_pipeline.io.pgload import load
from signals_pipeline.settings import Settings

FEATURES = ["+account_features"]
NEW = (
    "tender_signals_7d",
    "tender_signals_30d",
    "tender_signals_90d",
    "days_since_tender",
    "procurement_velocity_30d",
    "procurement_decayed",
)


@pytest.fixture
def seed_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The seed of a copy of the dbt project, which stands in for the project."""
    copy = shutil.copytree(dbt.PROJECT, tmp_path / "dbt_project", ignore=shutil.ignore_patterns("target", "logs"))
    monkeypatch.setattr(dbt, "PROJECT", copy)
    return copy / "seeds" / "signal_types.csv"


def features(settings: Settings, company: str, day: date) -> dict[str, Any]:
    (found,) = rows(settings, "select * from signals.account_features where company_id = ? and dt = ?", company_id(company), day)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["duckdb", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_type_and_a_family_that_are_new_in_the_seed_have_columns_without_another_edit(
    engine: str, tmp_path: Path, seed_file: Path, request: pytest.FixtureRequest
) -> None:
    settings = settings_in(tmp_path / "home", request.getfixturevalue("fresh_database") if engine == "postgres" else "")
    made, lake = world(), Lake(settings.lake_url)
    made.event(ago(9), "Acme", "tender", key="tender1")
    made.event(ago(0), "Acme", "tender", key="tender2")
    made.write(lake)
    if engine == "postgres":
        load(settings, lake)
    build(settings, ago(1), ago(1), FEATURES, checked=False)
    before = features(settings, "Acme", ago(1))
    assert not before.keys() & set(NEW)

    with seed_file.open("a", encoding="utf-8") as rules:
        rules.write("tender,procurement,,30,30,30,story,21,Company News,35\n")
    build(settings, TODAY, TODAY, FEATURES, checked=False)
    counted = features(settings, "Acme", TODAY)
    assert [counted[c] for c in NEW[:5]] == [1, 2, 2, 0, 2] and 1 < counted["procurement_decayed"] < 2
    nobody = features(settings, "Bolt", TODAY)
    assert [nobody[c] for c in NEW] == [0, 0, 0, None, 0, 0]
    assert counted.keys() - before.keys() == set(NEW)

    stood = features(settings, "Acme", ago(1))  # nobody counted it on that day: null, until the day is built anew
    assert stood == before | dict.fromkeys(NEW)
    build(settings, ago(1), ago(1), FEATURES, checked=False)
    again = features(settings, "Acme", ago(1))
    assert [again[c] for c in NEW[:5]] == [0, 1, 1, 8, 1] and again["families_90d"] == before["families_90d"] + 1
    assert again["composite_score"] > before["composite_score"], "a type without a weight of its own has the default weight"


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A warehouse without companies."""
    settings = settings_in(tmp_path_factory.mktemp("seeded"))
    Lake(settings.lake_url).declare()
    build(settings, TODAY, TODAY, FEATURES, checked=False)
    return settings


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("set signal_type = 'Tender Notice' where signal_type = 'expansion'", 'signal_type "Tender Notice" cannot be part of a column'),
        ("set family = null where family = 'news'", "family null cannot be part of a column"),
        ("set signal_type = 'deal_lost' where signal_type = 'expansion'", "signal_type deal_lost is taken: account_features"),
        ("set family = 'signals' where family = 'news'", "family signals is taken: account_features"),
        (None, "the seed has no rows"),
    ],
)
def test_names_that_cannot_be_columns_and_a_seed_without_rows_are_refused_by_name(seeded: Settings, change: str | None, said: str) -> None:
    with duckdb.connect(seeded.warehouse_url) as connection:
        connection.execute("create or replace table main.kept as select * from rules.signal_types")
        connection.execute(f"update rules.signal_types {change}" if change else "delete from rules.signal_types")
    try:
        run = dbt.build(seeded, ["account_features"], since=TODAY, until=TODAY, exclude=["resource_type:test"])
    finally:
        with duckdb.connect(seeded.warehouse_url) as connection:
            connection.execute("delete from rules.signal_types")
            connection.execute("insert into rules.signal_types select * from main.kept")
    assert [n.name for n in run.broken] == ["account_features"]
    assert said in run.broken[0].message
