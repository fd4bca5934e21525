"""The three questions, each learned on the earlier days and judged once on the later ones: opportunity or not, when won, how much.

training rows + the champion of now → `relevance`, `time_to_purchase`, `deal_size` → `Verdict` (challenger, whether it takes over, why).
What is judged is what is promoted: nothing is learned anew afterwards, so a champion has never seen the rows that judge its challengers.
Does not belong here: where rows come from (`production.py`), who is champion (`registry.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ml import metrics
from ml.dataset import Dataset
from ml.evaluate import Decision, compare, loss_gain_interval
from ml.exam import measure
from ml.hazard import CONFIGS as HAZARD_CONFIGS
from ml.hazard import Hazard, learn_hazard
from ml.model import Config, Model
from ml.size import COVERAGE, QUANTILES, DealSize, learn_size
from ml.table import Table
from ml.train import CONFIGS, LEAST_OF_EACH, train

Array = np.ndarray[Any, Any]
JUDGED_SHARE = 0.2
GRID_STEP = 1.0


@dataclass(frozen=True)
class Split:
    """Rows before a day, and the rows from that day on that judge."""

    seen: Table
    judged: Table
    seen_won: Array
    judged_won: Array
    seen_usd: Array
    judged_usd: Array
    judged_accounts: Array
    moment: float  # the first judged day: what is learned was known by then


@dataclass
class Verdict:
    """`takes_over`: the challenger is to be champion. `stands_down`: the champion failed a check and is to be none."""

    because: str
    takes_over: bool = False
    stands_down: bool = False
    model: Any = None
    judged: dict[str, Any] = field(default_factory=dict)


def split(rows: Dataset) -> Split | None:
    """Whole days: the newest that hold a fifth of the rows judge. None when all rows are of one day."""
    order = rows.table.order
    cut = float(order[int(len(order) * (1 - JUDGED_SHARE))])
    first = int(np.searchsorted(order, cut, side="left"))
    if first == 0:
        return None
    before, after = slice(0, first), slice(first, len(order))
    return Split(
        rows.table.rows(before), rows.table.rows(after), rows.won_after[before], rows.won_after[after],
        rows.amount_usd[before], rows.amount_usd[after], rows.company_id[after], cut,
    )  # fmt: skip


def relevance(at: Split, columns: Sequence[str], champion: Model | None, horizon: float, configs: Sequence[Config] = CONFIGS) -> Verdict:
    """Whether a deal is opened within the horizon. Promoted when it has skill and passes every check of `evaluate.compare`."""
    y = at.judged.y
    few = min(y.sum(), len(y) - y.sum()) < LEAST_OF_EACH
    stale = None if few or champion is None else _unfit(at, champion)
    learned = train(at.seen, columns, configs, horizon, at.moment)
    judged: dict[str, Any] = {"configurations_tried": len(learned.tried), "inner": learned.told(), "judged_rows": len(y),
                              "judged_yes": int(y.sum()), "rows_not_known_in_time": learned.purged}  # fmt: skip
    down = stale is not None
    if learned.model is None or few:
        why = learned.no_skill or f"too few rows to judge by: {int(y.sum())} yes and {int(len(y) - y.sum())} no in the newest fifth"
        return Verdict(stale or why, stands_down=down, judged=judged)
    p = learned.model.probability(at.judged)
    held = None if champion is None or down else champion.probability(at.judged)
    decision = compare(y, at.judged_accounts, p, held, at.seen.only(columns), at.judged)
    judged |= {"chosen": learned.model.config.name, **measure(y, p), **more(y, p, at.judged_accounts), "checks": _told(decision)}
    because = learned.no_skill or decision.because
    if held is not None:
        judged["champion"] = measure(y, held)
    takes_over = learned.no_skill is None and decision.is_promoted
    return Verdict(because if takes_over or not down else f"{stale}; the challenger: {because}", takes_over, down, learned.model, judged)


def time_to_purchase(at: Split, columns: Sequence[str], champion: Hazard | None, horizon: float, undated: int) -> Verdict:
    """Days to the first won deal. Promoted when its integrated Brier score is below Kaplan-Meier's and the champion's, beyond noise."""
    wins = int(np.sum(at.seen.order + at.seen_won <= at.moment))
    judged: dict[str, Any] = {"wins_known": wins, "closed_deals_without_history": undated}
    if wins < LEAST_OF_EACH:
        history = f"; {undated} closed deals have no history of their stages, so their day is not known" if undated else ""
        return Verdict(f"too little: {wins} deals won after a row were known, {LEAST_OF_EACH} are the least{history}", judged=judged)
    hazard = learn_hazard(at.seen, at.seen_won, columns, at.moment, HAZARD_CONFIGS)
    grid = np.arange(GRID_STEP, horizon + 1, GRID_STEP)
    watched = np.minimum(at.seen_won, at.moment - at.seen.order)
    curve = metrics.kaplan_meier(watched, (at.seen_won <= at.moment - at.seen.order).astype(float), grid)
    mine = _brier_of(at.judged_won, hazard.alive(at.judged, grid), grid)
    flat = _brier_of(at.judged_won, np.tile(curve, (len(at.judged), 1)), grid)
    low, high = loss_gain_interval(at.judged_accounts, mine, flat)
    judged |= {"ibs": _short(mine.mean()), "km_ibs": _short(flat.mean()), "gain_over_km": [_short(low), _short(high)],
               "judged_wins": int((at.judged_won <= horizon).sum()), "tried": hazard.tried}  # fmt: skip
    because = f"integrated Brier {mine.mean():.4f}, Kaplan-Meier {flat.mean():.4f}, gain {low:+.4f} to {high:+.4f}"
    if champion is not None and low > 0:
        low, high = loss_gain_interval(at.judged_accounts, mine, _brier_of(at.judged_won, champion.alive(at.judged, grid), grid))
        judged["gain_over_champion"] = [_short(low), _short(high)]
        because = f"integrated Brier: gain over the champion {low:+.4f} to {high:+.4f}"
    return Verdict(because, takes_over=low > 0, model=hazard, judged=judged)


def deal_size(at: Split, columns: Sequence[str], champion: DealSize | None) -> Verdict:
    """Amount of the deal that was opened. Promoted when its interval covers what it promises and its quantiles beat plain ones."""
    found = learn_size(at.seen, at.seen_usd, columns)
    has = np.flatnonzero(~np.isnan(at.judged_usd) & (at.judged_usd > 0))
    if found is None or len(has) < LEAST_OF_EACH:
        amounts = int(np.sum(at.seen_usd > 0))
        return Verdict(f"too little: {amounts} deals with an amount to learn from and {len(has)} to judge by", judged={"deals": amounts})
    usd, rows = at.judged_usd[has], at.judged.rows(has)
    said = found.quantiles(rows)
    inside = float(((usd >= said[:, 0]) & (usd <= said[:, 2])).mean())
    noise = 1.96 * float(np.sqrt(COVERAGE * (1 - COVERAGE) / len(has)))
    plain = np.tile(np.quantile(at.seen_usd[at.seen_usd > 0], QUANTILES), (len(has), 1))
    against = plain if champion is None else champion.quantiles(rows)
    low, high = loss_gain_interval(at.judged_accounts[has], _pinball(usd, said), _pinball(usd, against))
    judged = {"deals": found.deals, "judged_deals": len(has), "coverage": _short(inside), "gain": [_short(low), _short(high)]}
    name = "plain quantiles" if champion is None else "the champion"
    because = f"coverage {inside:.2f} of {COVERAGE:.2f} (± {noise:.2f}), pinball gain over {name} {low:+.4f} to {high:+.4f}"
    return Verdict(because, takes_over=low > 0 and abs(inside - COVERAGE) <= noise, model=found, judged=judged)


def more(y: Array, p: Array, accounts: Array) -> dict[str, Any]:
    """Recall in the best tenth, the interval of the lift there (by account), and the points of the reliability plot."""
    top = np.argsort(-p, kind="stable")[: max(1, int(len(p) * 0.1))]
    random, (_, groups) = np.random.default_rng(1), np.unique(accounts, return_inverse=True)
    order = np.argsort(groups, kind="stable")
    bounds = np.r_[0, np.flatnonzero(np.diff(groups[order])) + 1, len(order)]
    lifts = []
    for _ in range(200):
        drawn = random.integers(0, len(bounds) - 1, len(bounds) - 1)
        at = np.concatenate([order[bounds[d] : bounds[d + 1]] for d in drawn])
        lifts.append(metrics.lift_at(y[at], p[at]))
    low, high = np.nanquantile(lifts, [0.025, 0.975])
    points = [[_short(a), _short(b), n] for a, b, n in metrics.reliability(y, p)]
    recall = _short(y[top].sum() / max(1, y.sum()))
    return {"recall_at_10": recall, "lift_at_10_interval": [_short(low), _short(high)], "reliability": points}


def _unfit(at: Split, champion: Model) -> str | None:
    """Why the champion must stand down on the newest rows, or None: no skill left, not calibrated, another base rate."""
    decision = compare(at.judged.y, at.judged_accounts, champion.probability(at.judged), None, at.seen, at.seen)
    return None if decision.is_promoted else f"the champion no longer holds: {decision.because}"


def _told(decision: Decision) -> dict[str, str]:
    return {name: f"{'passed' if passed else 'FAILED'}: {said}" for name, (passed, said) in decision.checks.items()}


def _brier_of(days: Array, alive: Array, grid: Array) -> Array:
    """Integrated Brier score of each row over a grid that was watched to its end."""
    found: Array = np.trapezoid((alive - (days[:, None] > grid[None, :])) ** 2, grid, axis=1) / (grid[-1] - grid[0])
    return found


def _pinball(usd: Array, quantiles: Array) -> Array:
    """Mean pinball loss of the logarithms, one a row."""
    gap = np.log1p(usd)[:, None] - np.log1p(np.maximum(quantiles, 0))
    q = np.array(QUANTILES)
    found: Array = np.maximum(q * gap, (q - 1) * gap).mean(axis=1)
    return found


def _short(value: float) -> float:
    return round(float(value), 5)
