"""Features of many companies are built a few days at a time; what failed is not built past."""

from __future__ import annotations

from datetime import date

from signals_pipeline.backfill import Part
from signals_pipeline.io.dbt import DbtRun
from signals_pipeline.orchestration.dbt_stage import in_line

MONTH = Part(date(2026, 6, 1), date(2026, 6, 30))


def test_every_piece_is_built_in_its_order_and_a_failure_ends_the_line() -> None:
    asked: list[Part] = []

    def build(part: Part) -> DbtRun:
        asked.append(part)
        return DbtRun(ok=part.until.day < 20, nodes=())

    assert [run.ok for run in in_line(build, MONTH.pieces(6))] == [True, True, True, False]
    assert asked == MONTH.pieces(6)[:4]
    asked.clear()
    assert [run.ok for run in in_line(build, Part(MONTH.since, date(2026, 6, 12)).pieces(6))] == [True, True]
    assert [(part.since.day, part.until.day) for part in asked] == [(1, 6), (7, 12)]
