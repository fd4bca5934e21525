"""From our values to field changes, by the `field_map` seed: `ours` always, `fill` only when empty.

our values + live record → `changes_of` → `Change`s. Nothing that a person typed is overwritten.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from signals_pipeline.activation.model import Change, empty, plain
from signals_pipeline.errors import Permanent
from signals_pipeline.rules.seeds import seed

MODES = ("ours", "fill")


@dataclass(frozen=True)
class Mapped:
    """One row of the seed."""

    our_field: str
    field: str
    mode: str


def mapped(destination: str, object_: str, rows: Sequence[Mapping[str, str | None]] | None = None) -> tuple[Mapped, ...]:
    """Mapping of an object, in file order. Raises Permanent for a mode that is neither `ours` nor `fill`."""
    found = []
    for row in seed("field_map") if rows is None else rows:
        if row["destination"] != destination or (row["object"] or "").lower() != object_.lower():
            continue
        if row["mode"] not in MODES or not row["our_field"] or not row["field"]:
            raise Permanent(f"field_map: {dict(row)}: mode must be one of {', '.join(MODES)}, and both fields must be named")
        found.append(Mapped(row["our_field"], row["field"], row["mode"]))
    return tuple(found)


def changes_of(
    mapping: Sequence[Mapped], values: Mapping[str, Any], record: Mapping[str, Any] | None, *, as_text: bool = False
) -> tuple[Change, ...]:
    """Changes of every mapped field that we have a value for. `record` is the live one, None when it is to be created.

    A null of ours never clears a field. `as_text`: the destination keeps texts (Outreach custom fields).
    """
    found = []
    for m in mapping:
        value = plain(values.get(m.our_field))
        if as_text and value is not None and not isinstance(value, list):
            value = _text(value)
        before = None if record is None else plain(record.get(m.field))
        if empty(value):
            continue
        keep = m.mode == "fill" and not empty(before)
        found.append(Change(m.field, before, before if keep else value, m.mode, m.our_field))
    return tuple(found)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}" if value == int(value) else f"{value:.2f}"
    return str(value)
