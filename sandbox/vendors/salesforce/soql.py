"""A small SOQL: one SELECT over one object with parent fields, WHERE, ORDER BY, LIMIT, OFFSET, COUNT(), semi-joins.

SOQL text → `parse` → `Query` (SQLite text with parameters). Anything else is refused with the vendor's error code.
Does not belong here: paging and JSON (`api.py`).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.clock import parse as instant
from sandbox.clock import stamp
from sandbox.schema import OBJECTS, Field
from sandbox.store import id18
from sandbox.vendors.salesforce.soql_query import Query, SoqlError

_TOKEN = re.compile(
    r"\s*(?:(?P<string>'(?:\\.|[^'\\])*')|(?P<time>\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d))|(?P<date>\d{4}-\d\d-\d\d)"
    r"|(?P<number>-?\d+(?:\.\d+)?)|(?P<word>[A-Za-z_][\w.]*(?::\d+)?)|(?P<op><=|>=|!=|<>|[=<>(),]))"
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
_COMPARE = {"=": "=", "!=": "<>", "<>": "<>", "<": "<", ">": ">", "<=": "<=", ">=": ">="}


def parse(text: str, now: datetime) -> Query:
    """Raises SoqlError(MALFORMED_QUERY | INVALID_FIELD | INVALID_TYPE)."""
    reader = _Reader(text, now)
    query = reader.query(nested=False)
    if reader.at < len(reader.tokens):
        raise SoqlError("MALFORMED_QUERY", f"unexpected token: '{reader.tokens[reader.at][1]}'")
    return query


class _Reader:
    def __init__(self, text: str, now: datetime) -> None:
        self.text, self.now, self.at = text, now, 0
        self.tokens: list[tuple[str, str]] = []
        position = 0
        while position < len(text) and text[position:].strip():
            match = _TOKEN.match(text, position)
            if not match or match.lastgroup is None:
                raise SoqlError("MALFORMED_QUERY", f"unexpected token: '{text[position : position + 10].strip()}'")
            self.tokens.append((match.lastgroup, match.group(match.lastgroup)))
            position = match.end()

    # ---- tokens ----
    def peek(self, *words: str) -> bool:
        return self.at < len(self.tokens) and self.tokens[self.at][1].upper() in words and self.tokens[self.at][0] != "string"

    def take(self, *words: str) -> bool:
        if self.peek(*words):
            self.at += 1
            return True
        return False

    def need(self, *words: str) -> None:
        if not self.take(*words):
            found = self.tokens[self.at][1] if self.at < len(self.tokens) else "<EOF>"
            raise SoqlError("MALFORMED_QUERY", f"unexpected token: '{found}', expecting {' or '.join(words)}")

    def word(self) -> str:
        if self.at >= len(self.tokens) or self.tokens[self.at][0] != "word":
            raise SoqlError(
                "MALFORMED_QUERY",
                "unexpected end of query" if self.at >= len(self.tokens) else f"unexpected token: '{self.tokens[self.at][1]}'",
            )
        self.at += 1
        return self.tokens[self.at - 1][1]

    # ---- grammar ----
    def query(self, *, nested: bool) -> Query:
        self.need("SELECT")
        paths: list[str] = []
        is_count = False
        while True:
            if self.peek("COUNT", "FIELDS"):
                name = self.word()
                self.need("(")
                inside = "" if self.peek(")") else self.word()
                self.need(")")
                if name.upper() == "FIELDS":
                    raise SoqlError("MALFORMED_QUERY", "FIELDS() is not served here; name the fields")
                is_count = inside == ""
            else:
                paths.append(self.word())
            if not self.take(","):
                break
        self.need("FROM")
        named = self.word()
        entity = next((o for o in OBJECTS if o.lower() == named.lower()), None)
        if entity is None:
            raise SoqlError(
                "INVALID_TYPE",
                f"sObject type '{named}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' "
                f"after the entity name.",
            )
        query = Query(entity, is_count=is_count)
        query.columns = [(p, *self.resolve(query, p)) for p in paths]
        if self.take("WHERE"):
            query.where = self.any_of(query)
        if self.take("ORDER"):
            self.need("BY")
            orders = []
            while True:
                relation, f = self.resolve(query, self.word())
                direction = "DESC" if self.take("DESC") else "ASC"
                self.take("ASC")
                nulls = "FIRST" if direction == "ASC" else "LAST"
                if self.take("NULLS"):
                    nulls = "FIRST" if self.take("FIRST") else "LAST"
                    if nulls == "LAST":
                        self.need("LAST")
                orders.append(f"{_name(relation, f)} {direction} NULLS {nulls}")
                if not self.take(","):
                    break
            query.order = ", ".join(orders)
        if self.take("LIMIT"):
            query.limit = self.whole()
        if self.take("OFFSET"):
            query.offset = self.whole()
        return query

    def whole(self) -> int:
        kind, text = self.tokens[self.at] if self.at < len(self.tokens) else ("", "<EOF>")
        if kind != "number" or "." in text or text.startswith("-"):
            raise SoqlError("MALFORMED_QUERY", f"unexpected token: '{text}'")
        self.at += 1
        return int(text)

    def resolve(self, query: Query, path: str) -> tuple[str, Field]:
        """(relation or "", field) of a dotted path; the relation is joined to the query."""
        entity, relation, name = query.entity, "", path
        if path.count(".") > 1:
            raise SoqlError("INVALID_FIELD", f"relationship '{path}' goes deeper than one parent here")
        if "." in path:
            head, name = path.split(".")
            reference = next((f for f in OBJECTS[entity] if f.refers and (f.name.removesuffix("Id")).lower() == head.lower()), None)
            if reference is None:
                raise SoqlError(
                    "INVALID_FIELD",
                    f"\n{self.text[:80]}\nERROR at Row:1:Column:1\nDidn't understand relationship '{head}' in field path. If you are "
                    f"attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name.",
                )
            relation = reference.name.removesuffix("Id")
            query.joins[relation] = (reference.refers, reference.name)
            entity = reference.refers
        found = next((f for f in OBJECTS[entity] if f.name.lower() == name.lower()), None)
        if found is None:
            raise SoqlError(
                "INVALID_FIELD",
                f"\n{self.text[:80]}\n       ^\nERROR at Row:1:Column:8\nNo such column '{name}' on entity '{entity}'. If you are "
                f"attempting to use a custom field, be sure to append the '__c' after the custom field name.",
            )
        return relation, found

    def any_of(self, query: Query) -> str:
        parts = [self.all_of(query)]
        while self.take("OR"):
            parts.append(self.all_of(query))
        return " OR ".join(parts) if len(parts) == 1 else "(" + " OR ".join(parts) + ")"

    def all_of(self, query: Query) -> str:
        parts = [self.term(query)]
        while self.take("AND"):
            parts.append(self.term(query))
        return " AND ".join(parts)

    def term(self, query: Query) -> str:
        if self.take("NOT"):
            return f"NOT ({self.term(query)})"
        if self.take("("):
            inner = self.any_of(query)
            self.need(")")
            return f"({inner})"
        relation, f = self.resolve(query, self.word())
        name = _name(relation, f)
        negated = self.take("NOT")
        if self.take("IN"):
            return f"{name} {'NOT ' if negated else ''}IN ({self.members(query, f)})"
        if negated:
            raise SoqlError("MALFORMED_QUERY", "unexpected token: 'NOT'")
        if self.take("LIKE"):
            query.args.append(self.value(f))
            return f"{name} LIKE ? ESCAPE '\\'"
        kind, op = self.tokens[self.at] if self.at < len(self.tokens) else ("", "<EOF>")
        if kind != "op" or op not in _COMPARE:
            raise SoqlError("MALFORMED_QUERY", f"unexpected token: '{op}'")
        self.at += 1
        value = self.value(f)
        if value is None:
            if op not in {"=", "!=", "<>"}:
                raise SoqlError("MALFORMED_QUERY", f"'{op}' does not go with null")
            return f"{name} IS {'' if op == '=' else 'NOT '}NULL"
        query.args.append(value)
        if op in {"!=", "<>"}:
            return f"({name} <> ? OR {name} IS NULL)"
        return f"{name} {_COMPARE[op]} ?"

    def members(self, query: Query, f: Field) -> str:
        self.need("(")
        if self.peek("SELECT"):
            inner = self.query(nested=True)
            if len(inner.columns) != 1:
                raise SoqlError("MALFORMED_QUERY", "a semi-join selects exactly one field")
            relation, column = inner.columns[0][1:]
            query.args.extend(inner.args)
            self.need(")")
            condition = f" WHERE {inner.where}" if inner.where else ""
            return f"SELECT {_name(relation, column)} FROM {inner.tables()}{condition}"
        marks = []
        while True:
            query.args.append(self.value(f))
            marks.append("?")
            if not self.take(","):
                break
        self.need(")")
        return ", ".join(marks)

    def value(self, f: Field) -> Any:
        if self.at >= len(self.tokens):
            raise SoqlError("MALFORMED_QUERY", "unexpected end of query")
        kind, text = self.tokens[self.at]
        self.at += 1
        if kind == "string":
            if f.type in {"boolean", "int", "double", "currency", "date", "datetime"}:
                raise SoqlError(
                    "INVALID_FIELD",
                    f"value of filter criterion for field '{f.name}' must be of type {f.type} and should not be enclosed in quotes",
                )
            plain = re.sub(r"\\(.)", lambda m: _ESCAPES.get(m.group(1), m.group(1)), text[1:-1])
            return id18(plain) if f.type in {"id", "reference"} and len(plain) == 15 else plain
        if kind == "time":
            if f.type != "datetime":
                raise SoqlError("INVALID_FIELD", f"value of filter criterion for field '{f.name}' must be of type {f.type}")
            return stamp(instant(re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", text)))
        if kind == "date":
            if f.type != "date":
                raise SoqlError("INVALID_FIELD", f"value of filter criterion for field '{f.name}' must be of type dateTime")
            return text
        if kind == "number":
            if f.type not in {"int", "double", "currency"}:
                raise SoqlError("INVALID_FIELD", f"value of filter criterion for field '{f.name}' must be of type {f.type}")
            return float(text)
        upper = text.upper()
        if upper == "NULL":
            return None
        if upper in {"TRUE", "FALSE"}:
            return int(upper == "TRUE")
        return self.literal(upper, f)

    def literal(self, upper: str, f: Field) -> str:
        day = self.now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        name, _, number = upper.partition(":")
        back = {"TODAY": 0, "YESTERDAY": 1, "TOMORROW": -1}.get(name, int(number) if name == "LAST_N_DAYS" and number else None)
        if back is None:
            raise SoqlError("MALFORMED_QUERY", f"unexpected token: '{upper}'")
        at = day - timedelta(days=back)
        return at.date().isoformat() if f.type == "date" else stamp(at)


def _name(relation: str, f: Field) -> str:
    return f'"{relation}"."{f.name}"' if relation else f't."{f.name}"'
