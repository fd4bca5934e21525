"""Dropped job postings and technologies, all the way: a folder of files → `signals run --replay` → the signals of their families."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

pytestmark = pytest.mark.slow
POSTINGS = """company_name,company_domain,title,posted_on,url,location,country,department
Acme Robotics,acme.example,Account Executive,2026-02-20,https://jobs.example.com/1,"Leeds, GB",GB,Sales
Acme Robotics,acme.example,Sales Engineer,2026-02-25,https://jobs.example.com/2,"Leeds, GB",GB,Sales
Beta Works,beta.example,Falconer,2026-02-25,https://jobs.example.com/3,,,
Beta Works,beta.example,,2026-02-25,https://jobs.example.com/4,,,
"""
TECHNOLOGIES = """company_domain,technology,category,status,first_seen,last_seen,confidence
acme.example,Stampwell,eSignature,removed,2024-01-01,2026-02-26,0.9
acme.example,Okta,identity verification,added,2026-02-26,2026-03-01,90
beta.example,Snowflake,data warehouse,current,2021-02-26,2026-03-01,0.5
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    """(what the command printed, the warehouse it built)."""
    folder, home = tmp_path_factory.mktemp("payloads"), tmp_path_factory.mktemp("home")
    for name, text in (("theirstack_job_posting", POSTINGS), ("builtwith_technology", TECHNOLOGIES)):
        template = folder / "file_drop" / name.split("_", 1)[1]
        template.mkdir(parents=True)
        (template / f"{name}_2026-03-02.csv").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "signals_pipeline", "run", "--replay", str(folder), "--home", str(home), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout), home / "replay" / "warehouse.duckdb"


def rows(told: tuple[dict[str, Any], Path], query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(told[1]), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_postings_of_one_department_are_one_signal_and_each_keeps_its_row(told):
    assert rows(told, "select count(*) from signals.buying_signals where signal_type = 'job_posting'") == [(2,)]
    found = rows(told, "select job_title, department, total_openings, source_url from signals.job_posting_signals order by source_url")
    assert found == [
        ("Account Executive", "sales", 2, "https://jobs.example.com/1"),
        ("Sales Engineer", "sales", 2, "https://jobs.example.com/2"),
        ("Falconer", "unknown", 1, "https://jobs.example.com/3"),
    ]


def test_a_technology_is_told_by_its_name_with_what_happened_and_what_it_is_to_us(told):
    found = rows(
        told, "select technologies_added, technologies_removed, integration_opportunities from signals.technology_adoptions order by 1, 2"
    )
    assert found == [("Okta", None, "complement"), (None, "Stampwell", "competitor")]


def test_a_row_without_a_title_is_a_reject_and_what_merely_runs_is_no_signal(told):
    streams = told[0]["streams"]
    assert (streams["file_drop.job_posting"]["in"], streams["file_drop.job_posting"]["rejected"]) == (4, 1)
    assert streams["file_drop.technology"]["landed"] == 3
    assert told[0]["signals_by_type"] == {"job_posting": 2, "technology_adoption": 2}
