"""Rules of `make bench`: every bench is run to its end, the report holds what was measured, and a bench that fails fails the command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from benchmarks import __main__ as bench


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    def run(*arguments: str, **benches: Any) -> tuple[int, dict[str, Any]]:
        monkeypatch.setattr(bench, "REPORT", tmp_path / "report.json")
        monkeypatch.setattr(bench, "BENCHES", benches)
        monkeypatch.setattr("sys.argv", ["bench", *arguments])
        with pytest.raises(SystemExit) as ended:
            bench.main()
        return int(ended.value.code or 0), json.loads(bench.REPORT.read_text()) if bench.REPORT.exists() else {}

    return run


def good(_: Console, report: dict[str, Any], sizes: list[int]) -> None:
    report["land"] = [{"records": n} for n in sizes]


def bad(_: Console, report: dict[str, Any], __: list[int]) -> None:
    report["pacing"] = "a part"
    raise RuntimeError("the server went away")


def test_a_bench_that_fails_is_named_and_the_others_still_run(run: Any) -> None:
    code, report = run("--sizes", "10,20", pacing=bad, land=good, daily=good, ml=good)
    assert code == 1
    assert report["failed"] == {"pacing": "RuntimeError: the server went away"}
    assert report["land"] == [{"records": 10}, {"records": 20}]
    assert set(report["seconds"]) == {"pacing", "land", "daily", "ml"}


def test_all_green_ends_with_nothing_failed(run: Any) -> None:
    code, report = run("--only", "land", land=good)
    assert (code, report["failed"]) == (0, {})


def test_a_bench_that_nobody_knows_is_refused_before_anything_is_measured(run: Any, capsys: pytest.CaptureFixture[str]) -> None:
    code, report = run("--only", "lnad", land=good)
    assert (code, report) == (2, {})
    assert "no bench lnad" in capsys.readouterr().err
