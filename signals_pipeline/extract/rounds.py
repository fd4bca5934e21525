"""Names of rounds → the seed's enum: seed, series_a, series_b, series_c, series_d_plus, ipo, debt, grant, unknown.

Anything that does not say which round it is stays `unknown`; nothing is guessed from the amount.
"""

from __future__ import annotations

import re

_EXACT = {
    "seed": "seed", "pre_seed": "seed", "preseed": "seed", "angel": "seed", "convertible_note": "seed", "safe": "seed",
    "a": "series_a", "b": "series_b", "c": "series_c", "ipo": "ipo", "post_ipo": "ipo", "debt": "debt", "debt_round": "debt",
    "debt_financing": "debt", "venture_debt": "debt", "term_loan": "debt", "credit_facility": "debt", "grant": "grant",
    "growth": "series_d_plus", "growth_equity": "series_d_plus", "private_equity": "series_d_plus", "late_stage": "series_d_plus",
}  # fmt: skip


def round_type(told: str | None) -> str:
    """The enum value of a round's name as a source writes it ("Series B", "b", "post_ipo_equity", "angel")."""
    key = re.sub(r"[^a-z0-9]+", "_", (told or "").lower()).strip("_")
    if key in _EXACT:
        return _EXACT[key]
    if key.startswith("post_ipo_debt"):
        return "debt"
    if key.startswith("post_ipo"):
        return "ipo"
    if found := re.fullmatch(r"(?:series_)?([a-z])(?:_?\d+)?(?:_(?:round|extension|prime|plus|first_close|second_tranche))*", key):
        letter = found[1]
        if letter in "abc":
            return f"series_{letter}"
        return "series_d_plus" if "d" <= letter <= "j" else "unknown"
    if found := re.match(r"(seed|angel|pre_seed)(?:_(?:extension|plus|round))+$", key):
        return "seed"
    return "unknown"
