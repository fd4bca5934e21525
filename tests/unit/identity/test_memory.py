"""A run reads its own days and what they touch; what it remembers of the past is a copy that can be made again."""

from __future__ import annotations

import random
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from identity_market import companies_of, day, get, mention, one, person, put, runtime
from test_span import DAYS, OURS, bytes_of, rows_of, world

from signals_pipeline.identity import company_stage, person_stage, reading, stage
from signals_pipeline.identity.match import candidates, model, profile_of, related
from signals_pipeline.io.datasets import dataset
from signals_pipeline.io.ops import identity_decisions
from signals_pipeline.keys import as_uuid
from signals_pipeline.runtime import Runtime

MEMORIES = ("company_signatures", "person_signatures")


def in_pieces(r: random.Random) -> list[tuple[int, int]]:
    """Days 1 to DAYS cut at random into spans (first, last)."""
    cuts = sorted(r.sample(range(1, DAYS), r.randint(0, DAYS - 1)))
    return list(zip([1, *(c + 1 for c in cuts)], [*cuts, DAYS], strict=True))


def decide(rt: Runtime, kind: str, left: str, right: str, word: str, n: int) -> None:
    with rt.ops.begin() as connection:
        told = {"kind": kind, "left_id": left, "right_id": right, "decision": word, "by": "ada"}
        connection.execute(sa.insert(identity_decisions).values(at=datetime(2026, 3, 1 + n, 15), **told))


@pytest.mark.parametrize("seed", range(11, 14))
def test_however_the_days_are_cut_into_spans_and_run_again_the_rows_are_those_of_one_go(tmp_path: Path, seed: int) -> None:
    r = random.Random(seed)
    whole, cut = runtime(tmp_path / "whole"), runtime(tmp_path / "cut")
    for rt in (whole, cut):
        world(rt, seed)
    stage.run(whole, day(DAYS), since=day(1))
    companies = sorted({row["company_id"] for row in get(whole, "company_links")})
    people = sorted({row["person_id"] for row in get(whole, "person_links")})
    for rt in (whole, cut):
        decide(rt, "company", *companies[:2], "same", 3)
        decide(rt, "company", *companies[1:3], "different", 5)
        decide(rt, "person", *people[:2], "same", 4)
    stage.run(whole, day(DAYS), since=day(1))
    pieces = in_pieces(r)
    for first, last in pieces:
        stage.run(cut, day(last), since=day(first))
    assert rows_of(cut) == rows_of(whole)
    assert {m: get(cut, m) for m in MEMORIES} == {m: get(whole, m) for m in MEMORIES}
    before = bytes_of(cut)
    for first, last in r.sample(pieces, len(pieces)):  # again, in any order: nothing later leaks into an earlier day
        stage.run(cut, day(last), since=day(first))
    assert bytes_of(cut) == before


@pytest.mark.parametrize("memory", MEMORIES)
def test_a_lost_memory_is_made_again_and_the_next_day_is_the_same(tmp_path: Path, memory: str) -> None:
    rt = runtime(tmp_path)
    world(rt, 6)
    for n in range(1, DAYS):
        stage.run(rt, day(n))
    stage.run(rt, day(DAYS))
    before, remembered = bytes_of(rt), get(rt, memory)
    for _, path in rt.lake.files(memory):
        rt.lake.fs.rm(path)
    stage.run(rt, day(DAYS))
    assert bytes_of(rt) == before
    assert get(rt, memory) == remembered


