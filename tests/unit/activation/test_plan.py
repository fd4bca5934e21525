"""What a plan holds: found first and claimed, nothing typed by a person overwritten, every field before and after."""

from __future__ import annotations

import json

import pytest
from activation_fakes import DT, World, uid

from signals_pipeline.activation import plan, store
from signals_pipeline.activation.model import plan_of
from signals_pipeline.errors import Permanent, Transient
from signals_pipeline.io import ops


def row(made, object_, **where):
    found = [r for r in made.rows if r.object == object_ and all(getattr(r, k) == v for k, v in where.items())]
    assert len(found) == 1, [(r.object, r.operation) for r in made.rows]
    return found[0]


def test_a_company_and_a_person_that_nobody_has_are_created_in_order(world: World) -> None:
    world.contact()
    made = world.plan()
    assert [(r.object, r.operation) for r in made.rows] == [
        ("account", "create"),
        ("contact", "create"),
        ("prospect", "create"),
        ("sequence_state", "enrol"),
    ]
    contact = row(made, "contact")
    assert contact.payload()["AccountId"] == {"ref": row(made, "account").row_id} and contact.needs == (row(made, "account").row_id,)
    assert world.state.effects == {}, "planning writes nothing at a vendor"


def test_one_account_of_that_domain_is_claimed_and_given_our_key(world: World) -> None:
    id_ = world.salesforce.add("Account", Domain__c="acme.example", Name="Acme")
    world.contact()
    account = row(world.plan(), "account")
    assert (account.operation, account.record_id) == ("claim", id_)
    assert account.payload()["Signal_Key__c"] == uid("company", "acme") and account.version == "t1"


def test_an_account_that_carries_our_key_is_updated(world: World) -> None:
    world.salesforce.add("Account", Signal_Key__c=uid("company", "acme"), Domain__c="other.example")
    world.contact()
    assert row(world.plan(), "account").operation == "update"


def test_an_account_known_by_id_is_claimed_before_domains_are_asked(world: World) -> None:
    known = world.salesforce.add("Account", Name="Acme", Domain__c=None)
    world.salesforce.add("Account", Name="Acme UK", Domain__c="acme.example")
    world.contact(account_id_salesforce=known)
    assert row(world.plan(), "account").record_id == known


def test_an_account_whose_website_alone_says_the_domain_is_found_through_the_lake(world: World) -> None:
    id_ = world.salesforce.add("Account", Name="Acme", Website="https://www.acme.example/x", Domain__c=None)
    world.rt.lake.write("salesforce__accounts", DT, [{"record_key": id_, "account_id": id_, "domain": "acme.example", "is_deleted": False}])
    world.contact()
    assert (row(world.plan(), "account").operation, row(world.plan(), "account").record_id) == ("claim", id_)


def test_two_accounts_of_a_domain_go_to_a_person_and_nothing_is_written(world: World) -> None:
    ids = [world.salesforce.add("Account", Domain__c="acme.example") for _ in range(2)]
    world.contact()
    made = world.plan()
    assert row(made, "account").operation == "review" and row(made, "contact").operation == "skip"
    with world.rt.ops.connect() as connection:
        review = connection.execute(ops.reviews.select()).mappings().one()
    assert all(i in review["detail"] for i in ids)


def test_a_record_with_the_key_of_another_company_goes_to_a_person(world: World) -> None:
    world.salesforce.add("Account", Domain__c="acme.example", Signal_Key__c="someone-else")
    world.contact()
    assert row(world.plan(), "account").operation == "review"


def test_a_deleted_account_is_not_claimed(world: World) -> None:
    world.salesforce.add("Account", Domain__c="acme.example", IsDeleted=True)
    world.contact()
    assert row(world.plan(), "account").operation == "create"


def test_a_contact_is_found_by_address_whatever_its_case(world: World) -> None:
    id_ = world.salesforce.add("Contact", Email="ADA@acme.example", LastName="Lovelace")
    world.contact()
    contact = row(world.plan(), "contact")
    assert (contact.operation, contact.record_id) == ("claim", id_)


def test_what_a_person_typed_is_kept_and_what_is_ours_is_written(world: World) -> None:
    world.salesforce.add("Contact", Email="ada@acme.example", LastName="Lovelace", Title="Countess", Signal_Source__c="old")
    world.contact()
    contact = row(world.plan(), "contact")
    kept = {c.field: c for c in contact.changes}
    assert kept["Title"].after == "Countess" and not kept["Title"].is_change
    assert "LastName" not in contact.payload() and contact.payload()["Signal_Source__c"] == "intent_surge"


