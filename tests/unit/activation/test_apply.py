"""Effect-once: what is sent, refused, recovered, retried; one rule per test. Effects are counted at the fake vendors."""

from __future__ import annotations

import asyncio
import os
import socket
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from activation_fakes import DT, NOW, World, key_of, uid

from signals_pipeline.activation import apply, plan, recovery, store, switches
from signals_pipeline.activation.destinations.base import Ready
from signals_pipeline.activation.destinations.salesforce import SalesforceDestination
from signals_pipeline.activation.destinations.slack import SlackDestination
from signals_pipeline.errors import ContractBroken, Permanent, SkipRecord, Transient, UnknownOutcome
from signals_pipeline.io import audit, ops

# ---- the ordinary case --------------------------------------------------------------------------------------


def test_a_plan_is_applied_in_order_with_references_resolved(world: World) -> None:
    world.contact()
    world.alert()
    world.alert(channel="in_app")
    report = world.apply(world.plan())
    assert report.sent == {
        "in_app.alert": 1,
        "outreach.prospect": 1,
        "outreach.sequence_state": 1,
        "salesforce.account": 1,
        "salesforce.contact": 1,
        "slack.alert": 1,
    }
    assert report.is_green and {r["status"] for r in world.ledger()} == {"confirmed"}
    contact, account = (next(iter(world.state.data[k].values())) for k in ("contacts", "accounts"))
    assert contact["AccountId"] == account["Id"] and contact["Signal_Key__c"] == uid("person", "ada", "acme")
    assert world.state.effects.most_common(1)[0][1] == 1


def test_the_second_apply_of_a_plan_sends_nothing_and_says_so(world: World) -> None:
    world.contact()
    made = world.plan()
    world.apply(made)
    before = world.state.effects
    again = world.apply(made)
    assert world.state.effects == before and again.already_done == 4
    assert again.message == "nothing was sent; all 4 effects of this plan stand already"


def test_a_second_plan_and_apply_the_same_day_sends_nothing(world: World) -> None:
    world.contact()
    world.alert()
    world.apply(world.plan())
    before = world.state.effects
    second = world.plan()
    assert {r.operation for r in second.rows} == {"skip"}
    assert world.apply(second).message.startswith("nothing was sent") and world.state.effects == before


def test_vendor_ids_sends_and_the_audit_trail_are_written(world: World) -> None:
    world.contact()
    made = world.plan()
    world.apply(made)
    with world.rt.ops.connect() as connection:
        keys = {(r.object, r.our_key) for r in connection.execute(ops.vendor_keys.select())}
        kinds = [r.kind for r in connection.execute(ops.audit.select().order_by(ops.audit.c.seq))]
    assert keys == {
        ("account", uid("company", "acme")),
        ("contact", uid("person", "ada", "acme")),
        ("prospect", key_of("ada@acme.example")),
    }
    assert kinds == ["plan_made", "apply_started", "apply_ended"] and audit.verify(world.rt.ops) is None
    sends = world.rt.lake.read("sends", since=DT, until=DT).to_pylist()
    assert len(sends) == 4 and {s["status"] for s in sends} == {"confirmed"}


def test_an_alert_is_proven_by_reading_it_back(world: World) -> None:
    world.alert()
    world.apply(world.plan())
    with world.rt.ops.connect() as connection:
        alert = connection.execute(ops.alerts.select()).mappings().one()
    assert (alert["status"], alert["read_back"]) == ("delivered", "C1:1.0")


def test_an_alert_that_is_not_found_in_the_channel_stays_open(world: World) -> None:
    world.alert()

    async def nothing(*_: object, **__: object) -> None:
        return None

    world.slack.find = nothing  # type: ignore[method-assign]
    report = world.apply(world.plan())
    assert (report.still_open, report.is_green) == (1, False) and world.ledger()[0]["status"] == "sent"


# ---- the plan is refused ------------------------------------------------------------------------------------


