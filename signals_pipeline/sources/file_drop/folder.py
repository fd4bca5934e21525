"""The drop folder of a template: `incoming/` → `processing/` → `done/<dt>/` or `rejected/<dt>/`.

A file is taken once a `.done` or `.sha256` marker stands beside it, or its size has been stable. Files of the run's own day
are read again when the day is run again, so that it lands the same; the checksum makes a re-drop on any other day harmless.
Does not belong here: reading the files (`text.py`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from signals_pipeline.errors import SkipRecord
from signals_pipeline.io.ops import dropped_files
from signals_pipeline.sources.spec import BodyTally, Pull

SETTLED = timedelta(seconds=60)  # a file without marker that was last written this long ago is complete
MARKERS = (".done", ".sha256")
_UNFINISHED = (".part", ".tmp", ".filepart", ".crdownload")
_DATE = re.compile(r"(?<!\d)(\d{4})-?(\d{2})-?(\d{2})(?!\d)")


@dataclass(frozen=True)
class Dropped:
    """A file to read. `refused` is set when it must be rejected whole without reading it."""

    path: Path
    sha256: str
    refused: SkipRecord | None = None


@dataclass(frozen=True)
class Folder:
    """One template's folder for one run."""

    root: Path
    template: str
    pull: Pull

    @property
    def _days(self) -> tuple[Path, Path]:
        day = self.pull.window.dt.isoformat()
        return self.root / "done" / day, self.root / "rejected" / day

    def take(self) -> Iterator[Dropped]:
        """Files of this run in order of name: what this day took before, what a crash left, what is complete in incoming."""
        done, rejected = self._days
        seen: set[str] = set()
        for path in (*_files(done), *_files(rejected), *self._claim()):
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            refused = self._refusal(path, digest, seen, is_own=path.parent == done)
            seen.add(digest)
            yield Dropped(path, digest, refused)

    def put_away(self, taken: list[Dropped], tallies: list[BodyTally]) -> None:
        """Move what was read and note it by checksum. A rejected file gets a `.reason.txt` beside it."""
        done, rejected = self._days
        for file, tally in zip(taken, tallies, strict=True):
            target = rejected if tally.refused else done
            moved = _move(file.path, target) if file.path.parent != target else file.path
            if tally.refused:
                moved.with_name(f"{moved.name}.reason.txt").write_text(tally.refused + "\n", encoding="utf-8")
            if file.refused is None:
                self._note(file.sha256, moved.name, tally)

    def _claim(self) -> list[Path]:
        incoming, processing = self.root / "incoming", self.root / "processing"
        sizes: dict[str, int] = {}
        for path in _files(incoming):
            sizes[path.name] = path.stat().st_size
            told = as_of(path.name)
            if told and told > self.pull.window.dt + timedelta(days=1):
                continue  # dated in the future: its day will come
            if self._complete(path):
                _move(path, processing)
        self.pull.cursor["sizes"] = {**self.pull.cursor.get("sizes", {}), self.template: sizes}
        return _files(processing)

    def _complete(self, path: Path) -> bool:
        if any(path.with_name(path.name + marker).exists() for marker in MARKERS):
            return True
        stat = path.stat()
        settled = datetime.fromtimestamp(stat.st_mtime, UTC) <= self.pull.pulled_at - SETTLED
        return settled or self.pull.cursor.get("sizes", {}).get(self.template, {}).get(path.name) == stat.st_size

    def _refusal(self, path: Path, digest: str, seen: set[str], *, is_own: bool) -> SkipRecord | None:
        marker = path.with_name(f"{path.name}.sha256")
        if marker.exists():
            expected = (marker.read_text(encoding="utf-8", errors="replace").split() or [""])[0].lower()
            if expected != digest:
                return SkipRecord("checksum_mismatch", f"the marker says {expected[:16]}…, the file is {digest[:16]}…")
        if digest in seen or (not is_own and self._is_known(digest)):
            return SkipRecord("file_repeated", f"the same bytes were landed before (sha256 {digest[:16]}…)")
        return None

    def _is_known(self, digest: str) -> bool:
        with self.pull.runtime.ops.connect() as connection:
            query = sa.select(dropped_files.c.name).where(dropped_files.c.sha256 == digest, dropped_files.c.status == "done")
            return connection.execute(query).first() is not None

    def _note(self, digest: str, name: str, tally: BodyTally) -> None:
        status = "rejected" if tally.refused else "done"
        values = {
            "name": name, "template": self.template, "status": status, "records_in": tally.records,
            "landed": tally.records - tally.rejected if not tally.refused else 0, "rejected": tally.rejected,
        }  # fmt: skip
        at = self.pull.runtime.stamp()
        with self.pull.runtime.ops.begin() as connection:
            connection.execute(sa.delete(dropped_files).where(dropped_files.c.sha256 == digest))
            connection.execute(dropped_files.insert().values(sha256=digest, at=at, **values))


def ready_files(root: Path, dt: date) -> list[Path]:
    """Files under `<root>/<template>/incoming` that a run of day `dt` would take for certain: a marker stands beside them and
    their name is not of a later day."""
    found = [p for folder in sorted(root.glob("*/incoming")) for p in _files(folder)]
    marked = [p for p in found if any(p.with_name(p.name + marker).exists() for marker in MARKERS)]
    return [p for p in marked if (as_of(p.name) or dt) <= dt + timedelta(days=1)]


def as_of(name: str) -> date | None:
    """The day in a file's name (`…_2026-06-29.csv`, `…20260629…`); None when there is none."""
    for year, month, day in reversed(_DATE.findall(name)):
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            continue
    return None


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    skip = (*MARKERS, *_UNFINISHED, ".reason.txt")
    return sorted(p for p in folder.iterdir() if p.is_file() and not p.name.startswith(".") and not p.name.endswith(skip))


def _move(path: Path, folder: Path) -> Path:
    """Move into a folder, markers too; a name that is taken there gets a number."""
    folder.mkdir(parents=True, exist_ok=True)
    target, number = folder / path.name, 1
    while target.exists():
        number += 1
        target = folder / f"{path.stem}-{number}{path.suffix}"
    for marker in MARKERS:
        beside = path.with_name(path.name + marker)
        if beside.exists():
            beside.rename(target.with_name(target.name + marker))
    return path.rename(target)
