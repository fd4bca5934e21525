"""A company known by its name until a record names its key: one company from that day on, in whatever order its records came."""

from __future__ import annotations

from datetime import datetime
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from identity_market import companies_of, day, get, mention, one, put, runtime

from signals_pipeline.identity import stage
from signals_pipeline.io.ops import identity_decisions
from signals_pipeline.runtime import Runtime

FRESNO: dict[str, Any] = {"country": "US", "state": "CA", "city": "Fresno"}
NAME_ONLY = {"name": "Acme Widgets Inc", **FRESNO}
KEY_ONLY = {"domain": "acme.example"}
BOTH = {"name": "ACME WIDGETS", "domain": "acme.example", **FRESNO}


@pytest.fixture
def rt(tmp_path: Path) -> Runtime:
    return runtime(tmp_path)


def told(rt: Runtime, *said: dict[str, Any], daily: bool = True) -> list[dict[str, Any]]:
    """One mention a day, each linked on its day, or all in one go."""
    rows = [mention(f"k{n}", n, **over) for n, over in enumerate(said, start=1)]
    put(rt, "mentions", *rows)
    for n in range(1, len(rows) + 1) if daily else ():
        stage.run(rt, day(n))
    if not daily:
        stage.run(rt, day(len(rows)), since=day(1))
    return rows


@pytest.mark.parametrize("daily", [True, False])
@pytest.mark.parametrize("order", list(permutations((NAME_ONLY, KEY_ONLY, BOTH))))
def test_name_and_key_become_one_company_in_every_order(tmp_path: Path, order: tuple[dict[str, Any], ...], daily: bool) -> None:
    rt = runtime(tmp_path)
    assert one(rt, *told(rt, *order, daily=daily))


def test_the_merge_says_why_and_from_when(rt: Runtime) -> None:
    told(rt, NAME_ONLY, KEY_ONLY, BOTH)
    assert [(r["dt"], r["reason"]) for r in get(rt, "company_merges")] == [(day(3), "name meets key")]


def test_a_person_undoes_it_and_it_stays_undone(rt: Runtime) -> None:
    by_name, by_key, _ = told(rt, NAME_ONLY, KEY_ONLY, BOTH)
    (merge,) = get(rt, "company_merges")
    with rt.ops.begin() as connection:
        connection.execute(
            sa.insert(identity_decisions).values(
                kind="company", left_id=merge["company_id"], right_id=merge["into_company_id"], decision="different", by="ada",
                at=datetime(2026, 3, 5, 15),
            )
        )  # fmt: skip
    stage.run(rt, day(4))
    assert not one(rt, by_name, by_key)
    put(rt, "mentions", mention("again", 5, **{**BOTH, "name": "Acme Widgets LLC"}), stream="again")
    stage.run(rt, day(5))
    assert not one(rt, by_name, by_key)


@pytest.mark.parametrize(
    ("first", "why"),
    [
        ({**NAME_ONLY, "domain": "acme-fresno.example"}, "another domain"),
        ({"name": "Acme Widgets Holdings", **FRESNO}, "another hard key"),
        ({"name": "Acme Widgets", "country": "GB", "city": "Leeds"}, "elsewhere"),
        ({"name": "Blue Harbor Foods", **FRESNO}, "another name"),
    ],
)
def test_what_speaks_against_a_link_speaks_against_the_merge(rt: Runtime, first: dict[str, Any], why: str) -> None:
    by_name, by_key, _ = told(rt, first, KEY_ONLY, BOTH)
    assert not one(rt, by_name, by_key), why


def test_different_numbers_of_one_register_stay_apart(rt: Runtime) -> None:
    a, b, _ = told(rt, {**NAME_ONLY, "cik": "1"}, {**KEY_ONLY, "cik": "2"}, BOTH)
    assert not one(rt, a, b)


def test_a_name_that_two_keyed_companies_may_bear_is_for_a_person(rt: Runtime) -> None:
    same = {"name": "Acme Widgets Inc", "country": "US"}
    fresno, reno = {**KEY_ONLY, **same, "state": "CA", "city": "Fresno"}, {"domain": "reno.example", **same, "state": "NV", "city": "Reno"}
    found = told(rt, same, {"domain": "reno.example"}, KEY_ONLY, reno, fresno)
    companies = companies_of(rt)
    assert companies[found[3]["mention_id"]] != companies[found[4]["mention_id"]]


def test_the_employer_that_a_person_types_gathers_nothing(rt: Runtime) -> None:
    a, b, _ = told(rt, NAME_ONLY, KEY_ONLY, {**BOTH, "role": "employer"})
    assert not one(rt, a, b)


def test_two_crm_accounts_are_for_a_person(rt: Runtime) -> None:
    a, b, _ = told(rt, {**NAME_ONLY, "account_id_salesforce": "001a"}, {**KEY_ONLY, "account_id_salesforce": "001b"}, BOTH)
    assert not one(rt, a, b)
    assert [r["reason"].split(":")[0] for r in get(rt, "link_reviews")] == ["two_accounts"]
