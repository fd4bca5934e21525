"""A stored model by its name, whoever is champion: what a what-if is scored with.

`<home>/models/<kind>/<version>` + account features of any day → `Version.score` → rows of scores under the name of the version.
It scores where the champion would abstain: a what-if asks what a model says, not whether it may. Does not belong here: the record
(`champion.py`), writing (`signals_pipeline/scoring/what_if.py`).
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from ml.champion import FOLDER, KINDS, NAME
from ml.hazard import load_hazard
from ml.model import FeaturesDiffer, load
from ml.registry import Registry
from ml.score import SCORES, score
from ml.size import load_size

_LOAD: dict[str, Any] = {"relevance": load, "hazard": load_hazard, "size": load_size}


class Version:
    """Offers what `scoring.models.Learned` asks for. `version`: that of a relevance model, or `<relevance>-<hazard>-<size>` as in
    `account_scores.model_version` (`none` where there is none). Raises ValueError for one that is not stored, naming those that are."""

    name = NAME

    def __init__(self, home: Path, version: str) -> None:
        self.version, self._registry = version, Registry(home / FOLDER)
        self.unread: set[str] = set()  # none: a version that cannot be read is refused, not passed over
        self.parts = dict(zip(KINDS, version.split("-"), strict=False))
        stored = {k: sorted(p.parent.name for p in (home / FOLDER / k).glob("*/manifest.json")) for k in KINDS}
        for kind, part in self.parts.items():
            if part not in stored[kind] and (part != "none" or kind == "relevance"):
                known = f"say one of {', '.join(stored[kind])}" if stored[kind] else "none is, until `signals learn` promotes one"
                raise ValueError(f"no {kind} model {part!r} is stored: {known}; `rule` asks today's rules")
        if len(version.split("-")) > len(KINDS):
            raise ValueError(f"{version!r} is no version: at most {len(KINDS)} parts, {', '.join(KINDS)}")

    def score(self, day: date, features: pa.Table) -> pa.Table:
        """Rows of `what_if_scores`. Raises ValueError when the model was made with other columns."""
        columns = [c for c in features.column_names if c not in ("company_id", "dt")]
        try:
            made = {k: _LOAD[k](self._registry.place(k, v), columns) for k, v in self.parts.items() if v != "none"}
        except FeaturesDiffer as differ:
            raise ValueError(f"model {self.version} cannot score {day}: {differ}") from differ
        rows = score(features.to_pandas(), made["relevance"], made.get("hazard"), made.get("size"))
        rows = rows.assign(composite_score=rows["relevance"], model_version=self.version)
        return pa.Table.from_pandas(
            rows[["company_id", "composite_score", "model_version", *SCORES, "status", "abstained_because"]], preserve_index=False
        )

    def reasons(self, day: date, features: pa.Table) -> pa.Table:
        """None: a what-if compares numbers."""
        return pa.table({})
