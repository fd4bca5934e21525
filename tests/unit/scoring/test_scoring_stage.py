from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from scoring_rows import DAY, evidence, runtime_with

from signals_pipeline.errors import Permanent, Transient
from signals_pipeline.runtime import Runtime, build_runtime
from signals_pipeline.scoring import models, stage
from signals_pipeline.settings import load_settings

FOREVER = date(9999, 12, 31)


def ago(days: int) -> date:
    return DAY - timedelta(days=days)


def scores(rt: Runtime, day: date = DAY) -> dict[str, float]:
    return {
        r["company_id"]: r["composite_score"]
        for r in rt.lake.read("account_scores", since=day, until=day).to_pylist()
        if r["model"] == "rule"
    }


def files(rt: Runtime) -> dict[str, bytes]:
    root = Path(rt.lake.url) / "facts"
    return {
        str(p.relative_to(root)): p.read_bytes()
        for name in ("account_scores", "account_score_reasons")
        for p in sorted((root / name).rglob("*.parquet"))
    }


ROWS = [
    evidence("s1", days_ago=40),
    evidence("s1", days_ago=20, number=2, dataset="file_drop__funding"),
    evidence("s2", days_ago=10, company="bolt", signal_type="usage_spike", dataset="product_db__daily_events"),
    evidence("s3", days_ago=45, company="bolt", signal_type="news_mention"),
    evidence("s4", days_ago=5, company=None),
]


def test_a_range_and_its_days_one_by_one_give_the_same_bytes_and_so_does_a_second_run(tmp_path: Path) -> None:
    at_once, steps = runtime_with(tmp_path / "once", ROWS), runtime_with(tmp_path / "steps", ROWS)
    stage.run(at_once, ago(60), DAY)
    for days in range(60, -1, -1):
        stage.run(steps, ago(days), ago(days))
    assert files(at_once) == files(steps)
    again = files(at_once)
    stage.run(at_once, ago(3), DAY)
    assert files(at_once) == again


def test_a_second_independent_source_raises_the_score_from_its_day_on_and_a_repeat_does_not(tmp_path: Path) -> None:
    rows = [
        evidence("s1", days_ago=3),
        evidence("s1", days_ago=2, number=2),
        evidence("s1", days_ago=1, number=3, dataset="sec_edgar__filings"),
    ]
    rt = runtime_with(tmp_path, rows)
    stage.run(rt, ago(3), DAY)
    first, second, third = (scores(rt, ago(d))["acme"] for d in (3, 2, 1))
    assert second < first < third  # a day of decay; then the filing confirms it


def test_a_signal_counts_for_a_company_from_the_day_on_which_its_company_is_known(tmp_path: Path) -> None:
    rt = runtime_with(tmp_path, [evidence("s1", days_ago=2, company=None), evidence("s1", days_ago=1, number=2)])
    stage.run(rt, ago(2), DAY)
    assert (scores(rt, ago(2)), set(scores(rt, ago(1)))) == ({}, {"acme"})


def test_a_signal_is_as_old_as_the_earliest_report_of_it_says_from_the_day_of_that_report_on(tmp_path: Path) -> None:
    rt = runtime_with(tmp_path, [evidence("s1", days_ago=2), evidence("s1", days_ago=1, number=2, occurred_at=ago(30))])
    stage.run(rt, ago(2), DAY)
    before, after = (scores(rt, ago(d))["acme"] for d in (2, 1))
    assert after / before == pytest.approx(0.5 ** (29 / 90), abs=1e-4)


def test_a_rumour_gives_no_points_and_its_confirmation_does(tmp_path: Path) -> None:
    rt = runtime_with(tmp_path, [evidence("s1", days_ago=2, modality="rumour"), evidence("s1", days_ago=1, number=2)])
    stage.run(rt, ago(2), DAY)
    assert (scores(rt, ago(2)), set(scores(rt, ago(1)))) == ({}, {"acme"})


def surge(signal: str, days_ago: int, **columns: Any) -> dict[str, Any]:
    return evidence(signal, days_ago=days_ago, signal_type="intent_surge", **columns)


