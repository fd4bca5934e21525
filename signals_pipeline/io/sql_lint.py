"""Lints the dbt project for SQL that some engine does not have, or reads differently without saying so (DuckDB, Postgres, Spark).

dbt_project/{models,tests,macros} → comments, literals and Jinja blanked → rules → findings `path:line: rule: what to do`.
Macros under `macros/cross_db` hold the engines' own bodies and are left out; so is the lake macro.
Run alone: python -m signals_pipeline.io.sql_lint [folder]
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
ENGINE_BODIES = ("macros/cross_db/", "macros/lake.sql")


@dataclass(frozen=True)
class Finding:
    place: str
    line: int
    rule: str
    advice: str

    def __str__(self) -> str:
        return f"{self.place}:{self.line}: {self.rule}: {self.advice}"


@dataclass(frozen=True)
class Rule:
    name: str
    pattern: re.Pattern[str]
    advice: str


def _rule(name: str, pattern: str, advice: str) -> Rule:
    return Rule(name, re.compile(pattern, re.IGNORECASE | re.DOTALL), advice)


# judged on SQL without comments, string literals and Jinja
RULES = (
    _rule("qualify", r"\bqualify\b", "number the rows in a subquery and filter outside"),
    _rule("distinct_on", r"\bdistinct\s+on\b", "use row_number() = 1"),
    _rule("group_by_all", r"\bgroup\s+by\s+all\b", "name the columns"),
    _rule("asof", r"\basof\b", "join on a span of days"),
    _rule("unnest", r"\bunnest\s*\(", "no arrays in models"),
    _rule("star_tricks", r"\*\s*(?:exclude|replace|except)\s*\(", "name the columns"),
    _rule("quoted_identifier", r'"[A-Za-z_]', "use plain lower-case names"),
    _rule("timestamptz", r"\btimestamptz\b|\btimestamp\s+with\s+time\s+zone\b", "instants are UTC without a zone"),
    _rule("clock", r"\b(?:now|today|getdate)\s*\(|\bcurrent_(?:date|timestamp|time)\b|\blocaltime(?:stamp)?\b", "use to_day()"),
    _rule("division", r"(?<![/*])/(?![/*])", "divide by ratio(): cast and null for zero"),
    _rule("float_type", r"\bas\s+(?:float|real|double(?:\s+precision)?)\b|::", "use double_type() and cast()"),
    _rule("concat", r"(?<![\w.])concat\s*\(", "use dbt.concat over coalesced text: a null differs by engine"),
    _rule("regexp_replace", r"\bregexp_replace\s*\(", "use replace_all()"),
    _rule("aggregate_text", r"\b(?:string_agg|listagg|array_agg|group_concat|list)\s*\(", "use list_text()"),
    _rule("day_of_week", r"\bextract\s*\(\s*(?:dow|isodow)\b|\bdayofweek\s*\(", "the first day differs by engine; use date_trunc('week')"),
    _rule("date_difference", r"\b(?:datediff|date_diff)\s*\(|\bage\s*\(", "use days_between()"),
    _rule("interval", r"\binterval\b(?!\s+(?:day|hour|minute|second)\b)", "write interval '7' day, or use add_days()"),
    _rule("json", r"\bjson_extract\w*\s*\(|->>?|#>>", "use json_text()"),
    _rule("lake_path", r"\bread_parquet\s*\(|\bfrom\s+raw\.", "read the lake through lake() or raw()"),
    _rule("float_average", r"\bavg\s*\(", "doubles add up differently by thread; use ratio(sum(), count()) of integers or numerics"),
)
_MD5 = re.compile(r"\bmd5\s*\(", re.IGNORECASE)
_NEWEST = re.compile(r"\bmax\s*\(\s*(?:\w+\.)?dt\s*\)", re.IGNORECASE)
_NULLABLE_ORDER = re.compile(r"\border\s+by\b", re.IGNORECASE)
_NULLABLE = {
    "known_at", "occurred_at", "pulled_at", "payload", "employees", "amount", "amount_usd", "intent_score", "done_at",
    "extractor_version", "into_company_id",
}  # fmt: skip


def lint(folder: Path = PROJECT) -> list[Finding]:
    """Findings of every .sql below models, tests and macros of a dbt project, in path and line order."""
    found: list[Finding] = []
    for part in ("models", "tests", "macros"):
        for path in sorted((folder / part).rglob("*.sql")):
            place = path.relative_to(folder).as_posix()
            if not place.startswith(ENGINE_BODIES):
                found += lint_text(path.read_text(encoding="utf-8"), place)
    for path in sorted((folder / "models").rglob("*.yml")):
        found += lint_yaml(path.read_text(encoding="utf-8"), path.relative_to(folder).as_posix())
    return found


def lint_yaml(text: str, place: str = "model.yml") -> list[Finding]:
    """Names that become relations: dbt makes a relation per unit test, and Postgres holds 63 characters."""
    _, _, tests = text.partition("\nunit_tests:")
    start = _line(text, len(text) - len(tests))
    names = ((n, line[len("  - name: ") :].strip()) for n, line in enumerate(tests.split("\n")) if line.startswith("  - name: "))
    return [Finding(place, start + n, "long_name", f"{name}: at most 63 characters") for n, name in names if len(name) > 63]


def lint_text(text: str, place: str = "model.sql") -> list[Finding]:
    """Findings of one file's raw SQL (with Jinja)."""
    plain = blanked(text)
    found = [Finding(place, _line(plain, m.start()), r.name, r.advice) for r in RULES for m in r.pattern.finditer(plain)]
    found += [Finding(place, _line(plain, m.start()), "md5", "make keys with key()") for m in _MD5.finditer(plain)]
    found += _newest_without_day(text, place)
    found += _open_null_order(plain, place)
    found += _repeated_alias(plain, text, place)
    return sorted(found, key=lambda f: (f.line, f.rule))


