"""A sentence with its people as numbers, so that patterns see who does what: ⟦0⟧ a person, ⟦0 1⟧ a list, ⟦s0⟧ a short form ("Mr. Example").

sentence + names → `readings_of` → [Masked]: the sentence as it stands, and once more for each person whose verb stands before another
("appointed A as chief executive, and B as treasurer" also reads "appointed B as treasurer").
Does not belong here: what the verbs are (`officer_patterns.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from signals_pipeline.extract.officer_patterns import HON
from signals_pipeline.extract.people import Name
from signals_pipeline.extract.titles_in_text import title_at

_ONE = re.compile(r"\u27e6([\ds ]+)\u27e7")
_JOINT = re.compile(rf"\u27e7(?:,? and |, (?:and )?|; | or ){HON}\u27e6")
_NEXT = re.compile(rf"^(?P<own>(?:\s\([^()]{{1,40}}\))?(?:,\s[^\u27e6\u27e7;]{{2,120}}?)?)(?:,|;)?(?:\s+and)?\s+{HON}$")
_TOGETHER = re.compile(
    r"^(?P<own>(?:,\s[^\u27e6\u27e7;]{2,120}?)?),?\s+(?:each|both|all|have|had|were|are|would|will|shall|jointly|(?:have |"
    r"will )?(?:each|both|all))\b"
)
_BOTH = re.compile(r"^(?P<own>,\s[^\u27e6\u27e7;]{2,120}?),\s+[a-z]")
_VERB_LEFT_OUT = re.compile(
    r"^(?:\s\([^()]{1,40}\))?(?:,\s[^\u27e6\u27e7;]{2,90}?,)?,?\s*(?:as|to (?:serve as|be|become|the|its|our|fill))\b"
)
_OWN_VERB = re.compile(
    r"\b(?:was|were|has|have|had|will|would|is|are|who|which|whose|appoint|elect(?:ed|s)?\b|named|resign|retir(?!ed \w)|succeed|replac|"
    r"join|"
    r"pursuant)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Masked:
    """`own`: titles that stand beside a name in a list of people who do one thing together."""

    text: str
    own: dict[int, str] = field(default_factory=dict)


def readings_of(sentence: str, names: list[Name]) -> list[Masked]:
    """The masked sentence first, then the readings with the verb put back. Bounded by the number of names."""
    text, at = "", 0
    for number, name in enumerate(names):
        text += sentence[at : name.start] + f"\u27e6{'s' if name.is_short else ''}{number}\u27e7"
        at = name.end
    whole = _together(_JOINT.sub(" ", text + sentence[at:]))
    return [whole, *(Masked(t, whole.own) for t in _verb_put_back(whole.text))]


def _together(text: str) -> Masked:
    """ "A, the chief executive, and B, the treasurer, each ...": one bracket, and each one's title."""
    marks = list(_ONE.finditer(text))
    own: dict[int, str] = {}
    for first in range(len(marks) - 1):
        chain, titles = [marks[first]], []
        for before, mark in zip(marks[first:], marks[first + 1 :], strict=False):
            link = _NEXT.match(text[before.end() : mark.start()])
            if link is None or not (title := _title(link["own"])):
                break
            titles.append(title)
            chain.append(mark)
        end_of_list = _BOTH if re.search(rf"\b(?:both|each of)\s+{HON}$", text[: chain[0].start()]) else _TOGETHER
        done = end_of_list.match(text[chain[-1].end() :]) if len(chain) > 1 else None
        if done is None or not (last := _title(done["own"])):
            continue
        for mark, title in zip(chain, [*titles, last], strict=True):
            own |= {int(n.strip("s")): title for n in mark[1].split()}
        joint = " ".join(m[1] for m in chain)
        end = chain[-1].end() + done.end("own")
        return Masked(f"{text[: chain[0].start()]}\u27e6{joint}\u27e7{text[end:]}", own)
    return Masked(text, own)


def _title(beside: str) -> str | None:
    """The title in ", age 51, the Company's Chief Financial Officer"."""
    bare = re.sub(r"^(?:\s\([^()]*\))?,?\s*(?:age \d\d,?\s*|\d\d,\s*)?(?:(?:who|which) [^,]{0,30}?\b(?:as|is)\s+)?", "", beside)
    return title_at(bare, 0) if bare else None


def _says_title(behind: str) -> bool:
    """ "appointed A President of the Company and B Treasurer": the title stands right behind the name."""
    return bool(re.match(r"\s+(?:the |our |its )?[A-Z]", behind) and title_at(behind, 0))


def _is_described(behind: str) -> bool:
    """ "terminated A, its counsel, and B, its treasurer.": a description up to the end, and no verb of the person's own."""
    told = re.match(r"((?:\s\([^()]{1,40}\)|,\s[^\u27e6\u27e7;.]{2,120}))(?:[.;]|$)", behind)
    return bool(told and not _OWN_VERB.search(told[1]))


def _verb_put_back(text: str) -> list[str]:
    """Readings for people who share the verb of the person named before them."""
    found: list[str] = []
    marks = list(_ONE.finditer(text))
    opening = 0  # where the person stands whose verb is shared
    for before, mark in pairwise(marks):
        between = text[before.end() : mark.start()]
        shares = (
            re.search(rf"(?:[,;]\s|\s)(?:and\s+)?{HON}$", between)
            and not re.search(r"\w\s+(?:with|by|from|of|for|to|succeed\w*|replac\w*)\s+{HON}$", between)
            and (re.search(r"\b(?:as|to)\b", between) or _NEXT.match(between) or _says_title(between))
            and not _OWN_VERB.search(between)
            and (
                _VERB_LEFT_OUT.match(text[mark.end() :])
                or (_says_title(between) and _says_title(text[mark.end() :]))
                or _is_described(text[mark.end() :])
            )
        )
        if not shares:
            opening = mark.start()
            continue
        start = opening or before.start()
        opening = start
        found.append(text[:start] + text[mark.start() :])
    return found