def refused(world: World, made, **more) -> str:
    report = world.apply(made, **more)
    assert world.state.effects == {} and world.ledger() == [], "a refused plan sends nothing and records no intent"
    return "; ".join(report.refused_because)


def test_a_plan_whose_gates_were_not_judged_is_refused(world: World) -> None:
    world.contact()
    made = world.make()
    assert "gate scores_sane was not judged" in refused(world, made)


def test_a_plan_with_a_closed_gate_is_refused_with_its_failures(world: World) -> None:
    world.contact()
    made = world.plan()
    with world.rt.ops.begin() as connection:
        connection.execute(
            ops.gate_results.update().where(ops.gate_results.c.gate == "identity_sane").values(passed=False, failures="largest_cluster")
        )
    assert "gate identity_sane did not pass: largest_cluster" in refused(world, made)


def test_gates_judged_before_the_plan_was_made_anew_do_not_count(world: World) -> None:
    world.contact()
    world.plan()
    world.moved(now=NOW + timedelta(hours=1))
    made = world.make()
    assert "judged before the plan was made anew" in refused(world, made)


def test_a_plan_made_under_other_rules_is_refused(world: World) -> None:
    world.contact()
    made = world.plan()
    world.rt = replace(world.rt, profile=world.rt.profile.model_copy(update={"tenant": "other"}))
    assert "the rules changed" in refused(world, made)


def test_a_plan_made_with_another_model_is_refused(world: World) -> None:
    world.contact()
    made = world.plan()
    world.rt.lake.write("account_scores", DT, [{"company_id": "c", "model": "rule", "model_version": "2", "composite_score": 1.0}])
    assert "the model changed" in refused(world, made)


def test_a_plan_that_is_too_old_is_refused(world: World) -> None:
    world.contact()
    made = world.plan()
    world.moved(now=NOW + timedelta(hours=13))
    assert "too old: made 13.0 h ago" in refused(world, made)


def test_a_plan_made_again_late_in_the_day_is_as_young_as_its_newest_making(world: World) -> None:
    world.contact()
    world.apply(world.plan())
    world.apply(skips := world.plan())
    world.moved(now=NOW + timedelta(hours=13))
    again = world.plan()
    assert again.plan_hash == skips.plan_hash
    assert world.apply(again).refused_because == [] and store.record(world.rt, again.plan_hash)["status"] == "applied"


def test_a_historical_plan_is_refused(world: World) -> None:
    world.contact(dt=date(2026, 6, 1))
    made = world.make(date(2026, 6, 1))
    world.pass_gates(made.plan_hash)
    assert made.is_historical and "historical" in refused(world, made)


def test_a_superseded_plan_is_refused(world: World) -> None:
    world.contact()
    old = world.plan()
    world.contact("bob", "bolt")
    world.plan()
    assert "superseded by plan" in refused(world, old)


@pytest.mark.parametrize(
    ("cap", "word"),
    [
        ({"max_rows": 3}, "over a cap: rows uses 4 of 3"),
        ({"max_cost_usd": 0.01}, "over a cap: cost_usd"),
        ({"max_contacts_per_company": 1}, "over a cap: contacts:"),
    ],
)
def test_a_plan_over_a_cap_is_refused(world: World, cap: dict, word: str) -> None:
    world.under(activation=cap)
    world.contact()
    if "max_contacts_per_company" in cap:
        world.contact("bob")
    assert word in refused(world, world.plan())


def test_a_mailbox_over_its_day_is_refused(world: World) -> None:
    world.rt.lake.write("outreach__mailboxes", DT, [{"record_key": "7", "mailbox_id": 7, "max_emails_per_day": 0}])
    world.contact()
    assert "over a cap: mailbox:7 uses 1 of 0" in refused(world, world.plan())


def test_pause_stops_and_resume_lets_go(world: World) -> None:
    world.contact()
    made = world.plan()
    switches.pause(world.rt, "ann")
    assert "paused by ann" in refused(world, made)
    assert world.apply(made).is_green, "what a person decided is no fault"
    switches.resume(world.rt, "ann")
    assert world.apply(made).is_green


