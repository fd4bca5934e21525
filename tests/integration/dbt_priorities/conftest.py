"""One market, one build: every suppression case, the holdout, the probe and the ranking live side by side in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from market import DAY, Market

from signals_pipeline.io import dbt
from signals_pipeline.rules.profile import Profile, load_profile
from signals_pipeline.runtime import Runtime, build_runtime
from signals_pipeline.settings import REPOSITORY, load_settings

BEFORE = ("resource_type:seed", "path:models/sources", "path:models/identity", "path:models/signals")
STAGES = ("path:models/scoring", "path:models/enrichment", "path:models/priorities")


def profile_with(**priorities: Any) -> Profile:
    profile = load_profile(REPOSITORY / "config" / "profile.yml")
    return profile.model_copy(update={"priorities": profile.priorities.model_copy(update=priorities)})


def build(rt: Runtime, select: Sequence[str], *, exclude: Sequence[str] = ("resource_type:unit_test", "resource_type:test")) -> dbt.DbtRun:
    """Models alone: the shapes are judged by their own dbt tests, which `make test` runs elsewhere."""
    run = dbt.build(rt.settings, select, since=DAY, until=DAY, exclude=exclude, variables=dbt.variables_of(rt.profile))
    assert run.ok, [f"{n.name}: {n.message}" for n in run.broken]
    return run


@pytest.fixture(scope="session")
def make_runtime(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Runtime]:
    def make(profile: Profile | None = None, home: Path | None = None, **settings: Any) -> Runtime:
        folder = home or tmp_path_factory.mktemp("home")
        found = load_settings({}, home=folder, hash_key="test-key", now="2026-07-02T10:05:00+00:00", **settings)
        return build_runtime(found, profile=profile or profile_with())

    return make


def market_of(rt: Runtime) -> Market:
    return Market(rt.lake)
