"""Training rows for accounts: features as of a day, and what happened after it; every row left out is counted with its reason.

account features (company_id, dt, …) + deals (company_id, opened_on, closed_on, is_won, amount_usd) → `build` → `Dataset`.
An account in an open deal has turned into an opportunity already: its rows say nothing of relevance or size, and most of the time to
purchase. `build(…, in_deals=True)` keeps them, for the time alone.
Beside the label stands its surrogate: the deal, or one of `LEADING`, whichever is first.
A label's horizon starts where the pull of `dt` ended (`starts_at`; else the day after `dt`); a row counts only when its whole horizon
lies before `known_until`.
Does not belong here: reading the warehouse (the stage `scoring`), learning (`train.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

from ml.table import Surrogate, Table, of_frame

Array = np.ndarray[Any, Any]


class TooLittle(ValueError):
    """No rows, or one outcome only."""


HORIZON_DAYS = 60  # of the labels: a deal is opened within so many days after a row
JUDGED_SHARE = 0.2
IN_DEAL = "open_deals"  # the column that counts an account's open deals as of its day
KEYS = ("company_id", "dt", "starts_at", "day", "start")
# What leads to a deal, and is seen several times as often: the intent vendor sees the account in one of its two last buying stages
LEADING = ("days_since_decision_6sense", "days_since_purchase_6sense")


@dataclass(frozen=True)
class Dataset:
    """`table`: features by day, y = a deal was opened within the horizon. `won_after`: days to the first won deal, inf when none.

    `amount_usd`: of the deal that made y true, NaN else. `dropped`: reason → rows.
    """

    table: Table
    company_id: Array
    won_after: Array
    amount_usd: Array
    dropped: dict[str, int]


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


def build(
    features: pd.DataFrame, deals: pd.DataFrame, known_until: date | datetime, horizon_days: int, *, in_deals: bool = False
) -> Dataset:
    """Join what was known with what came after. `dt` are dates; `opened_on`, `closed_on`, `known_until` and the column `starts_at`, when
    there is one, may be dates or naive instants. `in_deals`: rows of accounts in an open deal stay. Raises ValueError for repeated rows,
    TooLittle for none or a single outcome."""
    starts = features["starts_at"] if "starts_at" in features else features["dt"]
    rows = features.assign(day=pd.to_datetime(features["dt"]), start=pd.to_datetime(starts))
    rows = rows.sort_values(["day", "company_id"], kind="stable", ignore_index=True)
    if rows.duplicated(["company_id", "day"]).any():
        raise ValueError("account features hold a company twice on one day")
    told = deals.assign(opened=pd.to_datetime(deals["opened_on"]), closed=pd.to_datetime(deals["closed_on"]))
    told = told.sort_values(["opened", "company_id"], kind="stable")
    pairs = rows[["company_id", "start"]].reset_index(names="row").merge(told, on="company_id")
    running = pairs[(pairs["opened"] <= pairs["start"]) & (pairs["closed"].isna() | (pairs["closed"] > pairs["start"]))]
    next_one = pairs[pairs["opened"] > pairs["start"]].drop_duplicates("row").set_index("row")
    opened_after = _days(next_one["opened"] - next_one["start"]).reindex(rows.index)
    won = pairs[pairs["is_won"].astype(bool) & (pairs["closed"] > pairs["start"])].sort_values(["closed"], kind="stable")
    won = won.drop_duplicates("row").set_index("row")
    won_after = _days(won["closed"] - won["start"]).reindex(rows.index).fillna(np.inf)

    unknown = rows["start"] + pd.Timedelta(days=horizon_days) > pd.Timestamp(known_until)
    in_deal = rows.index.isin(running["row"])
    keep = ~unknown & ~(in_deal & (not in_deals))
    dropped = {"horizon_not_over": int(unknown.sum()), "in_a_deal": int((~keep & ~unknown).sum())}
    label = (opened_after <= horizon_days).astype(int)
    kept = rows[keep].drop(columns=[k for k in KEYS if k in rows]).assign(label=label[keep], day=rows.loc[keep, "day"])
    if kept.empty or kept["label"].nunique() < 2:
        out = f"; {dropped['horizon_not_over']:,} have not had their {horizon_days} days yet, {dropped['in_a_deal']:,} were in a deal"
        raise TooLittle(f"nothing to learn from: {len(kept):,} rows, {int(kept['label'].sum()):,} of them yes{out}")
    table = of_frame(kept, "label", "day").only([c for c in kept.columns if c not in ("label", "day")])
    opens = opened_after.fillna(np.inf).to_numpy(dtype=float)
    table = replace(table, days=opens[keep])
    if set(LEADING) & set(rows):
        sooner = np.minimum(opens, _leads_after(rows))[keep]
        table = replace(table, surrogate=Surrogate(sooner, (sooner <= horizon_days).astype(float)))
    amount = next_one["amount_usd"].reindex(rows.index).astype(float).where(label == 1)
    return Dataset(
        table, rows.loc[keep, "company_id"].to_numpy(), won_after[keep].to_numpy(dtype=float), amount[keep].to_numpy(dtype=float), dropped
    )


def _leads_after(rows: pd.DataFrame) -> Array:
    """Days from each row to the next day on which one of `LEADING` was seen, as later rows of its company tell; inf when none tells."""
    day = (rows["day"] - pd.Timestamp(0)).dt.days.astype(float)
    told = [day - pd.to_numeric(rows[c], errors="coerce") for c in LEADING if c in rows]
    seen = pd.concat([pd.DataFrame({"company_id": rows["company_id"], "seen": t}) for t in told]).dropna().sort_values("seen")
    asked = pd.DataFrame({"company_id": rows["company_id"], "day": day})  # the rows are in order of their day
    met = pd.merge_asof(asked, seen, left_on="day", right_on="seen", by="company_id", direction="forward", allow_exact_matches=False)
    found: Array = (met["seen"] - met["day"]).fillna(np.inf).to_numpy(dtype=float)
    return found


def is_in_deal(features: pd.DataFrame) -> Array:
    """Of each row whether its account was in an open deal on its day; none where the features do not say."""
    if IN_DEAL not in features:
        return np.zeros(len(features), dtype=bool)
    found: Array = pd.to_numeric(features[IN_DEAL], errors="coerce").fillna(0).to_numpy(dtype=float) > 0
    return found


def split(rows: Dataset, moment: float | None = None) -> Split | None:
    """Whole days: the newest that hold a fifth of the rows judge, or those from `moment` on. None when all rows are of one day."""
    order = rows.table.order
    cut = float(order[int(len(order) * (1 - JUDGED_SHARE))]) if moment is None else moment
    first = int(np.searchsorted(order, cut, side="left"))
    if first == 0:
        return None
    before, after = slice(0, first), slice(first, len(order))
    return Split(
        rows.table.rows(before), rows.table.rows(after), rows.won_after[before], rows.won_after[after],
        rows.amount_usd[before], rows.amount_usd[after], rows.company_id[after], cut,
    )  # fmt: skip


def _days(lapse: pd.Series) -> pd.Series:
    """Started days: an hour after the start is within the first one."""
    days: pd.Series = np.ceil(lapse.dt.total_seconds() / 86_400)
    return days
