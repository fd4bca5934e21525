"""The hidden truth's own probabilities: how likely each company is to open a deal within so many days, from its hidden state alone.

journeys, the rates of what may happen → `chances` (one number per company), exact but for rounding of appetite and affinity.
Does not belong here: what did happen. Nobody who learns may read this; learning is judged by it.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from sandbox.market import events, product, triggers
from sandbox.market.arrays import Array
from sandbox.market.companies import SPECIAL
from sandbox.market.deals import ORGANIC
from sandbox.market.journeys import BOOST_DAYS, DOWN, ENDS, LIFT, PURCHASE, STEADY, TARGET, Journeys, push

HORIZON_DAYS = 60
_APPETITES, _AFFINITIES = np.linspace(0, 1, 101), np.linspace(0, 1, 11)


def chances(j: Journeys, today: date, horizon_days: int = HORIZON_DAYS) -> Array:
    """P(a deal is opened on one of `horizon_days` days, `today` the first) without anybody writing, per company.

    `j` stands as after the roll of `today`. Deals drawn on a weekend open on Monday. Customers, competitors and the seller: 0.
    """
    day = today.toordinal()
    end = today + timedelta(days=horizon_days - 1)
    counts = [_opens(today + timedelta(days=k)) <= end for k in range(horizon_days)]
    waiting = sum(_opens(today - timedelta(days=k)) >= today for k in (1, 2))  # drawn on the weekend, not opened yet
    appetite, affinity = np.round(j.appetite * 100).astype(int), np.round(j.product_affinity * 10).astype(int)
    left, rest = np.clip(j.boost - day, 0, BOOST_DAYS), np.clip(j.rest - day, 0, horizon_days - 1)
    resting = (rest > 0) & (j.stage == TARGET)
    quiet = np.ones((len(_APPETITES), len(_AFFINITIES), 5, BOOST_DAYS + 1))  # P(no deal) on the last k days, by state before them
    none = np.ones(len(j.stage))
    for k in range(1, horizon_days):
        quiet = _a_day_earlier(quiet, k, counts[horizon_days - k])
        over = resting & (rest == horizon_days - 1 - k)
        none[over] = quiet[appetite[over], affinity[over], TARGET, np.maximum(0, left[over] - rest[over])] * _still(rest[over])
    awake = ~resting
    none[awake] = quiet[appetite[awake], affinity[awake], j.stage[awake], left[awake]]
    none[resting & (rest == horizon_days - 1)] = _still(horizon_days - 1)
    found: Array = 1 - none * (1 - ORGANIC[j.stage]) ** (waiting + counts[0])
    found[:SPECIAL], found[j.customer] = 0.0, 0.0
    return found


def _a_day_earlier(quiet: Array, k: int, counts: bool) -> Array:
    """P(no deal) on k days from that on the last k - 1 of them: a step of the journey, a trigger perhaps, a deal perhaps."""
    out = np.empty_like(quiet)
    draw = ORGANIC if counts else np.zeros_like(ORGANIC)
    after = np.empty_like(quiet)  # by stage after the step, and days of boost left before the triggers of the day
    for stage in range(5):
        odds = _trigger(stage)[None, :, None]
        after[:, :, stage] = (1 - draw[stage]) * ((1 - odds) * quiet[:, :, stage] + odds * quiet[:, :, stage, -1:])
    for stage in range(5):
        for left, lift, hold in ((slice(0, 1), 1.0, 1.0), (slice(1, None), LIFT, STEADY)):
            went = slice(0, 1) if left.start == 0 else slice(0, BOOST_DAYS)
            if stage == PURCHASE:
                out[:, :, stage, left] = (1 - ENDS) * after[:, :, stage, went] + ENDS * _still(k)
                continue
            up = np.minimum(1.0, push(_APPETITES, stage) * lift)[:, None, None]
            down = (1 - up) * DOWN[stage] * hold
            lower = after[:, :, max(stage - 1, TARGET), went]
            out[:, :, stage, left] = up * after[:, :, stage + 1, went] + down * lower + (1 - up - down) * after[:, :, stage, went]
    return out


def _trigger(stage: int) -> Array:
    """Chance per day that something happens which lifts the hazards, by affinity."""
    hires = events.CHANGES
    shares: dict[str, float] = {
        "executive_change": 1 - hires["departure"] / sum(hires.values()),
        "job_posting": float(np.mean([d in triggers.LIFTING_DEPARTMENTS for _, d in triggers.JOBS])),
        "technology_adoption": float(np.mean([c in triggers.LIFTING_CATEGORIES for _, c in triggers.TECHNOLOGIES])),
        "rumour": 0.0,
    }
    told = sum(float(rate) * shares.get(name, 1.0) for name, rate in zip(triggers.NAMES, triggers.RATES, strict=True))
    found: Array = told * (triggers.HEAT if stage >= 2 else 1.0) + product.SIGNUP[stage] * (_AFFINITIES + product.STRAY)
    return found


def _still(days: Array | int) -> Array:
    """P(no deal) while a company rests."""
    found: Array = (1 - ORGANIC[TARGET]) ** np.asarray(days)
    return found


def _opens(drawn: date) -> date:
    return drawn + timedelta(days=max(0, 7 - drawn.weekday()) if drawn.weekday() >= 5 else 0)
