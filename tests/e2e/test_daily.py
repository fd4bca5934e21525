"""The daily job against a small sandbox, as its user starts it: two runs of a day, a source down, a paused day, a CRM down.

Each run takes most of a minute, so that one run is asked several questions. The tests go in their order.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from sandbox import serve
from signals_pipeline.rules.seeds import seed

pytestmark = pytest.mark.slow
COMPANIES = "300"  # fewer, and no trial user falls silent


def signals(home: Path, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "signals_pipeline", *arguments, "--home", str(home)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    if check:
        assert done.returncode == 0, done.stderr[-4000:] + done.stdout[-4000:]
    return done


def run(home: Path, check: bool = True) -> dict[str, Any]:
    return json.loads(signals(home, "run", "--json", check=check).stdout)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    place = tmp_path_factory.mktemp("home")
    signals(place, "sandbox", "start", "--companies", COMPANIES)
    yield place
    signals(place, "sandbox", "stop", check=False)


@pytest.fixture(scope="module")
def first(home: Path) -> dict[str, Any]:
    return run(home)


def test_the_first_run_is_green_and_sends(first: dict[str, Any]) -> None:
    assert first["ok"], first["errors"]
    assert first["sent_by_this_run"] > 0
    assert len(first["gates"]) == 6 and all(first["gates"].values())


def test_records_in_are_landed_or_rejected_in_every_stream(first: dict[str, Any]) -> None:
    assert first["streams"]
    assert {name: s for name, s in first["streams"].items() if s["in"] != s["landed"] + s["rejected"]} == {}


def test_every_signal_type_of_the_sandbox_is_found(first: dict[str, Any]) -> None:
    expected = {
        "intent_surge", "product_signup", "feature_activation", "usage_spike", "drop_off",
        "funding_round", "executive_change", "acquisition",
    }  # fmt: skip
    assert expected <= first["signals_by_type"].keys()


def test_every_suppression_rule_stops_somebody_in_the_sandbox(first: dict[str, Any]) -> None:
    rules = {row["rule"] for row in seed("suppression_rules")} - {"erased"}  # a new market has erased nobody
    assert rules <= first["suppressed"].keys(), rules - first["suppressed"].keys()


def test_the_reasons_of_a_score_add_up_to_it(first: dict[str, Any]) -> None:
    assert first["hottest"]
    for account in first["hottest"]:
        assert sum(r["points"] for r in account["reasons"]) == pytest.approx(account["score"], abs=0.001)


def test_every_asset_of_the_run_says_how_many_rows_in_which_window_and_what_it_cost(
    home: Path, first: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_STORAGE_DIR", str(home / "dagster"))
    lacking: dict[str, set[str]] = {}
    with dg.DagsterInstance.from_config(str(home / "dagster")) as instance, duckdb.connect(str(home / "warehouse.duckdb")) as warehouse:
        views = {".".join(r) for r in warehouse.sql("select schema_name, view_name from duckdb_views()").fetchall()}
        for key in instance.all_asset_keys():
            event = instance.get_latest_materialization_event(key)
            assert event and event.asset_materialization, key
            wanted = {"dagster/row_count"} - (
                {"dagster/row_count"} if ".".join(key.path) in views or key.path[-1] == "run_report" else set()
            )
            if key.path[0] == "lake" or key.path[-1] in ("published", "run_report"):
                wanted |= {"window"}
            if key.path[0] == "lake" and key.path[-1].partition("__")[0] in (
                "salesforce",
                "outreach",
                "sec_edgar",
                "sixsense",
                "file_drop",
            ):
                wanted |= {"in", "rejected", "status", "cost_usd"}
            if (key.path[-1] in ("enrichment_results", "plan_rows") and key.path[0] == "lake") or key.path[-1] == "run_report":
                wanted |= {"cost_usd"}
            if missing := wanted - set(event.asset_materialization.metadata):
                lacking[key.to_user_string()] = missing
    assert lacking == {}


def test_the_second_run_of_a_day_sends_nothing(home: Path, first: dict[str, Any]) -> None:
    second = run(home)
    assert second["ok"], second["errors"]
    assert second["sent_by_this_run"] == 0 and second["sent"] == first["sent"]


def test_a_source_that_no_send_depends_on_may_be_down_and_the_sends_go_on(home: Path, first: dict[str, Any]) -> None:
    signals(home, "sandbox", "advance", "--days", "1")
    signals(home, "sandbox", "fault", "edgar", "down")
    try:
        told = run(home, check=False)
    finally:
        signals(home, "sandbox", "fault", "edgar", "down", "--off")
    assert told["as_of"] > first["as_of"] and not told["ok"]
    assert told["streams"]["sec_edgar.feed"]["status"] == "failed" and "sec_edgar.feed" in " ".join(told["errors"])
    assert all(told["gates"].values()), told["gate_failures"]
    # a small market may have nobody to write to on a given day: what was planned went out, and the run said that it applied
    assert told["apply"]["status"] == "applied" and told["sent_by_this_run"] == told["planned"]


def test_a_paused_day_is_green_with_its_plan_made_and_judged_and_goes_out_after_the_resume(home: Path, first: dict[str, Any]) -> None:
    signals(home, "sandbox", "advance", "--days", "1")
    signals(home, "pause", "--by", "dana")
    paused = run(home)
    assert paused["ok"] and paused["planned"] > 0 and len(paused["gates"]) == 6
    assert all(paused["gates"].values()), paused["gate_failures"]
    assert paused["sent"] == paused["sent_by_this_run"] == 0
    assert paused["apply"]["status"] == "withheld" and "paused by dana" in paused["apply"]["because"]
    signals(home, "resume", "--by", "dana")
    sent = json.loads(signals(home, "apply", "--json").stdout)
    assert sum(sent["sent"].values()) > 0 and not sent["refused_because"]


def test_a_crm_that_is_down_closes_the_gate_and_the_run_is_not_green(home: Path, first: dict[str, Any]) -> None:
    signals(home, "sandbox", "fault", "salesforce", "down")
    try:
        told = run(home, check=False)
    finally:
        signals(home, "sandbox", "fault", "salesforce", "down", "--off")
    assert not told["ok"] and told["sent_by_this_run"] == 0
    assert told["gates"]["suppression_inputs_fresh"] is False and "salesforce" in str(told["gate_failures"]["suppression_inputs_fresh"])
    refused = signals(home, "apply", check=False)  # the gate holds whoever starts the apply
    assert refused.returncode != 0 and "suppression_inputs_fresh did not pass" in refused.stdout + refused.stderr
    assert told["streams"]["salesforce.accounts"]["status"] == "failed"
    assert told["streams"]["sec_edgar.feed"]["status"] == "ok"


def test_a_backfill_scores_past_days_and_neither_sends_nor_spends(home: Path, first: dict[str, Any]) -> None:
    last = date.fromisoformat(first["as_of"])
    span = ("--from", str(last - timedelta(days=3)), "--to", str(last - timedelta(days=1)))
    before = outside(home)
    told = json.loads(signals(home, "backfill", *span, "--json").stdout)
    assert told["ok"] and told["days"] == 3 and told["scores"] > 0
    what_if = json.loads(signals(home, "backfill", *span, "--model", "rule", "--json").stdout)
    assert what_if["ok"]
    assert outside(home) == before
    assert before["ledger"] and before["credit_ledger"] and before["requests"]["outreach"], "nothing there that could have changed"


def outside(home: Path) -> dict[str, Any]:
    """What was sent and spent: our own books, and what each vendor was asked."""
    told: dict[str, Any] = {"requests": {v: s["requests"] for v, s in serve.call(home / "sandbox", "/_sandbox/stats").items()}}
    with closing(sqlite3.connect(home / "ops.db")) as ops:
        for table in ("ledger", "credit_ledger", "plans", "alerts", "vendor_keys", "audit"):
            told[table] = ops.execute(f"select * from {table} order by 1, 2").fetchall()
    return told


DIES = """
import os, signal, sys
from signals_pipeline.cli import main
from signals_pipeline.scoring import stage
real = stage._write
def write(rt, day, *rest):
    if day.isoformat() == os.environ["DIES_ON"]:
        os.kill(os.getpid(), signal.SIGKILL)
    real(rt, day, *rest)
