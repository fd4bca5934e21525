"""The door for learned models: what one must offer, and what is checked before its scores are written beside the rule score.

`signals.account_features` of a day → `Learned.score` → checked → lake `account_scores` (stream = the model's name).
The rule score always stands; a model adds rows under its own name, or abstains with a reason. Nothing is trained here (`ml/`).
"""

from __future__ import annotations

import math
from datetime import date
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc

from signals_pipeline.errors import Permanent
from signals_pipeline.io.datasets import dataset
from signals_pipeline.runtime import Runtime

RULE = "rule"
ADDS_UP = 1e-3
STATUSES = ("scored", "abstained")
_INTERVALS = (
    ("days_to_purchase_low", "days_to_purchase", "days_to_purchase_high"),
    ("deal_size_low", "deal_size_median", "deal_size_high"),
)
_SHARES = ("p_opportunity", "p_purchase_30d", "p_purchase_60d", "p_purchase_90d")


class Learned(Protocol):
    """A loaded model. `score` gets the features of one day and returns rows of `account_scores` (company_id, status, scores).

    A model that is another one on another day says so in a column `model_version`; no rows mean that it abstains that day.
    `reasons` returns company_id, position, reason, feature, points; they add up to the logit of `p_opportunity`. A table without
    columns: it gives none. `unread`: ISO days, among those scored, whose own model today's code cannot read any more.
    """

    name: str
    version: str
    unread: set[str]

    def score(self, day: date, features: pa.Table) -> pa.Table: ...

    def reasons(self, day: date, features: pa.Table) -> pa.Table: ...


def write(rt: Runtime, day: date, model: Learned, features: pa.Table) -> int:
    """Score a day with a model and write its rows. Returns their number.

    Raises Permanent when it calls itself `rule`, scores a company twice, leaves the ranges, abstains without a reason, or gives reasons
    that do not add up. What it wrote for the day before is replaced, so that a model that abstains leaves nothing behind; but of a day
    whose model cannot be read any more it stands: it was the record of that day, and nobody could write it again.
    """
    if model.name == RULE:
        raise Permanent(f"a learned model must not be named {RULE}: the rule score stands beside it")
    rows = model.score(day, features)
    if not rows.num_rows and day.isoformat() in model.unread:
        return 0
    spec = dataset("account_scores")
    if unknown := set(rows.column_names) - set(spec.columns):
        raise Permanent(f"model {model.name}: columns {sorted(unknown)} are not in account_scores")
    if bad := problem(rows):
        raise Permanent(f"model {model.name} {model.version} on {day}: {bad}")
    told = model.reasons(day, features)
    if bad := _unexplained(rows, told):
        raise Permanent(f"model {model.name} on {day}: {bad}")
    if not (rows.num_rows or _stands(rt, day, model.name)):
        return 0
    rows = named(rows, "model", model.name)
    if "model_version" not in rows.column_names:
        rows = named(rows, "model_version", model.version)
    if told.num_columns or _stands(rt, day, model.name, "account_score_reasons"):
        why = named(told, "model", model.name) if told.num_columns else dataset("account_score_reasons").schema.empty_table()
        rt.lake.write("account_score_reasons", day, why, stream=model.name)
    return rt.lake.write("account_scores", day, rows, stream=model.name)


def named(rows: pa.Table, column: str, value: str) -> pa.Table:
    """The rows with one value in a column."""
    if column in rows.column_names:
        rows = rows.drop_columns([column])
    return rows.append_column(column, pa.array([value] * rows.num_rows, pa.string()))


def _stands(rt: Runtime, day: date, model: str, name: str = "account_scores") -> bool:
    """Whether rows of the model stand for the day."""
    found = rt.lake.read(name, since=day, until=day, columns=["model"])["model"]
    return bool(pc.any(pc.equal(found, model)).as_py())


def _unexplained(rows: pa.Table, reasons: pa.Table) -> str | None:
    """What is wrong with the reasons, or None: the points of a company must give its probability."""
    if not reasons.num_columns:
        return None
    sums = reasons.group_by("company_id").aggregate([("points", "sum")])
    points = dict(zip(sums["company_id"].to_pylist(), sums["points_sum"].to_pylist(), strict=True))
    for company, p in zip(rows["company_id"].to_pylist(), rows["p_opportunity"].to_pylist(), strict=True):
        if p is not None and (company not in points or abs(1 / (1 + math.exp(-points[company])) - p) > ADDS_UP):
            return f"the reasons of {company} add up to {points.get(company)}, which is not the logit of {p}"
    return None


def problem(rows: pa.Table) -> str | None:
    """What is wrong with the rows of a model, or None."""
    for column in ("company_id", "status"):
        if column not in rows.column_names or rows[column].null_count:
            return f"{column} is missing"
    if pc.count_distinct(rows["company_id"]).as_py() != rows.num_rows:
        return "a company is scored twice"
    if strange := set(rows["status"].to_pylist()) - set(STATUSES):
        return f"status {', '.join(sorted(strange))} is none of {', '.join(STATUSES)}"
    silent = rows.filter(pc.equal(rows["status"], "abstained"))
    if silent.num_rows and ("abstained_because" not in silent.column_names or silent["abstained_because"].null_count):
        return "it abstains without a reason"
    for column, top in (("composite_score", 100.0), ("relevance", 100.0), ("urgency", 100.0), *((s, 1.0) for s in _SHARES)):
        if column in rows.column_names and rows.num_rows:
            low, high = (pc.min_max(rows[column]).as_py()[k] for k in ("min", "max"))
            if low is not None and (low < 0 or high > top):
                return f"{column} lies in {low}..{high}, not in 0..{top:g}"
    for ends in _INTERVALS:
        if set(ends) <= set(rows.column_names):
            for low, middle, high in zip(*(rows[c].to_pylist() for c in ends), strict=True):
                known = [v for v in (low, middle, high) if v is not None]
                if known != sorted(known):
                    return f"{', '.join(ends)} are {low}, {middle}, {high}: an interval upside down"
    return None
