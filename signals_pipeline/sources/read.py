"""Strict readers of a vendor's values: the right type, None, or a reject that says which field was wrong.

vendor value → typed Python value. Raises SkipRecord (`missing_field`, `wrong_type`) for the one record.
Does not belong here: what a field means (each source's `row`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from signals_pipeline.errors import SkipRecord
from signals_pipeline.keys import domain_of
from signals_pipeline.rules.seeds import seed

Record = Mapping[str, Any]


def dumps(value: Any) -> str:
    """A vendor's record as JSON text, keys in the vendor's order; days and instants as ISO text."""
    return _ENCODER.encode(value)


def _plain(value: Any) -> Any:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain)


def wrong(name: str, value: Any, expected: str) -> SkipRecord:
    return SkipRecord("wrong_type", f"{name} is {type(value).__name__} {str(value)[:60]!r}, expected {expected}")


def need(record: Record, name: str) -> Any:
    """A field that must be there and filled."""
    value = record.get(name)
    if value is None or value == "":
        raise SkipRecord("missing_field", f"{name} is {'empty' if name in record else 'absent'}")
    return value


def text(record: Record, name: str) -> str | None:
    """Text, trimmed; the empty text is None. Numbers are not text."""
    value = record.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise wrong(name, value, "text")
    return value.strip() or None


def need_text(record: Record, name: str) -> str:
    need(record, name)
    found = text(record, name)
    if found is None:
        raise SkipRecord("missing_field", f"{name} is blank")
    return found


def whole(record: Record, name: str) -> int | None:
    """A whole number; `250`, `250.0`, `"250"` and `"1,250"` count, the empty text is None."""
    found = real(record, name)
    if found is None:
        return None
    if found != int(found):
        raise wrong(name, record.get(name), "a whole number")
    return int(found)


def need_whole(record: Record, name: str) -> int:
    need(record, name)
    found = whole(record, name)
    if found is None:
        raise SkipRecord("missing_field", f"{name} is blank")
    return found


def real(record: Record, name: str) -> float | None:
    value = record.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        raise wrong(name, value, "a number")
    try:
        found = float(value.replace(",", "")) if isinstance(value, str) else float(value)
    except ValueError:
        raise wrong(name, value, "a number") from None
    if not math.isfinite(found):
        raise wrong(name, value, "a finite number")
    return found


def money(record: Record, name: str) -> Decimal | None:
    """An amount in its own currency's units, to the cent."""
    value = record.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        raise wrong(name, value, "an amount")
    try:
        found = Decimal(str(value).replace(",", "").strip()).quantize(Decimal("0.01"))
    except InvalidOperation:
        raise wrong(name, value, "an amount") from None
    if not found.is_finite() or abs(found) >= Decimal(10) ** 16:
        raise wrong(name, value, "an amount below 10^16")
    return found


def flag(record: Record, name: str) -> bool | None:
    value = record.get(name)
    if value is None or isinstance(value, bool):
        return value
    raise wrong(name, value, "true or false")


def day(record: Record, name: str) -> date | None:
    """An ISO day; an instant counts by its own date."""
    value = record.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        raise wrong(name, value, "a day")
    try:
        return date.fromisoformat(value.strip()[:10])
    except ValueError:
        raise wrong(name, value, "a day as YYYY-MM-DD") from None


def instant(record: Record, name: str) -> datetime | None:
    """An aware UTC instant; one without a zone is taken as UTC (the vendors pulled here say UTC)."""
    value = record.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            raise wrong(name, value, "an ISO instant") from None
    if not isinstance(value, datetime):
        raise wrong(name, value, "an instant")
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)


def naive(value: datetime | None) -> datetime | None:
    """Naive UTC, as the lake's typed columns keep instants."""
    return value.astimezone(UTC).replace(tzinfo=None) if value else None


def stamp(record: Record, name: str) -> datetime | None:
    """`instant`, naive UTC."""
    return naive(instant(record, name))


def end_of_day(value: date) -> datetime:
    """The last second of a UTC day: what a source that names only a day had said by then at the latest."""
    return datetime.combine(value, time(0), tzinfo=UTC) + timedelta(days=1, seconds=-1)


@cache
def free_mail() -> frozenset[str]:
    """Registrable domains whose mailboxes belong to nobody's company."""
    return frozenset(str(r["domain"]) for r in seed("free_mail_domains"))


def company_domain(value: str | None) -> str | None:
    """The registrable domain of a URL, host or address; None for free mail, which is no company's domain."""
    found = domain_of(value)
    return None if found in free_mail() else found
