"""Title and day of a change, from its own sentence.

masked sentence + match → `titles_of`, `effective_day`.
Does not belong here: whether it is a change (`officer_changes.py`), what other sentences add (`officer_later.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from signals_pipeline.extract.dates import find_dates
from signals_pipeline.extract.officer_patterns import DATE, HON, SEAT_TO_FILL
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


_LEAVES_THE_COMPANY = re.compile(
    r"^\w+(?: down| from)*\s+(?:from\s+)?(?:(?:his|her|their) employment with )?(?:the )?(?:Company|Registrant|Corporation|Bank)\b"
)
_DEATH = re.compile(r"death|passing|died|passed away")
_FILLS = re.compile(rf"\bfill(?:s|ed|ing)? {HON}\u27e6[\ds ]+\u27e7['’]s? (?:\w+ )?(?:position|role|post|office)\b")
_LEAD_EFFECTIVE = re.compile(rf"\W*(?:\([a-f]\)\W*)*(?:Also )?(?:On and )?[Ee]ffective(?: as of| on)? (?P<d>{DATE})")
CUT_POSITION = re.compile(
    r"\beliminat(?:ed|ing) the (?:position|role|office|post) of\s+(?P<cut>[^\u27e6;]{3,90}?)(?=[,.;]| and\b|$)|"
    r"\b(?:position|role|office|post) of\s+(?P<title>[^\u27e6;]{3,90}?)\s+(?:was|has been|is being) eliminated\b"
)
_MADE_POSITION = re.compile(
    r"\b(?:created|established|new) (?:the |an? )?(?:\w+ )?(?:position|role|office|post) of\s+(?P<title>[^\u27e6;]{3,90}?)(?=,| and\b)"
)


def titles_of(masked: str, match: re.Match[str], direction: str) -> list[str] | None:
    """Titles that go with a change, those after the verb first; None when the only seat is on a committee."""
    anchor = max(match.end(), match.end("verb"))
    if match.start("verb") < match.start("who"):
        anchor = match.end("who") + 1
    tail = masked[anchor : anchor + 330]
    tail = re.sub(rf"{HON}\u27e6[\ds ]+\u27e7['’]s? (?=duties|responsibilities|role|position)", "the ", tail)  # "assuming B's duties as"
    tail = re.sub(rf"(?:succeed(?:ing)?|replac(?:e|ing))\s+{HON}\u27e6[\ds ]+\u27e7", "succeed", tail)
    stop = re.search(
        r"\u27e6|;|\b(?:until such time|in order to|which occurred|There (?:is|are)|to (?:become|join|pursue|accept|focus|devote|"
        r"spend)|(?:and |but )?(?:will |shall |to )?(?:continue|remain)s?)\b|,? where\b"
        if direction == "out"
        else r"\u27e6|;|\b(?:until such time|in order to|which occurred|There (?:is|are))\b",
        tail,
    )
    if stop and (stop.start() > 3 or stop[0][0].isalpha()):
        tail = tail[: stop.start()]
    if direction == "out" and match["verb"].startswith(("succeed", "replac")) and re.match(r",? who\b", tail):
        return []  # where the person goes: the chair that is left is the successor's
    if _DEATH.match(match["verb"]) and (office := _apposition(masked, match, direction)) and office != "Director":
        return [office]
    found, committee = [], False
    tail = re.sub(  # what somebody was up to now
        r"^,?\s+(?:age \d\d,\s+)?(?:heretofore|hitherto|formerly|previously|currently|presently|until now)\s"
        r"(?![^\u27e6\u27e7;]*\b(?:as|to)\b)"
        r"[^\u27e6\u27e7;]{3,140},\s+(?=[A-Z])",
        " ",
        tail,
    )
    tail = re.sub(  # what the person is already, before what they are to be
        r"^,?\s+(?:age \d\d,\s+)?who (?:currently |presently |previously |most recently |has |had )*(?:serves?|served|serving|is|was|been)"
        r"\b[^\u27e6\u27e7;]{0,140}?,\s+(?=as |to )",
        " ",
        tail,
    )
    if direction != "out":  # "promoted from one chair to the next": the next
        tail = re.sub(r"^(?:,? (?:age )?\d\d,?)?,?\s+from (?:(?:his|her|their|the) )?[^\u27e6\u27e7;.]{3,120}? to (?=\S)", " to ", tail)
    marks = (
        r"\b(?:as|to serve as|to be|to become|(?:to|of|from|in|into) (?:the|an?) (?:(?:newly|created|new|additional|expanded|combined|"
        r"permanent|full-time) )*(?:position|role|office|post|title|job|"
        r"dutie|responsibilitie|function)s? (?:as|of)|(?:the|an?|his|her|their) (?:(?:newly|created|new|additional) )*(?:position|role|"
        r"office|post|title|job|dutie|responsibilitie|function)s? (?:as|of)|"
        r"including(?: as| those of| his| her| that of)*|(?:from|of) (?:his|her|their)(?: current)? (?:positions?|roles?|offices?|"
        r"duties) (?:as|of|"
        r"on)|to|from|on|of)\s+"
    )
    if direction != "out" or match["verb"].startswith("ceas"):
        direct = (
            title_at(tail, 0)
            if re.match(
                r"\s+(?:(?:the|our|its|a|an|new|next|incoming)\s+)*(?:[A-Z(]|duties|acting|interim|principal|(?:co-|non-)?(?:director|"
                r"chair|president|chief|executive|senior|vice|secretary|treasurer|general counsel|controller|sole director))",
                tail,
            )
            else None
        )
        if direct and (not re.match(r"\s+(?:The|On|In)\b", tail)):
            found.append(direct)
    for mark in re.finditer(marks, tail):
        words = tail[mark.end() :]
        if mark[0].strip() in ("of", "to", "on", "from") and re.match(
            r"of\s+(?!(?:the|our|its|his|her)\b)|(?:to|on|from)\s+(?!the\b|our\b|its\b|[\w ]{0,24}[Bb]oard\b|Chief|President|Executive|"
            r"General Counsel|Treasurer|Secretary|Controller|Interim|Managing|"
            r"Senior|Vice|Director|Chair|Group|Global)",
            mark[0] + words,
        ):
            continue
        committee = committee or bool(re.match(r"(?:the |our |its |a member of the )*(?:\w+(?: (?:and|&) \w+)? ){0,4}Committee", words))
        if (title := title_at(words, 0)) and title not in found:
            found.append(title)
    between = masked[match.start("verb") : match.start("who")] if match.start("verb") < match.start("who") else ""
    if direction == "in" and re.search(r"\bto (?:the|its|our) [Bb]oard\b", between):
        found = ["Director"]
    if not found and (lead := re.search(r"\bas\s+", between)) and (title := title_at(between, lead.end())):
        found.append(title)  # "appointed as treasurer A"
    held = masked[match.end("who") + 1 : match.start("verb")]  # "A's position as treasurer ended": the chair before the verb
    if not found and (chair := re.search(r"\b(?:positions?|roles?|employment|services?|capacity|offices?) (?:as|of)\s+", held)):
        found += [t for t in [title_at(held, chair.end())] if t]
    if not found and (cut := CUT_POSITION.search(masked[: match.start("who")])):
        found += [t for t in [title_at(cut["title"] or cut["cut"], 0)] if t]
    if not found and direction == "in" and (made := _MADE_POSITION.search(masked[: match.start("verb")])):
        found += [t for t in [title_at(made["title"], 0)] if t]
    if found == ["Director"] and direction == "out" and _LEAVES_THE_COMPANY.search(masked[match.start("verb") :][:120]):
        office = _apposition(masked, match, direction)  # who leaves company and board leaves the office
        found = [office] if office and office != "Director" else found
    if found:
        return found
    if committee and direction == "in":
        return None
    if direction == "in" and (SEAT_TO_FILL.search(tail) or SEAT_TO_FILL.search(masked[: match.start("verb")])):
        return ["Director"]
    if direction == "out" and re.match(r"step\w* off", match["verb"]):
        return ["Director"]
    if direction == "in" and _FILLS.search(masked[match.start("verb") :]):
        return []  # the title at the name is what the person already is
    return [t for t in [_apposition(masked, match, direction)] if t]


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
    for divider in (
        r"\s+and\s+as\s+",
        r",\s+and\s+(?=the |our |its )|,\s+(?=the |our |its )",
        r",\s+(?:and\s+)?",
        r",\s+(?:and\s+)?|\s+and\s+",
    ):
        parts = [p for p in re.split(divider, told[1]) if p.strip()]
        if len(parts) == people:
            return [title_at(p, 0) for p in parts]
    return [None] * people


def is_insider(masked: str, match: re.Match[str]) -> bool:
    """Who is appointed has a chair here already: "its Chief Operating Officer, A, as ...", "A, currently our controller, ..."."""
    after = masked[match.end("who") + 1 :]
    before = masked[match.end("verb") : match.start("who")] if match.start("verb") < match.start("who") else ""
    own = r"(?:the (?:Company|Registrant|Corporation|Bank)['’]s|our|its)\s+(?!(?:new|newly|next|former|interim|incoming)\b)"
    now = rf"(?:current|present)(?:ly)?\s+(?:{own})?(?:serving as |serves as )?"
    chair = r"(?!as\b|to\b)[^,;.\u27e6]{0,60}\b(?:Officer|President|Chair|Counsel|Controller|Treasurer|Secretary|Director|Manager|Head)"
    beside = rf"(?:,? (?:age )?\d{{2}})?,?\s*(?:who (?:is|has (?:been|served as)|serves as) )?(?:{now}|{own}){chair}"
    verb = r"(?:as|to|was|has|will|took|takes|assumed|became)"
    plain = rf"(?:,? (?:age )?\d{{2}})?,\s+(?![^,]{{0,60}}\b(?:of|at|for|with)\s+[A-Z])(?!former){chair}[^,;.\u27e6]{{0,40}},?\s+{verb}\b"
    return bool(re.match(beside, after) or re.match(plain, after) or re.search(rf"^\s*{own}", before))


def _apposition(masked: str, match: re.Match[str], direction: str) -> str | None:
    """ "Name, Title of the Company, ..." or "Title Name": the title at the name itself."""
    after = masked[match.end("who") + 1 :]
    if (
        lead := re.match(
            r"(?:,? (?:age )?\d{2}(?: years old)?)?,\s+(?:age \d{2},\s+|(?:who|which)(?! (?:will )?continue)[^,]{0,40}\s(?:as|is|been|"
            r"was)\s+)?",
            after,
        )
    ) and (title := title_at(after, lead.end())):
        if direction == "in" and re.match(r"(?:currently|presently|previously|formerly|heretofore|now)\b", after[lead.end() :]):
            return None  # what the person is already
        is_theirs = re.match(r"[^,;]{0,140}?\s(?:of|at|for|with)\s+(?!(?:the|our)\b)[A-Z][\w&.-]*[^,;]*", after[lead.end() :])
        if direction == "in" and is_theirs and not re.search(r"\b(?:as|to)\s*$", after[: lead.end()]):
            return None  # "A, president of Beta": where the person comes from
        return title
    before = masked[: match.start("who") - 1].rstrip()
    before = re.sub(r"(?:Mr|Ms|Mrs|Dr|General|Messrs)\.?$", "", before).rstrip(" ,")
    if re.search(r"\b(?:members? of (?:the|our|its)(?: \w+'s)? [Bb]oard(?: of [Dd]irectors)?|directors|[Bb]oard members?)$", before):
        return "Director"
    if found := re.search(
        r"(?:[Dd]irectors?|(?:(?:[A-Z][\w&-]+|and|of|,)\s){0,9}(?:Officer|President|Chairman|Chairwoman|Chair|Counsel|Controller|Trustee|"
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
    if _DEATH.match(match["verb"]) and (
        told := re.match(rf"[^;\u27e6]*?(?P<d>{DATE})", masked[at:]) or re.match(rf"[^;\u27e6]*?(?P<d>{DATE})", masked[match.end("who") :])
    ):
        return find_dates(told["d"])[0].day if find_dates(told["d"]) else None
    if begun := re.search(rf"\beffective(?: as of| on)? (?P<d>{DATE}),? {HON}\u27e6[\ds ]*$", masked[: match.start("who")]) or re.search(
        rf"\b(?:on or about|on or around|on|as of)\s+(?P<d>{DATE}),? when {HON}\u27e6[\ds ]*$", masked[: match.start("who")]
    ):
        return find_dates(begun["d"])[0].day if find_dates(begun["d"]) else None
    if listed := re.search(
        rf"\beffective(?: as of| on)? (?P<d>{DATE}),?\s*:?\s*\((?:i|a|1)\)", masked[:at]
    ):  # the day before (i), (ii), (iii)
        return find_dates(listed["d"])[0].day if find_dates(listed["d"]) else None
    other = re.search(rf"\u27e7,? (?:who|whose)\b|\band that {HON}\u27e6", masked[max(at, match.end("who") + 1) :])
    if other:  # "to succeed B, who retires on ...": B's day
        masked = masked[: max(at, match.end("who") + 1) + other.start()]
    patterns = (
        rf"(?:effective|effect)(?:\s+(?:as of|on|from|at the close of business on|upon|"
        rf"the close of business on))*[^.;\u27e6]{{0,70}}?\s(?P<d>{DATE})",
        rf"\b(?:as of|commencing(?: on| as of)?|beginning(?: on)?|starting(?: on)?|with effect from|from|on or about|on)\s+(?P<d>{DATE})",
    )
    for number, pattern in enumerate(patterns):
        near = re.split(
            rf", on |, which |\baccepted\b|, the |; |\b(?:following|upon|after|due to) (?:the |his |her )|,? and {HON}\u27e6",
            masked[match.end("verb") : at + 260],
        )[0]
        comes = re.search(r"appoint|elect|nam|promot|hir|becom|becam|succe|join|assum", match["verb"])
        if number == 1 and comes and (lead := _LEAD_EFFECTIVE.match(masked)):  # the day that opens the sentence goes before a bare "on" day
            near = lead[0]
        if found := re.search(pattern, masked[at:] if number == 0 else near):
            return find_dates(found["d"])[0].day if find_dates(found["d"]) else None
    alone = re.match(
        rf"[^.;\u27e6]{{0,200}}?(?:(?<!since), (?:on|effective)|\b(?:year|month|quarter|term|meeting),?(?: ending|"
        rf" on)?) (?P<d>{DATE})\s*(?:[.;,]|$)",
        masked[max(at, match.end("who") + 1) :],
    )
    if alone and re.search(r"\b(?:will|shall|intends? to|would|to)\b[^.;]{0,40}$", masked[:at]):
        return find_dates(alone["d"])[0].day if find_dates(alone["d"]) else None
    if found := _LEAD_EFFECTIVE.match(masked) or re.search(
        rf"\beffective(?: as of| on)? (?P<d>{DATE})", masked[min(at, match.end("who")) : at]
    ):
        dates = find_dates(found["d"])
        return dates[0].day if dates else None
    return None


def lead_date(sentence: str) -> date | None:
    """The day a sentence opens with: "On May 1, 2020, ...", "As previously announced, effective May 1, 2020, ..."."""
    opened = re.match(
        r"\W*(?:\([a-f]\)\W*)*(?:by [\w ]{0,40}?\b(?:consent|resolutions?|letter|notice|"
        r"action)\b[\w ,]{0,30}?\bdated(?: as of)?\s+(?=[A-Z\d])|(?:(?:as previously (?:disclosed|announced|reported)|"
        r"also|in addition|additionally|separately),?\s*)?(?:on and effective(?: as of| on)?|on|"
        r"effective(?: as of| on)?|"
        r"as of)\s+(?=[A-Z\d]))",
        sentence,
        re.IGNORECASE,
    )
    dates = find_dates(sentence, opened.end(), opened.end() + 30) if opened else []
    return dates[0].day if dates and opened and dates[0].start <= opened.end() + 2 else None


def is_old(sentence: str, reported_on: date | None) -> bool:
    """Every date in it lies more than a year before the report: history, not news."""
    days = [d.day for d in find_dates(sentence)]
    return bool(days and reported_on and all((reported_on - d).days > 400 for d in days))
