"""The invented tables of the exam's bench: leaks are named, honest columns stay, abstention is counted."""

from __future__ import annotations

import pytest

from benchmarks import exam_tables
from benchmarks.exam import named, skills
from ml import exam
from ml.train import CONFIGS


@pytest.mark.parametrize("name", exam_tables.LEAKS | exam_tables.PAIRS)
def test_every_leak_of_the_bench_is_named_in_three_thousand_rows(name: str) -> None:
    found = named(3000, 0.2, 11, {name: (exam_tables.LEAKS | exam_tables.PAIRS)[name]})
    assert found
    assert not set(found) & set(exam_tables.leads(50, 0.5, 0).columns)


@pytest.mark.parametrize("rate", [0.2, 0.6])
def test_no_honest_column_of_the_bench_is_named(rate: float) -> None:
    assert named(3000, rate, 12, exam_tables.HONEST) == {}


def test_skill_of_the_bench_is_found_and_its_absence_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exam, "CONFIGS", (CONFIGS[0], CONFIGS[4]))
    found = skills(2)
    assert (found["none"]["stand"], found["good"]["stand"]) == (0, 2)
    assert found["none"]["auc"] < found["weak"]["auc"] < found["good"]["auc"]
