"""Filings: what companies tell the regulator. Each becomes a row of `filing`; the documents are rendered from it on request.

event facts → `form_d` / `eight_k` / `noise` → store. Acceptance is in EDGAR's hours, Eastern time;
after 17:30 the next business day is the filing date.
Does not belong here: documents and feeds (`vendors/edgar.py`), wording (`prose.py`).
"""

from __future__ import annotations

import json
import random
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sandbox.clock import ZONE, stamp
from sandbox.dice import dice, weighted
from sandbox.market import prose
from sandbox.market.companies import Company
from sandbox.market.people import invented_name
from sandbox.market.words import FIRST, PLACES, SECOND
from sandbox.store import Store

AGENTS = ("0009000017", "0009000025", "0009000042")
EXEMPTIONS = ("06b", "06b", "06b", "06c")


def business_day(day: date) -> date:
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return day


def _accepted(r: random.Random, day: date) -> tuple[str, date]:
    """Acceptance instant on a business day, and the official filing date."""
    day = business_day(day)
    minute = r.randrange(6 * 60 + 30, 17 * 60 + 25) if r.random() < 0.85 else r.randrange(17 * 60 + 31, 21 * 60)
    at = datetime.combine(day, time(minute // 60, minute % 60, r.randrange(60)), ZONE)
    filed = day if minute <= 17 * 60 + 30 else business_day(day + timedelta(days=1))
    return stamp(at.astimezone(UTC)), filed


def _file(
    store: Store,
    r: random.Random,
    form: str,
    day: date,
    c_name: str,
    cik: str,
    body: dict[str, Any],
    *,
    items: str = "",
    reported: date | None = None,
    roles: list[dict[str, str]] | None = None,
    company: int | None = None,
    is_true: bool = False,
) -> str:
    accepted, filed = _accepted(r, day)
    agent = r.choice(AGENTS)
    number = store.next("filing")
    accession = f"{agent}-{filed:%y}-{number % 1_000_000:06d}"
    document = (
        "primary_doc.xml"
        if form.startswith("D") and "D" in (form, form.split("/")[0]) and not form.startswith("DE")
        else (f"{''.join(ch for ch in c_name.lower() if ch.isalnum())[:10]}-{(reported or filed):%Y%m%d}.htm")
    )
    store.insert(
        "filing",
        {
            "id": number,
            "accession": accession,
            "form": form,
            "cik": cik,
            "company_name": c_name,
            "roles": json.dumps(roles or [{"cik": cik, "name": c_name, "role": "Filer"}]),
            "filed_on": filed.isoformat(),
            "accepted_at": accepted,
            "reported_on": (reported or filed).isoformat() if form.startswith("8-K") else "",
            "items": items,
            "document": document,
            "has_document": int(r.random() > 0.012),
            "body": json.dumps(body),
            "w_company": company,
            "w_is_true": int(is_true),
        },
    )
    return accession


def form_d(
    store: Store,
    c: Company,
    day: date,
    *,
    sold: int,
    offering: int,
    first_sale: date | None,
    amends: str = "",
    key: tuple[object, ...] = (),
    is_true: bool = True,
) -> str:
    """An operating company's Form D (or D/A when `amends` names an accession). Returns the accession."""
    r = dice("form_d", c.i, day.toordinal(), amends, *key)
    officers = []
    for k in range(r.randrange(1, 4)):
        first, middle, last = invented_name("officer", c.i, k)
        relations = ["Executive Officer", "Director"] if k == 0 else [r.choice(["Director", "Executive Officer"])]
        officers.append(
            {
                "first": first,
                "middle": middle,
                "last": last,
                "relations": relations,
                "clarification": r.choice(["CEO", "Chief Executive Officer", ""]) if k == 0 else "",
            }
        )
    body: dict[str, Any] = {
        "name": c.legal_name,
        "city": c.city,
        "state": c.state,
        "state_name": c.state_name,
        "zip": c.postal,
        "street": f"{100 + c.i % 900} Example Street",
        "jurisdiction": r.choice(["DELAWARE", c.state_name or "DELAWARE"]),
        "entity_type": "Limited Liability Company" if "LLC" in c.legal_name else "Corporation",
        "young": c.employees < 200,
        "officers": officers,
        "group": {
            "Software": "Other Technology",
            "Healthcare": "Other Health Care",
            "Insurance": "Insurance",
            "Real Estate": "Other Real Estate",
            "Financial Services": "Other Banking and Financial Services",
        }.get(c.industry, "Other"),
        "fund": "",
        "revenue": r.choice(["Decline to Disclose", "$1,000,001 - $5,000,000", "$5,000,001 - $25,000,000"]),
        "exemptions": [r.choice(EXEMPTIONS)],
        "amends": amends,
        "first_sale": first_sale.isoformat() if first_sale else "",
        "types": ["isDebtType"] if r.random() < 0.1 else ["isEquityType"],
        "merger": r.random() < 0.02,
        "offering": "Indefinite" if r.random() < 0.05 else str(offering),
        "sold": str(sold),
        "minimum": "0",
        "investors": r.randrange(1, 45),
        "former": "",
        "signed": (business_day(day) - timedelta(days=r.choice([0, 0, 0, 1]))).isoformat(),
    }
    return _file(
        store, r, "D/A" if amends else "D", day, c.legal_name, c.cik, body, items=",".join(body["exemptions"]), company=c.i, is_true=is_true
    )


def fund_form_d(store: Store, seed: int, day: date, n: int) -> None:
    """A pooled fund or a one-deal vehicle: noise for whoever looks for operating companies."""
    r = dice(seed, "fund", day.toordinal(), n)
    stem = (r.choice(FIRST) + r.choice(SECOND)).capitalize()
    name = weighted(
        r,
        [
            (f"{stem} Ventures Fund {r.choice(['II', 'III', 'IV', 'V'])}, L.P.", 5),
            (f"{stem} Opportunity Fund, LP", 4),
            (f"{stem} SPV {r.randrange(10, 99)}, a series of {stem} Master, LLC", 3),
            (f"{stem} Capital Partners Co-Invest LP", 2),
        ],
    )
    state, state_name, city, postal = r.choice(PLACES["US"][2])
    first, middle, last = invented_name("fund", day.toordinal(), n)
    sold = r.randrange(1, 400) * 250_000
    cik = f"{1_900_000 + (day.toordinal() * 31 + n * 7) % 90_000:010d}"
    body = {
        "name": name,
        "city": city,
        "state": state,
        "state_name": state_name,
        "zip": postal,
        "street": "1 Example Plaza",
        "jurisdiction": "DELAWARE",
        "entity_type": "Limited Partnership",
        "young": True,
        "officers": [
            {"first": first, "middle": middle, "last": last, "relations": ["Executive Officer"], "clarification": "General Partner"}
        ],
        "group": "Pooled Investment Fund",
        "fund": r.choice(["Venture Capital Fund", "Private Equity Fund", "Hedge Fund"]),
        "revenue": "Not Applicable",
        "exemptions": ["06b", "3C", "3C.1"],
        "amends": "",
        "first_sale": day.isoformat() if r.random() < 0.8 else "",
        "types": ["isPooledInvestmentFundType"],
        "merger": False,
        "offering": "Indefinite" if r.random() < 0.5 else str(sold * 2),
        "sold": str(sold),
        "minimum": "100000",
        "investors": r.randrange(1, 99),
        "former": "",
        "signed": business_day(day).isoformat(),
    }
    form = "D/A" if r.random() < 0.3 else "D"
    if form == "D/A":
        body["amends"] = f"{AGENTS[0]}-{(day - timedelta(days=300)):%y}-{r.randrange(10**5):06d}"
    _file(store, r, form, day, name, cik, body, items="06b,3C,3C.1")


def eight_k(store: Store, c: Company, day: date, items: list[tuple[str, list[str]]], *, reported: date, key: object, is_true: bool) -> str:
    """An 8-K of a listed company; `items` are (number, paragraphs). 9.01 is added as filings have it."""
    r = dice("8k", c.i, day.toordinal(), key)
    if r.random() < 0.6:
        items = [*items, ("9.01", ["(d) Exhibits. 104 Cover Page Interactive Data File (embedded within the Inline XBRL document)."])]
    signer = invented_name("signer", c.i)
    body = {
        "name": c.legal_name,
        "state": c.state,
        "state_name": c.state_name,
        "city": c.city,
        "zip": c.postal,
        "sic": c.sic,
        "street": f"{100 + c.i % 900} Example Street",
        "items": items,
        "old": r.random() < 0.12,
        "signer": " ".join(p for p in signer if p),
        "signed": business_day(day).isoformat(),
    }
    return _file(
        store,
        r,
        "8-K/A" if r.random() < 0.02 else "8-K",
        day,
        c.legal_name,
        c.cik,
        body,
        items=",".join(n for n, _ in items),
        reported=reported,
        company=c.i,
        is_true=is_true,
    )


def noise(store: Store, seed: int, day: date, c: Company, n: int) -> None:
    """A filing of another form: some of them begin with D, as the feed's prefix match shows."""
    r = dice(seed, "noise", day.toordinal(), n)
    form = weighted(r, [("DEF 14A", 3), ("DFAN14A", 1), ("DEFA14A", 2), ("4", 8), ("10-Q", 3), ("S-8", 1), ("144", 2), ("SC 13G", 1)])
    first, _, last = invented_name("insider", day.toordinal(), n)
    roles = None
    if form in {"4", "144"}:
        roles = [
            {"cik": c.cik, "name": c.legal_name, "role": "Issuer" if form == "4" else "Subject"},
            {"cik": f"{1_800_000 + r.randrange(90_000):010d}", "name": f"{last} {first}", "role": "Reporting"},
        ]
    elif form in {"DFAN14A", "SC 13G"}:
        roles = [
            {"cik": c.cik, "name": c.legal_name, "role": "Subject"},
            {"cik": "0001950007", "name": "Ashdown Activist Partners LP", "role": "Filed by"},
        ]
    _file(
        store,
        r,
        form,
        day,
        c.legal_name,
        c.cik,
        {"name": c.legal_name, "text": "Invented filing without content of interest."},
        roles=roles,
    )


def change_paragraphs(r: random.Random, c: Company, facts: dict[str, Any], on: date, effective: date) -> list[tuple[str, list[str]]]:
    """Item 5.02 of a real change; facts: person, title, change_type, old (for a succession), before."""
    if facts["change_type"] == "departure":
        return [("5.02", prose.departure(r, c.legal_name, facts["person"], facts["title"], on, effective))]
    if facts.get("old"):
        return [("5.02", prose.succession(r, c.legal_name, facts["old"], facts["person"], facts["title"], on, effective, facts["before"]))]
    return [("5.02", prose.appointment(r, c.legal_name, facts["person"], facts["title"], on, effective, facts["before"]))]