def test_a_null_of_ours_never_clears_a_field(world: World) -> None:
    world.salesforce.add("Account", Domain__c="acme.example", X6Sense_Profile_Fit__c="Strong")
    world.contact()
    assert "X6Sense_Profile_Fit__c" not in row(world.plan(), "account").payload()


def test_a_person_known_only_as_an_open_lead_is_not_made_a_contact(world: World) -> None:
    id_ = world.salesforce.add("Lead", Email="ada@acme.example", IsConverted=False)
    world.contact()
    made = world.plan()
    assert (row(made, "lead").operation, row(made, "lead").record_id) == ("claim", id_)
    assert not [r for r in made.rows if r.object == "contact"]


def test_a_converted_lead_does_not_hide_the_missing_contact(world: World) -> None:
    world.salesforce.add("Lead", Email="ada@acme.example", IsConverted=True)
    world.contact()
    assert row(world.plan(), "contact").operation == "create"


def test_a_contact_without_a_last_name_is_not_created_and_the_plan_says_why(world: World) -> None:
    world.contact(last_name=None)
    contact = row(world.plan(), "contact")
    assert contact.operation == "skip" and "last name" in contact.reason


def test_custom_fields_carry_source_stage_score_and_message(world: World) -> None:
    world.contact()
    payload = row(world.plan(), "prospect").payload()
    assert (payload["custom1"], payload["custom2"], payload["custom3"]) == ("intent_surge", "Decision", "80")
    assert payload["custom4"] == "Ada" and payload["custom5"] == "Acme" and "?" in payload["custom7"]


@pytest.mark.parametrize(
    ("attribute", "value", "word"), [("transactional", True, "transactional"), ("locked", True, "locked"), ("enabled", False, "disabled")]
)
def test_nobody_is_enrolled_into_an_unfit_sequence(world: World, attribute: str, value: bool, word: str) -> None:
    world.outreach.sequences["41"][attribute] = value
    world.contact()
    state = row(world.plan(), "sequence_state")
    assert state.operation == "skip" and word in state.reason


@pytest.mark.parametrize("fault", [{"sendDisabled": True}, {"sendErroredAt": "2026-06-28T00:00:00Z"}])
def test_nobody_is_enrolled_from_a_mailbox_that_cannot_send(world: World, fault: dict) -> None:
    world.outreach.mailboxes["7"] |= fault
    world.contact()
    assert row(world.plan(), "sequence_state").operation == "skip"


def test_a_contact_without_a_mailbox_is_not_enrolled(world: World) -> None:
    world.contact(mailbox_id=None)
    assert "mailbox" in row(world.plan(), "sequence_state").reason


def test_somebody_in_any_running_sequence_is_not_enrolled(world: World) -> None:
    world.outreach.enrol(world.outreach.add(emails=["ada@acme.example"]), "42")
    world.contact()
    assert "in a sequence already" in row(world.plan(), "sequence_state").reason


def test_somebody_who_opted_out_in_the_sequencer_is_left_alone(world: World) -> None:
    world.outreach.add(emails=["ada@acme.example"], emailOptedOut=True)
    world.contact()
    made = world.plan()
    assert row(made, "prospect").operation == "skip" and row(made, "sequence_state").operation == "skip"


def test_a_message_that_fails_its_gate_stops_the_prospect_and_the_enrolment(world: World) -> None:
    world.contact(company_name="   ")
    made = world.plan()
    assert "message refused: empty:spoken_company_name" in row(made, "prospect").reason
    assert row(made, "sequence_state").operation == "skip"


def test_the_hash_names_the_whole_plan(world: World) -> None:
    world.contact()
    made = world.plan()
    assert plan_of(json.loads(json.dumps(made.body()))).plan_hash == made.plan_hash
    assert store.load(world.rt, made.plan_hash).rows == made.rows


def test_the_same_world_gives_the_same_plan(world: World) -> None:
    world.contact()
    assert world.plan().plan_hash == world.plan().plan_hash


def test_a_newer_plan_supersedes_the_open_one(world: World) -> None:
    world.contact()
    old = world.plan()
    world.contact("bob", "bolt")
    new = world.plan()
    record = store.record(world.rt, old.plan_hash)
    assert (record["status"], record["superseded_by"]) == ("superseded", new.plan_hash)
    assert plan.latest(world.rt, DT).plan_hash == new.plan_hash


