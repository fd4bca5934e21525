"""Backfill, what-if, learning and backtest with the warehouse on Postgres, as their user starts them; DuckDB gives the same bytes.

One small hand-made market in two lakes. Each command is a process of its own, so the test asks its questions in one course.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from support.market import DAY
from support.market_case import write_market
from support.signals_world import world

from signals_pipeline.io.lake import Lake
from signals_pipeline.settings import REPOSITORY

SINCE, UNTIL = "2026-06-26", "2026-07-01"
RECORD = ("account_scores", "account_score_reasons")
ENDED = datetime(2026, 7, 2, 10, 5)
PULLED = {"stream": "salesforce.accounts", "vendor": "salesforce", "status": "ok", "started_at": ENDED, "ended_at": ENDED}

DIES = """
import os, signal
from signals_pipeline import backfill
from signals_pipeline.cli import main
real = backfill.Course.left
def left(self, step, of):
    for part in real(self, step, of):
        if step == os.environ["DIES_IN"] and part.since.day == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        yield part
backfill.Course.left = left
main()
"""
DAY_BY_DAY = """
from signals_pipeline.cli import main
from signals_pipeline.orchestration import dbt_stage
dbt_stage.MOST_AT_ONCE = 1
main()
"""


class Home:
    """A home with the market in its lake, and its commands."""

    def __init__(self, place: Path, **settings: str) -> None:
        self.place = place
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("SIGNALS_", "DAGSTER_"))}
        told = {"home": str(place), "now": "2026-07-02T11:00:00+00:00", "hash_key": "test-key"}
        told |= {"product_db_url": "postgresql://nobody@127.0.0.1:1/none", **settings}  # a credential: no sandbox is started
        self.env = kept | {f"SIGNALS_{k.upper()}": v for k, v in told.items()}
        lake = Lake(str(place / "lake"))
        world().write(lake, stream="world")
        write_market(lake)
        lake.write("stream_runs", DAY, [PULLED], stream="sources")

    def run(self, *words: str, code: str = "", **env: str) -> subprocess.CompletedProcess[str]:
        program = ["-c", code] if code else ["-m", "signals_pipeline"]
        command = [sys.executable, *program, *words]
        return subprocess.run(command, env=self.env | env, cwd=REPOSITORY, capture_output=True, text=True, timeout=600, check=False)

    def told(self, *words: str, code: str = "") -> dict[str, Any]:
        done = self.run(*words, "--json", code=code)
        assert done.returncode == 0, done.stderr[-3000:] + done.stdout[-3000:]
        assert "emitted no result" not in done.stderr, done.stderr[-3000:]
        return dict(json.loads(done.stdout))

    def files(self, *names: str) -> dict[str, bytes]:
        """Days of the range; the lake keeps an empty file of long ago beside them."""
        found = [p for n in names for p in (self.place / "lake" / "facts" / n).glob("dt=*/*.parquet")]
        return {f"{p.parts[-3]}/{p.parent.name[3:]}": p.read_bytes() for p in sorted(found) if p.parent.name[3:] >= SINCE}


@pytest.mark.postgres
@pytest.mark.slow
def test_the_past_is_scored_learned_and_judged_on_postgres_and_a_killed_backfill_goes_on(tmp_path: Path, fresh_database: str) -> None:
    span = ("--from", SINCE, "--to", UNTIL)
    duck, post = Home(tmp_path / "duck"), Home(tmp_path / "post", warehouse_url=fresh_database)

    # killed while it held the pool of the warehouse, then while it scored: each time the same command goes on with July
    for step in ("features", "scores"):
        died = post.run("backfill", *span, code=DIES, DIES_IN=step)
        assert died.returncode == -signal.SIGKILL, died.stderr[-3000:]
    assert set(post.files("account_scores")) == {f"account_scores/2026-06-{d}" for d in (26, 27, 28, 29, 30)}
    told = post.told("backfill", *span)
    assert (told["days_that_stood"], told["days_computed"]) == (5, 1)
    assert told["scores"] > 0
    record = post.files(*RECORD)
    assert record

    # nothing is left to go on from: anew, the same bytes; and those of the other engine, in pieces as of very many companies
    anew = post.told("backfill", *span)
    assert (anew["days_that_stood"], anew["days_computed"]) == (0, 6)
    assert post.files(*RECORD) == record
    duck.told("backfill", *span, code=DAY_BY_DAY)
    assert duck.files(*RECORD) == record

    # a day alone, later, is what it was; a what-if stands beside the record
    assert post.told("backfill", "--from", UNTIL, "--to", UNTIL)["days_computed"] == 1
    what_if = post.told("backfill", *span, "--model", "rule")
    assert what_if["dataset"] == "what_if_scores" and what_if["scores"] > 0
    beside = post.files("what_if_scores")
    post.told("backfill", *span, "--model", "rule")
    assert post.files("what_if_scores") == beside and post.files(*RECORD) == record

    # six days teach nothing, and the answer says so
    learned = post.told("learn", "--month", "2026-06")
    assert learned["relevance"]["status"] == "abstains" and learned["rows"] > 0
    walked = post.told("backtest")
    assert [m["month"] for m in walked["months"]] == ["2026-06", "2026-07"]
    assert Path(walked["page"]).read_text(encoding="utf-8").startswith("<!doctype html>")
