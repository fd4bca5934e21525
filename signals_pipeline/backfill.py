"""How far a backfill has come: a range by calendar months, each noted once it is finished, so that a killed one goes on where it stopped.

range → `Course.left(step, made)` → the caller computes a part → `Course.finish(step, part, made)` → … → `Course.end()`

The notes live in the ops store, under the range, until the range has ended: the same command after that computes anew. A note counts only
while everything that the part was made of is what it was (code, rules, profile, models, the lake's files up to its last day), and what was
made still stands (`made`). Does not belong here: what is computed (`orchestration/`, `scoring/`).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from hashlib import sha256
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa

from signals_pipeline.errors import Permanent
from signals_pipeline.io.datasets import DATASETS
from signals_pipeline.io.ops import cursors
from signals_pipeline.keys import md5
from signals_pipeline.runtime import Runtime
from signals_pipeline.settings import REPOSITORY

RECORD = "record"
_CODE = ("signals_pipeline/scoring", "signals_pipeline/rules", "signals_pipeline/io/dbt.py", "ml",
         "dbt_project/dbt_project.yml", "dbt_project/macros", "dbt_project/seeds",
         "dbt_project/models/sources", "dbt_project/models/identity", "dbt_project/models/signals")  # fmt: skip
_MODELS = ("champions.jsonl", "judged.jsonl")
# written by a backfill itself, or read by none of its steps
_NOT_READ = {n for n, d in DATASETS.items() if d.owner == "scoring" or n in ("plan_rows", "gate_results", "rejects")}


class Part(NamedTuple):
    """Days of one calendar month, both ends inclusive."""

    since: date
    until: date

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1

    def pieces(self, most: int) -> list[Part]:
        """The same days, at most so many at a time."""
        firsts = [self.since + timedelta(days=n) for n in range(0, self.days, most)]
        return [Part(first, min(self.until, first + timedelta(days=most - 1))) for first in firsts]


Made = Callable[[Part], str]
"""The state of what was made of a part, as it stands now."""


@dataclass
class Course:
    """One backfill: `kind` tells the record's from a what-if's. A single day has no notes: there is nothing to go on from.

    `stood`: step → days that an earlier, killed run had finished and that still stand.
    """

    rt: Runtime
    kind: str
    since: date
    until: date
    stood: dict[str, int] = field(default_factory=dict)

    def parts(self) -> list[Part]:
        found, first = [], self.since
        while first <= self.until:
            last = min(self.until, (first.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1))
            found.append(Part(first, last))
            first = last + timedelta(days=1)
        return found

    def left(self, step: str, made: Made) -> list[Part]:
        """The parts that this step has still to compute, in order. After the first such part none is taken over: a day may lean on the
        day before it."""
        parts, notes = self.parts(), self._notes().get(step, {})
        whole = list(takewhile(lambda part: notes.get(part.since.isoformat()) == [self._asked(part), made(part)], parts))
        self.stood[step] = sum(part.days for part in whole)
        return parts[len(whole) :]

    def finish(self, step: str, part: Part, made: Made) -> None:
        """Note that a part of the step is whole."""
        if self.since == self.until:
            return
        notes = self._notes()
        notes.setdefault(step, {})[part.since.isoformat()] = [self._asked(part), made(part)]
        with self.rt.ops.begin() as connection:
            connection.execute(sa.delete(cursors).where(cursors.c.stream == self._name))
            connection.execute(cursors.insert().values(stream=self._name, value=json.dumps(notes), updated_at=self.rt.stamp()))

    def end(self) -> None:
        """The range is whole: its notes go."""
        with self.rt.ops.begin() as connection:
            connection.execute(sa.delete(cursors).where(cursors.c.stream == self._name))

    @property
    def _name(self) -> str:
        return f"backfill/{self.kind}/{self.since}..{self.until}"

    def _notes(self) -> dict[str, dict[str, list[str]]]:
        with self.rt.ops.connect() as connection:
            text = connection.execute(sa.select(cursors.c.value).where(cursors.c.stream == self._name)).scalar()
        try:
            found = json.loads(text or "{}")
        except json.JSONDecodeError as bad:
            raise Permanent(f"the notes {self._name} in the ops store (table cursors) are no JSON ({bad}); delete the row") from None
        return dict(found)

    def _asked(self, part: Part) -> str:
        """A hash of everything that the days of a part are made of."""
        read = [f"{n} {day} {state}" for n, days in self._lake.items() for day, state in days.items() if day <= part.until.isoformat()]
        return md5(self._rules, *sorted(read))

    @cached_property
    def _lake(self) -> dict[str, dict[str, str]]:
        return {name: self.rt.lake.states(name) for name in DATASETS if name not in _NOT_READ}

    @cached_property
    def _rules(self) -> str:
        digest = sha256(self.rt.profile.model_dump_json().encode())
        for path in [*(REPOSITORY / name for name in _CODE), *(self.rt.settings.home / "models" / name for name in _MODELS)]:
            for file in _files(path):
                digest.update(file.name.encode() + b"\0" + file.read_bytes())
        return digest.hexdigest()


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return sorted(p for p in path.rglob("*") if p.is_file() and p.suffix in (".py", ".sql", ".yml", ".csv", ".json"))


def stored(rt: Runtime, *names: str) -> Made:
    """`made` of lake datasets: their files over the days of a part, and of the day before it, which its first day leans on."""

    def made(part: Part) -> str:
        first, last = (part.since - timedelta(days=1)).isoformat(), part.until.isoformat()
        found = [f"{n} {day} {state}" for n in names for day, state in rt.lake.states(n).items() if first <= day <= last]
        return md5(*sorted(found))

    return made


def featured(rt: Runtime) -> Made:
    """`made` of `signals.account_features`: rows by day."""

    def made(part: Part) -> str:
        if not rt.warehouse.has("signals", "account_features"):
            return ""
        sql = "select dt, count(*) as n from signals.account_features where dt between ? and ? group by dt order by dt"
        return md5(*(f"{r['dt']} {r['n']}" for r in rt.warehouse.rows(sql, (part.since, part.until))))

    return made
