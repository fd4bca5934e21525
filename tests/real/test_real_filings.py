# ruff: noqa: E501 - invented documents are long lines
"""Real filings: expected facts by accession (no sentences of theirs), and counts that must hold for the whole folder."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from support.shared_data import folder


def officers(reading):
    return {(e.person.full_name, e.change_type, e.title, e.effective_on) for e in reading.events if e.signal_type == "executive_change"}


OFFICERS = {
    "0001628280-25-058337": {("Dina Powell McCormick", "departure", "Director", date(2025, 12, 19))},
    "0001001039-15-000150": {("James A. Rasulo", "departure", "Chief Financial Officer", date(2015, 6, 30))},
    "0001001039-17-000149": {("Mary T. Barra", "new_hire", "Director", date(2017, 8, 23))},
    "0001193125-11-316242": {("Yoram Cedar", "departure", "Executive Vice President and Chief Technology Officer", date(2011, 12, 31))},
    "0001193125-19-100400": {("Robert Dahdah", "new_hire", "Executive Vice President and Chief Revenue Officer", date(2019, 4, 15))},
    "0001564590-21-031393": {("Brad Anderson", "departure", "Executive Vice President, Hybrid Cloud Group", date(2022, 4, 29))},
    "0001193125-23-170172": {("Michael C. Lenz", "departure", "Executive Vice President and Chief Financial Officer", date(2023, 7, 31))},
    "0000950123-10-058942": {("Lance W. Lord", "departure", "Chief Executive Officer", date(2010, 6, 18))},
    "0001002517-18-000040": {
        ("Robert J. Frankenberg", "departure", "Director", date(2018, 6, 30)), ("Katharine A. Martin", "departure", "Director", date(2018, 6, 30)),
        ("Philip J. Quigley", "departure", "Director", date(2018, 6, 30)),
    },
    "0000100493-17-000003": {
        ("Donnie Smith", "departure", "Chief Executive Officer", date(2016, 12, 31)), ("Tom Hayes", "promotion", "Chief Executive Officer", date(2016, 12, 31)),
    },
}  # fmt: skip


@pytest.mark.parametrize("accession", OFFICERS)
def test_officers_titles_and_dates_are_those_of_the_filing(accession, readings):
    assert officers(readings[accession]) == OFFICERS[accession]


DEALS = {
    "0000950135-07-005433": {
        ("target", "Tegic Communications, Inc.", "completed", Decimal("265000000.00")), ("target", "Voice Signal Technologies, Inc.", "completed", None),
    },
    "0000950123-11-089014": {("target", "Swype, Inc.", "completed", Decimal("102500000.00"))},
    "0000950103-17-005541": {("target", "AdvancePierre Foods Holdings, Inc.", "completed", Decimal("4200000000.00"))},
    "0000950135-07-003247": {("target", "Voice Signal Technologies, Inc.", "agreed", Decimal("293000000.00"))},
    "0001193125-21-112515": {("acquirer", "Microsoft Corporation", "agreed", None)},
    "0000950142-19-000172": set(),  # sells its own division
    "0000950124-01-500182": set(),
}  # fmt: skip


@pytest.mark.parametrize("accession", DEALS)
def test_acquirers_targets_and_prices_are_those_of_the_filing(accession, readings):
    found = {(e.other.role, e.other.name, e.deal_stage, e.amount) for e in readings[accession].events if e.signal_type == "acquisition"}
    assert found == DEALS[accession]


ROUNDS = {
    "0000950135-08-003855": {("unknown", Decimal("100000000.00"), "done")},
    "0001193125-16-629061": {("debt", Decimal("300000000.00"), "done")},
    "0001193125-21-014704": {("debt", Decimal("1000000000.00"), "done")},
    "0000950123-10-095885": {("debt", Decimal("10000000.00"), "done")},
    "0000950170-23-050472": set(),  # the commitments remain what they were
    "0000950123-11-065257": set(),
}


@pytest.mark.parametrize("accession", ROUNDS)
def test_amounts_of_rounds_are_those_of_the_filing(accession, readings):
    found = {(e.round_type, e.amount, e.modality) for e in readings[accession].events if e.signal_type == "funding_round"}
    assert found == ROUNDS[accession]


@pytest.mark.parametrize(
    ("accession", "reason"),
    [
        ("0001398344-24-000491", "fund_or_spv"),
        ("0002002260-24-000001", "fund_or_spv"),
        ("0001000180-10-000006", "pay_arrangement_only"),
        ("0001001039-18-000213", "pay_arrangement_only"),
        ("0001000180-10-000062", "no_relevant_item"),
    ],
)
def test_what_is_no_signal_has_its_reason(accession, reason, readings):
    assert (readings[accession].events, readings[accession].reason) == ((), reason)


def test_every_filing_has_events_or_a_reason_and_no_span_leaves_its_text(filings, readings):
    for key, reading in readings.items():
        assert bool(reading.events) != bool(reading.reason), key
        for event in reading.events:
            assert filings.rows[key].columns["text"][event.start : event.end].strip(), key
            assert event.amount is None or event.amount > 0


def test_every_8k_document_is_landed_under_its_accession_and_its_items_agree_with_the_neighbour(filings):
    assert set(filings.rejects) <= {"index_page"}
    stored = {p.stem.split("_")[-1] for p in (folder("data") / "sec_8k" / "raw").iterdir()}
    assert stored <= {k for k, r in filings.rows.items() if r.columns["has_document"]}


def test_known_at_is_never_the_age_of_a_file(filings):
    assert {r.known_at_basis for r in filings.rows.values()} <= {"acceptance", "filing", "signature", "announcement", "file_as_of"}
    assert max(r.known_at for r in filings.rows.values()) < datetime(2026, 4, 1, tzinfo=UTC)


def test_only_the_followed_forms_are_landed_as_filings(filings):
    assert {r.columns["form"] for r in filings.rows.values()} <= {"8-K", "8-K/A", "D", "D/A"}
