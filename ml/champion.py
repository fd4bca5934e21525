"""The champion of a day as the daily scoring calls it: scores and additive reasons, or nothing and one sentence why.

registry + `signals.account_features` of a day → `Champion.score`, `Champion.reasons` → rows of `account_scores`, `account_score_reasons`.
Does not belong here: writing them (the stage `scoring`), choosing who is champion (`production.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from ml.dataset import is_in_deal
from ml.hazard import PERIOD, Hazard, load_hazard
from ml.model import FeaturesDiffer, Model, load
from ml.registry import Registry
from ml.score import SCORES, reasons, score, table_of
from ml.size import DealSize, load_size
from ml.stands import failed
from ml.table import Table

FOLDER = "models"
KINDS = ("relevance", "hazard", "size")
NAME = "learned"
RATE_DAYS = 60.0  # the base rate of the time to purchase is that of so many days
_NOT_FEATURES = ("company_id", "dt")


@dataclass(frozen=True)
class Held:
    """Who stands on a day; None where nobody does."""

    relevance: Model | None
    hazard: Hazard | None
    size: DealSize | None


def held(registry: Registry, day: date, columns: Sequence[str]) -> tuple[Held, dict[str, str]]:
    """(champions, kind → version or why there is none). A model that was made with other columns, or is not what was stored, does not
    load; its reason says so."""
    found: dict[str, Any] = dict.fromkeys(KINDS)
    said: dict[str, str] = {}
    for kind in KINDS:
        word = registry.champion_on(kind, day)
        if word is None:
            said[kind] = f"no model of {kind} had been learned by {day}; `signals learn` makes one"
        elif word.version is None:
            said[kind] = word.because
        else:
            try:
                found[kind] = _load(registry.place(kind, word.version), kind, columns)
                said[kind] = word.version
            except FeaturesDiffer as differ:
                said[kind] = str(differ)
    return Held(**found), said


def standing(home: Path, day: date) -> dict[str, Any]:
    """Who is champion on a day by the registry alone, for reports: status, versions, because."""
    word = Registry(home / FOLDER).champion_on("relevance", day)
    if word is None:
        return {"status": "abstains", "version": None, "because": f"no model had been learned by {day}; `signals learn` makes one"}
    return {"status": "abstains" if word.version is None else "champion", "version": word.version, "because": word.because}


@dataclass
class Champion:
    """Offers what `scoring.models.Learned` asks for. `said`: day → who scored it, or why nobody did.

    `unread`: days that had a champion whose files are gone, or that reads other columns than today's tables have, as after an upgrade."""

    home: Path
    name: str = NAME
    version: str = "by day"
    said: dict[str, str] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    _asked: tuple[date, pa.Table, pd.DataFrame, Held, dict[str, str]] | None = None

    def score(self, day: date, features: pa.Table) -> pa.Table:
        """Rows of `account_scores`, none when the model abstains that day; `composite_score` is the relevance (0-100)."""
        frame, who, told = self._held(day, features)
        if who.relevance is None:
            stands = "; what it once scored of the day stands" if day.isoformat() in self.unread else ""
            self.said[day.isoformat()] = f"abstains: {told['relevance']}{stands}"
            return pa.table({"company_id": pa.array([], pa.string()), "status": pa.array([], pa.string())})
        version = "-".join(told[k] if getattr(who, k) is not None else "none" for k in KINDS)
        silent = "; ".join(f"{k}: {told[k]}" for k in KINDS if getattr(who, k) is None)
        self.said[day.isoformat()] = f"scored by {version}" + (f" ({silent})" if silent else "")
        rows = score(frame, who.relevance, who.hazard, who.size)
        rows = rows.assign(composite_score=rows["relevance"], model_version=version)
        names = ["company_id", "composite_score", "model_version", *SCORES, "status", "abstained_because"]
        return pa.Table.from_pandas(rows[names], preserve_index=False)

    def reasons(self, day: date, features: pa.Table) -> pa.Table:
        """company_id, position, reason, feature, points: the points of a company add up to the logit of its `p_opportunity`."""
        frame, who, _ = self._held(day, features)
        if who.relevance is None or frame.empty:
            return pa.table({})
        told = reasons(frame, who.relevance)
        told["reason"] = told["feature"].map({f: _words(f) for f in told["feature"].unique()})
        return pa.Table.from_pandas(told, preserve_index=False)

    def _held(self, day: date, features: pa.Table) -> tuple[pd.DataFrame, Held, dict[str, str]]:
        """The champions that may score these rows; the answer is kept for the reasons, which ask right after the scores."""
        if self._asked is None or self._asked[0] != day or self._asked[1] is not features:
            registry, frame = Registry(self.home / FOLDER), features.to_pandas()
            who, said = held(registry, day, [c for c in features.column_names if c not in _NOT_FEATURES])
            word = registry.champion_on("relevance", day)
            if word is not None and word.version is not None and who.relevance is None:
                self.unread.add(day.isoformat())
            self._asked = (day, features, frame, *fit_for(registry, day, frame, who, said))
        return self._asked[2:]


def fit_for(registry: Registry, day: date, frame: pd.DataFrame, who: Held, said: dict[str, str]) -> tuple[Held, dict[str, str]]:
    """Champions without those whose columns or base rate have moved on these rows, or for whom outcomes have not spoken of late.

    Each is held against rows like those it learned from: accounts in an open deal for the time alone.
    """
    free = frame[~is_in_deal(frame)]
    fit, told = {k: getattr(who, k) for k in KINDS}, dict(said)
    for kind, model in fit.items():
        like = frame if kind == "hazard" else free
        if model is not None and len(like):
            about, columns = told_of(model)
            rows = table_of(like, columns, about.get("kinds") or None)
            if why := failed(about, rows, rate_of(model, rows), registry.judged_on(kind, said[kind], day), day):
                fit[kind], told[kind] = None, why
    return Held(**fit), told


def told_of(model: Model | Hazard | DealSize) -> tuple[dict[str, Any], list[str]]:
    """(what its manifest tells, the columns it reads)."""
    if isinstance(model, Hazard):
        return model.model.about, [c for c in model.model.columns if c != PERIOD]
    return model.about, list(model.kinds) if isinstance(model, DealSize) else model.columns


def rate_of(model: Model | Hazard | DealSize, rows: Table) -> np.ndarray[Any, Any] | None:
    """What it foretells of each row, when that is a rate."""
    if isinstance(model, Hazard):
        return model.by(rows, RATE_DAYS)
    return None if isinstance(model, DealSize) else model.probability(rows)


def _words(feature: str) -> str:
    if feature == "base":
        return "where every account starts"
    if feature.startswith("missing of "):
        feature = "no " + feature.removeprefix("missing of ")
    return feature.removeprefix("rank of ").replace("_", " ").replace("=", " is ")


def _load(place: Path, kind: str, columns: Sequence[str]) -> Any:
    if kind == "relevance":
        return load(place, columns)
    if kind == "hazard":
        return load_hazard(place, columns)
    return load_size(place, columns)
