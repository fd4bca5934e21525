"""EDGAR in the box against real feeds, indexes, submissions and filings."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import feedparser
from defusedxml import ElementTree
from sandbox_kit import Sandbox

UA = {"User-Agent": "Acme data@acme.example"}


def get(sandbox: Sandbox, path: str) -> Any:
    return sandbox.client.get(path, headers=UA)


def feed_keys(text: str) -> tuple[set[str], set[str]]:
    parsed = feedparser.parse(text)
    assert not parsed.bozo and parsed.entries
    return set(parsed.feed), set().union(*(set(e) for e in parsed.entries))


def test_the_feed_parses_into_the_same_keys_as_a_real_one(sandbox: Sandbox, data: Path) -> None:
    real = (data / "sec_edgar_api" / "getcurrent" / "getcurrent_all_start0400.atom").read_text(encoding="iso-8859-1")
    ours = get(sandbox, "/edgar-www/cgi-bin/browse-edgar?action=getcurrent&type=8-K&count=100").content.decode("iso-8859-1")
    assert feed_keys(ours) == feed_keys(real)
    line = re.compile(r"<title>[\w/ -]+ - .+ \(\d{10}\) \([A-Z][\w ]+\)</title>")
    assert len(line.findall(ours)) == ours.count("<entry>") and len(line.findall(real)) == real.count("<entry>")
    first = next(e for e in feedparser.parse(ours).entries)
    assert re.search(r"<b>Filed:</b> \d{4}-\d\d-\d\d <b>AccNo:</b> [\d-]{20} <b>Size:</b> \d+ KB", first.summary)


def test_the_daily_index_has_the_real_columns(sandbox: Sandbox, data: Path) -> None:
    real = (data / "sec_edgar_api" / "index" / "form.20200318.idx").read_text(encoding="iso-8859-1").splitlines()
    ours = get(sandbox, "/edgar-www/Archives/edgar/daily-index/2026/QTR2/form.20260626.idx").text.splitlines()
    rule = next(n for n, line in enumerate(real) if line.startswith("---"))
    assert ours[rule] == real[rule] and ours[rule - 1] == real[rule - 1] and [a[:13] for a in ours[:4]] == [b[:13] for b in real[:4]]
    for line in (ours[rule + 1], real[rule + 1]):
        assert re.fullmatch(r".{12}.{62}\d+ +(?<=.{86})\d{8}    edgar/data/\d+/[\d-]{20}\.txt +", line), line


def test_submissions_have_the_real_keys_and_column_types(sandbox: Sandbox, data: Path) -> None:
    real = json.loads((data / "sec_edgar_api" / "submissions" / "CIK0000315090.json").read_text())
    cik = sandbox.box.store.value("SELECT cik FROM filing WHERE form = '8-K' AND accepted_at < '2026-06-30' LIMIT 1")
    ours = get(sandbox, f"/edgar-data/submissions/CIK{cik}.json").json()
    assert set(ours) == set(real)
    assert set(ours["filings"]["recent"]) <= set(real["filings"]["recent"]) and set(ours["filings"]) == set(real["filings"])
    for name, column in ours["filings"]["recent"].items():
        assert {type(v) for v in column} <= {type(v) for v in real["filings"]["recent"][name]}, name


def paths(root: Element, at: str = "") -> set[str]:
    return {at}.union(*(paths(child, f"{at}/{child.tag}") for child in root))


def test_form_d_uses_only_elements_that_real_filings_have(sandbox: Sandbox, data: Path) -> None:
    known: set[str] = set()
    for path in (data / "sec_form_d").iterdir():
        text = path.read_text()
        known |= paths(
            ElementTree.fromstring(text[text.index("<edgarSubmission") : text.index("</edgarSubmission>") + len("</edgarSubmission>")])
        )
    offering = "/offeringData"
    known |= {  # the operating-company case; the real samples at hand are funds and a REIT
        "/primaryIssuer/yearOfInc/withinFiveYears",
        "/primaryIssuer/yearOfInc/value",
        "/primaryIssuer/yearOfInc/overFiveYears",
        "/relatedPersonsList/relatedPersonInfo/relatedPersonName/middleName",
        f"{offering}/typeOfFiling/newOrAmendment/previousAccessionNumber",
        f"{offering}/typeOfFiling/dateOfFirstSale/yetToOccur",
        f"{offering}/typeOfFiling/dateOfFirstSale/value",
        f"{offering}/typesOfSecuritiesOffered/isDebtType",
        f"{offering}/industryGroup/investmentFundInfo",
        f"{offering}/industryGroup/investmentFundInfo/investmentFundType",
        f"{offering}/industryGroup/investmentFundInfo/is40Act",
    }
    rows = sandbox.box.store.rows("SELECT * FROM filing WHERE form IN ('D', 'D/A') AND has_document = 1 AND accepted_at < '2026-06-30'")
    assert len(rows) > 20
    for row in rows:
        url = f"/edgar-www/Archives/edgar/data/{int(row['cik'])}/{row['accession'].replace('-', '')}/primary_doc.xml"
        sandbox.wall.seconds += 0.01
        assert paths(ElementTree.fromstring(get(sandbox, url).text)) - known == set()


def test_the_submission_header_speaks_as_a_real_one(sandbox: Sandbox, data: Path) -> None:
    real = (data / "sec_8k" / "edgartools" / "0001628280-25-058337.txt").read_text(errors="replace")
    row = sandbox.box.store.one("SELECT * FROM filing WHERE form = '8-K' AND has_document = 1 AND accepted_at < '2026-06-30' LIMIT 1")
    assert row
    ours = get(sandbox, f"/edgar-www/Archives/edgar/data/{int(row['cik'])}/{row['accession']}.txt").text

    def labels(text: str) -> set[str]:
        return set(re.findall(r"^\t*([A-Z0-9 ]+):", text.split("</SEC-HEADER>")[0], re.MULTILINE))

    assert labels(ours) <= labels(real) and {
        "ACCESSION NUMBER",
        "CONFORMED PERIOD OF REPORT",
        "ITEM INFORMATION",
        "CENTRAL INDEX KEY",
    } <= labels(ours)


def test_a_missing_index_is_the_real_denial(sandbox: Sandbox, data: Path) -> None:
    real = ElementTree.fromstring((data / "sec_edgar_api" / "errors" / "status403_2.xml").read_text())
    answer = get(sandbox, "/edgar-www/Archives/edgar/daily-index/2026/QTR2/form.20260628.idx")
    ours = ElementTree.fromstring(answer.text)
    assert answer.status_code == 403 and [e.tag for e in ours] == [e.tag for e in real] and ours.findtext("Code") == real.findtext("Code")
