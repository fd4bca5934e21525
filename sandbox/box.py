"""What every endpoint is handed: store, market, clock, limits, faults, credentials.

`serve.py` builds it → `app.py` and the vendors use it. Does not belong here: behaviour.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.clock import Clock, stamp
from sandbox.faults import Faults
from sandbox.rates import Limits
from sandbox.store import Store
from sandbox.world import World


def secret(seed: int, name: str, length: int = 40) -> str:
    """An invented credential, the same for the same seed."""
    return hashlib.sha256(f"{seed}/{name}".encode()).hexdigest()[:length]


@dataclass
class Box:
    store: Store
    world: World
    clock: Clock
    limits: Limits
    faults: Faults
    base_url: str = ""

    def now(self) -> datetime:
        return self.clock.now()

    def stamp(self) -> str:
        return stamp(self.clock.now())

    def secret(self, name: str, length: int = 40) -> str:
        return secret(self.world.seed, name, length)

    def settle(self) -> bool:
        return self.world.settle(self.clock.now())

    def status(self) -> dict[str, Any]:
        return {"now": self.clock.now().isoformat(), "speed": self.clock.speed, **self.world.summary(), "faults": self.faults.report()}