def test_a_dry_run_sends_nothing_and_says_what_it_would_send(world: World) -> None:
    world.contact()
    report = world.apply(world.plan(), mode="dry_run")
    assert (report.would_send, report.message) == (4, "dry run: 4 effects would be sent, none was") and world.state.effects == {}


def test_a_paused_plan_that_may_not_go_anyway_is_not_green(world: World) -> None:
    world.contact()
    made = world.make()
    switches.pause(world.rt, "ann")
    report = world.apply(made)
    assert not report.is_green and "was not judged" in report.message


def test_mode_manual_waits_for_a_name(world: World) -> None:
    world.contact()
    made = world.plan()
    assert "nobody approved" in refused(world, made, mode="manual")
    assert world.apply(made, mode="manual").is_green
    assert world.apply(made, mode="manual", approve_by="ann").is_green


def test_a_superseded_plan_cannot_be_approved(world: World) -> None:
    world.contact()
    old = world.plan()
    world.contact("bob", "bolt")
    world.plan()
    with pytest.raises(Permanent, match="superseded"):
        switches.approve(world.rt, old.plan_hash, "ann")


def test_an_unknown_plan_or_mode_is_an_error(world: World) -> None:
    with pytest.raises(Permanent, match="no plan"):
        apply.run(world.rt, "f" * 64, doors=world.doors)
    with pytest.raises(Permanent, match="unknown mode"):
        apply.run(world.rt, "f" * 64, mode="yolo", doors=world.doors)


def test_a_replay_has_no_destinations_and_applies_no_plan_that_it_finds(world: World, tmp_path) -> None:
    world.contact()
    made = world.plan()
    world.rt = replace(world.rt, replay=tmp_path)
    with pytest.raises(Permanent, match="no destinations"):
        plan.make(world.rt, DT, doors=world.doors)
    assert "a replay has no destinations" in refused(world, made) and world.state.effects == {}


# ---- a row is refused ---------------------------------------------------------------------------------------


def test_a_record_that_somebody_edited_since_is_drifted(world: World) -> None:
    id_ = world.salesforce.add("Account", Domain__c="acme.example", X6Sense_Buying_Stage__c="Awareness")
    world.contact()
    made = world.plan()
    world.salesforce.touch("Account", id_, X6Sense_Buying_Stage__c="Target")
    report = world.apply(made)
    assert report.refused_rows["drifted: changed since the plan: X6Sense_Buying_Stage__c"] == 1
    assert world.state.data["accounts"][id_]["X6Sense_Buying_Stage__c"] == "Target"


def test_a_newer_version_with_the_same_fields_is_not_drift(world: World) -> None:
    id_ = world.salesforce.add("Account", Domain__c="acme.example")
    world.contact()
    made = world.plan()
    world.salesforce.touch("Account", id_, Description="a note")
    assert world.apply(made).refused_rows == {}


def test_an_account_that_somebody_made_by_hand_since_is_not_made_twice(world: World) -> None:
    world.contact()
    made = world.plan()
    world.salesforce.add("Account", Domain__c="acme.example")
    report = world.apply(made)
    assert report.refused_rows["drifted: such a record exists now"] == 1 and len(world.state.data["accounts"]) == 1
    assert report.refused_rows["needs the account, which was not written"] == 1, "its contact waits for the next plan"


def test_a_record_that_is_gone_is_drifted(world: World) -> None:
    id_ = world.salesforce.add("Account", Domain__c="acme.example")
    world.contact()
    made = world.plan()
    del world.state.data["accounts"][id_]
    assert world.apply(made).refused_rows["drifted: the record is gone"] == 1


