"""EDGAR in the box: the guard at the door, the feed's prefix, indexes, documents, and the false Z."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from defusedxml import ElementTree
from sandbox_kit import Sandbox

from sandbox.vendors import edgar

UA = {"User-Agent": "Acme data@acme.example"}
FEED = "/edgar-www/cgi-bin/browse-edgar?action=getcurrent&owner=include&output=atom"
EASTERN = ZoneInfo("America/New_York")


def get(sandbox: Sandbox, path: str) -> Any:
    return sandbox.client.get(path, headers=UA)


def filing(sandbox: Sandbox, where: str) -> dict[str, Any]:
    row = sandbox.box.store.one(f"SELECT * FROM filing WHERE accepted_at < '2026-06-30' AND {where} ORDER BY accepted_at DESC LIMIT 1")
    assert row
    return row


def folder(row: dict[str, Any]) -> str:
    return f"/edgar-www/Archives/edgar/data/{int(row['cik'])}/{row['accession'].replace('-', '')}"


def test_a_caller_without_contact_is_turned_away(sandbox: Sandbox) -> None:
    answer = sandbox.client.get(f"{FEED}&type=D", headers={"User-Agent": "python-httpx/0.28"})
    assert answer.status_code == 403 and "Undeclared" in answer.text


def test_too_many_requests_block_the_address_and_knocking_prolongs_it(sandbox: Sandbox) -> None:
    for _ in range(600):  # ten a second, over the sixty vendor seconds of one wall second
        sandbox.box.limits.take("edgar", "address", edgar.PER_SECOND, 1.0, sandbox.box.now())
    assert get(sandbox, f"{FEED}&type=D").status_code == 403
    sandbox.wall.seconds += 9.0
    assert get(sandbox, f"{FEED}&type=D").status_code == 403
    sandbox.wall.seconds += 9.9
    assert get(sandbox, f"{FEED}&type=D").status_code == 403, "the second knock began ten new minutes"
    sandbox.wall.seconds += 10.1
    assert get(sandbox, f"{FEED}&type=D").status_code == 200


def test_the_feeds_type_is_a_prefix_and_each_filer_role_is_an_entry(sandbox: Sandbox) -> None:
    text = get(sandbox, f"{FEED}&type=D&count=100").text
    terms = re.findall(r'term="(.*?)"', text)
    assert {"D", "DEF 14A"} <= set(terms)
    everything = get(sandbox, f"{FEED}&type=4&count=100").text
    accessions = re.findall(r"accession-number=([\d-]+)", everything)
    assert len(accessions) == 2 * len(set(accessions)) > 0
    assert "(Issuer)" in everything and "(Reporting)" in everything


def test_the_feed_is_newest_first_and_pages_by_start(sandbox: Sandbox) -> None:
    whole = re.findall(r"accession-number=([\d-]+)", get(sandbox, f"{FEED}&type=&count=100").text)
    parts = [
        a for start in (0, 10) for a in re.findall(r"accession-number=([\d-]+)", get(sandbox, f"{FEED}&type=&start={start}&count=10").text)
    ]
    assert parts == whole[:20]
    stamps = re.findall(r"</summary>\n<updated>(.*?)</updated>", get(sandbox, f"{FEED}&type=8-K&count=100").text)
    assert stamps == sorted(stamps, reverse=True) and stamps[0].endswith("-04:00")


def test_nothing_is_out_before_its_acceptance(sandbox: Sandbox) -> None:
    coming = sandbox.box.store.one("SELECT * FROM filing WHERE accepted_at > '2026-06-30T12' ORDER BY accepted_at LIMIT 1")
    assert coming
    path = f"{folder(coming)}/{coming['accession']}.txt"
    assert get(sandbox, path).status_code == 404
    sandbox.box.store.update("filing", "id", coming["id"], {"has_document": 1, "accepted_at": "2026-06-30T09:00:00.000Z"})
    assert get(sandbox, path).status_code == 200


def test_the_daily_index_lists_the_day_and_nothing_on_a_sunday(sandbox: Sandbox) -> None:
    text = get(sandbox, "/edgar-www/Archives/edgar/daily-index/2026/QTR2/form.20260626.idx").text
    lines = text.split("-" * 141 + "\n")[1].splitlines()
    assert lines == sorted(lines, key=lambda line: line[:12]) and all("20260626" in line for line in lines)
    assert len(lines) >= sandbox.box.store.value("SELECT count(*) FROM filing WHERE filed_on = '2026-06-26'")
    master = get(sandbox, "/edgar-www/Archives/edgar/daily-index/2026/QTR2/master.20260626.idx").text
    assert master.count("|20260626|") == len(lines)
    for wrong in (
        "2026/QTR2/form.20260628.idx",
        "2026/QTR1/form.20260626.idx",
        "2026/QTR2/form.20260630.idx",
        "2026/QTR2/form.2026xx26.idx",
    ):
        assert get(sandbox, f"/edgar-www/Archives/edgar/daily-index/{wrong}").status_code == 403


def test_a_form_d_is_served_as_xml_page_and_submission(sandbox: Sandbox) -> None:
    row = filing(sandbox, "form = 'D' AND has_document = 1 AND w_company IS NOT NULL")
    root = ElementTree.fromstring(get(sandbox, f"{folder(row)}/primary_doc.xml").text)
    body = json.loads(row["body"])
    assert root.findtext("primaryIssuer/entityName") == body["name"] and root.findtext("primaryIssuer/cik") == row["cik"]
    assert root.findtext("offeringData/offeringSalesAmounts/totalAmountSold") == body["sold"]
    whole = get(sandbox, f"{folder(row)}/{row['accession']}.txt").text
    assert "<ACCEPTANCE-DATETIME>" in whole and "<edgarSubmission>" in whole
    assert get(sandbox, f"/edgar-www/Archives/edgar/data/{int(row['cik'])}/{row['accession']}.txt").text == whole
    assert "primary_doc.xml" in get(sandbox, f"{folder(row)}/{row['accession']}-index.htm").text


def test_an_amendment_names_its_parent(sandbox: Sandbox) -> None:
    row = filing(sandbox, "form = 'D/A' AND has_document = 1 AND w_company IS NOT NULL")
    root = ElementTree.fromstring(get(sandbox, f"{folder(row)}/primary_doc.xml").text)
    parent = root.findtext("offeringData/typeOfFiling/newOrAmendment/previousAccessionNumber")
    assert sandbox.box.store.value("SELECT form FROM filing WHERE accession = ?", (parent,)) == "D"


def test_an_8k_says_in_prose_what_the_truth_knows(sandbox: Sandbox) -> None:
    truth = [json.loads(line) for line in (sandbox.box.world.truth / "filing.jsonl").read_text().splitlines()]
    named = [
        t
        for t in truth
        if t["kind"] == "executive_change"
        and sandbox.box.store.value("SELECT has_document FROM filing WHERE accession = ? AND accepted_at < '2026-06-30'", (t["accession"],))
    ]
    assert len(named) > 5
    for t in named:
        row = sandbox.box.store.one("SELECT * FROM filing WHERE accession = ?", (t["accession"],))
        assert row
        text = re.sub(r"<[^>]+>", " ", get(sandbox, f"{folder(row)}/{row['document']}").text)
        assert t["title"] in text and t["person"].split()[-1].replace("ü", "&#252;") in text.replace("&#x27;", "'")


def test_an_absent_document_is_listed_all_the_same(sandbox: Sandbox) -> None:
    row = filing(sandbox, "has_document = 0")
    assert (
        get(sandbox, f"{folder(row)}/{row['document']}").status_code == 404
        and get(sandbox, f"{folder(row)}/{row['accession']}.txt").status_code == 404
    )
    assert get(sandbox, f"{folder(row)}/{row['accession']}-index.htm").status_code == 200


def test_submissions_are_columns_and_their_z_is_eastern_time(sandbox: Sandbox) -> None:
    row = filing(sandbox, "form = '8-K'")
    body = get(sandbox, f"/edgar-data/submissions/CIK{row['cik']}.json").json()
    recent = body["filings"]["recent"]
    assert len({len(column) for column in recent.values()}) == 1
    at = recent["acceptanceDateTime"][recent["accessionNumber"].index(row["accession"])]
    real = datetime.fromisoformat(row["accepted_at"].replace("Z", "+00:00"))
    assert at == real.astimezone(EASTERN).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    assert get(sandbox, "/edgar-data/submissions/CIK0000000001.json").status_code == 404


@pytest.mark.parametrize("path", ["1700000/000900001726000001/x.htm", "1/nothing", "1700000/0009000017-26-999999.txt"])
def test_a_path_to_nothing_is_not_found(sandbox: Sandbox, path: str) -> None:
    assert get(sandbox, f"/edgar-www/Archives/edgar/data/{path}").status_code == 404
