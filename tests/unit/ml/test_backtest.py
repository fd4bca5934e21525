"""The backtest: frozen months, intervals by account, what cannot be decided yet, and a page that a manager can read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ml import backtest, backtest_page, bootstrap, production
from ml.bootstrap import Judge
from ml.deals import Deals
from ml.model import Config
from ml.segments import groups
from ml.verdicts import Verdict

CONFIGS = (Config("linear", ("linear",)),)
DAYS = [d.date() for d in pd.date_range("2025-01-31", periods=12, freq="ME")]
MONTHS = [f"{d:%Y-%m}" for d in DAYS]


def market(accounts: int = 500, seed: int = 4) -> tuple[pd.DataFrame, pd.DataFrame, dict[date, dict[str, float]]]:
    """Features, deals and rule scores of accounts that stay about as warm as they are; the rule sees a blurred warmth."""
    r = np.random.default_rng(seed)
    rows, deals = [], []
    ruled: dict[date, dict[str, float]] = {d: {} for d in DAYS}
    for a in range(accounts):
        base, employees, company = float(r.normal()), float(r.choice([20, 120, 5000])), f"c{a}"
        for day in DAYS:
            warm = base + 0.3 * float(r.normal())
            rows.append({"company_id": company, "dt": day, "starts_at": datetime(day.year, day.month, day.day, 12), "warm": warm,
                         "news_mention_signals_90d": int(r.random() < 0.3), "employees": employees,
                         "industry": "Software" if a % 2 else None})  # fmt: skip
            ruled[day][company] = float(np.clip(50 + 15 * warm + 20 * r.normal(), 0, 100))
            if r.random() < min(0.6, 0.06 * np.exp(base)):
                opened = pd.Timestamp(day) + pd.Timedelta(days=int(r.integers(1, 28)))
                deals.append({"company_id": company, "opened_on": opened, "closed_on": opened + pd.Timedelta(days=9), "is_won": True,
                              "amount_usd": 5000.0})  # fmt: skip
    return pd.DataFrame(rows), pd.DataFrame(deals), ruled


def known(deals: pd.DataFrame, features: pd.DataFrame, ruled: Mapping[date, Mapping[str, float]], **overrides: Any) -> backtest.Known:
    ends = {d: datetime(d.year, d.month, d.day, 12) for d in DAYS}

    def told(moment: datetime) -> Deals:
        by_then = deals[deals["opened_on"] <= moment]
        return Deals(by_then.assign(closed_on=by_then["closed_on"].where(by_then["closed_on"] <= moment)), {}, 0)

    sources = features[features["news_mention_signals_90d"] > 0][["company_id", "dt"]].assign(source="file drop")
    return replace(backtest.Known(features, ruled, told, ends, datetime(2026, 1, 20), sources), **overrides)


@pytest.fixture(scope="module")
def world() -> tuple[pd.DataFrame, pd.DataFrame, dict[date, dict[str, float]]]:
    return market()


@pytest.fixture(scope="module", autouse=True)
def only_what_is_judged_here() -> Iterator[None]:
    """Fewer draws; and the questions of time and amount are not learned: `test_backtest_times.py` has them judged."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bootstrap, "DRAWS", 80)
        for name in ("time_to_purchase", "deal_size"):
            patch.setattr(production, name, lambda *_, **__: Verdict("not asked here"))
        yield


@pytest.fixture(scope="module")
def report(world: Any) -> dict[str, Any]:
    features, deals, ruled = world
    return backtest.of(known(deals, features, ruled), MONTHS, CONFIGS)


def month(report: dict[str, Any], name: str) -> dict[str, Any]:
    return next(m for m in report["months"] if m["month"] == name)


def test_the_rule_score_is_judged_from_the_first_month_on_without_any_model(report: dict[str, Any]) -> None:
    first = month(report, MONTHS[0])
    assert first["status"] == "judged" and first["learned_model"]["status"] == "abstains"
    assert "learned" not in first and first["rule"]["lift_at_10_interval"][0] > 1


def test_a_learned_score_stands_beside_the_rule_once_a_model_is_promoted_and_they_are_compared_on_the_same_rows(
    report: dict[str, Any],
) -> None:
    later = month(report, MONTHS[9])
    assert later["learned_model"]["status"] in ("promoted", "stands"), later["learned_model"]
    assert later["learned"]["auc"] > later["rule"]["auc"]
    assert report["overall"]["learned"]["rows"] < report["overall"]["rule"]["rows"]
    assert report["overall"]["learned_over_rule"]["of"] == "lift_at_10"
    assert report["overall"]["learned"]["ece"] < 0.1 and report["overall"]["rule"]["ece"] < 0.1
    assert len(report["overall"]["learned"]["reliability"]) == 10


def test_a_month_whose_horizon_is_not_over_is_not_yet_decidable_and_says_when_it_will_be(report: dict[str, Any]) -> None:
    last = month(report, MONTHS[11])
    assert last["status"] == "not_yet_decidable" and "rule" not in last
    assert last["because"] == "what happens within 60 days of 2025-12-31 is known on 2026-03-01"


