"""A what-if stands beside the record and never in it; a day of it knows no later day; what it cannot score it says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from scoring_rows import DAY, evidence, rules, runtime_with

from ml.boosting import learn
from ml.champion import FOLDER
from ml.model import Config
from ml.registry import Registry
from ml.table import of_frame
from ml.version import Version
from signals_pipeline.errors import Permanent
from signals_pipeline.runtime import Runtime
from signals_pipeline.scoring import stage, what_if

ROWS = [
    evidence("s1", days_ago=20),
    evidence("s2", days_ago=10, company="bolt", signal_type="usage_spike", dataset="product_db__daily_events"),
    evidence("s3", days_ago=3, company="bolt", signal_type="news_mention"),
]


def ago(days: int) -> date:
    return DAY - timedelta(days=days)


def files(rt: Runtime, name: str) -> dict[str, bytes]:
    root = Path(rt.lake.url) / "facts" / name
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*.parquet"))}


def scores(rt: Runtime, name: str, day: date) -> dict[tuple[str, str], float]:
    return {(r["company_id"], r["model_version"]): r["composite_score"] for r in rt.lake.read(name, since=day, until=day).to_pylist()}


def stored(home: Path, column: str = "signals_30d") -> str:
    """A relevance model that reads one column; its version."""
    r = np.random.default_rng(1)
    x = r.integers(0, 5, 400).astype(float)
    table = of_frame(pd.DataFrame({column: x, "y": (r.random(400) < x / 6).astype(int)}), "y")
    return Registry(home / FOLDER).add("relevance", learn(table, [column], Config("linear", ("linear",))))


def with_features(home: Path, days: list[date]) -> Runtime:
    rt = runtime_with(home, ROWS)
    with duckdb.connect(rt.warehouse.url) as connection:
        for day in days:
            connection.execute("insert into signals.account_features values ('acme', 4, ?), ('bolt', 1, ?)", [day, day])
    return rt


def test_under_the_same_rules_a_what_if_says_what_the_record_says_and_the_record_keeps_its_bytes(tmp_path: Path) -> None:
    rt = runtime_with(tmp_path, ROWS)
    stage.run(rt, ago(5), DAY)
    before = files(rt, "account_scores") | files(rt, "account_score_reasons")
    report = what_if.run(rt, ago(5), DAY)
    assert scores(rt, "what_if_scores", DAY) == scores(rt, "account_scores", DAY)
    told = report.days[DAY.isoformat()]
    assert (told.in_both, told.higher, told.lower, told.only_here, told.only_in_record) == (2, 0, 0, 0, 0)
    assert files(rt, "account_scores") | files(rt, "account_score_reasons") == before


def test_a_score_of_nothing_left_is_in_neither(tmp_path: Path) -> None:
    inhibitors = [("bolt", "insolvency", ago(5), date(9999, 12, 31), ago(5))]
    rt = runtime_with(tmp_path, [evidence("s1"), evidence("s2", days_ago=40, company="bolt")], inhibitors=inhibitors)
    stage.run(rt, ago(1), DAY)
    told = what_if.run(rt, DAY, DAY).days[DAY.isoformat()]
    assert scores(rt, "account_scores", DAY)["bolt", rules().version] == 0.0
    assert (told.scores, told.in_both, told.only_here, told.only_in_record) == (2, 1, 0, 0)


def test_other_rules_stand_beside_those_of_before_under_their_own_version(tmp_path: Path) -> None:
    rt = runtime_with(tmp_path, ROWS)
    stage.run(rt, DAY, DAY)
    first = what_if.run(rt, DAY, DAY)
    scoring = rt.profile.scoring.model_copy(update={"weights": rt.profile.scoring.weights | {"funding_round": 0.9}})
    other = replace(rt, profile=rt.profile.model_copy(update={"scoring": scoring}))
    second = what_if.run(other, DAY, DAY)
    assert first.model_version != second.model_version
    found = scores(rt, "what_if_scores", DAY)
    assert found["acme", second.model_version] > found["acme", first.model_version]
    assert (second.days[DAY.isoformat()].higher, second.days[DAY.isoformat()].in_both) == (1, 2)


def test_a_range_and_its_days_one_by_one_and_a_second_run_give_the_same_bytes(tmp_path: Path) -> None:
    found = []
    for name, cuts in (("once", [(5, 0)]), ("steps", [(d, d) for d in range(5, -1, -1)]), ("twice", [(5, 0), (3, 1)])):
        rt = with_features(tmp_path / name, [ago(d) for d in range(6)])
        model = Version(rt.settings.home, stored(rt.settings.home))
        for since, until in cuts:
            what_if.run(rt, ago(since), ago(until))
            what_if.run(rt, ago(since), ago(until), model)
        found.append(files(rt, "what_if_scores"))
    assert found[0] and found[0] == found[1] == found[2]


def test_a_stored_model_scores_by_its_version_whoever_is_champion(tmp_path: Path) -> None:
    rt = with_features(tmp_path, [DAY])
    version = stored(rt.settings.home)
    report = what_if.run(rt, DAY, DAY, Version(rt.settings.home, version))
    found = scores(rt, "what_if_scores", DAY)
    assert found["acme", version] > found["bolt", version]
    assert (report.model, report.scores, rt.lake.read("account_scores").num_rows) == ("learned", 2, 0)


def test_days_without_features_are_named_with_the_command_that_makes_them(tmp_path: Path) -> None:
    rt = with_features(tmp_path, [DAY])
    with pytest.raises(Permanent, match=f"no account features of 2 of 3 days stand, the first {ago(2)}; `signals backfill --from {ago(2)}"):
        what_if.run(rt, ago(2), DAY, Version(rt.settings.home, stored(rt.settings.home)))
    assert rt.lake.read("what_if_scores").num_rows == 0
    with pytest.raises(Permanent, match="is after"):
        what_if.run(rt, DAY, ago(1))


def test_an_unknown_version_and_a_model_of_other_columns_are_refused_by_name(tmp_path: Path) -> None:
    rt = with_features(tmp_path, [DAY])
    with pytest.raises(ValueError, match="no relevance model 'abc' is stored: none is, until `signals learn` promotes one; `rule` asks"):
        Version(rt.settings.home, "abc")
    version = stored(rt.settings.home)
    with pytest.raises(ValueError, match=f"say one of {version}; `rule` asks today's rules"):
        Version(rt.settings.home, "abc")
    with pytest.raises(ValueError, match="no hazard model 'x'"):
        Version(rt.settings.home, f"{version}-x")
    with pytest.raises(ValueError, match="at most 3 parts"):
        Version(rt.settings.home, f"{version}-none-none-x")
    assert Version(rt.settings.home, f"{version}-none-none").parts["hazard"] == "none"
    with pytest.raises(Permanent, match="columns are not the table's: mood, signals_30d"):
        what_if.run(rt, DAY, DAY, Version(rt.settings.home, stored(rt.settings.home, "mood")))


def test_a_model_that_breaks_its_contract_writes_nothing(tmp_path: Path) -> None:
    class Broken:
        name, version = "learned", "v"

        def score(self, day: date, features: Any) -> Any:
            import pyarrow as pa

            return pa.table({"company_id": ["acme"], "composite_score": [140.0], "status": ["scored"]})

        def reasons(self, day: date, features: Any) -> Any:
            raise AssertionError("not asked for")

    rt = with_features(tmp_path, [DAY])
    with pytest.raises(Permanent, match=r"140\.0, not in 0\.\.100"):
        what_if.run(rt, DAY, DAY, Broken())
    assert rt.lake.read("what_if_scores").num_rows == 0
