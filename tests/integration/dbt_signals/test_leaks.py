"""No feature and no score of a day knows what came later: rule and learned, all reasons, bit for bit, on both engines."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from support.lake_rows import Days
from support.later import DAY, after, day_as_it_was
from support.signals_world import TODAY, ago, build, rows, settings_in

from ml.boosting import learn
from ml.champion import FOLDER, Champion
from ml.model import Config
from ml.registry import Registry
from ml.score import table_of
from ml.stands import reference
from signals_pipeline.io.lake import Lake
from signals_pipeline.io.pgload import load
from signals_pipeline.rules.seeds import seed
from signals_pipeline.runtime import Runtime, build_runtime
from signals_pipeline.scoring import stage
from signals_pipeline.settings import Settings

FEATURES = "select * from signals.account_features where dt = ? order by company_id"


def champion(home: Path, features: pd.DataFrame, from_day: date, *, seed: int = 1) -> str:
    """A model that learned from these rows, many times over, under chance labels that lean on the signals; its version."""
    columns = [c for c in features.columns if c not in ("company_id", "dt")]
    many = pd.concat([features] * 60, ignore_index=True)
    table = table_of(many, columns)
    chance = 1 / (1 + np.exp(1.5 - many["signals_90d"].to_numpy(dtype=float)))
    table.y = (np.random.default_rng(seed).random(len(many)) < chance).astype(float)
    model = learn(table, columns, Config("trees", ("tree",), depth=2, rounds=30))
    model.about = {"offered": columns, "kinds": dict(table.kinds), "reference": reference(table, columns, model.probability(table))}
    registry = Registry(home / FOLDER)
    version = registry.add("relevance", model)
    registry.promote("relevance", version, from_day, "made for a test")
    registry.judged("relevance", version, from_day, from_day)
    return version


def built(settings: Settings, made: Days, last: date) -> Runtime:
    """The lake up to a day, and every day from `DAY` to it in the warehouse."""
    lake = Lake(settings.lake_url)
    made.write(lake, until=last)
    if settings.engine == "postgres":
        load(settings, lake)
    build(settings, DAY, last, checked=False)
    return build_runtime(settings)


def told(rt: Runtime, last: date) -> dict[str, Any]:
    """Features, scores and reasons of `DAY` under the champion of the home, scored in one go with all days to `last`."""
    said = Champion(rt.settings.home)
    stage.run(rt, DAY, last, learned=[said])
    assert said.said[DAY.isoformat()].startswith("scored by "), said.said
    lines = {n: rt.lake.read(n, since=DAY, until=DAY).to_pylist() for n in ("account_scores", "account_score_reasons")}
    return {"features": rows(rt.settings, FEATURES, DAY), **lines}


def differences(then: list[dict[str, Any]], later: list[dict[str, Any]]) -> list[str]:
    keys = ("company_id", "model", "position")
    one, other = ({tuple(r.get(k) for k in keys): r for r in lines} for lines in (then, later))
    found = [f"{key}: only {'then' if key in one else 'later'}" for key in sorted(one.keys() ^ other.keys(), key=str)]
    for key in sorted(one.keys() & other.keys(), key=str):
        found += [f"{key} {c}: {v!r} then, {other[key][c]!r} later" for c, v in one[key].items() if other[key][c] != v]
    return found


def test_what_comes_after_the_day_lies_after_the_day() -> None:
    then, later = day_as_it_was().rows, after().rows
    changed = {key for key in then.keys() | later.keys() if key[1] <= DAY and then.get(key) != later.get(key)}
    assert changed == {("sends", DAY)}, "what was sent on the day itself is known after it alone"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("engine", "warehouse"), [("duckdb", "anew"), pytest.param("postgres", "as it stands", marks=pytest.mark.postgres)]
)
def test_no_feature_score_or_reason_of_a_day_knows_what_came_later(
    engine: str, warehouse: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    found: dict[str, dict[str, Any]] = {}
    learned_on = pd.DataFrame()
    url = request.getfixturevalue("fresh_database") if engine == "postgres" else ""
    for name, made, last in (("then", day_as_it_was(), DAY), ("later", after(), TODAY)):
        home = tmp_path / (name if warehouse == "anew" else "home")
        rt = built(settings_in(home, url), made, last)
        if name == "then":
            learned_on = rt.warehouse.query(FEATURES, (DAY,)).to_pandas()
        version = champion(home, learned_on, ago(30))
        if name == "later":  # who is champion later, and what outcomes said later, is later too
            assert champion(home, learned_on, ago(2), seed=2) != version
            Registry(home / FOLDER).judged("relevance", version, TODAY, ago(1))
        found[name] = told(rt, last)
    then = found["then"]
    assert {r["model"] for r in then["account_scores"]} == {r["model"] for r in then["account_score_reasons"]} == {"rule", "learned"}
    assert len({r["p_opportunity"] for r in then["account_scores"] if r["model"] == "learned"}) > 1, "the model says one thing of all"
    leaks = [f"{what} {leak}" for what, lines in then.items() for leak in differences(lines, found["later"][what])]
    assert not leaks, "\n".join(leaks)
    assert found["later"] == then  # bit for bit, and in the same order


@pytest.mark.slow
def test_every_type_and_family_has_columns_and_what_came_later_moves_every_column_of_the_days_after(tmp_path: Path) -> None:
    """Else the test above would show nothing of that column."""
    frames = {}
    for name, made in (("plain", day_as_it_was()), ("told otherwise", after())):
        rt = built(settings_in(tmp_path / name), made, TODAY)
        found = rt.warehouse.query("select * from signals.account_features where dt > ?", (DAY,)).to_pandas()
        frames[name] = found.astype({"dt": str}).set_index(["company_id", "dt"])
    for r in seed("signal_types"):
        kind, family = r["signal_type"], r["family"]
        own = {*(f"{kind}_signals_{days}d" for days in (7, 30, 90)), f"days_since_{kind}", f"{family}_velocity_30d", f"{family}_decayed"}
        assert own <= set(found.columns), f"no column {', '.join(sorted(own - set(found.columns)))}"
    plain, other = (frames[n].sort_index() for n in ("plain", "told otherwise"))
    both = plain.index.intersection(other.index)
    assert len(both)
    still = [c for c in plain.columns if (plain.loc[both, c].astype(str) == other.loc[both, c].astype(str)).all()]
    assert not still, f"nothing that comes later moves {', '.join(still)}"
