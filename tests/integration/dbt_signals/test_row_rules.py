"""The one test per model that judges all its row rules: each kind of rule turns red alone and is named; parsing ahead."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from support.market import DAY

from signals_pipeline.io import dbt
from signals_pipeline.settings import Settings, load_settings


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A warehouse that holds the seeds, parsed ahead."""
    made = load_settings(environ={}, home=tmp_path_factory.mktemp("rules"))
    dbt.parse_ahead(made)
    assert dbt.parse(made).exists()
    assert _run(made, "build", "resource_type:seed").ok
    return made


def _run(settings: Settings, verb: str, select: str) -> dbt.DbtRun:
    return dbt.build(settings, [select], since=DAY, until=DAY, verb=verb)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("insert into rules.suppression_rules select * from rules.suppression_rules limit 1", "unique rule: 1 rows"),
        ("update rules.suppression_rules set rule = null where rule = 'customer'", "not_null rule: 1 rows"),
        ("update rules.suppression_rules set class = 'whim' where rule = 'customer'", "accepted class: 1 rows"),
    ],
)
def test_a_broken_row_rule_is_named_with_its_rows(settings: Settings, change: str, said: str) -> None:
    with duckdb.connect(settings.warehouse_url) as connection:
        connection.execute("create or replace table main.kept as select * from rules.suppression_rules")
        connection.execute(change)
    try:
        run = _run(settings, "test", "suppression_rules_rows")
    finally:
        with duckdb.connect(settings.warehouse_url) as connection:
            connection.execute("delete from rules.suppression_rules")
            connection.execute("insert into rules.suppression_rules select * from main.kept")
    assert not run.ok
    assert [(n.name, n.message) for n in run.broken] == [("suppression_rules_rows", said)]


def test_what_was_parsed_ahead_is_taken_once(tmp_path: Path) -> None:
    settings = load_settings(environ={}, home=tmp_path)
    dbt.parse_ahead(settings)
    assert dbt._asked(settings) in dbt._ahead
    dbt.parse(settings)
    assert dbt._asked(settings) not in dbt._ahead
