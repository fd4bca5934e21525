# ruff: noqa: E501 - invented documents are long lines
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from signals_pipeline.errors import SkipRecord
from signals_pipeline.sources.sec_edgar import STREAMS
from signals_pipeline.sources.sec_edgar.header import read_header
from signals_pipeline.sources.spec import Body

from . import factories as make

FEED, INDEX, COMPANIES, SUBMISSIONS = (STREAMS[n] for n in ("feed", "index", "companies", "submissions"))


def rows(code, body, pull):
    return [code.row(raw, pull) for raw in code.records(body, pull)]


def test_the_json_z_is_eastern_and_agrees_with_the_feed(pull):
    told_by_feed = rows(FEED, make.feed(make.entry(updated="2024-11-01T06:01:36-04:00")), pull)[0].known_at
    told_by_json = rows(SUBMISSIONS, make.submissions(acceptanceDateTime=["2024-11-01T06:01:36.000Z"]), pull)[0].known_at
    assert told_by_feed == told_by_json == datetime(2024, 11, 1, 10, 1, 36, tzinfo=UTC)


def test_the_form_is_the_entry_s_own_and_one_accession_comes_once_per_role(pull):
    page = make.feed(make.entry("D"), make.entry("DEF 14A", accession="0001234567-26-000002"), make.entry("D", role="Issuer"))
    found = rows(FEED, page, pull)
    assert [r.columns["form"] for r in found] == ["D", "DEF 14A", "D"]
    assert len({r.record_key for r in found}) == 3
    assert found[0].columns["items"] == "5.02"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", "not_a_feed"),
        (make.feed(make.entry()).content[:-20], "malformed_xml"),
        (b'<?xml version="1.0"?><!DOCTYPE f [<!ENTITY a "b">]><feed xmlns="http://www.w3.org/2005/Atom">&a;</feed>', "malformed_xml"),
    ],
)
def test_a_page_that_is_no_whole_feed_is_one_reject(content, reason, pull):
    with pytest.raises(SkipRecord) as refused:
        rows(FEED, Body(content, "x"), pull)
    assert refused.value.reason == reason


def test_an_entry_without_an_offset_is_refused(pull):
    with pytest.raises(SkipRecord, match="wrong_type"):
        rows(FEED, make.feed(make.entry(updated="2026-03-02T06:01:36")), pull)


INDEX_HEAD = "Description: x\n \n\nForm Type   Company Name      CIK    Date Filed  File Name\n" + "-" * 90 + "\n"


def index(*lines):
    return Body((INDEX_HEAD + "\n".join(lines)).encode(), "form.idx")


def test_an_index_line_is_read_from_the_right_whatever_the_name_is_long(pull):
    long = "X-17A-5     ACME SECURITIES OF AMERICA A VERY LIMITED PARTNERSHIP INDEED 820694      2021-02-24  edgar/data/820694/9999999997-21-003146.txt"
    spaced = "1-A POS     ACME REIT, INC.          1749817     20200318    edgar/data/1749817/0001010549-20-000033.txt         "
    found = rows(INDEX, index(long, spaced), pull)
    assert [(r.columns["form"], r.columns["cik"]) for r in found] == [("X-17A-5", "0000820694"), ("1-A POS", "0001749817")]
    assert found[1].known_at == datetime(2020, 3, 19, 3, 59, 59, tzinfo=UTC)
    assert found[1].known_at_basis == "filing"


def test_a_master_index_line_is_read_by_its_bars(pull):
    found = rows(INDEX, index("1749817|ACME REIT, INC.|D|20200318|edgar/data/1749817/0001010549-20-000033.txt"), pull)
    assert found[0].columns["form"] == "D"


@pytest.mark.parametrize("line", ["8-K   ACME   not-a-number  20200318  edgar/data/1/x.txt", "garbage"])
def test_a_bad_index_line_is_a_reject_and_the_others_stand(line, pull):
    good, bad = INDEX.records(index("8-K  ACME INC  1  20200318  edgar/data/1/0001010549-20-000033.txt", line), pull)
    INDEX.row(good, pull)
    with pytest.raises(SkipRecord, match="malformed_index_line"):
        INDEX.row(bad, pull)


def test_a_page_that_is_no_index_is_one_reject(pull):
    with pytest.raises(SkipRecord, match="not_an_index"):
        rows(INDEX, Body(b"<html>404</html>", "x"), pull)


def test_a_profile_gives_domain_place_and_former_names(pull):
    columns = rows(COMPANIES, make.submissions(), pull)[0].columns
    assert (columns["domain"], columns["country"], columns["state"]) == ("acme.example", "CA", "ON")
    assert columns["former_names"] == "Acme Toys"


def test_a_stored_profile_is_as_old_as_its_newest_filing(pull):
    row = rows(COMPANIES, make.submissions(), pull)[0]
    assert (row.known_at, row.known_at_basis) == (datetime(2026, 3, 2, 11, 1, 36, tzinfo=UTC), "file_as_of")


def test_a_further_file_holds_columns_alone_and_its_company_is_in_its_name(pull):
    columns = json.loads(make.submissions().content)["filings"]["recent"]
    body = Body(json.dumps(columns).encode(), "x", COMPANIES.facts(Path("CIK0000749647-submissions-001.json"), pull))
    assert rows(SUBMISSIONS, body, pull)[0].columns["cik"] == "0000749647"
    assert rows(COMPANIES, body, pull) == []
    with pytest.raises(SkipRecord, match="missing_field"):
        rows(SUBMISSIONS, Body(body.content, "x"), pull)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (make.submissions(form=["8-K", "D"]).content, "ragged_columns"),
        (b'{"cik": "1"}', "missing_field"),
        (make.submissions().content[:200], "malformed_json"),
        (b"plain words", "no_header"),
    ],
)
def test_a_list_that_cannot_be_read_is_one_reject(content, reason, pull):
    with pytest.raises(SkipRecord) as refused:
        rows(SUBMISSIONS, Body(content, "x"), pull)
    assert refused.value.reason == reason


def test_a_header_file_gives_its_companies_and_not_its_people(pull):
    sgml = (
        "<SUBMISSION>\n<ACCESSION-NUMBER>0001234567-26-000009\n<TYPE>144\n<FILING-DATE>20260302\n<SUBJECT-COMPANY>\n<COMPANY-DATA>\n"
        "<CONFORMED-NAME>ACME INC\n<CIK>0001234567\n</COMPANY-DATA>\n</SUBJECT-COMPANY>\n<REPORTING-OWNER>\n<COMPANY-DATA>\n"
        "<CONFORMED-NAME>Roe Jane\n<CIK>0007654321\n</COMPANY-DATA>\n</REPORTING-OWNER>\n"
    )
    found = rows(SUBMISSIONS, Body(sgml.encode(), "x"), pull)
    assert [(r.columns["cik"], r.known_at_basis) for r in found] == [("0001234567", "filing")]


def test_header_acceptance_is_eastern():
    assert read_header(make.submission("x")).accepted_at == datetime(2026, 3, 2, 21, 11, 25, tzinfo=UTC)
