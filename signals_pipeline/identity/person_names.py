"""A person's name as a key: first and last name, folded; titles, middle names and generations taken off.

"Dr. Robert J. Smith Jr." and "SMITH, Robert" → "robert smith". None when only one name is known: too little to say who it is.
"""

from __future__ import annotations

import re
from functools import lru_cache

from signals_pipeline.identity.names import fold

_TITLES = frozenset((
    "mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "sir", "dame", "lord", "lady", "hon", "rev", "fr",
    "judge", "capt", "col", "gen", "lt", "maj", "sgt",
))  # fmt: skip
_AFTER = frozenset((
    "jr", "sr", "ii", "iii", "iv", "v", "phd", "md", "jd", "mba", "cpa", "cfa", "esq", "dds", "dvm", "rn", "pe",
    "obe", "mbe", "cbe", "kc", "qc", "llb", "llm", "msc", "bsc", "ba", "ma",
))  # fmt: skip
_PARTICLES = frozenset((
    "van", "von", "der", "den", "de", "del", "della", "di", "da", "dos", "du", "la", "le", "el", "al", "bin", "ibn",
    "ter", "ten", "st", "san",
))  # fmt: skip


@lru_cache(maxsize=500_000)
def person_key(full: str | None, first: str | None = None, last: str | None = None) -> str | None:
    """First and last name of a person; `full` is read when the two are not given apart."""
    given, family = _words(first), _words(last)
    if not (given and family):
        text = full or ""
        if text.count(",") == 1 and (sides := text.split(",")) and _words(sides[1]) and not set(_words(sides[1])) <= _AFTER:
            text = f"{sides[1]} {sides[0]}"
        words = _words(text)
        if len(words) < 2:
            return None
        start = len(words) - 1
        while start > 1 and words[start - 1] in _PARTICLES:
            start -= 1
        given, family = words[:start], words[start:]
    return f"{given[0]} {' '.join(family)}"


def _words(text: str | None) -> list[str]:
    plain = re.sub(r"\([^)]*\)|\"[^\"]*\"", " ", fold(text or "").replace("’", "'").replace("'", ""))
    words = [w for w in re.split(r"[^\w-]+", plain.replace(".", " ").replace("ph d", "phd")) if w.strip("-_")]
    while words and words[0] in _TITLES:
        words = words[1:]
    while len(words) > 1 and words[-1] in _AFTER:
        words = words[:-1]
    return words
