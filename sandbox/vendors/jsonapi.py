"""Outreach's JSON:API: how a row becomes a resource object, how filters and pages become SQL.

table row ↔ `{"type", "id", "attributes", "relationships"}`.
Does not belong here: which resources there are (`outreach_resources.py`), rules of writing (`outreach.py`).
"""

from __future__ import annotations

import base64
import json
from typing import Any

from sandbox.store import Row, Store
from sandbox.vendors.outreach_resources import JSON_COLUMNS, RESOURCES, SHOWN_CUSTOM, Resource


class BadFilter(Exception):
    """`detail` is what the vendor says."""


def present(resource: Resource, row: Row, base: str, only: list[str] | None = None) -> Row:
    """The resource object of a row; `only` is the sparse field set."""
    attributes: Row = {}
    for name in resource.attributes:
        value = row[name]
        if name in JSON_COLUMNS:
            value = json.loads(value or "[]")
        elif name in resource.flags:
            value = bool(value)
        elif value == "null":
            value = None
        attributes[name] = value
    if resource.type == "prospect":
        custom = json.loads(row["custom"] or "{}")
        attributes |= {n: custom.get(n) for n in (*SHOWN_CUSTOM, *(k for k in custom if k not in SHOWN_CUSTOM))}
    relations = {
        name: {"data": {"type": kind, "id": row[column]} if row[column] is not None else None}
        for name, (kind, column) in resource.relations.items()
    }
    if only is not None:
        attributes = {k: v for k, v in attributes.items() if k in only}
        relations = {k: v for k, v in relations.items() if k in only}
    plural = next(k for k, v in RESOURCES.items() if v is resource)
    return {
        "type": resource.type,
        "id": row["id"],
        "attributes": attributes,
        "relationships": relations,
        "links": {"self": f"{base}/api/v2/{plural}/{row['id']}"},
    }


def where(store: Store, resource: Resource, params: list[tuple[str, str]]) -> tuple[str, list[Any]]:
    """SQL of `filter[...]` parameters. Raises BadFilter for an attribute that cannot be filtered."""
    parts, args = [], []
    for key, value in params:
        if not key.startswith("filter["):
            continue
        name, _, rest = key.removeprefix("filter[").partition("]")
        if rest:
            if name not in resource.relations or rest not in {"[id]"}:
                raise BadFilter(f"filter[{name}]{rest} is not supported on {resource.type}")
            column, wanted = resource.relations[name][1], [v for v in value.split(",") if v]
            parts.append(f'"{column}" IN ({", ".join("?" * len(wanted))})')
            args += [int(v) if v.isdigit() else v for v in wanted]
        elif resource.type == "prospect" and name == "emails":
            wanted = [v.strip().lower() for v in value.split(",") if v.strip()]
            parts.append(f"id IN (SELECT prospect FROM o_email WHERE lower(email) IN ({', '.join('?' * len(wanted))}))")
            args += wanted
        elif name == "id" or name in resource.filters:
            sql, more = _attribute(name, value)
            parts.append(sql)
            args += more
        else:
            raise BadFilter(f"'{name}' is not filterable on {resource.type}")
    return " AND ".join(parts), args


def _attribute(name: str, value: str) -> tuple[str, list[Any]]:
    column = f'lower("{name}")' if name == "email" else f'"{name}"'
    if value == "__null__":
        return f"{column} IS NULL", []
    if value == "__notnull__":
        return f"{column} IS NOT NULL", []
    if ".." in value:
        low, high = value.split("..", 1)
        parts, args = [f"{column} IS NOT NULL"], []
        for bound, op in ((low, ">="), (high, "<=")):
            if bound not in {"neginf", "inf", ""}:
                parts.append(f"{column} {op} ?")
                args.append(_typed(name, bound))
        return "(" + " AND ".join(parts) + ")", args
    wanted = [_typed(name, v) for v in value.split(",") if v]
    return f"{column} IN ({', '.join('?' * len(wanted))})", wanted


def _typed(name: str, text: str) -> Any:
    if name.endswith("At"):
        from sandbox.clock import parse, stamp

        try:
            return stamp(parse(text if "T" in text else f"{text}T00:00:00Z"))
        except ValueError:
            raise BadFilter(f"{text!r} is no time for {name}") from None
    if name == "email":
        return text.lower()
    return float(text) if name in {"id", "userId", "order"} or name.endswith(("Count", "Score", "PerDay")) else text


def ordering(resource: Resource, sort: str) -> tuple[str, bool]:
    """(column, descending); pages are keyed by it and the id. Raises BadFilter."""
    descending, name = sort.startswith("-"), sort.lstrip("-")
    if not name or name == "id":
        return "id", descending
    if name not in resource.filters:
        raise BadFilter(f"'{name}' is not sortable on {resource.type}")
    return name, descending


def page_sql(column: str, descending: bool, after: tuple[Any, int] | None) -> tuple[str, list[Any], str]:
    """(condition, arguments, ORDER BY) of a keyset page."""
    direction, op = ("DESC", "<") if descending else ("ASC", ">")
    order = f"id {direction}" if column == "id" else f"coalesce(\"{column}\", '') {direction}, id {direction}"
    if after is None:
        return "", [], order
    if column == "id":
        return f"id {op} ?", [after[1]], order
    value = f"coalesce(\"{column}\", '')"
    return f"({value} {op} ? OR ({value} = ? AND id {op} ?))", [after[0], after[0], after[1]], order


def token(value: Any, id_: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([value, id_]).encode()).decode().rstrip("=")


def untoken(text: str) -> tuple[Any, int]:
    """Raises BadFilter for a token that we never gave out."""
    try:
        value, id_ = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return value, int(id_)
    except (ValueError, TypeError):
        raise BadFilter("page[after] is not a cursor of ours") from None
