"""How 6sense spells a company and a person: three spellings of one concept, as with the vendor.

company, person of the market → JSON objects of scoring, search and enrichment. Does not belong here: who is found (`sixsense.py`).
"""

from __future__ import annotations

from typing import Any

from sandbox.dice import dice
from sandbox.market.companies import Company
from sandbox.market.people import Person


def employee_range(n: int) -> str:
    for top, words in (
        (10, "1 - 9"),
        (50, "10 - 49"),
        (200, "50 - 199"),
        (1000, "200 - 999"),
        (5000, "1,000 - 4,999"),
        (10_000, "5,000 - 9,999"),
    ):
        if n < top:
            return words
    return "10,000+"


def company(c: Company) -> dict[str, Any]:
    r = dice("scribe", c.i)
    return {
        "domain": c.domain,
        "name": c.name,
        "region": "Northern America" if c.country in {"US", "CA"} else "Europe",
        "country": {"US": "United States", "CA": "Canada", "GB": "United Kingdom", "DE": "Germany", "FR": "France"}[c.country],
        "countryISOCode": c.country,
        "state": c.state_name.title(),
        "city": c.city,
        "streetAddress": "",
        "postalCode": c.postal,
        "companyPhone": "",
        "industry": c.industry,
        "employeeRange": employee_range(c.employees),
        "employeeCount": str(c.employees) if r.random() < 0.9 else "",
        "revenueRange": "",
        "annualRevenue": str(c.revenue_usd) if r.random() < 0.8 else "",
        "siccode": c.sic,
        "sicdescription": "",
        "naicscode": "",
        "naicsdescription": "",
    }


def has_email(p: Person) -> bool:
    return dice("has email", p.people_id).random() < 0.9


def summary(p: Person, c: Company) -> dict[str, Any]:
    return {
        "id": p.people_id,
        "firstName": p.first,
        "lastName": p.last,
        "fullName": p.full_name,
        "jobTitle": p.title,
        "jobFunction": p.function,
        "jobLevel": p.level,
        "location": f"{c.city}, {p.country}",
        "country": p.country,
        "linkedinUrl": p.linkedin,
        "hasEmail": has_email(p),
        "hasPhone": True,
        "hasMobilePhone": p.chair % 3 == 0,
        "company": {"name": c.name, "domain": c.domain},
    }


def contact(item: dict[str, Any], p: Person, c: Company) -> dict[str, Any]:
    known = has_email(p)
    return {
        "id": p.people_id,
        "email": p.email if known else "",
        "emailConfidence": p.grade if known else "",
        "fullName": p.full_name,
        "firstName": p.first,
        "lastName": p.last,
        "jobTitle": p.title,
        "jobFunction": p.function,
        "jobLevel": p.level,
        "jobSeniority": p.level,
        "phone": p.phone,
        "mobilePhone": p.phone if p.chair % 3 == 0 else "",
        "linkedinUrl": p.linkedin,
        "location": f"{c.city}, {p.country}",
        "country": p.country,
        "company": {
            "id": str(c.i),
            "name": c.name,
            "domain": c.domain,
            "country": c.country,
            "state": c.state,
            "city": c.city,
            "industry": c.industry,
            "employees": c.employees,
        },
        "referenceKeys": item.get("referenceKeys") or {},
    }
