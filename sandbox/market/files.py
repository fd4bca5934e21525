"""Dropped files: the rows that closed vendors sell, written as they write them: odd encodings, delimiters, headers, broken rows.

events → `row` (waits for its day) → `drop` → `<drop>/<template>/incoming/<vendor>_<template>_YYYY-MM-DD.csv` + `.done`.
Does not belong here: which events a vendor hears of (`triggers.py`).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from sandbox.dice import dice, weighted
from sandbox.store import Store

VENDORS = {
    "funding": "crunchbase",
    "executive_change": "zoominfo",
    "job_posting": "theirstack",
    "technology": "builtwith",
    "expansion": "costar",
    "sixsense_segment": "sixsense",
}
COLUMNS = {
    "funding": "company_name company_domain registry_id announced_on round_type amount currency closed_on valuation investors "
    "lead_investor source_url vendor_id",
    "executive_change": "company_name company_domain registry_id person_name title change_type announced_on effective_on "
    "previous_company previous_title linkedin_url vendor_id",
    "job_posting": "company_name company_domain title posted_on url location country department employment_type remote "
    "description salary_min salary_max currency job_id",
    "technology": "company_domain technology category status first_seen last_seen confidence vendor_id",
    "expansion": "company_name company_domain registry_id expansion_type announced_on city country address size_sqft "
    "effective_on target_company deal_size currency source_url",
    "sixsense_segment": "segment_id segment_name domain name country topics",
}
ALIASES = {
    "company_name": "Company Name",
    "company_domain": "Website",
    "announced_on": "Announced Date",
    "amount": "Amount Raised",
    "round_type": "Series",
    "person_name": "Executive",
    "title": "Job Title",
    "posted_on": "Date Posted",
    "url": "Job URL",
    "technology": "Technology Name",
    "first_seen": "First Detected",
    "last_seen": "Last Detected",
    "city": "City",
    "size_sqft": "Square Feet",
    "domain": "Domain",
    "name": "Account Name",
    "segment_name": "Segment",
}


def row(store: Store, template: str, day: int, values: dict[str, Any]) -> None:
    """Keep a row for the first file of its template on or after the day (an ordinal)."""
    store.insert("w_file_row", {"template": template, "day": day, "body": json.dumps(values)})


def broken(template: str, values: dict[str, Any], *key: object) -> dict[str, Any]:
    """The same row, spoilt: no date, a word where an amount belongs, no company."""
    r = dice("broken", template, *key)
    spoilt = dict(values)
    column = r.choice(
        [
            c
            for c in COLUMNS[template].split()
            if c in {"announced_on", "amount", "company_name", "posted_on", "title", "technology", "company_domain", "person_name"}
        ]
    )
    spoilt[column] = r.choice(["", "n/a", "31/31/2026"]) if column.endswith("_on") else r.choice(["", "n/a"])
    if column == "company_domain":
        spoilt["company_name"] = ""
    return spoilt


def render(template: str, day: date, rows: list[dict[str, Any]], *, drifted: bool = False) -> bytes:
    """One CSV file; encoding, delimiter and header names are the vendor's mood of that day."""
    r = dice("file", template, day.toordinal())
    delimiter = weighted(r, [(",", 70), (";", 15), ("\t", 10), ("|", 5)])
    columns = COLUMNS[template].split()
    headers = [ALIASES.get(c, c) if aliased else c for aliased in [r.random() < 0.3] for c in columns]
    if drifted:
        headers = [f"v2_{h}" if n % 2 == 0 else h for n, h in enumerate(headers)] + ["release"]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=r.choice(["\n", "\r\n"]))
    writer.writerow(headers)
    for n, values in enumerate(rows):
        cells = [values.get(c, "") if values.get(c) is not None else "" for c in columns]
        writer.writerow(cells)
        if r.random() < 0.004:
            writer.writerow(cells)  # the vendor repeats itself
        if r.random() < 0.003 and n:
            writer.writerow([*cells[: len(cells) // 2]])  # a line that was cut
    encoding = weighted(r, [("utf-8", 65), ("utf-8-sig", 15), ("utf-16", 8), ("cp1252", 12)])
    return out.getvalue().encode(encoding, errors="replace")


def never(kind: str) -> bool:
    """No fault is on."""
    return False


def drop(store: Store, folder: Path, day: date, struck: Callable[[str], bool] = never) -> list[Path]:
    """Write every template's waiting rows up to that day as that day's files; each gets its `.done` marker last.

    `struck(kind)` says whether a fault hits the next file: it is cut, emptied, doubled, or its headers are new.
    """
    written = []
    for template in COLUMNS:
        found = store.rows("SELECT id, body FROM w_file_row WHERE template = ? AND day <= ? ORDER BY id", (template, day.toordinal()))
        if not found:
            continue
        incoming = folder / template / "incoming"
        incoming.mkdir(parents=True, exist_ok=True)
        path = incoming / f"{VENDORS[template]}_{template}_{day.isoformat()}.csv"
        rows = [json.loads(f["body"]) for f in found]
        if struck("empty"):
            rows = []
        if struck("duplicate_pages"):
            rows = rows + rows
        content = render(template, day, rows, drifted=struck("schema_drift"))
        path.write_bytes(content[: len(content) // 2] if struck("truncated") else content)
        path.with_name(path.name + ".done").touch()
        store.db.executemany("DELETE FROM w_file_row WHERE id = ?", [(f["id"],) for f in found])
        written.append(path)
    return written
