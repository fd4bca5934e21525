"""Replay: what the names and neighbours of stored files tell about a filing, in place of a live header.

`<cik>_8K_<year>_<accession>.htm` and `../items/<same stem>.json` → header facts. Item texts of a neighbour are never read:
another extractor's opinion is no source.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from signals_pipeline.sources.sec_edgar.header import ACCESSION
from signals_pipeline.sources.sec_edgar.times import day

_NAMED = re.compile(r"^(?P<cik>\d{1,10})_(?P<form>8-?K)_(?P<year>\d{4})_(?P<accession>\d{10}-\d{2}-\d{6})$", re.IGNORECASE)
_SIDECAR = ("cik", "company", "filing_type", "filing_date", "period_of_report", "state_location", "htm_filing_link",
            "filing_html_index")  # fmt: skip


def facts_of(path: Path) -> dict[str, Any]:
    """Header facts of a stored document; a neighbour that cannot be read counts as not there (the document still speaks)."""
    facts: dict[str, Any] = {}
    if named := _NAMED.match(path.stem):
        facts = {"cik": named["cik"].zfill(10), "form": "8-K", "accession": named["accession"]}
    elif found := ACCESSION.search(path.name) or ACCESSION.search(path.parent.name):  # `<accession>/primary_doc.xml`
        facts = {"accession": found[0]}
    sidecar = path.parent.parent / "items" / f"{path.stem}.json"
    if sidecar.is_file():
        facts |= _header_facts(sidecar)
    return facts


def _header_facts(sidecar: Path) -> dict[str, Any]:
    try:
        whole = json.loads(sidecar.read_text(encoding="utf-8"))
        told = {k: str(whole[k]).strip() for k in _SIDECAR if whole.get(k)}
        facts: dict[str, Any] = {
            "cik": told["cik"].zfill(10) if "cik" in told else None, "company_name": told.get("company"),
            "form": told.get("filing_type"), "filed_on": day(told["filing_date"]) if "filing_date" in told else None,
            "reported_on": day(told["period_of_report"]) if "period_of_report" in told else None,
            "state_code": told.get("state_location"), "document_url": told.get("htm_filing_link"),
        }  # fmt: skip
    except (json.JSONDecodeError, UnicodeDecodeError, ValueError, AttributeError, TypeError) as bad:
        return {"sidecar_problem": str(bad)}
    found = ACCESSION.search(told.get("filing_html_index", ""))
    return {k: v for k, v in facts.items() if v is not None} | ({"accession": found[0]} if found else {})


def accessions_in(folder: Path) -> set[str]:
    """Accessions whose document stands in the folder, by file name or by the header in the first bytes."""
    found: set[str] = set()
    for path in folder.rglob("*"):
        if not path.is_file() or path.suffix.lower() in (".atom", ".json", ".idx", ".csv", ".parquet") or "index" in path.name:
            continue
        if named := ACCESSION.search(path.name) or ACCESSION.search(path.parent.name):
            found.add(named[0])
        elif path.suffix.lower() in (".txt", ".xml", ".htm", ".html", ".nc"):
            with path.open("rb") as handle:
                top = handle.read(3000).decode("latin-1")
            if told := re.search(r"ACCESSION[ -]NUMBER[:>]\s*(\d{10}-\d{2}-\d{6})", top):
                found.add(told[1])
    return found
