"""The rule score: composite, additive reasons, readiness stage. Pure functions over columns; no lake, no warehouse.

live signals of one day (`Live`) + rules (`Rules`) → `score_day` → scores and reasons.

    p_i       = weight(type) * decay(age, half-life) * confidence      how much one live signal says, 0..1
    positive  = 100 * (1 - prod(1 - p_i))                              noisy-or: independent signals, never above 100
    inhibitor = points * decay * confidence                            taken off
    composite = max(0, positive - sum(inhibitors))

Reasons are additive. The noisy-or adds up on the log scale: signal i gets `positive * a_i / sum(a)` with
`a_i = -ln(1 - p_i)`, so order does not matter and equal signals get equal points. When the inhibitors are larger than
what there is to take off, they are scaled down to it. Points are whole ten-thousandths; their sum equals the composite
exactly, the rounding rest goes to the account's largest reason.
`signals.account_features` has composite and stage of past days by the same arithmetic in SQL (macros/rule_score.sql): what changes here
changes there, else tests/integration/dbt_signals/test_readiness.py is red.
Does not belong here: where signals come from (`inputs.py`), words (`sentences.py`), learned scores (`models.py`).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from signals_pipeline.errors import Permanent
from signals_pipeline.rules.names import nearest
from signals_pipeline.rules.profile import Scoring
from signals_pipeline.rules.seeds import seed

FORMULA = "noisy-or/log-split/2"  # part of the model version: change it when the arithmetic above changes
UNITS = 10_000  # points are kept in whole ten-thousandths
_P_MAX = 0.9999  # one signal alone never says 100


@dataclass(frozen=True)
class Rules:
    """Everything the rule score depends on; `version` is the hash of it."""

    weights: dict[str, float]
    inhibitors: dict[str, float]
    half_lives: dict[str, float]
    live_half_lives: float
    stages: tuple[tuple[str, float], ...]  # (stage, composite from which it holds), highest first
    hand_raisers: frozenset[str]
    stage_without_hand_raiser: str
    version: str

    def half_life(self, signal_type: str) -> float:
        return self.half_lives[signal_type]

    def weight(self, signal_type: str) -> float:
        return self.weights.get(signal_type, self.weights["default"])


def rules_of(scoring: Scoring) -> Rules:
    """Rules from the profile and the `signal_types` seed. Raises Permanent for a weight outside 0..1 or no default."""
    half_lives = {str(r["signal_type"]): float(r["half_life_days"] or 0) for r in seed("signal_types")}
    if "default" not in scoring.weights:
        raise Permanent("profile.yml: scoring.weights needs a `default`")
    for name, weight in scoring.weights.items():
        if not 0 <= weight <= 1:
            raise Permanent(f"profile.yml: scoring.weights.{name} is {weight}; it must lie in 0..1")
        if name not in half_lives and name != "default":
            raise Permanent(f"profile.yml: scoring.weights.{name} is no signal type{nearest(name, half_lives)}")
    if bad := [t for t, h in half_lives.items() if h <= 0]:
        raise Permanent(f"signal_types.csv: half_life_days must be above 0: {', '.join(bad)}")
    lasts: dict[str, float] = {}
    for row in seed("inhibitor_rules"):
        name, days = str(row["inhibitor"]), float(row["lasts_days"] or 0)
        if lasts.setdefault(name, days) != days:
            raise Permanent(f"inhibitor_rules.csv: {name} lasts {lasts[name]:g} days in one row and {days:g} in another")
    for name in scoring.inhibitors:
        if lasts.get(name, 0) <= 0:
            raise Permanent(f"inhibitor_rules.csv: no lasts_days for {name}, which profile.yml names{nearest(name, lasts)}")
        half_lives[name] = lasts[name] / scoring.live_half_lives  # it has all but faded when it ends
    readiness = scoring.readiness
    stages = tuple(sorted(readiness.from_score.items(), key=lambda s: -s[1]))
    if readiness.without_hand_raiser not in readiness.from_score:
        raise Permanent(f"profile.yml: scoring.readiness.without_hand_raiser{nearest(readiness.without_hand_raiser, readiness.from_score)}")
    if stages[-1][1] > 0:
        raise Permanent("profile.yml: scoring.readiness.from_score needs a stage that starts at 0")
    named = json.dumps([FORMULA, scoring.model_dump(mode="json"), sorted(half_lives.items())], sort_keys=True)
    return Rules(
        weights=dict(scoring.weights), inhibitors=dict(scoring.inhibitors), half_lives=half_lives,
        live_half_lives=scoring.live_half_lives,
        stages=stages, hand_raisers=frozenset(readiness.hand_raisers),
        stage_without_hand_raiser=readiness.without_hand_raiser,
        version="rule-" + hashlib.sha256(named.encode()).hexdigest()[:12],
    )  # fmt: skip


def score_day(live: pd.DataFrame, rules: Rules) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Scores and reasons of one day.

    live: one row per (company, signal or inhibitor) with `company_id, signal_id, signal_type, age_days, confidence`
    (confidence 0..1; ages below 0 count as 0). A type named in the profile's inhibitors takes points off.
    Returns `company_id, composite_score, readiness_stage` for companies with a live positive signal, and the reasons
    `company_id, signal_id, signal_type, age_days, points, position` (1 = most points), both sorted by company.
    """
    known = live["signal_type"].isin(list(rules.half_lives))
    if not known.all():
        strange = str(live["signal_type"][~known].iloc[0])
        raise Permanent(f"no half-life for {strange}: add it to signal_types.csv{nearest(strange, rules.half_lives)}")
    frame = live.sort_values(["company_id", "signal_type", "signal_id"], kind="stable", na_position="last", ignore_index=True)
    kinds = frame["signal_type"].unique()
    half = frame["signal_type"].map({k: rules.half_life(k) for k in kinds}).to_numpy(float)
    age = np.maximum(frame["age_days"].to_numpy(float), 0.0)
    alive = age <= rules.live_half_lives * half
    frame, half, age = frame[alive].reset_index(drop=True), half[alive], age[alive]
    if frame.empty:
        return _no_scores(), _no_reasons()
    is_inhibitor = frame["signal_type"].isin(list(rules.inhibitors)).to_numpy()
    weight = frame["signal_type"].map({k: rules.weight(k) for k in kinds}).to_numpy(float)
    taken = frame["signal_type"].map({k: rules.inhibitors.get(k, 0.0) for k in kinds}).to_numpy(float)
    share = np.exp2(-age / half) * np.clip(frame["confidence"].to_numpy(float), 0.0, 1.0)
    logs = np.where(is_inhibitor, 0.0, -np.log1p(-np.minimum(weight * share, _P_MAX)))
    minus = np.where(is_inhibitor, taken * share, 0.0)
    company, names = pd.factorize(frame["company_id"])
    count = len(names)
    total_log = np.bincount(company, logs, count)
    positive = -100.0 * np.expm1(-total_log)
    off = np.bincount(company, minus, count)
    fits = np.divide(positive, off, out=np.ones(count), where=off > positive)  # what takes more than there is takes all of it
    points = np.divide(positive[company] * logs, total_log[company], out=np.zeros(len(frame)), where=total_log[company] > 0)
    points -= minus * fits[company]
    composite = np.maximum(np.rint(half_up(positive - off * fits, 4) * UNITS), 0).astype(np.int64)
    units = _exact(points, company, composite)
    reasons = frame[["company_id", "signal_id", "signal_type", "age_days"]].assign(
        units=units, company=company, order=np.arange(len(frame))
    )
    reasons = reasons[np.bincount(company, ~is_inhibitor, count)[company] > 0]  # an inhibitor alone scores nobody
    reasons = reasons.sort_values(["company", "units", "order"], ascending=[True, False, True], kind="stable", ignore_index=True)
    reasons["position"] = reasons.groupby("company").cumcount() + 1
    reasons["points"] = reasons["units"] / UNITS
    raises = np.bincount(company, frame["signal_type"].isin(list(rules.hand_raisers)).to_numpy(), count) > 0
    has_signal = np.bincount(company, ~is_inhibitor, count) > 0
    scores = pd.DataFrame(
        {
            "company_id": names,
            "composite_score": composite / UNITS,
            "readiness_stage": _stages(composite / UNITS, raises, rules),
        }
    )
    return scores[has_signal].reset_index(drop=True), reasons[list(_no_reasons().columns)]


