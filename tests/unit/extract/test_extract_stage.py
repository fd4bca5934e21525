# ruff: noqa: E501 - invented documents are long lines
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from signals_pipeline.extract import stage
from signals_pipeline.io.lake import Lake
from signals_pipeline.keys import md5

DAY = date(2026, 3, 2)
TEXT = (
    "FORM 8-K\nItem 5.02 Departure of Directors or Certain Officers; Election of Directors; Appointment of Certain Officers.\n"
    "On March 1, 2026, Jane Q. Roe resigned as Chief Financial Officer of the Company.\nSIGNATURES\nAcme"
)


def filing(key="0001234567-26-000001", **columns):
    return {
        "record_key": key, "occurred_at": None, "known_at": datetime(2026, 3, 2, 21), "known_at_basis": "acceptance", "pulled_at": None, "payload": "",
        "accession": key, "cik": "0001234567", "company_name": "Acme Robotics, Inc.", "form": "8-K", "filed_on": date(2026, 3, 2),
        "reported_on": date(2026, 3, 1), "items": "5.02", "document_url": "https://www.sec.gov/x", "has_document": True, "text": TEXT,
    } | columns  # fmt: skip


@pytest.fixture
def rt(tmp_path):
    lake = Lake(str(tmp_path / "lake"))
    return SimpleNamespace(lake=lake)


def rows(rt, name):
    return rt.lake.read(name).to_pylist()


def test_a_filing_becomes_an_event_a_document_and_a_person(rt):
    rt.lake.write("sec_edgar__filings", DAY, [filing()])
    report = stage.run(rt, DAY)
    (event,), (document,), (person,) = rows(rt, "events"), rows(rt, "documents"), rows(rt, "people")
    assert event["event_id"] == md5("sec_edgar__filings", event["record_key"], "executive_change", 0)
    assert event["mention_id"] == person["mention_id"] == md5("sec_edgar__filings", event["record_key"], "subject")
    assert TEXT[event["span_start"] : event["span_end"]].startswith("On March 1, 2026, Jane")
    assert (event["level"], event["department"], event["dt"]) == ("c_suite", "finance", DAY)
    assert event["occurred_at"] == datetime(2026, 3, 1)
    assert (document["events"], document["reason"]) == (1, None)
    assert (person["full_name"], person["person_record_id"]) == ("Jane Q. Roe", event["person_record_id"])
    assert (report.documents, report.with_events, report.without) == (1, 1, {})


def test_no_name_of_a_person_stands_outside_people(rt):
    rt.lake.write("sec_edgar__filings", DAY, [filing()])
    stage.run(rt, DAY)
    assert "Roe" not in str(rows(rt, "events")) + str(rows(rt, "documents")) + str(rows(rt, "mentions"))


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"has_document": False, "text": None}, "document_absent"),
        ({"text": "FORM 8-K without any item"}, "no_items"),
        ({"form": "D", "text": "<edgarSubmission>"}, "malformed_xml"),
        ({"form": "8-K/A"}, "amendment"),
    ],
)
def test_a_document_without_events_has_its_reason_and_the_counts_add_up(rt, columns, reason):
    rt.lake.write("sec_edgar__filings", DAY, [filing(**columns), filing("0001234567-26-000002")])
    report = stage.run(rt, DAY)
    assert (report.documents, report.with_events, report.without) == (2, 1, {reason: 1})
    assert {d["reason"] for d in rows(rt, "documents")} == {reason, None}


def test_a_second_run_writes_the_same_bytes_and_a_vanished_record_leaves_no_event(rt):
    rt.lake.write("sec_edgar__filings", DAY, [filing()])
    stage.run(rt, DAY)
    first = {name: [rt.lake.fs.cat(p) for _, p in rt.lake.files(name)] for name in stage.WRITTEN}
    stage.run(rt, DAY)
    assert first == {name: [rt.lake.fs.cat(p) for _, p in rt.lake.files(name)] for name in stage.WRITTEN}
    rt.lake.write("sec_edgar__filings", DAY, [])
    stage.run(rt, DAY)
    assert rows(rt, "events") == rows(rt, "people") == rows(rt, "documents") == []


def test_built_day_by_day_and_in_one_go_are_the_same(rt, tmp_path):
    other = SimpleNamespace(lake=Lake(str(tmp_path / "other")))
    days = [date(2026, 3, d) for d in (2, 3, 9)]
    for number, day in enumerate(days):
        for runtime in (rt, other):
            runtime.lake.write("sec_edgar__filings", day, [filing(f"0001234567-26-00000{number}")])
    for day in days:
        stage.run(rt, day)
    stage.run(other, days[-1], since=days[0])
    for name in stage.WRITTEN:
        assert rt.lake.read(name).equals(other.lake.read(name))


