"""Score and stage among the as-of features are those of the scoring stage, for every account and day, on both engines.

Two arithmetics (SQL for the features of past days, Python for the score with its reasons) over the same evidence: this holds them together.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.lake_rows import Days, at, company_id, span
from support.later import after
from support.signals_world import SELECT, TODAY, ago, rows, settings_in

from signals_pipeline.io import dbt
from signals_pipeline.io.lake import Lake
from signals_pipeline.io.pgload import load
from signals_pipeline.io.warehouse import Warehouse
from signals_pipeline.rules.profile import Profile, load_profile
from signals_pipeline.scoring import inputs
from signals_pipeline.scoring.rules import rules_of, score_day
from signals_pipeline.settings import Settings

SINCE = ago(45)
CASES = ("Elm", "Fir", "Gum", "Hazel", "Iris")


def world() -> Days:
    """The world in which much is told late and otherwise, and accounts of one case each."""
    d = after()
    for name in CASES:
        key = name.lower()
        d.mention(ago(60), "salesforce__accounts", f"002{name[0]}", name, domain=f"{key}.example", account_id_salesforce=f"002{name[0]}")
    # Elm: three sources of one round, two reports of one of them, unsure extractors; a tie at the fifth decimal while it is alone
    first = d.event(ago(44), "Elm", "funding_round", key="e1", confidence=0.875, occurred_at=at(ago(44)))
    for n, (day, dataset, sure) in enumerate(
        ((40, "sec_edgar__filings", 1.0), (30, "crunchbase__funding_rounds", 0.333), (20, "file_drop__funding", None))
    ):
        told = {"confidence": sure, "occurred_at": at(ago(50))} if n == 1 else {"confidence": sure}
        d.event(ago(day), "Elm", "funding_round", key=f"e{n + 2}", dataset=dataset, first_event_id=first, **told)
    # Fir: a rumour that another source confirms; a plan dated ahead
    rumour = d.event(ago(40), "Fir", "acquisition", key="f1", modality="rumour", other_company_name="Nobody")
    d.event(ago(25), "Fir", "acquisition", key="f2", dataset="crunchbase__acquisitions", first_event_id=rumour, other_company_name="Nobody")
    d.event(ago(20), "Fir", "expansion", key="f3", modality="planned", occurred_at=at(TODAY + timedelta(days=40)))
    # Gum: a report without a company, then one that names it
    first = d.event(ago(30), "Gum", "executive_change", key="g1")
    d.rows[("episode_links", ago(30))][-1]["company_id"] = None
    d.event(ago(18), "Gum", "executive_change", key="g2", dataset="file_drop__executive_change", first_event_id=first)
    # Hazel: dies in the range (four half-lives of 14 days), and only inhibitors are left; then they take all that there is; then a part
    d.event(ago(44), "Hazel", "news_mention", key="h1", occurred_at=at(ago(90)))
    d.event(ago(7), "Hazel", "social_signal", key="h2")
    d.event(ago(4), "Hazel", "product_launch", key="h3")
    d.event(ago(3), "Hazel", "intent_surge", key="h4")
    for n, (day, items) in enumerate(((35, "2.05"), (28, "1.03"), (10, "2.05"))):
        document = {"dataset": "sec_edgar__filings", "record_key": f"hb{n}", "form": "8-K", "items": items, "events": 0}
        d.add("documents", ago(day), document | {"document_id": f"hb{n}", "reason": "no_relevant_item"})
        d.mention(ago(day), "sec_edgar__filings", f"hb{n}", "Hazel")
    # Iris: two surges, of which the newer stands, and a user with spikes; a merge shares Hazel's layoffs with it and is taken apart again
    for day in span(ago(45), 46):
        d.account_score(day, "iris.example", stage="Purchase" if ago(38) <= day <= ago(24) or day >= ago(9) else "Target", intent=80.0)
        d.segment(day, "iris.example")
    d.mention(ago(60), "sixsense__account_scores", "iris.example", "Iris", domain="iris.example")
    d.user(ago(44), "ui", "Iris", signup=ago(44))
    for day in (34, 20, 6):
        d.use("ui", "transaction", ago(day), 70)
    for day, op in ((16, "merge"), (8, "undo")):
        d.add("company_merges", ago(day), {"company_id": company_id("Hazel"), "into_company_id": company_id("Iris"), "op": op})
    return d


def other_rules(profile: Profile) -> Profile:
    """Weights, points, lives and stages that are nobody's default; an inhibitor less, a hand-raiser more."""
    readiness = profile.scoring.readiness.model_copy(
        update={"from_score": {"Cold": 0.0, "Warm": 12.5, "Hot": 33.0}, "without_hand_raiser": "Warm", "hand_raisers": ["expansion"]}
    )
    weights = {"default": 0.22, "expansion": 0.9, "usage_spike": 1.0, "news_mention": 0.0}
    points = {"recent_loss": 3.5, "insolvency": 21.0, "layoffs": 8.25}
    scoring = profile.scoring.model_copy(update={"weights": weights, "inhibitors": points, "live_half_lives": 2.5, "readiness": readiness})
    return profile.model_copy(update={"scoring": scoring})


