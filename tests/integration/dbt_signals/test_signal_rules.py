"""What the signals stage says about a small hand-made world, on the default engine."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from support.lake_rows import company_id
from support.signals_world import TODAY, ago, build, rows, settings_in, write_world

from signals_pipeline.settings import Settings


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = settings_in(tmp_path_factory.mktemp("signals"))
    write_world(settings)
    build(settings, ago(40), TODAY)
    return settings


def signals(built: Settings, signal_type: str, **where: Any) -> list[dict[str, Any]]:
    conditions = "".join(f" and {column} is not distinct from ?" for column in where)
    return rows(
        built,
        f"select * from signals.buying_signals where signal_type = ?{conditions} order by occurred_at, id",
        signal_type,
        *where.values(),
    )


def test_reports_of_one_round_are_one_signal_with_all_its_evidence(built: Settings) -> None:
    (found,) = signals(built, "funding_round")
    evidence = rows(built, "select * from signals.signal_evidence where signal_id = ? order by report_number", found["id"])
    assert [e["dataset"] for e in evidence] == ["sec_edgar__filings", "sec_edgar__filings", "file_drop__funding"]
    assert (found["dt"], found["updated_at"].date()) == (ago(10), ago(3))


def test_the_amended_filing_wins_over_the_first_and_over_a_file(built: Settings) -> None:
    (found,) = rows(built, "select * from signals.funding_signals")
    assert (int(found["amount"]), found["currency"], found["round_type"]) == (26_000_000, "USD", "series_b")


def test_a_quote_is_the_span_of_the_filing_that_the_event_points_to(built: Settings) -> None:
    assert signals(built, "funding_round")[0]["quote"] == "raised sum "


def test_two_filings_of_one_feed_count_as_one_source_and_a_second_feed_raises_confidence(built: Settings) -> None:
    found = signals(built, "funding_round")[0]
    points = rows(
        built,
        "select rule, points from signals.score_reasons where signal_id = ? and score = 'confidence' order by rule",
        found["id"],
    )
    assert {p["rule"]: p["points"] for p in points} == {"sec_edgar__filings": 95, "file_drop__funding": 3}
    assert found["confidence_score"] == 98  # 1 - 0.05 * 0.35 = 0.9825


def test_a_surge_starts_when_the_conditions_first_hold_and_a_fallen_stage_ends_it(built: Settings) -> None:
    first, second = signals(built, "intent_surge")
    assert (first["subject"], second["subject"]) == (ago(25).isoformat(), ago(3).isoformat())
    assert first["superseded_by"] == second["id"] and second["superseded_by"] is None


def test_a_surge_keeps_one_row_of_evidence_per_change_and_not_one_per_day(built: Settings) -> None:
    second = signals(built, "intent_surge")[1]
    evidence = rows(built, "select dt, measure from signals.signal_evidence where signal_id = ? order by dt", second["id"])
    assert [(e["dt"], e["measure"]) for e in evidence] == [(ago(3), 65.0), (ago(1), 82.0)]


def test_zero_to_many_and_two_to_sixty_are_spikes_and_one_to_two_is_none(built: Settings) -> None:
    assert {s["user_id"] for s in signals(built, "usage_spike")} == {"u4"}


def test_only_the_first_completion_ever_is_an_activation(built: Settings) -> None:
    (found,) = signals(built, "feature_activation")
    assert (found["user_id"], found["occurred_at"].date(), found["strength_score"]) == ("u1", ago(9), 85)


def test_a_signup_takes_ten_points_each_for_size_and_target_industry(built: Settings) -> None:
    strength = {s["user_id"]: s["strength_score"] for s in signals(built, "product_signup")}
    assert strength == {"u1": 80, "u2": 70, "u3": 60}


def test_a_silence_fires_once_and_a_new_silence_is_a_new_signal(built: Settings) -> None:
    found = signals(built, "drop_off", user_id="u2")
    assert [(s["subject"], s["dt"]) for s in found] == [(ago(33).isoformat(), ago(26)), (ago(18).isoformat(), ago(11))]


def test_a_drop_off_loses_ten_points_for_each_further_silent_week_and_stops_when_the_user_is_back(
    built: Settings,
) -> None:
    ended, running = signals(built, "drop_off", user_id="u2")
    assert (ended["strength_score"], running["strength_score"]) == (40, 40)  # seven more silent days, then eleven


def test_a_row_that_lands_late_ends_a_silence_but_never_undoes_it(built: Settings) -> None:
    late = signals(built, "drop_off", user_id="u3")[-1]
    assert (late["subject"], late["dt"], late["strength_score"]) == (ago(12).isoformat(), ago(5), 50)


def test_a_rumour_loses_strength_and_counts_in_no_feature(built: Settings) -> None:
    (rumour,) = signals(built, "acquisition", modality="rumour")
    assert (rumour["strength_score"], rumour["signal_strength"]) == (25, "weak")
    (features,) = rows(
        built,
        "select acquisition_signals_30d from signals.account_features where dt = ? and company_id = ?",
        TODAY,
        company_id("Cobalt"),
    )
    assert features["acquisition_signals_30d"] == 0


def test_every_score_is_the_sum_of_its_reasons_and_within_a_hundred(built: Settings) -> None:
    for score in ("relevance", "urgency", "impact", "confidence", "strength"):
        wrong = rows(
            built,
            f"select s.id from signals.buying_signals s"
            f" left join signals.score_reasons r on r.signal_id = s.id and r.score = '{score}'"
            f" group by s.id, s.{score}_score"
            f" having coalesce(sum(r.points), 0) <> s.{score}_score or s.{score}_score not between 0 and 100",
        )
        assert wrong == [], score


def test_urgency_halves_after_the_half_life_of_the_type(built: Settings) -> None:
    (change,) = signals(built, "executive_change")
    assert change["urgency_score"] == round(100 * 0.5 ** (6 / 60))


def test_who_may_be_worked_on_and_every_reason_why_not(built: Settings) -> None:
    found = {r["name"]: r["ineligible_because"] for r in rows(built, "select name, ineligible_because from signals.account_eligibility")}
    assert found == {
        "Acme": None,
        "Boltt": None,
        "Bolt": "customer",
        "Cobalt": "open_deal",
        "Stampwell": "competitor",
        "Dune": "segment: size, segment: industry",
    }


def test_a_merge_moves_readers_for_its_days_alone_and_never_the_evidence(built: Settings) -> None:
    (evidence,) = rows(built, "select company_id, dt from signals.signal_evidence where signal_type = 'expansion'")
    assert evidence["company_id"] == company_id("Boltt")
    counted = rows(
        built,
        "select company_id, min(dt) as first, max(dt) as last from signals.account_features where expansion_signals_90d > 0"
        " and company_id in (?, ?) group by company_id",
        company_id("Bolt"),
        company_id("Boltt"),
    )
    assert {c["company_id"]: (c["first"], c["last"]) for c in counted} == {
        company_id("Bolt"): (ago(12), ago(8)),
        company_id("Boltt"): (ago(7), TODAY),
    }


def test_inhibitors_come_from_filings_and_lost_deals(built: Settings) -> None:
    found = rows(
        built,
        "select company_id, inhibitor_insolvency, inhibitor_recent_loss from signals.account_features where dt = ?",
        TODAY,
    )
    by = {f["company_id"]: (f["inhibitor_insolvency"], f["inhibitor_recent_loss"]) for f in found}
    assert by[company_id("Cobalt")] == (1, 0)
    assert by[company_id("Acme")] == (0, 1)


def test_our_own_sends_count_from_the_next_day_on(built: Settings) -> None:
    found = rows(
        built,
        "select dt, sends_30d from signals.account_features where company_id = ? and dt between ? and ? order by dt",
        company_id("Acme"),
        ago(7),
        ago(5),
    )
    assert [f["sends_30d"] for f in found] == [0, 0, 1]


def test_text_from_outside_stays_data_in_the_json_columns(built: Settings) -> None:
    import json

    (found,) = signals(built, "acquisition", modality="done")
    assert json.loads(found["signal_data"])["other_company"] == 'Widget "Works"'


def test_pairs_of_signals_stand_once_with_the_earlier_first(built: Settings) -> None:
    pairs = rows(
        built,
        "select c.*, a.occurred_at as a_at, b.occurred_at as b_at from signals.signal_correlations c"
        " join signals.buying_signals a on a.id = signal_a_id join signals.buying_signals b on b.id = signal_b_id",
    )
    assert pairs and all(p["a_at"] <= p["b_at"] for p in pairs)
    assert len({frozenset((p["signal_a_id"], p["signal_b_id"])) for p in pairs}) == len(pairs)


def test_a_record_that_vanished_from_the_newest_snapshot_is_gone(tmp_path: Path) -> None:
    from support.lake_rows import Days

    from signals_pipeline.io.lake import Lake

    settings = settings_in(tmp_path)
    days = Days()
    days.account(date(2026, 6, 1), "001A", "Acme")
    days.account(date(2026, 6, 1), "001B", "Bolt")
    days.account(date(2026, 6, 2), "001A", "Acme")
    days.account(date(2026, 6, 2), "001D", "Dune", is_deleted=True)
    days.account(date(2026, 6, 9), "001B", "Bolt")  # a later day than the run's
    days.write(Lake(settings.lake_url))
    build(settings, date(2026, 6, 2), date(2026, 6, 2), ["stg_salesforce__accounts"])
    assert [r["account_id"] for r in rows(settings, "select account_id from sources.stg_salesforce__accounts")] == ["001A"]


def test_a_late_stage_counts_from_the_last_day_on_which_the_intent_vendor_saw_it(built: Settings) -> None:
    found = rows(
        built,
        "select dt, days_since_consideration_6sense as considered, days_since_decision_6sense as decided,"
        " days_since_purchase_6sense as bought from signals.account_features where company_id = ? order by dt",
        company_id("Acme"),
    )
    seen = {r["dt"] for r in rows(built, "select dt from signals.int_account_score_days where buying_stage = 'Decision'")}
    assert seen
    for f in found:
        before = [(f["dt"] - d).days for d in seen if d <= f["dt"]]
        assert f["decided"] == (min(before) if before else None), f
        assert f["considered"] is None and f["bought"] is None


def test_a_customer_is_one_from_the_day_on_which_the_crm_said_so(built: Settings) -> None:
    found = rows(built, "select dt, company_id from signals.account_features where is_customer = 1 order by dt")
    assert {f["company_id"] for f in found} == {company_id("Bolt")}
    (known,) = rows(built, "select dt from signals.int_customers where company_id = ?", company_id("Bolt"))
    days = rows(built, "select dt from signals.account_features where company_id = ? and dt >= ?", company_id("Bolt"), known["dt"])
    assert [f["dt"] for f in found] == sorted(d["dt"] for d in days)


def test_a_deal_is_open_until_the_day_on_which_the_crm_showed_it_closed(built: Settings) -> None:
    columns = "dt, open_deals, days_since_deal_opened as opened, days_since_deal_lost as lost"
    sql = f"select {columns} from signals.account_features where company_id = ? order by dt"
    cobalt = rows(built, sql, company_id("Cobalt"))
    assert cobalt and {(f["open_deals"], f["lost"]) for f in cobalt} == {(1, None)}
    assert [f["opened"] for f in cobalt] == [(f["dt"] - ago(40)).days for f in cobalt]
    for f in rows(built, sql, company_id("Acme")):
        is_open = f["dt"] <= ago(20)
        assert (f["open_deals"], f["opened"]) == ((1, (f["dt"] - ago(40)).days) if is_open else (0, None)), f
        assert f["lost"] == (None if is_open else (f["dt"] - ago(20)).days), f


def test_a_fall_by_two_stages_is_told_from_a_journey_that_cools(tmp_path: Path) -> None:
    from support.lake_rows import Days, span

    from signals_pipeline.io.lake import Lake

    settings, d = settings_in(tmp_path), Days()
    first = date(2026, 6, 1)
    told = {"acme": ["Decision", "Decision", "Target", "Target"], "bolt": ["Decision", "Consideration", "Awareness", "Target"]}
    for name, stages in told.items():
        d.mention(first, "sixsense__account_scores", f"{name}.example", name.title(), domain=f"{name}.example")
        for day, stage in zip(span(first, len(stages)), stages, strict=True):
            d.account_score(day, f"{name}.example", stage=stage, intent=40.0 if stage == "Decision" else 10.0)
    d.write(Lake(settings.lake_url))
    build(settings, first, date(2026, 6, 4))
    columns = "dt, days_since_stage_fell_6sense as fell, stage_level_30d_6sense as level, intent_score_30d as intent"
    found = {n: rows(settings, f"select {columns} from signals.account_features where company_id = ? order by dt", company_id(n))
             for n in ("Acme", "Bolt")}  # fmt: skip
    assert [f["fell"] for f in found["Acme"]] == [None, None, 0, 1]
    assert [f["fell"] for f in found["Bolt"]] == [None] * 4
    assert [f["level"] for f in found["Acme"]] == pytest.approx([3, 3, 2, 1.5])
    assert [f["intent"] for f in found["Bolt"]] == pytest.approx([40, 25, 20, 17.5])
