"""Each portability rule fails on the SQL it exists for, and leaves honest SQL alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from signals_pipeline.io.sql_lint import PROJECT, lint, lint_text, lint_yaml, main

BAD = {
    "qualify": "select a from t qualify row_number() over (order by a) = 1",
    "distinct_on": "select distinct on (a) a, b from t",
    "group_by_all": "select a, count(*) as n from t group by all",
    "asof": "select * from t asof join u on t.a >= u.a",
    "unnest": "select unnest(a) as b from t",
    "star_tricks": "select * exclude (a) from t",
    "quoted_identifier": 'select "Id" from t',
    "timestamptz": "select cast(a as timestamp with time zone) as b from t",
    "clock": "select current_date as d from t",
    "division": "select a / b as c from t",
    "float_type": "select cast(a as double) as b from t",
    "concat": "select concat(a, b) as c from t",
    "regexp_replace": "select regexp_replace(a, 'x', 'y') as b from t",
    "aggregate_text": "select string_agg(a, ',') as b from t",
    "day_of_week": "select extract(dow from a) as b from t",
    "date_difference": "select datediff('day', a, b) as c from t",
    "interval": "select a + interval '1 day' as b from t",
    "json": "select payload ->> 'a' as b from t",
    "lake_path": "select a from raw.events",
    "float_average": "select avg(a) as b from t",
    "md5": "select md5(a || b) as c from t",
    "newest_dt": "select a from t where dt = (select max(dt) from {{ raw('t') }})\n",
    "null_order": "select row_number() over (partition by a order by known_at desc, b) as n from t",
    "lateral_alias": "select a + 1 as b, b * 2 as c from t",
}


@pytest.mark.parametrize("rule", BAD)
def test_each_rule_fails_on_what_it_exists_for(rule: str) -> None:
    assert [f.rule for f in lint_text(BAD[rule])] == [rule]


def test_a_cast_in_postgres_spelling_is_found() -> None:
    assert [f.rule for f in lint_text("select a::date as b from t")] == ["float_type"]


@pytest.mark.parametrize(
    "sql",
    [
        "select 'now() / current_date' as text_only from t",
        "-- a / b, now()\nselect a from t",
        "{# qualify, unnest( #}\nselect a from t",
        "select {{ ratio('a', 'b') }} as c from t",
        "select row_number() over (order by known_at desc nulls last, b) as n from t",
        "select a + interval '24' hour as b from t",
        "select cast(a as date) as a, a as b from t",
        "select {{ best('a', 'r') }} as a, count(distinct a) as n from t",
        "select a from t where dt = (select max(dt) from {{ raw('t') }} where dt <= {{ to_day() }})\n",
        "select sum(a) over (partition by b order by dt rows between unbounded preceding and current row) as c from t",
    ],
)
def test_portable_sql_passes(sql: str) -> None:
    assert lint_text(sql) == []


def test_a_unit_test_whose_name_postgres_cannot_hold_is_found() -> None:
    text = "version: 2\nunit_tests:\n  - name: short\n    model: m\n  - name: " + "x" * 64 + "\n    model: m\n"
    assert [(f.line, f.rule) for f in lint_yaml(text)] == [(5, "long_name")]


def test_a_finding_names_file_and_line() -> None:
    (found,) = lint_text("select a\nfrom t\nqualify a", "models/x.sql")
    assert str(found).startswith("models/x.sql:3: qualify: ")


def test_the_engines_own_bodies_are_left_out(tmp_path: Path) -> None:
    for name in ("macros/cross_db/f.sql", "macros/other.sql"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("select unnest(a) as b from t")
    assert [f.place for f in lint(tmp_path)] == ["macros/other.sql"]


def test_a_finding_makes_the_command_fail_and_a_clean_project_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 0
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "bad.sql").write_text(BAD["qualify"])
    assert main([str(tmp_path)]) == 1
    assert "models/bad.sql:1: qualify" in capsys.readouterr().out


def test_this_project_is_clean() -> None:
    assert [str(f) for f in lint(PROJECT)] == []
