"""The three questions, each learned on the earlier days and judged once on the later ones: opportunity or not, when won, how much.

training rows + the champion of now → `relevance`, `time_to_purchase`, `deal_size` → `Verdict` (challenger, whether it takes over, why).
What is judged is what is promoted: nothing is learned anew afterwards, so a champion has never seen the rows that judge its challengers.
Does not belong here: where rows come from (`production.py`), who is champion (`registry.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ml import metrics
from ml.dataset import HORIZON_DAYS, Split
from ml.evaluate import SAME, Decision, compare, foretells, gain_interval, loss_gain_interval, profile, unmoved
from ml.exam import measure
from ml.features import prose
from ml.hazard import CONFIGS as HAZARD_CONFIGS
from ml.hazard import PERIODS, Hazard, learn_hazard
from ml.judged import brier_of, ends, log_loss_of, more, pinball, short, small, within
from ml.model import Config, Model
from ml.readings import compared
from ml.size import COVERAGE, QUANTILES, DealSize, deals_among, learn_size
from ml.skill import why_no_skill
from ml.train import CONFIGS, LEAST_OF_EACH, choose, train, watched_by

Array = np.ndarray[Any, Any]
GRID_STEP = 1.0


@dataclass
class Verdict:
    """`takes_over`: the challenger is to be champion. `stands_down`: the champion failed a check and is to be none.

    `is_held`: the newest outcomes spoke for the champion; false also when they were too few to speak.
    """

    because: str
    takes_over: bool = False
    stands_down: bool = False
    is_held: bool = False
    model: Any = None
    judged: dict[str, Any] = field(default_factory=dict)


def relevance(at: Split, columns: Sequence[str], champion: Model | None, horizon: float, configs: Sequence[Config] = CONFIGS) -> Verdict:
    """Whether a deal is opened within the horizon. Promoted when it has skill and passes every check of `evaluate.compare`."""
    y = at.judged.y
    few = min(y.sum(), len(y) - y.sum()) < LEAST_OF_EACH
    stale = None if few or champion is None else _unfit(at, champion)
    learned = train(at.seen, columns, configs, horizon, at.moment)
    judged: dict[str, Any] = {"configurations_tried": len(learned.tried), "inner": learned.told(), "judged_rows": len(y),
                              "judged_yes": int(y.sum()), "rows_not_known_in_time": learned.purged,
                              "of_these_learned_in_part": learned.partly}  # fmt: skip
    is_held = champion is not None and not few and stale is None
    if learned.model is None or few:
        why = learned.why_none or f"too few rows to judge by: {int(y.sum())} yes and {int(len(y) - y.sum())} no in the newest fifth"
        return _silent(why, stale, is_held, judged)
    p = learned.model.probability(at.judged)
    held = champion.probability(at.judged) if champion is not None and stale is None else None
    checks = compare(y, at.judged_accounts, p, held, at.seen.only(columns), at.judged).checks
    judged |= {"chosen": learned.model.config.name, **measure(y, p), **more(y, p, at.judged_accounts)}
    if held is not None:
        judged["champion"] = measure(y, held)
    if texts := [c for c in columns if prose(at.seen, c) is not None]:
        known = watched_by(at.seen, at.moment, horizon)
        judged["text"] = {"columns": texts, **compared(learned, known, at.judged, columns, measure)}
    unproven, judged["skill"] = why_no_skill(choose(learned.tried), len(learned.tried), metrics.auc(y, p), metrics.auc_se(y, p))
    skill = {"skill": (False, unproven)} if unproven else {}
    return _verdict(skill | checks, stale, is_held, learned.model, judged)


def time_to_purchase(at: Split, columns: Sequence[str], champion: Hazard | None, horizon: float, undated: int) -> Verdict:
    """Days to the first won deal. Promoted when its log loss is below Kaplan-Meier's and the champion's, beyond noise, and
    P(won within the horizon) is calibrated, meets the base rate and columns that have not moved. A champion that is not so stands down.
    """
    wins = int(np.sum(at.seen.order + at.seen_won <= at.moment))
    judged: dict[str, Any] = {"wins_known": wins, "closed_deals_without_history": undated}
    won = (at.judged_won <= horizon).astype(float)
    few = won.sum() < LEAST_OF_EACH
    stale = None if champion is None or few else _stale(foretells(won, champion.by(at.judged, horizon)), champion.model.about, at)
    is_held = champion is not None and not few and stale is None
    if wins < LEAST_OF_EACH:
        history = f"; {undated} closed deals have no history of their stages, so their day is not known" if undated else ""
        little = f"too little: {wins} deals won after a row were known, {LEAST_OF_EACH} are the least{history}"
        return _silent(little, stale, is_held, judged)
    hazard = learn_hazard(at.seen, at.seen_won, columns, at.moment, HAZARD_CONFIGS)
    grid, edges = np.arange(GRID_STEP, horizon + 1, GRID_STEP), np.array([p for p in PERIODS if 0 < p <= horizon])
    watched = np.minimum(at.seen_won, at.moment - at.seen.order)
    seen = (at.seen_won <= at.moment - at.seen.order).astype(float)
    days, flat = at.judged_won, np.ones((len(at.judged), 1))
    mine = log_loss_of(days, hazard.alive(at.judged, edges), edges)
    low, high = loss_gain_interval(at.judged_accounts, mine, log_loss_of(days, flat * metrics.kaplan_meier(watched, seen, edges), edges))
    ibs = brier_of(days, hazard.alive(at.judged, grid), grid).mean()
    km_ibs = brier_of(days, flat * metrics.kaplan_meier(watched, seen, grid), grid).mean()
    judged |= {"log_loss": small(mine.mean()), "gain_over_km": [small(low), small(high)], "ibs": small(ibs), "km_ibs": small(km_ibs),
               "judged_wins": int(won.sum()), "tried": hazard.tried, "within": within(at, hazard, horizon),
               "interval": ends(at, hazard, horizon)}  # fmt: skip
    because = f"log loss of the time: gain over Kaplan-Meier {low:+.2g} to {high:+.2g} a row"
    if champion is not None and low > 0 and stale is None:
        theirs = log_loss_of(days, champion.alive(at.judged, edges), edges)
        low, high = loss_gain_interval(at.judged_accounts, mine, theirs)
        judged["gain_over_champion"] = [small(low), small(high)]
        because = f"log loss of the time: gain over the champion {low:+.2g} to {high:+.2g} a row"
        because = SAME if np.array_equal(mine, theirs) else because
    checks = {"wins": (low > 0, because)} | foretells(won, hazard.by(at.judged, horizon)) | _unmoved(at, columns)
    return _verdict(checks, stale, is_held, hazard, judged)


def deal_size(at: Split, columns: Sequence[str], champion: DealSize | None) -> Verdict:
    """Amount of the deal that was opened. Promoted when its interval covers what it promises, its quantiles beat plain ones and the
    champion's, and its columns have not moved. A champion whose interval does not cover any more stands down.

    Learned from deals that had been opened when the first judged day began: of one that was opened later the amount was not known, and it
    may be one of those that judge. Coverage is a share of deals, however many days each was seen on.
    """
    known = at.seen.order <= at.moment - HORIZON_DAYS
    seen_usd = at.seen_usd[known]
    found = learn_size(at.seen.rows(known), seen_usd, columns)
    has = np.flatnonzero(~np.isnan(at.judged_usd) & (at.judged_usd > 0))
    usd, rows = at.judged_usd[has], at.judged.rows(has)
    weight = deals_among(rows.order, usd)[1]
    deals, few = round(float(weight.sum())), weight.sum() < LEAST_OF_EACH
    stale = None
    if champion is not None and not few:
        stale = _stale({"coverage": _covers(usd, champion.quantiles(rows), weight)}, champion.about, at)
    is_held = champion is not None and not few and stale is None
    if found is None or few:
        amounts = round(float(deals_among(at.seen.order[known][seen_usd > 0], seen_usd[seen_usd > 0])[1].sum()))
        flat = " (nearly all of one amount)" if amounts and len(np.unique(seen_usd[seen_usd > 0])) <= 2 else ""
        little = f"too little: {amounts} deals with an amount to learn from{flat} and {deals} to judge by"
        return _silent(little, stale, is_held, {"deals": amounts})
    said = found.quantiles(rows)
    is_alone = champion is None or stale is not None
    plain = np.tile(np.quantile(seen_usd[seen_usd > 0], QUANTILES), (len(has), 1))
    against = plain if champion is None or is_alone else champion.quantiles(rows)
    low, high = loss_gain_interval(at.judged_accounts[has], pinball(usd, said), pinball(usd, against))
    covered = _covers(usd, said, weight)
    judged = {"deals": found.deals, "judged_deals": deals, "judged_rows": len(has), "coverage": short(_inside(usd, said, weight)),
              "tried": found.tried, "gain": [short(low), short(high)]}  # fmt: skip
    name = "plain quantiles" if is_alone else "the champion"
    gain = SAME if np.array_equal(said, against) else f"pinball gain over {name} {low:+.4f} to {high:+.4f}"
    checks = {"coverage": covered, "wins": (low > 0, gain)} | _unmoved(at, columns)
    return _verdict(checks, stale, is_held, found, judged)


def _verdict(checks: dict[str, tuple[bool, str]], stale: str | None, is_held: bool, model: Any, judged: dict[str, Any]) -> Verdict:
    decision = Decision(checks)
    if stale is not None:
        judged["champion_stands_down"] = stale
    judged["checks"] = {name: f"{'passed' if passed else 'FAILED'}: {said}" for name, (passed, said) in checks.items()}
    because = decision.because if decision.is_promoted or stale is None else f"{stale}; the challenger: {decision.because}"
    return Verdict(because, decision.is_promoted, stale is not None, is_held, model, judged)


def _silent(why: str, stale: str | None, is_held: bool, judged: dict[str, Any]) -> Verdict:
    """No challenger."""
    return Verdict(stale or why, stands_down=stale is not None, is_held=is_held, judged=judged)


def _unmoved(at: Split, columns: Sequence[str]) -> dict[str, tuple[bool, str]]:
    return unmoved({c: profile(at.seen, c) for c in columns}, at.judged)


def _stale(checks: dict[str, tuple[bool, str]], about: Mapping[str, Any], at: Split) -> str | None:
    """Why the champion must stand down on the newest rows, or None. Its columns are held against what it was learned from."""
    known = about.get("reference", {}).get("columns", {})
    decision = Decision(checks | unmoved(known, at.judged))
    return None if decision.is_promoted else f"the champion no longer holds: {decision.because}"


def _inside(usd: Array, said: Array, weight: Array) -> float:
    """Share of the deals inside the interval; of a deal seen on several days the share of these."""
    return float(np.average((usd >= said[:, 0]) & (usd <= said[:, 2]), weights=weight))


def _covers(usd: Array, said: Array, weight: Array) -> tuple[bool, str]:
    """Whether the share inside is what was promised, but for chance among so many deals."""
    inside, noise = _inside(usd, said, weight), 1.96 * float(np.sqrt(COVERAGE * (1 - COVERAGE) / max(1.0, weight.sum())))
    return abs(inside - COVERAGE) <= noise, f"coverage {inside:.2f} of {COVERAGE:.2f} (± {noise:.2f})"


def _unfit(at: Split, champion: Model) -> str | None:
    p = champion.probability(at.judged)
    low, high = gain_interval(at.judged.y, at.judged_accounts, p, None)
    return _stale({"wins": (low > 0, f"AUC gain over chance {low:+.3f} to {high:+.3f}")} | foretells(at.judged.y, p), champion.about, at)
