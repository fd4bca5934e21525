"""The door for learned models: what one must offer, and what is checked before its scores are written beside the rule score.

`signals.account_features` of a day → `Learned.score` → checked → lake `account_scores` (stream = the model's name).
The rule score always stands; a model adds rows under its own name, or abstains with a reason. Nothing is trained here (`ml/`).
"""

from __future__ import annotations

from datetime import date
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc

from signals_pipeline.errors import Permanent
from signals_pipeline.io.datasets import dataset
from signals_pipeline.runtime import Runtime

RULE = "rule"
STATUSES = ("scored", "abstained")
_SHARES = ("relevance", "p_opportunity", "p_purchase_30d", "p_purchase_60d", "p_purchase_90d")


class Learned(Protocol):
    """A loaded model. `score` gets the features of one day and returns rows of `account_scores` (company_id, status, scores).

    It must refuse to load when its stored feature list differs from the columns it is given: Permanent.
    """

    name: str
    version: str

    def score(self, day: date, features: pa.Table) -> pa.Table: ...


def write(rt: Runtime, day: date, model: Learned, features: pa.Table) -> int:
    """Score a day with a model and write its rows. Returns their number.

    Raises Permanent when it calls itself `rule`, scores a company twice, leaves the ranges, or abstains without a reason.
    """
    if model.name == RULE:
        raise Permanent(f"a learned model must not be named {RULE}: the rule score stands beside it")
    rows = model.score(day, features)
    spec = dataset("account_scores")
    if unknown := set(rows.column_names) - set(spec.columns):
        raise Permanent(f"model {model.name}: columns {sorted(unknown)} are not in account_scores")
    if bad := _problem(rows):
        raise Permanent(f"model {model.name} {model.version} on {day}: {bad}")
    count = rows.num_rows
    for column, value in (("model", model.name), ("model_version", model.version)):
        if column in rows.column_names:
            rows = rows.drop_columns([column])
        rows = rows.append_column(column, pa.array([value] * count, pa.string()))
    return rt.lake.write("account_scores", day, rows, stream=model.name)


def _problem(rows: pa.Table) -> str | None:
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
    for column, top in (("composite_score", 100.0), *((s, 1.0) for s in _SHARES)):
        if column in rows.column_names and rows.num_rows:
            low, high = (pc.min_max(rows[column]).as_py()[k] for k in ("min", "max"))
            if low is not None and (low < 0 or high > top):
                return f"{column} lies in {low}..{high}, not in 0..{top:g}"
    return None
