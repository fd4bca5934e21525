"""Companies: static facts, a pure function of (seed, index); nothing is stored, so any number of them streams.

(seed, i) → `Company`. Names, legal forms and domains repeat on purpose at fixed places: holdings, namesakes in other states.
Does not belong here: what changes from day to day (`journeys.py`), people (`people.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from sandbox.dice import dice, weighted
from sandbox.market.words import FIRST, INDUSTRIES, PLACES, QUALIFIER, SECOND

OWN_DOMAIN = "proof.example"
COMPETITORS = (("Stampwell", "stampwell.example"), ("SignQuill", "signquill.example"), ("Notarium", "notarium.example"))
FREE_MAIL = "freemail.example"
SPECIAL = 4  # indexes 0..2 are the competitors, 3 is the seller itself
APPETITE, LEAST_FIT = 0.5, 0.15
DEAL_USD, DEAL_GROWTH = 3_400, 0.45  # a deal grows with the company, less than in proportion
_PAIRS = len(FIRST) * len(SECOND)


@dataclass(frozen=True)
class Company:
    """One company. `appetite` is its propensity to ever buy (0..1); `deal_usd` what it would pay a year."""

    i: int
    name: str  # spoken name
    legal_name: str
    domain: str
    country: str
    state: str
    state_name: str
    city: str
    postal: str
    industry: str
    target: float
    employees: int
    revenue_usd: int
    is_public: bool
    cik: str  # ten digits, or "" when it never filed
    sic: str
    appetite: float
    deal_usd: int

    @property
    def is_seller_or_competitor(self) -> bool:
        return self.i < SPECIAL


def _base(i: int) -> tuple[str, str]:
    """Spoken stem and slug; unique over all i, by a stride through the pairs of words."""
    pair, turn = (i * 7919 + 13) % _PAIRS, i // _PAIRS
    a, b = FIRST[pair % len(FIRST)], SECOND[pair // len(FIRST)]
    stem, slug = (a + b).capitalize(), a + b
    if turn:
        word = QUALIFIER[(turn - 1) % len(QUALIFIER)]
        stem, slug = f"{word} {stem}", word.lower() + slug
        if (again := (turn - 1) // len(QUALIFIER)) > 0:
            stem, slug = f"{stem} {again + 1}", f"{slug}{again + 1}"
    return stem, slug


@lru_cache(maxsize=65536)
def company(seed: int, i: int) -> Company:
    """The i-th company of the market of this seed."""
    r = dice(seed, "company", i)
    if i < SPECIAL:
        name, domain = ("Proof", OWN_DOMAIN) if i == 3 else COMPETITORS[i]
        return Company(
            i,
            name,
            f"{name}, Inc.",
            domain,
            "US",
            "MA",
            "MASSACHUSETTS",
            "Boston",
            "02110",
            "Software",
            0.0,
            900,
            120_000_000,
            False,
            "",
            "7372",
            0.0,
            0,
        )
    kind = "holding" if i % 97 == 96 else "namesake" if i % 211 == 210 else "plain"
    origin = i if kind == "plain" else i - 1
    stem, slug = _base(origin)
    first = dice(seed, "company", origin)
    industry, words, target = weighted(first, [((n, w, t), weight) for n, weight, w, t in INDUSTRIES])
    word = first.choice(words)
    name = f"{stem} {word}"
    country = weighted(r, [(c, v[0]) for c, v in PLACES.items()])
    _, forms, cities = PLACES[country]
    state, state_name, city, postal = r.choice(cities)
    domain = f"{slug}{word.split()[0].lower()}.example"
    if kind == "holding":
        name, domain = f"{name} Holdings", f"{slug}holdings.example"
    elif kind == "namesake":
        domain = f"{slug}-{(state or country).lower()}{i}.example"
    form = r.choice(forms)
    comma = "," if form in {"Inc.", "LLC", "Corp."} and r.random() < 0.5 else ""
    employees = int(min(60_000, max(4, r.lognormvariate(5.1, 1.5))))
    is_public = country == "US" and employees > 150 and r.random() < 0.3
    files = is_public or (country == "US" and r.random() < 0.4)
    return Company(
        i,
        name,
        f"{name}{comma} {form}",
        domain,
        country,
        state,
        state_name,
        city,
        postal,
        industry,
        target,
        employees,
        int(employees * r.uniform(90_000, 320_000)),
        is_public,
        f"{1_700_000 + i * 7:010d}" if files else "",
        f"{6500 + (i * 37) % 900}",
        appetite_of(fit_of(target, employees, country), r.gauss(0.0, 1.0)),
        int(max(4_000, DEAL_USD * employees**DEAL_GROWTH * r.lognormvariate(0.0, 0.5))),
    )


def fit_of(target: float, employees: int, country: str) -> float:
    """How well a company suits what the seller offers (0..1): industry, size, place. The intent vendor guesses it as its profile score."""
    return target * (1.0 if 50 <= employees <= 20_000 else 0.45) * (1.0 if country in {"US", "CA", "GB"} else 0.5)


def appetite_of(fit: float, luck: float) -> float:
    """Who fits, wants; how much, differs by a tenth or so between companies of one kind. Who hardly fits, never buys."""
    return min(1.0, max(0.0, APPETITE * fit * (1 + 0.1 * luck))) if fit >= LEAST_FIT else 0.0


def name_variant(c: Company, *key: object) -> str:
    """How one more source spells the name: legal, spoken, upper case, other legal form, a typo, a stray blank."""
    r = dice("variant", c.i, *key)
    form = c.legal_name.removeprefix(c.name).strip(", ")
    return weighted(
        r,
        [
            (c.legal_name, 40),
            (c.name, 25),
            (c.legal_name.upper(), 12),
            (f"{c.name}, {form}", 8),
            (c.legal_name.replace("Inc.", "Incorporated").replace("Corp.", "Corporation").replace("Ltd.", "Limited"), 6),
            (f"The {c.name}", 2),
            (c.name.replace("&", "and").replace(" Holdings", " Hldgs"), 2),
            (f" {c.name}  {form}", 2),
            (c.name[:3] + c.name[4:] + f" {form}", 1.5),
            (c.name.split()[0], 1),
        ],
    )
