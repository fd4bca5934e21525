"""Money in text: number, scale, currency, qualifier, place.

text → `find_amounts` → [Amount]. Vague amounts ("nine-figure", "undisclosed") are none. A per-share price is marked as such.
Does not belong here: which of several amounts is the round (`financing.py`, `deals.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

_SIGNS = {
    "US$": "USD",
    "CA$": "CAD",
    "C$": "CAD",
    "Cdn$": "CAD",
    "CAD$": "CAD",
    "AU$": "AUD",
    "A$": "AUD",
    "NZ$": "NZD",
    "S$": "SGD",
    "HK$": "HKD",
    "R$": "BRL",
    "Rs.": "INR",
    "Rs": "INR",
    "$": "USD",
    "£": "GBP",
    "€": "EUR",
    "₹": "INR",
    "₪": "ILS",
    "₩": "KRW",
    "zł": "PLN",
}  # fmt: skip - the yen sign is left out: yen or yuan, only the country knows
_CODES = ("USD", "GBP", "EUR", "CAD", "AUD", "NZD", "SGD", "HKD", "JPY", "CNY", "RMB", "INR", "CHF", "SEK", "NOK", "DKK", "BRL", "PLN",
          "ILS", "NIS", "KRW", "ZAR", "MXN")  # fmt: skip
_ALIASES = {"RMB": "CNY", "NIS": "ILS"}
_WORDS = {
    "dollars": "USD", "u.s. dollars": "USD", "us dollars": "USD", "euros": "EUR", "euro": "EUR", "pounds": "GBP",
    "pounds sterling": "GBP", "canadian dollars": "CAD", "australian dollars": "AUD", "swiss francs": "CHF",
    "japanese yen": "JPY", "yen": "JPY", "renminbi": "CNY",
}  # fmt: skip
_SCALE = {
    "k": 3, "thousand": 3, "m": 6, "mn": 6, "mm": 6, "mil": 6, "million": 6, "millions": 6, "mio": 6,
    "b": 9, "bn": 9, "billion": 9, "mrd": 9, "milliarden": 9, "t": 12, "tn": 12, "trillion": 12, "lakh": 5,
    "lakhs": 5, "crore": 7, "crores": 7,
}  # fmt: skip
_SIGN_RE = "|".join(re.escape(s) for s in sorted(_SIGNS, key=len, reverse=True))
_CODE_RE = "|".join(_CODES)
_NUMBER = r"\d{1,3}(?:[,.' \u00a0]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d+)?"
_SCALE_RE = "|".join(sorted(_SCALE, key=len, reverse=True))
_WORD_RE = "|".join(sorted((re.escape(w) for w in _WORDS), key=len, reverse=True))
_MONEY = re.compile(
    rf"(?:(?P<sign>{_SIGN_RE})|\b(?P<code>{_CODE_RE})\s?\$?)\s?(?P<number>{_NUMBER})(?:[\s-]?(?P<scale>{_SCALE_RE})\b\.?)?"
    rf"|(?<![\w.,])(?P<number2>{_NUMBER})[\s-]?(?:(?P<scale2>{_SCALE_RE})\b\.?\s?)?(?:(?P<code2>{_CODE_RE})\b|(?P<word>{_WORD_RE})\b|"
    rf"(?P<sign2>€|£))",
    re.IGNORECASE,
)
_QUALIFIERS = (
    ("up_to", r"(?:up to|not to exceed|maximum of|as much as)(?: an?)?(?: additional| aggregate(?: of)?)*"),
    ("at_least", r"(?:at least|not less than|minimum of)"),
    ("more_than", r"(?:more than|over|exceeding|in excess of)"),
    ("approximately", r"(?:approximately|about|roughly|nearly|almost|around|some)"),
)
_PER_SHARE = re.compile(
    r"^\s*(?:in cash )?(?:,\s*)?(?:per|a|for each|each)\s+(?:\w+\s+){0,3}?(?:share|unit|ads|debenture|note|warrant)\b|"
    r"^\s*(?:each|apiece)\b(?=[,.;]|\s+for\b|\s*$)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Amount:
    """`value` in whole currency units; `per_share` marks a price, which is no deal size."""

    value: Decimal
    currency: str
    qualifier: str | None
    per_share: bool
    start: int
    end: int


def find_amounts(text: str, start: int = 0, end: int | None = None) -> list[Amount]:
    """Amounts between start and end; a bare $ means US dollars."""
    stop = len(text) if end is None else end
    found = []
    for m in _MONEY.finditer(text, start, stop):
        number, scale = m["number"] or m["number2"], (m["scale"] or m["scale2"] or "").lower()
        value = _number(number)
        currency = _currency(m)
        if value is None or value == 0 or currency is None:
            continue
        before = text[max(start, m.start() - 45) : m.start()]
        qualifier = next((name for name, words in _QUALIFIERS if re.search(rf"{words}\s*$", before, re.IGNORECASE)), None)
        per_share = bool(_PER_SHARE.match(text[m.end() : m.end() + 60]))
        found.append(
            Amount(value.scaleb(_SCALE.get(scale, 0)).quantize(Decimal("0.01")), currency, qualifier, per_share, m.start(), m.end())
        )
    return found


def _currency(m: re.Match[str]) -> str | None:
    sign, code, word = m["sign"] or m["sign2"], m["code"] or m["code2"], m["word"]
    if code:
        return _ALIASES.get(code.upper(), code.upper())
    if word:
        return _WORDS[word.lower()]
    if sign == "$":
        return "USD"
    return _SIGNS.get(sign) or next((c for s, c in _SIGNS.items() if s.lower() == sign.lower()), None)


def _number(text: str) -> Decimal | None:
    """1,500,000 · 1.500.000 · 1 500 000 · 1.5 · 1,5 (a lone comma with other than three digits behind it is decimal)."""
    bare = re.sub(r"[\s\u00a0']", "", text)
    commas, points = bare.count(","), bare.count(".")
    if commas and points:
        last = max(bare.rfind(","), bare.rfind("."))
        bare = re.sub(r"[.,]", "", bare[:last]) + "." + bare[last + 1 :]
    elif commas == 1 and len(bare) - bare.index(",") != 4:
        bare = bare.replace(",", ".")
    elif commas:
        bare = bare.replace(",", "")
    elif points > 1:
        bare = bare.replace(".", "")
    return Decimal(bare) if re.fullmatch(r"\d+(?:\.\d+)?", bare) else None
