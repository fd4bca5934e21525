"""Stage scoring: composite, readiness and reasons per account and day; a range is one call.

warehouse `signals.*` (`inputs.py`) → `rules.score_day` for each day → lake `account_scores`, `account_score_reasons`.
Reads nothing later than the day it scores, so a range gives the same bytes as its days one by one. Neither sends nor spends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import pandas as pd
import pyarrow as pa

from signals_pipeline.errors import Permanent
from signals_pipeline.io.datasets import dataset
from signals_pipeline.runtime import Runtime
from signals_pipeline.scoring import inputs, models
from signals_pipeline.scoring.rules import Rules, rules_of, score_day
from signals_pipeline.scoring.sentences import sentence

MODEL = models.RULE


@dataclass(frozen=True)
class DayScores:
    """One day: accounts scored, of them fallen to 0 since the day before, reasons written, and how the scores lie."""

    accounts: int
    fell_to_zero: int
    reasons: int
    hot: int
    highest: float
    stages: dict[str, int]


@dataclass(frozen=True)
class ScoringReport:
    model_version: str
    days: dict[str, DayScores] = field(default_factory=dict)

    @property
    def accounts(self) -> int:
        return sum(d.accounts for d in self.days.values())


def run(rt: Runtime, since: date, until: date, learned: Sequence[models.Learned] = ()) -> ScoringReport:
    """Score every account with a live signal on each day of since..until (inclusive), and those that fell to 0 that day.

    learned: models whose scores stand beside the rule score, under their own names.

    Raises Permanent for rules that do not fit together or a range upside down, Transient while `signals` is not built.
    """
    if since > until:
        raise Permanent(f"nothing to score: {since} is after {until}")
    rules = rules_of(rt.profile.scoring)
    known = inputs.read(rt.warehouse, rules, since, until)
    report = ScoringReport(rules.version)
    yesterday = _scored_on(rt, since - timedelta(days=1))
    day = since
    while day <= until:
        scores, reasons = score_day(known.live(day), rules)
        yesterday = _today_ids(known, yesterday, day)
        fallen = sorted(yesterday - set(scores["company_id"]))
        _write(rt, day, rules, known, scores, reasons, fallen)
        for model in learned:
            features = rt.warehouse.query("select * from signals.account_features where dt = ? order by company_id", (day,))
            models.write(rt, day, model, features)
        report.days[day.isoformat()] = DayScores(
            accounts=len(scores) + len(fallen),
            fell_to_zero=len(fallen),
            reasons=len(reasons),
            hot=int((scores["composite_score"] >= rt.profile.scoring.threshold).sum()),
            highest=float(scores["composite_score"].max()) if len(scores) else 0.0,
            stages={str(k): int(v) for k, v in sorted(scores["readiness_stage"].value_counts().items())},
        )
        yesterday = set(scores["company_id"][scores["composite_score"] > 0])
        day += timedelta(days=1)
    return report


def _scored_on(rt: Runtime, day: date) -> set[str]:
    """Companies with a rule score above 0 on a day."""
    table = rt.lake.read("account_scores", since=day, until=day, columns=["company_id", "model", "composite_score"])
    return {r["company_id"] for r in table.to_pylist() if r["model"] == MODEL and (r["composite_score"] or 0) > 0}


def _today_ids(known: inputs.Inputs, companies: set[str], day: date) -> set[str]:
    """Yesterday's companies under today's ids: an account that was merged away did not fall."""
    into = known.canonical(day)
    return {into.get(c, c) for c in companies}


def _write(
    rt: Runtime, day: date, rules: Rules, known: inputs.Inputs, scores: pd.DataFrame, reasons: pd.DataFrame, fallen: list[str]
) -> None:
    floor = rules.stages[-1][0]
    ids = [*scores["company_id"], *fallen]
    table = pa.table(
        {
            "company_id": pa.array(ids, pa.string()),
            "model": pa.array([MODEL] * len(ids), pa.string()),
            "model_version": pa.array([rules.version] * len(ids), pa.string()),
            "composite_score": pa.array([*scores["composite_score"], *[0.0] * len(fallen)], pa.float64()),
            "readiness_stage": pa.array([*scores["readiness_stage"], *[floor] * len(fallen)], pa.string()),
            "status": pa.array(["scored"] * len(ids), pa.string()),
        }
    )
    rt.lake.write("account_scores", day, table, stream=MODEL)
    columns = reasons.to_dict("list")
    words = [
        sentence(kind, known.facts.get(signal) or {}, age)
        for kind, signal, age in zip(columns["signal_type"], columns["signal_id"], columns["age_days"], strict=True)
    ]
    told = {
        "company_id": columns["company_id"],
        "model": [MODEL] * len(words),
        "position": columns["position"],
        "reason": words,
        "feature": columns["signal_type"],
        "signal_id": columns["signal_id"],
        "points": columns["points"],
    }
    kinds = dataset("account_score_reasons").columns
    arrays = {name: pa.array(values, kinds[name], from_pandas=True) for name, values in told.items()}
    rt.lake.write("account_score_reasons", day, pa.table(arrays), stream=MODEL)