@pytest.mark.parametrize(
    ("edit", "word"),
    [
        (lambda w: w.salesforce.add("Contact", Email="ada@acme.example", HasOptedOutOfEmail=True), "opted_out"),
        (lambda w: w.salesforce.add("Lead", Email="ada@acme.example", HasOptedOutOfEmail=True), "opted_out"),
        (lambda w: w.salesforce.add("Contact", Email="ada@acme.example", Do_Not_Contact__c=True), "do_not_contact"),
        (lambda w: w.salesforce.add("Contact", Email="ada@acme.example", EmailBouncedDate="2026-06-30"), "bounced"),
        (
            lambda w: w.salesforce.add("Contact", Email="ada@acme.example", AccountId=w.salesforce.add("Account", Do_Not_Contact__c=True)),
            "do_not_contact",
        ),
        (lambda w: w.outreach.add(emails=["ada@acme.example"], optedOut=True), "opted_out"),
    ],
)
def test_a_suppression_that_came_up_since_the_plan_stops_the_person(world: World, edit, word: str) -> None:
    world.contact()
    made = world.plan()
    edit(world)
    report = world.apply(made)
    assert report.refused_rows.get(f"suppressed now: {word}", 0) >= 1
    assert not any(e.startswith(("enrol", "create prospect", "create Contact")) for e in world.state.effects)


def test_somebody_enrolled_elsewhere_since_the_plan_is_not_enrolled(world: World) -> None:
    id_ = world.outreach.add(emails=["ada@acme.example"])
    world.contact()
    made = world.plan()
    world.outreach.enrol(id_, "42")
    report = world.apply(made)
    assert report.refused_rows == {"suppressed now: in_sequence": 1} and len(world.state.data["states"]) == 1


def test_somebody_who_was_in_the_sequence_before_is_refused_and_that_is_no_fault(world: World) -> None:
    id_ = world.outreach.add(emails=["ada@acme.example"])
    world.outreach.enrol(id_, "41", state="finished")
    world.contact()
    report = world.apply(world.plan())
    assert report.refused_rows == {"suppressed now: sequence_repeated": 1} and report.is_green
    assert len(world.state.data["states"]) == 1


def test_a_state_in_another_sequence_that_ended_is_no_repeat(world: World) -> None:
    world.outreach.enrol(world.outreach.add(emails=["ada@acme.example"]), "42", state="finished")
    world.contact()
    assert world.apply(world.plan()).sent["outreach.sequence_state"] == 1


def test_an_enrolment_that_the_sequencers_rules_refuse_is_refused_not_failed(world: World) -> None:
    world.contact()
    made, create = world.plan(), world.outreach.create

    async def strict(type_: str, *given: Any, **more: Any) -> Any:
        if type_ == "sequenceState":
            raise SkipRecord("validation_error", "422 validationError")
        return await create(type_, *given, **more)

    world.outreach.create = strict  # type: ignore[method-assign]
    report = world.apply(made)
    assert report.is_green and not report.failed
    assert list(report.refused_rows.values()) == [1] and "422" in next(iter(report.refused_rows))
    (row,) = [r for r in world.ledger() if r["object"] == "sequence_state"]
    assert (row["status"], row["attempts"]) == ("refused", 1) and "422" in row["refused_because"]


@pytest.mark.parametrize("where", ["email_key", "company_id"])
def test_an_erasure_since_the_plan_stops_the_person(world: World, where: str) -> None:
    row = world.contact()
    made = world.plan()
    with world.rt.ops.begin() as connection:
        connection.execute(
            ops.suppressions.insert().values(**{"email_key": "", "company_id": "", where: row[where], "reason": "erased", "since": DT})
        )
    assert world.apply(made).refused_rows["suppressed now: erased"] == 2


def test_an_account_held_out_since_the_plan_is_not_contacted(world: World) -> None:
    row = world.contact()
    made = world.plan()
    with world.rt.ops.begin() as connection:
        connection.execute(ops.holdouts.insert().values(company_id=row["company_id"], arm="held_out", drawn_on=DT, salt="s"))
    assert "suppressed now: held_out" in world.apply(made).refused_rows


def test_a_sequence_switched_off_since_the_plan_gets_nobody(world: World) -> None:
    world.contact()
    made = world.plan()
    world.outreach.sequences["41"]["enabled"] = False
    assert world.apply(made).refused_rows == {"drifted: the sequence is disabled": 1}


