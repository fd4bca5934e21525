from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scoring_rows import live, rules

from signals_pipeline.errors import Permanent
from signals_pipeline.rules.profile import load_profile
from signals_pipeline.rules.seeds import seed
from signals_pipeline.scoring.rules import half_up, rules_of, score_day
from signals_pipeline.settings import REPOSITORY

RULES = rules()
TYPES = ["funding_round", "executive_change", "usage_spike", "intent_surge", "news_mention", "recent_loss", "insolvency", "layoffs"]


def composite(*rows: dict[str, object]) -> float:
    scores, _ = score_day(live(*rows), RULES)
    return float(scores["composite_score"].iloc[0])


def test_the_composite_is_the_noisy_or_of_weight_decay_and_confidence() -> None:
    rows = [{"signal_type": "funding_round", "age_days": 90.0, "confidence": 0.8}, {"signal_type": "usage_spike"}]
    expected = 100 * (1 - (1 - 0.40 * 0.5 * 0.8) * (1 - 0.55))
    assert composite(*rows) == pytest.approx(expected, abs=5e-5)


def test_a_score_falls_as_its_signals_age_and_is_gone_when_they_are_dead() -> None:
    ages = [composite({"age_days": float(a)}) for a in (0, 30, 90, 200, 360)]
    assert ages == sorted(ages, reverse=True) and len(set(ages)) == len(ages)
    assert score_day(live({"age_days": 361.0}), RULES)[0].empty


def test_an_inhibitor_takes_points_off_and_fades() -> None:
    fresh = composite({}, {"signal_type": "recent_loss", "signal_id": None})
    faded = composite({}, {"signal_type": "recent_loss", "signal_id": None, "age_days": 90.0})
    assert fresh == pytest.approx(40 - 20)
    assert fresh < faded < composite({})


def test_a_score_never_leaves_0_to_100() -> None:
    assert composite({}, {"signal_type": "insolvency", "signal_id": None}, {"signal_type": "layoffs", "signal_id": None}) == 0.0
    assert composite(*[{"signal_type": "usage_spike"}] * 40) <= 100.0


def test_an_inhibitor_alone_scores_nobody() -> None:
    scores, reasons = score_day(live({"signal_type": "layoffs", "signal_id": None}), RULES)
    assert scores.empty and reasons.empty


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(TYPES), st.integers(0, 500), st.floats(0, 1), st.sampled_from(["acme", "bolt", "cord"])),
        min_size=1,
        max_size=25,
    )
)
def test_the_points_of_an_account_add_up_to_its_score_exactly(rows: list[tuple[str, int, float, str]]) -> None:
    frame = live(*[{"signal_type": t, "age_days": float(a), "confidence": c, "company_id": k} for t, a, c, k in rows])
    scores, reasons = score_day(frame, RULES)
    units = (reasons["points"] * 10_000).round().astype(int).groupby(reasons["company_id"]).sum().to_dict()
    assert units == {r.company_id: round(r.composite_score * 10_000) for r in scores.itertuples()}
    assert scores["composite_score"].between(0, 100).all()


def test_the_order_of_the_rows_changes_nothing() -> None:
    rows = [{"signal_type": t, "age_days": float(i), "signal_id": f"s{i}"} for i, t in enumerate(TYPES)]
    first, second = score_day(live(*rows), RULES), score_day(live(*reversed(rows)), RULES)
    assert first[0].equals(second[0]) and first[1].equals(second[1])


def test_reasons_come_with_the_most_points_first_and_equal_signals_get_equal_points() -> None:
    _, reasons = score_day(live({"signal_type": "news_mention"}, {"signal_type": "usage_spike"}, {"signal_type": "intent_surge"}), RULES)
    assert list(reasons["position"]) == [1, 2, 3]
    assert list(reasons["points"]) == sorted(reasons["points"], reverse=True)
    assert reasons["points"].iloc[0] == pytest.approx(reasons["points"].iloc[1], abs=2e-4)


def test_a_split_on_the_log_scale_is_proportional_to_minus_log_of_one_minus_p() -> None:
    _, reasons = score_day(live({"signal_type": "funding_round"}, {"signal_type": "executive_change"}), RULES)
    share = reasons.set_index("signal_type")["points"]
    assert share["funding_round"] / share["executive_change"] == pytest.approx(math.log(0.6) / math.log(0.7), abs=1e-4)


@pytest.mark.parametrize(
    ("rows", "stage"),
    [
        ([{"signal_type": "news_mention", "confidence": 0.3}], "Target"),
        ([{"signal_type": "executive_change"}], "Consideration"),
        ([{"signal_type": "funding_round"}] * 4, "Consideration"),  # 87 points, but nobody raised a hand
        ([{"signal_type": "usage_spike"}], "Decision"),
        ([{"signal_type": "usage_spike"}, {"signal_type": "intent_surge"}], "Purchase"),
    ],
)
def test_readiness_needs_a_hand_raised_for_decision_and_purchase(rows: list[dict[str, object]], stage: str) -> None:
    assert score_day(live(*rows), RULES)[0]["readiness_stage"].iloc[0] == stage


def test_a_type_without_half_life_is_refused_by_name() -> None:
    with pytest.raises(Permanent, match=r"usage_spik.*did you mean usage_spike"):
        score_day(live({"signal_type": "usage_spik"}), RULES)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"weights": {"default": 0.1, "usage_spike": 1.5}}, "must lie in 0..1"),
        ({"weights": {"default": 0.1, "usage_spik": 0.5}}, "did you mean usage_spike"),
        ({"weights": {"usage_spike": 0.5}}, "needs a `default`"),
        ({"inhibitors": {"bad_mood": 5.0}}, "no lasts_days for bad_mood"),
    ],
)
def test_rules_that_do_not_fit_are_refused(change: dict[str, object], message: str) -> None:
    scoring = load_profile(REPOSITORY / "config" / "profile.yml").scoring
    with pytest.raises(Permanent, match=message):
        rules_of(scoring.model_copy(update=change))


def test_readiness_rules_that_do_not_fit_are_refused() -> None:
    scoring = load_profile(REPOSITORY / "config" / "profile.yml").scoring
    for change, message in (
        ({"without_hand_raiser": "Considering"}, "did you mean Consideration"),
        ({"from_score": {"Purchase": 70, "Consideration": 30}}, "starts at 0"),
    ):
        with pytest.raises(Permanent, match=message):
            rules_of(scoring.model_copy(update={"readiness": scoring.readiness.model_copy(update=change)}))


def test_an_inhibitor_that_lasts_differently_by_row_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [*seed("inhibitor_rules"), {"inhibitor": "layoffs", "lasts_days": 30}]
    monkeypatch.setattr("signals_pipeline.scoring.rules.seed", lambda name: rows if name == "inhibitor_rules" else seed(name))
    with pytest.raises(Permanent, match="layoffs lasts 180 days in one row and 30 in another"):
        rules_of(load_profile(REPOSITORY / "config" / "profile.yml").scoring)


def test_ties_are_rounded_up_and_the_last_bit_of_a_float_makes_no_tie_and_breaks_none() -> None:
    values = np.array([1.96875, np.nextafter(1.96875, 0), np.nextafter(1.96875, 2), 1.96874999, 0.0, 100.0])
    assert half_up(values, 4).tolist() == [1.9688, 1.9688, 1.9688, 1.9687, 0.0, 100.0]


def test_the_model_version_follows_the_rules() -> None:
    scoring = load_profile(REPOSITORY / "config" / "profile.yml").scoring
    assert rules_of(scoring).version == RULES.version
    assert rules_of(scoring.model_copy(update={"threshold": 46})).version != RULES.version
