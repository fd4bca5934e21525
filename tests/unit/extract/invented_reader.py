"""Invented filings: a block of `tests/fixtures/filings_invented` → what the live reader tells of the document made of it.

`=== head`, `> label` lines, items. What the parts of a head are called differs by file, and is said by who reads it. How a document is
made of a block does not belong here (`invented_pages.py`, or the test).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

from signals_pipeline.extract import stage
from signals_pipeline.extract.event import Reading
from signals_pipeline.sources.sec_edgar import STREAMS
from signals_pipeline.sources.spec import Raw

FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "filings_invented"


@dataclass(frozen=True)
class Block:
    """One filing. `labels` as written, without their mark; `body` as typed."""

    key: str
    name: str
    reported: date
    filed: date
    labels: tuple[str, ...]
    body: str
    style: str = ""
    state: str = ""


def blocks(pattern: str, head: str) -> Iterator[Block]:
    """Every filing of the fixture files of a pattern; `head` names the parts of a block's first line."""
    for path in sorted(FOLDER.glob(pattern)):
        for block in re.split(r"(?m)^=== ", path.read_text(encoding="utf-8"))[1:]:
            first, rest = block.split("\n", 1)
            said = dict(zip(head.split(), (part.strip() for part in first.split("|")), strict=True))
            days = {each: date.fromisoformat(said.pop(each)) for each in ("reported", "filed")}
            lines = rest.split("\n")
            labels = tuple(line[2:] for line in lines if line.startswith("> "))
            yield Block(**said, **days, labels=labels, body="\n".join(lines[len(labels) :]))


def read_text(text: str, filed: date) -> Reading:
    """What the live reader tells of a document: through the stream's row and the stage, as a landed filing goes."""
    pull = SimpleNamespace(runtime=SimpleNamespace(replay=None), memo={}, pulled_at=datetime(2026, 11, 21, tzinfo=UTC))
    raw = Raw(text, text, "invented:1", {"accession": "0009999999-20-000001", "form": "8-K", "cik": "0009999999", "filed_on": filed})
    row = STREAMS["filings"].row(raw, pull)
    known = row.known_at.astimezone(UTC).replace(tzinfo=None)
    return stage.read("sec_edgar__filings", {**row.columns, "record_key": row.record_key, "known_at": known})


def long_day(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"
