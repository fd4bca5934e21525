"""Item 5.02 (and releases of the same): who comes, who goes, as what, from when.

item text → sentences → changes (`officer_changes.py`) → completed by later sentences (`officer_details.py`) → one Event per
person and direction.
Not a change: pay arrangements ((e) and (f) alone), elections by vote, biographies, what would happen "if".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from signals_pipeline.extract.dates import find_dates, near_report
from signals_pipeline.extract.event import Event, Person
from signals_pipeline.extract.modality import modality_of
from signals_pipeline.extract.officer_changes import changes_in
from signals_pipeline.extract.officer_details import Change
from signals_pipeline.extract.officer_later import by_name, chair_before, complete, day_of_all, defined_days, follow, own_day
from signals_pipeline.extract.officer_lists import listed_changes
from signals_pipeline.extract.officer_patterns import AFTER_EVENT, AGREED_ROLE, CONTINUES, LETTERS, PAY, SEAT_TO_FILL, STARTS, VOTE
from signals_pipeline.extract.people import Roster, find_people, last_name
from signals_pipeline.extract.sentences import Sentence, sentences


def read_officers(
    text: str, start: int, end: int, *, known_on: date | None, reported_on: date | None, firms: frozenset[str] = frozenset(),
    heading: str = "", strict: bool = False,
) -> tuple[list[Event], str | None]:  # fmt: skip
    """Events of an item and, when there are none, why. `strict`: outside item 5.02, where only named appointments by the company count."""
    roster = Roster(text)
    lettered = list(_lettered(text, start, end, heading))
    parts = [s for s, letters in lettered if not letters or letters - {"e", "f"}]
    marks = set[str]().union(*(letters for _, letters in lettered))
    everything = sentences(text, start, end)
    changes: dict[tuple[str, str], Change] = {}
    days = defined_days(text[start:end])
    voted, last_day = False, reported_on
    told_day: date | None = None
    first_day: date | None = None
    said = ""
    for sentence in parts:
        names = [n for n in find_people(sentence.text, firms) if roster.is_person(n, sentence.text)]
        for name in names:
            roster.add(name)
        if VOTE.search(sentence.text) and not re.search(
            r"\bsole (?:stock|share|unit)?(?:holder|member)|\bwritten consent|\bBoard\b[^.;]{0,120}\b(?:appoint|elect)ed\b|\bresign|"
            r"\bretire|not (?:to )?(?:stand|(?:be )?(?:re-?)?nominat)",
            sentence.text,
        ):
            voted = voted or bool(re.search("elect", sentence.text, re.IGNORECASE))
            continue
        known = None if strict else frozenset(name for name, _ in changes)
        for change in changes_in(sentence, names, roster, reported_on, firms, known, said):
            if (
                change.effective_on is None
                and change.decided_on
                and re.search(rf"\b{re.escape(change.verb)}\b[^.;]{{0,60}}\b(?:that|such|the same) da(?:y|te)\b", sentence.text)
            ):
                change.effective_on = change.decided_on
            if change.decided_on is None and (same := _SAME_DAY.search(sentence.text)):
                before = [d for d in find_dates(sentence.text[: same.start()]) if not re.search(r"\bsince $", sentence.text[: d.start])]
                change.decided_on = before[-1].day if before else last_day if same.start() else first_day or last_day
                change.effective_on = change.effective_on or (change.decided_on if same.start() else None)
            if change.is_immediate and change.decided_on is None and told_day and reported_on and 0 <= (reported_on - told_day).days <= 60:
                change.decided_on = told_day  # "effective immediately": the day told just before
            key = (change.name, change.direction)
            if key in changes:
                complete(changes[key], change)
            else:
                changes[key] = change
        said = said if re.match(r"\W*\w+: ", sentence.text) else sentence.text
        first_day = next((d.day for d in find_dates(sentence.text)), first_day)
        told_day = next((d.day for d in reversed(find_dates(sentence.text))), told_day)
        last_day = told_day or last_day
    if not strict:
        for change in listed_changes(parts, firms):
            if (change.name, change.direction) in changes:
                complete(changes[change.name, change.direction], change)
            else:
                changes[change.name, change.direction] = change
    together = day_of_all(everything)
    for change in changes.values():
        by_name(change, days)
        chair_before(change, everything)
        own_day(change, everything, reported_on)
        follow(change, everything)
        change.effective_on = change.effective_on or (together if not change.is_immediate else None)
        _inherited(change, changes)
    changes = {
        k: c
        for k, c in changes.items()
        if _starts_anew(c, text[start:end]) and (c.title or not (strict or c.verb in ("succeeding", "replacing")))
    }
    events = [_event(c, changes, known_on, reported_on, strict) for c in changes.values()]
    if events:
        return events, None
    whole = text[start:end]
    only_pay = (marks and marks <= {"e", "f"}) or PAY.search(whole)
    return [], "annual_election" if voted else "pay_arrangement_only" if only_pay else "no_pattern"


_SAME_DAY = re.compile(
    r"\W*(?:also )?(?:on|effective)(?: on| as of)? (?:the same|such|that) da(?:te|y)\b|"
    r"\b(?:effective|commencing|beginning|starting|with effect)?\s?(?:as of|on|from) (?:the same|such|that) da(?:te|y)\b|\b(?:that|"
    r"the same) da(?:y|te)\b",
    re.IGNORECASE,
)


def _lettered(text: str, start: int, end: int, heading: str) -> Iterator[tuple[Sentence, set[str]]]:
    """Sentences with the letters of the paragraph they stand under: "(b) On May 1 ..." opens (b) until the next letter."""
    letters = set(re.findall(r"\(([a-f])\)", heading))
    for sentence in sentences(text, start, end):
        opens_line = sentence.start == start or text[sentence.start - 1] == "\n" or not text[start : sentence.start].strip()
        if opens_line and (mark := LETTERS.match(sentence.text)):
            letters = set(re.findall(r"\(([a-f])\)", mark[1]))
        yield sentence, set(letters)


_TOLD = r"\b(?:inform|notif|announc|advis|report)"  # the day is that of the telling, not of the change
_PLACE_OF = (
    r"\b(?:succe\w+|replac\w+|follow(?:s|ed)?|tak\w+ over (?:from|for)|(?:vacanc\w+|positions?|roles?|seat) (?:left|vacated|created|"
    r"held) by|(?:in|takes? the|took the|in the) place of|remainder of|"
    r"(?:resignation|departure|retirement|death) of)\s+"
)

_FILLS = r"\bfill(?:s|ed|ing)? (?:[\w.]+\s+){0,3}[A-Z][\w'-]+'s? (?:\w+ )?(?:position|role|post|office)\b"


def _inherited(change: Change, changes: dict[tuple[str, str], Change]) -> None:
    """A title that the sentence gives to the other one: who is replaced leaves the chair that the successor takes."""
    leaver = re.search(
        r"\beffective (?:upon|on|as of|following) (?:\w+\.? )?(?P<last>[A-Z][\w'-]+)'s? (?:retirement|resignation|departure)",
        change.sentence.text,
    )
    if change.direction == "in" and change.effective_on is None and leaver:
        days = [c.effective_on for c in changes.values() if c.direction == "out" and last_name(c.name) == leaver["last"]]
        change.effective_on = days[0] if len(days) == 1 else None
    if change.title not in (None, "Director"):
        return
    if change.direction == "out":  # who leaves the board beside the office that a successor takes leaves the office
        whom = rf"(?:[\w.]+\s+){{0,3}}{re.escape(last_name(change.name))}\b"
        person = rf"{_PLACE_OF}{whom}"
        is_succeeded = re.search(rf"\b[Ss]ucce\w+ {whom}", change.sentence.text)
        before = [c for c in changes.values() if c.direction == "in" and c.title and c.sentence.start <= change.sentence.start]
        for other in sorted(before, key=lambda c: (last_name(c.name) not in change.sentence.text, -c.sentence.start)):
            if change.title == "Director" and (other.title == "Director" or not is_succeeded):
                continue
            if re.search(person, other.sentence.text) or re.search(person, change.sentence.text):
                change.title = re.sub(r"^(?:Interim|Acting) ", "", other.title or "") or None
                if change.verb.startswith(("to ", "succeed", "replac")):  # told by the successor's clause alone
                    change.effective_on = other.effective_on
                return
    if (
        change.direction == "in"
        and change.title is None
        and re.search(
            rf"{_PLACE_OF}(?:him|her|them|\w+\.? )|\bin (?:his|her|their) (?:place|stead)\b|{_FILLS}|"
            r"\b(?:[Hh]is|[Hh]er|[Tt]heir) (?:duties|responsibilities|position|role|office)\b[^.;]{0,60}\b(?:assumed|filled|taken)\b",
            change.sentence.text,
        )
    ):
        gone = [c for c in changes.values() if c.direction == "out" and c.title]
        named = [
            c
            for c in gone
            if re.search(rf"(?:{_PLACE_OF}|\bfill\w* )(?:[\w.]+\s+){{0,3}}{re.escape(last_name(c.name))}\b", change.sentence.text)
        ]
        here = [c for c in gone if c.sentence.start == change.sentence.start]
        before = sorted((c for c in gone if c.sentence.start < change.sentence.start), key=lambda c: c.sentence.start)[-1:]
        chosen = named or here or before
        change.title = chosen[0].title if len(chosen) == 1 else None


def _starts_anew(change: Change, item: str) -> bool:
    """An agreement that gives somebody a role is an appointment when the item tells of a beginning, and of no going on."""
    if change.verb not in AGREED_ROLE:
        return True
    return bool(STARTS.search(item)) and not CONTINUES.search(change.sentence.text)


def _event(change: Change, changes: dict[tuple[str, str], Change], known_on: date | None, reported_on: date | None, strict: bool) -> Event:
    decided = near_report(change.decided_on, reported_on)
    if change.decided_on is None and change.effective_on and decided and change.effective_on < decided:
        decided = near_report(change.effective_on, reported_on)  # nobody says when it was decided: not after it was done
    effective = change.effective_on or (decided if change.is_immediate else None)
    future = re.search(
        r"\b(?:will|intends?|intent(?:ion)?|plans? to|agreed to|would|(?<!ceased )(?<!ceases )to be|expected|decision|decided)\b|"
        r"upon consummation",
        change.sentence.text,
    )
    if (
        effective is None
        and not future
        and change.decided_on
        and decided == change.decided_on
        and not re.search(_TOLD if change.direction == "in" else rf"{_TOLD}|\b(?:tender|submit|deliver|gave)", change.sentence.text)
        and f"who {change.verb}" not in change.sentence.text
        and not AFTER_EVENT.search(change.sentence.text)
    ):
        effective = decided
    words = change.sentence.text if effective is None else ""
    other_way = (change.name, "out" if change.direction == "in" else "in") in changes
    is_internal = change.is_internal or re.match(r"(?:\w+ )*becam", change.verb)
    coming = "reorganization" if other_way else "promotion" if is_internal else "new_hire"
    kind = {"out": "departure", "scope": "reorganization"}.get(change.direction, coming)
    modality = modality_of(words, effective, known_on) if effective else ("planned" if future else "done")
    first, last = _split(change.name)
    seat = re.search(
        r"\b(?:to|on|of|from|join\w*|le(?:ft|ave)) (?:the|our|its|both|[\w' ]{0,40}'s) [Bb]oards?\b|\bas (?:a |an )?(?:\w+ )?directors?\b|"
        r"\b(?:stand|seek|run|standing|seeking|nominated)(?:ing)?(?: for)? (?:re-?)?(?:election|nomination)\b",
        change.sentence.text,
    ) or SEAT_TO_FILL.search(change.sentence.text)
    title = change.title or ("Director" if seat and (change.direction == "in" or re.match(r"from|left|leav|.*election", seat[0])) else None)
    return Event(
        "executive_change", modality, occurred_on=decided, confidence=(0.75 if strict else 0.9) - (0.1 if title is None else 0.0),
        person=Person(change.name, first, last, title), change_type=kind, title=title, effective_on=effective,
        subject="out" if change.direction == "out" else "in", start=change.sentence.start, end=change.sentence.end, trigger=change.verb,
    )  # fmt: skip


def _split(name: str) -> tuple[str, str]:
    bare = re.split(r",", name)[0].split()
    while len(bare) > 2 and re.fullmatch(r"(?:Jr|Sr|II|III|IV)\.?", bare[-1]):
        bare.pop()
    return bare[0], bare[-1]


def merge(first: Event, second: Event) -> Event:
    """Two readings of one change in one document (item and release): the first, completed by the second."""
    return replace(first, title=first.title or second.title, effective_on=first.effective_on or second.effective_on)
