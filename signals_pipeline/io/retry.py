"""When to try again, and how long to wait: the rules of `io/http.py`, as functions.

status, headers → `retry_after` (vendor seconds) · attempt → `backoff` (vendor seconds, full jitter).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

AGAIN = frozenset({429, 500, 502, 503, 504})
NOT_APPLIED = frozenset({429, 503})  # the vendor refused before doing anything: a write may be sent again


@dataclass(frozen=True)
class RetryPolicy:
    """`attempts` in all; waits in vendor seconds. A Retry-After above `longest_wait_s` pauses the source instead."""

    attempts: int = 5
    base_s: float = 0.5
    cap_s: float = 30.0
    longest_wait_s: float = 120.0

    def backoff(self, attempt: int, random: Callable[[], float]) -> float:
        """Full jitter: anywhere between zero and the doubled step."""
        return random() * min(self.cap_s, self.base_s * 2.0**attempt)


def retry_after(response: httpx.Response, now: Callable[[], datetime], *, simulated: bool = False) -> float | None:
    """Vendor seconds to wait, from Retry-After as seconds, HTTP date or ISO timestamp; None when absent or unreadable.

    A date is measured against the answer's own Date header, so that neither clock needs to be right; with a simulated
    clock against ours, which is then the vendor's too. A date in the past is 0.
    """
    text = response.headers.get("retry-after", "").strip()
    if not text:
        return None
    try:
        return max(0.0, float(text))
    except ValueError:
        pass  # not seconds: a date, or nothing we can read
    until = _instant(text)
    if until is None:
        return None
    told = None if simulated else _instant(response.headers.get("date", ""))
    return max(0.0, (until - (told or now())).total_seconds())


def _instant(text: str) -> datetime | None:
    for parse in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            found = parse(text)
        except (ValueError, TypeError):
            continue
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None