@pytest.mark.parametrize("module", [company_stage, person_stage])
def test_a_memory_made_under_other_rules_is_made_again(tmp_path: Path, module: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rt = runtime(tmp_path)
    world(rt, 7)
    stage.run(rt, day(DAYS - 1), since=day(1))
    monkeypatch.setattr(module, "rules", lambda *_: "other rules")
    stage.run(rt, day(DAYS))
    assert {row["rules"] for row in get(rt, module.MEMORY.dataset)} == {"other rules"}


def test_a_run_reads_no_record_of_days_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rt = runtime(tmp_path)
    world(rt, 8)
    stage.run(rt, day(DAYS), since=day(1))
    asked: list[tuple[str, date | None]] = []
    read = reading.rows

    def listening(rt: Runtime, name: str, **how: Any) -> Any:
        asked.append((name, how.get("since")))
        return read(rt, name, **how)

    monkeypatch.setattr(reading, "rows", listening)
    put(rt, "mentions", mention("new", DAYS + 1, name="Acme Widgets", cik="1"))
    report = stage.run(rt, day(DAYS + 1))
    assert report.mentions == 1
    assert [since for name, since in asked if name in ("mentions", "people", "events")] == [day(DAYS + 1)] * 3


def test_a_day_that_said_nothing_in_a_new_way_is_remembered_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rt = runtime(tmp_path)
    same: dict[str, Any] = {"name": "Acme Widgets", "domain": "acme.example"}
    put(rt, "mentions", *(mention(f"k{n}", n, **same) for n in (1, 2, 3)))
    put(rt, "people", *(person(f"p{n}", n, email="ada@acme.example") for n in (1, 2, 3)))
    stage.run(rt, day(3), since=day(1))
    for module in (company_stage, person_stage):
        monkeypatch.setattr(module, "from_history", lambda *_: pytest.fail("the history was read again"))
    put(rt, "people", person("p4", 4, email="ada@acme.example"), stream="fourth")
    stage.run(rt, day(4))
    assert {r["dt"] for r in get(rt, "person_links")} == {day(n) for n in (1, 2, 3, 4)}


def test_nothing_new_reads_no_person_and_no_event_of_the_past(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rt = runtime(tmp_path)
    world(rt, 9)
    stage.run(rt, day(DAYS), since=day(1))
    asked: list[str] = []
    read = reading.rows
    monkeypatch.setattr(reading, "rows", lambda rt, name, **how: (asked.append(name), read(rt, name, **how))[1])
    report = stage.run(rt, day(DAYS + 1))
    assert (report.mentions, report.events, report.people_by_method) == (0, 0, {})
    assert not {"person_links", "person_signatures", "episode_links", "documents"} & set(asked)


def test_whom_enrichment_linked_is_known_on_the_next_day(tmp_path: Path) -> None:
    rt = runtime(tmp_path)
    bought = person("bought", 1, dataset="enrichment__people", email="ada@acme.example", full_name="Ada Example")
    put(rt, "people", bought, stream="enrichment")
    link = {"person_record_id": bought["person_record_id"], "person_id": as_uuid("a" * 32), "method": "enrichment", "probability": 1.0}
    rt.lake.write("person_links", day(1), [link], stream="enrichment")
    stage.run(rt, day(1))
    assert [r["method"] for r in get(rt, "person_links")] == ["enrichment"]
    later = person("later", 2, email="ada@acme.example")
    put(rt, "people", later)
    stage.run(rt, day(2))
    found = {r["person_record_id"]: r["person_id"] for r in get(rt, "person_links")}
    assert found[later["person_record_id"]] == as_uuid("a" * 32)
    stood = get(rt, "person_signatures")
    stage.run(rt, day(3))
    assert get(rt, "person_signatures") == stood


def test_what_enrichment_linked_anew_on_a_past_day_is_learned_anew(tmp_path: Path) -> None:
    rt = runtime(tmp_path)
    one_, other = (person(k, 1, dataset="enrichment__people", email=f"{k}@acme.example") for k in ("ada", "ben"))
    put(rt, "people", one_, other, stream="enrichment")
    links = [{"person_record_id": p["person_record_id"], "person_id": as_uuid(c * 32)} for p, c in ((one_, "a"), (other, "b"))]
    rt.lake.write("person_links", day(1), links[:1], stream="enrichment")
    put(rt, "people", person("first", 2, email="ada@acme.example"))
    stage.run(rt, day(2))
    rt.lake.write("person_links", day(1), links, stream="enrichment")
    later = person("later", 3, email="ben@acme.example")
    put(rt, "people", later)
    stage.run(rt, day(3))
    found = {r["person_record_id"]: r["person_id"] for r in get(rt, "person_links")}
    assert found[later["person_record_id"]] == as_uuid("b" * 32)


def test_a_merge_found_later_moves_people_of_the_past_and_its_undoing_moves_them_back(tmp_path: Path) -> None:
    rt = runtime(tmp_path)
    put(rt, "mentions", a := mention("a", 1, cik="1"), b := mention("b", 1, minute=9, domain="acme.example"))
    put(rt, "people", p := person("p", 1, email="ada@acme.example"), q := person("q", 1, linkedin_url="linkedin.com/in/ada", minute=5))
    stage.run(rt, day(1))
    mine = [r["company_id"] for r in get(rt, "company_links")], [r["person_id"] for r in get(rt, "person_links")]
    assert len(set(mine[0])) == len(set(mine[1])) == 2
    put(rt, "mentions", mention("c", 2, cik="1", domain="acme.example"), stream="second")
    put(rt, "people", person("r", 2, email="ada@acme.example", linkedin_url="linkedin.com/in/ada"), stream="second")
    stage.run(rt, day(2))
    assert one(rt, a, b)
    assert len({newest(rt)[x["person_record_id"]] for x in (p, q)}) == 1
    decide(rt, "company", *companies_before(rt), "different", 3)
    decide(rt, "person", *sorted(set(mine[1])), "different", 3)
    stage.run(rt, day(3))
    assert not one(rt, a, b)
    assert companies_of(rt) | {} == {r["mention_id"]: r["company_id"] for r in get(rt, "company_links")}
    assert {newest(rt)[x["person_record_id"]] for x in (p, q)} == set(mine[1])


def newest(rt: Runtime) -> dict[str, str]:
    return {r["person_record_id"]: r["person_id"] for r in get(rt, "person_links")}


def companies_before(rt: Runtime) -> list[str]:
    (merge,) = get(rt, "company_merges")
    return [merge["company_id"], merge["into_company_id"]]


def test_what_is_remembered_of_people_shows_no_name_no_address_and_no_profile() -> None:
    assert not dataset("person_signatures").personal


def test_the_memory_of_people_holds_keyed_hashes(tmp_path: Path) -> None:
    rt = runtime(tmp_path)
    put(rt, "people", person("p", 1, full_name="Ada Example", email="ada@acme.example", linkedin_url="linkedin.com/in/ada"))
    stage.run(rt, day(1))
    (row,) = get(rt, "person_signatures")
    assert all(len(row[c]) == 32 for c in ("name_key", "linkedin", "email_key"))
    assert not [v for v in row.values() if isinstance(v, str) and "ada" in v.lower()]


def test_a_name_is_compared_with_those_that_share_a_block_and_misses_no_candidate() -> None:
    r = random.Random(3)
    words = ["Acme", "Blue", "Harbor", "North", "Wind", "Quantum", "Lake", "Side", "Dental", "Foods"]
    places = [("US", "CA", "fresno"), ("US", "NY", "albany"), ("GB", None, "leeds"), ("US", None, None), (None, None, None)]

    def profile() -> str:
        name = " ".join(r.sample(words, r.randint(1, 3)))
        if r.random() < 0.4:
            at = r.randrange(len(name))
            name = name[:at] + r.choice(["", "x"]) + name[at + 1 :]
        found = profile_of(name, *r.choice(places))
        assert found
        return found

    known, new = sorted({profile() for _ in range(600)}), sorted({profile() for _ in range(60)})
    import pyarrow as pa

    near = related(new, pa.array(known), model())
    assert candidates(new, known).equals(candidates(new, sorted(near)))
    assert 0 < len(near) < len(known)


def test_a_domain_is_not_quiet_when_anyone_repeated_it_in_between(tmp_path: Path) -> None:
    """The repeated mention says nothing new, so no signature stands for it; the records themselves are asked."""
    for repeated in (False, True):
        rt = runtime(tmp_path / str(repeated))
        first = mention("a", 1, name="Acme Widgets", domain="acme.example")
        put(rt, "mentions", first)
        stage.run(rt, day(1))
        if repeated:
            put(rt, "mentions", mention("b", 600, name="Acme Widgets", domain="acme.example"), stream="b")
            stage.run(rt, day(600))
        put(rt, "mentions", again := mention("c", 900, name="Quantum Bakery", domain="acme.example"), stream="c")
        stage.run(rt, day(900))
        assert one(rt, first, again) is repeated


def test_outputs_are_declared_for_every_day_that_ran(tmp_path: Path) -> None:
    rt = runtime(tmp_path)
    put(rt, "mentions", mention("a", 1, name="Acme Widgets"))
    stage.run(rt, day(1))
    for name in (*OURS, *MEMORIES):
        assert [d for d, path in rt.lake.files(name) if path.endswith(reading.OURS)] == [day(1)]
