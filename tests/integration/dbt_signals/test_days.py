"""The same rows in every order of building. On both engines: `integration/engines`; what came later: `test_leaks.py`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.signals_world import SELECT, TODAY, ago, build, rows, settings_in, write_world

from signals_pipeline.io import dbt
from signals_pipeline.io.lake import Lake
from signals_pipeline.settings import Settings


def content(settings: Settings, relation: str, where: str = "") -> list[tuple[Any, ...]]:
    """Every row as sorted text; numbers as their value, so that 2 and 2.00 are the same on both engines."""
    found = rows(settings, f"select * from {relation} {where}")
    return sorted(tuple(sorted((k, f"{v:.6f}" if _is_number(v) else str(v)) for k, v in row.items())) for row in found)


def _is_number(value: Any) -> bool:
    from decimal import Decimal

    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


@pytest.mark.slow
def test_built_day_by_day_and_built_in_one_go_are_the_same_and_a_past_day_stays_what_it_was(tmp_path: Path) -> None:
    steps, at_once = settings_in(tmp_path / "steps"), settings_in(tmp_path / "once")
    past = {"signals.signal_evidence": f"where dt <= '{ago(9)}'", "signals.account_features": f"where dt = '{ago(9)}'"}
    seen: dict[str, list[tuple[Any, ...]]] = {}
    before = ago(9)
    for until in (ago(9), ago(7), ago(5), ago(4), ago(2), TODAY):  # each step's lake ends on its day
        write_world(steps, until=until)
        build(steps, before, until, checked=False)
        before = until
        seen = seen or {relation: content(steps, relation) for relation in past}
    write_world(at_once)
    build(at_once, ago(9), TODAY, checked=False)
    for relation in (
        "signals.signal_evidence",
        "signals.account_features",
        "signals.buying_signals",
        "signals.usage_daily",
    ):
        assert content(at_once, relation), relation
        assert content(steps, relation) == content(at_once, relation), relation
    for relation, where in past.items():
        assert seen[relation] == content(at_once, relation, where), relation


def test_a_rebuilt_day_without_rows_leaves_no_old_rows(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    lake = write_world(settings, until=ago(30))
    build(settings, ago(30), ago(30), checked=False)
    assert content(settings, "signals.account_features", f"where dt = '{ago(30)}'")
    for name in ("company_links", "person_links", "episode_links"):
        for dt, path in lake.files(name):
            if dt.year > 1970:
                lake.fs.rm(path)
    build(settings, ago(30), ago(30), checked=False)
    assert content(settings, "signals.account_features", f"where dt = '{ago(30)}'") == []


def test_the_profile_and_the_projects_defaults_name_the_same_vars() -> None:
    import yaml

    from signals_pipeline.rules.profile import load_profile
    from signals_pipeline.settings import REPOSITORY

    passed = dbt.variables_of(load_profile(REPOSITORY / "config" / "profile.yml"))
    defaults = yaml.safe_load((dbt.PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    assert set(passed) <= set(defaults)
    assert {k for k in defaults if k not in passed} == {"from", "to", "lake_url"}
    scoring = ("signal_weights", "inhibitor_points", "live_half_lives", "readiness_from_score", "hand_raisers", "without_hand_raiser")
    assert {k: defaults[k] for k in scoring} == {k: passed[k] for k in scoring}, "a build by hand would score by other rules"


def test_all_stages_build_on_an_empty_lake(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    Lake(settings.lake_url).declare()
    build(settings, TODAY, TODAY, SELECT)
    assert content(settings, "signals.buying_signals") == []
