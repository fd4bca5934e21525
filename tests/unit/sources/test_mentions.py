"""Rules of mentions and people: who is named, by what, and that a state which says the same adds no rows."""

from __future__ import annotations

from datetime import timedelta

from source_fakes import DT, FakeVendor, landed, pull_fakes

from signals_pipeline.keys import email_key, md5
from signals_pipeline.runtime import Runtime
from signals_pipeline.sources.spec import Pull, Raw, Row

LEADS = "salesforce__leads"


def leads(*records: dict[str, object]) -> FakeVendor:
    def row(raw: Raw, pull: Pull) -> Row:
        return Row(raw.value["lead_id"], pull.pulled_at, "pulled", raw.value)

    declared = {
        "mentions": [{"role": "employer", "name": "company", "domain": "domain"}],
        "people": [{"employer": "employer", "email": "email", "last_name": "last_name", "title": "title", "lead_id_salesforce": "lead_id"}],
    }
    return FakeVendor("state", LEADS, "crm", {"leads": [list(records)]}, {"leads": declared}, row)


def lead(id_: str = "L1", **more: object) -> dict[str, object]:
    return {
        "lead_id": id_, "company": "Acme Ltd", "domain": "https://www.acme.example/about", "email": "Ada@Acme.example",
        "last_name": "Byron", "title": "VP Operations", **more,
    }  # fmt: skip


def test_a_row_names_a_company_and_a_person_who_works_there(rt: Runtime) -> None:
    pull_fakes(rt, leads(lead()))
    mention, person = landed(rt, "mentions")[0], landed(rt, "people")[0]
    assert mention["mention_id"] == person["mention_id"] == md5(LEADS, "L1", "employer")
    assert (mention["name"], mention["domain"], mention["role"]) == ("Acme Ltd", "acme.example", "employer")
    assert person["person_record_id"] == md5("person", LEADS, "L1", 0)
    assert (person["email"], person["email_key"]) == ("ada@acme.example", email_key("ada@acme.example", "k"))
    assert (person["level"], person["department"]) == ("vp", "operations")


def test_free_mail_is_no_companys_domain(rt: Runtime) -> None:
    pull_fakes(rt, leads(lead(domain="ada@freemail.example"), lead("L2", company=None, domain="gmail.com")))
    mentions = {r["record_key"]: r for r in landed(rt, "mentions")}
    assert set(mentions) == {"L1"}
    assert mentions["L1"]["domain"] is None
    people = {r["record_key"]: r["mention_id"] for r in landed(rt, "people")}
    assert people["L2"] is None


def test_a_person_without_name_and_address_is_nobody(rt: Runtime) -> None:
    pull_fakes(rt, leads(lead(email=None, last_name=None), lead("L2", email="not an address")))
    people = landed(rt, "people")
    assert [(p["record_key"], p["email"], p["email_key"]) for p in people] == [("L2", None, None)]


def test_a_state_that_says_the_same_adds_no_rows(rt: Runtime) -> None:
    pull_fakes(rt, leads(lead(), lead("L2")), dt=DT)
    pull_fakes(rt, leads(lead(), lead("L2", title="CEO"), lead("L3")), dt=DT + timedelta(days=1))
    people = {(r["dt"], r["record_key"], r["level"]) for r in landed(rt, "people")}
    later = DT + timedelta(days=1)
    assert people == {(DT, "L1", "vp"), (DT, "L2", "vp"), (later, "L2", "c_suite"), (later, "L3", "vp")}
    assert [(r["dt"], r["record_key"]) for r in landed(rt, "mentions", since=DT + timedelta(days=1))] == [(DT + timedelta(days=1), "L3")]


def test_what_changed_and_changed_back_is_said_again(rt: Runtime) -> None:
    for n, title in enumerate(["CEO", "VP Sales", "CEO"]):
        pull_fakes(rt, leads(lead(title=title)), dt=DT + timedelta(days=n))
    assert [r["title"] for r in landed(rt, "people")] == ["CEO", "VP Sales", "CEO"]
