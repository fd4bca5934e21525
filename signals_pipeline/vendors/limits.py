"""What each vendor allows, declared once. `io/pacing.py` keeps to it; seconds are vendor time.

A name with a dot is a group of a vendor that has a token and a limit of its own.
"""

from __future__ import annotations

from signals_pipeline.errors import Permanent
from signals_pipeline.io.pacing import Limit, Limits
from signals_pipeline.rules.names import nearest

LIMITS: dict[str, Limits] = {
    # daily quota only; the header Sforce-Limit-Info is the counter (vendors/salesforce.py stops before the end)
    "salesforce": Limits(concurrency=8),
    "outreach": Limits((Limit(10_000, 3600, "window"),), concurrency=8, max_wait_s=3700),  # per user
    "sixsense.scoring": Limits((Limit(100, 60),), concurrency=8),
    "sixsense.segments": Limits((Limit(100, 60),), concurrency=2),
    "sixsense.search": Limits((Limit(100, 60),), concurrency=8),
    "sixsense.enrichment": Limits((Limit(20, 1),), concurrency=4),
    # 10/s is the law for all machines of an address together; breaking it blocks us for ten minutes
    "sec_edgar": Limits((Limit(5, 1),), concurrency=8),
    "slack": Limits((Limit(1, 1),), concurrency=1),
    "product_db": Limits(concurrency=1),
}


def limits(name: str) -> Limits:
    """The declared limits of a vendor or group. Raises Permanent with the nearest name when there is none."""
    try:
        return LIMITS[name]
    except KeyError:
        raise Permanent(f"vendors/limits.py declares no {name}{nearest(name, LIMITS)}") from None