def test_a_refused_row_stays_refused_in_its_plan_and_is_planned_anew_later(world: World) -> None:
    world.contact()
    made = world.plan()
    world.outreach.sequences["41"]["enabled"] = False
    world.apply(made)
    world.outreach.sequences["41"]["enabled"] = True
    assert world.apply(made).sent == {}
    assert world.apply(world.plan()).sent == {"outreach.sequence_state": 1}


# ---- unknown outcomes and half-failed writes ----------------------------------------------------------------


def test_a_lost_answer_is_read_back_and_not_sent_again(world: World) -> None:
    world.contact()
    made = world.plan()
    world.salesforce.trouble.lose_answers = 1
    world.outreach.trouble.lose_answers = 1
    report = world.apply(made)
    assert report.is_green and sum(report.sent.values()) == 4
    assert set(world.state.effects.values()) == {1}


def test_a_lost_request_is_read_back_and_sent_again(world: World) -> None:
    world.contact()
    made = world.plan()
    world.salesforce.trouble.lose_requests = 1
    world.outreach.trouble.lose_requests = 2
    report = world.apply(made)
    assert report.is_green and set(world.state.effects.values()) == {1} and len(world.state.effects) == 4


def test_a_lost_enrolment_answer_never_enrols_twice(world: World) -> None:
    world.outreach.add(emails=["ada@acme.example"])
    world.contact()
    made = world.plan()
    create, asked = world.outreach.create, []

    async def lost(type_: str, *given, **more):
        asked.append(type_)
        told = await create(type_, *given, **more)
        if asked.count("sequenceState") == 1:
            raise __import__("signals_pipeline.errors", fromlist=["UnknownOutcome"]).UnknownOutcome("timed out")
        return told

    world.outreach.create = lost  # type: ignore[method-assign]
    assert world.apply(made).is_green and len(world.state.data["states"]) == 1
    assert asked == ["sequenceState"], "it was read back; asking twice would lean on the vendor's goodwill"


def test_a_request_that_is_lost_every_time_stays_open_and_is_settled_by_the_next_apply(world: World) -> None:
    world.contact()
    made = world.plan()
    world.salesforce.trouble.lose_requests = 3
    report = world.apply(made)
    assert report.still_open == 1 and not report.is_green
    assert next(r for r in world.ledger() if r["object"] == "account")["attempts"] == 3
    again = world.apply(made)
    assert again.sent["salesforce.account"] == 1 and len(world.state.data["accounts"]) == 1


def test_a_doubtful_slack_message_is_not_posted_again_in_the_same_run(world: World) -> None:
    world.alert()
    made = world.plan()
    world.slack.trouble.lose_requests = 1
    assert world.apply(made).still_open == 1 and world.state.effects == {}
    assert world.apply(made).sent == {"slack.alert": 1}


def test_a_doubtful_webhook_message_goes_to_a_person_and_never_out_again(world: World) -> None:
    world.slack.can_read_back = False
    world.alert()
    made = world.plan()
    world.slack.trouble.lose_answers = 1
    assert world.apply(made).reviews == 1
    again = world.apply(made)
    assert again.reviews == 1 and sum(world.state.effects.values()) == 1
    assert [r.operation for r in world.plan().rows] == ["skip"]


def test_in_a_half_failed_bulk_write_each_row_has_its_own_outcome(world: World) -> None:
    for company in ("acme", "bolt", "crux"):
        world.contact(company=company)
    made = world.plan()
    world.salesforce.trouble.refuse[uid("company", "bolt")] = "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
    report = world.apply(made)
    assert report.sent["salesforce.account"] == 2 and report.failed == {"INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST: no": 1}
    assert report.refused_rows == {"needs the account, which was not written": 1}, "the others go on"


