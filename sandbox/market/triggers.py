"""What happens at companies and who reports it: rounds, executives, acquisitions, postings, technology, new offices, rumours.

(seed, day) → events → filings and file rows with their delays and name variants; true ones raise the journey's hazard.
Does not belong here: journeys themselves (`journeys.py`), how files and documents look (`files.py`, `prose.py`).
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.dice import day_dice, dice, weighted
from sandbox.market import files, filings, prose
from sandbox.market.companies import SPECIAL, Company, name_variant
from sandbox.market.people import invented_name
from sandbox.market.words import PLACES

if TYPE_CHECKING:
    from sandbox.world import World

ROUNDS = (("seed", 22, 1.2, 6), ("series_a", 26, 5, 22), ("series_b", 20, 15, 55), ("series_c", 12, 40, 120),
          ("venture", 8, 3, 30), ("debt_financing", 12, 2, 40))  # fmt: skip
LABELS = {"series_a": ("Series A", "series_a", "A"), "series_b": ("Series B", "series_b", "B"), "series_c": ("Series C", "series_c"),
          "seed": ("Seed", "seed"), "venture": ("Venture - Series Unknown", "series_unknown"), "debt_financing": ("Debt Financing", "debt")}  # fmt: skip
OFFICERS = ("Chief Executive Officer", "Chief Financial Officer", "Chief Operating Officer", "General Counsel", "Chief Technology Officer",
            "Chief Compliance Officer", "Vice President, Operations", "Chief Product Officer", "Head of Risk")  # fmt: skip
TECHNOLOGIES = (("DocuVault", "document management"), ("SignQuill", "eSignature"), ("Stampwell", "digital notarization"), ("LedgerPeak", "accounting"),
                ("KYCheck", "identity verification"), ("CloseDesk", "title production"), ("MailRiver", "marketing automation"))  # fmt: skip
JOBS = (("Closing Coordinator", "Operations"), ("Remote Notary Lead", "Operations"), ("Director of Digital Closings", "Operations"),
        ("Compliance Analyst", "Legal"), ("Identity Product Manager", "Product"), ("Backend Engineer", "Engineering"),
        ("Account Executive", "Sales"), ("Staff Accountant", "Finance"), ("HR Generalist", "People"))  # fmt: skip
RATES = np.array([0.0013, 0.0021, 0.00035, 0.0045, 0.0030, 0.0008, 0.00025])  # per company and day; the last are rumours
NAMES = ("funding_round", "executive_change", "acquisition", "job_posting", "technology_adoption", "expansion", "rumour")


def step(w: World, day: date) -> None:
    """Everything that happens on one day, reported on it or later."""
    ordinal = day.toordinal()
    u = day_dice(w.seed, ordinal, "triggers").random((w.n, len(RATES)))
    u[:SPECIAL] = 1.0
    heat = np.where(w.j.stage >= 2, 1.8, 1.0)[:, None]
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


def _registry(c: Company, r: random.Random) -> str:
    return f"CIK{c.cik}" if c.cik and r.random() < 0.3 else ""


def _row(w: World, template: str, c: Company, day: date, values: dict[str, Any], r: random.Random, *, true: bool = True) -> None:
    """A vendor's row about a company: with or without domain, now and then broken; the truth notes whose it is."""
    if r.random() < 0.38 and template != "technology":
        values = {**values, "company_domain": ""}
    if r.random() < 0.012:
        values = files.broken(template, values, c.i, day.toordinal())
    files.row(w.store, template, day.toordinal(), values)
    w.note("file_row", template=template, day=day.isoformat(), company=c.domain, is_true=true, name=values.get("company_name", ""),
           key=values.get("vendor_id") or values.get("job_id") or values.get("source_url"))  # fmt: skip


