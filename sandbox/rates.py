"""Rate limits in sandbox time, and what was counted: requests, refusals, the peak against the limit.

request → `Limits.take` → allowed, or the seconds until there is room. A window is never shorter than one second on the wall:
at speed 60 a wall millisecond is sixty of the vendor's, and jitter that no client controls would be refused.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class Window:
    """At most `limit` requests within any `seconds` of sandbox time (stretched as above)."""

    limit: int
    seconds: float
    speed: float = 1.0
    taken: deque[float] = field(default_factory=deque)
    peak: int = 0

    def __post_init__(self) -> None:
        stretch = max(1.0, self.speed / self.seconds)
        self.limit, self.seconds = int(self.limit * stretch), self.seconds * stretch

    def _forget(self, at: float) -> None:
        while self.taken and self.taken[0] <= at - self.seconds:
            self.taken.popleft()

    def take(self, at: float) -> float:
        """0.0 when the request at instant `at` (seconds) may pass, else the sandbox seconds until one may."""
        self._forget(at)
        if len(self.taken) >= self.limit:
            return max(0.001, self.taken[0] + self.seconds - at)
        self.taken.append(at)
        self.peak = max(self.peak, len(self.taken))
        return 0.0

    def remaining(self, at: float) -> int:
        self._forget(at)
        return self.limit - len(self.taken)

    def resets_in(self, at: float) -> float:
        self._forget(at)
        return self.taken[0] + self.seconds - at if self.taken else 0.0


@dataclass
class Counts:
    requests: int = 0
    refused: int = 0  # 429s (or the vendor's own word for it) because of a limit
    faults: int = 0
    by_status: dict[str, int] = field(default_factory=dict)
    by_route: dict[str, int] = field(default_factory=dict)


class Limits:
    """All windows by (vendor, what it is counted per), and the counts by vendor."""

    def __init__(self, speed: float) -> None:
        self.speed = speed
        self.windows: dict[tuple[str, str], Window] = {}
        self.counts: dict[str, Counts] = {}

    def of(self, vendor: str) -> Counts:
        return self.counts.setdefault(vendor, Counts())

    def window(self, vendor: str, per: str, limit: int, seconds: float) -> Window:
        return self.windows.setdefault((vendor, per), Window(limit, seconds, self.speed))

    def take(self, vendor: str, per: str, limit: int, seconds: float, now: datetime) -> float:
        wait = self.window(vendor, per, limit, seconds).take(now.timestamp())
        if wait:
            self.of(vendor).refused += 1
        return wait

    def report(self) -> dict[str, object]:
        return {
            vendor: {
                "requests": c.requests,
                "refused_429": c.refused,
                "faults": c.faults,
                "by_status": c.by_status,
                "by_route": c.by_route,
                "windows": {
                    per: {"limit": w.limit, "seconds": w.seconds, "peak": w.peak, "peak_share": round(w.peak / w.limit, 4)}
                    for (v, per), w in self.windows.items()
                    if v == vendor
                },
            }
            for vendor, c in sorted(self.counts.items())
        }
