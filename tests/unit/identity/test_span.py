"""A span built in one go is the span built day by day; a second run writes the same bytes."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from identity_market import day, event, get, mention, person, put, runtime

from signals_pipeline.identity import stage
from signals_pipeline.identity.forest import Forest
from signals_pipeline.io.ops import identity_decisions
from signals_pipeline.runtime import Runtime

OURS = ("company_links", "company_merges", "person_links", "person_merges", "episode_links", "link_reviews")
DAYS = 10
WORDS = ("Acme Widgets", "Blue Harbor Foods", "Northwind Traders", "Quantum Bakery", "Lakeside Dental")
PLACES: tuple[dict[str, Any], ...] = (
    {"country": "US", "state": "CA", "city": "Fresno"},
    {"country": "US", "state": "NY", "city": "Albany"},
    {"country": "GB", "city": "Leeds"},
    {"country": "US"},
    {},
)


def world(rt: Runtime, seed: int) -> None:
    """Records that share keys, names, places and people in every way, over ten days."""
    r = random.Random(seed)
    mentions, people, events = [], [], []
    for i in range(90):
        n = r.randint(1, DAYS)
        name = r.choice(WORDS) + r.choice(["", " Inc", " LLC", " Holdings", " UK Ltd"])
        if r.random() < 0.15:
            name = name.replace("e", "", 1)
        over: dict[str, Any] = {"name": name} if r.random() < 0.9 else {}
        over |= r.choice(PLACES)
        if r.random() < 0.4:
            over["domain"] = r.choice(["acme.example", "blue.example", "north.example", "gmail.com"])
        if r.random() < 0.25:
            over["cik"] = str(r.randint(1, 4))
        if r.random() < 0.2:
            over["account_id_salesforce"] = f"001{r.randint(1, 4)}"
        role = r.choice(["subject", "employer"])
        key = f"k{i if r.random() < 0.8 else i // 3}"  # some records speak again
        mentions.append(mention(key, n, minute=r.randint(0, 300), role=role, **over))
        if r.random() < 0.5:
            who: dict[str, Any] = {"full_name": r.choice(["Ada Example", "Ben Specimen", "Cleo Sample"])}
            if r.random() < 0.5:
                who["email"] = r.choice(["ada@acme.example", "ben@blue.example", "cleo@north.example"])
            if r.random() < 0.3:
                who["linkedin_url"] = f"linkedin.com/in/{r.choice('abc')}"
            if r.random() < 0.2:
                who["contact_id_salesforce"] = f"003{r.randint(1, 5)}"
            people.append(person(f"p{i}", n, employer=mentions[-1], minute=r.randint(0, 300), **who))
        if r.random() < 0.7:
            kind = r.choice(["funding_round", "executive_change", "acquisition"])
            more: dict[str, Any] = {"amount": Decimal(r.choice([1, 2, 3]) * 1000), "currency": "USD"} if r.random() < 0.5 else {}
            if people:
                more["person_record_id"] = people[-1]["person_record_id"] if people[-1]["dt"] <= day(n) else None
            events.append(
                event(
                    f"e{i}",
                    mentions[-1],
                    n,
                    signal_type=kind,
                    change_type=r.choice(["new_hire", "departure"]),
                    other_company_name=" ".join(r.choice(WORDS).split()[: r.randint(1, 3)]),
                    round_type=r.choice(["debt", "ipo", "series_b", "unknown", None]),
                    modality=r.choice(["done", "planned"]),
                    accession=r.choice([None, f"0000000001-26-{i:06d}"]),
                    on=day(n) - timedelta(days=r.randint(0, 20)),
                    minute=r.randint(0, 300),
                    **more,
                )
            )
    mentions = list({(m["mention_id"], m["dt"]): m for m in mentions}.values())
    put(rt, "mentions", *mentions)
    put(rt, "people", *people)
    put(rt, "events", *events)


def bytes_of(rt: Runtime) -> dict[str, bytes]:
    out = {}
    for name in OURS:
        for _, path in rt.lake.files(name):
            if path.endswith("identity__day.parquet"):
                out[path.removeprefix(rt.lake.root)] = rt.lake.fs.cat(path)
    return out


def rows_of(rt: Runtime) -> dict[str, list[dict[str, Any]]]:
    return {name: get(rt, name) for name in OURS}


@pytest.mark.parametrize("seed", [1, 2])
def test_day_by_day_is_in_one_go(tmp_path: Path, seed: int) -> None:
    daily, whole = runtime(tmp_path / "daily"), runtime(tmp_path / "whole")
    for rt in (daily, whole):
        world(rt, seed)
    for n in range(1, 7):
        stage.run(daily, day(n))
    left, right = sorted({r["company_id"] for r in get(daily, "company_links")})[:2]
    merged = [r for r in get(daily, "company_merges") if r["op"] == "merge"]
    for rt in (daily, whole):
        with rt.ops.begin() as connection:
            words = [("company", left, right, "same")]
            words += [("company", r["company_id"], r["into_company_id"], "different") for r in merged[:1]]
            for kind, a, b, word in words:
                connection.execute(
                    sa.insert(identity_decisions).values(
                        kind=kind, left_id=a, right_id=b, decision=word, by="ada", at=datetime(2026, 3, 9, 15)
                    )
                )
    for n in range(7, DAYS + 1):
        stage.run(daily, day(n))
    stage.run(whole, day(DAYS), since=day(1))
    assert rows_of(daily) == rows_of(whole)
    assert all(rows_of(daily)[name] for name in ("company_links", "person_links", "episode_links"))
    days_of_whole = bytes_of(whole)
    assert days_of_whole.items() <= bytes_of(daily).items()


def test_the_second_run_of_a_day_and_of_a_span_writes_the_same_bytes(tmp_path: Path) -> None:
    rt = runtime(tmp_path)
    world(rt, 4)
    stage.run(rt, day(8), since=day(1))
    stage.run(rt, day(9))
    before = bytes_of(rt)
    stage.run(rt, day(9))
    assert bytes_of(rt) == before
    stage.run(rt, day(9), since=day(5))
    assert bytes_of(rt) == before


def test_a_rebuilt_span_leaves_the_days_outside_it_alone(tmp_path: Path) -> None:
    rt = runtime(tmp_path)
    world(rt, 5)
    stage.run(rt, day(DAYS), since=day(1))
    before = {k: v for k, v in bytes_of(rt).items() if f"dt={day(6)}" > k.split("/")[-2]}
    stage.run(rt, day(DAYS), since=day(6))
    assert before.items() <= bytes_of(rt).items()


def test_an_undone_merge_gives_back_what_hung_below_it() -> None:
    forest = Forest()
    forest.today = day(1)
    forest.merge("c", "b", "x")
    forest.today = day(2)
    forest.merge("b", "a", "y")
    assert forest.close_day() == [("b", "a", "merge", "y"), ("c", "b", "merge", "x")]
    forest.today = day(3)
    assert forest.cut("c", "a") == "b"
    assert (forest.root("c"), forest.root("a")) == ("b", "a")
    assert forest.close_day() == [("b", "a", "undo", "decision")]
    assert forest.cut("a", "b") is None


def test_only_roots_can_be_merged() -> None:
    forest = Forest()
    forest.merge("b", "a", "x")
    with pytest.raises(ValueError, match="roots"):
        forest.merge("b", "c", "x")
