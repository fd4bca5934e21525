"""EDGAR's place codes: US states by their letters, provinces and countries by letter and digit.

code → (ISO country, state). A code we do not know gives no country rather than a wrong one.
"""

from __future__ import annotations

_STATES = (
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA "
    "PR RI SC SD TN TX UT VT VA VI WA WV WI WY GU AS"
)
_US = frozenset(_STATES.split())
_CANADA = {"A0": "AB", "A1": "BC", "A2": "MB", "A3": "NB", "A4": "NL", "A5": "NS", "A6": "ON", "A7": "PE", "A8": "QC",
           "A9": "SK", "B0": "YT"}  # fmt: skip
_ELSEWHERE = {"X0": "GB", "Z4": "CA", "L2": "IE", "2M": "DE", "I0": "FR", "P7": "NL", "N4": "LU", "V8": "CH", "L3": "IL",
              "K7": "IN", "F4": "CN", "K3": "HK", "F5": "TW", "M0": "JP", "M5": "KR", "U0": "SG", "C3": "AU", "E9": "KY",
              "D0": "BM", "D8": "VG", "O5": "MX", "D5": "BR"}  # fmt: skip


def place(code: str | None) -> tuple[str | None, str | None]:
    """(country as ISO 3166 alpha-2, state or province) of an EDGAR code."""
    text = (code or "").strip().upper()
    if text in _US:
        return "US", text
    if text in _CANADA:
        return "CA", _CANADA[text]
    return _ELSEWHERE.get(text), None
