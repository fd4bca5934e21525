"""Changes told as a list or table: a line that ends with a colon says what happened, the lines below say to whom.

sentences of an item → `listed_changes` → [Change]. A row is a name and a title, on one line or on two; a row may carry its own day.
Does not belong here: lists inside a sentence ("elected the following: A, B and C"; `officer_patterns.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from signals_pipeline.extract.dates import find_dates
from signals_pipeline.extract.officer_details import Change, lead_date
from signals_pipeline.extract.officer_patterns import DATE, IMMEDIATELY, PAY, VOTE
from signals_pipeline.extract.people import Name, find_people
from signals_pipeline.extract.sentences import Sentence
from signals_pipeline.extract.titles_in_text import normal, title_at

_LEAD = re.compile(r"\b(?:following|below)\b[^;]*:\s*$")
_ARRIVE = re.compile(
    r"\b(?:was|were|been|be|each)\s+(?P<were>appointed|elected|named|promoted|hired)\b|\b(?P<did>appointed|elected|promoted|"
    r"hired) (?:each of )?the "
    r"following\b|\bfollowing (?:\w+ ){0,3}(?P<noun>appointments|elections|promotions)\b",
    re.IGNORECASE,
)
_LEAVE = re.compile(
    r"\b(?P<did>resigned|retired|departed|stepped down)\b|\bfollowing (?:\w+ ){0,3}(?P<noun>resignations|retirements|departures)\b", re.I
)
_ROW_WORDS = 22  # a longer line is prose again
_BULLET = r"^\W*(?:\(?(?:[ivx]{1,4}|\d{1,2}|[a-z])\)\s*)?(?:Mr|Ms|Mrs|Dr)?\.?\s*"


def listed_changes(parts: list[Sentence], firms: frozenset[str]) -> Iterator[Change]:
    """Changes of every list in an item, in order."""
    for position, lead in enumerate(parts):
        told = (_LEAVE.search(lead.text) or _ARRIVE.search(lead.text)) if _LEAD.search(lead.text) else None
        if told is None or PAY.search(lead.text) or VOTE.search(lead.text) or re.search(r"\bnamed executive\b", lead.text, re.IGNORECASE):
            continue
        verb = next(word for word in told.groupdict().values() if word)
        direction = "out" if _LEAVE.search(lead.text) else "in"
        dated = re.search(rf"\beffective(?: as of| on)?\s+(?P<d>{DATE})", lead.text)
        day = find_dates(dated["d"])[0].day if dated and find_dates(dated["d"]) else None
        for row, title, own_day in _rows(parts[position + 1 :], firms):
            yield Change(
                row[0].full_name, direction, row[1], verb, title, own_day or day, lead_date(lead.text),
                bool(re.search(r"promot", verb, re.IGNORECASE)), bool(IMMEDIATELY.search(lead.text)),
            )  # fmt: skip


def _rows(lines: list[Sentence], firms: frozenset[str]) -> Iterator[tuple[tuple[Name, Sentence], str | None, date | None]]:
    """(name and line, title, day) of each row, up to the first line of prose."""
    for position, line in enumerate(lines):
        name = _first_name(line, firms)
        if name is None:
            if len(line.text.split()) > _ROW_WORDS:
                return
            continue
        rest = re.sub(r"^[\s,:;|-]+", "", line.text[name.end :])
        after = lines[position + 1 : position + 3]
        cells = [s.text for s in after if _first_name(s, firms) is None and len(s.text.split()) <= _ROW_WORDS]
        title = title_at(rest, 0) if rest else (normal(cells[0].rstrip(".;")) if cells else None)
        days = find_dates(rest) or [d for cell in cells for d in find_dates(cell)]
        if title is not None:
            yield (name, line), re.sub(rf"\s+{DATE}.*$", "", title), days[0].day if days else None


def _first_name(line: Sentence, firms: frozenset[str]) -> Name | None:
    """The person a row begins with; None for a heading, a title, or prose."""
    if len(line.text.split()) > _ROW_WORDS:
        return None
    found = next((n for n in find_people(line.text, firms) if not n.is_short), None)
    opening = re.match(_BULLET, line.text)
    return found if found and opening and found.start <= opening.end() else None
