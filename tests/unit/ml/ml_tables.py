"""Small tables with a known truth."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ml.table import Table, of_frame


def leads(n: int = 1200, seed: int = 1, skill: float = 1.0, **over: Any) -> pd.DataFrame:
    """Leads by day; `size` and `source` carry the skill, `noise` none. `over` adds columns: a list, or a function of (frame, label)."""
    r = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "created_on": pd.date_range("2024-01-01", periods=n, freq="6h").strftime("%Y-%m-%d %H:%M"),
            "size": r.normal(size=n).round(3), "source": r.choice(["web", "event", "partner", "cold"], size=n),
            "noise": r.normal(size=n).round(3), "lead_id": [f"L{i}" for i in range(n)],
        }
    )  # fmt: skip
    logit = skill * (1.2 * frame["size"] + 1.0 * (frame["source"] == "partner")) - 1
    frame["won"] = (r.random(n) < 1 / (1 + np.exp(-logit))).astype(int)
    for name, made in over.items():
        frame[name] = made(frame, r) if callable(made) else made
    return frame


def table(n: int = 1200, seed: int = 1, skill: float = 1.0, **over: Any) -> Table:
    return of_frame(leads(n, seed, skill, **over), "won", "created_on")