def blanked(text: str) -> str:
    """The text with comments, string literals and Jinja replaced by blanks of the same length; lines stay where they are.

    A Jinja expression becomes blanks too: macros are where engines may differ.
    """
    pattern = r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'"
    return re.sub(pattern, lambda m: re.sub(r"[^\n]", " ", m.group()), text, flags=re.DOTALL)


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


def _newest_without_day(text: str, place: str) -> Iterator[Finding]:
    """The newest partition must be the newest one up to the run's day: `max(dt) from` a lake relation needs `<= to_day()`."""
    for m in _NEWEST.finditer(text):
        rest = text[m.end() : m.end() + 300]
        scope = rest.split(")\n")[0] if ")\n" in rest else rest
        if re.search(r"^\s*from\s*\{\{\s*(?:raw|lake)\(", scope) and "to_day()" not in scope:
            yield Finding(place, _line(text, m.start()), "newest_dt", "max(dt) of the lake needs dt <= to_day()")


def _open_null_order(plain: str, place: str) -> Iterator[Finding]:
    """Ordering by a column that may be null must say where nulls go: engines differ. The list of such columns is this module's."""
    for m in _NULLABLE_ORDER.finditer(plain):
        for item, offset in _items(plain, m.end()):
            words = item.split()
            name = words[0].split(".")[-1].lower() if words else ""
            if name in _NULLABLE and "nulls" not in item.lower():
                yield Finding(place, _line(plain, offset), "null_order", f"order by {name}: say nulls first or nulls last")


def _items(plain: str, start: int) -> Iterator[tuple[str, int]]:
    """The comma-separated items of an ORDER BY up to its closing parenthesis, frame clause or end."""
    depth, begin, at = 0, start, start
    while at < len(plain):
        c = plain[at]
        if c == "(":
            depth += 1
        elif c == ")":
            if depth == 0:
                break
            depth -= 1
        elif c == "," and depth == 0:
            yield plain[begin:at], begin
            begin = at + 1
        elif depth == 0 and re.match(r"\b(?:rows|range|limit)\b", plain[at : at + 6], re.IGNORECASE) and plain[at - 1].isspace():
            break
        at += 1
    yield plain[begin:at], begin


def _repeated_alias(plain: str, raw: str, place: str) -> Iterator[Finding]:
    """A computed column used again beside its own definition (lateral alias): Postgres refuses it."""
    for select in re.finditer(r"\bselect\b(.*?)(?=\bfrom\b|\bselect\b|\Z)", plain, re.IGNORECASE | re.DOTALL):
        made: set[str] = set()
        for item, offset in _items(select.group(1), 0):
            as_written = raw[select.start(1) + offset : select.start(1) + offset + len(item)].rpartition(" as ")[0]
            body, _, alias = item.rpartition(" as ")
            for name in made & set(re.findall(r"(?<![\w.])(\w+)\b(?!\s*\()", body or item)):
                yield Finding(place, _line(plain, select.start(1)), "lateral_alias", f"{name} is used beside its own definition")
            name = alias.strip()
            # a column that keeps its name (`cast(x as date) as x`) is no new one
            if body and re.fullmatch(r"\w+", name) and not re.search(rf"(?<!\w){name}\b", as_written):
                made.add(name)


def main(arguments: list[str]) -> int:
    found = lint(Path(arguments[0]) if arguments else PROJECT)
    sys.stdout.writelines(f"{f}\n" for f in found)
    sys.stdout.write(f"{len(found)} findings\n")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
