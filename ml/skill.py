"""The last word of an exam and of a month: does the model rank beyond noise, and can its probabilities be taken at their word?

folds' AUC + judging rows → `why_no_skill` (None or a sentence) · foretold and happened → `probabilities` (numbers and a sentence).
Does not belong here: which challenger takes over (`evaluate.py`), choosing (`train.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist
from typing import Any

import numpy as np

from ml.calibration import level, sigmoid
from ml.evaluate import BASE_RATE_RATIO, ece_by_chance, foretells
from ml.metrics import ece
from ml.train import Tried

Array = np.ndarray[Any, Any]
CONFIDENCE = 0.975
LEAST_ALONE = 1.0  # standard errors by which the last fifth alone must lie above one half
FARTHEST = 100.0
CALM = 0.95  # parts that differ less than chance does in so many of all tables are at one
MOST_FADED = 2.5  # standard errors by which it may lie below the folds, unless it has skill alone


def why_no_skill(
    best: Tried, tried: int, auc: float, se: float, parts: Sequence[tuple[float, float]] = ()
) -> tuple[str | None, dict[str, float]]:
    """(why there is no skill beyond noise, or None; the numbers that say so). `auc`, `se`: of the rows that judge; `parts`: the same of
    parts of them by time, where these are known.

    All rows that were judged later than what was learned from are evidence, the folds' and the last fifth's: their distances from one
    half, in standard errors, are pooled (Stouffer), and held against a bar that counts the configurations (as their root: they err
    together). Where the parts disagree by more than noise, rows of one time err together (what drifts ranks them by luck, one way or the
    other), and all distances are divided by how far they disagree. The last fifth keeps a veto: alone it must point the same way, and not
    fall far below the folds.
    """
    judged = list(parts) or [(auc, se)]
    unrest = _unrest([*best.aucs, *(a for a, _ in judged)], [*best.ses, *(s for _, s in judged)])
    inside, last = _z(best.auc, best.se), _z(auc, se)
    pooled = (inside + last) / 2**0.5 / unrest
    needed = NormalDist().inv_cdf(1 - (1 - CONFIDENCE) / max(1, tried) ** 0.5)
    fell = (best.auc - auc) / max(float(np.hypot(best.se, se)), 1e-9)
    told = {"inner_z": inside, "last_z": last, "unrest": unrest, "pooled_z": pooled, "needed_z": needed}
    told = {name: round(float(value), 2) for name, value in told.items()}
    numbers = f"AUC {best.auc:.3f} ± {2 * best.se:.3f} inside the training rows, {auc:.3f} ± {2 * se:.3f} on the last fifth"
    if inside > needed and last < LEAST_ALONE:
        return f"no skill on the last fifth: {numbers}; what was learned no longer holds there", told
    if inside > needed and last < needed and fell > MOST_FADED:
        return f"the skill has faded: {numbers}; the newest rows follow other rules", told
    if pooled <= needed or last < LEAST_ALONE:
        apart = f" (they differ {unrest:.1f} times more than chance does)" if unrest > 1 else ""
        return (
            f"no skill beyond noise: {numbers}{apart}; together {pooled:.1f} standard errors above one half, {needed:.1f} are needed",
            told,
        )
    return None, told


def _unrest(aucs: list[float], ses: list[float]) -> float:
    """How many times more the parts differ than their standard errors say (Birge's ratio); 1 where that may be chance."""
    from scipy.stats import chi2

    weight = 1 / np.square(np.maximum(ses, 1e-3))
    mean = float(np.average(aucs, weights=weight))
    q, df = float(np.sum(weight * np.square(np.array(aucs) - mean))), len(aucs) - 1
    return (q / df) ** 0.5 if q > chi2.ppf(CALM, df) else 1.0


def _z(auc: float, se: float) -> float:
    """Standard errors above one half; one that knows no error (a perfect order) counts as far as any can."""
    return float(np.clip((auc - 0.5) / max(se, 1e-9), -FARTHEST, FARTHEST))


def probabilities(y: Array, p: Array) -> dict[str, Any]:
    """Whether probabilities on judging rows are right (`are_right`), what is wrong (`checks`), and what they would be after one number is
    added to the logits (`shift_of_logit`, `ece_after_shift`: fitted to these very rows, so it shows what to mend, not what to expect).
    """
    checks = foretells(y, p)
    logit = np.log(np.clip(p, 1e-9, 1 - 1e-9) / np.clip(1 - p, 1e-9, 1))
    shift = level(logit, float(y.mean()), 0.0)
    after = ece(y, sigmoid(logit + shift))
    are_right = all(passed for passed, _ in checks.values())
    told = {
        "are_right": are_right, "foretold": float(p.mean()), "happened": float(y.mean()), "ece_by_chance": ece_by_chance(p),
        "shift_of_logit": shift, "ece_after_shift": after,
    }  # fmt: skip
    shown = {name: value if isinstance(value, bool) else round(value, 4) for name, value in told.items()}
    named = {n: {"passed": ok, "said": said} for n, (ok, said) in checks.items()}
    return shown | {"checks": named, "said": _said(told, checks, ece(y, p), float(y.std()) / len(y) ** 0.5)}


def _said(told: dict[str, Any], checks: dict[str, tuple[bool, str]], error: float, noise: float) -> str:
    rates = f"{told['foretold']:.1%} were foretold, {told['happened']:.1%} happened"
    if told["are_right"]:
        if abs(told["foretold"] - told["happened"]) <= 3 * noise:
            return f"the probabilities can be used as they are: {rates}"
        high = "high" if told["foretold"] > told["happened"] else "low"
        return f"the probabilities are near enough, and run {high}: {rates}; {told['shift_of_logit']:+.2f} on the logit would mend it"
    if not checks["base_rate"][0]:
        what = f"they are off by more than a factor of {BASE_RATE_RATIO:g}: {rates}"
    else:
        what = f"{checks['calibrated'][1]}; {rates}"
    if told["ece_after_shift"] < 0.5 * error:
        mend = f"the level is wrong, not the shape: recalibrate on the newest outcomes ({told['shift_of_logit']:+.2f} on the logit)"
    else:
        mend = "recalibrate on the newest outcomes"
    return f"do not use the probabilities as percentages, {what}; {mend}. The order of the rows does not depend on this"
