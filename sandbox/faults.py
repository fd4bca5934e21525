"""Faults, switched on per vendor: refusals, errors, writes that apply and then say nothing, cut bodies, drift, repeats, loops.

`Faults.on(vendor, kind, share, on, times)` → the ASGI wrapper (`wire.py`) and the vendors' own modules ask `hit(vendor, kind)`.
Which request is hit follows from a counter, not from chance in time. Does not belong here: how a vendor words an error.
"""

from __future__ import annotations

import re
from contextvars import ContextVar
from dataclasses import asdict, dataclass, field
from typing import Any

from sandbox.dice import dice
from sandbox.store import Store

KINDS = (
    "429", "5xx", "402", "timeout_applied", "hang", "half_failed", "truncated", "duplicate_pages", "paging_loop", "token_expiry",
    "schema_drift", "down", "empty",
)  # fmt: skip
VENDORS = ("salesforce", "outreach", "sixsense", "edgar", "slack", "product_db", "file_drop")
DEFAULT_SHARE = 0.2
_ONLY = {  # who else would not know what to do with it
    "402": ("sixsense",),
    "half_failed": ("salesforce",),
}
_KNOWS = {"product_db": ("down",), "file_drop": ("truncated", "schema_drift", "empty", "duplicate_pages")}

# the request at hand, as `write POST /api/v2/prospects` or `read GET …`; `wire.py` sets it
REQUEST: ContextVar[str] = ContextVar("request", default="")


@dataclass(frozen=True)
class Strike:
    """`share` of the requests are struck; only those in whose text `on` is found; `times` at most (0: without end)."""

    share: float = DEFAULT_SHARE
    on: str = ""
    times: int = 0


@dataclass
class Faults:
    store: Store
    active: dict[str, dict[str, Strike]] = field(default_factory=dict)
    asked: dict[tuple[str, str], int] = field(default_factory=dict)
    struck: dict[tuple[str, str], int] = field(default_factory=dict)  # since switched on

    def __post_init__(self) -> None:
        kept = self.store.get("faults") or {}
        self.active = {vendor: {kind: Strike(**how) for kind, how in kinds.items()} for vendor, kinds in kept.items()}

    def on(self, vendor: str, kind: str, share: float = DEFAULT_SHARE, *, on: str = "", times: int = 0) -> None:
        """Raises ValueError for a vendor, kind, share, pattern or number that there is not."""
        self._check(vendor, kind)
        if not 0 < share <= 1:
            raise ValueError(f"share is above 0 and at most 1, not {share}")
        if times < 0:
            raise ValueError(f"times is 0 (without end) or more, not {times}")
        if kind not in _KNOWS.get(vendor, KINDS):
            raise ValueError(f"{vendor} knows {', '.join(_KNOWS[vendor])}, not {kind}")
        if vendor not in _ONLY.get(kind, VENDORS):
            raise ValueError(f"{kind} is a fault of {', '.join(_ONLY[kind])} alone")
        if on and vendor in _KNOWS:
            raise ValueError(f"{vendor} has no requests that `on` could choose from")
        try:
            re.compile(on)
        except re.error as bad:
            raise ValueError(f"on is a pattern over `write POST /path`, and {on!r} is none: {bad}") from None
        self.active.setdefault(vendor, {})[kind] = Strike(share, on, times)
        self.asked.pop((vendor, kind), None)
        self.struck.pop((vendor, kind), None)
        self._keep()

    def off(self, vendor: str, kind: str | None = None) -> None:
        self._check(vendor, kind or KINDS[0])
        if kind is None:
            self.active.pop(vendor, None)
        else:
            self.active.get(vendor, {}).pop(kind, None)
        self._keep()

    def _keep(self) -> None:
        self.store.put("faults", self.report())

    def report(self) -> dict[str, dict[str, dict[str, Any]]]:
        """What is on, as JSON."""
        return {vendor: {kind: asdict(how) for kind, how in kinds.items()} for vendor, kinds in self.active.items() if kinds}

    @staticmethod
    def _check(vendor: str, kind: str) -> None:
        if vendor not in VENDORS:
            raise ValueError(f"no vendor {vendor}; there are {', '.join(VENDORS)}")
        if kind not in KINDS:
            raise ValueError(f"no fault {kind}; there are {', '.join(KINDS)}")

    def hit(self, vendor: str, kind: str) -> bool:
        """Whether this request is struck. The first one that `on` finds after switching on always is."""
        how = self.active.get(vendor, {}).get(kind)
        if how is None or not re.search(how.on, REQUEST.get()):
            return False
        key = (vendor, kind)
        n, done = self.asked.get(key, 0), self.struck.get(key, 0)
        if how.times and done >= how.times:
            return False
        self.asked[key] = n + 1
        is_struck = n == 0 or dice("fault", vendor, kind, n).random() < how.share
        self.struck[key] = done + is_struck
        return is_struck
