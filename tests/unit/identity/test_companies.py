"""Named cases of which mentions are one company."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from identity_market import companies_of, day, get, mention, one, put, runtime

from signals_pipeline.errors import Permanent
from signals_pipeline.identity import stage
from signals_pipeline.io.ops import identity_decisions
from signals_pipeline.keys import as_uuid
from signals_pipeline.runtime import Runtime

FRESNO = {"country": "US", "state": "CA", "city": "Fresno"}


@pytest.fixture
def rt(tmp_path: Path) -> Runtime:
    return runtime(tmp_path)


def decide(rt: Runtime, left: str, right: str, decision: str, n: int, kind: str = "company") -> None:
    with rt.ops.begin() as connection:
        connection.execute(
            sa.insert(identity_decisions).values(
                kind=kind, left_id=left, right_id=right, decision=decision, by="ada", at=datetime(2026, 3, 1 + n, 15)
            )
        )


def test_a_shared_key_makes_one_company_and_the_first_known_mention_names_it(rt: Runtime) -> None:
    a = mention("a", name="Acme Inc", domain="acme.example")
    b = mention("b", minute=5, name="ACME, Incorporated", domain="acme.example", cik="0000123")
    c = mention("c", minute=9, name="Quite another spelling", cik="123")
    put(rt, "mentions", a, b, c)
    report = stage.run(rt, day(1))
    assert one(rt, a, b, c)
    assert set(companies_of(rt).values()) == {as_uuid(a["mention_id"])}
    assert report.new_companies == 1


@pytest.mark.parametrize("host", ["gmail.com", "facebook.com", "linktr.ee"])
def test_free_mail_and_shared_hosts_are_no_key(rt: Runtime, host: str) -> None:
    a, b = mention("a", name="Acme Widgets", domain=host), mention("b", name="Blue Harbor Foods", domain=host)
    put(rt, "mentions", a, b)
    stage.run(rt, day(1))
    assert not one(rt, a, b)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Acme Widgets Holdings Ltd", "Acme Widgets Ltd"),
        ("Acme Widgets UK Ltd", "Acme Widgets France SAS"),
        ("Acme Widgets 1 Ltd", "Acme Widgets 2 Ltd"),
        ("Acme Widgets Bidco", "Acme Widgets Topco"),
    ],
)
def test_holding_subsidiary_number_and_country_pairs_stay_apart(rt: Runtime, left: str, right: str) -> None:
    a, b = mention("a", name=left, **FRESNO), mention("b", name=right, **FRESNO)
    put(rt, "mentions", a, b)
    stage.run(rt, day(1))
    assert not one(rt, a, b)
    assert not get(rt, "link_reviews")


def test_same_name_and_same_place_without_a_key_is_one_company(rt: Runtime) -> None:
    a = mention("a", name="Acme Widgets Inc", cik="9", **FRESNO)
    b = mention("b", minute=1, name="ACME WIDGETS", **FRESNO)
    put(rt, "mentions", a, b)
    stage.run(rt, day(1))
    assert one(rt, a, b)
    link = {r["mention_id"]: r for r in get(rt, "company_links")}[b["mention_id"]]
    assert link["method"] == "name_place"
    assert link["probability"] > 0.99


def test_a_misspelling_in_the_same_city_is_one_company_by_the_model(rt: Runtime) -> None:
    a = mention("a", name="Acme Widgets Inc", **FRESNO)
    b = mention("b", minute=1, name="Acme Widgits", **FRESNO)
    put(rt, "mentions", a, b)
    stage.run(rt, day(1))
    assert one(rt, a, b)
    assert {r["method"] for r in get(rt, "company_links")} == {"new", "name_model"}


def test_a_name_reused_in_another_place_is_another_company(rt: Runtime) -> None:
    a = mention("a", name="Acme Widgets", **FRESNO)
    b = mention("b", minute=1, name="Acme Widgets", country="GB", city="Leeds")
    put(rt, "mentions", a, b)
    stage.run(rt, day(1))
    assert not one(rt, a, b)
    assert [r["reason"].split(":")[0] for r in get(rt, "link_reviews")] == ["likely"]


def test_a_grey_pair_gets_its_own_id_and_a_review(rt: Runtime) -> None:
    a = mention("a", name="Acme Widgets", **FRESNO)
    b = mention("b", minute=1, name="Acme Widgets", country="US", state="NY", city="Albany")
    put(rt, "mentions", a, b)
    report = stage.run(rt, day(1))
    assert not one(rt, a, b)
    assert report.reviews == 1
    assert {get(rt, "link_reviews")[0]["left_id"], get(rt, "link_reviews")[0]["right_id"]} == set(companies_of(rt).values())


def test_several_equally_good_candidates_are_for_a_person(rt: Runtime) -> None:
    a = mention("a", name="Acme Widgets", cik="1", **FRESNO)
    b = mention("b", minute=1, name="Acme Widgets", cik="2", country="US", state="NY", city="Albany")
    c = mention("c", minute=2, name="Acme Widgets", country="US")
    put(rt, "mentions", a, b, c)
    stage.run(rt, day(1))
    assert len(set(companies_of(rt).values())) == 3
    assert any(r["reason"].startswith("several_candidates") for r in get(rt, "link_reviews"))


def test_a_name_that_bears_another_domain_is_another_company(rt: Runtime) -> None:
    a = mention("a", name="Acme Widgets", domain="acme.example", **FRESNO)
    b = mention("b", minute=1, name="Acme Widgets", domain="acme-plumbing.example", **FRESNO)
    put(rt, "mentions", a, b)
    stage.run(rt, day(1))
    assert not one(rt, a, b)
    assert get(rt, "link_reviews")[0]["reason"].startswith("same_name_other_domain")


def test_two_numbers_of_one_register_are_two_companies_even_on_one_domain(rt: Runtime) -> None:
    parent = mention("a", name="Acme Group", domain="acme.example", cik="1")
    child = mention("b", minute=1, name="Acme Leasing", domain="acme.example", cik="2")
    put(rt, "mentions", parent, child)
    report = stage.run(rt, day(1))
    assert not one(rt, parent, child)
    assert get(rt, "link_reviews")[0]["reason"].startswith("shared_domain")
    assert report.health["shared_domains"] == 1


def test_a_record_that_carries_keys_of_two_companies_merges_the_younger_into_the_older(rt: Runtime) -> None:
    a = mention("a", 1, name="Acme Widgets", domain="acme.example")
    b = mention("b", 2, name="Northwind Traders", cik="77")
    both = mention("c", 3, name="Acme", domain="acme.example", cik="77")
    put(rt, "mentions", a, b, both)
    for n in (1, 2, 3):
        report = stage.run(rt, day(n))
    assert one(rt, a, b, both)
    (merge,) = get(rt, "company_merges")
    assert (merge["company_id"], merge["into_company_id"], merge["dt"]) == (as_uuid(b["mention_id"]), as_uuid(a["mention_id"]), day(3))
    assert report.merges == 1
    assert report.health["merges_today"] == 1
    # days before the merge keep the ids of the day
    assert [r["company_id"] for r in get(rt, "company_links") if r["dt"] == day(2)] == [as_uuid(b["mention_id"])]


def test_an_acquired_company_is_not_merged_when_a_record_names_both_registry_numbers(rt: Runtime) -> None:
    buyer = mention("a", name="Acme Holdings", crunchbase_id="acme", domain="acme.example")
    bought = mention("b", minute=1, name="Blue Harbor", crunchbase_id="blue-harbor", domain="blueharbor.example")
    redirected = mention("c", 2, name="Blue Harbor", crunchbase_id="blue-harbor", domain="acme.example")
    put(rt, "mentions", buyer, bought, redirected)
    stage.run(rt, day(1))
    stage.run(rt, day(2))
    assert one(rt, bought, redirected)
    assert not one(rt, buyer, bought)
    assert any("acme.example" in r["reason"] for r in get(rt, "link_reviews"))


def test_a_recycled_domain_starts_a_new_company_and_then_belongs_to_it(rt: Runtime) -> None:
    old = mention("a", 1, name="Acme Widgets", domain="acme.example")
    new = mention("b", 1000, name="Quantum Bakery", domain="acme.example")
    later = mention("c", 1001, name="Quantum Bakery GmbH", domain="acme.example")
    put(rt, "mentions", old, new, later)
    stage.run(rt, day(1001), since=day(1))
    assert not one(rt, old, new)
    assert one(rt, new, later)
    assert get(rt, "link_reviews")[0]["reason"].startswith("recycled_domain")


def test_a_domain_that_changes_its_name_while_in_use_stays_one_company(rt: Runtime) -> None:
    old = mention("a", 1, name="Acme Widgets", domain="acme.example")
    new = mention("b", 30, name="Quantum Bakery", domain="acme.example")
    put(rt, "mentions", old, new)
    stage.run(rt, day(30), since=day(1))
    assert one(rt, old, new)


def test_a_contact_that_changes_its_account_does_not_merge_the_two_accounts(rt: Runtime) -> None:
    a = mention("a", name="Acme", account_id_salesforce="001A", dataset="salesforce__accounts")
    b = mention("b", name="Blue", account_id_salesforce="001B", dataset="salesforce__accounts")
    before = mention("p", 1, minute=1, role="employer", account_id_salesforce="001A", dataset="salesforce__contacts")
    after = mention("p", 2, role="employer", account_id_salesforce="001B", dataset="salesforce__contacts")
    put(rt, "mentions", a, b, before, after)
    stage.run(rt, day(1))
    stage.run(rt, day(2))
    assert not get(rt, "company_merges")
    links = [r for r in get(rt, "company_links") if r["mention_id"] == before["mention_id"]]
    assert [(r["dt"], r["company_id"]) for r in links] == [(day(1), as_uuid(a["mention_id"])), (day(2), as_uuid(b["mention_id"]))]


def test_a_renamed_account_keeps_its_company(rt: Runtime) -> None:
    before = mention("a", 1, name="Acme Widgets", country="US", dataset="sixsense__segment_members")
    after = mention("a", 2, name="Blue Harbor Foods", country="US", dataset="sixsense__segment_members")
    put(rt, "mentions", before, after)
    stage.run(rt, day(1))
    stage.run(rt, day(2))
    assert len(get(rt, "company_links")) == 1


def test_undo_restores_both_and_stays_undone(rt: Runtime) -> None:
    a = mention("a", 1, name="Acme Widgets", domain="acme.example")
    b = mention("b", 1, minute=1, name="Northwind Traders", cik="77")
    both = mention("c", 2, name="Acme", domain="acme.example", cik="77")
    again = mention("d", 5, name="Acme Northwind", domain="acme.example", cik="77")
    put(rt, "mentions", a, b, both, again)
    stage.run(rt, day(1))
    stage.run(rt, day(2))
    assert one(rt, a, b)
    decide(rt, as_uuid(b["mention_id"]), as_uuid(a["mention_id"]), "different", 3)
    for n in (3, 4, 5):
        stage.run(rt, day(n))
    assert not one(rt, a, b)
    assert one(rt, b, both, again)  # the registry number says whose record it is
    assert [(r["op"], r["dt"]) for r in get(rt, "company_merges")] == [("merge", day(2)), ("undo", day(3))]


def test_a_person_can_say_that_two_are_the_same_even_before_both_are_known(rt: Runtime) -> None:
    a, b = mention("a", 1, name="Acme Widgets"), mention("b", 4, name="Northwind Traders")
    decide(rt, as_uuid(a["mention_id"]), as_uuid(b["mention_id"]), "same", 2)
    put(rt, "mentions", a, b)
    for n in range(1, 6):
        stage.run(rt, day(n))
    assert one(rt, a, b)
    assert [r["dt"] for r in get(rt, "company_merges")] == [day(4)]


def test_a_decision_that_is_neither_same_nor_different_stops_the_run(rt: Runtime) -> None:
    decide(rt, "a", "b", "perhaps", 0)
    with pytest.raises(Permanent, match="perhaps"):
        stage.run(rt, day(1))


def test_a_day_without_mentions_writes_empty_files(rt: Runtime) -> None:
    report = stage.run(rt, day(1))
    assert report.mentions == 0
    assert report.health == {"companies": 0, "largest_cluster": 0, "merges_today": 0, "shared_domains": 0, "reviews": 0}
    assert rt.lake.fs.exists(f"{rt.lake.root}/facts/company_links/dt={day(1)}/identity__day.parquet")
