# ruff: noqa: E501 - rows as they come
"""Dropped job postings and technologies become events: department waves, and changes of the stack (not the stack)."""

from datetime import date, datetime
from types import SimpleNamespace

import pytest

from signals_pipeline.extract import stage
from signals_pipeline.extract.table_rows import read_row
from signals_pipeline.io.lake import Lake

DAY = date(2026, 3, 2)


def posting(**columns):
    return {
        "record_key": "p", "known_at": datetime(2026, 3, 2), "known_at_basis": "announcement", "company_name": "Acme", "title": "Account Executive",
        "company_domain": "acme.example", "posted_on": date(2026, 3, 1), "url": "https://acme.example/jobs/1", "location": "Leeds, GB", "country": "GB",
        "department": None, "source_row": "theirstack_job_posting_2026-03-02.csv:2",
    } | columns  # fmt: skip


def technology(**columns):
    return {
        "record_key": "t", "known_at": datetime(2026, 3, 2), "known_at_basis": "file_as_of", "company_domain": "acme.example", "technology": "SignTool",
        "category": "eSignature", "status": "added", "first_seen": date(2026, 2, 20), "last_seen": date(2026, 3, 1), "confidence": 0.9,
        "source_row": "builtwith_technology_2026-03-02.csv:2",
    } | columns  # fmt: skip


@pytest.mark.parametrize(
    ("told", "department"), [(None, "sales"), ("Human Resources", "hr"), ("Customer Success", "operations"), ("Kitchen", "kitchen")]
)
def test_a_posting_belongs_to_the_department_its_vendor_names_else_to_its_title_s(told, department):
    (event,) = read_row("file_drop__job_posting", posting(department=told)).events
    assert (event.signal_type, event.department, event.subject, event.occurred_on) == (
        "job_posting",
        department,
        department,
        date(2026, 3, 1),
    )


def test_a_posting_of_no_known_department_is_a_wave_of_its_own_title():
    (event,) = read_row("file_drop__job_posting", posting(title="Falconer")).events
    assert (event.department, event.subject) == (None, "falconer")


@pytest.mark.parametrize(
    ("columns", "change", "day"),
    [
        ({"status": "added"}, "added", date(2026, 2, 20)),
        ({"status": "Removed"}, "removed", date(2026, 3, 1)),
        ({"status": "current"}, "added", date(2026, 2, 20)),  # in use, and first seen ten days ago
        ({"status": None}, "added", date(2026, 2, 20)),
        ({"status": "added", "first_seen": None}, "added", date(2026, 3, 2)),
        ({"status": "added", "first_seen": date(2027, 1, 1)}, "added", date(2026, 3, 2)),  # nothing is seen before it happens
    ],
)
def test_a_change_of_technology_has_its_kind_and_day(columns, change, day):
    (event,) = read_row("file_drop__technology", technology(**columns)).events
    assert (event.signal_type, event.subject, event.change_type, event.occurred_on) == ("technology_adoption", "SignTool", change, day)


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"status": "current", "first_seen": date(2024, 1, 1)}, "no_change"),
        ({"status": None, "first_seen": None}, "no_change"),
        ({"status": "banana"}, "unknown_status"),
    ],
)
def test_a_technology_merely_in_use_is_no_change(columns, reason):
    reading = read_row("file_drop__technology", technology(**columns))
    assert (reading.events, reading.reason) == ((), reason)


@pytest.mark.parametrize(("told", "confidence"), [(0.9, 0.9), (90.0, 0.9), (None, 0.7), (-3.0, 0.0), (1000.0, 1.0)])
def test_a_vendor_s_confidence_is_a_share_or_a_percentage(told, confidence):
    assert read_row("file_drop__technology", technology(confidence=told)).events[0].confidence == pytest.approx(confidence)


def test_rows_of_both_kinds_are_landed_as_events_that_name_their_line_and_address(tmp_path):
    rt = SimpleNamespace(lake=Lake(str(tmp_path / "lake")))
    rt.lake.write("file_drop__job_posting", DAY, [posting()])
    rt.lake.write("file_drop__technology", DAY, [technology(), technology(record_key="u", status="banana")])
    report = stage.run(rt, DAY)
    found = {e["signal_type"]: e for e in rt.lake.read("events").to_pylist()}
    assert (report.rows, report.rows_with_events, report.rows_without) == (3, 2, {"unknown_status": 1})
    assert (found["job_posting"]["source_url"], found["job_posting"]["place"]) == ("https://acme.example/jobs/1", "Leeds, GB")
    assert found["technology_adoption"]["source_row"] == "builtwith_technology_2026-03-02.csv:2"
