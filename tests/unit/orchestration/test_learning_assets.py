"""The backtest in the UI: plots, numbers and the page; the month that the schedule learns; what-ifs that cannot be."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import dagster as dg
import pytest

from ml.history import Refused
from signals_pipeline.orchestration.assets import learning, scoring
from signals_pipeline.orchestration.partitions import daily, monthly
from signals_pipeline.orchestration.resources import House
from signals_pipeline.runtime import build_runtime
from signals_pipeline.settings import load_settings

pytestmark = pytest.mark.filterwarnings("ignore")
ZONE = "America/New_York"
LIFT = {"lift_at_10": 1.8, "lift_at_10_interval": [1.2, 2.5], "recall_at_10": 0.18, "recall_at_10_interval": [0.12, 0.25], "auc": 0.6,
        "auc_interval": [0.5, 0.7], "ap": 0.1, "ap_interval": [0.05, 0.2], "brier": 0.1, "brier_interval": [0.05, 0.2], "ece": 0.01,
        "ece_interval": [0.0, 0.02], "reliability": [[0.1, 0.12, 50], [0.3, 0.28, 50]],
        "rows": 100, "yes": 20, "rows_with_chance": 100}  # fmt: skip
JUDGED = {"rows": 100, "yes": 20, "rule": LIFT}
REPORT: dict[str, Any] = {
    "from": "2026-01", "to": "2026-02", "horizon_days": 60, "known_until": "2026-06-30T10:00:00", "code": "abc", "deals": 20,
    "months": [{"month": "2026-01", "status": "judged", "test": "t", **JUDGED},
               {"month": "2026-02", "status": "not_yet_decidable", "because": "what happens is known on 2026-09-01"}],
    "overall": JUDGED, "segments": {"size": {"under 50 employees": JUDGED, "size not known": {"rows": 3, "yes": 0, "because": "too few"}}},
}  # fmt: skip


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = build_runtime(load_settings({}, home=tmp_path, now=datetime(2026, 6, 30, 11, tzinfo=UTC)))
    (tmp_path / "models").mkdir()
    yield House(made)
    made.ops.dispose()


def metadata(asset: dg.AssetsDefinition, house: House, **options: Any) -> dict[str, Any]:
    done = dg.materialize([asset], resources={"house": house}, instance=dg.DagsterInstance.ephemeral(), **options)
    (event,) = done.get_asset_materialization_events()
    return {k: v.value for k, v in event.materialization.metadata.items()}


def test_the_backtest_shows_its_plots_numbers_words_and_where_the_page_lies(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ml.backtest.backtest", lambda rt, since, until: REPORT | {"asked": [since, until]})
    found = metadata(learning.assets(monthly(ZONE))[1], house)
    assert Path(found["page"]).read_text().startswith("<!doctype html>")
    assert "1 of the 2 months can be judged by itself" in found["summary"] and "known on 2026-09-01" in found["summary"]
    judged = [found[k] for k in ("months judged", "accounts judged (once a month)", "of them opened a deal", "rule_lift_at_10")]
    assert judged == [1, 100, 20, 1.8]
    assert found["report"]["asked"] == [None, None]
    assert list(found)[-1] == "report", "what is longer than all the rest hides what comes after it"
    for plot in ("lift by month", "lift by group", "reliability, rule score"):
        drawn = ElementTree.fromstring(base64.b64decode(found[plot].partition("base64,")[2].removesuffix(")")))
        assert drawn.tag == "{http://www.w3.org/2000/svg}svg" and len(drawn) > 5, plot
        said = found[plot].partition("![")[0]
        assert ("what happened" if plot.startswith("reliability") else "the rule score, blue the learned one") in said, plot


def test_a_backtest_that_cannot_be_fails_with_its_words(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(rt: Any, since: str | None, until: str | None) -> Any:
        raise Refused(f"{since!r} is not a month such as 2026-06")

    monkeypatch.setattr("ml.backtest.backtest", refuse)
    config = {"ops": {"ml__backtest": {"config": {"since": "2026-13"}}}}
    with pytest.raises(dg.Failure, match="'2026-13' is not a month"):
        metadata(learning.assets(monthly(ZONE))[1], house, run_config=config)


def test_a_month_says_what_it_learned_from_in_words_a_user_knows_and_what_it_left_out(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = {"status": "abstains", "because": "too little", "judged": {}}
    left = {"left_out": ["x"], "left_out_because": "1 columns are left out (x): … `signals backfill` …"}
    report = {"month": "2026-05", "days": ["2026-05-31"], "rows": 40, "learnable_rows": 30, "yes": 2, "deals": 9, "leaks": {}, **left}
    report |= dict.fromkeys(("relevance", "hazard", "size"), silent)
    monkeypatch.setattr("ml.production.learn_month", lambda rt, month: report | {"asked": month})
    found = metadata(learning.assets(monthly(ZONE))[0], house, partition_key="2026-05-01")
    assert found["report"]["asked"] == "2026-05" and list(found)[-1] == "report"
    assert found["page"] == str(house.runtime.settings.home / "models" / "report.html")
    assert [found[k] for k in ("relevance", "time to purchase", "deal size")] == ["abstains: too little"] * 3
    assert [found[k] for k in ("days", "rows", "rows that can be learned from", "of them opened a deal", "deals known")] == [
        1,
        40,
        30,
        2,
        9,
    ]
    assert "signals backfill" in found["left out"]


def test_the_first_of_a_month_learns_from_the_newest_month_whose_days_have_all_closed(house: House) -> None:
    learn, walk = learning.jobs()
    schedule = learning.schedules(learn, walk, ZONE)[0]
    context = dg.build_schedule_context(resources={"house": house})
    request: Any = schedule(context)
    assert (request.partition_key, request.run_key) == ("2026-05-01", "2026-05-01")  # 2026-06-30 is still open


def test_a_what_if_with_an_unknown_model_fails_before_it_writes(house: House) -> None:
    what_if = scoring.assets(daily(ZONE))[1]
    config = {"ops": {"score_what_if": {"config": {"model": "nobody"}}}}
    with pytest.raises(dg.Failure, match="no relevance model 'nobody' is stored"):
        metadata(what_if, house, run_config=config, partition_key="2026-06-01")
    assert house.runtime.lake.read("what_if_scores").num_rows == 0
