"""Every fault that a vendor's answer can have, against every stream of every vendor that we ask over HTTP.

One body a kind of fault; a door that is added to `fault_kit.DOORS` meets them all. The bystander is a stream of another vendor.
"""

from __future__ import annotations

import httpx
import pytest
from fault_kit import BEFORE, DOORS, DT, Calm, Day, Twist, ahead, cut_short, flood, raises, retyped, rows, status, with_new_field

from signals_pipeline.io import pauses
from signals_pipeline.sources.report import SourcesReport, StreamRun
from signals_pipeline.sources.spec import sources

PASSING: dict[str, Twist] = {
    "429": status(429),
    "500": status(500),
    "502": status(502),
    "503 with a date": status(503, **{"Retry-After": "2026-06-30T10:05:20+00:00"}),
    "504": status(504),
    "cannot connect": raises(httpx.ConnectError),
    "no answer in time": raises(httpx.ReadTimeout),
    "connection cut": raises(httpx.RemoteProtocolError),
    "truncated": cut_short,
}
LASTING: dict[str, Twist] = {
    **PASSING,
    "302": status(302, "", Location="https://elsewhere.example/"),
    "400": status(400),
    "401": status(401),
    "402": status(402),
    "403": status(403),
    "404": status(404),
    "410": status(410),
    "503 until tomorrow": status(503, **{"Retry-After": "86400"}),
    "oversized": flood,
    "a page for people": status(200, "<html><body>We are down for maintenance</body></html>"),
    "an empty body": status(200, ""),
    "JSON of another shape": status(200, {"unexpected": True}),
    "JSON null": status(200, "null"),
}


def of(report: SourcesReport, vendor: str) -> list[StreamRun]:
    return [s for s in report.streams if s.vendor == vendor]


def bystander(vendor: str) -> str:
    return "outreach.sequences" if vendor == "salesforce" else "salesforce.users"


def assert_nothing_of_before_is_lost(day: Day, calm: Calm, vendor: str) -> None:
    for stream, keys in calm.before.items():
        if stream.startswith(f"{vendor}."):
            assert day.keys(stream, BEFORE) == keys, stream


def assert_a_good_day_lands_the_same(day: Day, calm: Calm, vendor: str) -> None:
    """The day is run again when the vendor is well: what a fault held back comes, and nothing comes twice."""
    for name in (vendor, *calm.runs, "sixsense.scoring", "sixsense.segments"):
        pauses.resume(day.rt.ops, name)
    report, _ = day.pull(vendor)
    assert report.is_green, [s.error for s in report.failed]
    for run in report.streams:
        assert day.keys(run.stream, DT) == calm.keys[run.stream], run.stream


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("fault", PASSING)
def test_a_passing_fault_is_overcome_within_the_run_and_nothing_is_missing(struck: Day, calm: Calm, door: str, fault: str) -> None:
    report, wire = struck.pull(DOORS[door][0], door=door, twist=PASSING[fault], times=2)
    assert len(wire.struck) == 2
    for run in report.streams:
        assert (run.status, struck.keys(run.stream, DT)) == ("ok", calm.keys[run.stream]), f"{run.stream}: {run.error}"
        assert run.rejected == calm.runs[run.stream].rejected


# what a vendor's word means where it is no fault: nobody known there, no index on that day, no document under that name
ANSWERS = {("scores", "404"), ("index", "404"), ("profiles", "404"), ("documents", "404")}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("fault", LASTING)
def test_a_lasting_fault_fails_its_streams_by_name_and_loses_nothing(struck: Day, calm: Calm, door: str, fault: str) -> None:
    vendor = DOORS[door][0]
    report, wire = struck.pull(vendor, bystander(vendor), door=door, twist=LASTING[fault])
    assert wire.struck
    assert report.is_green is ((door, fault) in ANSWERS)
    for run in of(report, vendor):
        assert run.records_in == run.landed + run.rejected
        if run.status == "ok":
            continue
        kind, _, words = (run.error or "").partition(": ")
        assert run.status == "paused" or (kind in ("Transient", "ContractBroken", "HttpStatus") and words), run.error
        assert struck.keys(run.stream, DT) == [] or sources()[vendor].streams[run.stream.partition(".")[2]].page_by_page, run.stream
    calm_run = report.by_name()[bystander(vendor)]
    assert (calm_run.status, struck.keys(calm_run.stream, DT)) == ("ok", calm.keys[calm_run.stream])
    assert_nothing_of_before_is_lost(struck, calm, vendor)
    if not report.is_green:
        assert_a_good_day_lands_the_same(struck, calm, vendor)


