"""Title and day of a change: in its own sentence, and in later ones about the same person.

masked sentence + match → `titles_of`, `effective_day`; change + item's sentences → `follow`.
Does not belong here: whether it is a change (`officer_changes.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from signals_pipeline.extract.dates import find_dates
from signals_pipeline.extract.officer_patterns import BIOGRAPHY, DATE, HON
from signals_pipeline.extract.sentences import Sentence
from signals_pipeline.extract.titles_in_text import normal, title_at


@dataclass
class Change:
    name: str
    direction: str
    sentence: Sentence
    verb: str
    title: str | None
    effective_on: date | None
    decided_on: date | None
    is_internal: bool
    is_immediate: bool


def titles_of(masked: str, match: re.Match[str], direction: str) -> list[str] | None:
    """Titles that go with a change, those after the verb first; None when the only seat is on a committee."""
    anchor = max(match.end(), match.end("verb"))
    if match.start("verb") < match.start("who"):
        anchor = match.end("who") + 1
    tail = masked[anchor : anchor + 330]
    tail = re.sub(rf"(?:succeed(?:ing)?|replac(?:e|ing))\s+{HON}\u27e6[\ds ]+\u27e7", "succeed", tail)
    stop = re.search(r"\u27e6|;|\b(?:until such time|in order to|which occurred|There (?:is|are))\b", tail)
    tail = tail[: stop.start()] if stop and stop.start() > 3 else tail
    found, committee = [], False
    if direction != "out":  # "promoted from one chair to the next": the next
        tail = re.sub(r"^\s+from (?:(?:his|her|their|the) )?[^\u27e6\u27e7;.]{3,120}? to (?=\S)", " to ", tail)
    marks = (
        r"\b(?:as|to serve as|to be|to become|(?:to|of|from|in|into) (?:the|an?) (?:(?:newly|created|new|additional|expanded|combined|"
        r"permanent|full-time) )*(?:position|role|office|"
        r"duties)s? (?:as|of)|(?:from|of) (?:his|her|their)(?: current)? (?:positions?|roles?|offices?|duties) (?:as|of|"
        r"on)|to|from|on|of)\s+"
    )
    if direction != "out":
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


def respective(masked: str, match: re.Match[str], people: int) -> list[str | None]:
    """Titles in the order of the people: "as Chief Financial Officer and Treasurer, respectively". Empty when they are not told so;
    nulls when it cannot be told where one ends (a wrong title is worse than none)."""
    tail = masked[max(match.end("verb"), match.end("who") + 1) :]
    told = re.match(
        r"[^\u27e6\u27e7;]{0,40}?\b(?:as|to serve as|positions? (?:as|of)|offices? of)\s+([^\u27e6\u27e7;.]{5,240}?),?\s+respectively\b",
        tail,
    )
    if people < 2 or told is None:
        return []
    for divider in (r",\s+and\s+(?=the |our |its )|,\s+(?=the |our |its )", r",\s+(?:and\s+)?", r",\s+(?:and\s+)?|\s+and\s+"):
        parts = [p for p in re.split(divider, told[1]) if p.strip()]
        if len(parts) == people:
            return [title_at(p, 0) for p in parts]
    return [None] * people


def is_insider(masked: str, match: re.Match[str]) -> bool:
    """Who is appointed has a chair here already: "its Chief Operating Officer, A, as ...", "A, currently our controller, ..."."""
    after = masked[match.end("who") + 1 :]
    before = masked[match.end("verb") : match.start("who")] if match.start("verb") < match.start("who") else ""
    own = r"(?:the (?:Company|Registrant|Corporation|Bank)['’]s|our|its)\s+(?!(?:new|next|former|interim)\b)"
    now = rf"(?:current|present)(?:ly)?\s+(?:{own})?(?:serving as |serves as )?"
    chair = r"[^,;.]{0,60}\b(?:Officer|President|Chair|Counsel|Controller|Treasurer|Secretary|Director|Manager|Head)"
    beside = rf"(?:,? (?:age )?\d{{2}})?,?\s*(?:who (?:is|has (?:been|served as)|serves as) )?(?:{now}|{own}){chair}"
    return bool(re.match(beside, after) or re.search(rf"^\s*{own}", before))


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


def best_title(titles: list[str]) -> str | None:
    """The office before the board seat: a chief executive who also leaves the board leaves as chief executive."""
    return next((t for t in titles if t != "Director"), titles[0] if titles else None)


def effective_day(masked: str, match: re.Match[str]) -> date | None:
    at = match.start("verb")
    other = re.search(r"\u27e7,? (?:who|whose)\b", masked[max(at, match.end("who") + 1) :])
    if other:  # "to succeed B, who retires on ...": B's day
        masked = masked[: max(at, match.end("who") + 1) + other.start()]
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


def lead_date(sentence: str) -> date | None:
    """The day a sentence opens with: "On May 1, 2020, ...", "As previously announced, effective May 1, 2020, ..."."""
    opened = re.match(
        r"\W*(?:\([a-f]\)\W*)*(?:(?:as previously (?:disclosed|announced|reported)|also),?\s*)?(?:on|effective(?: as of| on)?|"
        r"as of)\s+(?=[A-Z\d])",
        sentence,
        re.IGNORECASE,
    )
    dates = find_dates(sentence, opened.end(), opened.end() + 30) if opened else []
    return dates[0].day if dates and opened and dates[0].start <= opened.end() + 2 else None


def is_old(sentence: str, reported_on: date | None) -> bool:
    """Every date in it lies more than a year before the report: history, not news."""
    days = [d.day for d in find_dates(sentence)]
    return bool(days and reported_on and all((reported_on - d).days > 400 for d in days))


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