def half_up(values: Any, digits: int) -> Any:
    """To so many digits as the SQL macro `score` does it: to eight first, so that the last bit of a float decides no tie, then half up."""
    return np.floor(np.round(values * 1e8) / 10 ** (8 - digits) + 0.5) / 10**digits


def _exact(points: Any, company: Any, composite: Any) -> Any:
    """Points as whole units whose sum per company is the composite; the rest goes to the largest reason."""
    units = np.rint(points * UNITS).astype(np.int64)
    rest = composite - np.bincount(company, units, len(composite)).astype(np.int64)
    order = np.lexsort((-np.abs(units), company))  # stable: first of the largest
    first = order[np.unique(company[order], return_index=True)[1]]
    units[first] += rest
    return units


def _stages(score: Any, raises: Any, rules: Rules) -> Any:
    """The highest stage whose score is reached; without a hand-raiser no stage above the one the profile names."""
    ladder = [name for name, _ in rules.stages]
    reached = np.select([score >= floor for _, floor in rules.stages], np.arange(len(ladder)), len(ladder) - 1)
    ceiling = ladder.index(rules.stage_without_hand_raiser)
    return np.array(ladder, dtype=object)[np.where(raises, reached, np.maximum(reached, ceiling))]


def _no_scores() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "company_id": pd.Series(dtype=str),
            "composite_score": pd.Series(dtype=float),
            "readiness_stage": pd.Series(dtype=str),
        }
    )


def _no_reasons() -> pd.DataFrame:
    kinds = {
        "company_id": str,
        "signal_id": str,
        "signal_type": str,
        "age_days": float,
        "points": float,
        "position": int,
    }
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})
