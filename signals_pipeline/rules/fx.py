"""US dollars per unit of a currency, by the seed `fx_monthly`. Approximate: a row for a year ("2015") holds its average;
a row for a month ("2015-07") goes before it. No rate, no conversion: nothing is guessed.

amount, currency, day → `to_usd` → US dollars | None.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from signals_pipeline.rules.seeds import seed


@cache
def _rates() -> dict[tuple[str, str], Decimal]:
    return {(str(r["currency"]), str(r["month"])): Decimal(str(r["usd_per_unit"])) for r in seed("fx_monthly")}


def to_usd(amount: Decimal | None, currency: str | None, day: date | None) -> Decimal | None:
    """The amount in US dollars of its day, to the cent; None without amount, currency, day or rate."""
    if amount is None or currency is None:
        return None
    if currency == "USD":
        return amount
    if day is None:
        return None
    rate = _rates().get((currency, f"{day:%Y-%m}")) or _rates().get((currency, f"{day:%Y}"))
    return (amount * rate).quantize(Decimal("0.01"), ROUND_HALF_UP) if rate else None