def test_a_month_without_features_names_the_command_that_makes_them(world: Any) -> None:
    features, deals, ruled = world
    told = backtest.of(known(deals, features[features["dt"] != DAYS[2]], ruled), MONTHS[:4], CONFIGS)
    assert "`signals backfill --from 2025-03-31 --to 2025-03-31`" in month(told, "2025-03")["because"]
    bare = backtest.of(known(deals, features, {d: s for d, s in ruled.items() if d != DAYS[1]}), MONTHS[:3], CONFIGS)
    assert "rule" not in month(bare, "2025-02") and "no rule scores of 2025-02-28" in month(bare, "2025-02")["rule_because"]


def test_what_comes_after_a_month_changes_its_judges_and_never_what_was_learned(world: Any, report: dict[str, Any]) -> None:
    features, deals, ruled = world
    cut = pd.Timestamp(DAYS[9]) + pd.Timedelta(hours=12)
    other = deals[(deals["opened_on"] <= cut) | (deals.index % 3 == 0)]  # two of three later deals never happened
    told = backtest.of(
        known(other, features.assign(warm=features["warm"].where(features["dt"] <= DAYS[9], 0.0)), ruled), MONTHS[:10], CONFIGS
    )
    then, now = month(report, MONTHS[9]), month(told, MONTHS[9])
    assert now["learned_model"] == then["learned_model"] and then["learned_model"]["version"]
    assert now["test"] != then["test"] and now["yes"] < then["yes"]


def test_too_few_outcomes_are_said_and_no_number_is_given(world: Any) -> None:
    features, deals, ruled = world
    told = backtest.of(known(deals.head(4), features, ruled), MONTHS[:3], CONFIGS)
    assert {m["status"] for m in told["months"]} == {"not_yet_decidable"}
    assert "because" in told["overall"] and "rule" not in told["overall"]
    assert backtest_page.sentences(told)[0].startswith("Not yet decidable: ")


def test_two_scores_are_told_apart_only_beyond_chance() -> None:
    r = np.random.default_rng(3)
    truth = r.normal(size=900)
    judge = Judge((r.random(900) < 1 / (1 + np.exp(2 - 2 * truth))).astype(float), np.arange(900))
    noise = r.normal(size=900)
    assert judge.gain(truth, noise)["verdict"] == "better"
    assert judge.gain(noise, truth)["verdict"] == "worse"
    assert judge.gain(noise, r.normal(size=900))["verdict"] == "no difference beyond chance"


def test_an_interval_goes_by_account_so_rows_said_twice_do_not_narrow_it() -> None:
    r = np.random.default_rng(1)
    score = r.normal(size=400)
    y, accounts = (r.random(400) < 1 / (1 + np.exp(2 - score))).astype(float), np.arange(400)
    once, thrice = Judge(y, accounts), Judge(np.tile(y, 3), np.tile(accounts, 3))
    assert thrice.numbers(np.tile(score, 3)) == once.numbers(score)


def test_scores_that_tie_share_their_place_whatever_the_order_of_rows() -> None:
    y, score = np.r_[np.ones(20), np.zeros(180)], np.zeros(200)
    for order in (np.arange(200), np.arange(200)[::-1]):
        told = Judge(y[order], np.arange(200)[order]).numbers(score[order])
        assert told["lift_at_10"] == 1.0 and told["auc"] == 0.5 and told["ap"] == pytest.approx(0.1)


def test_the_numbers_are_those_of_scikit_learn() -> None:
    from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

    r = np.random.default_rng(2)
    p = np.round(r.random(500), 2)
    y = (r.random(500) < p / 2).astype(float)
    judge = Judge(y, np.arange(500))
    told = judge.numbers(p) | judge.chances(p)
    assert told["auc"] == pytest.approx(roc_auc_score(y, p), abs=1e-5)
    assert told["ap"] == pytest.approx(average_precision_score(y, p), abs=1e-5)
    assert told["brier"] == pytest.approx(brier_score_loss(y, p), abs=1e-5)
    assert told["recall_at_10"] == pytest.approx(told["lift_at_10"] / 10, abs=1e-5)


def test_groups_follow_the_columns_and_the_sources_and_words_that_are_missing_are_a_group_of_their_own(
    world: Any, report: dict[str, Any]
) -> None:
    segments = report["segments"]
    assert set(segments["size"]) == {"under 50 employees", "50 to 249 employees", "1,000 and more employees"}
    assert set(segments["industry"]) == {"Software", "industry not known"}
    assert set(segments["signals"]) == {"news mention in 90 days", "no signal in 90 days"}
    assert segments["signals"]["news mention in 90 days"]["rows"] == segments["source"]["file drop"]["rows"]
    assert sum(g["rows"] for g in segments["size"].values()) == report["overall"]["rows"]
    odd = world[0].rename(columns={"news_mention_signals_90d": "tender_signals_90d"}).assign(families_90d=1)
    assert set(groups(odd, pd.DataFrame())["signals"]) == {"tender in 90 days", "no signal in 90 days"}


