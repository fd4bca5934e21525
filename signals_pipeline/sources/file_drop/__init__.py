"""Dropped files: the way in for vendors that have no API for us. Five event templates, and 6sense segment exports (state).

`<file_drop>/<template>/incoming/<vendor>_<template>_YYYY-MM-DD.csv` → lines → rows; line errors are rejects with their number.
A row is known since its announcement, else since the file's as-of day, both at the day's end; never since the file's age.
Does not belong here: the folder's bookkeeping (`folder.py`), encodings (`text.py`), columns (`templates.py`).
Run alone: `python -m signals_pipeline.sources file_drop`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from signals_pipeline.errors import SkipRecord
from signals_pipeline.keys import domain_of, md5
from signals_pipeline.sources.file_drop.folder import Folder, as_of
from signals_pipeline.sources.file_drop.templates import BLANKS, OPS, TEMPLATES, Template
from signals_pipeline.sources.file_drop.text import Line, lines
from signals_pipeline.sources.read import dumps, end_of_day
from signals_pipeline.sources.spec import Body, BodyTally, Pull, Raw, Row, StreamCode


def file_facts(path: Path, pull: Pull) -> dict[str, Any]:
    """What a file's name says: vendor and as-of day. Raises SkipRecord when it names no day."""
    told = as_of(path.name)
    if told is None:
        raise SkipRecord("no_as_of", f"{path.name} names no day; expected <vendor>_{pull.name}_YYYY-MM-DD.csv")
    return {"file": path.name, "vendor": path.name.split("_")[0].lower(), "as_of": told}


def _fetch(of: Template) -> Callable[[Pull], AsyncIterator[Body]]:
    async def fetch(pull: Pull) -> AsyncIterator[Body]:
        taken = list(Folder(pull.runtime.settings.file_drop / of.name, of.name, pull).take())
        pull.hand["taken"] = taken
        told = [as_of(f.path.name) for f in taken if not f.refused]
        newest = max((d for d in told if d), default=None)
        for file in taken:
            refused, facts = file.refused, {}
            try:
                facts = file_facts(file.path, pull)
            except SkipRecord as skip:
                refused = refused or skip
            if not refused and pull.spec.kind == "state" and newest and facts["as_of"] < newest:
                refused = SkipRecord("file_superseded", f"an export as of {newest} is there too")
            content = b"" if refused else file.path.read_bytes()
            yield Body(content, file.path.name, {**facts, "refused": refused})

    return fetch


def _records(of: Template) -> Callable[[Body, Pull], Iterator[Raw]]:
    def records(body: Body, _: Pull) -> Iterator[Raw]:
        if body.facts.get("refused"):
            raise body.facts["refused"]
        for line in lines(body.content, of):
            place = f"{body.place}:{line.number}"
            payload = dumps({**(line.cells or {"cells": line.raw}), "_file": body.place, "_line": line.number})
            yield Raw(payload, line.cells if line.cells is not None else line, place, body.facts)

    return records


def _row(of: Template) -> Callable[[Raw, Pull], Row]:
    def row(raw: Raw, pull: Pull) -> Row:
        if isinstance(raw.value, Line):
            raise SkipRecord("ragged_row", raw.value.fault)
        cells = {k: None if v.strip().lower() in BLANKS else v.strip() for k, v in raw.value.items()}
        for name in of.filled:
            if not cells.get(name):
                raise SkipRecord("missing_field", f"{name} is blank")
        _check_op(cells.get("op"))
        columns = {column: reader(cells, name) for column, (name, reader) in of.columns.items()}
        for name in ("company_domain", "domain"):
            if columns.get(name):
                columns[name] = domain_of(columns[name])
        key = _key(of, raw.facts["vendor"], columns)
        if pull.spec.kind == "event":
            columns["source_row"] = raw.place
        told: date = raw.facts["as_of"]
        dated = columns[of.dated] if of.dated else None
        said, basis = (dated, "announcement") if dated and dated <= told else (told, "file_as_of")
        # we hold the file while this window is closing, so that its rows were known by then
        known_at = min(end_of_day(said), pull.window.end - timedelta(seconds=1))
        return Row(key, known_at, basis, columns, occurred_at=end_of_day(dated).replace(hour=0, minute=0, second=0) if dated else None)

    return row


def _check_op(op: str | None) -> None:
    if op and op.lower() not in OPS:
        raise SkipRecord("wrong_type", f"op is {op!r}, expected one of {', '.join(OPS)}")
    if op and op.lower() == "delete":
        raise SkipRecord("deleted_by_vendor", "what was said once stays; a person decides whether the signal is withdrawn")


def _key(of: Template, vendor: str, columns: dict[str, Any]) -> str:
    """A member by segment and company; an event row by everything it says, so that an updated row is a row of its own."""
    if of.name == "sixsense_segment":
        return f"{columns['segment_id']}|{columns['domain'] or columns['name']}"
    return f"{vendor}|{md5(of.name, vendor, *(columns[c] for c in sorted(columns)))}"


def _landed(of: Template) -> Callable[[Pull, list[BodyTally]], None]:
    def landed(pull: Pull, tallies: list[BodyTally]) -> None:
        Folder(pull.runtime.settings.file_drop / of.name, of.name, pull).put_away(pull.hand["taken"], tallies)

    return landed


STREAMS = {name: StreamCode(_records(of), _row(of), _fetch(of), facts=file_facts, landed=_landed(of)) for name, of in TEMPLATES.items()}
