"""People of a company: a pure function of (seed, company, chair). The 6sense directory, the CRM and the product draw from them.

(seed, i, k) → `Person`. Does not belong here: who of them stands in which vendor (`crm.py`, `product.py`).
"""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass

from sandbox.dice import dice, weighted
from sandbox.market.companies import FREE_MAIL, Company, company
from sandbox.market.words import CHAIRS, FAMILY, GIVEN


@dataclass(frozen=True)
class Person:
    """One person. `grade` is the directory's confidence in the address; `reachable` whether mail arrives at all."""

    people_id: str
    company: int
    chair: int
    first: str
    last: str
    title: str
    level: str
    function: str
    email: str
    grade: str
    phone: str
    linkedin: str
    country: str
    reachable: bool
    warmth: float  # multiplies the chance of an answer

    @property
    def full_name(self) -> str:
        return f"{self.first} {self.last}"


def ascii_(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode()
    return "".join(ch for ch in folded.lower() if ch.isalnum())


def headcount(c: Company) -> int:
    """How many of its people the directory knows."""
    return max(3, min(len(CHAIRS), int(2 + math.log2(max(2, c.employees)))))


def person(seed: int, i: int, k: int) -> Person:
    """Chair k of company i; k runs from 0 to headcount - 1."""
    r = dice(seed, "person", i, k)
    c = company(seed, i)
    first, last = r.choice(GIVEN), r.choice(FAMILY)
    title, level, function = CHAIRS[k % len(CHAIRS)]
    tail = f"{ascii_(first)}.{ascii_(last)}"
    return Person(
        f"P{i:07d}{k:03d}",
        i,
        k,
        first,
        last,
        title,
        level,
        function,
        f"{tail}{k if r.random() < 0.03 else ''}@{c.domain}",
        weighted(r, [("A+", 40), ("A", 30), ("B", 18), ("C", 12)]),
        f"+1-202-555-{100 + r.randrange(100):04d}",
        f"https://profiles.example/in/{tail.replace('.', '-')}-{i}{k}",
        "DE" if r.random() < 0.035 else c.country,
        r.random() > 0.045,
        r.uniform(0.6, 1.4),
    )


def person_of_id(seed: int, people_id: str, companies: int) -> Person | None:
    """The person a directory id stands for, or None when no such id was ever given out."""
    if len(people_id) != 11 or not people_id.startswith("P") or not people_id[1:].isdigit():
        return None
    i, k = int(people_id[1:8]), int(people_id[8:])
    if i >= companies or k >= headcount(company(seed, i)):
        return None
    return person(seed, i, k)


def free_mail(p: Person) -> str:
    """The private address of a person, on a free-mail host."""
    return f"{ascii_(p.first)}.{ascii_(p.last)}{p.company % 100}@{FREE_MAIL}"


def invented_name(*key: object) -> tuple[str, str, str]:
    """First, middle initial ("" for most) and last name of somebody who is in no directory."""
    r = dice("somebody", *key)
    return r.choice(GIVEN), f"{r.choice('ABCDEFGHJKLMNPRSTW')}." if r.random() < 0.35 else "", r.choice(FAMILY)
