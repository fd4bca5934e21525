"""Faults, switched on per vendor: refusals, errors, writes that apply and then say nothing, cut bodies, drift, repeats, loops.

`Faults.on(vendor, kind, share)` → the ASGI wrapper (`wire.py`) and the vendors' paging ask `hit(vendor, kind)`.
Which request is hit follows from a counter, not from chance in time. Does not belong here: how a vendor words an error.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sandbox.dice import dice
from sandbox.store import Store

KINDS = ("429", "5xx", "timeout_applied", "truncated", "duplicate_pages", "paging_loop", "token_expiry", "schema_drift", "down", "empty")
VENDORS = ("salesforce", "outreach", "sixsense", "edgar", "slack", "product_db", "file_drop")
DEFAULT_SHARE = 0.2


@dataclass
class Faults:
    store: Store
    active: dict[str, dict[str, float]] = field(default_factory=dict)
    asked: dict[tuple[str, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.active = self.store.get("faults") or {}

    def on(self, vendor: str, kind: str, share: float = DEFAULT_SHARE) -> None:
        """Raises ValueError for a vendor, kind or share that there is not."""
        self._check(vendor, kind)
        if not 0 < share <= 1:
            raise ValueError(f"share is above 0 and at most 1, not {share}")
        if vendor == "product_db" and kind != "down":
            raise ValueError("the product database knows one fault: down")
        if vendor == "file_drop" and kind not in {"truncated", "schema_drift", "empty", "duplicate_pages"}:
            raise ValueError("dropped files know truncated, schema_drift, empty, duplicate_pages")
        self.active.setdefault(vendor, {})[kind] = share
        self.asked.pop((vendor, kind), None)
        self.store.put("faults", self.active)

    def off(self, vendor: str, kind: str | None = None) -> None:
        self._check(vendor, kind or KINDS[0])
        if kind is None:
            self.active.pop(vendor, None)
        else:
            self.active.get(vendor, {}).pop(kind, None)
        self.store.put("faults", self.active)

    @staticmethod
    def _check(vendor: str, kind: str) -> None:
        if vendor not in VENDORS:
            raise ValueError(f"no vendor {vendor}; there are {', '.join(VENDORS)}")
        if kind not in KINDS:
            raise ValueError(f"no fault {kind}; there are {', '.join(KINDS)}")

    def hit(self, vendor: str, kind: str) -> bool:
        """Whether this request is struck. The first one after switching on always is."""
        share = self.active.get(vendor, {}).get(kind)
        if share is None:
            return False
        n = self.asked.get((vendor, kind), 0)
        self.asked[vendor, kind] = n + 1
        return n == 0 or dice("fault", vendor, kind, n).random() < share
