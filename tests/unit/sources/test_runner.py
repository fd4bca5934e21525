"""Rules of a pull: what is due, what happens beside a failure, what replay swaps, what is remembered."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from source_fakes import DT, FakeVendor, landed, one, pull_fakes, record

from signals_pipeline.errors import ContractBroken, Permanent, Transient
from signals_pipeline.io.ops import cursors, source_health
from signals_pipeline.runtime import Runtime
from signals_pipeline.sources import runner, state
from signals_pipeline.sources.__main__ import as_table, main

FEED = "sec_edgar__feed"


def feed(*pages: object, name: str = "acme", **more: object) -> FakeVendor:
    return FakeVendor(name=name, pages={"feed": list(pages)}, **more)  # type: ignore[arg-type]


def test_one_vendor_down_while_the_others_land(rt: Runtime) -> None:
    down = feed(Transient("503"), name="down", needed_for=["activation"])
    report = pull_fakes(rt, down, feed([record("a")]))
    by_name = report.by_name()
    assert by_name["acme.feed"].status == "ok"
    assert (by_name["down.feed"].status, by_name["down.feed"].needed_for) == ("failed", ["activation"])
    assert not report.is_green
    assert [r["record_key"] for r in landed(rt, FEED)] == ["a"]


def test_a_failed_stream_tells_the_age_of_what_stands(rt: Runtime, at: Callable[..., Runtime]) -> None:
    pull_fakes(rt, feed([record("a")]))
    run = one(pull_fakes(at("2026-07-01T10:05:00+00:00"), feed(Transient("503")), dt=DT + timedelta(days=1)))
    assert (run.status, run.age_hours) == ("failed", 24.0)
    assert run.newest_known_at is not None and run.newest_known_at.isoformat() == "2026-06-29T15:00:00+00:00"
    facts = landed(rt, "stream_runs", since=DT + timedelta(days=1))
    assert (facts[0]["status"], facts[0]["age_hours"], facts[0]["landed"]) == ("failed", 24.0, 0)


def test_a_stream_that_never_worked_has_no_age(rt: Runtime) -> None:
    assert one(pull_fakes(rt, feed(Transient("503")))).age_hours is None


def test_other_streams_of_a_failed_vendor_are_still_pulled(rt: Runtime) -> None:
    pages: dict[str, list[object]] = {"feed": [ContractBroken("gone")], "index": [[record("a")]]}
    fake = FakeVendor(pages=pages, declared={"index": {"dataset": "sec_edgar__index"}})
    assert [s.status for s in pull_fakes(rt, fake).streams] == ["failed", "ok"]


def test_failures_in_a_row_are_counted_and_end_with_a_success(rt: Runtime) -> None:
    for _ in range(2):
        pull_fakes(rt, feed(Transient("503")))
    with rt.ops.connect() as connection:
        row = connection.execute(source_health.select()).one()
    assert (row.failures, row.last_ok_at) == (2, None)
    pull_fakes(rt, feed([record("a")]))
    with rt.ops.connect() as connection:
        row = connection.execute(source_health.select()).one()
    assert (row.failures, row.error, row.last_ok_at) == (0, None, rt.stamp())


def test_a_vendor_without_credentials_is_off_and_no_failure(rt: Runtime) -> None:
    report = runner.run(rt, DT, only=["salesforce"])
    assert {s.status for s in report.streams} == {"off"}
    assert report.is_green
    assert "SIGNALS_SALESFORCE_URL" in (report.streams[0].error or "")


def test_a_paused_vendor_is_not_asked(rt: Runtime) -> None:
    with rt.ops.begin() as connection:
        values = {"stream": "acme", "error": "quota", "paused_until": datetime(2026, 6, 30, 12)}
        connection.execute(source_health.insert().values(**values))
    fake = feed([record("a")])
    run = one(pull_fakes(rt, fake))
    assert (run.status, fake.pulls) == ("paused", [])
    assert "quota" in (run.error or "")


def test_a_pause_that_is_over_holds_nobody(rt: Runtime) -> None:
    with rt.ops.begin() as connection:
        connection.execute(source_health.insert().values(stream="acme", paused_until=datetime(2026, 6, 30, 9)))
    assert one(pull_fakes(rt, feed([record("a")]))).status == "ok"


def test_a_part_of_the_streams_leaves_the_other_facts_of_the_day(rt: Runtime) -> None:
    fakes = (feed([record("a")]), feed([record("b")], name="beta"))
    pull_fakes(rt, *fakes)
    pull_fakes(rt, feed(Transient("503")), fakes[1], only=["acme"])
    assert {r["stream"]: r["status"] for r in landed(rt, "stream_runs")} == {"acme.feed": "failed", "beta.feed": "ok"}


def test_an_unknown_name_is_refused_with_the_nearest(rt: Runtime) -> None:
    with pytest.raises(Permanent, match="did you mean salesforce"):
        runner.run(rt, DT, only=["salesfroce"])


def test_a_stream_waits_for_those_it_names(rt: Runtime) -> None:
    order: list[str] = []
    first = feed([record("a")], name="zeta")
    second = feed([record("b")], name="alpha", declared={"feed": {"after": ["zeta.feed", "no.such"]}})
    pull_fakes(rt, first, second, progress=lambda stream, _: order.append(stream))
    assert order == ["zeta.feed", "alpha.feed"]


def test_a_stream_that_waits_goes_on_when_the_other_fails(rt: Runtime) -> None:
    fakes = feed(Transient("503"), name="zeta"), feed([record("b")], name="alpha", declared={"feed": {"after": ["zeta.feed"]}})
    assert pull_fakes(rt, *fakes).by_name()["alpha.feed"].status == "ok"


def test_our_own_store_is_pulled_before_any_vendor(rt: Runtime) -> None:
    order: list[str] = []
    pull_fakes(rt, feed([record("a")], name="acme"), feed([record("b")], name="ops"), progress=lambda s, _: order.append(s))
    assert order == ["ops.feed", "acme.feed"]


def test_a_cursor_is_stored_after_the_landing_only(rt: Runtime) -> None:
    fake = feed([record("a")])

    def moving(pages: list[object]) -> None:
        fake.pages["feed"] = pages
        fake.pulls.clear()

    pull_fakes(rt, fake)
    fake.pulls[0].cursor["mark"] = 1  # what a fetch would have left
    state.store_cursor(rt.ops, "acme.feed", DT, {"mark": 1}, rt.stamp())
    moving([[record("b")], Transient("503")])
    pull_fakes(rt, fake, dt=DT + timedelta(days=1))
    assert fake.pulls[0].cursor == {"mark": 1}
    assert state.cursor_before(rt.ops, "acme.feed", DT + timedelta(days=9)) == {"mark": 1}


def test_a_day_run_again_starts_from_the_cursor_of_the_day_before(rt: Runtime) -> None:
    for n in range(3):
        state.store_cursor(rt.ops, "acme.feed", DT + timedelta(days=n), {"mark": n}, rt.stamp())
    assert state.cursor_before(rt.ops, "acme.feed", DT + timedelta(days=1)) == {"mark": 0}
    assert state.cursor_before(rt.ops, "acme.feed", DT) == {}


def test_a_cursor_without_rows_in_the_lake_is_not_trusted(rt: Runtime) -> None:
    state.store_cursor(rt.ops, "acme.feed", DT - timedelta(days=1), {"mark": 1}, rt.stamp())
    fake = feed([record("a")])
    pull_fakes(rt, fake)
    assert fake.pulls[0].cursor == {}


def test_a_corrupt_cursor_says_what_to_do(rt: Runtime) -> None:
    pull_fakes(rt, feed([record("a")]))
    with rt.ops.begin() as connection:
        connection.execute(cursors.update().values(value="{broken"))
    with pytest.raises(Permanent, match="delete its row"):
        pull_fakes(rt, feed([record("a")]), dt=DT + timedelta(days=1))


def test_replay_swaps_the_fetch_alone(at: Callable[..., Runtime], tmp_path: Path) -> None:
    folder = tmp_path / "real"
    (folder / "feed").mkdir(parents=True)
    (folder / "feed" / "b.json").write_text(json.dumps([record("b", "2026-05-02T12:00:00Z"), {}]))
    (folder / "feed" / "a.json").write_text(json.dumps([record("a", "2026-05-01T12:00:00Z")]))
    fake = feed([record("live")], declared={"feed": {"replay": ["feed/*.json"], "max_reject_share": 0.9}})
    run = one(pull_fakes(at(replay=folder), fake, history_from=date(2026, 1, 1)))
    assert (run.status, run.landed, run.reasons, fake.pulls) == ("ok", 2, {"missing_field": 1}, [])
    assert run.days == {date(2026, 5, 1): 1, date(2026, 5, 2): 1}


def test_in_replay_a_stream_without_patterns_or_files_is_off(at: Callable[..., Runtime], tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    rt = at(replay=tmp_path / "real")
    for declared in ({}, {"feed": {"replay": ["feed/*.json"]}}):
        run = one(pull_fakes(rt, feed([record("live")], declared=declared)))
        assert run.status == "off"
        assert "nothing to replay" in (run.error or "")


def test_replaying_a_smaller_folder_leaves_nothing_of_the_larger(at: Callable[..., Runtime], tmp_path: Path) -> None:
    folder = tmp_path / "real"
    folder.mkdir()
    rt = at(replay=folder)
    fake = feed(declared={"feed": {"replay": ["*.json"]}})
    for ids in (["a", "b"], ["a"]):
        (folder / "x.json").write_text(json.dumps([record(i) for i in ids]))
        pull_fakes(rt, fake, history_from=date(2026, 1, 1))
    assert [r["record_key"] for r in landed(rt, FEED)] == ["a"]


def test_the_table_for_the_terminal_names_every_stream(rt: Runtime) -> None:
    table = as_table(pull_fakes(rt, feed([record("a"), {}]), feed(Transient("503"), name="down")))
    assert table.row_count == 2


def test_the_command_runs_one_source_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("SIGNALS_NOW", "2026-06-30T10:05:00+00:00")
    assert main(["ops", "--home", str(tmp_path)]) == 0
    assert "ops.holdout" in capsys.readouterr().out
    assert main(["opps", "--home", str(tmp_path)]) == 2
    assert "did you mean ops" in capsys.readouterr().err
