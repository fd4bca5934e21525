"""The stage: holdout before money, the best people first, never past the credits, the same bytes twice."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from conftest import DT, House, SixSenseBox
from pydantic import SecretStr

from signals_pipeline.enrichment.holdout import arm_of
from signals_pipeline.errors import Transient
from signals_pipeline.io import ops as store

WRITTEN = ("enrichment_results", "people", "person_links", "ops__holdout")


def people(prefix: str, *answers: str) -> list[tuple[str, str, str]]:
    titles = ("VP of Operations", "Director of Legal", "Chief Executive Officer", "Director of Sales", "VP of Marketing")
    return [(f"{prefix}{n}", titles[n % len(titles)], answer) for n, answer in enumerate(answers)]


def test_people_of_a_hot_account_are_found_completed_and_linked(house: House) -> None:
    house.account("acme")
    box = SixSenseBox({"acme.example": people("a", "A+", "B", "A")})
    report = house.run(box)
    assert (report.status, report.considered, report.searched, report.chosen, report.people_found) == ("ok", 1, 1, 2, 2)
    assert (report.credits, report.usd) == (2.0, pytest.approx(1.2))
    assert sorted(box.enriched) == ["a0", "a1"]  # wanted functions before a chief executive of none
    found = house.rows("people")
    assert [(p["people_id_sixsense"], p["level"], p["email_grade"]) for p in sorted(found, key=lambda p: p["people_id_sixsense"])] == [
        ("a0", "vp", "A+"), ("a1", "director", "B"),
    ]  # fmt: skip
    assert {link["company_id"] for link in house.rows("person_links")} == {"acme"}
    results = house.rows("enrichment_results")
    assert {(r["signal_id"], r["outcome"], r["credits"], r["is_cached"]) for r in results} == {("signal-acme-0", "hit", 1.0, False)}


@pytest.mark.parametrize("account", [{"score": 44.9}, {"is_eligible": False}, {"domain": None}])
def test_no_money_for_an_account_that_is_cold_stopped_or_nameless(house: House, account: dict[str, Any]) -> None:
    house.account("acme", **account)
    box = SixSenseBox({"acme.example": people("a", "A")})
    report = house.run(box)
    assert (report.status, report.credits, box.searches, box.enriched) == ("ok", 0.0, [], [])


def test_an_account_with_enough_known_contacts_is_left_alone(house: House) -> None:
    house.account("acme")
    house.known_person("acme", "jo@acme.example", "VP of Operations")
    house.known_person("acme", "al@acme.example", "Chief Legal Officer")
    report = house.run(SixSenseBox({"acme.example": people("a", "A")}))
    assert (report.enough_contacts, report.searched) == (1, 0)


def test_only_the_missing_contacts_are_bought_and_nobody_twice(house: House) -> None:
    house.account("acme")
    house.known_person("acme", "jo@acme.example", "VP of Operations", people_id="a0")
    house.known_person("acme", "clerk@acme.example", "Office Clerk")  # not a level we want
    box = SixSenseBox({"acme.example": people("a", "A", "A", "A")})
    assert house.run(box).chosen == 1
    assert box.enriched == ["a1"]


def test_a_bought_address_that_we_know_is_the_same_person(house: House) -> None:
    house.account("acme")
    house.known_person("acme", "a0@acme.example", "VP of Operations")
    house.run(SixSenseBox({"acme.example": people("a", "A")}))
    assert [(link["person_id"], link["method"]) for link in house.rows("person_links") if link["method"] != "id"] == [
        ("person-a0@acme.example", "email")
    ]


# ---- holdout -------------------------------------------------------------------------------------------------
def test_held_out_accounts_are_drawn_before_money_is_spent_and_get_none(house: House) -> None:
    house.rules(holdout_share=0.5)
    for n in range(30):
        house.account(f"c{n:02d}")
    box = SixSenseBox({f"c{n:02d}.example": people(f"p{n}-", "A") for n in range(30)})
    report = house.run(box)
    salt = house.rt.profile.priorities.salt
    held = {f"c{n:02d}" for n in range(30) if arm_of(f"c{n:02d}", salt, 0.5) == "held_out"}
    assert 5 < len(held) < 25
    assert (report.newly_drawn, report.newly_held_out, report.held_out) == (30, len(held), len(held))
    assert {d.removesuffix(".example") for d in box.searches} == {f"c{n:02d}" for n in range(30)} - held
    landed = house.rows("ops__holdout")
    assert {r["company_id"] for r in landed if r["arm"] == "held_out"} == held


def test_an_arm_never_changes_and_a_merged_company_keeps_it(house: House) -> None:
    house.rules(holdout_share=0.999)
    house.account("acme")
    house.account("cold", score=1.0)
    assert house.run(SixSenseBox({})).newly_held_out == 2  # every eligible account is drawn, hot or not
    house.rules(holdout_share=0.0)
    house.account("older")
    house.rt.lake.write("company_merges", DT, [{"company_id": "acme", "into_company_id": "older", "op": "merge"}])
    box = SixSenseBox({"acme.example": people("a", "A"), "older.example": people("o", "A")})
    report = house.run(box)
    assert (report.newly_drawn, report.newly_held_out, box.enriched) == (0, 0, [])


def test_the_draw_is_the_one_of_the_sql_model() -> None:
    from signals_pipeline.keys import md5

    threshold = f"{int(0.1 * 4294967296):08x}"
    for n in range(2000):
        assert (arm_of(f"c{n}", "salt", 0.1) == "held_out") == (md5("salt", f"c{n}")[:8] < threshold)
    share = sum(arm_of(f"c{n}", "salt", 0.1) == "held_out" for n in range(20_000)) / 20_000
    assert 0.09 < share < 0.11


# ---- credits -------------------------------------------------------------------------------------------------
def test_the_days_cap_is_never_passed_and_the_hottest_come_first(house: House) -> None:
    house.rules(credits_per_day=3)
    for n in range(4):
        house.account(f"c{n}", score=90.0 - n)
    box = SixSenseBox({f"c{n}.example": people(f"p{n}-", "A", "A") for n in range(4)})
    report = house.run(box)
    assert (report.credits, len(box.enriched)) == (3.0, 3)
    assert sorted(box.enriched) == ["p0-0", "p0-1", "p1-0"]
    assert report.capped == 3  # one look-up of c1, and the accounts c2 and c3
    assert box.searches == ["c0.example", "c1.example"]


def test_the_months_cap_counts_the_days_before(house: House) -> None:
    house.rules(credits_per_month=1)
    with house.rt.ops.begin() as connection:
        connection.execute(
            sa.insert(store.credit_ledger).values(
                entry_id="old", provider="sixsense", lookup_key="people:x", dt=date(2026, 6, 2), status="settled", reserved=1.0,
                spent=1.0, usd=0.6, at=house.rt.stamp(),
            )
        )  # fmt: skip
    house.account("acme")
    box = SixSenseBox({"acme.example": people("a", "A")})
    assert (house.run(box).capped, box.enriched) == (1, [])


def test_a_miss_is_free_its_credit_goes_on_and_the_next_best_is_asked_another_day(house: House) -> None:
    house.rules(credits_per_day=2)
    house.account("acme", score=90.0)
    house.account("beta", score=80.0)
    box = SixSenseBox({"acme.example": people("a", "", "", "A"), "beta.example": people("b", "A", "A")})
    report = house.run(box)
    assert (report.misses, report.people_found, report.credits) == (2, 2, 2.0)
    assert set(box.enriched) == {"a0", "a1", "b0", "b1"}
    next_day = date(2026, 6, 30)
    house.set(now=house.rt.settings.now.replace(month=7, day=1))  # type: ignore[union-attr]
    house._write(next_day)
    box.enriched.clear()
    house.run(box, next_day)
    assert box.enriched == ["a2"]


def test_an_address_of_a_low_grade_is_not_kept(house: House) -> None:
    house.account("acme")
    report = house.run(SixSenseBox({"acme.example": people("a", "C")}))
    assert (report.low_grade, report.people_found, report.credits) == (1, 0, 1.0)
    person = house.rows("people")[0]
    assert (person["email"], person["email_key"], person["email_grade"]) == (None, None, "C")


# ---- twice ---------------------------------------------------------------------------------------------------
def test_the_second_run_of_a_day_spends_nothing_and_writes_the_same_bytes(house: House) -> None:
    house.rules(credits_per_day=5, holdout_share=0.2)
    for n in range(8):
        house.account(f"c{n}", score=90.0 - n)
    box = SixSenseBox({f"c{n}.example": people(f"p{n}-", "A", "", "C") for n in range(8)})
    first = house.run(box)
    before, asked = house.files(*WRITTEN), list(box.enriched)
    second = house.run(box)
    assert box.enriched == asked
    assert house.files(*WRITTEN) == before
    assert (second.credits, second.people_found, second.newly_drawn) == (first.credits, first.people_found, 0)


def test_what_was_bought_stays_though_the_account_needs_nobody_on_the_second_run(house: House) -> None:
    house.account("acme")
    box = SixSenseBox({"acme.example": people("a", "A", "A")})
    assert house.run(box).people_found == 2
    before = house.files(*WRITTEN)
    house.account("acme", is_eligible=False)  # the first run made it a customer's, or filled its seats
    house.run(box)
    assert house.files(*WRITTEN) == before


def test_what_was_bought_before_is_a_cache_hit_until_it_is_stale(house: House) -> None:
    house.account("acme")
    box = SixSenseBox({"acme.example": people("a", "A", "A")})
    house.run(box)
    next_day = date(2026, 6, 30)
    for path in [p for d in ("people", "person_links") for dt, p in house.rt.lake.files(d) if dt == DT]:
        house.rt.lake.fs.rm(path)  # forgotten by the lake, not by the cache
    house.set(now=house.rt.settings.now.replace(month=7, day=1))  # type: ignore[union-attr]
    house._write(next_day)
    report = house.run(box, next_day)
    assert (report.cache_hits, report.credits, len(box.enriched)) == (2, 0.0, 2)
    assert {(r["is_cached"], r["credits"]) for r in house.rows("enrichment_results", next_day)} == {(True, 0.0)}
    house.set(now=house.rt.settings.now.replace(year=2027))  # type: ignore[union-attr]
    stale = date(2027, 6, 30)
    house._write(stale)
    assert house.run(box, stale).cache_hits == 0


def test_a_day_of_the_past_is_left_as_it_stands(house: House) -> None:
    house.account("acme")
    box = SixSenseBox({"acme.example": people("a", "A")})
    house.run(box)
    before = house.files(*WRITTEN)
    house.set(now=house.rt.settings.now.replace(month=8))  # type: ignore[union-attr]
    house.account("beta")
    report = house.run(box)
    assert (report.status, report.newly_drawn) == ("past", 0)
    assert house.files(*WRITTEN) == before


# ---- when it goes wrong --------------------------------------------------------------------------------------
def test_without_a_token_it_is_off_and_the_holdout_is_drawn_all_the_same(house: House) -> None:
    house.set(sixsense_people_token=SecretStr(""))
    house.account("acme")
    report = house.run(None)
    assert (report.status, report.newly_drawn, house.rows("enrichment_results")) == ("off", 1, [])


def test_a_vendor_that_is_down_is_said_and_what_was_found_before_is_written(house: House) -> None:
    for n in range(20):
        house.account(f"c{n:02d}", score=90.0 - n)
    box = SixSenseBox({f"c{n:02d}.example": people(f"p{n}-", "A", "A") for n in range(20)})
    calls = 0

    def fault(request: httpx.Request) -> httpx.Response | None:
        nonlocal calls
        calls += request.url.path == "/v2/enrichment/people"
        return httpx.Response(402, json={"status": "error", "message": "quota"}) if calls > 1 else None

    box.fault = fault
    report = house.run(box)
    assert report.status == "failed" and "quota exhausted" in str(report.error)
    assert (report.people_found, report.credits) == (25, 25.0)  # the refused batch gave its reservations back
    assert len(house.rows("people")) == 25


def test_a_lost_answer_counts_as_spent_and_is_not_asked_again_at_once(house: House) -> None:
    house.account("acme")
    box = SixSenseBox({"acme.example": people("a", "A", "A")})

    def fault(request: httpx.Request) -> httpx.Response | None:
        if request.url.path == "/v2/enrichment/people":
            raise httpx.ReadTimeout("gone", request=request)
        return None

    box.fault = fault
    report = house.run(box)
    assert (report.status, report.unknown, report.credits) == ("failed", 2, 2.0)
    assert {r["outcome"] for r in house.rows("enrichment_results")} == {"unknown"}


def test_a_crash_between_reservation_and_answer_leaves_it_counting(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.rules(credits_per_day=2)
    house.account("acme")
    box = SixSenseBox({"acme.example": people("a", "A", "A")})

    def crash(request: httpx.Request) -> httpx.Response | None:
        if request.url.path == "/v2/enrichment/people":
            raise KeyboardInterrupt
        return None

    box.fault = crash
    with pytest.raises(KeyboardInterrupt):
        house.run(box)
    box.fault = lambda _: None
    report = house.run(box)
    assert (report.capped, report.credits, box.enriched) == (2, 2.0, [])


def test_an_unbuilt_warehouse_is_said(house: House) -> None:
    with pytest.raises(Transient, match="build the stage"):
        house.run(SixSenseBox({}))


@pytest.mark.parametrize("answer", [None, 500, 401])
def test_a_search_that_fails_spends_nothing_and_is_said(house: House, answer: int | None) -> None:
    house.account("acme")
    box = SixSenseBox({"acme.example": people("a", "A")})

    def fault(request: httpx.Request) -> httpx.Response | None:
        if answer is None:
            raise httpx.ConnectError("no route", request=request)
        return httpx.Response(answer)

    box.fault = fault
    report = house.run(box)
    assert (report.status, report.credits, report.newly_drawn) == ("failed", 0.0, 1)
    box.fault = lambda _: None
    assert house.run(box).people_found == 1  # nothing of the failure was cached


def test_the_search_cache_keeps_no_names(house: House) -> None:
    house.account("acme")
    house.run(SixSenseBox({"acme.example": people("a", "A")}))
    with house.rt.ops.connect() as connection:
        query = sa.select(store.enrichment_cache.c.payload).where(store.enrichment_cache.c.provider == "sixsense.search")
        kept = json.loads(connection.execute(query).scalar_one())
    assert set(kept[0]) == {"id", "jobTitle", "hasEmail"}
