"""A learned model: one or two XGBoost boosters (linear, then shallow trees on what it left), a calibrator of two numbers, and a manifest.

Table → `Model.margin` → `Model.probability`; `Model.reasons` adds up to the logit exactly. `save`, `load`: XGBoost's own JSON
and a manifest with every transform; nothing is pickled, nothing is refitted at scoring time, and a model refuses to load when its
features differ. Does not belong here: learning it (`boosting.py`), choosing and judging (`train.py`, `exam.py`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from ml import text
from ml.calibration import sigmoid
from ml.encoder import HOW_TO_INSTALL, is_installed
from ml.encoder import NAME as ENCODER_NAME
from ml.features import Feature, from_json, matrix, texts_of
from ml.table import Table

FORMAT = 2
MANY_ROWS = 1000  # from so many on, explaining them is worth more than one thread
Array = np.ndarray[Any, Any]


class FeaturesDiffer(ValueError):
    """The stored model and the code or the table do not agree on the features."""


@dataclass(frozen=True)
class Config:
    """How to learn.

    `shapes`: boosters whose margins add up, each learning what those before it left. "surrogate": trees that foretell the surrogate outcome
    of the rows, brought to the scale of y; only for tables that have one.
    `recency`: half-life of a row's weight, as a share of the rows; None: all count alike.
    `level`: learn what sets a row apart from its neighbours in time, not the level of the time itself: the local rate of yes
    (over that share of the rows, both sides) is taken as given while learning; None: the model must explain the level too.
    `text`: how free text enters: none, lexical or encoder.
    """

    name: str
    shapes: tuple[str, ...]
    recency: float | None = None
    level: float | None = None
    depth: int = 3
    rounds: int = 150
    eta: float = 0.05
    least: float = 10.0  # rows of a leaf, each weighed by p (1 - p)
    share: float = 0.6  # of the features that a tree may read
    linear_lambda: float = 3e-4
    text: str = text.LEXICAL

    def params(self, shape: str) -> dict[str, Any]:
        common = {"objective": "binary:logistic", "base_score": 0.5, "nthread": 1, "seed": 1, "verbosity": 0}
        if shape == "linear":
            return common | {"booster": "gblinear", "updater": "coord_descent", "feature_selector": "cyclic", "eta": 0.5,
                             "lambda": self.linear_lambda, "alpha": 0.0}  # fmt: skip
        if shape == "surrogate":
            return common | {"booster": "gbtree", "tree_method": "hist", "max_depth": 6, "eta": 0.05, "subsample": 0.8,
                             "colsample_bytree": 0.8, "min_child_weight": 30.0, "lambda": 2.0}  # fmt: skip
        return common | {"booster": "gbtree", "tree_method": "hist", "max_depth": self.depth, "eta": self.eta, "subsample": 0.8,
                         "colsample_bytree": self.share, "min_child_weight": self.least, "lambda": 2.0}  # fmt: skip


@dataclass
class Member:
    """A booster with the features that it reads; its margin is taken times `scale`, plus `shift`.

    A linear one is its weights: XGBoost would copy the rows to add them up.
    """

    shape: str
    features: list[Feature]
    booster: Any
    scale: float = 1.0
    shift: float = 0.0
    weights: Array = field(init=False)

    def __post_init__(self) -> None:
        self.weights = np.zeros(0)
        if self.shape == "linear":
            raw = json.loads(self.booster.save_raw("json"))["learner"]
            self.weights = np.array(raw["gradient_booster"]["model"]["weights"], dtype=np.float32)  # the last one is the constant

    def margin(self, table: Table) -> Array:
        return self.margin_of(filled(matrix(table, self.features), self.shape))

    def margin_of(self, values: Array) -> Array:
        """As `margin`, from the matrix of the features."""
        if not len(values):
            return np.zeros(0)
        found: Array
        if self.shape == "linear":
            found = (values @ self.weights[:-1]).astype(np.float64) + float(self.weights[-1])
        else:
            found = self.booster.inplace_predict(values, predict_type="margin").astype(np.float64)
        return self.scale * found + self.shift

    def contributions(self, table: Table) -> Array:
        """rows × (features + base); each row adds up to the margin."""
        import xgboost

        values = filled(matrix(table, self.features), self.shape)
        if self.shape == "linear":
            found = np.column_stack([values * self.weights[:-1], np.full(len(values), self.weights[-1])]).astype(np.float64)
        else:
            threads = 1 if len(values) < MANY_ROWS else 0  # 0: all there are; a row's contributions do not depend on it
            self.booster.set_param({"nthread": threads})
            found = self.booster.predict(xgboost.DMatrix(values, nthread=threads), pred_contribs=True).astype(np.float64)
            self.booster.set_param({"nthread": 1})
        found *= self.scale
        found[:, -1] += self.shift
        return found


@dataclass
class Model:
    """`slope`, `intercept`: calibrated logit = slope · summed margin + intercept."""

    config: Config
    columns: list[str]
    members: list[Member]
    slope: float = 1.0
    intercept: float = 0.0
    about: dict[str, Any] = field(default_factory=dict)

    def margin(self, table: Table) -> Array:
        found = np.zeros(len(table))
        for member in self.members:
            found += member.margin(table)
        return found

    def probability(self, table: Table) -> Array:
        """Calibrated probability of yes, one a row."""
        return sigmoid(self.slope * self.margin(table) + self.intercept)

    def reasons(self, table: Table) -> tuple[list[str], Array, float]:
        """(feature names, rows × features, base): base + the row's sum is the calibrated logit, exactly up to float32 rounding."""
        names: dict[str, int] = {}
        for member in self.members:
            for feature in member.features:
                names.setdefault(feature.name, len(names))
        out, base = np.zeros((len(table), len(names))), self.intercept
        for member in self.members:
            found = member.contributions(table)
            for at, feature in enumerate(member.features):
                out[:, names[feature.name]] += self.slope * found[:, at]
            base += self.slope * float(found[:, -1].mean())
        return list(names), out, base

    def strongest_words(self, table: Table, column: str, count: int = 3) -> list[list[tuple[str, float]]]:
        """Per row the words of a column of free text that move it most, with their shares of its number; none under the encoder."""
        tables = {id(f): f.table for m in self.members for f in m.features if f.kind == "words" and f.column == column}
        if not tables:
            return [[] for _ in range(len(table))]
        weights = next(iter(tables.values()))
        pulls = text.pulls_of(texts_of(table.columns[column]), weights)
        return [sorted(row, key=lambda p: (-abs(p[1]), p[0]))[:count] for row in pulls]

    def worded(self, table: Table, names: Sequence[str], shown: Array) -> dict[tuple[int, int], str]:
        """(row, feature) → the column with its strongest words, where `shown` (rows × features shown) has a column of free text."""
        columns = {f.column for m in self.members for f in m.features if f.kind == "words"}
        out = {}
        for at, name in enumerate(names):
            if name in columns:
                rows = np.flatnonzero((shown == at).any(axis=1))
                for row, words in zip(rows.tolist(), self.strongest_words(table.rows(rows), name), strict=True):
                    if words:
                        out[row, at] = f"{name}: {', '.join(w for w, _ in words)}"
        return out

    def save(self, folder: Path) -> None:
        """Boosters as XGBoost's JSON, all else in manifest.json."""
        folder.mkdir(parents=True, exist_ok=True)
        members = []
        for at, member in enumerate(self.members):
            path = folder / f"booster_{at}.json"
            member.booster.save_model(path)
            members.append({"shape": member.shape, "file": path.name, "sha256": sha256(path.read_bytes()).hexdigest(),
                            "scale": member.scale, "shift": member.shift, "features": [f.to_json() for f in member.features]})  # fmt: skip
        manifest = {"format": FORMAT, "config": vars(self.config) | {"shapes": list(self.config.shapes)}, "columns": self.columns,
                    "slope": self.slope, "intercept": self.intercept, "members": members, "about": self.about}  # fmt: skip
        (folder / "manifest.json").write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def load(folder: Path, columns: Sequence[str] | None = None) -> Model:
    """A saved model. `columns`: what the caller's tables have, in order. Raises FeaturesDiffer when the model was made with other ones."""
    import xgboost

    manifest: Mapping[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    if manifest["format"] != FORMAT:
        raise FeaturesDiffer(f"{folder}: manifest format {manifest['format']}, this code reads {FORMAT}; train it anew")
    offered = manifest["about"].get("offered", manifest["columns"])  # what the tables had when it learned, leaks among them
    if columns is not None and list(columns) != offered:
        odd = sorted(set(columns) ^ set(offered))
        raise FeaturesDiffer(f"{folder}: the model's columns are not the table's: {', '.join(odd) or 'another order'}; train it anew")
    members: list[Member] = []
    for raw in manifest["members"]:
        path = folder / raw["file"]
        if sha256(path.read_bytes()).hexdigest() != raw["sha256"]:
            raise FeaturesDiffer(f"{path} is not the file that its manifest names")
        booster = xgboost.Booster()
        booster.load_model(path)
        features = [from_json(f) for f in raw["features"]]
        if booster.num_features() != len(features):
            raise FeaturesDiffer(f"{path} reads {booster.num_features()} features, its manifest lists {len(features)}")
        if any(f.kind == "sense" for f in features) and not is_installed():
            raise FeaturesDiffer(
                f"{folder}: the model reads texts with the encoder {ENCODER_NAME}, not installed; {HOW_TO_INSTALL}, or train anew"
            )
        members.append(Member(raw["shape"], features, booster, raw["scale"], raw["shift"]))
    config = Config(**{**manifest["config"], "shapes": tuple(manifest["config"]["shapes"])})
    return Model(config, list(manifest["columns"]), members, manifest["slope"], manifest["intercept"], dict(manifest["about"]))


def filled(values: Array, shape: str) -> Array:
    """A linear booster reads a missing value as 0, and says so here rather than inside; the array given is changed."""
    return np.nan_to_num(values, copy=False, nan=0.0) if shape == "linear" else values
