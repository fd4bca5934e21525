"""What a filing's own cover says: registrant, form, dates. For documents that come without a header.

source (HTML with hidden inline XBRL facts) and normalised text → `read_cover` → `Cover`.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import date

from signals_pipeline.extract.dates import find_dates, report_date, signature_date

_FACT = re.compile(
    r"<ix:non(?:Numeric|Fraction)[^>]{0,600}?\bname=[\"']dei:(\w+)[\"'][^>]{0,600}>(.{0,2000}?)</ix:non(?:Numeric|"
    r"Fraction)>",
    re.DOTALL | re.IGNORECASE,
)
_NAME_MARK = re.compile(r"\(?\s*exact\s+names?\s+of\s+(?:the\s+)?(?:registrant|company|issuer)", re.IGNORECASE)
_FORM = re.compile(r"\bFORM\s+(8-K(?:/A)?|D(?:/A)?|10-[KQ](?:/A)?|6-K)\b")


@dataclass(frozen=True)
class Cover:
    """Facts of a cover; None where it does not say. `cik` has ten digits."""

    company_name: str | None
    cik: str | None
    form: str | None
    reported_on: date | None
    signed_on: date | None


def read_cover(source: str, text: str) -> Cover:
    """`source` as it came, `text` normalised."""
    hidden = {k: html.unescape(re.sub(r"<[^>]+>", "", v)).strip() for k, v in _FACT.findall(source[:400_000])}
    dates = find_dates(hidden.get("DocumentPeriodEndDate", ""))
    form = hidden.get("DocumentType") or next((m[1] for m in _FORM.finditer(text[:3000])), None)
    cik = re.sub(r"\D", "", hidden.get("EntityCentralIndexKey", ""))
    return Cover(
        company_name=re.sub(r"\s+", " ", hidden.get("EntityRegistrantName", "")) or _registrant(text) or _signatory(text),
        cik=cik.zfill(10) if cik else None,
        form=form.upper() if form else None,
        reported_on=dates[0].day if dates else report_date(text) or _first_date(text),
        signed_on=signature_date(text),
    )


def _registrant(text: str) -> str | None:
    """The words above "(Exact name of registrant as specified in its charter)"."""
    found = _NAME_MARK.search(text[:8000])
    if not found:
        return None
    before = [line.strip() for line in text[: found.start()].split("\n") if line.strip()]
    if not before:
        return None
    tail = re.split(r"(?:\b(?:19|20)\d{2}\b|\(date of[^)]*\))\s*", before[-1], flags=re.IGNORECASE)[-1]
    return tail.strip(" ,") or None


def _signatory(text: str) -> str | None:
    """The company that signs, where a cover has no such words: the line under "hereunto duly authorized"."""
    found = re.search(r"duly\s+authorized\.?[ \t]*\n+([^\n]{3,80})\n", text)
    name = found[1].strip(" ,") if found else ""
    is_label = re.match(r"(?:by|date|dated|name|title|signature|registrant|/s/)\b", name, re.IGNORECASE) or find_dates(name)
    return name or None if not is_label else None


def _first_date(text: str) -> date | None:
    """Some covers give the report's date without saying what it is, above the registrant's name."""
    found = _NAME_MARK.search(text[:8000])
    dates = find_dates(text, 0, found.start()) if found else []
    return dates[0].day if dates else None
