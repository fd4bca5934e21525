"""What the days that stand allow a month to learn from: days that another version made, no days, too young ones; each with what mends it.

features (company_id, dt, …) + deals → `uneven` → columns to leave out, in words · `why_nothing` → why there is nothing to learn from.
Does not belong here: making features (the warehouse), learning (`production.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd

from ml.dataset import KEYS
from ml.deals import Deals
from ml.evaluate import LOOKS_BACK

NAMED = 3  # columns that are named; the report holds them all
A_WHILE = timedelta(days=180)  # of past days that a month wants at least


class Refused(ValueError):
    """What was asked for cannot be learned or walked; the words are for who asked. Any other ValueError is a fault of ours."""


@dataclass(frozen=True)
class Uneven:
    """`columns`: those that some days have and others do not, sorted; `because`: one sentence with the command that mends it."""

    columns: list[str]
    because: str


def uneven(features: pd.DataFrame) -> Uneven | None:
    """Columns that were made on some of the days only, or None when all days are alike.

    A count is filled for every account; where one is empty for all accounts of a day, nobody counted it then: the day stands from an
    earlier version, or from before a signal type was added. Such columns, and others that only days made alike have, would tell the
    version and not the account: to a check of drift they have moved as far as a column can.
    """
    columns = [c for c in features.columns if c not in KEYS]
    told, rows = features.groupby("dt")[columns].count(), features.groupby("dt").size()
    is_full, is_empty = told.eq(rows, axis=0), told.eq(0)
    sure = [c for c in columns if not c.startswith(LOOKS_BACK)]  # a young history has nothing to look back to
    marks = [c for c in sure if (is_full[c] | is_empty[c]).all() and is_full[c].any() and is_empty[c].any()]
    if not marks:
        return None
    made = is_empty[marks].apply(tuple, axis=1)  # day → which marks it lacks: days with the same were made alike
    has = told.groupby(made).sum().gt(0)
    odd = sorted(c for c in columns if has[c].any() and not has[c].all())
    others, (first, last) = made.index[made != made.iloc[-1]], (min(made.index), max(made.index))
    named = ", ".join(odd[:NAMED]) + (", …" if len(odd) > NAMED else "")
    return Uneven(odd, (
        f"{len(odd)} columns are left out ({named}): days from {min(others)} to {max(others)} were made by another version than {last}, or "
        f"before a signal type was added; `signals backfill --from {first} --to {last}` makes all of them alike"
    ))  # fmt: skip


def why_nothing(features: pd.DataFrame, deals: Deals, moment: datetime, horizon_days: int) -> str | None:
    """Why no row can be learned from, and what helps; None when it is something else. `moment`: what was known then (naive UTC)."""
    last: date = (moment - timedelta(days=1)).date()
    past = f"`signals backfill --from {last - A_WHILE} --to {last}` makes those of past days"
    if deals.why_none:
        return deals.why_none if len(features) else f"{deals.why_none}; no account features stand either: {past}"
    if not len(features):
        return f"no account features stand up to {last}; {past}"
    starts = pd.to_datetime(features["starts_at"] if "starts_at" in features else features["dt"])
    if (over := starts.min() + np.timedelta64(horizon_days, "D")) > pd.Timestamp(moment):
        first = min(features["dt"])
        return (
            f"too young: what came within {horizon_days} days of the first day that stands, {first}, is known on {over:%Y-%m-%d}; "
            f"`signals backfill --from {first - A_WHILE} --to {first - timedelta(days=1)}` makes days before it, as far as "
            "anything was known then"
        )
    return None