def test_an_altered_plan_is_refused(world: World) -> None:
    world.contact()
    made = world.plan()
    with world.rt.ops.begin() as connection:
        body = connection.execute(ops.plans.select()).mappings().one()["body"]
        connection.execute(ops.plans.update().values(body=body.replace("Acme", "Evil")))
    with pytest.raises(Permanent, match="altered"):
        store.load(world.rt, made.plan_hash)


def test_lake_rows_of_a_plan_hold_keys_and_no_personal_value(world: World) -> None:
    world.contact()
    made = world.plan()
    rows = world.rt.lake.read("plan_rows", since=DT, until=DT).to_pylist()
    assert len(rows) == len(made.rows) and "ada@acme.example" not in str(rows) and "Ada" not in str(rows)


def test_one_alert_per_rule_episode_and_channel(world: World) -> None:
    world.alert()
    world.alert()
    world.alert(channel="in_app")
    world.alert(channel="pigeon")
    alerts = [(r.destination, r.operation) for r in world.plan().rows]
    assert sorted(alerts) == [("in_app", "alert"), ("pigeon", "skip"), ("slack", "alert")]


def test_a_webhook_without_read_back_is_named_at_most_once_in_the_plan(world: World) -> None:
    world.slack.can_read_back = False
    assert any("at most once" in n for n in world.plan().notes)


def test_an_outbox_of_another_day_is_refused(world: World) -> None:
    world.contact(dt=DT.replace(day=1))
    with pytest.raises(Permanent, match="stands as of"):
        world.plan()


def test_a_vendor_that_cannot_be_read_makes_no_plan(world: World) -> None:
    world.contact()

    async def away(*_: object, **__: object) -> None:
        raise Transient("503")

    world.salesforce.find_by = away  # type: ignore[method-assign]
    with pytest.raises(Transient):
        world.plan()
    with pytest.raises(Permanent, match="no plan"):
        plan.latest(world.rt, DT)


def test_show_lists_every_field_before_and_after_with_reason_and_cost(world: World) -> None:
    world.salesforce.add("Account", Domain__c="acme.example", Name="Acme", X6Sense_Buying_Stage__c="Awareness")
    world.contact()
    shown = plan.show(world.rt, world.plan().plan_hash)
    account = next(r for r in shown["rows"] if r["object"] == "account")
    stage = next(f for f in account["fields"] if f["field"] == "X6Sense_Buying_Stage__c")
    assert (stage["before"], stage["after"], stage["changes"]) == ("Awareness", "Decision", True)
    assert account["reason"].startswith("Intent surge") and shown["cost_usd"] == pytest.approx(0.05)


def test_a_prospect_gets_the_user_who_writes_as_its_owner_and_keeps_an_owner_that_it_has(world: World) -> None:
    world.contact()
    mine = world.outreach.add(emails=["bob@bolt.example"])
    world.outreach._own(mine, {"owner": ("user", 9)})
    world.contact("bob", "bolt")
    free = world.outreach.add(emails=["cy@crux.example"])
    world.contact("cy", "crux")
    made = world.plan()
    assert world.apply(made).is_green
    owners = {p["attributes"]["emails"][0]: p["relationships"]["owner"]["data"] for p in world.state.data["prospects"].values()}
    assert owners["ada@acme.example"] == owners["cy@crux.example"] == {"type": "user", "id": 3} and free
    assert owners["bob@bolt.example"]["id"] == 9
    assert not any("owner" in p["attributes"] for p in world.state.data["prospects"].values()), "a relationship, not an attribute"
    assert {r.operation for r in world.plan().rows} == {"skip"}


def test_an_owner_given_since_the_plan_is_drift(world: World) -> None:
    id_ = world.outreach.add(emails=["ada@acme.example"])
    world.contact()
    made = world.plan()
    world.outreach._own(id_, {"owner": ("user", 9)})
    world.state.data["prospects"][id_]["attributes"]["updatedAt"] = "later"
    assert world.apply(made).refused_rows["drifted: changed since the plan: owner"] == 1


def test_an_open_lead_gets_our_key_and_the_signal_and_keeps_what_was_typed(world: World) -> None:
    lead = world.salesforce.add("Lead", Email="ada@acme.example", LastName="Lovelace", Title="Countess")
    world.contact()
    assert world.apply(world.plan()).is_green
    found = world.state.data["leads"][lead]
    assert (found["Signal_Source__c"], found["Signal_Strength__c"], found["Signal_Key__c"]) == (
        "intent_surge",
        80.0,
        uid("person", "ada", "acme"),
    )
    assert (found["LastName"], found["Title"], found["FirstName"]) == ("Lovelace", "Countess", "Ada")
