"""One sentence of item 5.02 → the changes it tells: names masked, patterns of arrival and departure, and what refuses them.

sentence + names → `changes_in` → [Change]. Does not belong here: what other sentences add (`officer_details.py`), the words
(`officer_patterns.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from signals_pipeline.extract.officer_details import Change, best_title, effective_day, is_old, lead_date, titles_of
from signals_pipeline.extract.officer_patterns import (
    ARRIVALS,
    BIOGRAPHY,
    DEPARTURES,
    ELECT_TO_DO,
    FIRM_SERVICE,
    HON,
    HYPOTHETICAL,
    SCOPE,
    TRANSITION,
)
from signals_pipeline.extract.people import Name, Roster
from signals_pipeline.extract.sentences import Sentence
from signals_pipeline.extract.titles_in_text import title_at


def _mask(sentence: str, names: list[Name]) -> str:
    """Names replaced by their number in brackets; a list of names becomes one bracket."""
    text, at = "", 0
    for number, name in enumerate(names):
        text += sentence[at : name.start] + f"\u27e6{'s' if name.is_short else ''}{number}\u27e7"
        at = name.end
    text += sentence[at:]
    joint = re.compile(rf"\u27e7(?:,? and |, (?:and )?|; | or ){HON}\u27e6")
    return joint.sub(" ", text)


def changes_in(sentence: Sentence, names: list[Name], roster: Roster, reported_on: date | None, firms: frozenset[str]) -> Iterator[Change]:
    if not names or ELECT_TO_DO.search(sentence.text):
        return
    masked = _mask(sentence.text, names)
    is_story = bool(BIOGRAPHY.search(sentence.text)) or is_old(sentence.text, reported_on)
    spoken: set[tuple[int, str]] = set()
    for direction, patterns in (("in", ARRIVALS), ("out", DEPARTURES)):
        for pattern in patterns:
            for match in pattern.finditer(masked):
                numbers = [int(n.strip("s")) for n in match["who"].split()]
                people = [names[n] for n in numbers if (n, direction) not in spoken]
                way = direction
                moved = TRANSITION.match(masked, match.start("verb")) if direction == "out" else None
                if not people or _refused(masked, match, direction, people, is_story):
                    continue
                if direction == "in" and _elsewhere(masked, match.start("verb"), firms):
                    continue
                if direction == "out" and _from_elsewhere(masked, match.end("verb"), firms):
                    continue
                titles = titles_of(masked, match, direction)
                if moved and (new := title_at(masked, moved.end())):  # leaves one chair for another: stays
                    way, titles = "scope", [new]
                if titles is None:
                    continue
                for name in people:
                    full = roster.resolve(name)
                    if full is None:
                        continue
                    spoken.add((names.index(name), direction))
                    yield Change(
                        full, way, sentence, match["verb"].strip(), best_title(titles), effective_day(masked, match),
                        lead_date(sentence.text), bool(re.search(r"promot|elevat", match["verb"])),
                        bool(re.search(r"effective\s+(?:immediately|today|(?:as of |on )?(?:the )?(?:same|such|that) date)|"
                            r"with immediate effect", masked, re.IGNORECASE)),
                    )  # fmt: skip
    scope = SCOPE.search(sentence.text)
    if scope and not spoken and not names[0].is_short:
        title = title_at(sentence.text, names[0].end)
        yield Change(names[0].full_name, "scope", sentence, scope[0], title, None, lead_date(sentence.text), True, True)


def _refused(masked: str, match: re.Match[str], direction: str, people: list[Name], is_story: bool) -> bool:
    """Sentences that speak of a change without making one."""
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
        r"\s+(?:the |his |her |their |our |its |as |effective|from|to pursue|employment|[A-Z])", after
    ):
        return True
    if (
        re.match(r"join|accepted|succe|assum|becom|became", match["verb"].split()[-1])
        and short
        and not re.search(r"(?:will|to) ", match["verb"])
    ):
        return True
    if "his successor" in after or re.search(r"\bformerly\b|\bwas previously\b|\bhad previously\b", between):
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
