"""The feed of latest filings (Atom `getcurrent`): one row per filing and filer role, every form with its exact name.

page bytes → `entries` → Raw → `row` → sec_edgar__feed. The vendor's `type=` is a prefix match (D brings DEF 14A), so the
form of a row is the entry's own term, compared as a whole. Does not belong here: following an entry (`filings.py`).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from signals_pipeline.errors import SkipRecord
from signals_pipeline.sources.sec_edgar.header import ACCESSION
from signals_pipeline.sources.sec_edgar.times import atom_time, day, on_day
from signals_pipeline.sources.spec import Body, Pull, Raw, Row

_ATOM = "{http://www.w3.org/2005/Atom}"
_TITLE = re.compile(r"^(?P<form>.+?) - (?P<name>.*?)\s*\((?P<cik>\d{1,10})\)\s*(?:\((?P<role>[^()]*)\))?\s*$", re.DOTALL)
_ENTRY = re.compile(r"<entry\b.*?</entry>", re.DOTALL)


def is_feed(content: bytes) -> bool:
    return b"http://www.w3.org/2005/Atom" in content[:600]


def records(body: Body, pull: Pull) -> Iterator[Raw]:
    """Entries of a page. SkipRecord for a page that is no well-formed feed (an error page, a cut one)."""
    if not is_feed(body.content):
        raise SkipRecord("not_a_feed", body.content[:120].decode("utf-8", "replace"))
    try:
        root = fromstring(body.content.lstrip())
    except (ParseError, DefusedXmlException, ValueError) as bad:
        raise SkipRecord("malformed_xml", str(bad)) from None
    declared = re.search(rb'encoding="([\w-]+)"', body.content[:100])
    text = body.content.decode(declared[1].decode() if declared else "utf-8", "replace")
    verbatim = _ENTRY.findall(text)
    elements = root.findall(f"{_ATOM}entry")
    for number, element in enumerate(elements):
        value = {
            "title": _text(element, "title"), "updated": _text(element, "updated"), "id": _text(element, "id"),
            "summary": _text(element, "summary"),
            "category": _attribute(element, "category", "term"), "link": _attribute(element, "link", "href"),
        }  # fmt: skip
        yield Raw(verbatim[number] if len(verbatim) == len(elements) else str(value), value, f"{body.place}#{number}", body.facts)


def read_entry(value: dict[str, Any]) -> dict[str, Any]:
    """The columns of an entry. SkipRecord when accession, form, company or time is not there."""
    accession = ACCESSION.search(value["id"] or "")
    title = _TITLE.match(value["title"] or "")
    if not accession or not title:
        raise SkipRecord("missing_field", f"accession or company in {value['title']!r}, {value['id']!r}")
    try:
        accepted = atom_time(value["updated"] or "")
        summary = html.unescape(value["summary"] or "")
        told = re.search(r"Filed:\s*(?:</b>)?\s*(\d{4}-\d{2}-\d{2})", summary)
        filed = day(told[1]) if told else None
    except ValueError as bad:
        raise SkipRecord("wrong_type", f"updated or filed: {bad}") from None
    items = dict.fromkeys(re.findall(r"\bItem (\d\.\d{2})\b", summary))
    return {
        "accession": accession[0], "cik": title["cik"].zfill(10), "company_name": title["name"].strip(),
        "form": (value["category"] or title["form"]).strip(), "role": title["role"], "accepted_at": accepted,
        "filed_on": filed, "items": ",".join(items) or None, "index_url": value["link"],
    }  # fmt: skip


def row(raw: Raw, pull: Pull) -> Row:
    columns = read_entry(raw.value)
    return Row(
        record_key=f"{columns['accession']}:{columns['cik']}:{columns['role'] or ''}",
        known_at=columns["accepted_at"], known_at_basis="acceptance", columns=columns,
        occurred_at=on_day(columns["filed_on"]),
    )  # fmt: skip


def _text(element: Any, name: str) -> str | None:
    found = element.find(f"{_ATOM}{name}")
    return found.text.strip() if found is not None and found.text else None


def _attribute(element: Any, name: str, attribute: str) -> str | None:
    found = element.find(f"{_ATOM}{name}")
    return found.get(attribute) if found is not None else None
