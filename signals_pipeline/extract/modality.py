"""Is it done, planned, or only said? A rumour never becomes a dated fact.

sentence (+ effective date, day of knowing) → `modality_of` → done | planned | rumour.
"""

from __future__ import annotations

import re
from datetime import date

from signals_pipeline.extract.event import Modality

_RUMOUR = re.compile(
    r"\breportedly\b|\bpeople familiar\b|\brumou?r|\bis considering\b|\bare considering\b|\bmay (?:acquire|sell|merge|raise)\b|"
    r"\bin (?:preliminary |early |advanced )?(?:talks|discussions) (?:to|with|about)\b|\bexploring (?:a|the) (?:sale|acquisition)\b|"
    r"\bspeculation\b",
    re.IGNORECASE,
)
_PLANNED = re.compile(
    r"\bwill\b|\bshall\b|\bplans? to\b|\bintends?\b|\bintended\b|\bintent(?:ion)?\b|\bexpect(?:s|ed)? to\b|\bproposed?\b|\bproposal\b|"
    r"\bto be (?:appointed|acquired|effective)\b|\banticipates?\b|\bsubject to\b|\bagreed to\b|\bseeks? to\b|\bexpected\b|"
    r"\bupon consummation\b",
    re.IGNORECASE,
)


def modality_of(sentence: str, effective_on: date | None = None, known_on: date | None = None) -> Modality:
    """Rumour by its words; else the effective date decides when there is one; else the words."""
    if _RUMOUR.search(sentence):
        return "rumour"
    if effective_on is not None and known_on is not None:
        return "planned" if effective_on > known_on else "done"
    return "planned" if _PLANNED.search(sentence) else "done"
