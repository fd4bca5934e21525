"""The large events of a company: rounds, executives, acquisitions; and the row with which a closed vendor reports any event.

event → Form D, 8-K, file row, each with its delay and its spelling of the name; the truth is noted beside.
Does not belong here: when something happens (`triggers.py`).
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sandbox.dice import weighted
from sandbox.market import files, filings, prose
from sandbox.market.companies import SPECIAL, Company, name_variant
from sandbox.market.people import invented_name

if TYPE_CHECKING:
    from sandbox.world import World

ROUNDS = (
    ("seed", 22, 1.2, 6),
    ("series_a", 26, 5, 22),
    ("series_b", 20, 15, 55),
    ("series_c", 12, 40, 120),
    ("venture", 8, 3, 30),
    ("debt_financing", 12, 2, 40),
)
LABELS = {
    "series_a": ("Series A", "series_a", "A"),
    "series_b": ("Series B", "series_b", "B"),
    "series_c": ("Series C", "series_c"),
    "seed": ("Seed", "seed"),
    "venture": ("Venture - Series Unknown", "series_unknown"),
    "debt_financing": ("Debt Financing", "debt"),
}
CHANGES = {"new_hire": 6, "departure": 3, "promotion": 1}
OFFICERS = (
    "Chief Executive Officer",
    "Chief Financial Officer",
    "Chief Operating Officer",
    "General Counsel",
    "Chief Technology Officer",
    "Chief Compliance Officer",
    "Vice President, Operations",
    "Chief Product Officer",
    "Head of Risk",
)


def registry(c: Company, r: random.Random) -> str:
    return f"CIK{c.cik}" if c.cik and r.random() < 0.3 else ""


def report_row(w: World, template: str, c: Company, day: date, values: dict[str, Any], r: random.Random, *, true: bool = True) -> None:
    """A vendor's row about a company: with or without domain, now and then broken; the truth notes whose it is."""
    if r.random() < 0.38 and template != "technology":
        values = {**values, "company_domain": ""}
    if r.random() < 0.012:
        values = files.broken(template, values, c.i, day.toordinal())
    files.row(w.store, template, day.toordinal(), values)
    w.note(
        "file_row",
        template=template,
        day=day.isoformat(),
        company=c.domain,
        is_true=true,
        name=values.get("company_name", ""),
        key=values.get("vendor_id") or values.get("job_id") or values.get("source_url"),
    )


def funding(w: World, c: Company, day: date, r: random.Random) -> None:
    kind, _, low, high = weighted(r, [(row, row[1]) for row in ROUNDS])
    sold = int(r.uniform(low, high) * 20) * 50_000
    label = r.choice(LABELS[kind])
    w.j.trigger(c.i, "funding_round", day.toordinal())
    w.note("event", kind="funding_round", company=c.domain, day=day.isoformat(), round_type=kind, amount_usd=sold)
    if c.cik and kind != "debt_financing" and r.random() < 0.8:
        late = r.randrange(2, 16) if r.random() < 0.9 else r.randrange(16, 40)
        filed = day + timedelta(days=late)
        unsold = r.random() < 0.06
        accession = filings.form_d(
            w.store,
            c,
            filed,
            sold=0 if unsold else sold,
            offering=int(sold * r.choice([1, 1, 1.2, 1.5])),
            first_sale=None if unsold else day,
        )
        w.note("filing", accession=accession, company=c.domain, kind="funding_round", amount_usd=sold)
        if r.random() < 0.15:
            again = filings.form_d(
                w.store,
                c,
                filed + timedelta(days=r.randrange(15, 60)),
                sold=int(sold * r.uniform(1.0, 1.4)),
                offering=int(sold * 1.5),
                first_sale=day,
                amends=accession,
            )
            w.note("filing", accession=again, company=c.domain, kind="amendment", amends=accession)
    if c.is_public and kind == "debt_financing":
        filings.eight_k(
            w.store,
            c,
            day + timedelta(days=r.randrange(1, 5)),
            [
                ("1.01", prose.loan(r, c.legal_name, sold, day)),
                ("2.03", ["The information set forth under Item 1.01 is incorporated herein by reference."]),
            ],
            reported=day,
            key="loan",
            is_true=True,
        )
    if not c.cik or r.random() < 0.72:
        said = day + timedelta(days=r.randrange(0, 11))
        investors = [f"{invented_name('investor', c.i, k)[2]} Ventures" for k in range(r.randrange(1, 4))]
        currency = {"GB": "GBP", "CA": "CAD", "DE": "EUR", "FR": "EUR"}.get(c.country, "USD")
        amount = sold if r.random() < 0.6 else int(sold * r.uniform(0.95, 1.05)) // 10_000 * 10_000
        report_row(
            w,
            "funding",
            c,
            said + timedelta(days=r.randrange(0, 4)),
            {
                "company_name": name_variant(c, "funding", day),
                "company_domain": c.domain,
                "registry_id": registry(c, r),
                "announced_on": said.isoformat(),
                "round_type": label,
                "amount": amount if r.random() < 0.93 else "",
                "currency": currency,
                "closed_on": day.isoformat() if r.random() < 0.4 else "",
                "investors": ";".join(investors),
                "lead_investor": investors[0] if r.random() < 0.6 else "",
                "source_url": f"https://news.example/{c.domain.split('.')[0]}-{label.lower().replace(' ', '-')}-{day:%Y%m%d}",
                "vendor_id": f"fr-{c.i}-{day:%y%m%d}",
            },
            r,
        )


