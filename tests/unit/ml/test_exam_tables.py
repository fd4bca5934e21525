"""The exam on tables that are not as they should be: it judges, abstains or refuses, and always says which."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from ml_tables import leads, table

from ml import exam, leaks
from ml.table import Table, apart, of_frame
from ml.train import CONFIGS, spread


@pytest.fixture(autouse=True)
def _few_configurations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exam, "CONFIGS", (CONFIGS[0], CONFIGS[4]))


def test_a_table_without_a_column_to_learn_from_is_an_abstention() -> None:
    frame = leads()[["lead_id", "won"]].assign(same="x", empty="")
    report = exam.judge(of_frame(frame, "won"))
    assert report["abstains"]
    assert "no column to learn from" in report["abstained_because"]
    assert set(report["unused"]) == {"lead_id", "same", "empty"}


def test_a_file_sorted_by_the_label_is_not_judged() -> None:
    report = exam.judge(of_frame(leads().sort_values("won", kind="stable"), "won"))
    assert report["abstains"]
    assert report["auc"] is None
    assert report["abstained_because"].endswith("a young history, or rows out of order")


def test_the_file_s_order_within_a_big_tie_is_not_believed() -> None:
    frame = leads(skill=0.0).assign(year=np.repeat([2020, 2021, 2022, 2023], 300))
    told = of_frame(frame.sort_values(["year", "won"]).astype({"year": str}), "won", "year")
    mixed, cut = apart(told, 960)
    assert cut == 900
    assert 0.2 < mixed.y[900:1050].mean() < 0.5
    assert np.array_equal(mixed.order, told.order)
    assert exam.judge(told)["test_rows"] == 300
    assert np.array_equal(apart(told, 960)[0].y, mixed.y)


def test_rows_that_run_backwards_are_noted() -> None:
    report = exam.judge(of_frame(leads().iloc[::-1], "won"))
    assert any("backwards in time by 'created_on'" in n for n in report["notes"])


def test_what_is_too_good_to_be_true_is_noted() -> None:
    def half(frame: pd.DataFrame, r: np.random.Generator) -> Any:
        return frame["won"] + r.normal(size=len(frame)) * 0.45

    report = exam.judge(table(one=half, two=half, three=half))
    assert report["leaks"] == []
    assert any("too good to be true" in n for n in report["notes"])


def test_a_strong_but_honest_column_stays() -> None:
    made = {
        "gauss": lambda f, r: r.normal(size=len(f)) + 1.81 * f["won"],
        "skewed": lambda f, r: np.exp(r.normal(size=len(f)) + 1.81 * f["won"]),
        "visits": lambda f, r: r.poisson(np.where(f["won"] == 1, 4, 1)),
        "asked": lambda f, r: (r.random(len(f)) < np.where(f["won"] == 1, 0.75, 0.2)).astype(int),
        "employment_status": lambda f, r: np.where(r.random(len(f)) < np.where(f["won"] == 1, 0.85, 0.2), "full", "part"),
        "post_code": lambda f, r: r.integers(10_000, 10_060, len(f)),
        "day_made": lambda f, r: f["created_on"].str[:10],
        "last_seen": lambda f, r: before(f, r.exponential(np.where(f["won"] == 1, 5, 20))),
        "filled_since_spring": lambda f, r: np.where(np.arange(len(f)) > 800, "x", ""),
    }
    assert leaks.suspects(table(2000, **made)) == {}


def before(frame: pd.DataFrame, days: np.ndarray) -> pd.Series:
    return (pd.to_datetime(frame["created_on"]) - pd.to_timedelta(days, "D")).dt.strftime("%Y-%m-%d %H:%M:%S")


LEAKS = {
    "known_a_second_late": (lambda f, r: before(f, np.full(len(f), -1 / 86_400)), "dated_after"),
    "last_touch": (lambda f, r: before(f, np.where(f["won"] == 1, -3.0, 3.0) + r.normal(size=len(f))), "dated_after"),
    "deal_stage": (lambda f, r: np.where(f["won"] * r.random(len(f)) > 0.5, "Closed Won", r.choice(["Open", "Demo"], len(f))), "decides"),
    "amount": (lambda f, r: np.where((f["won"] == 1) & (r.random(len(f)) < 0.4), r.integers(100, 900, len(f)), 0), "decides"),
    "score": (lambda f, r: np.where(r.random(len(f)) < 0.06, 1 - f["won"], f["won"]) + r.normal(size=len(f)) * 0.05, "separates"),
    "empty_when_lost": (lambda f, r: np.where(f["won"] == 1, r.normal(size=len(f)).round(2).astype(str), ""), "separates"),
    "outcome_grade": (lambda f, r: 0.5 * f["won"] + r.normal(size=len(f)), "named_after"),
}  # fmt: skip


@pytest.mark.parametrize("name", LEAKS)
def test_a_column_that_could_not_be_known_is_named(name: str) -> None:
    made, code = LEAKS[name]
    found = leaks.suspects(table(2000, **{name: made}))
    assert list(found) == [name]
    assert any(reason.startswith(code) for reason in found[name])


def test_rows_in_file_order_have_the_time_of_the_column_that_never_falls() -> None:
    frame = leads(closed_at=lambda f, r: before(f, -r.exponential(20, len(f)) - 1))
    assert "dated_after" in leaks.suspects(of_frame(frame, "won"))["closed_at"][0]


def test_of_very_many_rows_evenly_spread_ones_are_learned_from() -> None:
    few: Table = spread(table(1000), 100)
    assert len(few) == 100
    assert few.order[0] == table(1000).order[0]
    assert few.order[-1] == table(1000).order[-1]
    assert (np.diff(few.order) > 0).all()


@pytest.mark.parametrize("rest", ["", "unknown", "-1"])
def test_a_label_that_is_told_of_a_tenth_of_the_rows_is_named(rest: str) -> None:
    found = leaks.suspects(table(2000, audited=lambda f, r: np.where(r.random(len(f)) < 0.1, f["won"].astype(str), rest)))
    assert list(found) == ["audited"]


@pytest.mark.parametrize("rest", ["", "unknown", "-1"])
def test_an_answer_of_a_tenth_of_the_rows_that_is_right_nine_times_in_ten_stays(rest: str) -> None:
    said = {
        "survey": lambda f, r: np.where(r.random(len(f)) < 0.1, np.where(r.random(len(f)) < 0.9, f["won"], 1 - f["won"]).astype(str), rest)
    }
    assert leaks.suspects(table(2000, **said)) == {}
