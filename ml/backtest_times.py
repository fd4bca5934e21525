"""When and how much, in the walk of the backtest: each month's champions on that month's accounts, beside what needs no model.

features of a day + what became of it + champions → `times`, `sizes` (one row an account) → `numbers` (of a month, or of all).
Time is judged on all accounts, those in an open deal among them: they buy first. Beside it stands Kaplan-Meier over what was known on the
day; beside an amount the plain quantiles of the deals known then. Does not belong here: the walk (`backtest.py`), the page.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ml.champion import told_of
from ml.dataset import Dataset
from ml.evaluate import loss_gain_interval
from ml.hazard import PERIODS, Hazard
from ml.judged import brier_of, log_loss_of, pinball, short, small
from ml.metrics import ece, kaplan_meier
from ml.score import INTERVAL, table_of
from ml.size import COVERAGE, QUANTILES, DealSize
from ml.table import Table

Array = np.ndarray[Any, Any]
LEAST = 10  # wins, or amounts: fewer are shown as not yet decidable


def times(hazard: Hazard, of_day: pd.DataFrame, judged: Dataset, past: Dataset, moment: float, horizon: float) -> pd.DataFrame:
    """company_id, won_after (days), p (won within the horizon), mine and plain (log loss of a row), ibs and km_ibs (Brier score of a
    row over the days), and for the ends of the interval of days whether it was over by then (NaN beyond the horizon).

    `judged`: rows of the day, accounts in deals among them; `past`: as known at `moment` (days of the order), for Kaplan-Meier.
    """
    rows = _rows(hazard, of_day, judged.company_id)
    grid, edges = np.arange(1.0, horizon + 1), np.array([p for p in PERIODS if 0 < p <= horizon])
    flat, days = np.ones((len(rows), 1)), judged.won_after
    found = {
        "company_id": judged.company_id, "won_after": days, "p": hazard.by(rows, horizon),
        "mine": log_loss_of(days, hazard.alive(rows, edges), edges), "ibs": brier_of(days, hazard.alive(rows, grid), grid),
        "plain": log_loss_of(days, flat * _km(past, moment, edges), edges), "km_ibs": brier_of(days, flat * _km(past, moment, grid), grid),
    }  # fmt: skip
    until = hazard.days_until(rows, INTERVAL)
    for at, share in enumerate(INTERVAL):
        found[f"by_{share:g}"] = np.where(until[:, at] <= horizon, days <= until[:, at], np.nan)
    return pd.DataFrame(found)


def sizes(model: DealSize, of_day: pd.DataFrame, judged: Dataset, known_usd: Array) -> pd.DataFrame:
    """company_id, usd, low, high, mine and plain (pinball loss) of each account that opened a deal with an amount."""
    has = np.flatnonzero(judged.amount_usd > 0)
    usd = judged.amount_usd[has]
    said = model.quantiles(_rows(model, of_day, judged.company_id[has])) if len(has) else np.zeros((0, len(QUANTILES)))
    plain = np.tile(np.quantile(known_usd, QUANTILES), (len(has), 1))
    return pd.DataFrame({"company_id": judged.company_id[has], "usd": usd, "low": said[:, 0], "high": said[:, 2],
                         "mine": pinball(usd, said), "plain": pinball(usd, plain)})  # fmt: skip


def numbers(timed: pd.DataFrame | None, sized: pd.DataFrame | None, horizon: float) -> dict[str, Any]:
    """`time` and `size`, each when there are rows: numbers, or `because` when too little happened."""
    out: dict[str, Any] = {}
    if timed is not None and len(timed):
        won = (timed["won_after"] <= horizon).to_numpy(dtype=float)
        out["time"] = {"rows": len(timed), "wins": int(won.sum())}
        out["time"] |= _of_time(timed, won) if won.sum() >= LEAST else {"because": f"{int(won.sum())} wins; {LEAST} are the least"}
    if sized is not None and len(sized):
        out["size"] = {"deals": len(sized)}
        out["size"] |= _of_size(sized) if len(sized) >= LEAST else {"because": f"{len(sized)} amounts; {LEAST} are the least"}
    return out


def _of_time(timed: pd.DataFrame, won: Array) -> dict[str, Any]:
    accounts, p = timed["company_id"].to_numpy(), timed["p"].to_numpy()
    low, high = loss_gain_interval(accounts, timed["mine"].to_numpy(), timed["plain"].to_numpy())
    ends = {f"{share:g}": timed[f"by_{share:g}"].dropna() for share in INTERVAL}
    return {
        "ibs": small(timed["ibs"].mean()), "km_ibs": small(timed["km_ibs"].mean()), "log_loss": small(timed["mine"].mean()),
        "km_log_loss": small(timed["plain"].mean()), "gain_over_km": [small(low), small(high)], "verdict": _verdict(low, high),
        "foretold": short(p.mean()), "happened": short(won.mean()), "ece": short(ece(won, p)),
        "interval": {share: {"rows": len(by), "happened": short(by.mean()) if len(by) else None} for share, by in ends.items()},
    }  # fmt: skip


def _of_size(sized: pd.DataFrame) -> dict[str, Any]:
    usd = sized["usd"].to_numpy()
    noise = 1.96 * float(np.sqrt(COVERAGE * (1 - COVERAGE) / len(np.unique(usd))))  # a deal that was seen on two days counts once
    low, high = loss_gain_interval(sized["company_id"].to_numpy(), sized["mine"].to_numpy(), sized["plain"].to_numpy())
    inside = (usd >= sized["low"]) & (usd <= sized["high"])
    return {"coverage": short(inside.mean()), "promised": COVERAGE, "noise": short(noise), "gain_over_plain": [short(low), short(high)],
            "verdict": _verdict(low, high)}  # fmt: skip


def _verdict(low: float, high: float) -> str:
    return "better" if low > 0 else "worse" if high < 0 else "not yet decidable"


def _km(past: Dataset, moment: float, grid: Array) -> Array:
    watched = moment - past.table.order
    found: Array = kaplan_meier(np.minimum(past.won_after, watched), (past.won_after <= watched).astype(float), grid)
    return found


def _rows(model: Hazard | DealSize, of_day: pd.DataFrame, companies: Array) -> Table:
    about, columns = told_of(model)
    kinds = model.kinds if isinstance(model, DealSize) else about.get("kinds") or None
    return table_of(of_day.set_index("company_id").loc[companies].reset_index(), columns, kinds)
