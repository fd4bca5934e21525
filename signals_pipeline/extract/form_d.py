"""Form D → the round of an operating company. Amount raised = total amount *sold*; the offering amount is only a wish.

XML text → `read_form_d` → `Reading`. Funds, pooled vehicles, series mills and real-estate trusts are no buying signal: dropped with reason.
An amendment carries its parent's accession as the subject, so that it joins the parent's episode and is no second round.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from signals_pipeline.errors import SkipRecord
from signals_pipeline.extract.event import Event, Person, Reading

_FUND_INDUSTRY = ("pooled investment fund", "other investment fund", "hedge fund", "private equity fund", "venture capital fund")
_REAL_ESTATE = ("reits and finance", "reits & finance")
_FUND_NAME = re.compile(
    r"\ba series of\b|,?\s+series (?:\d+|[A-Z]{1,3}\d*)\b.*\bllc\b|\bfunds?\b(?!ing|ed)|\bco-?invest|\bfeeder\b|\bspv\b|\bsyndicate\b|"
    r"\bmaster\s+(?:fund|lp|trust)\b|\bventures?\s+(?:fund|partners)\b|"
    r"\bcapital partners\b.*\b(?:lp|l\.p\.)|\bopportunit(?:y|ies) (?:fund|lp)|\broll-?up vehicle|\binvestors?\s+(?:[ivx]+|\d+|llc|lp)\b|"
    r"\bholdings?\s+spv|\bacquisition vehicle\b|\bparallel\b.*\b(?:lp|l\.p\.)",
    re.IGNORECASE,
)
_MONEY_INDUSTRIES = (
    *_REAL_ESTATE, "commercial", "construction", "residential", "other real estate", "commercial banking", "investing",
    "investment banking",
    "other banking and financial services",
)  # fmt: skip
_FUND_END = re.compile(
    r"\b(?:funds?|spv|co-?invest\w*|feeder|syndicate|reit|real estate investment trust|trust)(?:\s+(?:[ivxlc]+|\d+|"
    r"[a-z]))?,?\s*(?:inc|corp|corporation|ltd|limited)?\.?$",
    re.IGNORECASE,
)
_VEHICLE_FORM = re.compile(r"\b(?:L\.?L\.?C|L\.?P|LLP|LLLP|trust|DST)\.?$", re.IGNORECASE)
_PARTNERSHIP = re.compile(r"(?:,|\s)\s*(?:L\.?P\.?|LLLP|Limited Partnership)\.?$", re.IGNORECASE)
_REIT = re.compile(
    r"\breit\b|\breal estate investment trust\b|\bdelaware statutory trust\b|\bDST\b|\bapartments?\b|\bmultifamily\b", re.IGNORECASE
)


def read_form_d(xml: str) -> Reading:
    """The reading of an `edgarSubmission`. SkipRecord when it is not one (the source rejects those before landing)."""
    root = parse(xml)
    name = _said(root, "primaryIssuer/entityName") or ""
    people = tuple(_people(root))
    if reason := _no_operating_company(root, name):
        return Reading(reason=reason, people=people)
    if (_said(root, "offeringData/businessCombinationTransaction/isBusinessCombinationTransaction") or "").lower() == "true":
        return Reading(reason="business_combination", people=people)
    sold = _money(root, "offeringData/offeringSalesAmounts/totalAmountSold")
    offered = _money(root, "offeringData/offeringSalesAmounts/totalOfferingAmount")
    form = (_said(root, "submissionType") or "").upper()
    is_amendment = form == "D/A" or _said(root, "offeringData/typeOfFiling/newOrAmendment/isAmendment") == "true"
    sale = _day(_said(root, "offeringData/typeOfFiling/dateOfFirstSale/value"))
    yet = (_said(root, "offeringData/typeOfFiling/dateOfFirstSale/yetToOccur") or "").lower() == "true"
    if not sold and offered is None:
        return Reading(reason="nothing_sold", people=people)
    start, end = _span(xml, "totalAmountSold")
    is_debt = _flag(root, "isDebtType") and not _flag(root, "isEquityType") and not _flag(root, "isOptionToAcquireType")
    event = Event(
        "funding_round",
        "planned" if yet or not sold else "done",
        occurred_on=sale,
        confidence=0.95,
        round_type="debt" if is_debt else "unknown",
        amount=sold or None,
        currency="USD",
        offering_amount=offered,
        start=start,
        end=end,
        trigger="totalAmountSold, amended" if is_amendment else "totalAmountSold",
        subject=_dashed(_said(root, "offeringData/typeOfFiling/newOrAmendment/previousAccessionNumber")) if is_amendment else None,
    )
    return Reading((event,), people=people)


def parse(xml: str) -> Element:
    """The root of an `edgarSubmission`, without namespaces: some filing agents declare one. SkipRecord when it is no XML."""
    bare = re.sub(r"^\s*<\?xml[^>]*\?>", "", xml)
    try:
        root: Element = fromstring(bare)
    except (ParseError, DefusedXmlException, ValueError) as bad:
        raise SkipRecord("malformed_xml", str(bad)) from None
    for element in root.iter():
        if isinstance(element.tag, str):
            element.tag = element.tag.rsplit("}", 1)[-1]
    return root


def _no_operating_company(root: Element, name: str) -> str | None:
    """Why this is no operating company: by type, industry and name. A word in the name of a corporation of another industry says
    nothing ("Apartment Finder, Inc.", "Syndicate Labs, Inc."), unless the name ends with it ("Roe Fund, Inc.")."""
    industry = (_said(root, "offeringData/industryGroup/industryGroupType") or "").lower()
    kind = (_said(root, "primaryIssuer/entityType") or "").lower()
    is_corporation = kind == "corporation" and not _VEHICLE_FORM.search(name) and industry not in (*_FUND_INDUSTRY, *_MONEY_INDUSTRIES)
    if is_corporation and not _FUND_END.search(name) and not _flag(root, "isPooledInvestmentFundType"):
        return "fund_or_spv" if root.find("offeringData/industryGroup/investmentFundInfo") is not None else None
    if _REIT.search(name):
        return "reit"
    if industry in _FUND_INDUSTRY or root.find("offeringData/industryGroup/investmentFundInfo") is not None:
        return "fund_or_spv"
    if _flag(root, "isPooledInvestmentFundType"):
        return "fund_or_spv"
    if industry in _REAL_ESTATE:
        return "reit"
    if _FUND_NAME.search(name) or _PARTNERSHIP.search(name) or kind == "limited partnership":
        return "fund_or_spv"
    return None


def _people(root: Element) -> list[Person]:
    """Related persons who are persons: managers that are companies stand with the first name "N/A"."""
    found = []
    for info in root.findall("relatedPersonsList/relatedPersonInfo"):
        first, middle, last = (_said(info, f"relatedPersonName/{part}") for part in ("firstName", "middleName", "lastName"))
        if (
            not last
            or not first
            or re.fullmatch(r"\W*|n/?a|none|-+", first, re.IGNORECASE)
            or re.search(r"\b(?:LLC|L\.P\.|LP|Inc|Ltd|Corp)\b", last)
        ):
            continue
        roles = [e.text.strip() for e in info.findall("relatedPersonRelationshipList/relationship") if e.text]
        clear = _said(info, "relationshipClarification")
        middle = None if middle and re.fullmatch(r"n/?a|none|-+", middle, re.IGNORECASE) else middle
        found.append(Person(" ".join(p for p in (first, middle, last) if p), first, last, clear or ", ".join(roles) or None))
    return found


def _said(element: Element, path: str) -> str | None:
    return (element.findtext(path) or "").strip() or None


def _flag(root: Element, name: str) -> bool:
    return (_said(root, f"offeringData/typesOfSecuritiesOffered/{name}") or "").lower() == "true"


def _money(root: Element, path: str) -> Decimal | None:
    """US dollars; None for the literal `Indefinite` and for nothing. SkipRecord for anything else."""
    text = _said(root, path)
    if text is None or text.lower() == "indefinite":
        return None
    try:
        found = Decimal(text.replace(",", "")).quantize(Decimal("0.01"))
    except InvalidOperation:
        found = None
    if found is None or found < 0:
        raise SkipRecord("wrong_type", f"{path.rsplit('/', 1)[-1]}: {text[:40]!r}")
    return found


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise SkipRecord("wrong_type", f"dateOfFirstSale: {text!r}") from None


def _dashed(accession: str | None) -> str | None:
    """An accession number as everything else writes it: some notices leave its dashes out."""
    return re.sub(r"^(\d{10})(\d{2})(\d{6})$", r"\1-\2-\3", accession) if accession else None


def _span(xml: str, tag: str) -> tuple[int | None, int | None]:
    found = re.search(rf"<{tag}>[^<]*</{tag}>", xml)
    return (found.start(), found.end()) if found else (None, None)
