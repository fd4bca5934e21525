"""What 6sense believes: a lagged, noisy view of the hidden journey, for the companies that it knows at all.

journeys → seen stage, intent score, profile fit, topics, segments. State only: yesterday's view is gone, as with the vendor.
Does not belong here: the endpoints (`vendors/sixsense.py`).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sandbox.dice import day_dice, dice
from sandbox.market.companies import Company, fit_of
from sandbox.market.journeys import Journeys

TOPICS = ("digital notarization", "remote online closing", "eSignature", "identity verification", "document management", "payroll")
SEGMENTS = {4713: "High intent surge", 4720: "Awareness accounts", 4731: "Mortgage and title ICP", 4788: "Visited pricing page"}


def step(j: Journeys, seed: int, day: int) -> None:
    """The vendor recomputes: most accounts follow the truth with a lag of some days, a few are simply wrong."""
    u = day_dice(seed, day, "intent").random((len(j.stage), 3))
    follow = u[:, 0] < 0.35
    seen = np.where(follow, j.stage, j.seen_stage)
    wrong = u[:, 1] < 0.0012
    seen = np.where(wrong, np.minimum(seen + 2, 4), seen)
    j.seen_stage = seen.astype(np.int8)
    goal = 12 + 19.5 * seen + (u[:, 2] - 0.5) * 26
    j.intent = np.clip(0.6 * j.intent + 0.4 * goal, 1, 99)


def profile_of(c: Company) -> tuple[int, str]:
    """Profile score 0-100 and its word, a static fact of the account."""
    score = int(max(2, min(98, 100 * fit_of(c.target, c.employees, c.country) + dice("profile", c.i).uniform(-12, 12))))
    return score, "Strong" if score >= 62 else "Moderate" if score >= 34 else "Weak"


def topic_of(c: Company, stage: int) -> str:
    return dice("topic", c.i, stage).choice(TOPICS[:4] if stage >= 2 else TOPICS)


def _share(i: int, salt: int) -> float:
    """A fixed share of 0..1 per company, cheap enough to ask for a whole market."""
    return ((i * 2_654_435_761 + salt * 40_503) >> 8) % 10_000 / 10_000


def segments_of(j: Journeys, c: Company) -> list[int]:
    """Segment ids of an account today. 4713 is Decision and Purchase with high intent, and a few that do not belong."""
    if not j.in_sixsense[c.i]:
        return []
    stage, found = int(j.seen_stage[c.i]), []
    surge = stage >= 3 and j.intent[c.i] >= 55
    if surge or _share(c.i, 11) < 0.008:
        found.append(4713)
    if stage == 1:
        found.append(4720)
    if c.industry in {"Mortgage Lending", "Title & Escrow"}:
        found.append(4731)
    if stage >= 2 and _share(c.i, 23) < 0.3:
        found.append(4788)
    return found


def members(j: Journeys, segment: int, facts: Callable[[int], Company]) -> list[int]:
    """Indexes of the accounts of a segment; `facts` looks a company up."""
    return [int(i) for i in np.flatnonzero(j.in_sixsense) if segment in segments_of(j, facts(int(i)))]