def test_a_row_refused_for_now_is_sent_again_and_a_bounded_number_of_times(world: World) -> None:
    for company in ("acme", "bolt"):
        world.contact(company=company)
    made = world.plan()
    world.salesforce.trouble.refuse |= {uid("company", "acme"): "UNABLE_TO_LOCK_ROW!", uid("company", "bolt"): "UNABLE_TO_LOCK_ROW"}
    report = world.apply(made)
    assert report.sent["salesforce.account"] == 1 and report.failed == {"UNABLE_TO_LOCK_ROW: no": 1}
    attempts = {r["natural_key"]: r["attempts"] for r in world.ledger() if r["object"] == "account"}
    assert attempts == {uid("company", "acme"): 2, uid("company", "bolt"): 3}


def test_collections_hold_two_hundred_records_at_most(world: World) -> None:
    for n in range(201):
        row = world.contact(company=f"c{n}")
        row["rank"] = n
    world.under(activation={"max_rows": 10000}, priorities={"daily_cap": 1000})
    assert world.apply(world.plan()).sent["salesforce.account"] == 201  # the fake asserts on the size of a call


def test_a_destination_that_breaks_stops_alone(world: World) -> None:
    world.contact()
    world.alert()
    made = world.plan()
    world.salesforce.trouble.raise_next = [ContractBroken("403: the integration user lacks a permission")]
    report = world.apply(made)
    assert report.sent == {"outreach.prospect": 1, "outreach.sequence_state": 1, "slack.alert": 1}
    assert report.still_open == 1 and any("lacks a permission" in (r["error"] or "") for r in world.ledger())


def test_a_vendor_that_is_away_leaves_its_rows_to_the_next_apply(world: World) -> None:
    world.contact()
    made = world.plan()
    world.outreach.trouble.raise_next = [Transient("503")]
    report = world.apply(made)
    assert report.sent == {"salesforce.account": 1, "salesforce.contact": 1} and not report.is_green
    again = world.apply(made)
    assert again.sent["outreach.prospect"] == 1 and set(world.state.effects.values()) == {1}


def test_what_was_refused_before_anything_was_done_has_failed_and_is_not_in_doubt(world: World) -> None:
    world.contact()
    made = world.plan()
    world.outreach.trouble.raise_next = [Transient("503 scheduledServerMaintenance")]
    report = world.apply(made)
    assert report.still_open == 0 and "outreach is away" in " ".join(report.failed)
    assert {r["status"] for r in world.ledger() if r["object"] == "prospect"} == {"failed"}
    assert "in doubt" not in report.message


def test_a_refusal_that_hid_an_effect_is_found_by_the_look_that_follows(world: World) -> None:
    """A proxy may say 503 for a server that did its work."""
    world.contact()
    made = world.plan()
    create = world.outreach.create

    async def hidden(type_: str, *given: Any, **more: Any) -> Any:
        found = await create(type_, *given, **more)
        if type_ == "sequenceState":
            world.outreach.create = create  # type: ignore[method-assign]
            raise Transient("503 from a proxy")
        return found

    world.outreach.create = hidden  # type: ignore[method-assign]
    report = world.apply(made)
    assert report.is_green and report.sent["outreach.sequence_state"] == 1
    assert set(world.state.effects.values()) == {1}


def test_a_refusal_after_silence_leaves_the_row_in_doubt(world: World) -> None:
    """The first send got no answer and was not found; the second was refused: the first may still be on its way."""
    world.contact()
    made = world.plan()
    answers: list[Exception] = [UnknownOutcome("no answer"), Transient("503")]
    create = world.outreach.create

    async def silent(type_: str, *given: Any, **more: Any) -> Any:
        if type_ == "sequenceState" and answers:
            raise answers.pop(0)
        return await create(type_, *given, **more)

    world.outreach.create = silent  # type: ignore[method-assign]
    report = world.apply(made)
    assert (report.still_open, report.failed, answers) == (1, {}, [])
    assert {r["status"] for r in world.ledger() if r["object"] == "sequence_state"} == {"unknown"}
    assert world.apply(made).sent == {"outreach.sequence_state": 1} and set(world.state.effects.values()) == {1}


