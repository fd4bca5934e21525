"""The judge itself: what it refuses to judge, how it names rows, and that nothing leaves the process."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from expectations import gates


def caps(**columns):
    return pd.DataFrame({"key": ["rows", "cost_usd"], "headroom": [1.0, 2.0], **columns})


def test_every_gate_has_a_suite_and_every_expectation_says_what_it_means() -> None:
    for gate in gates.GATES:
        for expectation in gates.suite_of(gate)["expectations"]:
            assert expectation["meta"]["says"] and expectation["severity"] in ("critical", "warning")


def test_a_failed_expectation_names_its_rows_by_key() -> None:
    told = gates.judge("plan_within_caps", caps(headroom=[1.0, -2.0]))
    assert (told.passed, told.failures, told.rows_judged) == (False, ("caps that are exceeded: cost_usd",), 2)


def test_many_offenders_are_counted_not_listed() -> None:
    frame = pd.DataFrame({"key": [f"r{n:02d}" for n in range(15)], "headroom": [-1.0] * 15})
    assert gates.judge("plan_within_caps", frame).failures[0].endswith("r09 and 5 more")


def test_a_missing_column_fails_the_gate() -> None:
    assert not gates.judge("plan_within_caps", caps().drop(columns="headroom")).passed


def test_a_lesser_expectation_warns_and_does_not_block() -> None:
    frame = pd.DataFrame(
        {
            "key": ["a.b"],
            "status": ["failed"],
            "deviation": [0.0],
            "deviation_of_required": [0.0],
            "reject_excess": [0.0],
            "is_emptied": [False],
        }
    )
    told = gates.judge("volumes_as_expected", frame)
    assert told.passed and told.warnings == ("streams that failed: a.b",)


@pytest.mark.parametrize("frame", [caps(key=["a", "a"]), caps(key=["a", None]), caps().drop(columns="key")])
def test_a_frame_without_unique_keys_is_not_judged(frame: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="unique, non-null"):
        gates.judge("plan_within_caps", frame)


def test_an_unknown_gate_is_an_error() -> None:
    with pytest.raises(ValueError, match="no gate"):
        gates.judge("all_fine", caps())


def test_a_suite_that_expects_nothing_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "plan_within_caps.json").write_text('{"name": "plan_within_caps", "expectations": []}')
    monkeypatch.setattr(gates, "SUITES", tmp_path)
    with pytest.raises(ValueError, match="expects nothing"):
        gates.judge("plan_within_caps", caps())


def test_judging_writes_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    before = {p: p.read_bytes() for p in gates.SUITES.glob("*")}
    gates.judge("plan_within_caps", caps())
    assert list(tmp_path.iterdir()) == [] and {p: p.read_bytes() for p in gates.SUITES.glob("*")} == before


def test_values_do_not_reach_the_result() -> None:
    told = gates.judge("plan_within_caps", caps(headroom=[1.0, -31337.0]))
    assert "31337" not in str(told)
