"""Who is named in full in item 5.02 comes or goes nearly always: where no pattern says which, the nearest word of coming or going does.

masked sentence → `nearest_cues` → (direction, match with `who` and `verb`) for each person that no pattern has spoken of.
Does not belong here: what a clause must look like (`officer_patterns.py`), what refuses it (`officer_changes.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from signals_pipeline.extract.officer_patterns import CHAIR, HON, HYPOTHETICAL, NP, PAY

_GOING = (
    r"(?:resign\w*|retire[sd]?|retiring|retirement|depart(?:s|ed|ing|ure)|step(?:s|ped|ping)? (?:down|aside|back|away)|leav(?:e|es|ing)|"
    r"left|"
    r"ceas(?:e|es|ed|ing)|terminat(?:ed|es|ion)|remov(?:ed|al)|separat(?:ed|es|ion)|eliminat(?:ed|ion)|quit|relinquish\w*|vacat(?:ed|es|"
    r"ing)|"
    r"part(?:ed|ing) (?:company|ways)|death|died|passing|not (?:to )?(?:be )?(?:re-?)?nominat\w+|not (?:to )?stand|"
    r"not (?:be )?re-?appoint\w*|"
    r"dismiss(?:ed|al)|discharg(?:ed|es)|ousted|released|stood down|standing down|exits?|exited|last day|(?:has |have |will )?end(?:ed|"
    r"s)?|comes? to an end|concluded?|expire[sd]?)"
)
_COMING = (
    r"(?:appoint(?:s|ed|ing|ment)|elect(?:s|ed|ing|ion)|named|naming|hir(?:ed|es|ing)|promot(?:ed|es|ing|ion)|join(?:s|ed|ing)|"
    r"becom(?:e|es|ing)|"
    r"became|select(?:ed|s|ion)|designat(?:ed|es|ing)|co-?opt(?:s|ed|ing)?|seat(?:ed)?|install(?:ed|s)|elevat(?:ed|es)|recruit(?:ed|s)|"
    r"engag(?:ed|es)|retained|chosen|chose|picked|tapped|offer of employment|admitted|(?:will|shall) (?:serve|act) as|"
    rf"(?:tak(?:en|es|ing)|took|given|assum(?:ed|es|ing)|fill(?:ed|s|ing)?)\b(?=[^\u27e6\u27e7;.]{{0,60}}\b(?:{CHAIR}|vacanc(?:y|ies))\b)|"
    rf"place\b[^\u27e6\u27e7;.]{{0,60}}?\b(?:taken|filled)|succeed(?:s|ed)?|successor)"
)
# the person stands beside the change, and is not the one who changes
_BYSTANDER = re.compile(
    rf"\b(?:reports?|reporting|reported|answers?|responsible|according|(?:addressed|letter|notice)(?= to)|employed by|son|"
    rf"daughter|brother|sister|wife|husband|spouse|cousin|related|controlled|owned|beneficial\w*|managed|founded|affiliate\w*|designee|"
    rf"nominee|"
    rf"other than|except|including) (?:by |to |of |for |with )?(?:[\w'’.,-]+ ){{0,8}}?{HON}$",
    re.IGNORECASE,
)
_NO_NEWS = re.compile(
    r"\b(?:arrangements? or understandings?|family relationships?|Item 404|related (?:party|person)|indemnif\w+|disagreements? with|"
    r"press release|search firm|beneficial(?:ly)?|was a party)\b",
    re.IGNORECASE,
)
_SUCCEEDED = re.compile(
    rf"\b(?:succe\w+|replac\w+|follow\w*|in (?:the )?place of|behalf of)\s+(?:[\w'’.,-]+ ){{0,6}}?{HON}$", re.IGNORECASE
)
_GOES_ON = re.compile(r"\bcontinu|\bagreement\b|\bremain", re.IGNORECASE)  # who "will serve as" under an agreement may serve already
_REACH = 170  # characters between a person and the word that tells
_BEFORE = {
    way: re.compile(
        rf"\b(?<!\ba )(?<!\ban )(?<!former )(?P<verb>{words}|^(?i:{words})(?=:))\b(?P<gap>[^\u27e6\u27e7;]{{0,{_REACH}}}?){HON}{NP}"
    )
    for way, words in (("out", _GOING), ("in", _COMING))
}
_BEHIND = {
    way: re.compile(rf"{NP}(?P<gap>[^\u27e6\u27e7;]{{0,{_REACH}}}?)\b(?<!\ba )(?<!\ban )(?<!former )(?P<verb>{words}|^(?i:{words})(?=:))\b")
    for way, words in (("out", _GOING), ("in", _COMING))
}


def nearest_cues(masked: str, silent: set[int]) -> Iterator[tuple[str, re.Match[str]]]:
    """For each bracket with people of `silent` (numbers), the one word of coming or going that stands nearest; none in doubt."""
    if HYPOTHETICAL.search(masked) or PAY.search(masked) or _NO_NEWS.search(masked):
        return
    before = {way: {m.start("who"): m for m in pattern.finditer(masked)} for way, pattern in _BEFORE.items()} if silent else {}
    for bracket in re.finditer(NP, masked) if silent else ():
        if not any(number in silent for number in (int(n) for n in bracket["who"].split() if n.isdigit())):
            continue
        if _BYSTANDER.search(masked[: bracket.start()]):
            continue
        is_succeeded = bool(_SUCCEEDED.search(masked[: bracket.start()]))  # "succeed B": B is told of behind, or not at all
        told: list[tuple[int, str, re.Match[str]]] = []
        for way in ("out", "in"):
            if (ahead := before[way].get(bracket.start("who"))) and not is_succeeded:
                told.append((len(ahead["gap"]) + (40 if ":" not in ahead["gap"] and re.search(r"\bby\b", ahead["gap"]) else 0), way, ahead))
            if behind := _BEHIND[way].match(masked, bracket.start()):
                told.append((len(behind["gap"]), way, behind))
        told = [t for t in told if not (t[2]["verb"].endswith("as") and _GOES_ON.search(masked))]
        if told:
            _, way, match = min(told, key=lambda each: each[0])
            yield way, match