def live_on(rt: Runtime, day: date) -> set[str]:
    return {r["signal_id"] for r in rt.lake.read("account_score_reasons", since=day, until=day).to_pylist()}


def test_a_superseded_signal_is_not_live_from_the_day_its_successor_is_known(tmp_path: Path) -> None:
    rt = runtime_with(tmp_path, [surge("old", 5), surge("new", 2)])
    stage.run(rt, ago(5), DAY)
    assert [live_on(rt, ago(d)) for d in (3, 2, 1, 0)] == [{"old"}, {"new"}, {"new"}, {"new"}]


def test_signals_of_two_users_and_of_kinds_that_stand_side_by_side_supersede_nothing(tmp_path: Path) -> None:
    spikes = [
        evidence(u, days_ago=d, signal_type="usage_spike", user_id=u, dataset="product_db__daily_events") for u, d in (("u1", 3), ("u2", 1))
    ]
    rt = runtime_with(tmp_path, [*spikes, evidence("round1", days_ago=4), evidence("round2", days_ago=2)])
    stage.run(rt, DAY, DAY)
    assert live_on(rt, DAY) == {"u1", "u2", "round1", "round2"}


def test_a_signal_reported_late_between_two_does_not_bring_the_older_one_back_to_life(tmp_path: Path) -> None:
    rows = [surge("first", 6), surge("third", 3), surge("second", 1, occurred_at=ago(5))]
    rt = runtime_with(tmp_path, rows)
    stage.run(rt, ago(4), DAY)
    assert [live_on(rt, ago(d)) for d in (4, 3, 2, 1)] == [{"first"}, {"third"}, {"third"}, {"third"}]


def test_a_signal_is_superseded_by_that_of_a_merged_company_only_from_the_day_of_the_merge(tmp_path: Path) -> None:
    rt = runtime_with(tmp_path, [surge("ours", 6), surge("twins", 4, company="twin")], merges=[("twin", "acme", ago(2), FOREVER)])
    stage.run(rt, ago(4), DAY)
    assert [live_on(rt, ago(d)) for d in (3, 2)] == [{"ours", "twins"}, {"twins"}]


def test_an_account_whose_last_signal_dies_is_written_once_more_with_zero(tmp_path: Path) -> None:
    rt = runtime_with(tmp_path, [evidence("s1", days_ago=41, signal_type="usage_spike", dataset="product_db__daily_events")])
    report = stage.run(rt, ago(2), DAY)  # it lives 4 half-lives of 10 days: until yesterday
    assert scores(rt, ago(1))["acme"] > 0
    assert (scores(rt), report.days[DAY.isoformat()].fell_to_zero) == ({"acme": 0.0}, 1)
    stage.run(rt, DAY + timedelta(days=1), DAY + timedelta(days=1))
    assert scores(rt, DAY + timedelta(days=1)) == {}


def test_merged_accounts_score_as_one_from_the_day_of_the_merge_and_nobody_falls(tmp_path: Path) -> None:
    rows = [evidence("s1", days_ago=5), evidence("s2", days_ago=5, company="twin", record_key="x")]
    rt = runtime_with(tmp_path, rows, merges=[("twin", "acme", ago(2), FOREVER)])
    stage.run(rt, ago(3), DAY)
    assert set(scores(rt, ago(3))) == {"acme", "twin"}
    assert set(scores(rt, ago(2))) == {"acme"} and scores(rt, ago(2))["acme"] > scores(rt, ago(3))["acme"]


def test_an_inhibitor_counts_from_the_day_it_is_known_until_it_ends_and_names_itself(tmp_path: Path) -> None:
    inhibitors = [("acme", "recent_loss", ago(3), ago(1), ago(2))]
    rt = runtime_with(tmp_path, [evidence("s1", days_ago=5)], inhibitors=inhibitors)
    stage.run(rt, ago(3), DAY)
    before, during, after = (scores(rt, ago(d))["acme"] for d in (3, 2, 1))
    assert during < after < before
    told = rt.lake.read("account_score_reasons", since=ago(2), until=ago(2)).to_pylist()
    assert [(r["feature"], r["signal_id"], r["reason"]) for r in told if r["points"] < 0] == [
        ("recent_loss", None, "Lost deal with us closed yesterday")
    ]


