"""What happens at companies and who reports it: rounds, executives, acquisitions, postings, technology, new offices, rumours.

(seed, day) → events → filings and file rows with their delays and name variants; true ones raise the journey's hazard.
Does not belong here: journeys themselves (`journeys.py`), how files and documents look (`files.py`, `prose.py`).
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from sandbox.dice import day_dice, dice, weighted
from sandbox.market import events, filings, prose
from sandbox.market.companies import SPECIAL, Company, name_variant
from sandbox.market.people import invented_name
from sandbox.market.words import PLACES

if TYPE_CHECKING:
    from sandbox.world import World

TECHNOLOGIES = (
    ("DocuVault", "document management"),
    ("SignQuill", "eSignature"),
    ("Stampwell", "digital notarization"),
    ("LedgerPeak", "accounting"),
    ("KYCheck", "identity verification"),
    ("CloseDesk", "title production"),
    ("MailRiver", "marketing automation"),
)
JOBS = (
    ("Closing Coordinator", "Operations"),
    ("Remote Notary Lead", "Operations"),
    ("Director of Digital Closings", "Operations"),
    ("Compliance Analyst", "Legal"),
    ("Identity Product Manager", "Product"),
    ("Backend Engineer", "Engineering"),
    ("Account Executive", "Sales"),
    ("Staff Accountant", "Finance"),
    ("HR Generalist", "People"),
)
RATES = np.array([0.0013, 0.0021, 0.00035, 0.0045, 0.0030, 0.0008, 0.00025])  # per company and day; the last are rumours
HEAT = 1.8  # times as much happens at companies that consider, decide or buy
LIFTING_DEPARTMENTS = frozenset({"Operations", "Legal", "Product"})
LIFTING_CATEGORIES = frozenset({"eSignature", "digital notarization", "identity verification", "title production"})
NAMES = ("funding_round", "executive_change", "acquisition", "job_posting", "technology_adoption", "expansion", "rumour")


def step(w: World, day: date) -> None:
    """Everything that happens on one day, reported on it or later."""
    ordinal = day.toordinal()
    u = day_dice(w.seed, ordinal, "triggers").random((w.n, len(RATES)))
    u[:SPECIAL] = 1.0
    heat = np.where(w.j.stage >= 2, HEAT, 1.0)[:, None]
    for i, k in np.argwhere(u < RATES * heat):
        c = w.company(int(i))
        r = dice(w.seed, NAMES[k], ordinal, int(i))
        _HANDLERS[NAMES[k]](w, c, day, r)
    scale = w.n / 2000
    g = day_dice(w.seed, ordinal, "regulator")
    if day.weekday() < 5:
        for n in range(int(g.poisson(2.2 * scale))):
            filings.fund_form_d(w.store, w.seed, day, n)
        listed = np.flatnonzero(w.j.is_public)
        if len(listed):
            for n in range(int(g.poisson(8 * scale))):
                filings.noise(w.store, w.seed, day, w.company(int(g.choice(listed))), n)
            for n in range(int(g.poisson(2.5 * scale))):
                _routine_8k(w, w.company(int(g.choice(listed))), day, n)


def _expansion(w: World, c: Company, day: date, r: random.Random) -> None:
    state, _, city, _ = r.choice(PLACES["US"][2])
    w.j.trigger(c.i, "expansion", day.toordinal())
    w.note("event", kind="expansion", company=c.domain, day=day.isoformat(), city=city)
    events.expansion_row(
        w,
        c,
        day,
        r,
        {
            "expansion_type": r.choice(["new_office", "new_market"]),
            "city": city,
            "country": "US",
            "address": f"{r.randrange(10, 990)} Example Avenue, {city}, {state}",
            "size_sqft": r.randrange(4, 120) * 500,
        },
    )


def _jobs(w: World, c: Company, day: date, r: random.Random) -> None:
    title, department = r.choice(JOBS)
    if department in LIFTING_DEPARTMENTS:
        w.j.trigger(c.i, "job_posting", day.toordinal())
    for n in range(r.choice([1, 1, 2, 4])):
        low = r.randrange(50, 160) * 1000
        events.report_row(
            w,
            "job_posting",
            c,
            day + timedelta(days=r.randrange(0, 4)),
            {
                "company_name": name_variant(c, "job", day),
                "company_domain": c.domain,
                "title": title,
                "posted_on": (day - timedelta(days=n)).isoformat(),
                "url": f"https://jobs.example/{c.i}/{day:%y%m%d}/{n}",
                "location": f"{c.city}, {c.state or c.country}",
                "country": c.country,
                "department": department,
                "employment_type": "full_time",
                "remote": r.choice(["true", "false", "hybrid"]),
                "description": f"{c.name} is hiring. You will work with documents, signatures and people.",
                "salary_min": low,
                "salary_max": low + 30_000,
                "currency": "USD",
                "job_id": f"jp-{c.i}-{day:%y%m%d}-{n}",
            },
            r,
        )


def _technology(w: World, c: Company, day: date, r: random.Random) -> None:
    name, category = r.choice(TECHNOLOGIES)
    status = weighted(r, [("added", 6), ("removed", 3), ("current", 2)])
    if category in LIFTING_CATEGORIES:
        w.j.trigger(c.i, "technology_adoption", day.toordinal())
    events.report_row(
        w,
        "technology",
        c,
        day + timedelta(days=r.randrange(0, 6)),
        {
            "company_domain": c.domain,
            "technology": name,
            "category": category,
            "status": status,
            "first_seen": day.isoformat(),
            "last_seen": (day + timedelta(days=1)).isoformat(),
            "confidence": round(r.uniform(0.5, 0.99), 2),
            "vendor_id": f"te-{c.i}-{day:%y%m%d}",
        },
        r,
    )


def _rumour(w: World, c: Company, day: date, r: random.Random) -> None:
    """Said, but not so: nothing happened at the company."""
    other = w.company(SPECIAL + r.randrange(max(1, w.n - SPECIAL)))
    if c.is_public:
        accession = filings.eight_k(
            w.store, c, day, [("8.01", prose.rumour(r, c.legal_name, other.legal_name))], reported=day, key="rumour", is_true=False
        )
        w.note("filing", accession=accession, company=c.domain, kind="rumour")
        return
    events.report_row(
        w,
        "funding",
        c,
        day,
        {
            "company_name": name_variant(c, "rumour", day),
            "company_domain": c.domain,
            "announced_on": day.isoformat(),
            "round_type": "Series Unknown",
            "amount": r.randrange(2, 50) * 1_000_000,
            "currency": "USD",
            "source_url": f"https://gossip.example/{c.i}-{day:%y%m%d}",
            "vendor_id": f"ru-{c.i}-{day:%y%m%d}",
        },
        r,
        true=False,
    )


def _routine_8k(w: World, c: Company, day: date, n: int) -> None:
    """What listed companies file all year: results, dividends, pay, annual meetings."""
    r = dice(w.seed, "routine", day.toordinal(), n, c.i)
    kind = weighted(r, [("2.02", 35), ("8.01", 30), ("pay", 18), ("5.07", 12), ("loan", 5)])
    said = day - timedelta(days=r.randrange(0, 4))
    person = " ".join(p for p in invented_name("officer", c.i, 0) if p)
    items = {
        "2.02": lambda: [("2.02", prose.results(r, c.legal_name, said))],
        "8.01": lambda: [("8.01", prose.other_event(r, c.legal_name, said))],
        "pay": lambda: [("5.02", prose.pay_only(r, c.legal_name, person, r.choice(events.OFFICERS), said))],
        "5.07": lambda: [
            (
                r.choice(["5.07", "5.07", "5.02"]),
                prose.re_election(r, c.legal_name, [" ".join(invented_name("dir", c.i, k)[::2]) for k in range(4)], said),
            )
        ],
        "loan": lambda: [("1.01", prose.loan(r, c.legal_name, r.randrange(10, 400) * 1_000_000, said))],
    }[kind]()
    filings.eight_k(w.store, c, day, items, reported=said, key=("routine", n), is_true=False)


_HANDLERS = {
    "funding_round": events.funding,
    "executive_change": events.executive,
    "acquisition": events.acquisition,
    "job_posting": _jobs,
    "technology_adoption": _technology,
    "expansion": _expansion,
    "rumour": _rumour,
}
