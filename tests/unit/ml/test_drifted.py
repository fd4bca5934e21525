"""What turned round or faded in time is told, and a ranking that ended in the newest rows is not let stand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmarks.exam_tables import drifting
from ml import drifted, exam
from ml.exam_page import page
from ml.table import of_frame
from ml.train import CONFIGS, Tried

NOTHING = np.zeros(0)


def _best(auc: float = 0.75, se: float = 0.02) -> Tried:
    return Tried(CONFIGS[0], [auc] * 3, [0.1] * 3, [se * 3**0.5] * 3, NOTHING, NOTHING, NOTHING)


def _judged(ends: float, after: float, rows: int = 800) -> tuple[np.ndarray, np.ndarray]:
    """Outcomes and probabilities: the ranking is good until the share `ends` of the rows, then it pulls `after` times as much."""
    r = np.random.default_rng(5)
    x = r.normal(size=rows)
    y = (r.random(rows) < 1 / (1 + np.exp(-1.5 * x * np.where(np.arange(rows) < ends * rows, 1, after)))).astype(float)
    return y, 1 / (1 + np.exp(-x))


@pytest.mark.parametrize(
    ("ends", "after", "says"), [(0.75, 0, "no longer holds"), (0.5, -1, "has turned round"), (0.5, 0, "no longer holds")]
)
def test_a_ranking_that_ended_in_the_newest_rows_is_lost(ends: float, after: float, says: str) -> None:
    said = drifted.lost(_best(), *_judged(ends, after))
    assert said is not None
    assert says in said
    assert "in the newest" in said


def test_a_ranking_that_holds_or_was_never_good_is_not_lost() -> None:
    assert drifted.lost(_best(), *_judged(1.0, 1)) is None
    assert drifted.lost(_best(0.53), *_judged(0.75, 0)) is None


def test_a_quarter_without_both_outcomes_is_passed_over() -> None:
    y, p = _judged(1.0, 1)
    y[600:] = 0
    assert drifted.lost(_best(), y, p) is None
    assert [told["part"] for told in drifted.course(_best(), drifted.quarters(y, p))][3:] == [
        f"quarter {at} of the last fifth" for at in (1, 2, 3)
    ]


@pytest.mark.parametrize(("how", "says"), [("against", "turned round: since 2023-10-09"), ("nothing", "faded: since 2023-10-09")])
def test_a_column_that_turned_round_or_faded_is_told_with_its_day(how: str, says: str) -> None:
    told = drifted.columns(of_frame(drifting(3000, 1, how, 0.4).astype(str), "won", "created_at"), ["budget", "age", "source"])
    assert [t["column"] for t in told] == ["budget"]
    assert told[0]["said"].startswith(says)
    assert len(told[0]["aucs"]) == 6


def test_a_word_that_turned_round_is_told_by_row() -> None:
    r = np.random.default_rng(1)
    word = r.choice(["web", "event", "cold"], 3000)
    chance = np.where((word == "web") == (np.arange(3000) < 1800), 0.6, 0.2)
    frame = pd.DataFrame({"source": word, "won": (r.random(3000) < chance).astype(int)})
    assert [t["said"] for t in drifted.columns(of_frame(frame, "won"), ["source"])] == [
        "turned round: since row 1,801 it tells the contrary of before"
    ]


def test_columns_that_hold_and_tables_without_outcomes_are_silent() -> None:
    names = ["budget", "age", "source"]
    assert drifted.columns(of_frame(drifting(3000, 2, "steady", 0.5).astype(str), "won", "created_at"), names) == []
    few = drifting(300, 3, "steady", 0.5)
    few["won"] = (np.arange(300) == 7).astype(int)
    assert drifted.columns(of_frame(few.astype(str), "won", "created_at"), names) == []


def test_the_exam_abstains_where_the_newest_rows_tell_the_contrary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exam, "CONFIGS", (CONFIGS[0],))
    report = exam.judge(of_frame(drifting(4000, 4, "against", 0.94).astype(str), "won", "created_at"))
    assert report["abstains"]
    assert "in the newest" in report["abstained_because"]
    assert report["auc"] > 0.5
    said = page(report)
    assert "Over time: AUC 0." in said
    assert "(quarter 4 of the last fifth)" in said


def test_the_page_tells_of_a_column_that_turned_round(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exam, "CONFIGS", (CONFIGS[0],))
    report = exam.judge(of_frame(drifting(2000, 5, "against", 0.4).astype(str), "won", "created_at"))
    assert "Changed over time: budget turned round: since 2023-10-09 it tells the contrary of before" in page(report)
