"""One market through the real stages: sources, identity, signals, scoring, priorities, metrics. On both engines: `integration/engines`."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from support.market import AFTER, BEFORE, DAY, build, runtime_in
from support.market_case import HELD, write_market

from signals_pipeline.io import publish
from signals_pipeline.runtime import Runtime
from signals_pipeline.scoring import stage

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def rt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    rt = runtime_in(tmp_path_factory.mktemp("market"))
    write_market(rt.lake)
    build(rt, BEFORE)
    stage.run(rt, DAY, DAY)
    build(rt, AFTER, tests=True)
    yield rt


@pytest.fixture(scope="module")
def outbox(rt: Runtime) -> dict[str, dict[str, Any]]:
    return {r["person_id"]: r for r in rt.warehouse.rows("select * from priorities.outbox")}


@pytest.fixture(scope="module")
def reasons(rt: Runtime, outbox: dict[str, dict[str, Any]]) -> dict[str, dict[str, str]]:
    person_of = {r["outbox_id"]: p for p, r in outbox.items()}
    found: dict[str, dict[str, str]] = {}
    for r in rt.warehouse.rows("select * from priorities.suppression_reasons"):
        found.setdefault(person_of[r["outbox_id"]], {})[r["rule"]] = r["class"]
    return found


@pytest.mark.parametrize(
    ("person", "rule", "kind"),
    [
        ("out", "opted_out", "legal"),
        ("outp", "opted_out", "legal"),
        ("dnc", "do_not_contact", "legal"),
        ("dncacc", "do_not_contact", "legal"),
        ("erased", "erased", "legal"),
        ("hans", "jurisdiction", "legal"),
        ("payer", "customer", "relationship"),
        ("dealer", "open_deal", "relationship"),
        ("busy", "in_sequence", "relationship"),
        ("flight", "in_sequence", "relationship"),
        ("rival", "competitor", "relationship"),
        ("self", "own_domain", "relationship"),
        ("warm", "cool_down", "relationship"),
        ("gone", "bounced", "relationship"),
        ("mute", "no_address", "relationship"),
        ("dice", "segment", "targeting"),
        ("cold", "low_score", "targeting"),
        ("cold", "low_strength", "targeting"),
        ("free", "segment", "targeting"),
        ("mixer", "mixed_arm", "experiment"),
    ],
)
def test_each_case_is_stopped_by_its_rule_and_class(
    person: str, rule: str, kind: str, outbox: dict[str, Any], reasons: dict[str, dict[str, str]]
) -> None:
    assert outbox[person]["decision"] == "suppressed"
    assert reasons[person].get(rule) == kind


def test_a_case_has_no_reason_but_its_own(reasons: dict[str, dict[str, str]]) -> None:
    assert reasons["out"].keys() == {"opted_out"}
    assert reasons["gone"].keys() == {"bounced"}
    assert "ann" not in reasons


def test_who_is_free_of_reasons_is_sent_with_owner_mailbox_sequence_and_a_sentence(outbox: dict[str, Any]) -> None:
    ann = outbox["ann"]
    assert (ann["decision"], ann["owner_id"], ann["mailbox_id"], ann["sequence_name"], ann["routed_by"]) == (
        "send",
        "u1",
        11,
        "Company News",
        "crm_owner",
    )
    assert ann["why"] == "Series B of $25m announced yesterday (Crunchbase)"
    assert (ann["account_id_salesforce"], ann["contact_id_salesforce"], ann["prospect_id_outreach"]) == ("acc-acme", "con-ann", 1)


def test_an_owner_without_a_healthy_mailbox_is_passed_over(outbox: dict[str, Any]) -> None:
    assert (outbox["owned"]["owner_id"], outbox["owned"]["routed_by"]) == ("u2", "territory")


def test_a_territory_is_a_country_or_a_name_that_the_seed_explains_and_nobodys_place_goes_round(outbox: dict[str, Any]) -> None:
    assert outbox["tex"]["routed_by"] == "territory" and outbox["tex"]["owner_id"] in ("u2", "u5")
    assert outbox["mounty"]["routed_by"] == "round_robin"


def test_held_out_accounts_are_not_contacted_whether_drawn_before_or_not_yet(outbox: dict[str, Any]) -> None:
    assert outbox["held"]["company_id"] == HELD
    assert {outbox["held"]["decision"], outbox["kept"]["decision"]} == {"held_out"}


def test_the_draw_in_sql_is_the_draw_in_python(rt: Runtime) -> None:
    from signals_pipeline.enrichment.holdout import arm_of

    rules = rt.profile.priorities
    arms = rt.warehouse.rows("select company_id, arm from priorities.int_arms where not is_drawn")
    assert len(arms) > 15
    assert {r["company_id"]: r["arm"] for r in arms} == {
        r["company_id"]: arm_of(r["company_id"], rules.salt, rules.holdout_share) for r in arms
    }


def test_ranks_are_one_to_n_without_gaps(outbox: dict[str, Any]) -> None:
    ranks = sorted(r["rank"] for r in outbox.values() if r["decision"] == "send")
    assert ranks == list(range(1, len(ranks) + 1)) and ranks


def test_a_product_signal_on_an_open_deal_becomes_an_alert_to_the_owner_of_the_deal(rt: Runtime, outbox: dict[str, Any]) -> None:
    assert outbox["dealer"]["signal_type"] == "product_signup"
    alerts = rt.warehouse.rows(
        "select * from priorities.alerts where company_id = 'dealing' and signal_type = 'product_signup' and kind = 'opportunity'"
        " order by channel"
    )
    assert [(a["rule"], a["channel"], a["owner_id"]) for a in alerts] == [
        ("signal_on_open_deal_notice", "in_app", "u2"),
        ("signal_on_open_deal", "slack", "u2"),
    ]
    assert "Open deal: Dealing rollout, Negotiation." in alerts[0]["body"] and alerts[0]["body"].endswith(" Answer within 8 h.")
    assert alerts[0]["title"].startswith("Opportunity · ") and alerts[0]["title"].endswith(": product signup")


def test_nobody_is_alerted_of_a_competitor_or_of_ourselves_nor_of_a_deal_that_is_not_open(rt: Runtime) -> None:
    told = rt.warehouse.rows("select distinct company_id, rule from priorities.alerts")
    assert told and not {r["company_id"] for r in told} & {"rival", "ourselves"}
    assert {r["company_id"] for r in told if r["rule"].startswith("signal_on_open_deal")} <= {"dealing", "buyer"}


def test_sync_tables_hold_the_rows_to_send_and_no_personal_columns(rt: Runtime, outbox: dict[str, Any]) -> None:
    sent = {p for p, r in outbox.items() if r["decision"] == "send"}
    contacts = rt.warehouse.rows("select * from priorities.sync_salesforce__contacts")
    assert {r["person_id"] for r in contacts} == sent
    assert {r["person_id"] for r in rt.warehouse.rows("select * from priorities.sync_outreach__prospects")} == sent
    assert not {"email", "first_name", "last_name", "phone"} & set(contacts[0])


def test_the_former_teams_history_is_attributed_and_counted_by_account(rt: Runtime) -> None:
    found = {r["sequence_state_id"]: (r["team"], r["signal_source"]) for r in rt.warehouse.rows("select * from metrics.fct_activation")}
    assert found[500] == ("former", "usage_spike")  # by the name of the sequence
    assert found[11] == ("former", "intent_surge")  # by custom1, though the sequence has a name of many types
    metrics = {(r["metric"], r["segment"]): r for r in rt.warehouse.rows("select * from metrics.metric_value")}
    spike = metrics["reply", "source: usage_spike"]
    assert (spike["numerator"], spike["denominator"], spike["value"]) == (1, 2, Decimal("0.5"))
    assert [
        (metrics[m, "source: usage_spike"]["numerator"], metrics[m, "source: usage_spike"]["denominator"]) for m in ("meeting", "pipeline")
    ] == [(1, 2), (1, 2)]
    assert not spike["decidable"] and "too few" in spike["verdict"]


def test_the_comparison_of_sources_tells_the_numbers_of_the_metrics(rt: Runtime) -> None:
    metrics = {(r["metric"], r["segment"]): r for r in rt.warehouse.rows("select * from metrics.metric_value")}
    rows = rt.warehouse.rows("select * from metrics.signal_source_comparison")
    names = {
        "reply": ("replies", "accounts", "reply"),
        "meeting": ("meetings", "meeting_accounts", "meeting"),
        "pipeline": ("opportunities", "pipeline_accounts", "pipeline"),
        "ae_acceptance": ("accepted_meetings", "judged_meetings", "ae_acceptance"),
    }
    told = 0
    for row in rows:
        for metric, (hits, trials, rate) in names.items():
            said = metrics.get((metric, f"source: {row['signal_source']}"))
            assert (row[hits], row[trials]) == ((said["numerator"], said["denominator"]) if said else (0, 0))
            if said:
                told += 1
                assert (row[f"{rate}_rate"], row[f"{rate}_low"], row[f"{rate}_high"]) == (said["value"], said["low"], said["high"])
    assert told >= 4 and {r["signal_source"] for r in rows} >= {"usage_spike", "intent_surge"}


def test_wilson_bounds_are_those_of_the_textbook(rt: Runtime) -> None:
    row = rt.warehouse.rows("select low, high from metrics.metric_value where metric = 'reply' and segment = 'source: usage_spike'")[0]
    assert [round(float(row[c]), 4) for c in ("low", "high")] == [0.0945, 0.9055]  # 1 of 2 at 95 %


def test_every_metric_has_a_row_and_says_how_to_read_it(rt: Runtime) -> None:
    rows = rt.warehouse.rows("select metric, how_to_read from metrics.metric_value where segment = 'all'")
    assert len({r["metric"] for r in rows}) == 9 and all(r["how_to_read"] for r in rows)


def test_everything_is_published_and_an_open_reader_keeps_the_old_file(rt: Runtime) -> None:
    import duckdb

    first = publish.run(rt)
    assert first.tables["outbox"] > 15 and not first.absent
    with duckdb.connect(first.place, read_only=True) as reader:
        publish.run(rt)
        assert reader.sql("select count(*) from marts.outbox").fetchall() == [(first.tables["outbox"],)]
