"""No score of a day knows what came later, also under a learned champion: features, both scores and all reasons, bit for bit."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from support.signals_world import TODAY, ago, build, rows, settings_in, world
from test_days import twisted

from ml.champion import FOLDER, Champion
from ml.model import Config, learn
from ml.registry import Registry
from ml.score import table_of
from ml.stands import reference
from signals_pipeline.io.lake import Lake
from signals_pipeline.runtime import Runtime, build_runtime
from signals_pipeline.scoring import stage

DAY = ago(9)


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


def scored(rt: Runtime) -> dict[str, list[dict[str, Any]]]:
    names = ("account_scores", "account_score_reasons")
    return {n: rt.lake.read(n, since=DAY, until=DAY).to_pylist() for n in names}


def features_of(rt: Runtime) -> pd.DataFrame:
    found: pd.DataFrame = rt.warehouse.query("select * from signals.account_features where dt = ? order by company_id", (DAY,)).to_pandas()
    return found


@pytest.mark.slow
def test_under_a_learned_champion_a_day_scored_after_everything_later_was_twisted_is_the_day_as_it_was(tmp_path: Path) -> None:
    found, learned_on = {}, pd.DataFrame()
    for name, made, last in (("then", world(), DAY), ("later", twisted(DAY), TODAY)):
        settings = settings_in(tmp_path / name)
        made.write(Lake(settings.lake_url), until=last)
        build(settings, DAY, last, checked=False)
        rt = build_runtime(settings)
        learned_on = features_of(rt) if name == "then" else learned_on
        version = champion(settings.home, learned_on, ago(30))
        if name == "later":  # who is champion later, and what outcomes said later, is later too
            assert champion(settings.home, learned_on, ago(5), seed=2) != version
            Registry(settings.home / FOLDER).judged("relevance", version, TODAY, ago(1))
        said = Champion(settings.home)
        stage.run(rt, DAY, DAY, learned=[said])
        assert said.said[DAY.isoformat()].startswith(f"scored by {version}"), said.said
        found[name] = scored(rt) | {"features": rows(settings, f"select * from signals.account_features where dt = '{DAY}' order by 1")}
    assert {r["model"] for r in found["then"]["account_scores"]} == {"rule", "learned"}
    assert {r["model"] for r in found["then"]["account_score_reasons"]} == {"rule", "learned"}
    assert len({r["p_opportunity"] for r in found["then"]["account_scores"] if r["model"] == "learned"}) > 1, (
        "the model says one thing of all"
    )
    for what, then in found["then"].items():
        assert found["later"][what] == then, what
