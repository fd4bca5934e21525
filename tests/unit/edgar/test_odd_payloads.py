"""Folders of real payloads hold odd ones: each is a reject of its own, and takes nothing else with it."""

import json
from codecs import BOM_UTF8
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from signals_pipeline import replayed
from signals_pipeline.cli import app, shared
from signals_pipeline.errors import Permanent, SkipRecord
from signals_pipeline.extract import stage
from signals_pipeline.extract.form_d import read_form_d
from signals_pipeline.extract.text import decode
from signals_pipeline.sources.sec_edgar import STREAMS
from signals_pipeline.sources.spec import Body, sources

from . import factories as make

FEED, COMPANIES, SUBMISSIONS, FILINGS = (STREAMS[n] for n in ("feed", "companies", "submissions", "filings"))
NOTICE = (
    "<submissionType>D</submissionType><primaryIssuer><cik>0001234567</cik><entityName>Acme Robotics, Inc.</entityName>"
    "<entityType>Corporation</entityType></primaryIssuer><offeringData><industryGroup><industryGroupType>Other Technology"
    "</industryGroupType></industryGroup><typeOfFiling><dateOfFirstSale><yetToOccur>true</yetToOccur></dateOfFirstSale></typeOfFiling>"
    "<offeringSalesAmounts><totalOfferingAmount>8000000</totalOfferingAmount><totalAmountSold>0</totalAmountSold></offeringSalesAmounts>"
    "<signatureBlock><signature><signatureDate>2026-02-27</signatureDate></signature></signatureBlock></offeringData></edgarSubmission>"
)


def read(code, body, pull):
    """Rows, and the reasons of the rejects."""
    rows, reasons = [], []
    for raw in code.records(body, pull):
        try:
            rows.append(code.row(raw, pull))
        except SkipRecord as bad:
            reasons.append(bad.reason)
    return rows, reasons


@pytest.mark.parametrize(
    ("good", "bad"),
    [("<updated>2026-03-02T06:01:36-05:00</updated>", "<updated>yesterday</updated>"), ("/b&gt; 2026-03-02", "/b&gt; 2026-02-31")],
)
@pytest.mark.parametrize("code", [FEED, FILINGS], ids=["feed", "filings"])
def test_an_entry_with_an_impossible_date_is_a_reject_and_the_page_goes_on(pull, code, good, bad):
    entries = [make.entry(accession=f"0001234567-26-00000{n}") for n in range(3)]
    assert good in entries[1]
    entries[1] = entries[1].replace(good, bad)
    rows, reasons = read(code, make.feed(*entries), pull)
    assert [r.columns["accession"][-1] for r in rows] == ["0", "2"]
    assert reasons == ["wrong_type"]


@pytest.mark.parametrize(
    "more",
    [
        {"addresses": {"business": "none"}},
        {"tickers": "ACME"},
        {"formerNames": "Acme Toys"},
        {"website": 5},
        {"cik": "abc"},
        {"filings": {"recent": {"acceptanceDateTime": ["soon"]}}},
    ],
)
def test_a_profile_of_another_shape_is_a_reject(pull, more):
    whole = json.loads(make.submissions().content) | more
    assert read(COMPANIES, Body(json.dumps(whole).encode(), "CIK0001234567.json"), pull) == ([], ["wrong_type"])


def test_a_profile_without_addresses_is_one_without_a_place(pull):
    whole = json.loads(make.submissions().content) | {"addresses": None, "tickers": None, "formerNames": None}
    (row,), reasons = read(COMPANIES, Body(json.dumps(whole).encode(), "CIK0001234567.json"), pull)
    assert (row.columns["country"], row.columns["tickers"], reasons) == (None, None, [])


def test_a_submissions_list_with_a_byte_order_mark_is_read(pull):
    body = make.submissions()
    rows, reasons = read(SUBMISSIONS, Body(BOM_UTF8 + body.content, body.place), pull)
    assert (len(rows), reasons) == (1, [])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_is_read_in_the_encodings_that_files_come_in(encoding):
    assert decode("Söderhamn €5".encode(encoding)) == "Söderhamn €5"


