"""Rules of landing: every record is accounted for, the right day, nothing good is replaced by something short."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from source_fakes import (
    DT,
    FakeVendor,
    lake_bytes,
    landed,
    one,
    pull_fakes,
    record,
)

from signals_pipeline.errors import ContractBroken, Permanent, Transient
from signals_pipeline.io.lake import FIRST_DAY
from signals_pipeline.runtime import Runtime
from signals_pipeline.sources.land import Landing
from signals_pipeline.sources.spec import Pull, Raw, Row

FEED = "sec_edgar__feed"
STATE = "sixsense__segment_members"


def events(*pages: object, **declared: object) -> FakeVendor:
    return FakeVendor(pages={"feed": list(pages)}, declared={"feed": declared})


def states(*pages: object, **declared: object) -> FakeVendor:
    return FakeVendor(kind="state", dataset=STATE, pages={"list": list(pages)}, declared={"list": declared})


def test_every_record_lands_or_is_rejected(rt: Runtime) -> None:
    run = one(pull_fakes(rt, events([record("a"), record("b"), {"at": "2026-06-29T15:00:00Z"}])))
    assert (run.status, run.records_in, run.landed, run.rejected, run.reasons) == ("ok", 3, 2, 1, {"missing_field": 1})
    reject = landed(rt, "rejects")[0]
    assert (reject["stream"], reject["reason"], reject["place"]) == ("acme.feed", "missing_field", "page-0#2")
    assert '"at"' in reject["payload"]


def test_a_day_run_again_after_its_history_writes_the_same_rejects_once(rt: Runtime) -> None:
    bad = {"at": "2026-06-29T15:00:00Z"}
    one(pull_fakes(rt, events([record("a"), bad]), history_from=DT - timedelta(days=30)))
    first = landed(rt, "rejects")
    one(pull_fakes(rt, events([record("a"), bad])))
    assert landed(rt, "rejects") == first and len(first) == 1


def test_a_state_of_dear_pages_keeps_what_its_day_has_when_the_day_is_run_again(rt: Runtime) -> None:
    from signals_pipeline.sources.spec import sources

    of = sources()["sec_edgar"].streams["companies"]
    dear = {"merged": of.merged, "page_by_page": of.page_by_page}
    one(pull_fakes(rt, states([record("a"), record("b")], **dear)))
    one(pull_fakes(rt, states(**dear)))  # everything stands: the vendor is not asked again
    assert [r["record_key"] for r in landed(rt, STATE)] == ["a", "b"]


def test_an_exact_repeat_inside_a_batch_is_a_duplicate(rt: Runtime) -> None:
    run = one(pull_fakes(rt, events([record("a"), record("b")], [record("a"), record("b")])))
    assert (run.landed, run.reasons, run.status) == (2, {"duplicate": 2}, "ok")


def test_the_newer_version_of_a_key_wins_whatever_the_order(rt: Runtime) -> None:
    old, new = record("a", "2026-06-29T10:00:00Z", "Old"), record("a", "2026-06-29T12:00:00Z", "New")
    for pages in ([old, new], [new, old]):
        run = one(pull_fakes(rt, states(pages)))
        assert (run.landed, run.reasons) == (1, {"superseded": 1})
        assert [r["name"] for r in landed(rt, STATE)] == ["New"]


def test_a_newer_version_on_a_later_page_supersedes_one_that_was_flushed(rt: Runtime) -> None:
    first = [record(str(n), "2026-06-29T10:00:00Z") for n in range(6000)]
    run = one(pull_fakes(rt, states(first, [record("7", "2026-06-29T11:00:00Z", "New"), first[8]])))
    assert (run.landed, run.reasons) == (6000, {"superseded": 1, "duplicate": 1})
    assert [r["name"] for r in landed(rt, STATE) if r["record_key"] == "7"] == ["New"]


def test_a_value_that_does_not_fit_its_column_is_a_reject_and_not_the_end_of_the_page(rt: Runtime) -> None:
    def row(raw: Raw, pull: Pull) -> Row:
        return Row(raw.value["id"], pull.pulled_at, "pulled", {"name": raw.value["name"]})

    fake = states([record("a", name="x"), {"id": "b", "name": 12}, record("c", name="y")])
    fake.row = row
    run = one(pull_fakes(rt, fake))
    assert (run.landed, run.reasons) == (2, {"wrong_type": 1})
    assert [r["record_key"] for r in landed(rt, STATE)] == ["a", "c"]


def test_a_body_that_cannot_be_read_is_one_reject(rt: Runtime) -> None:
    run = one(pull_fakes(rt, events(b'[{"id": "a"', [record("b")])))
    assert (run.landed, run.reasons) == (1, {"not_json": 1})


def test_too_many_rejects_break_the_contract_and_the_rejects_are_written(rt: Runtime) -> None:
    pages = [record(str(n)) for n in range(30)] + [{"at": "x"} for _ in range(10)]
    run = one(pull_fakes(rt, events(pages)))
    assert run.status == "failed"
    assert "10 of 40 records rejected" in (run.error or "")
    assert (run.landed, run.rejected, run.records_in, run.held_back) == (0, 10, 10, 30)
    assert len(landed(rt, "rejects")) == 10
    assert landed(rt, FEED) == []


def test_a_renamed_required_field_stops_a_state_stream_of_any_size(rt: Runtime, at: Callable[..., Runtime]) -> None:
    pull_fakes(rt, states([record("a")]), dt=DT - timedelta(days=1))
    run = one(pull_fakes(rt, states([{"ident": "a", "name": "Acme"}])))
    assert run.status == "failed"
    assert [r["dt"] for r in landed(rt, STATE)] == [DT - timedelta(days=1)]


def test_unknown_fields_are_counted_and_never_a_reject(rt: Runtime) -> None:
    run = one(pull_fakes(rt, events([record("a", colour="red"), record("b")], fields=["id", "at", "name"])))
    assert (run.landed, run.rejected, run.unknown_fields) == (2, 0, {"colour": 1})
    assert '"colour": 1' in landed(rt, "stream_runs")[0]["unknown_fields"]


def test_a_truncated_fetch_keeps_yesterdays_rows(rt: Runtime) -> None:
    yesterday = DT - timedelta(days=1)
    pull_fakes(rt, states([record("a"), record("b")]), dt=yesterday)
    run = one(pull_fakes(rt, states([record("a")], Transient("connection lost"))))
    assert (run.status, run.error, run.landed, run.held_back) == ("failed", "Transient: connection lost", 0, 1)
    assert [(r["dt"], r["record_key"]) for r in landed(rt, STATE)] == [(yesterday, "a"), (yesterday, "b")]


def test_a_short_pull_never_replaces_a_good_one(rt: Runtime) -> None:
    pull_fakes(rt, states([record(str(n)) for n in range(10)]), dt=DT - timedelta(days=1))
    run = one(pull_fakes(rt, states([record("0")], min_share=0.5)))
    assert run.status == "failed"
    assert "1 rows where 10 stand" in (run.error or "")
    assert {r["dt"] for r in landed(rt, STATE)} == {DT - timedelta(days=1)}


def test_fewer_rows_than_declared_is_a_short_pull(rt: Runtime) -> None:
    run = one(pull_fakes(rt, states([], min_rows=1)))
    assert run.status == "failed"
    assert "at least 1 expected" in (run.error or "")


def test_an_empty_state_that_may_be_empty_is_written(rt: Runtime) -> None:
    run = one(pull_fakes(rt, states([])))
    assert (run.status, run.days) == ("ok", {DT: 0})


def test_an_event_row_of_a_daily_run_belongs_to_the_day_that_first_had_it(rt: Runtime) -> None:
    late = record("a", "2026-05-02T12:00:00Z")
    run = one(pull_fakes(rt, events([late])))
    assert run.days == {DT: 1}


def test_an_event_that_stands_under_an_earlier_day_is_reread_and_not_landed_again(rt: Runtime) -> None:
    day_before = record("a", "2026-06-28T15:00:00Z")
    pull_fakes(rt, events([day_before]), dt=DT - timedelta(days=1))
    run = one(pull_fakes(rt, events([day_before, record("b")])))
    assert (run.landed, run.reread, run.records_in) == (1, 1, 1)
    assert [(r["dt"], r["record_key"]) for r in landed(rt, FEED)] == [(DT - timedelta(days=1), "a"), (DT, "b")]


def test_an_event_known_after_the_window_waits_for_its_own_day(rt: Runtime) -> None:
    # the window of DT closes at 10:00 UTC of the next day
    fake = events([record("a", "2026-06-30T09:59:59Z"), record("b", "2026-06-30T10:00:00Z")])
    run = one(pull_fakes(rt, fake))
    assert (run.landed, run.waiting, run.records_in) == (1, 1, 1)
    again = one(pull_fakes(rt, fake, dt=DT + timedelta(days=1)))
    assert (again.landed, again.reread) == (1, 1)


def test_history_lands_under_the_day_of_publication(rt: Runtime) -> None:
    pages = [record("a", "2026-05-01T09:59:00Z"), record("b", "2026-05-01T10:00:00Z"), record("c")]
    run = one(pull_fakes(rt, events(pages), history_from=date(2026, 4, 1)))
    assert run.days == {date(2026, 4, 30): 1, date(2026, 5, 1): 1, DT: 1}


def test_an_event_older_than_every_day_of_the_lake_is_a_reject_and_an_old_one_lands(rt: Runtime) -> None:
    old, older = record("old", at="1966-05-04T12:00:00Z"), record("older", at="1201-11-03T12:00:00Z")
    run = one(pull_fakes(rt, events([old, older]), history_from=FIRST_DAY))
    assert (run.landed, run.reasons) == (1, {"implausible_date": 1})
    assert [r["dt"] for r in landed(rt, FEED)] == [date(1966, 5, 4)]


def test_a_history_loaded_after_daily_runs_does_not_say_a_record_twice(rt: Runtime) -> None:
    late = record("a", "2026-05-01T12:00:00Z")
    pull_fakes(rt, events([late]))
    run = one(pull_fakes(rt, events([late, record("b", "2026-05-03T12:00:00Z")]), history_from=date(2026, 4, 1)))
    assert (run.landed, run.reread) == (1, 1)
    assert sorted((r["dt"], r["record_key"]) for r in landed(rt, FEED)) == [(date(2026, 5, 3), "b"), (DT, "a")]


def test_a_history_loaded_again_moves_rows_that_moved(rt: Runtime) -> None:
    pull_fakes(rt, events([record("a", "2026-05-01T12:00:00Z")]), history_from=date(2026, 4, 1))
    pull_fakes(rt, events([record("a", "2026-05-02T12:00:00Z")]), history_from=date(2026, 4, 1))
    assert [(r["dt"], r["record_key"]) for r in landed(rt, FEED)] == [(date(2026, 5, 2), "a")]


def test_a_restated_record_lands_under_the_day_that_brought_it_only_where_declared(rt: Runtime) -> None:
    first, other = record("a", "2026-06-28T15:00:00Z"), record("a", "2026-06-28T15:00:00Z", "Restated")
    pull_fakes(rt, events([first]), dt=DT - timedelta(days=1))
    assert one(pull_fakes(rt, events([other]))).landed == 0
    assert one(pull_fakes(rt, events([other], restated=True))).landed == 1
    assert one(pull_fakes(rt, events([first], restated=True))).landed == 0


def test_a_merged_state_carries_what_the_pull_did_not_bring(rt: Runtime) -> None:
    pull_fakes(rt, states([record("a"), record("b")], merged=True), dt=DT - timedelta(days=1))
    run = one(pull_fakes(rt, states([record("b", name="New")], merged=True)))
    assert (run.landed, run.carried, run.records_in, run.days) == (1, 1, 1, {DT: 2})
    assert [(r["record_key"], r["name"]) for r in landed(rt, STATE, since=DT)] == [("a", "Acme"), ("b", "New")]


def test_a_dear_pull_keeps_what_has_come_when_it_breaks_off(rt: Runtime) -> None:
    declared = {"merged": True, "page_by_page": True}
    run = one(pull_fakes(rt, states([record("a")], [record("b")], Transient("down"), **declared)))
    assert (run.status, run.landed, run.records_in) == ("failed", 2, 2)
    assert [r["record_key"] for r in landed(rt, STATE)] == ["a", "b"]
    again = one(pull_fakes(rt, states([record("c")], **declared)))
    assert (again.status, again.landed, again.carried) == ("ok", 1, 2)


def test_a_dear_pull_has_nine_tenths_landed_at_every_page_and_writes_seldom(rt: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    pages, standing_at = 200, []
    asked = Landing.checkpoint

    def checkpoint(landing: Landing) -> None:
        asked(landing)
        standing_at.append(len(landed(rt, FEED)))

    monkeypatch.setattr(Landing, "checkpoint", checkpoint)
    run = one(pull_fakes(rt, events(*([record(f"r{n}")] for n in range(pages)), page_by_page=True)))
    assert (run.status, run.landed) == ("ok", pages)
    for taken in range(1, pages + 1):  # whatever page the process is killed at
        stands = max((rows for rows in standing_at if rows <= taken), default=0)
        assert stands >= taken * 9 // 10
    assert len(standing_at) < pages // 4  # each writes all rows anew


def test_a_dear_pull_of_events_that_breaks_off_keeps_its_pages_for_the_next(rt: Runtime) -> None:
    fake = events(*([record(f"r{n}")] for n in range(25)), Transient("down"), page_by_page=True)
    run = one(pull_fakes(rt, fake))
    assert run.status == "failed"
    assert len(landed(rt, FEED)) == 25
    again = one(pull_fakes(rt, events([record("r3"), record("new")], page_by_page=True)))
    assert (again.status, len(landed(rt, FEED))) == ("ok", 26)


def test_running_a_day_twice_writes_the_same_bytes(rt: Runtime) -> None:
    vendors = (events([record("a"), record("a"), {}]), FakeVendor("state", STATE, "beta", {"list": [[record("x")]]}))
    pull_fakes(rt, *vendors)
    first = lake_bytes(rt)
    pull_fakes(rt, *vendors)
    assert lake_bytes(rt) == first


def test_running_a_day_again_later_writes_the_same_bytes_where_nothing_changed(rt: Runtime, at: Callable[..., Runtime]) -> None:
    vendors = (events([record("a"), {}]), FakeVendor("state", STATE, "beta", {"list": [[record("x", None)]]}))
    pull_fakes(rt, *vendors)
    first = {k: v for k, v in lake_bytes(rt).items() if "stream_runs" not in k}
    later = at("2026-06-30T12:00:00+00:00")
    pull_fakes(later, *vendors)
    assert {k: v for k, v in lake_bytes(later).items() if "stream_runs" not in k} == first


def test_an_event_that_its_day_has_landed_stays_when_the_source_skips_it_the_second_time(rt: Runtime) -> None:
    pull_fakes(rt, events([record("a"), record("b")]))
    run = one(pull_fakes(rt, events([record("c")])))
    assert (run.landed, run.carried, run.records_in) == (1, 2, 1)
    assert [r["record_key"] for r in landed(rt, FEED)] == ["a", "b", "c"]


def test_a_state_row_is_landed_under_the_run_that_saw_it_also_in_a_history_load(rt: Runtime) -> None:
    run = one(pull_fakes(rt, states([record("a", "2026-05-01T12:00:00Z")]), history_from=date(2026, 4, 1)))
    assert run.days == {DT: 1}


@pytest.mark.parametrize("error", [ContractBroken("gone"), KeyError("bug")])
def test_a_stream_that_fails_says_why(rt: Runtime, error: Exception) -> None:
    run = one(pull_fakes(rt, events(error)))
    assert run.status == "failed"
    assert run.error and type(error).__name__ in run.error


def test_a_permanent_error_is_raised_after_the_others_have_ended(rt: Runtime) -> None:
    with pytest.raises(Permanent, match="corrupt"):
        pull_fakes(rt, events(Permanent("corrupt")), FakeVendor("state", STATE, "beta", {"list": [[record("x")]]}))
    assert [r["record_key"] for r in landed(rt, STATE)] == ["x"]
    assert {r["stream"]: r["status"] for r in landed(rt, "stream_runs")} == {"acme.feed": "failed", "beta.list": "ok"}
