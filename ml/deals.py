"""Deals as a CRM tells them up to a day: opened, closed, won and amount, from the records and the history of their stages.

opportunities (newest snapshot) + stage history + account → company → `deals_of` → company_id, opened_on, closed_on, is_won, amount_usd.
A close is dated by the stage history, never by the record's own close date, which people overwrite. Does not belong here: features.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pandas as pd


@dataclass(frozen=True)
class Deals:
    """`rows`: company_id, opened_on, closed_on (instants, naive UTC), is_won, amount_usd. `dropped`: reason → deals.

    `undated`: closed deals without history of their stages; their end is not known, so nothing is learned about time.
    `why_none`: why nothing at all is known of deals, where that is so.
    """

    rows: pd.DataFrame
    dropped: dict[str, int]
    undated: int
    why_none: str = ""


def deals_of(opportunities: pd.DataFrame, history: pd.DataFrame, companies: Mapping[str, str], moment: datetime) -> Deals:
    """What was known at `moment` (naive UTC).

    `opportunities`: opportunity_id, account_id, amount, currency, is_closed, is_won, created_at, is_deleted, one row each.
    `history`: history_id, opportunity_id, is_closed, is_won, created_at. `companies`: CRM account → company.
    An amount without a currency (an organisation with a single one) counts as US dollars; amounts in other currencies are left empty.
    """
    at = pd.Timestamp(moment)
    found = opportunities.drop_duplicates("opportunity_id", keep="last")
    found = found[~found["is_deleted"].fillna(False).astype(bool)]
    company = found["account_id"].map(dict(companies))
    early = pd.to_datetime(found["created_at"]) <= at
    dropped = {"no_company": int(company.isna().sum()), "no_creation": int((~early & company.notna()).sum())}
    found = found.assign(company_id=company)[early & company.notna()]

    told = history.assign(at=pd.to_datetime(history["created_at"])).query("at <= @at").sort_values(["at", "history_id"], kind="stable")
    told = told.assign(closed=told["is_closed"].fillna(False).astype(bool), won=told["is_won"].fillna(False).astype(bool))
    last = told.drop_duplicates("opportunity_id", keep="last").set_index("opportunity_id")
    reopened = told[~told["closed"]].drop_duplicates("opportunity_id", keep="last").set_index("opportunity_id")["at"]
    after = told[told["closed"] & ~(told["at"] <= pd.to_datetime(told["opportunity_id"].map(dict(reopened))))]
    closed_at = after.drop_duplicates("opportunity_id").set_index("opportunity_id")["at"]

    ids = found["opportunity_id"]
    has_history = ids.isin(last.index)
    closed_on = pd.to_datetime(ids.map(dict(closed_at))).where(ids.map(dict(last["closed"])).eq(True))
    said_closed = found["is_closed"].fillna(False).astype(bool)
    undated = said_closed & ~has_history
    is_won = ids.map(dict(last["won"])).eq(True) & closed_on.notna()
    usd = pd.to_numeric(found["amount"], errors="coerce").astype(float).where(found["currency"].isna() | (found["currency"] == "USD"))
    rows = pd.DataFrame({
        "company_id": found["company_id"].astype(str), "opened_on": pd.to_datetime(found["created_at"]),
        # without history a closed deal counts as closed at once: its account is not taken to be in a deal for ever
        "closed_on": closed_on.where(~undated, pd.to_datetime(found["created_at"])),
        "is_won": is_won, "amount_usd": usd,
    })  # fmt: skip
    return Deals(rows.reset_index(drop=True), {k: n for k, n in dropped.items() if n}, int(undated.sum()))
