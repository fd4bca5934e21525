"""One sentence of item 5.02 → the changes it tells: names masked, patterns of arrival and departure, and what refuses them.

sentence + names → `changes_in` → [Change]. Does not belong here: what other sentences add (`officer_details.py`), the words
(`officer_patterns.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from signals_pipeline.extract.dates import month_end
from signals_pipeline.extract.officer_cues import nearest_cues
from signals_pipeline.extract.officer_details import Change, best_title, effective_day, is_insider, is_old, lead_date, respective, titles_of
from signals_pipeline.extract.officer_mask import Masked, readings_of
from signals_pipeline.extract.officer_patterns import (
    ADVISORY,
    ARRIVALS,
    BIOGRAPHY,
    COMMITTEE_SEAT,
    DEPARTURES,
    ELECT_TO_DO,
    FIRM_SERVICE,
    HON,
    HYPOTHETICAL,
    IMMEDIATELY,
    NOT,
    PAST,
    PAST_LEAD,
    RENAMINGS,
    SCOPE,
    SEAT,
    TAKEN_BACK,
    TRANSITION,
)
from signals_pipeline.extract.people import Name, Roster
from signals_pipeline.extract.sentences import Sentence
from signals_pipeline.extract.titles_in_text import title_at

_ELSEWHERE = re.compile(
    r"\s+(?:\w+ )?(?:position|role|job|post|opportunity)\b[^.;,]{0,20}?\b(?:elsewhere|outside|(?:with|at) (?:an?|another)\b)"
)


def changes_in(
    sentence: Sentence,
    names: list[Name],
    roster: Roster,
    reported_on: date | None,
    firms: frozenset[str],
    known: frozenset[str] | None = None,
    before: str = "",
) -> Iterator[Change]:
    """Changes of a sentence, each person once per direction. `known`: who needs no cue (already told); None: cues do not count.
    `before`: the sentence before, which may say of a list that it is about the board."""
    if not names or ELECT_TO_DO.search(sentence.text):
        return
    is_story = bool(BIOGRAPHY.search(sentence.text)) or is_old(sentence.text, reported_on)
    spoken: set[tuple[int, str]] = set()
    for masked in readings_of(sentence.text, names):
        for direction, patterns in (("in", ARRIVALS), ("out", DEPARTURES), ("scope", RENAMINGS)):
            for pattern in patterns:
                for match in pattern.finditer(masked.text):
                    yield from _told(masked, match, direction, sentence, names, roster, spoken, firms, reported_on, is_story=is_story)
    is_prose = re.search(r"[.;,:]$|: |\band$", sentence.text)  # a heading repeats what the text tells
    if known is not None and is_prose and not is_story and not PAST_LEAD.search(sentence.text):
        told_of = {n for n, _ in spoken}
        silent = {n for n, name in enumerate(names) if n not in told_of and not name.is_short and name.full_name not in known}
        is_seat = SEAT.search(sentence.text) or (":" in sentence.text and SEAT.search(before))
        for masked in readings_of(sentence.text, names):
            for direction, match in nearest_cues(masked.text, silent - {n for n, _ in spoken}):
                cues = _told(masked, match, direction, sentence, names, roster, spoken, firms, reported_on, is_story=is_story)
                yield from (replace(c, title=c.title or "Director") for c in cues if c.title or is_seat)
    scope = SCOPE.search(sentence.text)
    if scope and not spoken and not names[0].is_short:
        title = title_at(sentence.text, names[0].end)
        yield Change(names[0].full_name, "scope", sentence, scope[0], title, None, lead_date(sentence.text), True, True)


def _told(
    masked: Masked, match: re.Match[str], direction: str, sentence: Sentence, names: list[Name], roster: Roster,
    spoken: set[tuple[int, str]], firms: frozenset[str], reported_on: date | None, *, is_story: bool,
) -> Iterator[Change]:  # fmt: skip
    """The changes of one match: of nobody when the clause is refused, else of each person in its bracket."""
    text = masked.text
    numbers = [n for n in (int(n.strip("s")) for n in match["who"].split()) if (n, direction) not in spoken]
    if not numbers or _is_past(text, match, reported_on) or _refused(text, match, direction, [names[n] for n in numbers], is_story):
        return
    if direction == "in" and _elsewhere(text, match.start("verb"), firms):
        return
    if direction == "out" and _from_elsewhere(text, match.end("verb"), firms):
        return
    way, titles = direction, titles_of(text, match, direction)
    moved = TRANSITION.match(text, match.start("verb")) if direction == "out" else None
    if moved and (new := title_at(text, moved.end())):  # leaves one chair for another: stays
        way, titles = "scope", [new]
    if titles is None:
        return
    each = respective(text, match, len(numbers))
    for position, n in enumerate(numbers):
        full = roster.resolve(names[n])
        if full is None:
            continue
        spoken.add((n, direction))
        title = each[position] if each else best_title(titles) or masked.own.get(n)
        yield Change(
            full, way, sentence, match["verb"].strip(), title, effective_day(text, match), lead_date(sentence.text),
            bool(re.search(r"promot|elevat", match["verb"])) or is_insider(text, match),
            bool(IMMEDIATELY.search(text)),
        )  # fmt: skip


def _is_past(masked: str, match: re.Match[str], reported_on: date | None) -> bool:
    """The clause dates itself into an earlier year or month: "was appointed in March 2021", "who resigned in 2019"."""
    told = (
        PAST.match(masked, match.end("verb"))
        or PAST.match(masked, max(match.end("verb"), match.end("who") + 1))
        or PAST_LEAD.search(masked[: match.start()])
    )
    if told is None or reported_on is None:
        return bool(re.search(r"\bhaving (?:previously )?$|\bpreviously $", masked[: match.start("verb")]))
    last = month_end(f"{told['month'] or 'December'} {told['year']}")
    return last is not None and (reported_on - last).days > 120


def _refused(masked: str, match: re.Match[str], direction: str, people: list[Name], is_story: bool) -> bool:
    """Sentences that speak of a change without making one."""
    if NOT.search(masked[: match.start("verb")]) or (direction == "out" and TAKEN_BACK.search(masked)):
        return True
    if direction == "out" and COMMITTEE_SEAT.match(masked[max(match.end(), match.end("verb")) :]):
        return True
    if direction == "in" and "serving" in match["verb"] and re.search(r"\bceas\w+\b", masked[: match.start("verb")]):
        return True  # "ceased serving as A and began serving as B": told by the departure
    if (
        direction == "in"
        and re.search(rf"\b(?:succeed\w*|replac\w*) {HON}$", masked[: match.start("who") - 1])
        and re.match(r"\s+as\b", masked[match.end("who") + 1 :])
    ):
        return match.start("verb") > match.end("who")  # "A will succeed B as treasurer and will join the board": A joins
    if direction == "in" and re.search(r"\barrangements? or understandings?\b", masked[: match.start("verb")]):
        return True  # "no arrangement between A and any other person under which she was selected"
    if direction == "in" and ADVISORY.match(masked[max(match.end(), match.end("verb")) :]):
        return True
    if re.search(r"\bsince (?:the |his |her )?$", masked[: match.start("verb")]):
        return True  # "open since the death of A": told before
    short = all(p.is_short for p in people)
    between = masked[match.end("who") + 1 : match.start("verb")] if match.start("verb") > match.end("who") else ""
    after = masked[match.end("verb") : match.end("verb") + 90]
    if short and (is_story or HYPOTHETICAL.search(masked)):
        return True
    if (
        re.search(r"\b(?:if|unless|in the event|upon any|prior to any)\b", masked[: match.end("verb")], re.IGNORECASE)
        and direction == "out"
    ):
        return True
    if is_story and direction == "in" and not re.search(r"\bBoard\b|\bCompany\b|\bRegistrant\b|\bannounced\b", masked):
        return True
    if is_story and direction == "out" and short:
        return True
    if direction == "in" and re.match(
        r"\s*(?:\u27e7)?\s*(?:as )?an? (?:\"?[Ss]ection 16\"? )?executive officer\b", masked[max(match.end(), match.end("verb")) :]
    ):
        return True
    if (
        re.search(
            r"\b(?:until|following|upon|after|before|despite|since|through)\s+(?:the )?$", masked[: match.start("verb")], re.IGNORECASE
        )
        and short
    ):
        return True
    if re.match(r"(?:left|leav)", match["verb"]) and not re.match(
        r"\s+(?:the |his |her |their |our |its |as |at |on |in |by |effective|from|for an?\b|to pursue|employment|[A-Z])|\.?$", after
    ):
        return True
    if (
        re.match(r"join|accepted|succe|assum|becom|became|serving|now", match["verb"].split()[-1])
        and short
        and not re.search(r"\b(?:will|to) ", masked[max(0, match.start("verb") - 6) : match.end("verb")])
    ):
        return True
    if direction == "in" and re.search(
        r"\b(?:resign|retir|leav|depart|step)\w*\b[^,;.]{0,40}\bto (?:\w+ )?$",
        masked[: match.start("verb")] + match["verb"][: match["verb"].find(" ") + 1],
    ):
        return True  # "is resigning to become": the chair of another company
    if direction == "in" and re.search(r"\b(?:another|a different|other) (?:[\w-]+ ){0,3}company\b", masked[match.end("verb") :][:120]):
        return True
    if direction == "in" and "accept" in match["verb"] and _ELSEWHERE.match(masked[match.end("verb") :]):
        return True
    if direction == "in" and re.search(r"\b[Ee]meritus\b", masked[match.end("verb") :][:90]):
        return True
    if match["verb"] == "left" and after.startswith(" by"):  # "filling the vacancy left by B": A comes
        return True
    if "his successor" in after or re.search(r"\b(?:was|is|were) formerly\b|\bwas previously\b|\bhad previously\b", between):
        return True
    if direction == "out" and re.search(
        r"\bmandatory\b|\bretirement (?:plan|benefit|age|income)", masked[match.start("verb") : match.end("verb") + 30]
    ):
        return True
    return bool(FIRM_SERVICE.search(after[:60]))


def _elsewhere(masked: str, at: int, firms: frozenset[str]) -> bool:
    """A seat at another company: "as a director of Acme Steel", when the registrant is not Acme Steel."""
    found = re.search(r"\b(?:directors?|officers?|president) of ((?:[A-Z][\w&'-]*\s?)+)", masked[at : at + 140])
    if not found or not firms:
        return False
    words = [w.lower().strip("'s.,") for w in found[1].split()]
    generic = {"company", "registrant", "corporation", "board", "directors", "bank", "issuer"}
    return (
        bool(words) and not set(words) & generic and not set(words) <= firms and not (len(words) == 1 and any(words[0] in f for f in firms))
    )


def _from_elsewhere(masked: str, at: int, firms: frozenset[str]) -> bool:
    """ "resigned from Beta Corp": another employer's chair."""
    found = re.match(r"\s+from ((?:[A-Z][\w&'.-]*,?\s?)+)", masked[at : at + 100])
    words = {w.lower().strip("'s.,") for w in found[1].split()} if found else set()
    return bool(firms and words) and not words & (firms | {"company", "registrant", "corporation", "board", "bank"})