def executive(w: World, c: Company, day: date, r: random.Random) -> None:
    first, middle, last = invented_name(w.seed, "exec", c.i, day.toordinal())
    person, title = " ".join(p for p in (first, middle, last) if p), r.choice(OFFICERS)
    change = weighted(r, list(CHANGES.items()))
    effective = day + timedelta(days=r.choice([0, 0, 14, 30, 45]))
    before = f"{r.choice(['Brookfinch', 'Ashbury', 'Oakline'])} {r.choice(['Partners', 'Bank', 'Systems'])}"
    if change != "departure":
        w.j.trigger(c.i, "executive_change", day.toordinal())
    w.note("event", kind="executive_change", company=c.domain, day=day.isoformat(), person=person, title=title, change_type=change)
    if c.is_public and r.random() < 0.85:
        old = invented_name(w.seed, "old", c.i, day.toordinal())
        facts = {
            "person": person,
            "title": title,
            "change_type": "departure" if change == "departure" else "new_hire",
            "before": before,
            "old": f"{old[0]} {old[2]}" if change != "departure" and r.random() < 0.4 else "",
        }
        accession = filings.eight_k(
            w.store,
            c,
            day + timedelta(days=r.randrange(1, 5)),
            filings.change_paragraphs(r, c, facts, day, effective),
            reported=day,
            key="502",
            is_true=True,
        )
        w.note("filing", accession=accession, company=c.domain, kind="executive_change", person=person, title=title)
    if not c.is_public or r.random() < 0.6:
        report_row(
            w,
            "executive_change",
            c,
            day + timedelta(days=r.randrange(0, 8)),
            {
                "company_name": name_variant(c, "exec", day),
                "company_domain": c.domain,
                "registry_id": registry(c, r),
                "person_name": person if r.random() < 0.8 else f"{first} {last}",
                "title": title.replace("Vice President", "VP") if r.random() < 0.4 else title,
                "change_type": {
                    "new_hire": r.choice(["new_hire", "Hired", "joined"]),
                    "departure": r.choice(["departure", "Left"]),
                    "promotion": "promotion",
                }[change],
                "announced_on": day.isoformat(),
                "effective_on": effective.isoformat() if r.random() < 0.7 else "",
                "previous_company": before if change == "new_hire" else "",
                "linkedin_url": f"https://profiles.example/in/{first}-{last}-{c.i}".lower(),
                "vendor_id": f"ex-{c.i}-{day:%y%m%d}",
            },
            r,
        )


def acquisition(w: World, c: Company, day: date, r: random.Random) -> None:
    other = w.company(SPECIAL + r.randrange(max(1, w.n - SPECIAL)))
    price = int(r.lognormvariate(17.5, 1.1)) // 100_000 * 100_000 + 500_000
    w.j.trigger(c.i, "acquisition", day.toordinal())
    w.note("event", kind="acquisition", company=c.domain, other=other.domain, day=day.isoformat(), amount_usd=price)
    close = day + timedelta(days=r.randrange(25, 80))
    if c.is_public:
        a = filings.eight_k(
            w.store,
            c,
            day + timedelta(days=2),
            [("1.01", prose.agreement(r, c.legal_name, other.legal_name, price, day))],
            reported=day,
            key="101",
            is_true=True,
        )
        b = filings.eight_k(
            w.store,
            c,
            close + timedelta(days=2),
            [("2.01", prose.completion(r, c.legal_name, other.legal_name, price, close))],
            reported=close,
            key="201",
            is_true=True,
        )
        for accession in (a, b):
            w.note("filing", accession=accession, company=c.domain, kind="acquisition", other=other.domain)
    if not c.is_public or r.random() < 0.5:
        expansion_row(
            w,
            c,
            day,
            r,
            {"expansion_type": "acquisition", "target_company": name_variant(other, "target", day), "deal_size": price, "currency": "USD"},
        )


def expansion_row(w: World, c: Company, day: date, r: random.Random, values: dict[str, Any]) -> None:
    report_row(
        w,
        "expansion",
        c,
        day + timedelta(days=r.randrange(0, 12)),
        {
            "company_name": name_variant(c, "expansion", day),
            "company_domain": c.domain,
            "registry_id": registry(c, r),
            "announced_on": day.isoformat(),
            "effective_on": (day + timedelta(days=r.randrange(20, 120))).isoformat() if r.random() < 0.5 else "",
            "source_url": f"https://news.example/expansion/{c.i}-{day:%Y%m%d}",
            **values,
        },
        r,
    )
