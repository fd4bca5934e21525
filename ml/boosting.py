"""Learning a model from rows: features fitted, boosters one after the other, each on what those before it left.

table + columns + `Config` → `learn` → `Model`, not calibrated yet. `Prepared` makes the features once for all configurations.
Does not belong here: which configuration (`train.py`), what a model says and how it is stored (`model.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ml import text
from ml.calibration import platt
from ml.features import Feature, fit, logit, prose, training_matrix
from ml.model import Config, Member, Model, filled
from ml.table import Surrogate, Table

Array = np.ndarray[Any, Any]
PLAIN_ROUNDS = 60  # of a booster that is not of shape "tree", whose rounds a configuration says


@dataclass
class Prepared:
    """Features and training matrix of some rows, made once for all configurations that want them."""

    table: Table
    columns: Sequence[str]
    made: dict[str, tuple[list[Feature], Array]] = field(default_factory=dict)

    def of(self, shape: str, reading: str) -> tuple[list[Feature], Array]:
        texts = self._of_texts(reading)
        if shape not in self.made:
            features = fit(self.table, self.columns, shape, text.NONE)
            self.made[shape] = features, filled(training_matrix(self.table, features), shape)
        features, values = self.made[shape]
        return [*features, *texts[0]], np.column_stack([values, texts[1]]) if texts[0] else values

    def _of_texts(self, reading: str) -> tuple[list[Feature], Array]:
        """Those of the free text: the same for every shape, and dear."""
        if reading not in self.made:
            columns = [c for c in self.columns if reading != text.NONE and prose(self.table, c) is not None]
            features = fit(self.table, columns, "tree", reading)
            self.made[reading] = features, training_matrix(self.table, features)
        return self.made[reading]


def learn(train: Table, columns: Sequence[str], config: Config, prepared: Prepared | None = None) -> Model:
    """Fit features and boosters on the rows, in their order; not calibrated yet. `prepared`: of the same rows and columns."""
    import xgboost

    ready = prepared or Prepared(train, columns)
    members: list[Member] = []
    age = np.arange(len(train))[::-1] / max(1, len(train))
    weight = None if config.recency is None else 0.5 ** (age / config.recency)
    given = local_level(train.y, config.level) if config.level is not None else np.zeros(len(train))
    given = given if train.given is None else given + train.given
    for shape in config.shapes:
        features, values = ready.of("linear" if shape == "linear" else "tree", config.text)
        if not features:
            continue  # constant columns, identifiers: nothing to learn from
        if shape == "surrogate":
            members.append(_of_surrogate(train, config, features, values, weight))
            given = given + members[-1].margin_of(values)
            continue
        start = _rate(train) if shape == "tree" and not members and config.level is None else 0.5  # what a booster's margin begins with
        data = xgboost.DMatrix(values, train.y, weight=weight, base_margin=given + logit(start))
        rounds = config.rounds if shape == "tree" else PLAIN_ROUNDS
        member = Member(shape, features, xgboost.train(config.params(shape) | {"base_score": start}, data, rounds))
        members.append(member)
        given = given + member.margin_of(values)  # the next one learns what is left
    return Model(config, list(columns), members)


def _of_surrogate(train: Table, config: Config, features: list[Feature], values: Array, weight: Array | None) -> Member:
    """Trees that foretell the surrogate outcome, on the scale of y: how much of y they foretell is a line on the logit."""
    import xgboost

    sooner = train.surrogate
    if sooner is None:
        raise ValueError(f"{config.name}: the table has no surrogate outcome")
    start = _rate(sooner)
    base = np.full(len(train), logit(start)) if sooner.given is None else sooner.given + logit(start)
    data = xgboost.DMatrix(values, sooner.y, weight=weight, base_margin=base)
    booster = xgboost.train(config.params("surrogate") | {"base_score": start}, data, PLAIN_ROUNDS)
    scale, shift = platt(Member("surrogate", features, booster).margin_of(values), train.y, train.given)
    return Member("surrogate", features, booster, scale, shift)


def _rate(told: Table | Surrogate) -> float:
    """The rate of yes, which trees that began at one half would spend their first rounds on."""
    watched = len(told.y) if told.given is None else float(np.exp(told.given).sum())
    return float(np.clip(told.y.sum() / watched, 1e-4, 1 - 1e-4))


def local_level(y: Array, share: float) -> Array:
    """logit of the rate of yes among a row's neighbours, pulled toward the mean by twenty rows."""
    reach = max(50, int(len(y) * share))
    before = np.r_[0.0, np.cumsum(y)]
    at = np.arange(len(y))
    low, high = np.maximum(0, at - reach), np.minimum(len(y), at + reach)
    rate = (before[high] - before[low] + 20 * y.mean()) / (high - low + 20)
    found: Array = np.log(rate / (1 - rate))
    return found
