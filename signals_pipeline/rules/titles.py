"""A job title → (level, department), by the rows of the seed `title_levels`.

title → cut other people's titles → vice presidents out of the way → most senior level word; earliest department word.
Does not belong here: personas (a seed of their own), names of people.
Try it: `python -m signals_pipeline.rules.titles "SVP, Sales"`.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import cache
from typing import NamedTuple

from signals_pipeline.errors import Permanent
from signals_pipeline.rules.seeds import seed

LEVELS = ("c_suite", "vp", "director", "manager")
DEPARTMENTS = ("technology", "sales", "marketing", "operations", "finance", "hr")
_KINDS = ("cut", "drop", "level", "level_uk", "level_small", "level_large", "department", "department_weak")
SMALL_FIRM = 50  # section 10.3: partners of firms this small are owners
LARGE_FIRM = 200  # above it "head of" is a vice president


class _Rule(NamedTuple):
    kind: str
    value: str
    pattern: re.Pattern[str]


def _pattern(words: str) -> re.Pattern[str]:
    """Whole words, spaces and hyphens alike; `*` stands for one to five words."""
    filler = r"(?:[\w&/,'-]+[\s-]+){1,5}?"
    text = filler.join(re.sub(r"\\?[ -]+", r"[\\s-]+", re.escape(part)) for part in words.split("* "))
    return re.compile(rf"(?<![\w&]){text}(?![\w&])", re.IGNORECASE)


@cache
def _rules() -> tuple[_Rule, ...]:
    rules = []
    for number, row in enumerate(seed("title_levels"), 2):
        kind, value, words = row["kind"] or "", row["value"] or "", row["words"] or ""
        allowed = LEVELS if kind.startswith("level") else DEPARTMENTS if kind.startswith("department") else ("",)
        if kind not in _KINDS or value not in allowed or not words:
            raise Permanent(f"title_levels.csv:{number}: kind {kind!r} with value {value!r} is not known")
        rules.append(_Rule(kind, value, _pattern(words)))
    return tuple(rules)


def _of(kind: str) -> list[_Rule]:
    return [r for r in _rules() if r.kind == kind]


def _own(title: str) -> str:
    """The part of a title that is about the person: what follows "assistant to" is somebody else's."""
    text = unicodedata.normalize("NFKC", title).replace("\u2019", "'")
    text = re.sub(r"\.(?=\w\.)|(?<=\b\w)\.", "", text)  # V.P. → VP, C.E.O. → CEO
    for rule in _of("cut"):
        if found := rule.pattern.search(text):
            text = text[: found.start()] + (" chief of staff" if "staff" in found.group().lower() else "")
    for rule in _of("drop"):
        text = re.sub(rule.pattern.pattern + r"\s+[\w ]+", " ", text, flags=re.IGNORECASE)
    return text


@cache
def classify(title: str | None, *, country: str | None = None, employees: int | None = None) -> tuple[str | None, str | None]:
    """(level, department) of a title; None where the title does not say.

    country: ISO 3166 alpha-2 of the employer ("managing director" is the chief executive in GB, a grade elsewhere).
    employees: size of the employer; decides "partner" (under 50: owner) and "head of" (over 200: vice president).
    """
    if not title or not title.strip():
        return None, None
    text = _own(title)
    return _level(text, country, employees), _department(text)


def _level(text: str, country: str | None, employees: int | None) -> str | None:
    found: set[str] = set()
    rest = text
    for rule in _of("level"):
        if rule.value == "vp":  # taken out first, so that "vice president" is no president
            rest, hits = rule.pattern.subn(" ", rest)
            found |= {"vp"} if hits else set()
    if country == "GB" and any(r.pattern.search(rest) for r in _of("level_uk")):
        found.add("c_suite")
    if employees is not None and employees < SMALL_FIRM and any(r.pattern.search(rest) for r in _of("level_small")):
        found.add("c_suite")
    if employees is not None and employees > LARGE_FIRM and any(r.pattern.search(rest) for r in _of("level_large")):
        found.add("vp")
    found |= {r.value for r in _of("level") if r.value != "vp" and r.pattern.search(rest)}
    return next((level for level in LEVELS if level in found), None)


def _department(text: str) -> str | None:
    """The department word that stands first; of two at the same place the longer phrase."""
    hits = [(m.start(), -len(m.group()), r.value) for r in _of("department") if (m := r.pattern.search(text))]
    if hits:
        return min(hits)[2]
    return next((r.value for r in _of("department_weak") if r.pattern.search(text)), None)


if __name__ == "__main__":
    for given in sys.argv[1:]:
        sys.stdout.write(f"{given}: {classify(given)}\n")