def test_points_in_the_lake_add_up_to_the_composite_at_four_decimals(tmp_path: Path) -> None:
    rt = runtime_with(tmp_path, ROWS, inhibitors=[("bolt", "layoffs", ago(9), FOREVER, ago(9))])
    stage.run(rt, ago(8), DAY)
    for day in (ago(8), DAY):
        points: dict[str, int] = {}
        for r in rt.lake.read("account_score_reasons", since=day, until=day).to_pylist():
            points[r["company_id"]] = points.get(r["company_id"], 0) + round(r["points"] * 10_000)
        assert points == {c: round(s * 10_000) for c, s in scores(rt, day).items()}


def test_a_reason_names_the_filing_and_the_amount(tmp_path: Path) -> None:
    row = evidence(
        "s1",
        days_ago=3,
        dataset="sec_edgar__filings",
        record_key="f1",
        known_at_basis="acceptance",
        round_type="series_b",
        amount=25_000_000,
        currency="USD",
    )
    rt = runtime_with(tmp_path, [row], filings=[("f1", "D")])
    stage.run(rt, DAY, DAY)
    told = rt.lake.read("account_score_reasons").to_pylist()
    assert [(r["reason"], r["signal_id"], r["position"]) for r in told] == [("Series B of $25m filed 3 days ago (Form D)", "s1", 1)]


def test_a_dataset_without_reliability_is_refused_by_name(tmp_path: Path) -> None:
    rt = runtime_with(tmp_path, [evidence("s1", dataset="gossip__column")])
    with pytest.raises(Permanent, match=r"source_reliability\.csv has no row for gossip__column"):
        stage.run(rt, DAY, DAY)


def test_an_upside_down_range_and_a_missing_warehouse_are_told_apart(tmp_path: Path) -> None:
    rt = runtime_with(tmp_path / "a", ROWS)
    with pytest.raises(Permanent, match="is after"):
        stage.run(rt, DAY, ago(1))
    import duckdb

    empty = build_runtime(load_settings({}, home=tmp_path / "b", now="2026-07-02T10:05:00+00:00"))
    duckdb.connect(empty.warehouse.url).close()
    with pytest.raises(Transient, match="not in the warehouse yet"):
        stage.run(empty, DAY, DAY)


class Fake:
    name, version = "opportunity", "2026-06"
    told = pa.table({})

    def __init__(self, **columns: Any) -> None:
        self.unread: set[str] = set()
        self.columns = {"company_id": ["acme"], "status": ["scored"], "p_opportunity": [0.3]} | columns

    def score(self, day: date, features: pa.Table) -> pa.Table:
        return pa.table(self.columns)

    def reasons(self, day: date, features: pa.Table) -> pa.Table:
        return self.told


def test_a_learned_model_stands_beside_the_rule_score(tmp_path: Path) -> None:
    rt = runtime_with(tmp_path, ROWS)
    stage.run(rt, DAY, DAY, learned=[Fake()])
    rows = {r["model"]: r for r in rt.lake.read("account_scores").to_pylist() if r["company_id"] == "acme"}
    assert (rows["rule"]["status"], rows["opportunity"]["p_opportunity"], rows["opportunity"]["model_version"]) == (
        "scored",
        0.3,
        "2026-06",
    )


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"p_opportunity": [1.2]}, "not in 0..1"),
        ({"company_id": ["acme", "acme"], "status": ["scored"] * 2, "p_opportunity": [0.1, 0.2]}, "scored twice"),
        ({"urgency": [101.0]}, "urgency lies in"),
        ({"days_to_purchase_low": [9.0], "days_to_purchase": [7.0], "days_to_purchase_high": [None]}, "an interval upside down"),
        ({"status": ["abstained"]}, "abstains without a reason"),
        ({"status": ["guessed"]}, "guessed is none of"),
        ({"company_id": [None]}, "company_id is missing"),
        ({"mood": ["good"]}, "not in account_scores"),
    ],
)
def test_a_learned_model_that_breaks_the_contract_writes_nothing(columns: dict[str, Any], message: str, tmp_path: Path) -> None:
    rt = runtime_with(tmp_path, ROWS)
    with pytest.raises(Permanent, match=message):
        models.write(rt, DAY, Fake(**columns), pa.table({}))
    assert not [r for r in rt.lake.read("account_scores").to_pylist() if r["model"] == "opportunity"]


