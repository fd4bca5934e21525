"""Each gate fails on each kind of bad data it exists for, and passes the same world without it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from activation_fakes import DT, NOW, World, key_of, uid

from signals_pipeline.activation import apply, frames, gates, store
from signals_pipeline.activation.caps import caps_of
from signals_pipeline.activation.policy import FLAGS
from signals_pipeline.errors import Permanent
from signals_pipeline.io import ops
from signals_pipeline.sources.spec import sources

KEY = key_of("ada@acme.example")
ON = {
    "salesforce_url": "http://127.0.0.1:1/salesforce",
    "salesforce_client_id": "id",
    "salesforce_client_secret": "secret",
    "outreach_client_id": "id",
    "outreach_client_secret": "secret",
    "outreach_refresh_token": "token",
}
AT = datetime(2026, 6, 30, 10, 0)


@pytest.fixture
def world(tmp_path) -> World:
    """A healthy day: everything pulled, linked and scored."""
    world = World(tmp_path / "home", **ON)
    world.contact()
    runs(world)
    linked(world)
    scored(world, [10.0, 20.0, 30.0, 40.0, 71.5])
    return world


def run(stream: str, **more: Any) -> dict[str, Any]:
    return {
        "stream": stream,
        "vendor": stream.split(".")[0],
        "kind": "state",
        "needed_for": "activation",
        "records_in": 100,
        "landed": 100,
        "rejected": 0,
        "status": "ok",
        "ended_at": AT,
        **more,
    }


def required() -> list[str]:
    return [f"{v}.{name}" for v, s in sources().items() if "activation" in s.needed_for for name in s.streams]


def runs(world: World, day=DT, **overrides: dict[str, Any]) -> None:
    rows = [run(s, **overrides.get(s, {})) for s in required() if overrides.get(s) != {}]
    world.rt.lake.write("stream_runs", day, rows)


def linked(world: World, names=("Acme", "Bolt"), **more: Any) -> None:
    mentions = more.get("mentions") or [
        {"mention_id": n, "dataset": "x", "record_key": n, "name": n, "domain": f"{n.lower()}.example", "account_id_salesforce": f"A-{n}"}
        for n in names
    ]
    links = more.get("links") or [{"mention_id": n, "company_id": uid("company", n.lower())} for n in names]
    world.rt.lake.write("mentions", DT, mentions)
    world.rt.lake.write("company_links", DT, links)


def scored(world: World, values, day=DT) -> None:
    rows = [
        {"company_id": f"c{n}", "model": "rule", "model_version": "1", "composite_score": v, "status": "scored"}
        for n, v in enumerate(values)
    ]
    world.rt.lake.write("account_scores", day, rows)


def verdicts(world: World) -> dict[str, gates.GateResult]:
    return {r.gate: r for r in gates.judge(world.rt, world.make())}


def failures(world: World, gate: str) -> str:
    told = verdicts(world)
    assert not told[gate].passed
    return "; ".join(told[gate].failures)


def test_a_healthy_day_passes_all_six_and_may_be_applied(world: World) -> None:
    made = world.make()
    told = gates.judge(world.rt, made)
    assert [r.gate for r in told] == list(gates.GATES) and all(r.passed for r in told), told
    assert all(r.rows_judged for r in told)
    assert store.record(world.rt, made.plan_hash)["status"] == "gated"
    assert apply.run(world.rt, made.plan_hash, doors=world.doors).is_green
    assert world.rt.lake.read("gate_results", since=DT, until=DT).num_rows == 6


def test_a_closed_gate_closes_the_plan_and_the_apply(world: World) -> None:
    scored(world, [10.0, 20.0, 120.0])
    made = world.make()
    gates.judge(world.rt, made)
    assert store.record(world.rt, made.plan_hash)["status"] == "refused"
    assert "scores_sane did not pass" in apply.run(world.rt, made.plan_hash, doors=world.doors).message


# ---- suppression_inputs_fresh ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("override", "word"),
    [
        ({"status": "failed"}, "not pulled in this run: salesforce.contacts"),
        ({"status": "paused"}, "not pulled in this run: salesforce.contacts"),
        ({}, "never pulled: salesforce.contacts"),
        ({"ended_at": AT - timedelta(hours=30)}, "older than 24 hours: salesforce.contacts"),
        ({"rejected": 30}, "than they declare: salesforce.contacts"),
    ],
)
def test_an_opt_out_list_that_is_not_fresh_closes_the_gate(world: World, override: dict, word: str) -> None:
    runs(world, **{"salesforce.contacts": override})
    assert word in failures(world, "suppression_inputs_fresh")


def test_a_day_without_any_pull_closes_the_gate(world: World) -> None:
    world.rt.lake.write("stream_runs", DT, [])
    told = verdicts(world)
    assert not told["suppression_inputs_fresh"].passed and not told["volumes_as_expected"].passed


def test_a_vendor_without_credentials_is_not_waited_for(world: World) -> None:
    world.moved(outreach_client_id="")
    assert not [k for k in frames.inputs(world.rt, world.make())["key"] if k.startswith("outreach")]


# ---- volumes_as_expected ----------------------------------------------------------------------------------------


def landed(world: World, dataset: str, day: date, n: int) -> None:
    world.rt.lake.write(dataset, day, [{"record_key": str(i)} for i in range(n)])


def month(world: World, dataset: str, n: int, today: int) -> None:
    """`n` rows on working days, none on weekends, and `today` rows on the day."""
    for back in range(1, 22):
        day = DT - timedelta(days=back)
        landed(world, dataset, day, 0 if day.weekday() >= 5 else n + back % 3)
    landed(world, dataset, DT, today)


def test_far_more_rows_than_usual_close_the_gate(world: World) -> None:
    month(world, "sec_edgar__index", 40, 900)
    world.rt.lake.write("stream_runs", DT, [run("sec_edgar.index", kind="event", needed_for="")], stream="edgar")
    assert "far more rows than on their trailing days (robust deviations): sec_edgar.index" in failures(world, "volumes_as_expected")


def test_far_fewer_rows_close_the_gate_where_a_send_depends_on_them(world: World) -> None:
    for back in range(1, 22):
        landed(world, "outreach__email_addresses", DT - timedelta(days=back), 60)
    landed(world, "outreach__email_addresses", DT, 3)
    assert "far fewer rows than on their trailing days: outreach.email_addresses" in failures(world, "volumes_as_expected")


def test_a_quiet_day_of_a_feed_that_no_send_depends_on_warns(world: World) -> None:
    month(world, "sec_edgar__index", 40, 0)
    world.rt.lake.write("stream_runs", DT, [run("sec_edgar.index", kind="event", needed_for="")], stream="edgar")
    told = verdicts(world)["volumes_as_expected"]
    assert told.passed and "sec_edgar.index" in told.warnings[0]


def test_an_ordinary_volume_passes_and_working_days_are_compared_with_working_days(world: World) -> None:
    month(world, "sec_edgar__index", 40, 42)
    world.rt.lake.write("stream_runs", DT, [run("sec_edgar.index", kind="event", needed_for="")], stream="edgar")
    told = verdicts(world)["volumes_as_expected"]
    assert told.passed and not told.warnings


def test_a_weekend_is_compared_with_weekends(world: World) -> None:
    sunday = DT - timedelta(days=(DT.weekday() + 1) % 7)
    for back in range(22):
        day = sunday - timedelta(days=back)
        landed(world, "sec_edgar__index", day, 5 if day.weekday() >= 5 else 900)
    world.rt.lake.write("stream_runs", sunday, [run("sec_edgar.index", kind="event", needed_for="")])
    told = frames.volumes(world.rt, sunday).set_index("key").loc["sec_edgar.index"]
    assert told["trailing_days"] == 6 and told["deviation"] == 0.0, "five rows would be a collapse on a working day"


def test_small_counts_may_scatter() -> None:
    assert abs(frames._deviation(8, [1, 0, 2, 1, 1]) or 9) < 6 < (frames._deviation(900, [40] * 5) or 0)


def test_a_state_stream_that_comes_back_empty_closes_the_gate(world: World) -> None:
    landed(world, "salesforce__contacts", DT - timedelta(days=1), 5)
    assert "came back empty although they had rows before: salesforce.contacts" in failures(world, "volumes_as_expected")


def test_a_day_on_which_no_user_changed_is_no_empty_state(world: World) -> None:
    landed(world, "product_db__users", DT - timedelta(days=1), 5)
    world.rt.lake.write("stream_runs", DT, [run("product_db.users", needed_for="", records_in=0, landed=0)], stream="product")
    assert verdicts(world)["volumes_as_expected"].passed


def test_repeats_among_the_rejects_do_not_speak_against_a_stream(world: World) -> None:
    world.rt.lake.write("stream_runs", DT, [run("product_db.users", landed=30, rejected=70)], stream="product")
    world.rt.lake.write("rejects", DT, [{"reject_id": str(n), "stream": "product_db.users", "reason": "duplicate"} for n in range(70)])
    assert verdicts(world)["volumes_as_expected"].passed


def test_a_stream_that_lost_its_records_to_rejects_closes_the_gate(world: World) -> None:
    world.rt.lake.write("stream_runs", DT, [run("product_db.users", rejected=40)], stream="product")
    assert "than they declare: product_db.users" in failures(world, "volumes_as_expected")


def test_records_that_stood_already_count_in_the_share_of_rejects(world: World) -> None:
    rerun = run("file_drop.funding", kind="event", needed_for="", records_in=30, records_read=200, landed=10, rejected=20)
    world.rt.lake.write("stream_runs", DT, [rerun], stream="files")
    assert verdicts(world)["volumes_as_expected"].passed
    world.rt.lake.write("stream_runs", DT, [{**rerun, "records_read": 30}], stream="files")
    assert "than they declare: file_drop.funding" in failures(world, "volumes_as_expected")


# ---- identity_sane ----------------------------------------------------------------------------------------------


def many(n: int, **columns: Any) -> list[dict[str, Any]]:
    return [
        {"mention_id": f"m{i}", "dataset": "x", "record_key": str(i), **{k: v(i) if callable(v) else v for k, v in columns.items()}}
        for i in range(n)
    ]


@pytest.mark.parametrize(
    ("mentions", "word"),
    [
        (many(60, name=lambda i: f"Name {i}"), "too many different names"),
        (many(15, domain=lambda i: f"d{i}.example"), "gathers too many domains"),
    ],
)
def test_a_cluster_that_swallows_others_closes_the_gate(world: World, mentions: list, word: str) -> None:
    linked(world, mentions=mentions, links=[{"mention_id": m["mention_id"], "company_id": "one"} for m in mentions])
    assert word in failures(world, "identity_sane")


def test_domains_that_stand_for_several_companies_close_the_gate(world: World) -> None:
    mentions = many(10, domain="shared.example")
    linked(world, mentions=mentions, links=[{"mention_id": m["mention_id"], "company_id": m["mention_id"]} for m in mentions])
    assert "more than one company" in failures(world, "identity_sane")


@pytest.mark.parametrize(("known_since", "passes"), [(DT - timedelta(days=1), False), (DT, True)])
def test_a_day_that_merges_too_many_companies_known_before_closes_the_gate(world: World, known_since: date, passes: bool) -> None:
    """What came up on the day itself is no merge of companies: it is linked in the order in which it was said."""
    mentions = [{**m, "domain": None} for m in many(100, name="X")]
    linked(world, mentions=mentions, links=[])
    world.rt.lake.write("company_links", known_since, [{"mention_id": m["mention_id"], "company_id": m["mention_id"]} for m in mentions])
    merges = [{"company_id": f"m{i}", "into_company_id": "m99", "op": "merge", "reason": "domain meets cik"} for i in range(6)]
    world.rt.lake.write("company_merges", DT, merges)
    assert verdicts(world)["identity_sane"].passed is passes
    if not passes:
        assert "merged in one day" in failures(world, "identity_sane")


@pytest.mark.parametrize(("merged", "passes"), [(10, True), (20, False)])
def test_names_that_meet_their_key_are_merged_more_often_than_companies_with_keys(world: World, merged: int, passes: bool) -> None:
    mentions = many(100, name="X")
    linked(world, mentions=mentions, links=[{"mention_id": m["mention_id"], "company_id": m["mention_id"]} for m in mentions])
    merges = [{"company_id": f"by name {i}", "into_company_id": f"m{i}", "op": "merge", "reason": "name meets key"} for i in range(merged)]
    world.rt.lake.write("company_merges", DT, merges)
    assert verdicts(world)["identity_sane"].passed is passes
    if not passes:
        assert "known by name alone" in failures(world, "identity_sane")


def test_names_that_differ_in_case_and_blanks_are_one_name(world: World) -> None:
    mentions = [{**m, "domain": None} for m in many(2, name=lambda i: (" Acme ", "ACME")[i])]
    linked(world, mentions=mentions, links=[{"mention_id": m["mention_id"], "company_id": "one"} for m in mentions])
    assert frames.identity(world.rt, DT)["names_of_largest_cluster"].tolist() == [1]


def test_records_without_a_company_close_the_gate(world: World) -> None:
    linked(world, mentions=many(10, name="X"), links=[{"mention_id": "m0", "company_id": "one"}])
    assert "belong to no company" in failures(world, "identity_sane")


def test_a_mention_said_again_on_a_later_day_stays_with_its_company(world: World) -> None:
    before = DT - timedelta(days=3)
    said = many(2, name="X")
    linked(world, mentions=said, links=[])
    world.rt.lake.write("mentions", before, said, stream="earlier")
    world.rt.lake.write("company_links", before, [{"mention_id": m["mention_id"], "company_id": "one"} for m in said], stream="earlier")
    assert frames.identity(world.rt, DT)["unlinked_share"].tolist() == [0.0]


def test_no_identity_at_all_closes_the_gate(world: World) -> None:
    world.rt.lake.write("company_links", DT, [])
    assert "no figures" in failures(world, "identity_sane")


# ---- scores_sane ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "yesterday", "word"),
    [
        ([10.0, 120.0], [], "outside 0 to 100: c1"),
        ([-1.0, 20.0], [], "outside 0 to 100: c0"),
        ([None, 20.0, 30.0], [], "without a score: c0"),
        ([50.0] * 20, [], "the same score"),
        ([float(n) for n in range(50, 100)], [float(n) for n in range(50)], "jumped"),
        ([], [], "nothing was scored"),
    ],
)
def test_scores_that_cannot_be_close_the_gate(world: World, today: list, yesterday: list, word: str) -> None:
    scored(world, today)
    scored(world, yesterday, DT - timedelta(days=1))
    assert word in failures(world, "scores_sane")


def test_scores_like_yesterdays_pass(world: World) -> None:
    scored(world, [float(n) for n in range(50)])
    scored(world, [float(n) + 1 for n in range(50)], DT - timedelta(days=1))
    assert verdicts(world)["scores_sane"].passed


# ---- outbox_obeys_policy: each forbidden row, told from raw lake rows ----------------------------------------------


def land(world: World, dataset: str, **columns: Any) -> None:
    world.rt.lake.write(dataset, DT, [{"record_key": "1", **columns}])


def opportunity(world: World, **columns: Any) -> None:
    land(world, "salesforce__opportunities", opportunity_id="1", account_id="A-Acme", **columns)


def erase(world: World, **who: str) -> None:
    with world.rt.ops.begin() as connection:
        connection.execute(ops.suppressions.insert().values(**{"email_key": "", "company_id": "", **who, "reason": "erased", "since": DT}))


def hold_out(world: World) -> None:
    with world.rt.ops.begin() as connection:
        connection.execute(ops.holdouts.insert().values(company_id=uid("company", "acme"), arm="held_out", drawn_on=DT, salt="s"))


def running(world: World) -> None:
    land(world, "outreach__prospects", prospect_id=5, email_key=KEY)
    land(world, "outreach__sequence_states", sequence_state_id=1, prospect_id=5, state="active")


def country(world: World) -> None:
    world.people[0]["country"] = "DE"


def outsider(world: World, address: str) -> None:
    world.warehouse.relations["priorities.outbox"].clear()
    world.people.clear()
    world.links.clear()
    world.contact(email=address)


FORBIDDEN = {
    "contact opted out": (lambda w: land(w, "salesforce__contacts", email_key=KEY, has_opted_out=True), "opted out"),
    "contact do not contact": (lambda w: land(w, "salesforce__contacts", email_key=KEY, do_not_contact=True), "opted out"),
    "lead opted out": (lambda w: land(w, "salesforce__leads", email_key=KEY, has_opted_out=True), "opted out"),
    "prospect opted out": (lambda w: land(w, "outreach__prospects", prospect_id=5, email_key=KEY, opted_out=True), "opted out"),
    "prospect opted out of mail": (
        lambda w: land(w, "outreach__prospects", prospect_id=5, email_key=KEY, email_opted_out=True),
        "opted out",
    ),
    "address unsubscribed": (lambda w: land(w, "outreach__email_addresses", email_key=KEY, unsubscribed_at=AT), "opted out"),
    "account do not contact": (lambda w: land(w, "salesforce__accounts", account_id="A-Acme", do_not_contact=True), "opted out"),
    "person erased": (lambda w: erase(w, email_key=KEY), "erased"),
    "company blocked": (lambda w: erase(w, company_id=uid("company", "acme")), "erased"),
    "blocked country": (country, "blocked country"),
    "company of a blocked country": (
        lambda w: (w.people[0].update(country=None), land(w, "salesforce__accounts", account_id="A-Acme", country="DE")),
        "blocked country",
    ),
    "won deal": (lambda w: opportunity(w, is_won=True, is_closed=True), "customers"),
    "type customer": (lambda w: land(w, "salesforce__accounts", account_id="A-Acme", type="Customer"), "customers"),
    "open deal": (lambda w: opportunity(w, is_closed=False, is_won=False), "open deal"),
    "running sequence": (running, "running sequence"),
    "competitor": (lambda w: outsider(w, "ada@stampwell.example"), "competitor"),
    "own people": (lambda w: outsider(w, "ada@proof.example"), "our own people"),
    "bounced in the CRM": (lambda w: land(w, "salesforce__contacts", email_key=KEY, email_bounced_at=AT), "bounced"),
    "bounced in the sequencer": (lambda w: land(w, "outreach__email_addresses", email_key=KEY, status="bounced"), "bounced"),
    "held out": (hold_out, "held out"),
}


@pytest.mark.parametrize("case", FORBIDDEN)
def test_a_forbidden_row_closes_the_gate(world: World, case: str) -> None:
    make_bad, word = FORBIDDEN[case]
    make_bad(world)
    assert word in failures(world, "outbox_obeys_policy")


def test_a_row_without_an_address_closes_the_gate(world: World) -> None:
    made = world.make()
    bare = tuple(replace(r, email_key=None) if r.object == "prospect" else r for r in made.rows)
    frame = frames.policy(world.rt, replace(made, rows=bare))
    assert frame["is_without_address"].sum() == 1 and set(FLAGS) < set(frame.columns)


def merged_into_acme(world: World) -> None:
    merge = {"company_id": uid("company", "bolt"), "into_company_id": uid("company", "acme"), "op": "merge"}
    world.rt.lake.write("company_merges", DT - timedelta(days=3), [merge])


def test_a_company_merged_of_a_held_out_and_a_treated_one_closes_the_gate(world: World) -> None:
    merged_into_acme(world)
    with world.rt.ops.begin() as connection:
        for name, arm in (("acme", "treated"), ("bolt", "held_out")):
            connection.execute(ops.holdouts.insert().values(company_id=uid("company", name), arm=arm, drawn_on=DT, salt="s"))
    assert "held out" in failures(world, "outbox_obeys_policy")


def test_a_company_blocked_before_it_was_merged_into_ours_closes_the_gate(world: World) -> None:
    merged_into_acme(world)
    erase(world, company_id=uid("company", "bolt"))
    assert "erased" in failures(world, "outbox_obeys_policy")


def test_an_account_merged_into_ours_brings_its_deals(world: World) -> None:
    merged_into_acme(world)
    land(world, "salesforce__opportunities", opportunity_id="1", account_id="A-Bolt", is_closed=False)
    assert "open deal" in failures(world, "outbox_obeys_policy")


def test_a_lost_deal_an_old_opt_out_row_and_a_treated_arm_forbid_nothing(world: World) -> None:
    opportunity(world, is_closed=True, is_won=False)
    world.rt.lake.write("salesforce__contacts", DT - timedelta(days=1), [{"record_key": "1", "email_key": KEY, "has_opted_out": True}])
    land(world, "salesforce__contacts", email_key=KEY, has_opted_out=False)
    with world.rt.ops.begin() as connection:
        connection.execute(ops.holdouts.insert().values(company_id=uid("company", "acme"), arm="treated", drawn_on=DT, salt="s"))
    assert verdicts(world)["outbox_obeys_policy"].passed


@pytest.mark.parametrize(("rows_today", "passes"), [([], False), ([{"record_key": "2", "email_key": "another"}], True)])
def test_the_newest_snapshot_with_rows_tells_who_opted_out(world: World, rows_today: list, passes: bool) -> None:
    opted_out = {"record_key": "1", "email_key": KEY, "has_opted_out": True}
    world.rt.lake.write("salesforce__contacts", DT - timedelta(days=1), [opted_out], stream="salesforce.contacts")
    world.rt.lake.write("salesforce__contacts", DT, rows_today, stream="salesforce.contacts")
    assert verdicts(world)["outbox_obeys_policy"].passed is passes


def test_what_a_deleted_record_said_forbids_nothing(world: World) -> None:
    opportunity(world, is_closed=False, is_deleted=True)
    assert verdicts(world)["outbox_obeys_policy"].passed


# ---- plan_within_caps ---------------------------------------------------------------------------------------------


def test_a_plan_over_a_cap_closes_the_gate(world: World) -> None:
    world.under(activation={"max_rows": 3})
    assert failures(world, "plan_within_caps") == "caps that are exceeded: rows"


def test_enrolments_of_the_day_count_with_those_of_an_earlier_plan(world: World) -> None:
    world.under(priorities={"daily_cap": 1})
    made = world.make()
    gates.judge(world.rt, made)
    assert apply.run(world.rt, made.plan_hash, doors=world.doors).is_green
    world.contact("bob", "bolt")
    assert "enrolments" in failures(world, "plan_within_caps")


def test_a_refused_enrolment_keeps_its_seat_of_the_day_and_its_own_second_try_takes_no_other(world: World) -> None:
    world.under(priorities={"daily_cap": 1})
    made = world.make()
    gates.judge(world.rt, made)
    world.outreach.sequences["41"]["enabled"] = False
    assert apply.run(world.rt, made.plan_hash, doors=world.doors).refused_rows == {"drifted: the sequence is disabled": 1}
    world.outreach.sequences["41"]["enabled"] = True
    used = {c.key: c.used for c in caps_of(world.rt, world.plan())}
    assert used["enrolments"] == 1
    world.warehouse.relations["priorities.outbox"].clear()
    world.contact("bob", "bolt")
    used = {c.key: c.used for c in caps_of(world.rt, world.plan())}
    assert used["enrolments"] == 2, "somebody else does not get the seat"


def test_an_account_and_a_mailbox_count_what_the_day_sent_already(world: World) -> None:
    world.rt.lake.write(
        "outreach__mailboxes",
        DT,
        [{"record_key": "7", "mailbox_id": 7, "max_emails_per_day": 1, "known_at": datetime(2026, 6, 29), "known_at_basis": "pulled"}],
    )
    world.under(activation={"max_contacts_per_company": 1})
    made = world.make()
    gates.judge(world.rt, made)
    assert apply.run(world.rt, made.plan_hash, doors=world.doors).is_green
    again = world.make()
    assert all(r.passed for r in gates.judge(world.rt, again) if r.gate == "plan_within_caps"), "nothing new: the day's own sends fit"
    world.contact("bob", "acme")
    told = failures(world, "plan_within_caps")
    assert "contacts:" in told and "mailbox:7" in told


def test_gates_are_judged_at_the_clock_of_the_settings(world: World) -> None:
    world.moved(now=NOW + timedelta(hours=2))
    gates.judge(world.rt, world.make())
    with world.rt.ops.connect() as connection:
        assert {r.judged_at for r in connection.execute(ops.gate_results.select())} == {datetime(2026, 6, 30, 13, 0)}


def test_a_gate_that_cannot_be_judged_is_no_pass(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    made = world.make()
    monkeypatch.setitem(gates._FRAMES, "scores_sane", lambda rt, plan: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        gates.judge(world.rt, made)
    assert "was not judged" in apply.run(world.rt, made.plan_hash, doors=world.doors).message


def test_a_plan_that_nobody_stored_has_no_record(world: World) -> None:
    with pytest.raises(Permanent):
        store.record(world.rt, "0" * 64)
