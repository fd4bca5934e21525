"""The command line: examples and JSON everywhere, errors that say what to do, hashes by their beginning."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from ml.history import Refused
from signals_pipeline import boxed, cli
from signals_pipeline.activation import switches
from signals_pipeline.cli import shared
from signals_pipeline.errors import Permanent, SignalsError
from signals_pipeline.io import ops, pauses
from signals_pipeline.runtime import Runtime, build_runtime
from signals_pipeline.settings import load_settings


@pytest.fixture
def rt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runtime]:
    made = build_runtime(load_settings({}, home=tmp_path, now=datetime(2026, 6, 30, 11, tzinfo=UTC)))
    monkeypatch.setattr(shared, "settings_of", lambda home, companies=None: (made.settings, []))
    monkeypatch.setattr(shared, "runtime_of", lambda settings, replay=None: made)
    yield made
    made.ops.dispose()


def call(*words: str) -> Result:
    return CliRunner().invoke(cli.app, list(words))


def commands(app: typer.Typer, *path: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    command: Any = typer.main.get_command(app)
    todo = [((), command)]
    while todo:
        path, found = todo.pop()
        if hasattr(found, "commands"):
            todo += [((*path, name), sub) for name, sub in found.commands.items()]
        else:
            yield path, found


def test_every_command_has_an_example_and_all_but_the_ui_speak_json() -> None:
    found = dict(commands(cli.app))
    assert {("run",), ("backtest",), ("sandbox", "fault")} <= set(found)
    assert [path for path, c in found.items() if "Example: signals " + " ".join(path) not in (c.help or "")] == []
    silent = [path for path, c in found.items() if not any("--json" in p.opts for p in c.params)]
    assert silent == [("ui",)]


def plan(rt: Runtime, plan_hash: str) -> None:
    row = {"plan_hash": plan_hash, "dt": rt.today(), "created_at": rt.stamp(), "rows": 0, "body": "{}", "status": "gated",
           "rules_hash": "r", "model_version": "m"}  # fmt: skip
    with rt.ops.begin() as connection:
        connection.execute(ops.plans.insert().values(**row))


def test_a_plan_is_named_by_the_beginning_of_its_hash_when_only_one_begins_so(rt: Runtime) -> None:
    for made in ("aa11", "aa22", "b%33"):
        plan(rt, made)
    from signals_pipeline.cli.sending import _whole

    assert (_whole(rt, "aa1"), _whole(rt, "b%")) == ("aa11", "b%33")
    with pytest.raises(Permanent, match="2 plans begin so; say more of the hash"):
        _whole(rt, "aa")
    with pytest.raises(Permanent, match="`--fresh` makes one"):
        _whole(rt, "%")


def test_pause_and_resume_say_what_is_so(rt: Runtime) -> None:
    assert "sending was not paused" in call("resume").stdout
    assert json.loads(call("pause", "--by", "dana", "--json").stdout)["is_paused"] is True
    assert switches.paused_by(rt) == "dana"
    assert json.loads(call("resume", "--json").stdout)["said"] == "resumed: the next apply sends"


def test_a_vendor_that_told_us_to_stay_away_is_asked_again_by_a_named_person_who_stands_in_the_trail(rt: Runtime) -> None:
    at = datetime(2026, 6, 30, 11)
    pauses.pause(rt.ops, "sec_edgar", datetime(2026, 7, 1, 11), "403: request rate threshold", at)
    assert "403: request rate threshold" in call("resume", "--vendor", "sec_edgar", "--by", "dana").stdout
    assert pauses.paused_until(rt.ops, "sec_edgar") is None
    with rt.ops.connect() as connection:
        said = connection.execute(ops.audit.select()).mappings().all()
    assert [(e["kind"], json.loads(e["body"])) for e in said] == [("vendor_resumed", {"by": "dana", "vendor": "sec_edgar"})]
    assert switches.paused_by(rt) is None
    with pytest.raises(Permanent, match="sec_edgar is not paused; `signals doctor` says which"):
        switches.resume_vendor(rt, "sec_edgar", "dana")
    with pytest.raises(Permanent, match="need a name"):
        switches.resume_vendor(rt, "sec_edgar", " ")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--from", "2026-06-02", "--to", "2026-06-01"], "--from 2026-06-02 is after --to 2026-06-01"),
        (["--from", "2026-06-02", "--to", "2026-07-01"], "has not closed yet; the newest closed day is 2026-06-29"),
        (["--from", "2023-06-02", "--to", "2026-06-01"], "is before 2024-01-01, the first day"),
        (["--from", "yesterday", "--to", "2026-06-01"], "'yesterday' is not an ISO day such as"),
        (["--from", "2026-06-01", "--to", "2026-06-01", "--model", "abc"], "no relevance model 'abc' is stored: none is, until"),
    ],
)
def test_a_backfill_that_cannot_be_is_refused_before_a_run_is_started(rt: Runtime, words: list[str], message: str) -> None:
    answer = call("backfill", *words)
    assert isinstance(answer.exception, Permanent)
    with pytest.raises(Permanent, match=message):
        raise answer.exception
    with rt.ops.connect() as connection:
        assert connection.execute(ops.runs.select()).first() is None


def test_learning_takes_the_newest_closed_month_when_none_is_said(rt: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def learned(_: Any, month: str) -> dict[str, Any]:
        asked.append(month)
        stands = {"relevance": {"status": "stands", "because": "wins: no gain"}}
        return {"month": month} | {k: {"status": "abstains", "because": "too little"} for k in ("hazard", "size")} | stands

    monkeypatch.setattr("ml.production.learn_month", learned)
    said = [
        "month: 2026-05",
        "relevance: the champion stays: wins: no gain",
        "time to purchase: abstains: too little",
        "deal size: abstains: too little",
    ]
    assert call("learn").stdout.splitlines() == [*said, f"The page of all months: {rt.settings.home / 'models' / 'report.html'}"]
    assert asked == ["2026-05"]  # 2026-06-30 has not closed
    assert json.loads(call("learn", "--json").stdout)["size"]["because"] == "too little"


def test_learning_says_which_columns_it_left_out_and_what_brings_them_back(rt: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    silent = {k: {"status": "abstains", "because": "too little"} for k in ("relevance", "hazard", "size")}
    left = {"left_out_because": "2 columns are left out (a, b): …"}
    monkeypatch.setattr("ml.production.learn_month", lambda _, month: {"month": month} | silent | left)
    assert call("learn").stdout.splitlines()[-2] == "note: 2 columns are left out (a, b): …"


def test_a_backtest_without_features_says_which_command_makes_them(rt: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_: Any) -> None:
        raise Refused("no account features stand; `signals run` makes today's")

    monkeypatch.setattr("ml.backtest.backtest", nothing)
    answer = call("backtest")
    assert isinstance(answer.exception, Permanent) and "`signals run` makes today's" in str(answer.exception)


@pytest.mark.parametrize(("command", "broken"), [("learn", "ml.production.learn_month"), ("backtest", "ml.backtest.backtest")])
def test_a_fault_of_ours_while_learning_is_not_told_as_a_mistake_of_who_asked(
    rt: Runtime, monkeypatch: pytest.MonkeyPatch, command: str, broken: str
) -> None:
    def breaks(*_: Any) -> None:
        raise ValueError("the weights and the list differ in length")

    monkeypatch.setattr(broken, breaks)
    assert type(call(command).exception) is ValueError


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["backtest", "--from", "2026-05", "--to", "2026-04"], "--from 2026-05 is after --to 2026-04"),
        (["backtest", "--to", "april"], "'april' is not a month such as 2026-06"),
        (["backtest"], r"warehouse\.duckdb is not built yet; `signals run` builds it"),
        (["learn", "--month", "2026-06"], "2026-06 has not closed yet: the newest closed day is 2026-06-29"),
        (["learn", "--month", "may"], "'may' is not a month such as 2026-06"),
        (["learn"], r"warehouse\.duckdb is not built yet; `signals run` builds it"),
    ],
)
def test_learning_that_cannot_be_is_refused_in_one_sentence_on_a_home_where_nothing_ran(
    rt: Runtime, words: list[str], message: str
) -> None:
    answer = call(*words)
    assert isinstance(answer.exception, SignalsError)
    with pytest.raises(SignalsError, match=message):
        raise answer.exception


def test_a_fault_needs_a_kind_and_a_sandbox_that_does_not_run_is_said_in_our_own_words(tmp_path: Path) -> None:
    assert "say which fault to switch on" in str(call("sandbox", "fault", "salesforce").exception)
    with pytest.raises(Permanent, match=r"no sandbox runs for .*`signals sandbox start`"):
        boxed.call(tmp_path, "status")


def test_the_ui_does_not_start_on_a_port_that_is_taken(tmp_path: Path) -> None:

    from signals_pipeline.orchestration.ui import serve

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Permanent, match=f"port {port} is taken.*`signals ui --port {port + 1}`"):
            serve(load_settings({}, home=tmp_path), port)


@pytest.mark.parametrize(
    ("words", "code", "kind", "error"),
    [
        (["backfill", "--from", "x", "--to", "y", "--json"], 1, "Permanent", "'x' is not an ISO day"),
        (["backfill", "--json"], 2, "Usage", "stderr says why"),
    ],
)
def test_with_json_a_command_that_fails_prints_one_object_too(
    words: list[str], code: int, kind: str, error: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["signals", *words])
    monkeypatch.setattr(shared, "_told", [])
    assert cli._run() == code
    said = capsys.readouterr()
    told = json.loads(said.out)
    assert (told["ok"], told["kind"]) == (False, kind) and error in told["error"]
    assert said.err  # and a person reads it as ever


def test_without_json_or_after_an_object_of_its_own_a_failure_adds_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["signals", "backfill", "--from", "x", "--to", "y"])
    assert cli._run() == 1 and capsys.readouterr().out == ""
    monkeypatch.setattr("sys.argv", ["signals", "backfill", "--json"])
    monkeypatch.setattr(shared, "_told", [True])
    assert cli._run() == 2 and capsys.readouterr().out == ""


def test_a_taken_port_is_refused_before_a_sandbox_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boxed, "start", lambda *_, **__: pytest.fail("a sandbox was started"))
    with socket.create_server(("127.0.0.1", 0)) as held:
        answer = call("ui", "--port", str(held.getsockname()[1]), "--home", str(tmp_path))
    assert isinstance(answer.exception, Permanent) and "is taken" in str(answer.exception)