def deal(**columns):
    return {
        "record_key": "a|b|"
        "2015-07-01", "known_at": datetime(2015, 7, 1, 23, 59, 59), "known_at_basis": "announcement", "company_id": "/organization/b",
        "company_name": "Beta GmbH", "acquirer_id": "/organization/a", "acquirer_name": "Acme Inc", "announced_on": date(2015, 7, 1),
        "price": Decimal("1000000.00"), "currency": "EUR", "source_row": "acquisitions.csv:7",
    } | columns  # fmt: skip


def test_an_export_s_acquisition_is_the_acquirer_s_event_and_names_its_row(rt):
    rt.lake.write("crunchbase__acquisitions", DAY, [deal()])
    report = stage.run(rt, DAY)
    (event,) = rows(rt, "events")
    assert event["mention_id"] == md5("crunchbase__acquisitions", "a|b|2015-07-01", "acquirer")
    assert event["other_mention_id"] == md5("crunchbase__acquisitions", "a|b|2015-07-01", "target")
    assert (event["amount_usd"], event["source_row"], event["other_company_name"]) == (
        Decimal("1110000.00"),
        "acquisitions.csv:7",
        "Beta GmbH",
    )
    assert rows(rt, "mentions") == rows(rt, "documents") == []
    assert (report.rows, report.rows_with_events) == (1, 1)


def change(**columns):
    return {
        "record_key": "k", "known_at": datetime(2026, 3, 2), "known_at_basis": "announcement", "company_name": "Acme", "person_name": "Jane Roe",
        "title": "VP Sales", "change_type": "appointed", "announced_on": date(2026, 3, 1), "effective_on": date(2026, 4, 1),
    } | columns  # fmt: skip


def test_a_dropped_executive_change_points_to_the_person_its_source_wrote(rt):
    rt.lake.write("file_drop__executive_change", DAY, [change()])
    stage.run(rt, DAY)
    (event,) = rows(rt, "events")
    assert event["person_record_id"] == md5("person", "file_drop__executive_change", "k", 0)
    assert (event["change_type"], event["modality"], event["level"]) == ("new_hire", "planned", "vp")
    assert rows(rt, "people") == []


def test_a_row_that_says_nothing_we_know_is_counted_with_its_reason(rt):
    rt.lake.write("file_drop__executive_change", DAY, [change(change_type="sabbatical")])
    report = stage.run(rt, DAY)
    assert (report.rows, report.rows_with_events, report.rows_without) == (1, 0, {"unknown_change_type": 1})


def expansion(**columns):
    return {
        "record_key": "e", "known_at": datetime(2026, 3, 2), "known_at_basis": "announcement", "company_name": "Acme", "announced_on": date(2026, 3, 1),
        "expansion_type": "new office", "city": "Leeds", "country": "GB", "target_company": None,
    } | columns  # fmt: skip


def test_an_expansion_keeps_its_place_and_an_acquisition_in_it_names_the_other_company(rt):
    rt.lake.write(
        "file_drop__expansion", DAY, [expansion(), expansion(record_key="f", expansion_type="acquisition", target_company="Beta Ltd")]
    )
    stage.run(rt, DAY)
    found = {e["signal_type"]: e for e in rows(rt, "events")}
    assert (found["expansion"]["change_type"], found["expansion"]["place"]) == ("new_office", "Leeds, GB")
    assert found["acquisition"]["other_company_name"] == "Beta Ltd"
    assert [m["role"] for m in rows(rt, "mentions")] == ["target"]


def test_counts_that_do_not_add_up_stop_the_stage(rt, monkeypatch):
    from signals_pipeline.errors import Permanent

    rt.lake.write("sec_edgar__filings", DAY, [filing()])
    monkeypatch.setattr(stage, "_count", lambda report, *_: setattr(report, "documents", report.documents + 1))
    with pytest.raises(Permanent, match="add up"):
        stage.run(rt, DAY)


def test_a_known_day_is_the_eastern_one():
    late = filing(
        filed_on=None, known_at=datetime(2026, 3, 3, 3, tzinfo=UTC).replace(tzinfo=None), reported_on=None, signed_on=date(2026, 3, 2)
    )
    assert stage.read("sec_edgar__filings", late).events[0].occurred_on == date(2026, 3, 1)
