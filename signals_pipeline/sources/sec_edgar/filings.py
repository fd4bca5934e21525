"""8-K, D and D/A with their document: header facts, dates, and the text that spans of events point into.

document bytes (+ header facts known beside them) or feed page → `records` → Raw → `row` → sec_edgar__filings.
A feed entry whose document is not there becomes a filing without one. Does not belong here: what a text says (`extract/`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from signals_pipeline.errors import SkipRecord
from signals_pipeline.extract.cover import read_cover
from signals_pipeline.extract.form_d import parse
from signals_pipeline.extract.items import split_items
from signals_pipeline.extract.text import decode, document_text
from signals_pipeline.keys import md5
from signals_pipeline.sources.sec_edgar import feed
from signals_pipeline.sources.sec_edgar.header import Header, read_header
from signals_pipeline.sources.sec_edgar.local import accessions_in
from signals_pipeline.sources.sec_edgar.places import place
from signals_pipeline.sources.sec_edgar.submission import documents, primary, releases
from signals_pipeline.sources.sec_edgar.times import day, end_of_day, on_day
from signals_pipeline.sources.spec import Body, Pull, Raw, Row

FORMS = ("8-K", "8-K/A", "D", "D/A")  # compared as a whole: "D" is no prefix here
EXHIBIT_MARK = "\n[EXHIBIT "
# an error's title is the error and little else; filers title documents after their ticker and day (`acme-20260404`)
_ERROR_PAGE = re.compile(
    r"<Error>\s*<Code>|Request Rate Threshold Exceeded"
    r"|<title>\s*(?:SEC\.gov\s*[|:-]\s*)?(?:(?:HTTP\s+)?(?:Error\s+)?(?:403|404)\b|(?:File |Page |Document )?Not Found\b|Access Denied\b)",
    re.IGNORECASE,
)


def records(body: Body, pull: Pull) -> Iterator[Raw]:
    """The filing in a document; of a feed page the filings that have no document in this pull, each once."""
    if feed.is_feed(body.content):
        present = pull.memo.setdefault("accessions", accessions_in(pull.runtime.replay) if pull.runtime.replay else set())
        for raw in feed.records(body, pull):
            try:
                entry = feed.read_entry(raw.value)
            except SkipRecord as bad:  # one entry speaks for itself alone: the page goes on
                yield Raw(raw.payload, bad, raw.place, {})
                continue
            if entry["form"] in FORMS and entry["accession"] not in present:
                present.add(entry["accession"])
                yield Raw(raw.payload, None, raw.place, {**entry, "has_document": False})
    elif body.facts.get("has_document") is False:  # the vendor's list names it, the vendor has no document (404)
        yield Raw("", None, body.place, body.facts)
    else:
        yield Raw(_payload(decode(body.content)), decode(body.content), body.place, body.facts)


def _payload(source: str) -> str:
    """The document verbatim; of a submission what we read of it (images and data files left out, which can be megabytes)."""
    found = documents(source)
    if not found[0].type:
        return source
    head = re.split(r"<DOCUMENT>", source, maxsplit=1)[0]
    return head + "".join(f"<DOCUMENT>\n<TYPE>{d.type}\n<FILENAME>{d.filename}\n<TEXT>\n{d.body}\n</TEXT>\n</DOCUMENT>\n" for d in found)


def row(raw: Raw, pull: Pull) -> Row:
    if isinstance(raw.value, SkipRecord):
        raise raw.value
    if raw.value is None:
        return _absent(raw.facts)
    source: str = raw.value
    _refuse_pages(source)
    try:
        header = read_header(source)
    except ValueError as bad:
        raise SkipRecord("wrong_type", f"header: {bad}") from None
    if header is None and raw.facts.get("is_submission"):
        raise SkipRecord("not_a_submission", source[:160])
    found = documents(source)
    facts = _known(raw.facts, header)
    main = primary(found, facts.get("form"))
    if main is None or not main.body.strip():
        raise SkipRecord("empty_document", "no document of the filing's own")
    if "<edgarSubmission" in main.body:
        columns = _form_d(main.body, facts)
    else:
        columns = _eight_k(main.body, [(d.type, d.body) for d in releases(found)], facts)
    if columns["form"] not in FORMS:
        raise SkipRecord("form_not_followed", f"{columns['form']}; followed: {', '.join(FORMS)}")
    if not columns["company_name"] and not columns["cik"]:
        raise SkipRecord("missing_field", "neither header nor cover names the company")
    known_at, basis = _known_at(columns, raw.facts)
    key = columns["accession"] or f"text:{md5(columns['text'])}"  # a bare document has no accession; its words name it
    return Row(key, known_at, basis, columns, occurred_at=on_day(columns["reported_on"]))


def _known(facts: dict[str, Any], header: Header | None) -> dict[str, Any]:
    """Header facts; the header's own word goes before what was known beside the document."""
    if header is None:
        country, state = place(facts.get("state_code"))
        return {**facts, "country": country, "state": state}
    company = header.company
    country, state = place(company.state if company else facts.get("state_code"))
    told: dict[str, Any] = {
        "accession": header.accession, "form": header.form, "filed_on": header.filed_on, "reported_on": header.reported_on,
        "accepted_at": header.accepted_at, "cik": company.cik if company else None,
        "company_name": company.name if company else None, "city": company.city if company else None, "country": country, "state": state,
        "items": ",".join(i for i in header.items if re.fullmatch(r"\d\.\d{2}", i)) or None,
    }  # fmt: skip
    return {**facts, **{k: v for k, v in told.items() if v is not None}}


