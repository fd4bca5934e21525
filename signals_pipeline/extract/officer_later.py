"""What later sentences of an item add to a change: title, effective day, that the person was with the company before.

change + item's sentences → `follow`; days that the item names → `by_name`. Does not belong here: the change's own sentence
(`officer_details.py`).
"""

from __future__ import annotations

import re
from datetime import date

from signals_pipeline.extract.dates import find_dates
from signals_pipeline.extract.officer_details import CUT_POSITION, Change
from signals_pipeline.extract.officer_patterns import BIOGRAPHY, DATE
from signals_pipeline.extract.sentences import Sentence
from signals_pipeline.extract.titles_in_text import title_at

_PRONOUN = re.compile(r"\W*(?:His|Her|He|She)\b")  # speaks of whom the sentence before names
_CHAIRS_BEFORE = {  # direction → what points back to the sentence before, how that one names the chair
    "out": (re.compile(r"^\W*(?:As a result|Accordingly|In connection)\b"), CUT_POSITION),
    "in": (
        re.compile(r"\b(?:this|that) (?:position|role|post)\b"),
        re.compile(r"\b(?:position|role|office|post) of (?:the )?(?=[A-Z])((?s:.+))"),
    ),
}


def complete(first: Change, later: Change) -> None:
    if first.title in (None, "Director") and later.title:
        first.title = later.title if later.title != "Director" or first.title is None else first.title
    first.effective_on = first.effective_on or later.effective_on
    first.is_immediate = first.is_immediate or later.is_immediate


def follow(change: Change, everything: list[Sentence]) -> None:
    """What later sentences about the same person add: title, effective date, that they were with the company before."""
    last = re.escape(re.sub(r",?\s+(?:Jr|Sr|II|III|IV)\.?$", "", change.name).split()[-1])
    noun = "resignation|retirement|departure|separation" if change.direction == "out" else "appointment|election|promotion|hiring"
    going = "leave|depart|retire|resign|step down" if change.direction == "out" else "assume|begin|commence|start|join"
    namesakes = {n for s in everything for n in re.findall(rf"\b([A-Z][a-z]+ (?:[A-Z]\. )?){last}\b( I+\b)?", s.text)}
    shared = (
        len(
            {
                n
                for n in namesakes
                if not re.match(r"(?:General|Admiral|Messrs|Director|Chairman|President|Officer|Professor|Mr|Ms)\b", n[0])
            }
        )
        > 1
    )
    about = [
        s
        for s, before in zip(everything, [None, *everything], strict=False)
        if re.search(rf"\b{last}\b", s.text)
        or (
            _PRONOUN.match(s.text)
            and before
            and (re.search(rf"\b{last}\b", before.text) or re.search(r"\b(?:she|he|her|his)\b", before.text))
        )
    ]
    for s in about:
        is_replaced = change.verb.startswith(("succeed", "replac", "to "))  # has the chair that the other one takes
        if change.title is None and change.direction == "out" and not is_replaced and re.search(rf"\b{last}\b", s.text):
            change.title = _title_elsewhere(s.text, last)
        if change.direction == "in" and re.search(rf"\bre-?elected\b[^.;]*\b{last}\b", s.text):
            change.is_internal = True
        if s.start < change.sentence.start:
            continue
        is_story = BIOGRAPHY.search(s.text) and not re.search(
            rf"\b(?:will|is expected to) (?:{going})\b|\b(?:He|She|{last}) (?:{going})s\b|\blast day\b|\bremain in (?:post|office)\b|"
            r"\btakes (?:office|up)\b",
            s.text,
        )
        if change.effective_on is None and not change.is_immediate and s is not change.sentence and not is_story:
            if shared and change.name not in s.text:
                continue
            named = re.search(
                rf"(?:(?:{noun})\b[^.;]{{0,60}}\beffective\b[^.;]{{0,30}}?|(?:(?:will|is expected to|to) (?:{going})|(?:He|She|"
                rf"{last}) (?:{going})s|"
                rf"(?:He|She|{last}) (?:takes|will take) (?:office|up (?:his|her|the) \w+))\b[^.;]{{0,80}}?\b(?:on|"
                rf"effective|until)\s+(?:or (?:about|around) )?|\b(?:last|first) day\b[^.;]{{0,60}}?\b(?:is|was|will be|"
                rf"to be)\s+(?:on )?)(?P<d>{DATE})",
                s.text,
            )
            if named and find_dates(named["d"]):
                change.effective_on = find_dates(named["d"])[0].day
            elif re.search(rf"(?:{noun})\b[^.;]{{0,40}}\beffective immediately", s.text):
                change.is_immediate = True
            elif change.direction == "out" and (
                kept := re.search(
                    rf"\b(?:remain|continue|stay)s? (?:with the (?:Company|Registrant)|in (?:post|office|(?:his|her|their) "
                    rf"(?:current |present )?"
                    rf"(?:role|position|post)))\b[^.;]{{0,40}}\b(?:until|through) (?P<d>{DATE})",
                    s.text,
                )
            ):
                change.effective_on = find_dates(kept["d"])[0].day if find_dates(kept["d"]) else None
        if (
            change.direction == "in"
            and re.search(
                r"\b(?:continue to serve|has served as (?:the |our )?(?:Company's|Registrant's)|currently serves? as|has been (?:the |"
                r"our )?(?:Company's|Registrant's)|"
                r"joined (?:the Company|us|the Registrant|[A-Z]\w+) in (?:\w+ )?(?:19|20)\d\d|existing (?:role|position|compensation) as|"
                r"an independent director of the (?:Registrant|Company)|since joining|"
                r"(?:has|had) served as[^.;]{0,60}of the (?:Company|"
                r"Registrant)|promoted|is (?:the )?[^.;]{0,60}of the (?:Company|Registrant)'s)\b",
                s.text,
            )
            and not re.search(r"[Pp]rior to joining|, who will continue", s.text)
        ):
            change.is_internal = True