stage._write = write
main()
"""


def scored(home: Path, since: date, until: date) -> dict[str, tuple[bytes, int]]:
    """Bytes and time of every file of scores and reasons in a range."""
    names = ("account_scores", "account_score_reasons")
    days = {(since + timedelta(days=n)).isoformat() for n in range((until - since).days + 1)}
    found = [p for n in names for p in (home / "lake" / "facts" / n).glob("dt=*/*.parquet") if p.parent.name[3:] in days]
    return {str(p.relative_to(home)): (p.read_bytes(), p.stat().st_mtime_ns) for p in sorted(found)}


def test_a_backfill_killed_on_a_day_goes_on_with_that_month_and_gives_the_bytes_of_one_that_was_not(
    home: Path, first: dict[str, Any]
) -> None:
    month = date.fromisoformat(first["as_of"]).replace(day=1)
    begin, last = month - timedelta(days=3), month + timedelta(days=3)
    span = ("--from", str(begin), "--to", str(last))
    died = subprocess.run(
        [sys.executable, "-c", DIES, "backfill", *span, "--home", str(home)],
        env=os.environ | {"DIES_ON": str(month + timedelta(days=1))}, capture_output=True, timeout=600, check=False,
    )  # fmt: skip
    assert died.returncode == -signal.SIGKILL, died.stderr[-2000:]
    left_whole = scored(home, begin, month - timedelta(days=1))
    told = json.loads(signals(home, "backfill", *span, "--json").stdout)
    assert told["ok"] and (told["days_that_stood"], told["days_computed"]) == (3, 4), told["errors"]
    after = scored(home, begin, last)
    assert left_whole and {k: after[k] for k in left_whole} == left_whole  # not even written again
    # it has ended, so that nothing is left to go on from; and a warehouse that was dropped is built from the lake
    (home / "warehouse.duckdb").unlink()
    anew = json.loads(signals(home, "backfill", *span, "--json").stdout)
    assert anew["ok"] and (anew["days_that_stood"], anew["days_computed"]) == (0, 7), anew["errors"]
    again = scored(home, begin, last)
    assert {k: v[0] for k, v in again.items()} == {k: v[0] for k, v in after.items()}
    assert all(again[k][1] > after[k][1] for k in after)


def test_a_backfill_after_an_upgrade_finds_tables_of_the_older_code_and_builds_them_anew(home: Path, first: dict[str, Any]) -> None:
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:  # the older code had neither
        connection.execute("alter table signals.int_episode_spans drop column usd")
        connection.execute("alter table signals.signal_evidence drop column report_number")
    day = first["as_of"]
    told = json.loads(signals(home, "backfill", "--from", day, "--to", day, "--json").stdout)
    assert told["ok"] and told["days_computed"] == 1, told["errors"]
