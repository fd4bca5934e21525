"""Changes told as a list or table: a line above says what happened (or one below: "each of them resigned"), the rows say to whom.

sentences of an item → `listed_changes` → [Change]. A row is a name and a title, on one line or on two; a row may carry its own day.
A table has a heading (Name | Former Position | New Position | Effective Date) and its cells in order, on one line (" | ") or one a line.
Does not belong here: lists inside a sentence ("elected the following: A, B and C"; `officer_patterns.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from signals_pipeline.extract.dates import find_dates
from signals_pipeline.extract.officer_details import Change, lead_date
from signals_pipeline.extract.officer_patterns import DATE, GO, IMMEDIATELY, NOT, PAY, VERB_IN, VOTE
from signals_pipeline.extract.people import Name, find_people
from signals_pipeline.extract.sentences import Sentence
from signals_pipeline.extract.titles_in_text import normal, title_at

_LEAD = re.compile(r"\b(?:following|below|as follows)\b[^;]*:\s*$|^(?!.{200})[^.;]*:\s*$")
_BACK = re.compile(
    r"^\W*(?:each|all|both|none|(?:the|these|such) (?:above|foregoing|persons?|individuals|directors|officers|changes)|they)\b", re.I
)
_ARRIVE = re.compile(
    rf"\b(?:was|were|been|be|each|to|have|has|following|the|changes in|new)\s+(?:\w+ly )?(?P<were>{VERB_IN})\b|\b(?P<did>{VERB_IN}) "
    r"(?:each of )?the following\b|\b(?P<noun>appointments?|elections?|promotions?)\b",
    re.IGNORECASE,
)
_LEAVE = re.compile(
    rf"\b(?P<did>{GO})\b|\b(?P<noun>resignations?|retirements?|departures?)\b|\b(?P<were>(?:was|were|been) removed)\b", re.I
)
_ROW_WORDS = 22  # a longer line is prose again
_BULLET = r"^\W*(?:\(?(?:[ivx]{1,4}|\d{1,2}|[a-z])\)\s*)?(?:Mr|Ms|Mrs|Dr)?\.?\s*"
Row = tuple[Name, Sentence, str | None, date | None]  # who, where, title, own day
_VERB = re.compile(r"\b(?:will|has|have|had|was|is|resign|retire|joins?)\b")
_CELL = re.compile(r"\s*\|\s*")
_COLUMNS = (
    ("name", re.compile(r"(?:name|director|officer|executive|individual|person|trustee)s?\b(?!.*\b(?:title|position)\b)", re.I)),
    ("old", re.compile(r"(?:former|prior|previous|current|present|old|existing)\b", re.I)),
    ("day", re.compile(r".*\bdate\b|.*\beffective\b", re.I)),
    ("age", re.compile(r"(?:age|class|since|years?)\b", re.I)),
    ("new", re.compile(r"new\b", re.I)),
    ("title", re.compile(r"(?:\w+ ){0,2}?(?:position|title|office|role|capacity|appointment)s?\b", re.I)),
)


def listed_changes(parts: list[Sentence], firms: frozenset[str]) -> Iterator[Change]:
    """Changes of every list and table in an item, in order."""
    for position, lead in enumerate(parts):
        if _LEAD.search(lead.text) and not (
            PAY.search(lead.text) or VOTE.search(lead.text) or re.search(r"\bnamed executive\b", lead.text, re.I)
        ):
            rows = list(_rows(parts[position + 1 :], firms))
            yield from _changes(rows, lead, _below(parts[position + 1 :], rows))
    for position, part in enumerate(parts):
        columns = _heading(parts[position : position + 6], part)
        if columns and not (position and _heading(parts[position - 1 : position + 5], parts[position - 1])):
            rows = list(_table(parts[position:], columns, firms))
            above = next((s for s in reversed(parts[:position]) if not PAY.search(s.text) and not VOTE.search(s.text)), part)
            yield from _changes(rows, above, _below(parts[position:], rows), is_move="old" in columns or "new" in columns)


def _changes(rows: list[Row], lead: Sentence, after: Sentence | None, *, is_move: bool = False) -> Iterator[Change]:
    """The rows as changes, when the line above or the sentence below says which way; a table of old and new positions says it itself."""
    for telling in [s for s in (lead, after) if s is not None]:
        gone, come = (
            next((m for m in p.finditer(telling.text) if not NOT.search(telling.text[: m.start()])), None) for p in (_LEAVE, _ARRIVE)
        )
        told = gone or come
        if told is None and not is_move:
            continue
        verb = next((word for word in told.groupdict().values() if word), "moved") if told else "moved"
        direction = "out" if gone and not is_move else "in"
        dated = re.search(rf"\beffect(?:ive)?(?: as of| on)?\s+(?P<d>{DATE})", telling.text)
        day = find_dates(dated["d"])[0].day if dated and find_dates(dated["d"]) else None
        for name, line, title, own_day in rows:
            yield Change(
                name.full_name, direction, line, verb, title, own_day or day, lead_date(telling.text),
                is_move or bool(re.search(r"promot", verb, re.IGNORECASE)), bool(IMMEDIATELY.search(telling.text)),
            )  # fmt: skip
        return


def _below(lines: list[Sentence], rows: list[Row]) -> Sentence | None:
    """The sentence behind the rows that speaks back to them: "Each of the above resigned on May 1"."""
    last = rows[-1][1].start if rows else None
    after = [s for s in lines if last is not None and s.start > last and len(s.text.split()) > 4]
    return after[0] if after and _BACK.match(after[0].text) else None


def _rows(lines: list[Sentence], firms: frozenset[str]) -> Iterator[Row]:
    """(name, line, title, day) of each row, up to the first line of prose."""
    for position, line in enumerate(lines):
        name = _first_name(line, firms)
        if name is None:
            if len(line.text.split()) > _ROW_WORDS or _BACK.match(line.text):
                return
            continue
        rest = re.sub(r"^[\s,:;|-]+(?:age \d\d,? )?(?:to be |as )?", "", line.text[name.end :])
        if _VERB.search(rest):
            return  # a sentence of its own
        after = lines[position + 1 : position + 3]
        cells = [s.text for s in after if _first_name(s, firms) is None and len(s.text.split()) <= _ROW_WORDS]
        title = title_at(_CELL.split(rest)[0], 0) if rest else (normal(cells[0].rstrip(".;")) if cells else None)
        days = find_dates(rest) or [d for cell in cells for d in find_dates(cell)]
        if title is not None:
            yield name, line, re.sub(rf"\s+{DATE}.*$", "", title), days[0].day if days else None


def _heading(lines: list[Sentence], first: Sentence) -> list[str]:
    """The columns of a table that begins here, by their headings; empty when none does."""
    kinds: list[str] = []
    for cell in _cells(lines):
        kind = next((k for k, words in _COLUMNS if words.match(cell[0])), None) if len(cell[0].split()) <= 5 else None
        if kind is None or (kinds and kind == "name") or (not kinds and kind != "name"):
            break
        kinds.append(kind)
    return kinds if {"title", "new"} & set(kinds) and len(kinds) >= 2 and _cells([first])[0][0] else []


def _cells(lines: list[Sentence]) -> list[tuple[str, Sentence]]:
    return [(cell.strip(), line) for line in lines for cell in _CELL.split(line.text) if cell.strip()]


def _table(lines: list[Sentence], columns: list[str], firms: frozenset[str]) -> Iterator[Row]:
    """Rows under a heading, cell by cell, up to the first that does not begin with a person."""
    cells = _cells(lines)[len(columns) :]
    for at in range(0, len(cells) - len(columns) + 1, len(columns)):
        row = dict(zip(columns, cells[at : at + len(columns)], strict=True))
        text, line = row["name"]
        name = _first_name(Sentence(text, line.start, line.end), firms)
        if name is None:
            return
        days = find_dates(row["day"][0]) if "day" in row else []
        yield name, line, normal(row["new" if "new" in row else "title"][0]), days[0].day if days else None


def _first_name(line: Sentence, firms: frozenset[str]) -> Name | None:
    """The person a row begins with; None for a heading, a title, or prose."""
    if len(line.text.split()) > _ROW_WORDS:
        return None
    found = next((n for n in find_people(line.text, firms) if not n.is_short), None)
    opening = re.match(_BULLET, line.text)
    return found if found and opening and found.start <= opening.end() else None