def _title_elsewhere(text: str, last: str) -> str | None:
    """What a departing person was, from another sentence: served as T; Name, T; succeeds Name as T."""
    for pattern in (
        rf"\bsucce\w+ [^;]{{0,30}}\b{last} as\s+",
        rf"\b{last}\b[^.;]{{0,60}}\b(?:serv(?:ed|ing|es)|position|role|was|been)\s+as\s+",
        rf"\b{last}(?: had been| has been| was),?\s+(?:the |our |its )?(?=[A-Z])",
        rf"\b{last},\s+",
    ):
        found = re.search(pattern, text)
        if found and (title := title_at(text, found.end())):
            return title
    return None


def day_of_all(everything: list[Sentence]) -> date | None:
    """The day of all changes of an item: "The changes take effect on November 1, 2017."."""
    for s in everything:
        told = re.search(
            r"\b(?:changes?|appointments|promotions|resignations|departures|moves)\b"
            r"(?:[^.;]{0,40}?|[^.;]{0,90}?\b(?:all|each) of which[^.;]{0,30}?)\b(?:effect(?:ive)?|occur)\b"
            rf"(?: as of| on| from)?\s+(?P<d>{DATE})",
            s.text,
        ) or re.match(
            rf"\W*Effective(?: as of| on)? (?P<d>{DATE}),[^.;]*\bfollowing (?:\w+ )?(?:changes|appointments|promotions)\b", s.text
        )
        if told and (days := find_dates(told["d"])):
            return days[0].day
    return None


def defined_days(text: str) -> dict[str, date]:
    """Days that get a name: 'effective March 27, 2026 (the "Separation Date")'."""
    found = re.finditer(
        rf"(?P<d>{DATE})[^.;()]{{0,20}}\((?:the|such date,? the|such date being the) \"(?P<name>[A-Z][\w ]{{0,40}}Date)\"", text
    )
    return {m["name"].lower(): days[0].day for m in found if (days := find_dates(m["d"]))}


def by_name(change: Change, days: dict[str, date]) -> None:
    """The effective day when the sentence gives it by its name: "effective as of the Separation Date"."""
    if change.effective_on is None and not change.is_immediate:
        told = re.search(
            r"\b(?:effective|commencing|beginning|until|through|as of|on)\b[^.;]{0,30}?\bthe ([A-Z][\w ]{0,40}Date)\b", change.sentence.text
        )
        change.effective_on = days.get(told[1].lower()) if told else None


def chair_before(change: Change, everything: list[Sentence]) -> None:
    """The chair that the sentence before names: "The position of T was eliminated. As a result, A will leave", "We created the position
    of T. A has accepted our offer for this position".
    """
    if change.title is not None or change.direction not in _CHAIRS_BEFORE:
        return
    points_back, chair = _CHAIRS_BEFORE[change.direction]
    if not points_back.search(change.sentence.text):
        return
    before = [s for s in everything if s.end <= change.sentence.start]
    told = chair.search(before[-1].text) if before else None
    change.title = title_at(next(t for t in told.groups() if t), 0) if told else None


def own_day(change: Change, everything: list[Sentence], reported_on: date | None) -> None:
    """ "Effective immediately" without a day beside it: the one recent day told of the same person; of several none is chosen."""
    if not change.is_immediate or change.decided_on is not None or reported_on is None:
        return
    last = re.escape(re.sub(r",?\s+(?:Jr|Sr|II|III|IV)\.?$", "", change.name).split()[-1])
    about = [s for s in everything if re.search(rf"\b{last}\b", s.text)]
    days = {
        d.day for s in about for d in find_dates(s.text) if 0 <= (reported_on - d.day).days <= 60 or -30 <= (reported_on - d.day).days < 0
    }
    if len(days) == 1:
        change.decided_on = days.pop()
    elif days:
        change.is_immediate = False
