"""What another model, or today's rules, would have said of past days: a data set of its own, beside the record and never in it.

warehouse `signals.*` + rules, or a stored model → `run` → lake `what_if_scores` (a file for each day, model and version).
A day's rows depend on what was known that day, as the record's do. It neither sends nor spends, and nothing downstream reads it.
Does not belong here: the record (`stage.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import pyarrow as pa

from signals_pipeline.errors import Permanent
from signals_pipeline.runtime import Runtime
from signals_pipeline.scoring import inputs, models
from signals_pipeline.scoring.rules import rules_of, score_day

DATASET = "what_if_scores"
SAME = 1e-9
DAYS = "select dt, count(*) as n from signals.account_features where dt between ? and ? group by dt"
FEATURES = "select * from signals.account_features where dt = ? order by company_id"


@dataclass
class Beside:
    """One day beside the record's score of the same kind: rows written; of scores above 0, those in both, how they moved, in one only."""

    scores: int = 0
    in_both: int = 0
    higher: int = 0
    lower: int = 0
    only_here: int = 0
    only_in_record: int = 0
    hot_here: int = 0
    hot_in_record: int = 0


@dataclass
class WhatIfReport:
    model: str
    model_version: str
    days: dict[str, Beside] = field(default_factory=dict)

    @property
    def scores(self) -> int:
        return sum(d.scores for d in self.days.values())


def run(rt: Runtime, since: date, until: date, learned: models.Learned | None = None) -> WhatIfReport:
    """Score since..until (inclusive) with a stored model, or with today's rules when there is none.

    Raises Permanent for a range upside down, days without features, or a model that breaks its contract.
    """
    if since > until:
        raise Permanent(f"nothing to score: {since} is after {until}")
    days = [since + timedelta(days=n) for n in range((until - since).days + 1)]
    return _ruled(rt, days) if learned is None else _learned(rt, days, learned)


def _ruled(rt: Runtime, days: list[date]) -> WhatIfReport:
    rules = rules_of(rt.profile.scoring)
    known = inputs.read(rt.warehouse, rules, days[0], days[-1])
    report = WhatIfReport(models.RULE, rules.version)
    for day in days:
        scores, _ = score_day(known.live(day), rules)
        table = pa.table({
            "company_id": pa.array(scores["company_id"], pa.string()), "composite_score": pa.array(scores["composite_score"], pa.float64()),
            "readiness_stage": pa.array(scores["readiness_stage"], pa.string()), "status": pa.array(["scored"] * len(scores), pa.string()),
        })  # fmt: skip
        _write(rt, day, report, table)
    return report


def _learned(rt: Runtime, days: list[date], learned: models.Learned) -> WhatIfReport:
    stand = {r["dt"]: r["n"] for r in rt.warehouse.rows(DAYS, (days[0], days[-1]))}
    if missing := [d for d in days if d not in stand]:
        raise Permanent(
            f"no account features of {len(missing)} of {len(days)} days stand, the first {missing[0]}; "
            f"`signals backfill --from {missing[0]} --to {missing[-1]}` makes them"
        )
    report = WhatIfReport(learned.name, learned.version)
    for day in days:
        try:
            rows = learned.score(day, rt.warehouse.query(FEATURES, (day,)))
        except ValueError as bad:
            raise Permanent(str(bad)) from bad
        if bad_rows := models.problem(rows):
            raise Permanent(f"model {learned.version} on {day}: {bad_rows}")
        _write(rt, day, report, rows)
    return report


def _write(rt: Runtime, day: date, report: WhatIfReport, rows: pa.Table) -> None:
    rows = models.named(models.named(rows, "model", report.model), "model_version", report.model_version)
    version = report.model_version.removeprefix(f"{report.model}-")
    rt.lake.write(DATASET, day, rows, stream=f"{report.model}-{version}")
    report.days[day.isoformat()] = beside(rt, day, report.model, report.model_version)


def beside(rt: Runtime, day: date, model: str, version: str) -> Beside:
    """The what-if of a day, model and version beside the record's scores of the same model; a score of 0 counts as absent in both."""
    columns = ["company_id", "model", "model_version", "composite_score"]
    told, record = (rt.lake.read(n, since=day, until=day, columns=columns).to_pylist() for n in (DATASET, "account_scores"))
    mine = {r["company_id"]: r["composite_score"] for r in told if (r["model"], r["model_version"]) == (model, version)}
    now = {c: s for c, s in mine.items() if s}
    was = {r["company_id"]: r["composite_score"] for r in record if r["model"] == model and r["composite_score"]}
    both, hot = now.keys() & was.keys(), rt.profile.scoring.threshold
    return Beside(
        scores=len(mine), in_both=len(both), higher=sum(now[c] > was[c] + SAME for c in both),
        lower=sum(now[c] < was[c] - SAME for c in both),
        only_here=len(now.keys() - both), only_in_record=len(was.keys() - both),
        hot_here=sum(s >= hot for s in now.values()), hot_in_record=sum(s >= hot for s in was.values()),
    )  # fmt: skip