def build(settings: Settings, profile: Profile) -> None:
    left_out = ["resource_type:test", "resource_type:unit_test"]
    run = dbt.build(settings, SELECT, since=SINCE, until=TODAY, variables=dbt.variables_of(profile), exclude=left_out)
    assert run.ok, "\n".join(f"{n.name}: {n.message[:400]}" for n in run.broken)


def of_features(settings: Settings) -> dict[tuple[date, str], tuple[float, str]]:
    sql = "select dt, company_id, composite_score, readiness_stage from signals.account_features"
    return {(r["dt"], r["company_id"]): (r["composite_score"], r["readiness_stage"]) for r in rows(settings, sql)}


def of_scoring(settings: Settings, profile: Profile) -> dict[tuple[date, str], tuple[float, str]]:
    rules = rules_of(profile.scoring)
    known = inputs.read(Warehouse(settings.warehouse_url), rules, SINCE, TODAY)
    found: dict[tuple[date, str], tuple[float, str]] = {}
    for day in span(SINCE, (TODAY - SINCE).days + 1):
        scores, _ = score_day(known.live(day), rules)
        found |= {(day, r.company_id): (r.composite_score, r.readiness_stage) for r in scores.itertuples()}
    return found


def differences(features: Mapping[Any, tuple[float, str]], scored: Mapping[Any, tuple[float, str]], lowest: str) -> list[str]:
    """Where they say different things; who has no live signal has no score, and stands among the features with 0."""
    found = [f"{key}: scored {scored[key]}, no features" for key in sorted(scored.keys() - features.keys())]
    for key, (score, stage) in sorted(features.items()):
        expected, at_stage = scored.get(key, (0.0, lowest))
        if abs(score - expected) > 1e-6 or stage != at_stage:
            found.append(f"{key}: features {score} {stage}, scored {expected} {at_stage}")
    return found


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["duckdb", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_score_and_stage_of_the_features_are_those_of_the_scoring_stage_for_every_account_and_day_under_any_rules(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    settings = settings_in(tmp_path, request.getfixturevalue("fresh_database") if engine == "postgres" else "")
    lake = Lake(settings.lake_url)
    world().write(lake)
    if engine == "postgres":
        load(settings, lake)
    default = load_profile(settings.profile_path)
    for profile, lowest, stages in ((default, "Target", 5), (other_rules(default), "Cold", 3)):
        build(settings, profile)
        features, scored = of_features(settings), of_scoring(settings, profile)
        assert not (found := differences(features, scored, lowest)), "\n".join(found[:20])
        assert len({score for score, _ in features.values()}) > 100 and len({stage for _, stage in features.values()}) == stages
        for name in CASES:
            assert len({v for (_, company), v in features.items() if company == company_id(name)}) > 2, f"{name} says nothing"
