"""What the people before us did on each day of the history, so that outcomes stand on day one.

intent of the day → a few prospects in sequences (`prospects.py`). Does not belong here: what comes of them (`engage.py`).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

import numpy as np

from sandbox.dice import day_dice, dice, weighted
from sandbox.market import crm
from sandbox.market.companies import SPECIAL
from sandbox.market.engage import SOURCES
from sandbox.market.people import headcount, person
from sandbox.market.prospects import enrol, new_prospect

if TYPE_CHECKING:
    from sandbox.world import World


def team(w: World, day: date) -> None:
    """What the people before us did on a day of the history: some picked by intent, some by news, some off a list."""
    if day.weekday() >= 5:
        return
    g = day_dice(w.seed, day.toordinal(), "former team")
    wanted = max(2, w.n // 210)
    order = np.argsort(g.random(w.n) + np.where(w.j.intent > 44, 0.0, 0.55))
    done = 0
    for i in order[: wanted * 6].tolist():
        if done == wanted:
            break
        c, r = w.company(i), dice(w.seed, "former", i, day.toordinal())
        if i < SPECIAL or (w.j.customer[i] and r.random() < 0.97):
            continue
        sequence = weighted(
            r,
            [
                ("Intent Surge", 5 if w.j.intent[i] > 44 else 0.3),
                ("Company News", 3),
                ("Product Signup", 2 if w.j.last[i, -1] else 0.1),
                ("Outbound 2025", 3),
            ],
        )
        p = person(w.seed, i, r.randrange(headcount(c)))
        prospect = new_prospect(
            w, c, p, crm.at(day, 13), custom={"custom1": SOURCES[sequence], "custom2": "contacted", "custom3": str(int(w.j.intent[i]))}
        )
        if enrol(w, prospect, sequence, datetime.combine(day, time(14, r.randrange(60)), UTC)):
            done += 1
