"""Which model was champion on which day. Append-only; the newest word with `from_day` ≤ the day counts.

`models/<kind>/<version>/` (see `model.py`), `models/champions.jsonl`, and `models/judged.jsonl`: when outcomes last spoke for a version.
A version is the hash of what was saved.
Scores of a day use the model that was champion on that day, so that a backfill gives what the day gave.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from ml.model import FeaturesDiffer

CHAMPIONS, JUDGED = "champions.jsonl", "judged.jsonl"


@dataclass(frozen=True)
class Word:
    """One line of the registry: from this day on, this version (None: no model; the rule score stands) for this kind."""

    kind: str
    version: str | None
    from_day: str
    because: str


class Saved(Protocol):
    """What can be stored: a `Model`, a `DealSize`."""

    def save(self, folder: Path) -> None: ...


@dataclass(frozen=True)
class Registry:
    folder: Path

    def place(self, kind: str, version: str) -> Path:
        """Where a version lies. Raises FeaturesDiffer when it is gone, or is not what was stored under its name: any byte tells."""
        place = self.folder / kind / version
        if not (place / "manifest.json").exists():
            raise FeaturesDiffer(f"{place} is gone; `signals learn` makes a model")
        if (found := _hash(place)) != version:
            raise FeaturesDiffer(f"{place} is not what was stored: its files make it {found}; `signals learn` makes a model")
        return place

    def add(self, kind: str, model: Saved) -> str:
        """Store a model; its version. The same model twice is one version."""
        aside = self.folder / kind / ".new"
        shutil.rmtree(aside, ignore_errors=True)
        model.save(aside)
        version = _hash(aside)
        place = self.folder / kind / version
        if place.exists():
            shutil.rmtree(aside)
        else:
            aside.rename(place)
        return version

    def promote(self, kind: str, version: str | None, from_day: date, because: str) -> None:
        """Say who is champion from a day on. Raises ValueError for a version that is not stored, or a day before the last word's."""
        if version is not None and not (self.folder / kind / version / "manifest.json").exists():
            raise ValueError(f"no model {kind}/{version} in {self.folder}")
        before = [w for w in self.words() if w.kind == kind]
        if before and from_day.isoformat() < before[-1].from_day:
            raise ValueError(f"{kind}: {from_day} lies before {before[-1].from_day}, the last word; the past is not rewritten")
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / CHAMPIONS).open("a", encoding="utf-8") as handle:
            handle.write(json.dumps(asdict(Word(kind, version, from_day.isoformat(), because)), sort_keys=True) + "\n")

    def words(self) -> list[Word]:
        path = self.folder / CHAMPIONS
        return [Word(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []

    def judged(self, kind: str, version: str, as_of: date, from_day: date) -> None:
        """Note that the outcomes known on `as_of` spoke for a version; days from `from_day` on may lean on it. Twice is once."""
        line = json.dumps({"kind": kind, "version": version, "as_of": as_of.isoformat(), "from_day": from_day.isoformat()}, sort_keys=True)
        if line not in self._judged():
            self.folder.mkdir(parents=True, exist_ok=True)
            with (self.folder / JUDGED).open("a", encoding="utf-8") as handle:
                handle.write(line + "\n")

    def judged_on(self, kind: str, version: str, day: date) -> date | None:
        """The newest day as of which outcomes spoke for the version, among those that the day may lean on."""
        notes = [json.loads(line) for line in self._judged()]
        found = [n["as_of"] for n in notes if (n["kind"], n["version"]) == (kind, version) and n["from_day"] <= day.isoformat()]
        return date.fromisoformat(max(found)) if found else None

    def _judged(self) -> list[str]:
        path = self.folder / JUDGED
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []

    def champion_on(self, kind: str, day: date) -> Word | None:
        """The word that held on the day; None when none had been said."""
        held = [w for w in self.words() if w.kind == kind and w.from_day <= day.isoformat()]
        return held[-1] if held else None


def _hash(folder: Path) -> str:
    return sha256(b"".join(p.read_bytes() for p in sorted(folder.iterdir()))).hexdigest()[:12]
