"""The submissions list of a company: its profile (`companies`) and its filings in columns (`submissions`).

JSON → `profile_records` → sec_edgar__companies; JSON or header file → `filing_records` → sec_edgar__submissions.
Files named `...-submissions-001.json` hold the columns alone; their company is in the file's name (`cik_facts`).
"""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from signals_pipeline.errors import SkipRecord
from signals_pipeline.extract.text import decode
from signals_pipeline.keys import domain_of
from signals_pipeline.sources.sec_edgar.header import ACCESSION, read_header
from signals_pipeline.sources.sec_edgar.places import place
from signals_pipeline.sources.sec_edgar.times import day, end_of_day, json_time, on_day
from signals_pipeline.sources.spec import Body, Pull, Raw, Row

_COLUMNS = ("accessionNumber", "filingDate", "reportDate", "acceptanceDateTime", "form", "items", "primaryDocument")


def cik_facts(path: Path, pull: Pull) -> dict[str, Any]:
    """The CIK a file is named after, where it is."""
    found = re.search(r"CIK(\d{1,10})", path.name, re.IGNORECASE)
    return {"cik": found[1].zfill(10)} if found else {}


def _load(body: Body) -> dict[str, Any]:
    try:
        value = json.loads(body.content)
    except (json.JSONDecodeError, UnicodeDecodeError) as bad:
        raise SkipRecord("malformed_json", str(bad)) from None
    if not isinstance(value, dict):
        raise SkipRecord("wrong_type", f"expected an object, got {type(value).__name__}")
    return value


def profile_records(body: Body, pull: Pull) -> Iterator[Raw]:
    """The profile of a submissions list; none in a file that holds the columns alone."""
    value = _load(body)
    if "accessionNumber" in value and "name" not in value:
        return
    recent = (value.get("filings") or {}).get("recent") or {}
    newest = max((str(t) for t in recent.get("acceptanceDateTime") or [] if t), default=None)
    profile = {k: v for k, v in value.items() if k != "filings"}
    yield Raw(json.dumps(profile, ensure_ascii=False), profile, body.place, {**body.facts, "newest": newest})


def profile_row(raw: Raw, pull: Pull) -> Row:
    value = raw.value
    cik, name = value.get("cik"), value.get("name")
    if not cik or not name:
        raise SkipRecord("missing_field", "cik or name")
    if not str(cik).isdigit():
        raise SkipRecord("wrong_type", f"cik: {str(cik)[:20]!r}")
    for field, kind in (("addresses", dict), ("formerNames", list), ("tickers", list), ("website", str), ("investorWebsite", str)):
        if not isinstance(value.get(field) or kind(), kind):
            raise SkipRecord("wrong_type", f"{field}: {str(value[field])[:60]!r}")
    business = (value.get("addresses") or {}).get("business") or {}
    if not isinstance(business, dict):
        raise SkipRecord("wrong_type", f"addresses.business: {str(business)[:60]!r}")
    country, state = place(business.get("stateOrCountry"))
    website = value.get("website") or value.get("investorWebsite") or None
    former = [f["name"] for f in value.get("formerNames") or [] if isinstance(f, dict) and f.get("name")]
    columns = {
        "cik": str(cik).zfill(10), "company_name": name, "former_names": "; ".join(former) or None,
        "sic": value.get("sic") or None, "sic_description": value.get("sicDescription") or None,
        "entity_type": value.get("entityType") or None, "tickers": ",".join(str(t) for t in value.get("tickers") or [] if t) or None,
        "website": website, "domain": domain_of(website), "country": country, "state": state,
        "city": business.get("city") or None,
    }  # fmt: skip
    # a recorded list is as old as its newest filing; a live one is as of the pull
    newest = raw.facts.get("newest") if pull.runtime.replay else None
    try:
        known = (json_time(newest), "file_as_of") if newest else (pull.pulled_at, "pulled")
    except ValueError as bad:
        raise SkipRecord("wrong_type", f"acceptanceDateTime: {bad}") from None
    return Row(columns["cik"], known[0], known[1], columns)


