"""The graph is what graph.json says: keys by group, jobs, schedules, sensors, gates. A person writes graph.json anew, never a test run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from signals_pipeline.definitions import build_definitions
from signals_pipeline.errors import Permanent, Transient
from signals_pipeline.orchestration.launch import set_dagster_home
from signals_pipeline.orchestration.resources import House
from signals_pipeline.runtime import build_runtime
from signals_pipeline.settings import load_settings

SNAPSHOT = Path(__file__).with_name("graph.json")
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.Definitions]:
    settings = load_settings({}, home=tmp_path_factory.mktemp("home"))
    set_dagster_home(settings, {})
    yield build_definitions(settings)


def picture(definitions: dg.Definitions) -> dict[str, Any]:
    graph = definitions.resolve_asset_graph()
    groups: dict[str, list[str]] = {}
    for key in graph.get_all_asset_keys():
        groups.setdefault(graph.get(key).group_name or "", []).append(key.to_user_string())
    return {
        "assets": {g: sorted(keys) for g, keys in sorted(groups.items())},
        "jobs": sorted(j.name for j in definitions.resolve_all_job_defs() if not j.name.startswith("__")),
        "schedules": {s.name: s.cron_schedule for s in definitions.schedules or []},
        "sensors": sorted(s.name for s in definitions.sensors or []),
        "gates": sorted(c.name for c in graph.asset_check_keys if c.asset_key.path[-1] == "gate_results"),
    }


def test_the_graph_is_the_one_that_was_agreed(definitions: dg.Definitions) -> None:
    found = picture(definitions)
    assert found == json.loads(SNAPSHOT.read_text()), "the graph changed: look at it, then write graph.json anew"


def test_every_asset_has_an_owner_and_a_description(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    ours = [graph.get(k) for k in graph.get_all_asset_keys()]
    assert [n.key.to_user_string() for n in ours if not n.owners or not n.description or not n.kinds] == []
    assert [n.key.to_user_string() for n in ours if "Raw SQL" in (n.description or "")] == []


def test_every_schedule_sensor_and_job_says_what_it_does(definitions: dg.Definitions) -> None:
    named = [*(definitions.schedules or []), *(definitions.sensors or []), *definitions.resolve_all_job_defs()]
    assert [n.name for n in named if not n.description and not n.name.startswith("__")] == []  # type: ignore[union-attr]


def test_a_backfill_holds_neither_source_nor_enrichment_nor_activation(definitions: dg.Definitions) -> None:
    graph, job = definitions.resolve_asset_graph(), definitions.resolve_job_def("backfill")
    groups = {graph.get(k).group_name for k in job.asset_layer.executable_asset_keys}
    assert groups == {"signals", "scoring"}


def test_what_may_succeed_later_is_asked_for_again_and_the_rest_is_not(tmp_path: Path) -> None:
    house = House(build_runtime(load_settings({}, home=tmp_path, speed=60.0)))
    with pytest.raises(dg.RetryRequested) as asked, house.clocked("sources"):
        raise Transient("busy", retry_after=90.0)
    assert asked.value.seconds_to_wait == 1.5
    with pytest.raises(Permanent), house.clocked("sources"):
        raise Permanent("no")
    assert house.finished == set() and house.seconds["sources"] >= 0