def test_a_refusal_of_a_vendor_that_cannot_be_asked_either_says_both(world: World) -> None:
    world.contact()
    made = world.plan()

    async def away(type_: str, *given: Any, **more: Any) -> Any:
        world.outreach.prospects_by_email = nobody  # type: ignore[method-assign]
        raise Transient("503 at the door")

    async def nobody(*given: Any, **more: Any) -> Any:
        raise Transient("503 at the window")

    world.outreach.create = away  # type: ignore[method-assign]
    report = world.apply(made)
    assert report.still_open == 0
    assert any("503 at the door" in why and "not looked at: 503 at the window" in why for why in report.failed), report.failed


def test_messages_that_were_posted_before_the_vendor_went_away_stand_and_the_rest_failed(world: World) -> None:
    world.contact()
    world.alert()
    made = world.plan()
    post, posts = world.slack.post, list[str]()

    async def once(text: str, **more: Any) -> Any:
        posts.append(text)
        if len(posts) > 1:
            raise Transient("503")
        return await post(text, **more)

    world.slack.post = once  # type: ignore[method-assign]
    slack = SlackDestination(world.slack, "C1")
    alerts = [r for r in made.sending if r.destination == "slack"]
    twice = [Ready(alerts[0], alerts[0].payload()), Ready(replace(alerts[0], what="another"), alerts[0].payload())]
    outcomes = asyncio.run(slack.send("alert", twice))
    assert [o.kind for o in outcomes] == ["done", "retry"]


def test_records_that_were_updated_before_the_crm_went_away_stand_and_the_others_are_tried_again(world: World) -> None:
    world.contact()
    rows = [r for r in world.plan().sending if r.object == "account"]
    id_ = world.salesforce.add("Account", Name="Acme")
    update = replace(rows[0], operation="update", record_id=id_, what="update")

    async def away(*given: Any, **more: Any) -> Any:
        raise Transient("503")

    world.salesforce.upsert = away  # type: ignore[method-assign]
    crm = SalesforceDestination(world.salesforce)
    outcomes = asyncio.run(crm.send("account", [Ready(update, {"Name": "Acme"}), Ready(rows[0], rows[0].payload())]))
    assert [o.kind for o in outcomes] == ["done", "retry"]
    with pytest.raises(Transient):
        asyncio.run(crm.send("account", [Ready(rows[0], rows[0].payload())]))


def test_a_prospect_that_exists_under_a_race_is_patched_not_doubled(world: World) -> None:
    world.contact()
    made = world.plan()
    create = world.outreach.create

    async def raced(type_: str, *given, **more):
        if type_ == "prospect":
            world.outreach.create = create  # type: ignore[method-assign]
            world.outreach.add(emails=["ada@acme.example"])
            raise SkipRecord("validation_error", "422 email hash taken")
        return await create(type_, *given, **more)

    world.outreach.create = raced  # type: ignore[method-assign]
    assert world.apply(made).sent["outreach.prospect"] == 1
    assert [p["attributes"]["custom4"] for p in world.state.data["prospects"].values()] == ["Ada"]


def test_an_open_intent_of_a_superseded_plan_is_confirmed_by_the_next_apply(world: World) -> None:
    world.contact()

    def die(step: str) -> None:
        if step == "after_send":
            raise SystemExit(1)

    with pytest.raises(SystemExit):
        world.apply(world.plan(), on_step=die)
    report = world.apply(world.plan())
    assert report.recovered == 1 and {r["status"] for r in world.ledger()} == {"confirmed"}
    assert len(world.state.data["accounts"]) == 1 and set(world.state.effects.values()) == {1}


def test_open_intents_are_settled_before_a_run_looks_at_anything(world: World) -> None:
    world.contact()
    world.contact("bob", "bolt")

    def dies_at(wanted: str) -> Any:
        def step(name: str) -> None:
            if name == wanted:
                raise SystemExit(1)

        return step

    made = world.plan()
    with pytest.raises(SystemExit):
        world.apply(made, on_step=dies_at("after_send"))
    assert recovery.settle(world.rt, world.doors) == {"confirmed": 2}, "the accounts were sent"
    with pytest.raises(SystemExit):
        world.apply(made, on_step=dies_at("after_intent"))
    before = world.state.effects
    assert recovery.settle(world.rt, world.doors) == {"failed": 2} and world.state.effects == before, "the contacts were only meant"
    assert recovery.settle(world.rt, world.doors) == {}
    assert world.apply(world.plan()).is_green and set(world.state.effects.values()) == {1}


