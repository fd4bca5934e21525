"""Plans (first call) or applies, over vendors kept in a file, and dies with os._exit at a named step, the way a killed process does.

python apply_in_a_process.py HOME STEP NTH   (STEP `none`: run to the end)
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "unit" / "activation"))

from activation_fakes import DT, State, World

from signals_pipeline.activation import plan
from signals_pipeline.errors import Permanent


def main(home: Path, step: str, nth: int) -> None:
    world = World(home, state=State(home / "vendors.json" if home.exists() else None))
    home.mkdir(exist_ok=True)
    world.state.path = home / "vendors.json"
    world.contact()
    world.contact("bob", "bolt")
    world.alert()
    world.alert(channel="in_app")
    try:
        made = plan.latest(world.rt, DT)
    except Permanent:
        made = world.plan()
    seen = 0

    def die(name: str) -> None:
        nonlocal seen
        seen += name == step
        if name == step and seen == nth:
            os._exit(9)

    world.apply(made, on_step=die)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