@pytest.mark.parametrize("root", ["<edgarSubmission>", '<edgarSubmission xmlns="http://www.example.com/formd">'])
def test_a_form_d_is_read_with_and_without_a_namespace_and_before_the_first_sale_its_day_is_that_of_the_notice(pull, root):
    (row,), reasons = read(FILINGS, Body(f'<?xml version="1.0"?>{root}{NOTICE}'.encode(), "sec_form_d/a.xml", {}), pull)
    assert (row.columns["form"], row.columns["company_name"], reasons) == ("D", "Acme Robotics, Inc.", [])
    (event,) = stage.read("sec_edgar__filings", row.columns | {"record_key": row.record_key, "known_at": row.known_at}).events
    assert (event.modality, event.amount, event.offering_amount) == ("planned", None, Decimal(8000000))
    assert event.occurred_on == date(2026, 2, 27)


def test_a_day_told_as_a_number_is_a_day(pull):
    (row,), reasons = read(SUBMISSIONS, make.submissions(filingDate=[20260302]), pull)
    assert (row.columns["filed_on"], reasons) == (date(2026, 3, 2), [])


@pytest.mark.parametrize("sold", ["-5", "five million", "$5"])
def test_an_amount_sold_that_is_none_is_a_reason_and_no_round(sold):
    with pytest.raises(SkipRecord, match="totalAmountSold"):
        read_form_d(f"<edgarSubmission>{NOTICE}".replace("<totalAmountSold>0", f"<totalAmountSold>{sold}"))


def test_an_amendment_names_its_parent_with_and_without_dashes():
    told = "<newOrAmendment><isAmendment>true</isAmendment><previousAccessionNumber>{}</previousAccessionNumber></newOrAmendment>"
    for accession in (make.ACCESSION, make.ACCESSION.replace("-", "")):
        xml = f"<edgarSubmission>{NOTICE}".replace("<typeOfFiling>", f"<typeOfFiling>{told.format(accession)}")
        assert [e.subject for e in read_form_d(xml).events] == [make.ACCESSION]


def test_a_cut_form_d_is_no_xml():
    with pytest.raises(SkipRecord, match="malformed_xml"):
        read_form_d(f"<edgarSubmission>{NOTICE}"[:300])


def test_a_filing_in_a_folder_of_its_own_is_found_and_named_after_the_folder(tmp_path):
    path = tmp_path / "sec_form_d" / "2026" / make.ACCESSION / "primary_doc.xml"
    path.parent.mkdir(parents=True)
    path.write_text(f"<edgarSubmission>{NOTICE}", encoding="utf-8")
    patterns = sources()["sec_edgar"].streams["filings"].replay
    assert path in {f for pattern in patterns for f in tmp_path.glob(pattern)}
    assert FILINGS.facts(path, SimpleNamespace())["accession"] == make.ACCESSION


def stream(status="ok", records=3, rejected=0, error=None):
    return {"status": status, "in": records, "landed": records - rejected, "rejected": rejected, "error": error}


@pytest.mark.parametrize(
    ("streams", "said"),
    [
        ({"a.b": stream()}, []),
        ({"a.b": stream(records=0)}, []),
        ({"a.b": stream(rejected=2)}, []),
        ({"a.b": stream("failed", error="no such column")}, ["stream a.b: no such column"]),
        ({"a.b": stream(rejected=3)}, ["stream a.b: none of its 3 records could be read; rejects have the reasons"]),
    ],
)
def test_a_replay_is_red_when_a_stream_failed_or_nothing_of_it_could_be_read(streams, said, tmp_path, monkeypatch):
    launched = SimpleNamespace(ok=True, errors=[], steps={}, functions={}, functions_cpu={}, functions_peak_mb={})
    monkeypatch.setattr(shared, "launch", lambda *_, **__: launched)
    (tmp_path / "crunchbase").mkdir()
    (tmp_path / "crunchbase" / "acquisitions.csv").touch()
    monkeypatch.setattr(replayed, "of", lambda *_: {"streams": streams})
    done = CliRunner().invoke(app, ["run", "--replay", str(tmp_path), "--home", str(tmp_path / "home"), "--json"])
    told = json.loads(done.stdout)
    assert (done.exit_code, told["ok"], told["errors"]) == (1 if said else 0, not said, said)


def test_a_folder_without_anything_to_replay_is_an_error_and_no_empty_success(tmp_path):
    (tmp_path / "notes.txt").write_text("nothing of ours", encoding="utf-8")
    done = CliRunner().invoke(app, ["run", "--replay", str(tmp_path), "--home", str(tmp_path / "home"), "--json"])
    assert isinstance(done.exception, Permanent)
    assert "no file of" in str(done.exception)