def test_a_learned_model_cannot_take_the_rules_place(tmp_path: Path) -> None:
    impostor = Fake()
    impostor.name = "rule"
    with pytest.raises(Permanent, match="must not be named rule"):
        models.write(runtime_with(tmp_path, ROWS), DAY, impostor, pa.table({}))


def test_reasons_of_a_learned_model_that_do_not_add_up_write_nothing(tmp_path: Path) -> None:
    rt = runtime_with(tmp_path, ROWS)
    model = Fake(p_opportunity=[0.5])
    row = {"company_id": ["acme"], "position": [1], "reason": ["warm"], "feature": ["warm"]}
    model.told = pa.table(row | {"points": [1.0]})
    with pytest.raises(Permanent, match=r"add up to 1\.0, which is not the logit of 0\.5"):
        stage.run(rt, DAY, DAY, learned=[model])
    assert {r["model"] for r in rt.lake.read("account_scores").to_pylist()} == {"rule"}
    model.told = pa.table(row | {"points": [0.0]})
    stage.run(rt, DAY, DAY, learned=[model])
    assert "opportunity" in {r["model"] for r in rt.lake.read("account_score_reasons").to_pylist()}


def test_a_model_that_abstains_leaves_nothing_behind_and_the_rule_score_stands(tmp_path: Path) -> None:
    rt = runtime_with(tmp_path, ROWS)
    stage.run(rt, DAY, DAY, learned=[Fake(relevance=[30.0])])
    stage.run(rt, DAY, DAY, learned=[Fake(company_id=pa.array([], pa.string()), status=pa.array([], pa.string()), p_opportunity=[])])
    assert {r["model"] for r in rt.lake.read("account_scores").to_pylist()} == {"rule"}


def test_what_a_model_scored_stands_when_nobody_can_read_the_model_any_more(tmp_path: Path) -> None:
    rt = runtime_with(tmp_path, ROWS)
    stage.run(rt, ago(1), DAY, learned=[Fake()])
    gone = Fake(company_id=pa.array([], pa.string()), status=pa.array([], pa.string()), p_opportunity=[])
    gone.unread = {ago(1).isoformat()}
    stage.run(rt, ago(1), DAY, learned=[gone])
    told = [(r["dt"], r["p_opportunity"]) for r in rt.lake.read("account_scores").to_pylist() if r["model"] == "opportunity"]
    assert told == [(ago(1), 0.3)], "of the other day it abstains, and leaves nothing behind"


def test_a_range_that_was_killed_half_way_leaves_whole_days_and_the_second_run_ends_as_if_nothing_had_happened(tmp_path: Path) -> None:
    whole, cut = runtime_with(tmp_path / "whole", ROWS), runtime_with(tmp_path / "cut", ROWS)
    stage.run(whole, ago(9), DAY, learned=[Fake()])

    class Dies(Fake):
        def score(self, day: date, features: pa.Table) -> pa.Table:
            if day == ago(4):
                raise KeyboardInterrupt
            return super().score(day, features)

    with pytest.raises(KeyboardInterrupt):
        stage.run(cut, ago(9), DAY, learned=[Dies()])
    done, wanted = files(cut), files(whole)
    assert 0 < len(done) < len(wanted) and all(wanted[name] == content for name, content in done.items())
    stage.run(cut, ago(9), DAY, learned=[Fake()])
    assert files(cut) == wanted
