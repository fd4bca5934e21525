"""Rounds by their name, and grants, in a sentence.

sentence + its amounts → `named_round` → Round | None. Shares sold without such a name: `shares.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from signals_pipeline.extract.amounts import Amount
from signals_pipeline.extract.firms import RUN
from signals_pipeline.extract.rounds import round_type
from signals_pipeline.extract.sentences import Sentence

_ROUND = re.compile(
    r"^\s*(?:in\s+)?(?P<name>series [a-j](?:-?\d)?(?: extension)?|(?:pre-)?seed|growth(?: equity)?|venture|bridge|strategic|equity|"
    r"preferred(?: stock)?)?\s*"
    r"(?:private |equity |preferred stock |preferred |funding |stock )*(?:financing|round|investment round|funding|growth investment)\b",
    re.IGNORECASE,
)
_ROUND_OF = re.compile(
    r"\b(?P<name>series [a-j](?:-?\d)?(?: extension)?|(?:pre-)?seed|growth equity|venture)\s+(?:(?:preferred stock|equity|preferred|"
    r"funding) )*"
    r"(?:financing|round|funding)\b[^.;$]{0,50}\b(?:of|for|totaling|raising|raised)\s+(?:approximately |up to |an aggregate of )*$",
    re.IGNORECASE,
)
_RAISED = re.compile(r"\b(?:clos(?:ed|ing)|completed|raised?|announc(?:ed|ing)|secured|received|consummated)\b", re.IGNORECASE)
_GRANT_OF = re.compile(
    r"\bgrants?\b[^.;$]{0,60}\b(?:of|for|totaling|worth)\s+(?:approximately |up to )*$|\baward(?:ed)?\b[^.;$]{0,40}\bgrant\b[^.;$]{0,40}$",
    re.I,
)
_GRANT = re.compile(r"^\s*(?:federal |research |government |cash )*grant\b", re.IGNORECASE)
_STOCK_GRANT = re.compile(r"\b(?:stock|shares?|options?|equity|units?|rsus?|director|employee|officer)\b", re.IGNORECASE)
_LED_BY = re.compile(rf"\b(?:co-)?led by (?P<who>{RUN})")


@dataclass(frozen=True)
class Round:
    """Money for shares, or given. `kind`: the seed's enum."""

    amount: Amount
    kind: str
    investors: str | None = None


def named_round(sentence: Sentence, amounts: list[Amount]) -> Round | None:
    """ "closed a $40 million Series B financing led by A", "received a grant of $2 million": the round by its name."""
    words = sentence.text
    if not _RAISED.search(words):
        return None
    for amount in amounts:
        before, after = words[max(0, amount.start - 120) : amount.start], words[amount.end : amount.end + 90]
        if not _STOCK_GRANT.search(words) and (_GRANT_OF.search(before) or _GRANT.match(after)):
            return Round(amount, "grant")
        found = _ROUND_OF.search(before) or _ROUND.match(after)
        if found and (found["name"] or re.search(r"\b(?:funding|equity|investment)\b", found[0], re.IGNORECASE)):
            lead = _LED_BY.search(words)
            name = (found["name"] or "").strip()
            return Round(amount, round_type(name) if name else "unknown", re.split(r",\s|\s+and\s", lead["who"])[0] if lead else None)
    return None