def test_the_page_stands_alone_escapes_words_and_says_what_is_open(report: dict[str, Any], tmp_path: Path) -> None:
    assert any("abstained in 9 of 10 months whose outcomes are known" in line for line in backtest_page.sentences(report))
    report = report | {"segments": {"industry": {"<b>Law</b>": report["overall"]}}}
    html = backtest_page.page(report)
    assert "<b>Law</b>" not in html and "&lt;b&gt;Law" in html
    assert "src=" not in html and "<script" not in html and html.count("<svg") >= 3
    assert "Not yet decidable" in html and f"{report['overall']['rule']['lift_at_10']:.2f}" in html
    with pytest.raises(FileNotFoundError, match="signals backtest"):
        backtest_page.write(tmp_path)


def test_days_that_nobody_scored_are_told_as_such_and_not_as_too_few_deals(report: dict[str, Any]) -> None:
    def bare(of: Mapping[str, Any]) -> dict[str, Any]:
        return {k: v for k, v in of.items() if k not in ("rule", "learned", "learned_over_rule")}

    told = report | {"overall": bare(report["overall"]), "months": [bare(m) for m in report["months"]]}
    told["segments"] = {kind: {name: bare(g) for name, g in of.items()} for kind, of in report["segments"].items()}
    said, html = backtest_page.sentences(told), backtest_page.page(told)
    assert said[1].startswith("No score stands on the days that judge") and "months can be judged by themselves" in said[0]
    assert said[1].split(",")[0] in html and "No score can be judged yet." in html
    assert "Too few deals to say" not in html and "For whom" not in html and "<th class=n>lift" not in html
    assert "No score" not in " ".join(backtest_page.sentences(report))


def test_the_walk_reads_the_months_that_were_asked_for_in_order() -> None:
    assert backtest.months_between("2025-11", "2026-02") == ["2025-11", "2025-12", "2026-01", "2026-02"]


def test_the_record_of_champions_is_not_touched_and_a_test_that_changed_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    features, deals, ruled = market(120)

    class Rt:
        class settings:
            home = tmp_path

    monkeypatch.setattr(backtest, "read", lambda rt: known(deals, features, ruled))
    told = backtest.backtest(Rt(), MONTHS[0], MONTHS[2], CONFIGS)  # type: ignore[arg-type]
    assert {p.name for p in (tmp_path / "models").iterdir()} == {"backtest.json"}
    assert not any(m["test_changed"] for m in told["months"])
    monkeypatch.setattr(backtest, "read", lambda rt: known(deals[deals.index % 2 == 0], features, ruled))
    again = backtest.backtest(Rt(), MONTHS[0], MONTHS[2], CONFIGS)  # type: ignore[arg-type]
    assert all(m["test_changed"] for m in again["months"])
    with pytest.raises(ValueError, match="is after"):
        backtest.backtest(Rt(), "2025-05", "2025-01")  # type: ignore[arg-type]
    monkeypatch.setattr(backtest, "read", lambda rt: known(deals, features.head(0), {}))
    with pytest.raises(ValueError, match="no account features stand"):
        backtest.backtest(Rt())  # type: ignore[arg-type]


def test_a_tenth_that_holds_no_deal_or_all_of_them_is_not_sure_of_it() -> None:
    y = np.repeat([1.0, 0.0], [12, 308])
    none, every = (Judge(y, np.arange(320)).numbers(score) for score in (-y, y))
    assert (none["recall_at_10"], every["recall_at_10"]) == (0.0, 1.0)
    assert none["recall_at_10_interval"] == [0.0, pytest.approx(0.265, abs=0.001)]  # exact: 0 of 12
    assert none["lift_at_10_interval"] == [0.0, pytest.approx(2.65, abs=0.01)], "so few can be by chance"
    assert every["recall_at_10_interval"] == [pytest.approx(0.735, abs=0.001), 1.0]
    assert every["lift_at_10_interval"][0] == pytest.approx(7.35, abs=0.01)


def test_before_anything_can_be_judged_the_page_says_how_to_get_older_days(world: Any) -> None:
    features, deals, ruled = world
    last = features[features["dt"] == DAYS[11]]
    said = backtest_page.sentences(backtest.of(known(deals, last, ruled), MONTHS[11:12], CONFIGS))
    assert said[0].startswith("Not yet decidable: no month has outcomes")
    assert "`signals backfill --from 2025-07-04 --to 2025-12-30` makes older ones" in said[-1]


def test_a_walk_across_an_upgrade_says_what_was_left_out_and_the_page_keeps_its_width(world: Any) -> None:
    features, deals, ruled = world
    is_new = features["dt"] >= DAYS[6]
    told = backtest.of(known(deals, features.assign(clicks_30d=np.where(is_new, 1.0, np.nan)), ruled), MONTHS[:4], CONFIGS)
    assert (
        "clicks_30d" in backtest_page.sentences(told)[-1]
        and "`signals backfill --from 2025-01-31 --to" in backtest_page.sentences(told)[-1]
    )
    html = backtest_page.page(told)
    assert html.count("<table") == html.count("<div class=wide><table") > 0
    assert "name=viewport" in html
