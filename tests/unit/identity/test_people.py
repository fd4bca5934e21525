"""Which records are one person."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from identity_market import day, get, mention, person, put, runtime

from signals_pipeline.identity import stage
from signals_pipeline.identity.person_names import person_key
from signals_pipeline.io.ops import identity_decisions
from signals_pipeline.keys import as_uuid
from signals_pipeline.runtime import Runtime

ACME = mention("acme", name="Acme", domain="acme.example")
BLUE = mention("blue", name="Blue Harbor", domain="blue.example")


@pytest.fixture
def rt(tmp_path: Path) -> Runtime:
    rt = runtime(tmp_path)
    put(rt, "mentions", ACME, BLUE)
    return rt


def people_of(rt: Runtime) -> dict[str, str]:
    newest = sorted(get(rt, "person_links"), key=lambda r: r["dt"])
    return {r["person_record_id"]: r["person_id"] for r in newest}


def one(rt: Runtime, *records: dict[str, object]) -> bool:
    found = people_of(rt)
    return len({found[str(r["person_record_id"])] for r in records}) == 1


@pytest.mark.parametrize(
    "written",
    ["Robert J. Smith", "SMITH, Robert", "Dr. Robert Smith Jr.", "Mr Robert (Bob) Smith", "Robert Smith, PhD", "robert smith III"],
)
def test_spellings_of_a_persons_name_are_one_key(written: str) -> None:
    assert person_key(written) == "robert smith"


def test_name_parts_given_apart_win_and_particles_belong_to_the_family_name() -> None:
    assert person_key("x y", "Ada", "Example") == "ada example"
    assert person_key("Jan van der Berg") == "jan van der berg"
    assert person_key("Ada") is None
    assert person_key(None) is None


def test_one_address_is_one_person_whatever_the_name(rt: Runtime) -> None:
    a = person("a", employer=ACME, email="ada@acme.example", full_name="Ada Example")
    b = person("b", minute=1, employer=BLUE, email="ADA@acme.example", full_name="A. Specimen", dataset="outreach__prospects")
    put(rt, "people", a, b)
    stage.run(rt, day(1))
    assert one(rt, a, b)
    assert {r["method"] for r in get(rt, "person_links")} == {"new", "email_key"}


def test_a_shared_mailbox_is_no_person(rt: Runtime) -> None:
    a = person("a", employer=ACME, email="info@acme.example", full_name="Ada Example")
    b = person("b", minute=1, employer=ACME, email="info@acme.example", full_name="Ben Example")
    put(rt, "people", a, b)
    stage.run(rt, day(1))
    assert not one(rt, a, b)


def test_a_profile_url_in_any_form_is_one_person(rt: Runtime) -> None:
    a = person("a", employer=ACME, linkedin_url="https://www.linkedin.com/in/Ada-Example/", full_name="Ada Example")
    b = person("b", minute=1, linkedin_url="linkedin.com/in/ada-example?trk=x", full_name="Ada E")
    put(rt, "people", a, b)
    stage.run(rt, day(1))
    assert one(rt, a, b)


def test_a_name_links_within_its_company_only(rt: Runtime) -> None:
    a = person("a", employer=ACME, full_name="Ada B. Example")
    b = person("b", minute=1, employer=ACME, full_name="Example, Ada", email="ada@acme.example")
    c = person("c", minute=2, employer=BLUE, full_name="Ada Example")
    put(rt, "people", a, b, c)
    stage.run(rt, day(1))
    assert one(rt, a, b)
    assert not one(rt, a, c)


def test_namesakes_with_different_addresses_are_for_a_person_to_decide(rt: Runtime) -> None:
    a = person("a", employer=ACME, full_name="Ada Example", email="ada@acme.example")
    b = person("b", minute=1, employer=ACME, full_name="Ada Example", email="ada.example@acme.example")
    put(rt, "people", a, b)
    stage.run(rt, day(1))
    assert not one(rt, a, b)
    assert [(r["kind"], r["reason"].split(":")[0]) for r in get(rt, "link_reviews")] == [("person", "namesake")]


def test_records_that_say_nothing_are_never_one_person(rt: Runtime) -> None:
    a, b = person("a", employer=ACME, full_name="Ada"), person("b", employer=ACME, full_name="Ada")
    put(rt, "people", a, b)
    stage.run(rt, day(1))
    assert not one(rt, a, b)


def test_a_new_key_merges_two_people_and_their_records_move(rt: Runtime) -> None:
    a = person("a", 1, employer=ACME, email="ada@acme.example", full_name="Ada Example")
    b = person("b", 1, minute=1, linkedin_url="linkedin.com/in/ada", full_name="Ada Other")
    both = person("c", 2, email="ada@acme.example", linkedin_url="linkedin.com/in/ada", full_name="Ada Example")
    put(rt, "people", a, b, both)
    stage.run(rt, day(1))
    before = [r for r in get(rt, "person_links") if r["dt"] == day(1)]
    stage.run(rt, day(2))
    assert one(rt, a, b, both)
    assert [r for r in get(rt, "person_links") if r["dt"] == day(1)] == before
    moved = [r for r in get(rt, "person_links") if r["method"] == "merge"]
    assert [(r["person_record_id"], r["dt"]) for r in moved] == [(b["person_record_id"], day(2))]


def test_two_people_who_both_stand_in_the_crm_are_a_review_never_a_merge(rt: Runtime) -> None:
    a = person("a", 1, employer=ACME, email="ada@acme.example", contact_id_salesforce="003A", full_name="Ada Example")
    b = person("b", 1, minute=1, linkedin_url="linkedin.com/in/ada", contact_id_salesforce="003B", full_name="Ada Other")
    both = person("c", 2, email="ada@acme.example", linkedin_url="linkedin.com/in/ada", full_name="Ada Example", dataset="file_drop__x")
    put(rt, "people", a, b, both)
    stage.run(rt, day(1))
    stage.run(rt, day(2))
    assert not one(rt, a, b)
    assert not get(rt, "person_merges")
    assert [r["reason"].split(":")[0] for r in get(rt, "link_reviews")] == ["both_in_crm"]


def test_one_address_on_two_contacts_is_one_person_and_a_review_of_the_two_crm_records(rt: Runtime) -> None:
    a = person("a", employer=ACME, email="ada@acme.example", contact_id_salesforce="003A")
    b = person("b", minute=1, employer=ACME, email="ada@acme.example", contact_id_salesforce="003B")
    put(rt, "people", a, b)
    stage.run(rt, day(1))
    assert one(rt, a, b)
    (asked,) = get(rt, "link_reviews")
    assert (asked["left_id"], asked["right_id"]) == ("003A", "003B")


def test_undo_gives_a_merged_person_its_records_back(rt: Runtime) -> None:
    a = person("a", 1, employer=ACME, email="ada@acme.example", full_name="Ada Example")
    b = person("b", 1, minute=1, linkedin_url="linkedin.com/in/ada", full_name="Ada Other")
    both = person("c", 2, email="ada@acme.example", linkedin_url="linkedin.com/in/ada", full_name="Ada Example")
    later = person("d", 3, linkedin_url="linkedin.com/in/ada", full_name="Ada Other", dataset="outreach__prospects")
    put(rt, "people", a, b, both, later)
    for n in (1, 2, 3):
        stage.run(rt, day(n))
    assert one(rt, a, b, both, later)
    with rt.ops.begin() as connection:
        connection.execute(
            sa.insert(identity_decisions).values(
                kind="person", left_id=as_uuid(a["person_record_id"]), right_id=as_uuid(b["person_record_id"]), decision="different",
                by="ada", at=datetime(2026, 3, 5, 15),
            )
        )  # fmt: skip
    stage.run(rt, day(4))
    stage.run(rt, day(5))
    assert one(rt, a, both)
    assert one(rt, b, later)
    assert not one(rt, a, b)


def test_a_contact_that_changes_its_account_gets_the_new_company(rt: Runtime) -> None:
    first = mention("p", 1, role="employer", dataset="salesforce__contacts", domain="acme.example")
    second = mention("p", 2, role="employer", dataset="salesforce__contacts", domain="blue.example")
    p = person("p", 1, employer=first, email="ada@mail.example", full_name="Ada Example")
    put(rt, "mentions", ACME, BLUE, first, second)
    put(rt, "people", p)
    stage.run(rt, day(1))
    stage.run(rt, day(2))
    companies = {r["mention_id"]: r["company_id"] for r in get(rt, "company_links") if r["dt"] == day(1)}
    rows = [(r["dt"], r["company_id"]) for r in get(rt, "person_links")]
    assert rows == [(day(1), companies[ACME["mention_id"]]), (day(2), companies[BLUE["mention_id"]])]


def test_whom_enrichment_bought_today_is_not_linked_again_by_a_second_run(rt: Runtime) -> None:
    put(rt, "people", person("a", employer=ACME, email="ada@acme.example"))
    stage.run(rt, day(1))
    before = get(rt, "person_links")
    bought = person("b", employer=ACME, email="ben@acme.example", dataset="sixsense__people")
    put(rt, "people", person("a", employer=ACME, email="ada@acme.example"), bought)
    row = {
        "person_record_id": bought["person_record_id"],
        "person_id": as_uuid(bought["person_record_id"]),
        "method": "bought",
        "dt": day(1),
    }
    put(rt, "person_links", row, stream="enrichment")
    stage.run(rt, day(1))
    ours = [r for r in get(rt, "person_links") if r["method"] != "bought"]
    assert ours == before
    # the next day, the address that was bought is known
    again = person("c", 2, email="ben@acme.example", dataset="outreach__prospects")
    put(rt, "people", again, stream="other")
    stage.run(rt, day(2))
    assert one(rt, bought, again)
