import json
from datetime import UTC, date, datetime

import pytest

from signals_pipeline.errors import SkipRecord
from signals_pipeline.sources.sec_edgar import STREAMS
from signals_pipeline.sources.spec import Body

from . import factories as make

FILINGS = STREAMS["filings"]
FORM_D = """
<?xml version="1.0"?>
<edgarSubmission><submissionType>{form}</submissionType><primaryIssuer><cik>0001234567</cik><entityName>Acme Robotics, Inc.</entityName>
<issuerAddress><city>SPRINGFIELD</city><stateOrCountry>IL</stateOrCountry></issuerAddress></primaryIssuer>
<offeringData><typeOfFiling><dateOfFirstSale><value>2026-02-20</value></dateOfFirstSale></typeOfFiling>
<signatureBlock><signature><signatureDate>2026-03-01</signatureDate></signature></signatureBlock></offeringData></edgarSubmission>"""


def land(content, pull, **facts):
    body = Body(content.encode(), "filing", facts)
    (raw,) = FILINGS.records(body, pull)
    return FILINGS.row(raw, pull)


@pytest.mark.parametrize("title", ["acme-20260404", "acme404-8k", "8-K 4040 Holdings, Inc.", "Result Not Foundry, Inc."])
def test_a_title_that_merely_holds_the_digits_of_an_error_is_a_filing(title, pull):
    document = f"<html><head><title>{title}</title></head><body>{make.eight_k()}</body></html>"
    assert land(make.submission(document), pull).record_key == make.ACCESSION


@pytest.mark.parametrize(
    "title",
    ["404 Not Found", "Error 404", "HTTP 404 - File not found", "Page Not Found | SEC.gov", "SEC.gov | Access Denied", "Access Denied"],
)
def test_a_page_titled_as_an_error_is_refused(title, pull):
    with pytest.raises(SkipRecord, match="error_page"):
        land(f"<html><head><title>{title}</title></head><body>Sorry.</body></html>", pull)


def test_the_header_of_a_submission_gives_the_facts_and_its_form_s_document_the_text(pull):
    row = land(make.submission(make.eight_k()), pull)
    assert row.record_key == make.ACCESSION
    assert (row.known_at, row.known_at_basis) == (datetime(2026, 3, 2, 21, 11, 25, tzinfo=UTC), "acceptance")
    assert (row.columns["cik"], row.columns["state"], row.columns["items"]) == ("0001234567", "IL", "5.02")
    assert "begin 644" not in row.columns["text"] and "Jane Q. Roe" in row.columns["text"]
    assert row.columns["signed_on"] == date(2026, 3, 3)


def test_a_bare_document_is_known_from_its_neighbour_s_header_facts_and_never_its_item_text(tmp_path, pull):
    stem = f"1234567_8K_2026_{make.ACCESSION}"
    (tmp_path / "raw").mkdir()
    (tmp_path / "items").mkdir()
    path = tmp_path / "raw" / f"{stem}.htm"
    path.write_text(make.eight_k())
    told = {"cik": "1234567", "company": "ACME ROBOTICS", "filing_date": "2026-03-04", "item_5.02": "WORDS OF ANOTHER EXTRACTOR"}
    (tmp_path / "items" / f"{stem}.json").write_text(json.dumps(told))
    row = land(path.read_text(), pull, **FILINGS.facts(path, pull))
    assert (row.known_at_basis, row.columns["company_name"]) == ("filing", "ACME ROBOTICS")
    assert row.known_at == datetime(2026, 3, 5, 4, 59, 59, tzinfo=UTC)
    assert "ANOTHER EXTRACTOR" not in json.dumps(row.columns, default=str)


def test_a_bare_document_without_a_neighbour_speaks_for_itself(pull):
    row = land(make.eight_k(), pull)
    assert (row.columns["company_name"], row.columns["reported_on"]) == ("Acme Robotics, Inc.", date(2026, 3, 1))
    assert (row.known_at, row.known_at_basis) == (datetime(2026, 3, 4, 4, 59, 59, tzinfo=UTC), "signature")
    assert row.record_key.startswith("text:")


def test_a_broken_neighbour_leaves_the_document_to_speak(tmp_path, pull):
    (tmp_path / "raw").mkdir()
    (tmp_path / "items").mkdir()
    (tmp_path / "items" / "a.json").write_text("{")
    facts = FILINGS.facts(tmp_path / "raw" / "a.htm", pull)
    assert "sidecar_problem" in facts
    assert land(make.eight_k(), pull, **facts).known_at_basis == "signature"


@pytest.mark.parametrize("form", ["D", "D/A"])
def test_a_form_d_with_a_newline_before_its_declaration_is_read(form, pull):
    row = land(FORM_D.format(form=form), pull)
    assert (row.columns["form"], row.columns["country"], row.columns["reported_on"]) == (form, "US", date(2026, 2, 20))
    assert row.known_at_basis == "signature"
    assert row.columns["text"].startswith("<?xml")


def test_an_amended_report_is_landed_as_what_it_is(pull):
    row = land(make.submission(make.eight_k(), form="8-K/A"), pull)
    assert row.columns["form"] == "8-K/A" and row.columns["text"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('<?xml version="1.0"?>\n<Error><Code>NoSuchKey</Code></Error>', "error_page"),
        ("<html><head><title>EDGAR Filing Documents for 0001</title></head></html>", "index_page"),
        ("<html><body><p>Hello</p></body></html>", "not_a_filing"),
        (make.submission("<p>x</p>", form="10-K"), "form_not_followed"),
        (FORM_D.format(form="D").replace("</primaryIssuer>", ""), "malformed_xml"),
        (FORM_D.format(form="D").replace("2026-02-20", "soon"), "wrong_type"),
        (make.submission(make.eight_k()).replace("20260302\n\nFILER", "someday\n\nFILER"), "wrong_type"),
        ("", "empty_document"),
    ],
)
def test_what_is_no_filing_is_a_reject_with_its_reason(content, reason, pull):
    with pytest.raises(SkipRecord) as refused:
        land(content, pull)
    assert refused.value.reason == reason


def test_a_filing_nobody_dates_is_refused(pull):
    undated = (
        "<html><body><p>FORM 8-K</p><p>Acme, Inc.</p><p>(Exact name of registrant)</p><p>Item 8.01 Other Events. Words.</p></body></html>"
    )
    with pytest.raises(SkipRecord, match="undated"):
        land(undated, pull)


def test_a_feed_entry_without_a_document_is_landed_once_and_other_forms_are_not_followed(tmp_path, pull):
    (tmp_path / "0001234567-26-000003.txt").write_text("stands in the folder")
    page = make.feed(
        make.entry("8-K"), make.entry("8-K", role="Subject"), make.entry("D", accession="0001234567-26-000003"),
        make.entry("DEF 14A", accession="0001234567-26-000004"), make.entry("8-K12B", accession="0001234567-26-000005"),
    )  # fmt: skip
    found = [FILINGS.row(raw, pull) for raw in FILINGS.records(page, pull)] + [
        FILINGS.row(raw, pull) for raw in FILINGS.records(page, pull)
    ]
    assert [(r.record_key, r.columns["has_document"]) for r in found] == [(make.ACCESSION, False)]
    assert found[0].known_at_basis == "acceptance"


def test_a_document_the_vendor_does_not_have_is_a_filing_without_one(pull):
    facts = {"accession": make.ACCESSION, "cik": "0001234567", "form": "8-K", "company_name": "Acme", "filed_on": date(2026, 3, 2)}
    row = land("", pull, **facts, has_document=False)
    assert (row.columns["has_document"], row.known_at_basis) == (False, "filing")
