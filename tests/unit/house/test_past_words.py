"""What a backfill says when it has ended: days, scores and whose, and a what-if beside the record."""

from __future__ import annotations

from typing import Any

import pytest

from signals_pipeline.cli.past import words_of


def record(**overrides: Any) -> dict[str, Any]:
    told = {"from": "2026-01-10", "to": "2026-06-28", "days": 170, "scores": 55064, "by_model": {"learned": 64, "rule": 55000}}
    return told | {"days_computed": 170, "days_that_stood": 0, "wall_s": 48.5} | overrides


def what_if(**beside: int) -> dict[str, Any]:
    of = {"scores": 9, "in_both": 7, "higher": 2, "lower": 1, "only_here": 2, "only_in_record": 3, "hot_here": 1, "hot_in_record": 0}
    told = {"dataset": "what_if_scores", "model_version": "rule-abc", "last_day_beside_the_record": of | beside}
    return record(**told)


def test_a_backfill_says_days_scores_and_whose_they_are() -> None:
    first, last = words_of(record())
    assert first == "Scored 2026-01-10 to 2026-06-28 (170 days): 55,064 scores, 64 by the model learned, 55,000 by the rules."
    assert last == "48 s; nothing was sent and nothing spent."
    assert words_of(record(days=1, scores=0, by_model={}))[0].endswith("(1 day): 0 scores, none.")


def test_days_that_a_killed_run_had_finished_are_told() -> None:
    assert "31 of the days had been finished by a run that was killed; they stand." in words_of(record(days_that_stood=31))


def test_a_what_if_is_told_beside_the_record() -> None:
    first, beside, _ = words_of(what_if())
    assert first.startswith("What if: rule-abc over 2026-01-10 to 2026-06-28 (170 days)") and first.endswith("the record is as it was.")
    assert beside == ("On 2026-06-28, beside the record: 7 companies score in both (2 higher here, 1 lower), 2 here alone, "
                      "3 in the record alone; hot are 1 here, 0 in the record.")  # fmt: skip


@pytest.mark.parametrize(
    ("beside", "said"), [({"in_both": 0, "only_in_record": 0}, "`signals backfill --from 2026-01-10"), ({}, "hot are")]
)
def test_a_record_that_has_no_such_day_is_no_difference(beside: dict[str, int], said: str) -> None:
    assert said in words_of(what_if(**beside))[1]