RECORDS = ("query", "resources", "segments", "scores")  # doors whose answers are lists of JSON records


@pytest.mark.parametrize("door", RECORDS)
def test_a_field_that_nobody_knows_is_counted_and_costs_nothing(struck: Day, calm: Calm, door: str) -> None:
    vendor = DOORS[door][0]
    report, _ = struck.pull(vendor, door=door, twist=rows(with_new_field))
    for run in report.streams:
        assert (run.status, struck.keys(run.stream, DT)) == ("ok", calm.keys[run.stream]), run.error
    behind = [s for s in report.streams if s.landed and s.unknown_fields]
    assert behind and {"releaseNote2027"} == {name for s in behind for name in s.unknown_fields}


@pytest.mark.parametrize("door", RECORDS)
def test_repeated_records_land_once_and_are_counted(struck: Day, calm: Calm, door: str) -> None:
    report, _ = struck.pull(DOORS[door][0], door=door, twist=rows(lambda records: records + records))
    for run in report.streams:
        assert (run.status, struck.keys(run.stream, DT)) == ("ok", calm.keys[run.stream]), run.error
        assert run.records_in == run.landed + run.rejected
    assert any(run.reasons.get("duplicate", 0) >= run.landed > 0 for run in report.streams)


@pytest.mark.parametrize("door", RECORDS)
def test_one_record_of_another_type_is_a_reject_and_the_rest_land(struck: Day, calm: Calm, door: str) -> None:
    report, _ = struck.pull(DOORS[door][0], door=door, twist=rows(lambda records: retyped(records[:1]) + records[1:]), times=3)
    hurt = [run for run in report.streams if "wrong_type" in run.reasons]
    assert hurt
    for run in report.streams:
        assert run.records_in == run.landed + run.rejected
        assert set(struck.keys(run.stream, DT)) <= set(calm.keys[run.stream])
        if run.status == "ok":
            assert len(calm.keys[run.stream]) - len(struck.keys(run.stream, DT)) <= run.reasons.get("wrong_type", 0)
    assert sum(struck.rejects(run.stream) for run in hurt) == sum(run.rejected for run in hurt)


@pytest.mark.parametrize("door", RECORDS)
def test_records_that_all_come_with_another_type_land_nowhere_and_nothing_of_before_is_lost(struck: Day, calm: Calm, door: str) -> None:
    vendor = DOORS[door][0]
    report, _ = struck.pull(vendor, bystander(vendor), door=door, twist=rows(retyped))
    hurt = [run for run in of(report, vendor) if "wrong_type" in run.reasons]
    assert hurt
    for run in hurt:
        assert run.landed == 0 and run.rejected == run.records_in == struck.rejects(run.stream), run.stream
        kept = sources()[vendor].streams[run.stream.partition(".")[2]]
        assert run.status == "failed" or kept.kind == "event" or kept.merged or not kept.min_share, f"{run.stream} is green"
    assert_nothing_of_before_is_lost(struck, calm, vendor)
    assert_a_good_day_lands_the_same(struck, calm, vendor)


@pytest.mark.parametrize("door", [d for d in RECORDS if d != "scores"])  # scores are left out by a setting of the token: an answer
def test_an_answer_without_its_records_never_replaces_what_stands(struck: Day, calm: Calm, door: str) -> None:
    vendor = DOORS[door][0]
    report, _ = struck.pull(vendor, bystander(vendor), door=door, twist=rows(lambda records: []))
    for run in of(report, vendor):
        spec = sources()[vendor].streams[run.stream.partition(".")[2]]
        if run.records_in == 0 < calm.runs[run.stream].records_in and spec.kind == "state" and not spec.merged:
            assert run.status == "failed" and "ContractBroken" in (run.error or ""), run.stream
    assert_nothing_of_before_is_lost(struck, calm, vendor)
    assert_a_good_day_lands_the_same(struck, calm, vendor)


@pytest.mark.parametrize("door", RECORDS)
def test_a_vendor_whose_clock_is_days_fast_loses_nothing(struck: Day, calm: Calm, door: str) -> None:
    """What it dates into the future waits for its day, or stands as what the run saw; when the clock is right again the day is the same."""
    vendor = DOORS[door][0]
    report, _ = struck.pull(vendor, door=door, twist=rows(ahead))
    assert report.is_green, [s.error for s in report.failed]
    for run in report.streams:
        seen = calm.runs[run.stream]
        assert run.records_in + run.reread + run.waiting == seen.records_in + seen.reread + seen.waiting
    assert_a_good_day_lands_the_same(struck, calm, vendor)
