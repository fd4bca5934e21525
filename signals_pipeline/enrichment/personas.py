"""Who of a company's people we want to talk to: level × function of the profile, best first.

people of a search (ids, titles) → `ranked` → candidates of a wanted level, those of a wanted function first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from signals_pipeline.rules.profile import Enrichment
from signals_pipeline.rules.titles import classify

# the vendor's own level words, used when the title does not say
_VENDOR_LEVELS = (
    ("c_suite", r"\bc[-_ ]?(level|suite|xo)\b|\bcxo\b|chief"),
    ("vp", r"\bvp\b|vice president"),
    ("director", r"director"),
    ("manager", r"manager"),
)


@dataclass(frozen=True)
class Candidate:
    """A person as the search shows one: no name, no address."""

    people_id: str
    title: str | None
    level: str
    department: str | None
    has_function: bool


def level_of(title: str | None, vendor_level: str | None = None) -> str | None:
    """Level by title, else by the vendor's word."""
    found, _ = classify(title)
    if found:
        return found
    text = (vendor_level or "").lower()
    return next((level for level, pattern in _VENDOR_LEVELS if re.search(pattern, text)), None)


def ranked(people: Iterable[Mapping[str, Any]], rules: Enrichment) -> list[Candidate]:
    """Candidates in the order in which money is spent on them; the same for the same people in any order."""
    found: dict[str, tuple[tuple[Any, ...], Candidate]] = {}
    for person in people:
        people_id = str(person.get("peopleId") or person.get("id") or person.get("personId") or "")
        title = _text(person, "title", "jobTitle")
        level = level_of(title, _text(person, "level", "jobLevel"))
        if not people_id or level not in rules.levels or person.get("hasEmail") is False:
            continue
        _, department = classify(title)
        words = f"{title or ''} {_text(person, 'function', 'jobFunction') or ''} {department or ''}".casefold()
        place = next((i for i, f in enumerate(rules.functions) if f.casefold() in words), len(rules.functions))
        candidate = Candidate(people_id, title, level, department, place < len(rules.functions))
        found[people_id] = ((not candidate.has_function, rules.levels.index(level), place, people_id), candidate)
    return [candidate for _, candidate in sorted(found.values(), key=lambda pair: pair[0])]


def _text(person: Mapping[str, Any], *names: str) -> str | None:
    for name in names:
        value = person.get(name)
        if isinstance(value, list):
            value = " ".join(str(v) for v in value)
        if isinstance(value, str) and value.strip():
            return value.strip()
    return None
