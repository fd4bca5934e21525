"""Records that map field by field onto columns: one small table per stream instead of one function.

`Stream` (field table) → `records`, `row` for `StreamCode`. Used where a vendor's record is a flat object.
Does not belong here: fetching, and rows that need thought (write a `row` function for those).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from signals_pipeline.errors import SkipRecord
from signals_pipeline.keys import email_key
from signals_pipeline.sources.read import dumps, naive, need
from signals_pipeline.sources.spec import Body, Pull, Raw, Row

Reader = Callable[[Mapping[str, Any], str], Any]
Fields = Mapping[str, tuple[str, Reader]]  # column → (the vendor's field, how it is read)


@dataclass(frozen=True)
class Table:
    """How a stream's records become rows.

    key: column whose value names the record. modified: column with the vendor's own change instant, else the pull counts.
    email: column that gets a keyed hash beside it. more: columns computed from the others.
    """

    fields: Fields
    key: str
    modified: str | None = None
    email: str | None = None
    more: Callable[[dict[str, Any], Mapping[str, Any]], dict[str, Any]] | None = None

    def row(self, raw: Raw, pull: Pull) -> Row:
        """A typed row. Raises SkipRecord for a missing or retyped required field."""
        record = raw.value
        if not isinstance(record, Mapping):
            raise SkipRecord("wrong_type", f"a record is {type(record).__name__}, expected an object")
        columns = {column: reader(record, name) for column, (name, reader) in self.fields.items()}
        if self.email:
            columns["email_key"] = email_key(columns[self.email], pull.runtime.settings.secret("hash_key"))
        if self.more:
            columns |= self.more(columns, record)
        key = columns[self.key]
        if key is None:
            raise SkipRecord("missing_field", f"{self.fields[self.key][0]} is empty")
        changed = columns[self.modified] if self.modified else None
        known_at = changed.replace(tzinfo=UTC) if changed else pull.pulled_at
        return Row(str(key), known_at, "modified" if changed else "pulled", columns)


def page(body: Body, *names: str) -> list[Any]:
    """The list of records of a body: parsed already, a JSON list, or a JSON object with the list under one of `names`.

    Raises SkipRecord when it is none of these: the whole body is unusable.
    """
    value = body.value
    if value is None:
        try:
            value = json.loads(body.content)
        except (json.JSONDecodeError, UnicodeDecodeError) as bad:
            raise SkipRecord("not_json", f"{body.place}: {bad}") from None
    if isinstance(value, dict):
        value = next((value[n] for n in names if n in value), value)
    if not isinstance(value, list):
        raise SkipRecord("no_records", f"{body.place}: expected a list, got {type(value).__name__}")
    return value


def records(*names: str) -> Callable[[Body, Pull], Iterator[Raw]]:
    """A `records` function for JSON pages."""

    def of(body: Body, _: Pull) -> Iterator[Raw]:
        for number, record in enumerate(page(body, *names)):
            yield Raw(dumps(record), record, f"{body.place}#{number}", body.facts)

    return of


def required(reader: Reader) -> Reader:
    """The same reader for a field that must be there and filled."""

    def of(record: Mapping[str, Any], name: str) -> Any:
        need(record, name)
        found = reader(record, name)
        if found is None:
            raise SkipRecord("missing_field", f"{name} is blank")
        return found

    of.required = reader  # type: ignore[attr-defined]  # `columnar.py` reads a whole column with it
    return of


__all__ = ["Table", "naive", "page", "records", "required"]