def test_what_cannot_be_asked_now_and_what_an_apply_is_sending_stays_open(world: World) -> None:
    world.contact()
    made = world.plan()
    settled: list[dict[str, int]] = []

    def die(step: str) -> None:
        if step == "after_send":
            settled.append(recovery.settle(world.rt, world.doors))
            raise SystemExit(1)

    with pytest.raises(SystemExit):
        world.apply(made, on_step=die)
    assert settled == [{}], "an apply runs"

    async def away(*given: Any, **more: Any) -> Any:
        raise Transient("503")

    find, world.salesforce.find_by = world.salesforce.find_by, away  # type: ignore[method-assign]
    assert recovery.settle(world.rt, world.doors) == {"intent": 1}
    world.salesforce.find_by = find  # type: ignore[method-assign]
    assert recovery.settle(world.rt, world.doors) == {"confirmed": 1}


def test_a_vendors_words_are_kept_without_the_address_that_it_repeats(world: World) -> None:
    row = world.contact()
    made = world.plan()
    world.salesforce.trouble.refuse[row["company_id"]] = "INVALID_EMAIL_ADDRESS"
    world.salesforce.trouble.words = "Email: invalid email address: ada@acme.example"
    report = world.apply(made)
    assert report.failed == {"INVALID_EMAIL_ADDRESS: Email: invalid email address: <email>": 1}
    assert "1 failed (INVALID_EMAIL_ADDRESS: " in report.message


def test_one_apply_at_a_time(world: World) -> None:
    world.contact()
    made = world.plan()
    with world.rt.ops.begin() as connection:
        connection.execute(
            ops.leases.insert().values(name="activation.apply", holder="elsewhere:1", until=world.rt.stamp() + timedelta(minutes=5))
        )
    with pytest.raises(Transient, match=r"another process runs activation\.apply"):
        world.apply(made)
    world.moved(now=NOW + timedelta(minutes=6))
    assert world.apply(made).is_green, "a lease runs out"


def test_a_second_apply_in_the_same_process_is_refused_while_the_first_sends(world: World) -> None:
    world.contact()
    made = world.plan()
    told: list[str] = []

    def again(step: str) -> None:
        if step == "after_send" and not told:
            with pytest.raises(Transient, match=r"this process runs activation\.apply already") as refused:
                world.apply(made)
            told.append(str(refused.value))

    assert world.apply(made, on_step=again).is_green and told
    assert set(world.state.effects.values()) == {1}
    assert world.apply(made).already_done == 4, "the end of the first freed the lease"


def test_the_lease_of_a_dead_process_whose_number_came_back_is_taken_over(world: World) -> None:
    world.contact()
    made = world.plan()
    with world.rt.ops.begin() as connection:
        holder = f"{socket.gethostname()}:{os.getpid()}:a-word-of-somebody-else"
        connection.execute(
            ops.leases.insert().values(name="activation.apply", holder=holder, until=world.rt.stamp() + timedelta(minutes=5))
        )
    assert world.apply(made).is_green


def test_a_taken_over_lease_stops_the_sending(world: World) -> None:
    world.contact()
    made = world.plan()

    def steal(step: str) -> None:
        with world.rt.ops.begin() as connection:
            connection.execute(ops.leases.update().values(holder="elsewhere:1"))

    with pytest.raises(Permanent, match="taken over"):
        world.apply(made, on_step=steal)
    assert len(world.state.effects) == 1


def test_an_applied_plan_says_so_in_the_store(world: World) -> None:
    world.contact()
    made = world.plan()
    world.apply(made)
    assert store.record(world.rt, made.plan_hash)["status"] == "applied"
