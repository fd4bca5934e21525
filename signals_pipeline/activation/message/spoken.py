"""How a person would say it: company names without their legal tail, amounts in words, and outside text made harmless.

"ACME HOLDINGS, INC." → "Acme Holdings"; 25000000 → "$25 million".
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

_LEGAL = re.compile(
    r"[\s,]+(incorporated|inc|corporation|corp|company|co|limited|ltd|llc|l\.l\.c"
    r"|llp|lp|l\.p|plc|gmbh|ag|s\.?a|n\.?v|b\.?v|pty|holdings? plc)\.?$",
    re.IGNORECASE,
)
_HARMFUL = re.compile(r"[{}<>\[\]|`\\\"]|\$\{|%7B|%7D", re.IGNORECASE)
_LINK = re.compile(r"(https?://|www\.)\S*", re.IGNORECASE)


def harmless(text: str | None, limit: int = 200) -> str:
    """One line without markup, merge braces, links, control characters or a leading formula sign; at most `limit` characters."""
    clean = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in (text or ""))
    clean = _HARMFUL.sub(" ", _LINK.sub(" ", clean))
    clean = re.sub(r"\s+", " ", clean).strip().lstrip("=+-@ ")
    return clean[:limit].rstrip()


def spoken_company(name: str | None) -> str:
    """The company's name as it is said aloud; '' when there is none."""
    clean = harmless(name, 80).replace("&", " and ")
    clean = re.sub(r"\s*\([^)]*\)", "", re.sub(r"\s+", " ", clean)).strip(" ,.")
    while (shorter := _LEGAL.sub("", clean).strip(" ,.")) and shorter != clean:
        clean = shorter
    return _cased(clean.removesuffix(" and"))


def spoken_first_name(name: str | None) -> str:
    """The first word of a first name, cased; '' when it is none (digits, initials, several people)."""
    word = harmless(name, 40).split(" ")[0].strip(".,")
    if len(word) < 2 or not all(c.isalpha() or c in "-'’" for c in word):
        return ""
    return word.capitalize() if word.isupper() else _cased(word)


def spoken_amount(amount: Decimal | float | None, currency: str | None) -> str:
    """25000000, USD → "$25 million"; '' when unknown. Rounded down to three digits, never up."""
    if not amount or amount <= 0:
        return ""
    sign = {"USD": "$", "EUR": "€", "GBP": "£"}.get(currency or "")
    for size, word in ((10**9, " billion"), (10**6, " million"), (1, "")):
        if amount >= size:
            number = float(amount) / size
            digits = 0 if number >= 100 or word == "" else 1
            shown = f"{int(number * 10**digits) / 10**digits:,.{digits}f}".removesuffix(".0")
            return f"{sign}{shown}{word}" if sign else f"{shown}{word} {harmless(currency, 3)}".strip()
    return ""


def _cased(text: str) -> str:
    """Shouted or whispered names get capitals; mixed case stays as it is written. Short all-capital words stay (IBM)."""
    if text.isupper():
        return " ".join(w if len(w) <= 3 else w.capitalize() for w in text.split(" "))
    return text if text != text.lower() else " ".join(w[:1].upper() + w[1:] for w in text.split(" "))