def _eight_k(source: str, exhibits: list[tuple[str, str]], facts: dict[str, Any]) -> dict[str, Any]:
    text = document_text(source)
    cover = read_cover(source, text)
    form = facts.get("form") or cover.form
    if not form and not split_items(text):
        raise SkipRecord("not_a_filing", text[:160] or "no text")
    numbers = dict.fromkeys(i.number for i in split_items(text))
    for kind, body in exhibits:
        text += f"{EXHIBIT_MARK}{kind.removeprefix('EX-')}]\n{document_text(body)}"
    return _columns(
        facts, form=form or "8-K", company_name=facts.get("company_name") or cover.company_name, cik=facts.get("cik") or cover.cik,
        reported_on=facts.get("reported_on") or cover.reported_on, signed_on=cover.signed_on,
        items=facts.get("items") or ",".join(numbers) or None, text=text,
    )  # fmt: skip


def _form_d(body: str, facts: dict[str, Any]) -> dict[str, Any]:
    xml = body[body.index("<?xml") if "<?xml" in body else body.index("<edgarSubmission") :]
    xml = xml[: xml.rindex("</edgarSubmission>") + len("</edgarSubmission>")] if "</edgarSubmission>" in xml else xml
    root = parse(xml)

    def said(path: str) -> str | None:
        return (root.findtext(path) or "").strip() or None

    country, state = place(said("primaryIssuer/issuerAddress/stateOrCountry"))
    sale, signed = said("offeringData/typeOfFiling/dateOfFirstSale/value"), said("offeringData/signatureBlock/signature/signatureDate")
    cik = said("primaryIssuer/cik")
    return _columns(
        {**facts, "country": country, "state": state, "city": said("primaryIssuer/issuerAddress/city")},
        form=said("submissionType") or facts.get("form"), company_name=said("primaryIssuer/entityName") or facts.get("company_name"),
        cik=cik.zfill(10) if cik else facts.get("cik"), reported_on=_day(sale), signed_on=_day(signed),
        items=",".join(e.text.strip() for e in root.findall("offeringData/federalExemptionsExclusions/item") if e.text) or None, text=xml,
    )  # fmt: skip


def _columns(facts: dict[str, Any], **own: Any) -> dict[str, Any]:
    return {
        "accession": facts.get("accession"), "filed_on": facts.get("filed_on"), "accepted_at": facts.get("accepted_at"),
        "document_url": facts.get("document_url"), "has_document": True, "country": facts.get("country"),
        "state": facts.get("state"), "city": facts.get("city"), **own,
    }  # fmt: skip


def _absent(facts: dict[str, Any]) -> Row:
    columns = {k: facts.get(k) for k in ("accession", "cik", "company_name", "form", "filed_on", "accepted_at", "items")}
    columns |= {"document_url": facts.get("index_url") or facts.get("document_url"), "has_document": False}
    known_at, basis = _known_at({**columns, "signed_on": None, "reported_on": None}, facts)
    return Row(str(columns["accession"]), known_at, basis, columns)


def _known_at(columns: dict[str, Any], facts: dict[str, Any]) -> tuple[datetime, str]:
    """When the filing became known, by the best that is told; the age of a file on disk never counts."""
    if columns["accepted_at"]:
        return columns["accepted_at"], "acceptance"
    for name, basis in (("filed_on", "filing"), ("signed_on", "signature"), ("reported_on", "announcement")):
        told: date | None = columns[name]
        if told and (basis == "filing" or not columns["reported_on"] or told >= columns["reported_on"]):
            return end_of_day(told), basis
    if facts.get("as_of"):
        return end_of_day(facts["as_of"]), "file_as_of"
    raise SkipRecord("undated", "no acceptance, filing, signature or report date")


def _refuse_pages(source: str) -> None:
    top = source[:4000]
    if _ERROR_PAGE.search(top):
        raise SkipRecord("error_page", re.sub(r"\s+", " ", top)[:160])
    if re.search(r"<title>\s*EDGAR (?:Filing Documents|SEC EDGAR Submission|SEC Filing)", top, re.IGNORECASE):
        raise SkipRecord("index_page", "a page about a filing, not the filing")
    if not source.strip():
        raise SkipRecord("empty_document", "no bytes")


def _day(text: str | None) -> date | None:
    try:
        return day(text) if text else None
    except ValueError as bad:
        raise SkipRecord("wrong_type", str(bad)) from None


def document_facts(path: Path, pull: Pull) -> dict[str, Any]:
    """Replay: header facts a live fetch would have had, from the file's name and the sidecar (`local.py`)."""
    from signals_pipeline.sources.sec_edgar.local import facts_of

    return facts_of(path)
