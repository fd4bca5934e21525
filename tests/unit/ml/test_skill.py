"""The last word of an exam: skill from all rows that were judged later, probabilities that are right or not, a page that says both."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from ml_tables import leads, table

from ml import exam
from ml.exam_page import page
from ml.skill import probabilities, why_no_skill
from ml.table import of_frame
from ml.train import CONFIGS, Tried


@pytest.fixture(autouse=True)
def _few_configurations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exam, "CONFIGS", (CONFIGS[0], CONFIGS[4]))


def folds(auc: float, se: float) -> Tried:
    return Tried(CONFIGS[0], [auc], [0.5], [se], np.zeros(1), np.zeros(1), np.zeros(1))


@pytest.mark.parametrize(
    ("inside", "last", "why"),
    [
        ((0.57, 0.02), (0.56, 0.03), None),
        ((0.53, 0.02), (0.53, 0.02), "beyond noise"),
        ((0.60, 0.02), (0.51, 0.02), "no longer holds"),
        ((0.48, 0.02), (0.62, 0.02), "differ 4.9 times more than chance"),
        ((0.70, 0.02), (0.54, 0.02), "faded"),
    ],
)
def test_skill_is_told_by_folds_and_last_fifth_together(inside: tuple[float, float], last: tuple[float, float], why: str | None) -> None:
    said, told = why_no_skill(folds(*inside), 11, *last)
    assert said is None if why is None else said is not None and why in said
    assert told["pooled_z"] == pytest.approx((told["inner_z"] + told["last_z"]) / 2**0.5 / told["unrest"], abs=0.02)


def test_strong_skill_that_comes_and_goes_is_still_skill() -> None:
    parts = Tried(CONFIGS[0], [0.9, 0.7, 0.95], [0.5] * 3, [0.01] * 3, np.zeros(1), np.zeros(1), np.zeros(1))
    assert why_no_skill(parts, 11, 0.8, 0.01)[0] is None


def test_what_only_drifts_with_the_label_is_no_skill() -> None:
    def stands(seed: int) -> bool:
        r = np.random.default_rng(seed)
        walks = [np.cumsum(r.normal(size=3000)) / 20 for _ in range(3)]
        level = (walks[0] - walks[0].mean()) / walks[0].std() - 1.4
        frame = leads(3000, skill=0.0, one=walks[1].round(2), two=walks[2].round(2))
        frame["won"] = (r.random(3000) < 1 / (1 + np.exp(-level))).astype(int)
        return not exam.judge(of_frame(frame, "won", "created_on"))["abstains"]

    assert sum(stands(seed) for seed in range(8)) <= 1


def test_more_configurations_raise_the_bar() -> None:
    assert why_no_skill(folds(0.56, 0.03), 33, 0.56, 0.03)[1]["needed_z"] > why_no_skill(folds(0.56, 0.03), 3, 0.56, 0.03)[1]["needed_z"]


def test_a_level_that_has_moved_is_told_from_a_wrong_shape() -> None:
    r = np.random.default_rng(1)
    logit = r.normal(size=20_000) - 1
    p = 1 / (1 + np.exp(-logit))
    y = (r.random(len(p)) < p).astype(float)
    assert probabilities(y, p)["are_right"] is True
    high = probabilities(y, 1 / (1 + np.exp(-(logit + 0.2))))
    assert high["are_right"] is True
    assert "near enough, and run high" in high["said"]
    moved = probabilities(y, 1 / (1 + np.exp(-(logit - 2))))
    assert moved["are_right"] is False
    assert moved["shift_of_logit"] == pytest.approx(2, abs=0.1)
    assert moved["checks"]["base_rate"]["passed"] is False
    assert f"recalibrate on the newest outcomes ({moved['shift_of_logit']:+.2f} on the logit)" in moved["said"]
    steep = probabilities(y, 1 / (1 + np.exp(-(4 * logit + 2))))
    assert steep["are_right"] is False
    assert "the level is wrong" not in steep["said"]


def test_ranks_well_with_wrong_probabilities_is_a_verdict_of_its_own() -> None:
    frame = leads(3000)
    r = np.random.default_rng(2)
    late = np.arange(len(frame)) >= 2400
    gone = late & (frame["won"] == 0) & (r.random(len(frame)) < 0.8)
    report = exam.judge(of_frame(frame[~gone], "won"))
    assert report["verdict"] == "ranks only"
    assert report["abstains"] is False
    said = page(report)
    assert said.startswith("VERDICT: ranks well, probabilities off")
    assert "recalibrate on the newest outcomes" in said


def test_the_page_of_an_abstention_recommends_nothing() -> None:
    report = exam.judge(table(skill=0.0))
    assert report["probabilities"]["said"] == "not to be used: the exam abstains"
    said = page(report)
    assert said.startswith("VERDICT: abstains")
    assert "Why: no skill" in said
    assert "Ranking: " in said
    assert "Probabilities: " not in said
    assert "What counts most" not in said


@pytest.mark.parametrize("rows", [3, 12, 80, 199])
def test_too_few_rows_are_an_abstention_with_the_same_keys(rows: int) -> None:
    told = table(n=400).rows(slice(0, rows))
    told.y[:2] = [0, 1]
    report = exam.judge(told)
    assert report["abstains"] is True
    assert f"{rows} rows" in report["abstained_because"]
    assert set(report) == set(exam.judge(table(n=400)))
    assert json.loads(json.dumps(report, allow_nan=False)) == report
    assert page(report).startswith("VERDICT: abstains")


def test_a_leak_is_named_even_where_too_few_rows_are_judged() -> None:
    assert "copy" in exam.judge(table(n=190, copy=lambda f, r: f["won"]))["leaks"]


def test_weak_skill_in_four_thousand_rows_is_found_and_none_is_not() -> None:
    def found(skill: float) -> int:
        return sum(not exam.judge(table(4000, seed, skill))["abstains"] for seed in range(6))

    assert found(0.25) >= 4
    assert found(0.0) == 0


def test_too_few_of_an_outcome_in_the_last_fifth_is_an_abstention() -> None:
    frame = leads(1200)
    frame.loc[963:, "won"] = 0
    frame.loc[[970, 980], "won"] = 1
    report = exam.judge(of_frame(frame, "won", "created_on"))
    assert report["abstains"]
    assert "holds 2 yes" in report["abstained_because"]


def test_a_perfect_order_is_skill_and_not_a_lack_of_columns() -> None:
    said, told = why_no_skill(folds(1.0, 0.0), 11, 1.0, 0.0)
    assert said is None
    assert told["pooled_z"] > 30

    def part(seed: int) -> Any:
        return np.random.default_rng(seed).normal(size=2000).tolist()

    frame = leads(2000, one=part(1), two=part(2), three=part(3))
    frame["won"] = (frame["one"] + frame["two"] + frame["three"] > 0).astype(int)
    report = exam.judge(of_frame(frame, "won", "created_on"))
    assert report["leaks"] == []
    assert report["auc"] > 0.98
    assert report["abstains"] is False
    assert any("too good to be true" in n for n in report["notes"])
