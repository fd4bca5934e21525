"""Rules of staging that reads changed days alone: whatever happened to the lake, the table holds what reading all of it would give."""

from __future__ import annotations

import random
from datetime import date, datetime
from pathlib import Path

import pytest
from lake_stories import day, story, write
from support.market import build

from signals_pipeline.runtime import Runtime
from signals_pipeline.settings import REPOSITORY

MODEL = "stg_product_db__daily_events"


def land(rt: Runtime, n: int, counts: dict[str, int], *, window: str = "day") -> None:
    """What day `n` brought: record_key → count. Replaces what it brought before."""
    at = datetime.combine(day(n), datetime.min.time())
    rows = [
        {
            "record_key": key, "user_id": key, "event_type": "transaction", "event_count": count, "event_date": day(n), "loaded_at": at,
            "known_at": at, "known_at_basis": "modified", "pulled_at": at, "payload": "{}",
        }
        for key, count in counts.items()
    ]  # fmt: skip
    rt.lake.write("product_db__daily_events", day(n), rows, stream="product_db.daily_events", window=window)


def staged(rt: Runtime, until: int) -> dict[str, tuple[int, date]]:
    """The table after a build as of day `until`: key → (count, dt)."""
    build(rt, [MODEL], since=day(until), until=day(until))
    rows = rt.warehouse.rows(f"select record_key, event_count, dt from sources.{MODEL}")
    found = {r["record_key"]: (r["event_count"], r["dt"]) for r in rows}
    assert len(found) == len(rows), "a key stands twice"
    return found


def expected(days: dict[int, dict[str, int]], until: int) -> dict[str, tuple[int, date]]:
    found: dict[str, tuple[int, date]] = {}
    for n in sorted(d for d in days if d <= until):
        for key, count in days[n].items():
            found.setdefault(key, (count, day(n)))
    return found


def test_after_any_story_of_the_lake_the_table_is_what_the_whole_lake_says(rt: Runtime) -> None:
    for step in story(7, 14, some):
        for n in step.changed:
            land(rt, n, step.days[n])
        assert staged(rt, step.until) == expected(step.days, step.until), step.number


def some(draw: random.Random) -> dict[str, int]:
    """Few keys, so that the same one comes on several days."""
    return {f"k{draw.randrange(12)}": draw.randrange(100) for _ in range(draw.randrange(6))}


def test_a_new_day_leaves_the_rows_of_the_others_alone(rt: Runtime) -> None:
    land(rt, 1, {"a": 1, "b": 2})
    staged(rt, 1)
    mark(rt, "b")
    land(rt, 2, {"b": 9, "c": 3})
    found = staged(rt, 2)
    assert found == {"a": (1, day(1)), "b": (-1, day(1)), "c": (3, day(2))}  # the mark stands: day 1 was not read again
    land(rt, 1, {"a": 1, "b": 2})  # the same rows, written again
    assert staged(rt, 2) == {"a": (1, day(1)), "b": (2, day(1)), "c": (3, day(2))}


def test_a_table_that_nobody_wrote_a_word_on_is_read_again_whole(rt: Runtime) -> None:
    land(rt, 1, {"a": 1})
    staged(rt, 1)
    mark(rt, "a")
    write(rt, f"comment on table sources.{MODEL} is null")
    assert staged(rt, 1) == {"a": (1, day(1))}


def test_a_model_whose_code_changed_is_read_again_whole(rt: Runtime, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import shutil

    from signals_pipeline.io import dbt

    land(rt, 1, {"a": 1})
    staged(rt, 1)
    mark(rt, "a")
    other = tmp_path / "project"
    shutil.copytree(REPOSITORY / "dbt_project", other, ignore=shutil.ignore_patterns("target", "logs"))
    path = other / "models" / "sources" / "product_db" / f"{MODEL}.sql"
    path.write_text(path.read_text().replace("where version_rank = 1", "where version_rank = 1 and event_count < 1000"))
    monkeypatch.setattr(dbt, "PROJECT", other)
    monkeypatch.setattr(dbt, "_manifests", {})
    assert staged(rt, 1) == {"a": (1, day(1))}


def mark(rt: Runtime, key: str) -> None:
    write(rt, f"update sources.{MODEL} set event_count = -1 where record_key = '{key}'")
