"""The days of a range in the UI: a line each."""

from __future__ import annotations

import dagster as dg

from signals_pipeline.orchestration.assets.scoring import _table
from signals_pipeline.scoring.stage import DayScores


def test_a_range_is_a_line_a_day_and_no_nested_text() -> None:
    day = DayScores(accounts=3, fell_to_zero=1, reasons=5, hot=1, highest=61.5, stages={"Awareness": 1200, "Target": 2})
    found = _table({"2026-06-28": day, "2026-06-29": day})
    assert isinstance(found, dg.TableMetadataValue)
    first, second = (r.data for r in found.records)
    assert (first["day"], second["day"], first["accounts"]) == ("2026-06-28", "2026-06-29", 3)
    assert first["stages"] == "Awareness 1,200, Target 2"


def test_a_range_that_stood_whole_says_so() -> None:
    assert _table({}).value == "no day was computed"