def _funding(w: World, c: Company, day: date, r: random.Random) -> None:
    kind, _, low, high = weighted(r, [(row, row[1]) for row in ROUNDS])
    sold = int(r.uniform(low, high) * 20) * 50_000
    label = r.choice(LABELS[kind])
    w.j.trigger(c.i, "funding_round", day.toordinal())
    w.note("event", kind="funding_round", company=c.domain, day=day.isoformat(), round_type=kind, amount_usd=sold)
    if c.cik and kind != "debt_financing" and r.random() < 0.8:
        late = r.randrange(2, 16) if r.random() < 0.9 else r.randrange(16, 40)
        filed = day + timedelta(days=late)
        unsold = r.random() < 0.06
        accession = filings.form_d(w.store, c, filed, sold=0 if unsold else sold, offering=int(sold * r.choice([1, 1, 1.2, 1.5])),
                                   first_sale=None if unsold else day)  # fmt: skip
        w.note("filing", accession=accession, company=c.domain, kind="funding_round", amount_usd=sold)
        if r.random() < 0.15:
            again = filings.form_d(w.store, c, filed + timedelta(days=r.randrange(15, 60)), sold=int(sold * r.uniform(1.0, 1.4)),
                                   offering=int(sold * 1.5), first_sale=day, amends=accession)  # fmt: skip
            w.note("filing", accession=again, company=c.domain, kind="amendment", amends=accession)
    if c.is_public and kind == "debt_financing":
        filings.eight_k(w.store, c, day + timedelta(days=r.randrange(1, 5)), [("1.01", prose.loan(r, c.legal_name, sold, day)),
                        ("2.03", ["The information set forth under Item 1.01 is incorporated herein by reference."])],
                        reported=day, key="loan", is_true=True)  # fmt: skip
    if not c.cik or r.random() < 0.72:
        said = day + timedelta(days=r.randrange(0, 11))
        investors = [f"{invented_name('investor', c.i, k)[2]} Ventures" for k in range(r.randrange(1, 4))]
        currency = {"GB": "GBP", "CA": "CAD", "DE": "EUR", "FR": "EUR"}.get(c.country, "USD")
        amount = sold if r.random() < 0.6 else int(sold * r.uniform(0.95, 1.05)) // 10_000 * 10_000
        _row(w, "funding", c, said + timedelta(days=r.randrange(0, 4)), {
            "company_name": name_variant(c, "funding", day), "company_domain": c.domain, "registry_id": _registry(c, r), "announced_on": said.isoformat(),
            "round_type": label, "amount": amount if r.random() < 0.93 else "", "currency": currency, "closed_on": day.isoformat() if r.random() < 0.4 else "",
            "investors": ";".join(investors), "lead_investor": investors[0] if r.random() < 0.6 else "",
            "source_url": f"https://news.example/{c.domain.split('.')[0]}-{label.lower().replace(' ', '-')}-{day:%Y%m%d}", "vendor_id": f"fr-{c.i}-{day:%y%m%d}",
        }, r)  # fmt: skip


def _executive(w: World, c: Company, day: date, r: random.Random) -> None:
    first, middle, last = invented_name(w.seed, "exec", c.i, day.toordinal())
    person, title = " ".join(p for p in (first, middle, last) if p), r.choice(OFFICERS)
    change = weighted(r, [("new_hire", 6), ("departure", 3), ("promotion", 1)])
    effective = day + timedelta(days=r.choice([0, 0, 14, 30, 45]))
    before = f"{r.choice(['Brookfinch', 'Ashbury', 'Oakline'])} {r.choice(['Partners', 'Bank', 'Systems'])}"
    if change != "departure":
        w.j.trigger(c.i, "executive_change", day.toordinal())
    w.note("event", kind="executive_change", company=c.domain, day=day.isoformat(), person=person, title=title, change_type=change)
    if c.is_public and r.random() < 0.85:
        old = invented_name(w.seed, "old", c.i, day.toordinal())
        facts = {"person": person, "title": title, "change_type": "departure" if change == "departure" else "new_hire", "before": before,
                 "old": f"{old[0]} {old[2]}" if change != "departure" and r.random() < 0.4 else ""}  # fmt: skip
        accession = filings.eight_k(w.store, c, day + timedelta(days=r.randrange(1, 5)), filings.change_paragraphs(r, c, facts, day, effective),
                                    reported=day, key="502", is_true=True)  # fmt: skip
        w.note("filing", accession=accession, company=c.domain, kind="executive_change", person=person, title=title)
    if not c.is_public or r.random() < 0.6:
        _row(w, "executive_change", c, day + timedelta(days=r.randrange(0, 8)), {
            "company_name": name_variant(c, "exec", day), "company_domain": c.domain, "registry_id": _registry(c, r),
            "person_name": person if r.random() < 0.8 else f"{first} {last}", "title": title.replace("Vice President", "VP") if r.random() < 0.4 else title,
            "change_type": {"new_hire": r.choice(["new_hire", "Hired", "joined"]), "departure": r.choice(["departure", "Left"]), "promotion": "promotion"}[change],
            "announced_on": day.isoformat(), "effective_on": effective.isoformat() if r.random() < 0.7 else "",
            "previous_company": before if change == "new_hire" else "", "linkedin_url": f"https://profiles.example/in/{first}-{last}-{c.i}".lower(),
            "vendor_id": f"ex-{c.i}-{day:%y%m%d}",
        }, r)  # fmt: skip


