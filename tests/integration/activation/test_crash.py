"""The standard crash test: the run dies at every ledger step, at every destination, and runs again: no duplicate, nothing lost.

Once with an exception that nothing catches (every step × every batch), once with a process that is really killed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from activation_fakes import DT, World

from signals_pipeline.activation import plan

STEPS = ("before_intent", "after_intent", "after_send", "after_confirm")
BATCHES = ("salesforce.account", "salesforce.contact", "outreach.prospect", "outreach.sequence_state", "slack.alert", "in_app.alert")
EXPECTED = 2 * 4 + 1  # accounts, contacts, prospects, enrolments of two people, one Slack message (notices count themselves)


class Killed(BaseException):
    """Like a kill: nothing catches it."""


def world_of(home: Path) -> World:
    world = World(home)
    world.contact()
    world.contact("bob", "bolt")
    world.alert()
    world.alert(channel="in_app")
    return world


def check(world: World) -> None:
    effects = world.state.effects
    assert set(effects.values()) == {1}, f"duplicates: {effects}"
    assert len(effects) == EXPECTED, f"lost: {effects}"
    with world.rt.ops.connect() as connection:
        from signals_pipeline.io import ops

        assert len(connection.execute(ops.notices.select()).all()) == 1
        assert len(connection.execute(ops.alerts.select()).all()) == 2
        assert len(connection.execute(ops.vendor_keys.select()).all()) == 6
    assert {r["status"] for r in world.ledger()} == {"confirmed"} and len(world.ledger()) == 10
    sends = world.rt.lake.read("sends", since=DT, until=DT)
    assert sends.num_rows == 10


@pytest.mark.parametrize("remake", [False, True], ids=["same plan", "new plan"])
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("batch", range(len(BATCHES)), ids=BATCHES)
def test_a_run_that_dies_at_a_step_is_finished_by_the_next_without_a_duplicate(tmp_path: Path, batch: int, step: str, remake: bool) -> None:
    world = world_of(tmp_path / "home")
    seen = 0

    def die(name: str) -> None:
        nonlocal seen
        if name == step:
            if seen == batch:
                raise Killed
            seen += 1

    made = world.plan()
    with pytest.raises(Killed):
        world.apply(made, on_step=die)
    report = world.apply(world.plan() if remake else made)
    assert report.is_green, report
    check(world)


@pytest.mark.parametrize("step", STEPS)
def test_a_process_that_is_killed_at_a_step_leaves_no_duplicate_and_loses_nothing(tmp_path: Path, step: str) -> None:
    home, script = tmp_path / "home", Path(__file__).parent / "apply_in_a_process.py"
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[3])}

    def run(step: str, nth: int) -> int:
        return subprocess.run(
            [sys.executable, str(script), str(home), step, str(nth)], env=env, capture_output=True, timeout=120
        ).returncode

    assert [run(step, nth) for nth in (1, 2, 2)] == [9, 9, 9], "killed three times, a little further each time"
    assert run("none", 0) == 0
    world = World(home)
    world.state.data = json.loads((home / "vendors.json").read_text())
    check(world)
    assert plan.latest(world.rt, DT).dt == DT
