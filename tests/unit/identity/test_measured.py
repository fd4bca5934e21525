"""The measuring itself: what it calls right is right, and what is split or mixed costs recall or precision."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from identity_market import day, mention, person, put, runtime

from benchmarks import identity, truth
from sandbox.market.companies import company
from sandbox.market.people import headcount
from sandbox.market.people import person as chair_of
from signals_pipeline.identity import stage
from signals_pipeline.runtime import Runtime

A, B = (company(7, i) for i in (11, 12))


@pytest.fixture
def rt(tmp_path: Path) -> Runtime:
    """A home beside whose lake a sandbox stands: two companies, their accounts and contacts."""
    box = tmp_path / "sandbox"
    (box / "truth").mkdir(parents=True)
    (box / "truth" / "company.jsonl").write_text("".join(json.dumps({"cik": c.cik, "domain": c.domain}) + "\n" for c in (A, B)))
    (box / "truth" / "file_row.jsonl").write_text(json.dumps({"key": "fr-1", "company": A.domain}) + "\n")
    with sqlite3.connect(box / "sandbox.db") as store:
        for name in ("Account", "Contact", "Lead"):
            store.execute(f'create table "{name}" ("Id" text, w_company int)')
        store.execute("create table o_prospect (id int, w_company int)")
        store.execute("create table w_user (user_id text, company int)")
        store.execute("create table filing (accession text, w_company int)")
        store.execute("create table w_company (id int, domain text)")
        store.execute("create table w_email (email text, person text)")
        store.execute("create table kv (key text, value blob)")
        store.execute("insert into kv values ('world', ?)", (json.dumps({"seed": 7}),))
        store.executemany("insert into w_company values (?, ?)", [(c.i, c.domain) for c in (A, B)])
        store.executemany('insert into "Account" values (?, ?)', [("a1", A.i), ("a2", A.i), ("b1", B.i)])
        store.executemany('insert into "Contact" values (?, ?)', [("c1", A.i), ("c2", A.i)])
    return runtime(tmp_path)


def account(key: str, **over: Any) -> dict[str, Any]:
    return mention(key, dataset="salesforce__accounts", account_id_salesforce=key, **over)


def test_what_belongs_together_and_is_together_is_right(rt: Runtime, tmp_path: Path) -> None:
    put(rt, "mentions", account("a1", domain=A.domain), account("a2", domain=A.domain), account("b1", domain=B.domain))
    stage.run(rt, day(1))
    found = truth.measure(tmp_path)["companies"]
    assert (found["precision"], found["recall"], found["mentions"], found["truth_unknown"]) == (1.0, 1.0, 3, 0)


def test_a_split_costs_recall_and_a_mixture_precision(rt: Runtime, tmp_path: Path) -> None:
    put(rt, "mentions", account("a1", domain=A.domain), account("a2", domain=B.domain), account("b1", domain=B.domain))
    stage.run(rt, day(1))
    found = truth.measure(tmp_path)["companies"]
    assert (found["precision"], found["recall"]) == (0.0, 0.0)


def test_a_record_of_which_the_truth_is_unknown_is_counted_and_left_out(rt: Runtime, tmp_path: Path) -> None:
    put(rt, "mentions", account("a1", domain=A.domain), mention("rumour", name="Nobody Fund II"))
    stage.run(rt, day(1))
    found = truth.measure(tmp_path)["companies"]
    assert (found["mentions"], found["truth_unknown"]) == (1, 1)


def test_rows_of_files_are_known_by_the_vendors_key(rt: Runtime, tmp_path: Path) -> None:
    put(rt, "file_drop__funding", {"record_key": "x|1", "payload": json.dumps({"vendor_id": "fr-1"}), "dt": day(1)})
    row = mention("x|1", dataset="file_drop__funding", name=A.name, country=A.country, state=A.state, city=A.city)
    first = account("a1", domain=A.domain, name=A.name, country=A.country, state=A.state, city=A.city, minute=-5)
    put(rt, "mentions", row, first)
    stage.run(rt, day(1))
    found = truth.measure(tmp_path)
    assert (found["companies"]["mentions"], found["companies"]["recall"]) == (2, 1.0)
    assert found["without_any_key"] == {"right": 1, "wrong": 0, "alone_though_known": 0, "alone_and_unknown": 0}


def test_a_person_is_known_by_address_or_by_a_name_that_only_one_bears(rt: Runtime, tmp_path: Path) -> None:
    known = next(p for p in (chair_of(7, A.i, k) for k in range(headcount(A))) if p.email)
    employers = [mention(k, dataset="salesforce__contacts", role="employer", domain=A.domain) for k in ("c1", "c2")]
    put(rt, "mentions", *employers)
    by_address = person("c1", employer=employers[0], email=known.email)
    by_name = person("c2", employer=employers[1], first_name=known.first, last_name=known.last)
    put(rt, "people", by_address, by_name)
    stage.run(rt, day(1))
    found = truth.measure(tmp_path)["people"]
    assert found["records"] == 2
    assert (found["true_pairs"], found["said_pairs"]) == (1, 0), "an address alone and a name alone are not joined: recall says so"


def test_the_bench_runs_on_a_small_size_and_judges_itself() -> None:
    found = identity.one_size(420)
    assert found["mentions"] > 400
    assert found["right"]["precision"] >= 0.95
    assert found["right"]["recall"] >= 0.8
    assert {"history", "day", "nothing_new"} <= found.keys()
