"""Hidden buying journeys: one array element per company; a day is one vectorised step.

(seed, day) → stage moves. Triggers (a round, a new executive) raise the hazard for sixty days, so true signals mean something.
Does not belong here: what anybody can observe (`intent.py`, `triggers.py`, `product.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sandbox.dice import day_dice
from sandbox.market.arrays import Array, Arrays
from sandbox.market.companies import SPECIAL, company

TARGET, AWARENESS, CONSIDERATION, DECISION, PURCHASE = range(5)
UP = np.array([0.009, 0.022, 0.032, 0.040, 0.0])  # daily hazard of the next stage, before appetite and triggers
DOWN = np.array([0.0, 0.016, 0.012, 0.010, 0.0])
ENDS = 0.06  # daily hazard that a purchase was made (elsewhere) and the journey is over
BOOST_DAYS = 60
SETTLING_DAYS = 500
EVENTS_A_DAY = 0.0085  # per company, about what `triggers.py` makes
IN_CRM = 0.62  # share of the companies
LIFT, STEADY = 3.0, 0.4  # what a trigger does to the hazards of the next stage and of falling back
KINDS = ("funding_round", "executive_change", "acquisition", "job_posting", "technology_adoption", "expansion", "product")


def push(appetite: Array, stage: Array | int) -> Array:
    """Daily hazard of the next stage, before triggers."""
    found: Array = UP[stage] * (0.15 + 1.6 * appetite) * (appetite > 0)
    return found


@dataclass
class Journeys(Arrays):
    """State of all companies. Days are proleptic ordinals; `last` holds the day of the last true event per kind."""

    appetite: Array
    target: Array
    employees: Array
    is_public: Array
    files: Array
    in_crm: Array
    in_sixsense: Array
    product_affinity: Array
    stage: Array
    since: Array
    boost: Array  # day until which a trigger raises the hazards
    rest: Array  # day until which nothing begins
    customer: Array
    open_deal: Array
    seen_stage: Array  # what 6sense believes
    intent: Array
    last: Array

    @classmethod
    def new(cls, seed: int, n: int, first_day: int) -> Journeys:
        facts = np.array([(c.appetite, c.target, c.employees, c.is_public, bool(c.cik)) for c in (company(seed, i) for i in range(n))])
        g = day_dice(seed, 0, "static")
        u = g.random((n, 4))
        blank = np.zeros(n, dtype=np.int32)
        made = cls(
            appetite=facts[:, 0],
            target=facts[:, 1],
            employees=facts[:, 2].astype(np.int32),
            is_public=facts[:, 3] > 0,
            files=facts[:, 4] > 0,
            in_crm=u[:, 0] < IN_CRM,
            in_sixsense=u[:, 1] < 0.96,
            product_affinity=np.where(u[:, 2] < 0.4, u[:, 3], 0.0),
            stage=np.zeros(n, dtype=np.int8),
            since=blank + first_day,
            boost=blank.copy(),
            rest=blank.copy(),
            customer=np.zeros(n, dtype=bool),
            open_deal=np.zeros(n, dtype=bool),
            seen_stage=np.zeros(n, dtype=np.int8),
            intent=np.zeros(n),
            last=np.zeros((n, len(KINDS)), dtype=np.int32),
        )
        made.in_sixsense[:SPECIAL] = False
        made.in_crm[:SPECIAL] = True
        for day in range(first_day - SETTLING_DAYS, first_day):  # let stages, boosts and rests spread before anything is recorded
            made.step(seed, day)
            made.boost[day_dice(seed, day, "before").random(n) < EVENTS_A_DAY] = day + BOOST_DAYS
        return made

    def step(self, seed: int, day: int) -> list[tuple[int, int, int]]:
        """One day; returns moves as (company, from, to)."""
        u = day_dice(seed, day, "journey").random((len(self.stage), 2))
        before = self.stage.copy()
        lift = np.where(self.boost >= day, LIFT, 1.0)
        up = u[:, 0] < push(self.appetite, before) * lift * (self.rest < day)
        down = ~up & (u[:, 1] < DOWN[before] * np.where(self.boost >= day, STEADY, 1.0))
        over = (before == PURCHASE) & (u[:, 1] < ENDS) & ~self.open_deal
        self.stage = (before + up - down).astype(np.int8)
        self.stage[over] = TARGET
        self.rest[over] = day + 240
        moved = np.flatnonzero(self.stage != before)
        self.since[moved] = day
        return [(int(i), int(before[i]), int(self.stage[i])) for i in moved]

    def trigger(self, i: int, kind: str, day: int) -> None:
        self.boost[i] = max(int(self.boost[i]), day + BOOST_DAYS)
        self.last[i, KINDS.index(kind)] = day

    def bought(self, i: int, day: int) -> None:
        """It bought from us: the journey is over, and it is a customer."""
        self.customer[i], self.open_deal[i], self.stage[i], self.rest[i] = True, False, TARGET, day + 400
