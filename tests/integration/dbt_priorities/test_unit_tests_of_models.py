"""The unit tests that stand beside the models: all of them, over an empty lake. A daily build leaves them out, so they are run here."""

from __future__ import annotations

import json
from pathlib import Path

from support.market import DAY

from signals_pipeline.io import dbt
from signals_pipeline.io.lake import Lake
from signals_pipeline.rules.profile import load_profile
from signals_pipeline.settings import load_settings


def test_every_unit_test_of_the_models_is_run_and_passes(tmp_path: Path) -> None:
    settings = load_settings(environ={}, home=tmp_path)
    Lake(settings.lake_url).declare()
    told = dbt.variables_of(load_profile(settings.profile_path))
    empty = dbt.build(
        settings, ["resource_type:seed", "resource_type:model"], since=DAY, until=DAY, exclude=["resource_type:test"], variables=told
    )
    assert empty.ok, [f"{n.name}: {n.message}" for n in empty.broken]
    run = dbt.build(settings, ["test_type:unit"], since=DAY, until=DAY, verb="test", variables=told)
    assert not run.broken, "\n".join(f"{n.name}: {n.message}" for n in run.broken)
    declared = json.loads((settings.home / "dbt" / "manifest.json").read_text())["unit_tests"].values()
    assert {n.name for n in run.nodes} == {u["name"] for u in declared} and len(run.nodes) > 20
    assert {n.status for n in run.nodes} == {"pass"}
