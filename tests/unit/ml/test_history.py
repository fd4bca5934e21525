"""Days that another version made, and too few of them: a month learns from what all days have, and says which command mends the rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from test_learn_month import AS_OF, market_in
from test_month import CONFIGS, FROM, MOMENT, market
from test_production import MONTHS

from ml.champion import FOLDER, Champion
from ml.deals import Deals
from ml.history import uneven, why_nothing
from ml.production import learn_from, learn_month
from ml.registry import Registry

Frame = pd.DataFrame
CHANGED = MONTHS[7]  # from here on the days stand from a newer version


def days_of(days: list[date] = MONTHS, accounts: int = 40, **columns: Any) -> Frame:
    """Features of some accounts: a count, a date that few have, a state that most have."""
    r = np.random.default_rng(1)
    frame = pd.DataFrame([{"company_id": f"c{a}", "dt": d} for d in days for a in range(accounts)])
    few = np.where(r.random(len(frame)) < 0.2, 3.0, np.nan)
    return frame.assign(
        visits_30d=r.poisson(2, len(frame)), days_since_visit=few, employees=np.where(r.random(len(frame)) < 0.9, 50.0, np.nan), **columns
    )


def upgraded(frame: Frame, changed: date = CHANGED) -> Frame:
    """A column was renamed, and one with gaps came with it."""
    is_new = frame["dt"] >= changed
    count, late = np.arange(len(frame)) % 5, np.where(np.arange(len(frame)) % 3 == 0, 7.0, np.nan)
    return frame.assign(intent_30d=np.where(is_new, np.nan, count), surge_30d=np.where(is_new, count, np.nan),
                        days_since_surge=np.where(is_new, late, np.nan))  # fmt: skip


def pulled_late(frame: Frame) -> Frame:
    """A source that was connected later, and as yet knows only some accounts."""
    return frame.assign(employees=frame["employees"].where(frame["dt"] >= CHANGED))


@pytest.mark.parametrize("shape", [days_of, lambda: pulled_late(days_of()), lambda: days_of([MONTHS[0]]), lambda: days_of().head(0)])
def test_days_that_one_version_made_are_alike_whatever_their_sources_knew(shape: Any) -> None:
    assert uneven(shape()) is None


def test_a_first_day_on_which_nobody_had_anything_to_look_back_to_is_no_other_version() -> None:
    frame = days_of()
    assert uneven(frame.assign(days_since_send=np.where(frame["dt"] == MONTHS[0], np.nan, 4.0))) is None


def test_columns_of_some_days_only_are_named_with_the_command_that_makes_all_days_alike() -> None:
    found = uneven(upgraded(days_of()))
    assert found is not None
    assert found.columns == ["days_since_surge", "intent_30d", "surge_30d"]
    assert f"days from {MONTHS[0]} to {MONTHS[6]} were made by another version than {MONTHS[-1]}" in found.because
    assert found.because.endswith(f"`signals backfill --from {MONTHS[0]} --to {MONTHS[-1]}` makes all of them alike")


def test_after_the_backfill_a_column_that_nobody_makes_any_more_counts_for_nothing() -> None:
    assert uneven(upgraded(days_of(), changed=MONTHS[0])) is None


def test_a_month_across_an_upgrade_learns_from_what_all_its_days_have(tmp_path: Path) -> None:
    features, deals = market()
    report = learn_from(upgraded(features), Deals(deals, {}, 0), Registry(tmp_path / FOLDER), MOMENT, FROM, CONFIGS)
    assert report["relevance"]["status"] == "promoted", report["relevance"]["because"]
    assert report["columns"] == ["warm", "size", "noise"] and len(report["left_out"]) == 3
    assert "`signals backfill --from 2024-01-28 --to 2024-12-28`" in report["left_out_because"]
    import pyarrow as pa

    day = upgraded(features).query("dt == @MONTHS[-1]")
    champion = Champion(tmp_path)
    assert champion.score(FROM, pa.Table.from_pandas(day, preserve_index=False)).num_rows == len(day), champion.said


def test_a_month_whose_days_share_no_column_abstains_and_names_the_backfill(tmp_path: Path) -> None:
    features, deals = market(120)
    only = upgraded(features[["company_id", "dt"]])
    report = learn_from(only, Deals(deals, {}, 0), Registry(tmp_path / FOLDER), MOMENT, FROM, CONFIGS)
    assert {report[k]["status"] for k in ("relevance", "hazard", "size")} == {"abstains"}
    assert "signals backfill" in report["relevance"]["because"]


NO_DEALS = Deals(pd.DataFrame({"company_id": [], "opened_on": [], "closed_on": [], "is_won": [], "amount_usd": []}), {}, 0)


@pytest.mark.parametrize(
    ("features", "deals", "said"),
    [
        (days_of().head(0), NO_DEALS, "no account features stand up to 2024-12-31; `signals backfill --from 2024-07-04 --to 2024-12-31`"),
        (days_of(), replace(NO_DEALS, why_none="never pulled"), "never pulled"),
        (days_of().head(0), replace(NO_DEALS, why_none="never pulled"), "never pulled; no account features stand either: `signals"),
        (days_of([date(2024, 12, 20)]), NO_DEALS, "2024-12-20, is known on 2025-02-18; `signals backfill --from 2024-06"),
    ],
)  # fmt: skip
def test_where_there_is_nothing_to_learn_from_the_words_say_what_helps(features: Frame, deals: Deals, said: str) -> None:
    assert said in (why_nothing(features, deals, datetime(2025, 1, 1, 10), 60) or "")


def test_old_days_without_a_yes_are_told_in_numbers_and_not_explained_away() -> None:
    assert why_nothing(days_of(), NO_DEALS, datetime(2025, 6, 1), 60) is None


def test_a_month_before_the_first_pull_of_the_crm_names_the_first_that_can_be_learned(tmp_path: Path) -> None:
    rt = market_in(tmp_path)
    report = learn_month(rt, "2025-04")
    assert report["relevance"]["because"] == (
        f"no deal was known on 2025-04-30: the CRM was first pulled on {AS_OF}; 2025-05 is the first month that can be learned, "
        "once it has closed"
    )
