"""The CSV templates that closed vendors deliver: columns, what must be filled, header aliases.

Required columns first; `a|b` in `header` means one of the two must be there.
Does not belong here: reading bytes (`text.py`), moving files (`folder.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from signals_pipeline.sources.read import day, money, real, text
from signals_pipeline.sources.tabular import Fields

BLANKS = frozenset({"", "n/a", "na", "null", "none", "-", "--", "undisclosed", "unknown"})
OPS = ("insert", "update", "delete")


@dataclass(frozen=True)
class Template:
    """header: columns that a file must have. filled: cells that a row must have. dated: the cell that dates the row."""

    name: str
    columns: Fields
    header: tuple[str, ...]
    filled: tuple[str, ...]
    dated: str | None


def _texts(*names: str) -> Fields:
    return {n: (n, text) for n in names}


def _days(*names: str) -> Fields:
    return {n: (n, day) for n in names}


def _moneys(*names: str) -> Fields:
    return {n: (n, money) for n in names}


_COMPANY = ("company_name", "company_domain|registry_id")
TEMPLATES: dict[str, Template] = {
    t.name: t
    for t in (
        Template(
            "funding",
            {**_texts("company_name", "company_domain", "registry_id", "round_type", "currency", "investors", "lead_investor",
                      "source_url", "vendor_id"), **_days("announced_on", "closed_on"), **_moneys("amount", "valuation")},
            (*_COMPANY, "announced_on", "round_type", "amount", "currency"), ("company_name", "announced_on"), "announced_on",
        ),
        Template(
            "executive_change",
            {**_texts("company_name", "company_domain", "registry_id", "person_name", "title", "change_type", "previous_company",
                      "previous_title", "linkedin_url", "vendor_id"), **_days("announced_on", "effective_on")},
            (*_COMPANY, "person_name", "title", "change_type", "announced_on"),
            ("company_name", "person_name", "title", "change_type", "announced_on"), "announced_on",
        ),
        Template(
            "job_posting",
            {**_texts("company_name", "company_domain", "title", "url", "location", "country", "department", "employment_type",
                      "remote", "description", "currency", "job_id"), **_days("posted_on"), **_moneys("salary_min", "salary_max")},
            ("company_name", "company_domain", "title", "posted_on", "url"), ("company_name", "title", "posted_on"), "posted_on",
        ),
        Template(
            "technology",
            {**_texts("company_domain", "technology", "category", "status", "vendor_id"), **_days("first_seen", "last_seen"),
             "confidence": ("confidence", real)},
            ("company_domain", "technology", "category"), ("company_domain", "technology"), None,
        ),
        Template(
            "expansion",
            {**_texts("company_name", "company_domain", "registry_id", "expansion_type", "city", "country", "address",
                      "target_company", "currency", "source_url"), **_days("announced_on", "effective_on"), **_moneys("deal_size"),
             "size_sqft": ("size_sqft", real)},
            (*_COMPANY, "expansion_type", "announced_on"), ("company_name", "expansion_type", "announced_on"), "announced_on",
        ),
        Template(
            "sixsense_segment",
            _texts("segment_id", "segment_name", "domain", "name", "country", "topics"),
            ("segment_id", "domain"), ("segment_id",), None,
        ),
    )
}  # fmt: skip

# headers as vendors write them, lower case with underscores → the template's column
ALIASES = {
    "company": "company_name", "organization": "company_name", "organization_name": "company_name", "account": "company_name",
    "account_name": "company_name", "website": "company_domain", "domain": "company_domain", "company_website": "company_domain",
    "company_url": "company_domain", "cik": "registry_id", "company_number": "registry_id", "registration_number": "registry_id",
    "announced_date": "announced_on", "announcement_date": "announced_on", "date_announced": "announced_on",
    "closed_date": "closed_on", "close_date": "closed_on", "effective_date": "effective_on", "start_date": "effective_on",
    "amount_raised": "amount", "money_raised": "amount", "raised_amount": "amount", "series": "round_type", "round": "round_type",
    "funding_type": "round_type", "currency_code": "currency", "lead": "lead_investor", "url": "source_url", "link": "source_url",
    "executive": "person_name", "person": "person_name", "full_name": "person_name", "job_title": "title", "new_title": "title",
    "change": "change_type", "event_type": "change_type", "linkedin": "linkedin_url", "linkedin_profile": "linkedin_url",
    "date_posted": "posted_on", "posted": "posted_on", "posted_date": "posted_on", "job_url": "url", "technology_name": "technology",
    "product": "technology", "first_detected": "first_seen", "last_detected": "last_seen", "square_feet": "size_sqft",
    "sqft": "size_sqft", "type": "expansion_type", "segment": "segment_name", "id": "vendor_id",
}  # fmt: skip
_OWN = {  # where a word means something else in one template
    "job_posting": {"url": "url", "id": "job_id"},
    "sixsense_segment": {"domain": "domain", "website": "domain", "account_name": "name", "company_name": "name", "name": "name"},
}
_NOT_WORD = re.compile(r"[^a-z0-9]+")


def column_of(header: str, of: Template) -> str:
    """The template's column for a header cell; a header that is none keeps its own name, lower case."""
    word = _NOT_WORD.sub("_", header.strip().lower()).strip("_")
    own = _OWN.get(of.name, {})
    if word in own:
        return own[word]
    if word in of.columns or word == "op":
        return word
    found = ALIASES.get(word, word)
    return found if found in of.columns else word


def lacking(columns: list[str], of: Template) -> list[str]:
    """Required columns that a header does not have."""
    return [c for c in of.header if not set(c.split("|")) & set(columns)]