def _acquisition(w: World, c: Company, day: date, r: random.Random) -> None:
    other = w.company(SPECIAL + r.randrange(max(1, w.n - SPECIAL)))
    price = int(r.lognormvariate(17.5, 1.1)) // 100_000 * 100_000 + 500_000
    w.j.trigger(c.i, "acquisition", day.toordinal())
    w.note("event", kind="acquisition", company=c.domain, other=other.domain, day=day.isoformat(), amount_usd=price)
    close = day + timedelta(days=r.randrange(25, 80))
    if c.is_public:
        a = filings.eight_k(w.store, c, day + timedelta(days=2), [("1.01", prose.agreement(r, c.legal_name, other.legal_name, price, day))], reported=day, key="101", is_true=True)
        b = filings.eight_k(w.store, c, close + timedelta(days=2), [("2.01", prose.completion(r, c.legal_name, other.legal_name, price, close))], reported=close, key="201", is_true=True)
        for accession in (a, b):
            w.note("filing", accession=accession, company=c.domain, kind="acquisition", other=other.domain)
    if not c.is_public or r.random() < 0.5:
        _expansion_row(w, c, day, r, {"expansion_type": "acquisition", "target_company": name_variant(other, "target", day), "deal_size": price, "currency": "USD"})


def _expansion(w: World, c: Company, day: date, r: random.Random) -> None:
    state, _, city, _ = r.choice(PLACES["US"][2])
    w.j.trigger(c.i, "expansion", day.toordinal())
    w.note("event", kind="expansion", company=c.domain, day=day.isoformat(), city=city)
    _expansion_row(w, c, day, r, {"expansion_type": r.choice(["new_office", "new_market"]), "city": city, "country": "US",
                                  "address": f"{r.randrange(10, 990)} Example Avenue, {city}, {state}", "size_sqft": r.randrange(4, 120) * 500})  # fmt: skip


def _expansion_row(w: World, c: Company, day: date, r: random.Random, values: dict[str, Any]) -> None:
    _row(w, "expansion", c, day + timedelta(days=r.randrange(0, 12)), {
        "company_name": name_variant(c, "expansion", day), "company_domain": c.domain, "registry_id": _registry(c, r), "announced_on": day.isoformat(),
        "effective_on": (day + timedelta(days=r.randrange(20, 120))).isoformat() if r.random() < 0.5 else "",
        "source_url": f"https://news.example/expansion/{c.i}-{day:%Y%m%d}", **values}, r)  # fmt: skip


