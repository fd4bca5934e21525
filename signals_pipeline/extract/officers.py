"""Item 5.02 (and releases of the same): who comes, who goes, as what, from when.

item text → sentences with names masked → patterns of arrival and departure → one Event per person and direction.
Not a change: pay arrangements ((e) and (f) alone), elections by vote, biographies, what would happen "if".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from signals_pipeline.extract.dates import find_dates
from signals_pipeline.extract.event import Event, Person
from signals_pipeline.extract.modality import modality_of
from signals_pipeline.extract.officer_patterns import (
    ARRIVALS,
    BIOGRAPHY,
    DATE,
    DEPARTURES,
    ELECT_TO_DO,
    FIRM_SERVICE,
    HON,
    HYPOTHETICAL,
    LETTERS,
    PAY,
    SCOPE,
    TRANSITION,
    VOTE,
)
from signals_pipeline.extract.people import Name, Roster, find_people
from signals_pipeline.extract.sentences import Sentence, sentences
from signals_pipeline.extract.titles_in_text import normal, title_at


@dataclass
class _Change:
    name: str
    direction: str
    sentence: Sentence
    verb: str
    title: str | None
    effective_on: date | None
    decided_on: date | None
    is_internal: bool
    is_immediate: bool


def read_officers(
    text: str, start: int, end: int, *, known_on: date | None, reported_on: date | None, firms: frozenset[str] = frozenset(),
    heading: str = "", strict: bool = False,
) -> tuple[list[Event], str | None]:  # fmt: skip
    """Events of an item and, when there are none, why. `strict`: outside item 5.02, where only named appointments by the company count."""
    roster = Roster()
    lettered = list(_lettered(text, start, end, heading))
    parts = [s for s, letters in lettered if not letters or letters - {"e", "f"}]
    marks = set[str]().union(*(letters for _, letters in lettered))
    everything = sentences(text, start, end)
    changes: dict[tuple[str, str], _Change] = {}
    voted, last_day = False, reported_on
    for sentence in parts:
        names = find_people(sentence.text, firms)
        for name in names:
            roster.add(name)
        if VOTE.search(sentence.text) and not re.search(
            r"\bBoard\b[^.;]{0,120}\b(?:appoint|elect)ed\b|\bresign|\bretire|not (?:to )?stand", sentence.text
        ):
            voted = voted or bool(re.search("elect", sentence.text, re.IGNORECASE))
            continue
        for change in _changes(sentence, names, roster, reported_on, firms):
            if change.decided_on is None and re.search(
                r"effective (?:as of |on )?(?:the same|such|that) date", sentence.text, re.IGNORECASE
            ):
                change.decided_on = change.effective_on = last_day
            key = (change.name, change.direction)
            if key in changes:
                _complete(changes[key], change)
            elif not strict or change.title:
                changes[key] = change
        last_day = next((d.day for d in reversed(find_dates(sentence.text))), last_day)
    for change in changes.values():
        _follow(change, everything)
    events = [_event(c, changes, known_on, reported_on, strict) for c in changes.values()]
    if events:
        return events, None
    whole = text[start:end]
    only_pay = (marks and marks <= {"e", "f"}) or PAY.search(whole)
    return [], "annual_election" if voted else "pay_arrangement_only" if only_pay else "no_pattern"


def _lettered(text: str, start: int, end: int, heading: str) -> Iterator[tuple[Sentence, set[str]]]:
    """Sentences with the letters of the paragraph they stand under: "(b) On May 1 ..." opens (b) until the next letter."""
    letters = set(re.findall(r"\(([a-f])\)", heading))
    for sentence in sentences(text, start, end):
        opens_line = sentence.start == start or text[sentence.start - 1] == "\n" or not text[start : sentence.start].strip()
        if opens_line and (mark := LETTERS.match(sentence.text)):
            letters = set(re.findall(r"\(([a-f])\)", mark[1]))
        yield sentence, set(letters)


def _mask(sentence: str, names: list[Name]) -> str:
    """Names replaced by their number in brackets; a list of names becomes one bracket."""
    text, at = "", 0
    for number, name in enumerate(names):
        text += sentence[at : name.start] + f"\u27e6{'s' if name.is_short else ''}{number}\u27e7"
        at = name.end
    text += sentence[at:]
    joint = re.compile(rf"\u27e7(?:,? and |, (?:and )?|; | or ){HON}\u27e6")
    return joint.sub(" ", text)


def _changes(sentence: Sentence, names: list[Name], roster: Roster, reported_on: date | None, firms: frozenset[str]) -> Iterator[_Change]:
    if not names or ELECT_TO_DO.search(sentence.text):
        return
    masked = _mask(sentence.text, names)
    is_story = bool(BIOGRAPHY.search(sentence.text)) or _is_old(sentence.text, reported_on)
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
                titles = _titles(masked, match, direction)
                if moved and (new := title_at(masked, moved.end())):  # leaves one chair for another: stays
                    way, titles = "scope", [new]
                if titles is None:
                    continue
                for name in people:
                    full = roster.resolve(name)
                    if full is None:
                        continue
                    spoken.add((names.index(name), direction))
                    yield _Change(
                        full, way, sentence, match["verb"].strip(), _best(titles), _effective(masked, match),
                        _lead_date(sentence.text), bool(re.search(r"promot|elevat", match["verb"])),
                        bool(re.search(r"effective\s+(?:immediately|today|(?:as of |on )?(?:the )?(?:same|such|that) date)|"
                            r"with immediate effect", masked, re.IGNORECASE)),
                    )  # fmt: skip
    scope = SCOPE.search(sentence.text)
    if scope and not spoken and not names[0].is_short:
        title = title_at(sentence.text, names[0].end)
        yield _Change(names[0].full_name, "scope", sentence, scope[0], title, None, _lead_date(sentence.text), True, True)


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


def _titles(masked: str, match: re.Match[str], direction: str) -> list[str] | None:
    """Titles that go with a change, those after the verb first; None when the only seat is on a committee."""
    anchor = max(match.end(), match.end("verb"))
    if match.start("verb") < match.start("who"):
        anchor = match.end("who") + 1
    tail = masked[anchor : anchor + 330]
    tail = re.sub(rf"(?:succeed(?:ing)?|replac(?:e|ing))\s+{HON}\u27e6[\ds ]+\u27e7", "succeed", tail)
    stop = re.search(r"\u27e6|;|\b(?:until such time|in order to|which occurred|There (?:is|are))\b", tail)
    tail = tail[: stop.start()] if stop and stop.start() > 3 else tail
    found, committee = [], False
    marks = (
        r"\b(?:as|to serve as|to be|to become|(?:to|of|from|in|into) the (?:newly created )?(?:position|role|office|"
        r"duties)s? (?:as|of)|(?:from|of) (?:his|her|their)(?: current)? (?:positions?|roles?|offices?|duties) (?:as|of|"
        r"on)|to|from|on|of)\s+"
    )
    if direction == "in":
        direct = (
            title_at(tail, 0)
            if re.match(r"\s+(?:(?:the|our|its|a|an)\s+)*(?:[A-Z(]|duties|acting|interim|principal|director)", tail)
            else None
        )
        if direct and (not re.match(r"\s+(?:The|On|In)\b", tail)):
            found.append(direct)
    for mark in re.finditer(marks, tail):
        words = tail[mark.end() :]
        if mark[0].strip() in ("of", "to", "on", "from") and re.match(
            r"of\s+(?!(?:the|our|its|his|her)\b)|(?:to|on|from)\s+(?!the\b|our\b|its\b|[\w ]{0,24}[Bb]oard\b|Chief|President|Executive|"
            r"Senior|Vice|Director|Chair|Group|Global)",
            mark[0] + words,
        ):
            continue
        committee = committee or bool(re.match(r"(?:the |our |its |a member of the )*(?:\w+(?: (?:and|&) \w+)? ){0,4}Committee", words))
        if (title := title_at(words, 0)) and title not in found:
            found.append(title)
    if found:
        return found
    if committee and direction == "in":
        return None
    return [t for t in [_apposition(masked, match)] if t]


def _apposition(masked: str, match: re.Match[str]) -> str | None:
    """ "Name, Title of the Company, ..." or "Title Name": the title at the name itself."""
    after = masked[match.end("who") + 1 :]
    if (lead := re.match(r"(?:,? (?:age )?\d{2}(?: years old)?)?,\s+(?:age \d{2},\s+|(?:who|which)[^,]{0,40}\s(?:as|is)\s+)?", after)) and (
        title := title_at(after, lead.end())
    ):
        return title
    before = masked[: match.start("who") - 1].rstrip()
    before = re.sub(r"(?:Mr|Ms|Mrs|Dr|General|Messrs)\.?$", "", before).rstrip(" ,")
    if found := re.search(
        r"(?:[Dd]irectors?|(?:(?:[A-Z][\w&-]+|and|of|,)\s){0,9}(?:Officer|President|Chairman|Chairwoman|Chair|Counsel|Controller|"
        r"Secretary|Treasurer|CEO|CFO|COO|CTO))$",
        before,
    ):
        return normal(found[0])
    return None


def _best(titles: list[str]) -> str | None:
    """The office before the board seat: a chief executive who also leaves the board leaves as chief executive."""
    return next((t for t in titles if t != "Director"), titles[0] if titles else None)


def _effective(masked: str, match: re.Match[str]) -> date | None:
    at = match.start("verb")
    patterns = (
        rf"(?:effective|effect)(?:\s+(?:as of|on|from|at the close of business on|upon|"
        rf"the close of business on))*[^.;\u27e6]{{0,70}}?\s(?P<d>{DATE})",
        rf"\b(?:as of|commencing(?: on| as of)?|beginning(?: on)?|starting(?: on)?|with effect from|on or about|on)\s+(?P<d>{DATE})",
    )
    for number, pattern in enumerate(patterns):
        if found := re.search(pattern, masked[at:] if number == 0 else re.split(r", on |, the |; ", masked[at : at + 260])[0]):
            return find_dates(found["d"])[0].day if find_dates(found["d"]) else None
    if found := re.match(rf"\W*(?:Also )?[Ee]ffective(?: as of| on)? (?P<d>{DATE})", masked) or re.search(
        rf"\beffective(?: as of| on)? (?P<d>{DATE})", masked[min(at, match.end("who")) : at]
    ):
        dates = find_dates(found["d"])
        return dates[0].day if dates else None
    return None


def _lead_date(sentence: str) -> date | None:
    """The day a sentence opens with: "On May 1, 2020, ...", "As previously announced, effective May 1, 2020, ..."."""
    opened = re.match(
        r"\W*(?:\([a-f]\)\W*)*(?:(?:as previously (?:disclosed|announced|reported)|also),?\s*)?(?:on|effective(?: as of| on)?|"
        r"as of)\s+(?=[A-Z\d])",
        sentence,
        re.IGNORECASE,
    )
    dates = find_dates(sentence, opened.end(), opened.end() + 30) if opened else []
    return dates[0].day if dates and opened and dates[0].start <= opened.end() + 2 else None


def _is_old(sentence: str, reported_on: date | None) -> bool:
    """Every date in it lies more than a year before the report: history, not news."""
    days = [d.day for d in find_dates(sentence)]
    return bool(days and reported_on and all((reported_on - d).days > 400 for d in days))


def _complete(first: _Change, later: _Change) -> None:
    if first.title in (None, "Director") and later.title:
        first.title = later.title if later.title != "Director" or first.title is None else first.title
    first.effective_on = first.effective_on or later.effective_on
    first.is_immediate = first.is_immediate or later.is_immediate


def _follow(change: _Change, everything: list[Sentence]) -> None:
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
    about = [s for s in everything if re.search(rf"\b{last}\b|^\W*(?:His|Her|He|She)\b", s.text)]
    for s in about:
        if change.title is None and change.direction == "out" and re.search(rf"\b{last}\b", s.text):
            change.title = _title_elsewhere(s.text, last)
        if s.start < change.sentence.start:
            continue
        if change.effective_on is None and not change.is_immediate and s is not change.sentence and not BIOGRAPHY.search(s.text):
            if shared and change.name not in s.text:
                continue
            named = re.search(
                rf"(?:(?:{noun})\b[^.;]{{0,60}}\beffective\b[^.;]{{0,30}}?|(?:will|is expected to|to) (?:{going})\b[^.;]{{0,80}}?\b(?:on|"
                rf"effective|until)\s+(?:or about )?)(?P<d>{DATE})",
                s.text,
            )
            if named and find_dates(named["d"]):
                change.effective_on = find_dates(named["d"])[0].day
            elif re.search(rf"(?:{noun})\b[^.;]{{0,40}}\beffective immediately", s.text):
                change.is_immediate = True
            elif change.direction == "out" and (
                kept := re.search(rf"\bremain with the (?:Company|Registrant)\b[^.;]{{0,40}}\buntil (?P<d>{DATE})", s.text)
            ):
                change.effective_on = find_dates(kept["d"])[0].day if find_dates(kept["d"]) else None
        if (
            change.direction == "in"
            and re.search(
                r"\b(?:continue to serve|has served as (?:the |our )?(?:Company's|Registrant's)|currently serves? as|has been (?:the |"
                r"our )?(?:Company's|Registrant's)|"
                r"joined (?:the Company|us|the Registrant|[A-Z]\w+) in (?:\w+ )?(?:19|20)\d\d|existing (?:role|position|compensation) as|"
                r"an independent director of the (?:Registrant|Company)|since joining|(?:has|had) served as[^.;]{0,60}of the (?:Company|"
                r"Registrant)|promoted|is (?:the )?[^.;]{0,60}of the (?:Company|Registrant)'s)\b",
                s.text,
            )
            and not re.search(r"[Pp]rior to joining", s.text)
        ):
            change.is_internal = True


def _title_elsewhere(text: str, last: str) -> str | None:
    """What a departing person was, from another sentence: served as T; Name, T; succeeds Name as T."""
    for pattern in (
        rf"\bsucce\w+ [^;]{{0,30}}\b{last} as\s+",
        rf"\b{last}\b[^.;]{{0,60}}\b(?:serv(?:ed|ing|es)|position|role|was|been)\s+as\s+",
        rf"\b{last},\s+",
    ):
        found = re.search(pattern, text)
        if found and (title := title_at(text, found.end())):
            return title
    return None


def _event(
    change: _Change, changes: dict[tuple[str, str], _Change], known_on: date | None, reported_on: date | None, strict: bool
) -> Event:
    decided = change.decided_on or reported_on
    if decided and reported_on and (reported_on - decided).days > 300:
        decided = reported_on  # last year's number in January: the report is the better witness
    effective = change.effective_on or (decided if change.is_immediate else None)
    future = re.search(
        r"\b(?:will|intends?|intent(?:ion)?|plans? to|agreed to|would|to be|expected|decision|decided)\b|upon consummation",
        change.sentence.text,
    )
    if (
        effective is None
        and not future
        and change.decided_on
        and decided == change.decided_on
        and not re.search(r"\b(?:inform|notif|announc|advis|report)", change.sentence.text)
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
        r"\b(?:to|on|of|from|join\w*) (?:the|our|its|[\w' ]{0,40}'s) Board\b|\bas (?:a |an )?(?:\w+ )?directors?\b", change.sentence.text
    )
    title = change.title or ("Director" if seat and change.direction == "in" else None)
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