def filing_records(body: Body, pull: Pull) -> Iterator[Raw]:
    """Filings of a list, one per position of its columns; or the filers of a header file."""
    if not body.content.removeprefix(BOM_UTF8).lstrip().startswith((b"{", b"[")):
        yield from _header_records(body)
        return
    value = _load(body)
    columns = value if "accessionNumber" in value else (value.get("filings") or {}).get("recent")
    if not isinstance(columns, dict) or not isinstance(columns.get("accessionNumber"), list):
        raise SkipRecord("missing_field", "filings.recent.accessionNumber")
    count = len(columns["accessionNumber"])
    ragged = [c for c in _COLUMNS if c in columns and len(columns[c]) != count]
    if ragged:  # columns of different length cannot be put side by side: every row would be a guess
        raise SkipRecord("ragged_columns", ", ".join(ragged))
    facts = {"cik": value.get("cik") or body.facts.get("cik"), "name": value.get("name")}
    for number in range(count):
        one = {c: columns[c][number] for c in columns if isinstance(columns[c], list) and len(columns[c]) == count}
        yield Raw(json.dumps(one, ensure_ascii=False), one, f"{body.place}#{number}", facts)


def _header_records(body: Body) -> Iterator[Raw]:
    try:
        header = read_header(decode(body.content))
    except ValueError as bad:
        raise SkipRecord("wrong_type", f"header: {bad}") from None
    if header is None or not header.filers:
        raise SkipRecord("no_header", "neither a submissions list nor a header of a submission")
    for filer in header.filers:
        if filer.role not in ("reporting-owner", "reporting owner"):  # a person, not a company
            yield Raw(decode(body.content)[:20_000], {"header": header, "filer": filer}, body.place, body.facts)


def filing_row(raw: Raw, pull: Pull) -> Row:
    if "header" in raw.value:
        return _header_row(raw)
    value, cik = raw.value, raw.facts.get("cik")
    if not cik:
        raise SkipRecord("missing_field", "cik: neither in the file nor in its name")
    accession, form = str(value.get("accessionNumber") or ""), value.get("form")
    if not ACCESSION.fullmatch(accession) or not form:
        raise SkipRecord("missing_field", f"accessionNumber {accession!r}, form {form!r}")
    try:
        filed = day(str(value["filingDate"])) if value.get("filingDate") else None
        reported = day(str(value["reportDate"])) if value.get("reportDate") else None
        accepted = json_time(str(value["acceptanceDateTime"])) if value.get("acceptanceDateTime") else None
    except ValueError as bad:
        raise SkipRecord("wrong_type", str(bad)) from None
    known = (accepted, "acceptance") if accepted else (end_of_day(filed), "filing") if filed else None
    if known is None:
        raise SkipRecord("missing_field", "acceptanceDateTime and filingDate")
    columns = {"accession": accession, "cik": str(cik).zfill(10), "company_name": raw.facts.get("name"), "form": form,
               "filed_on": filed, "reported_on": reported, "accepted_at": accepted, "items": value.get("items") or None,
               "primary_document": value.get("primaryDocument") or None}  # fmt: skip
    return Row(f"{columns['cik']}:{accession}", known[0], known[1], columns, occurred_at=on_day(reported))


def _header_row(raw: Raw) -> Row:
    header, filer = raw.value["header"], raw.value["filer"]
    known = (header.accepted_at, "acceptance") if header.accepted_at else (
        (end_of_day(header.filed_on), "filing") if header.filed_on else None)  # fmt: skip
    if known is None:
        raise SkipRecord("missing_field", "acceptance and filing date")
    columns = {"accession": header.accession, "cik": filer.cik, "company_name": filer.name, "form": header.form,
               "filed_on": header.filed_on, "reported_on": header.reported_on, "accepted_at": header.accepted_at,
               "items": ",".join(i for i in header.items if i[:1].isdigit()) or None}  # fmt: skip
    return Row(f"{filer.cik}:{header.accession}", known[0], known[1], columns)