def _jobs(w: World, c: Company, day: date, r: random.Random) -> None:
    title, department = r.choice(JOBS)
    if department in {"Operations", "Legal", "Product"}:
        w.j.trigger(c.i, "job_posting", day.toordinal())
    for n in range(r.choice([1, 1, 2, 4])):
        low = r.randrange(50, 160) * 1000
        _row(w, "job_posting", c, day + timedelta(days=r.randrange(0, 4)), {
            "company_name": name_variant(c, "job", day), "company_domain": c.domain, "title": title, "posted_on": (day - timedelta(days=n)).isoformat(),
            "url": f"https://jobs.example/{c.i}/{day:%y%m%d}/{n}", "location": f"{c.city}, {c.state or c.country}", "country": c.country,
            "department": department, "employment_type": "full_time", "remote": r.choice(["true", "false", "hybrid"]),
            "description": f"{c.name} is hiring. You will work with documents, signatures and people.", "salary_min": low, "salary_max": low + 30_000,
            "currency": "USD", "job_id": f"jp-{c.i}-{day:%y%m%d}-{n}"}, r)  # fmt: skip


def _technology(w: World, c: Company, day: date, r: random.Random) -> None:
    name, category = r.choice(TECHNOLOGIES)
    status = weighted(r, [("added", 6), ("removed", 3), ("current", 2)])
    if category in {"eSignature", "digital notarization", "identity verification", "title production"}:
        w.j.trigger(c.i, "technology_adoption", day.toordinal())
    _row(w, "technology", c, day + timedelta(days=r.randrange(0, 6)), {
        "company_domain": c.domain, "technology": name, "category": category, "status": status, "first_seen": day.isoformat(),
        "last_seen": (day + timedelta(days=1)).isoformat(), "confidence": round(r.uniform(0.5, 0.99), 2), "vendor_id": f"te-{c.i}-{day:%y%m%d}"}, r)  # fmt: skip


def _rumour(w: World, c: Company, day: date, r: random.Random) -> None:
    """Said, but not so: nothing happened at the company."""
    other = w.company(SPECIAL + r.randrange(max(1, w.n - SPECIAL)))
    if c.is_public:
        accession = filings.eight_k(w.store, c, day, [("8.01", prose.rumour(r, c.legal_name, other.legal_name))], reported=day, key="rumour", is_true=False)
        w.note("filing", accession=accession, company=c.domain, kind="rumour")
        return
    _row(w, "funding", c, day, {
        "company_name": name_variant(c, "rumour", day), "company_domain": c.domain, "announced_on": day.isoformat(), "round_type": "Series Unknown",
        "amount": r.randrange(2, 50) * 1_000_000, "currency": "USD", "source_url": f"https://gossip.example/{c.i}-{day:%y%m%d}", "vendor_id": f"ru-{c.i}-{day:%y%m%d}"},
        r, true=False)  # fmt: skip


def _routine_8k(w: World, c: Company, day: date, n: int) -> None:
    """What listed companies file all year: results, dividends, pay, annual meetings."""
    r = dice(w.seed, "routine", day.toordinal(), n, c.i)
    kind = weighted(r, [("2.02", 35), ("8.01", 30), ("pay", 18), ("5.07", 12), ("loan", 5)])
    said = day - timedelta(days=r.randrange(0, 4))
    person = " ".join(p for p in invented_name("officer", c.i, 0) if p)
    items = {
        "2.02": lambda: [("2.02", prose.results(r, c.legal_name, said))],
        "8.01": lambda: [("8.01", prose.other_event(r, c.legal_name, said))],
        "pay": lambda: [("5.02", prose.pay_only(r, c.legal_name, person, r.choice(OFFICERS), said))],
        "5.07": lambda: [(r.choice(["5.07", "5.07", "5.02"]), prose.re_election(r, c.legal_name, [" ".join(invented_name("dir", c.i, k)[::2]) for k in range(4)], said))],
        "loan": lambda: [("1.01", prose.loan(r, c.legal_name, r.randrange(10, 400) * 1_000_000, said))],
    }[kind]()  # fmt: skip
    filings.eight_k(w.store, c, day, items, reported=said, key=("routine", n), is_true=False)


_HANDLERS = {"funding_round": _funding, "executive_change": _executive, "acquisition": _acquisition, "job_posting": _jobs,
             "technology_adoption": _technology, "expansion": _expansion, "rumour": _rumour}  # fmt: skip
