"""Companies a filing names: `Acme, Inc. ("Acme")` definitions, the registrant's own names, and names in a phrase.

text → `Firms` → full name of a short one, "is this the registrant?". Does not belong here: who buys whom (`deals.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rapidfuzz import fuzz

from signals_pipeline.extract.sentences import sentences

LEGAL = (
    r"(?:Inc|Incorporated|Corp|Corporation|Company|Companies|Co|LLC|L\.L\.C|Ltd|Limited|LP|L\.P|LLP|PLC|plc|GmbH|AG|SE|N\.V|NV|B\.V|BV|"
    r"S\.A|SA|"
    r"S\.p\.A|SpA|AB|A/S|ASA|AS|Oyj|Oy|Pty|Pte|S\.\u00e0 r\.l|S\.a\.r\.l|SARL|SAS|Limit\u00e9e|Lt\u00e9e|Ltda|S\.A\.S|S\.r\.l|K\.K|KK|"
    r"KGaA|KG|N\.A|Bancorp|Bank|Holdings|Group|Partners|"
    r"Technologies|Systems)"
)
_WORD = r"(?:[A-Z0-9\u00c0-\u00de][\w&'.\-/+\u00c0-\u00ff]*|[a-z][A-Z][\w&'.\-]*|&)"  # eScription, i2
_DEFINITION = re.compile(
    rf"(?<![\w&'.\-/+])(?P<name>{_WORD}(?:,?[^\S\n]+(?:{_WORD}|of|and|the|de|for|in|\([A-Z]\w+\))){{0,11}})[^\S\n]*,?(?:[^\S\n]+(?:a|"
    rf"an)[^\S\n][^()\"\n]{{3,200}}?)?[^\S\n]*"
    r"\((?:(?:collectively|together|individually)[^()\"]{0,60})?(?:the\s+|an?\s+|"
    r"\"the\s+)?\"(?P<short>[^\"]{2,50}?)[,.]?\"(?P<more>[^()]{0,120})\)"
)
_SELF = frozenset(("company", "registrant", "corporation", "issuer", "we", "us", "our", "parent company", "bank holding company"))
_ROLES = re.compile(
    r"^(?:merger sub(?:sidiary)?\b.*|sub(?:s| i+|\b).*|merger agreement|.*\b(?:agreements?|notes?|shares?|debentures|stock|facility|"
    r"facilities|"
    r"loans?|plan|merger|offer|transactions?|closing|date|act|commission|sec|board|trustee|agent|representative|underwriters?|lenders?|"
    r"purchasers?|committee|business|acquisition|term|period|amendment)\b.*)$",
    re.IGNORECASE,
)
RUN = rf"{_WORD}(?:,?\s(?:{_WORD}|(?:of|and|the|de|plc)\b|&)){{0,8}}"  # as long as capitals last
_SHELL = re.compile(
    r"\b(?:merger\s?(?:sub|corp|co|enterprises)|acquisition (?:corp|corporation|sub|llc|inc|co|company|limited|ltd)\b|acquireco|bidco|"
    r"midco|newco|holdco|merger subsidiary|mergerco|\b(?:merger )?sub(?:sidiary)?(?: [ivx\d]+)?,? (?:inc|corp|llc|ltd|limited|lp|co)\b)",
    re.IGNORECASE,
)
_VERB = re.compile(r"\b(?:became|becomes|was|were|is|are|will|has|have|had)\b")
_SUFFIX = re.compile(rf"[,\s]+{LEGAL}\.?$", re.IGNORECASE)


_AT_THE_TIME = re.compile(  # "At the Effective Time Acme merged": capitals that say when
    r"^(?:At|Upon|As of|On|Following|After|Prior to|Immediately (?:after|following|prior to)) the (?:[A-Z]\w+ )?"
    r"(?:Time|Date|Closing|Merger|Completion)\b,?\s+"
)
_PLACE = re.compile(r"(?<=\s)((?:Inc|LLC|L\.L\.C|Ltd|Corp|LLP|GmbH|Pty)\b\.?) of [A-Z].*$")  # "Acme, LLC of Salem"
_BASED = re.compile(r"^(?:[A-Z][\w.]*\s){0,2}[A-Z][\w.]*-(?:based|headquartered)\s+")  # "London-based Acme Ltd"
_NEXT_SENTENCE = re.compile(rf"(?<=\s)((?:Inc|Ltd|LLC|Corp|LLP)\.)\s+(?!{LEGAL}\b)[A-Z][a-z].*$")  # "Acme Ltd. Terms": the dot ended it


def core(name: str) -> str:
    """A name without legal forms, dots and case, for comparison."""
    text = re.sub(r"[/\\](?:[A-Z]{2,3}|new|adr)[/\\]?$", "", name.strip(), flags=re.IGNORECASE)
    previous = None
    while previous != text:
        previous, text = text, _SUFFIX.sub("", text).strip(" ,.")
    return re.sub(r"[^a-z0-9]+", " ", (text or name).lower().removeprefix("the ")).strip()


def tidy(name: str) -> str:
    text = re.sub(r"\s+", " ", name).strip(" ,;:\"'")
    text = re.sub(r"^(?:(?:by and )?(?:among|between)|and|with|of|to|from|the|certain|all of|both|its|by|that|in|On|Mr|Ms)\s+", "", text)
    text = _NEXT_SENTENCE.sub(r"\1", _BASED.sub("", _PLACE.sub(r"\1", text)))
    return text + "." if re.search(r"\b(?:Inc|Corp|Co|Ltd|[A-Z]\.[A-Z])$", text) else text


_SUBSIDIARY = re.compile(
    rf"(?<![\w&'.\-/+])(?P<name>{RUN})(?:\s*\([^()\n]{{0,80}}\))?,\s+(?:an?|the Company's|our|its)\s+(?:(?:direct|indirect|newly[- ]formed|"
    rf"wholly[- ]owned|majority[- ]owned|"
    rf"or|and),?\s+)*subsidiary(?:\s+of\s+(?:the\s+)?(?P<of>{RUN}))?"
)
_THROUGH = re.compile(
    rf"\b(?:(?:through|by) an?|(?:its|our|the Company's))\s+(?:(?:direct|indirect|newly[- ]formed|wholly[- ]owned|majority[- ]owned|or|"
    rf"and|affiliate|operating),?\s+)*"
    rf"subsidiar(?:y|ies),?\s+(?P<name>{_WORD}(?:\s{_WORD}|,?\s{LEGAL}\b\.?){{0,6}})"
)

_HOLDING = re.compile(rf"\b(?:the|a) (?:bank |financial |savings and loan )?holding company (?:for|of) (?:the )?(?P<name>{RUN})")


def _found(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Matches sentence by sentence: none of these patterns spans two, and none may run over a megabyte."""
    for sentence in sentences(text):
        yield from pattern.finditer(sentence.text)


def _first_words(run: str) -> str:
    """The company at the start of a run of capitals: up to the comma that is not before a legal form."""
    return re.split(r",\s+(?!" + LEGAL + r"\b)|\s+and\s+", run)[0]


class Firms:
    """Defined names of one filing. `registrant` is the header's or the cover's name."""

    def __init__(self, text: str, registrant: str | None) -> None:
        self.registrant = registrant or ""
        self._text = text
        self.full: dict[str, str] = {}
        self.own: set[str] = set(_SELF)
        self.shells: set[str] = set()
        self.owned: set[str] = set()  # subsidiaries of the registrant
        for found in _found(_DEFINITION, text):
            name, shorts = _defined(found), [found["short"], *re.findall(r"\"([^\"]{2,50})\"", found["more"] or "")]
            shorts = [re.sub(r"^the\s+", "", s.strip(), flags=re.IGNORECASE) for s in shorts]
            is_own = any(s.lower() in _SELF for s in shorts) or self._same(name)
            if "company" in (s.lower() for s in shorts) and not self._same(name) and _SUFFIX.search(name) and self.own - _SELF:
                self.own.discard("company")  # the registrant has a name of its own here: "the Company" is the other side
                self.full["company"] = name
                continue
            for short in shorts:
                short = short.strip(" ,.")
                if is_own and (self._same(name) or short.lower() in _SELF):
                    self.own.add(short.lower())
                if (
                    _SHELL.search(name)
                    or re.match(r"(?:merger )?subs?\b", short, re.IGNORECASE)
                    or re.search(r"\bmerger sub", short, re.IGNORECASE)
                ):
                    self.shells.add(short.lower())
                    self.shells.add(name.lower())
                    self.full.setdefault(short.lower(), name)
                elif not _ROLES.match(short) or _SUFFIX.search(name):
                    self.full.setdefault(short.lower(), name)

        for told in _found(_SUBSIDIARY, text):
            owner, name = told["of"] or "the Company", tidy(_cut(told["name"]))
            if self.is_registrant(_first_words(owner)) and not self.is_registrant(name) and not self.is_shell(name):
                self.owned |= {name.lower(), *(short for short, full in self.full.items() if full == name)}
        self.owned |= {tidy(m["name"]).lower() for pattern in (_THROUGH, _HOLDING) for m in _found(pattern, text)}

    def _same(self, name: str) -> bool:
        ours, theirs = core(self.registrant), core(name)
        if not ours or not theirs:
            return False
        if ours == theirs or fuzz.ratio(ours, theirs) >= 92:
            return True
        is_part = fuzz.token_set_ratio(ours, theirs) == 100 and theirs.split()[0] == ours.split()[0]
        return is_part and len(theirs) >= 0.6 * len(ours)

    def is_registrant(self, name: str) -> bool:
        """True for "the Company", for a defined short name of it, for its name in other dress, and for its first words alone."""
        bare = re.sub(r"^the\s+", "", name.strip(" ,."), flags=re.IGNORECASE)
        if bare.lower() in self.own or self._same(bare):
            return True
        ours, theirs = core(self.registrant).split(), core(bare).split()
        return bool(theirs) and len(" ".join(theirs)) >= 4 and ours[: len(theirs)] == theirs and bare.lower() not in self.full

    def is_own(self, name: str) -> bool:
        """The registrant, or a subsidiary that it acts through."""
        short = re.sub(r"^the\s+", "", name.lower().strip(" ,."))
        full = self.full.get(short, name)
        return self.is_registrant(name) or bool({tidy(full).lower(), short, tidy(name).lower()} & self.owned)

    def buyer(self) -> str | None:
        """Who was defined as the buying side ("Parent", "Buyer"); None when nobody else was."""
        for role in ("parent", "buyer", "purchaser", "acquiror", "acquirer"):
            name = self.full.get(role)
            if name and not self.is_own(name) and not self.is_shell(name):
                return name
        return None

    def in_full(self, short: str) -> str | None:
        """The name with its legal form for one without, when the filing has it: "Tapestry Bags" → "Tapestry Bags, Inc."."""
        if len(short) < 4 or (_SUFFIX.search(short) and not re.search(r" (?:Holdings|Group|Partners|Technologies|Systems)$", short)):
            return None
        found = re.search(rf"(?<!\w){re.escape(short)}(?:\s(?!and\b){_WORD}){{0,3}},?\s+{LEGAL}\b\.?", self._text)
        return tidy(found[0]) if found else None

    def is_shell(self, name: str) -> bool:
        """A merger vehicle: no company of its own."""
        return name.lower().strip(" ,.") in self.shells or bool(_SHELL.search(name))

    def name_of(self, phrase: str) -> str | None:
        """The full name of a company as a phrase gives it; None for a role ("the Buyer" nobody defined) or no name."""
        bare = re.sub(r"^(?:the|all of|each of)\s+", "", phrase.strip(" ,.;\"'"), flags=re.IGNORECASE)
        bare = re.sub(r"['\u2019]s?$", "", _AT_THE_TIME.sub("", bare))
        if bare.lower() in self.full:
            return self.full[bare.lower()]
        if bare.lower() in self.own:
            return bare
        if not core(bare) or re.fullmatch(rf"{LEGAL}\.?", bare) or _VERB.search(bare):
            return None  # "Corp." alone; a clause that begins with a name
        if not bare or not re.match(r"[A-Z0-9]|[a-z][A-Z]", bare) or (_ROLES.match(bare) and not _SUFFIX.search(bare)):
            return None
        return self.in_full(bare) or tidy(bare)


def _defined(found: re.Match[str]) -> str:
    """The company that a definition names: of "Sub, a subsidiary of ours, and the holders of Acme B.V. ("Acme")" it is Acme B.V."""
    name, short = tidy(_cut(found["name"])), core(found["short"])
    last = re.search(rf"(?P<name>{RUN})[^\S\n]*,?[^\S\n]*\([^()]*\)?$", found[0])
    nearest = tidy(_cut(_first_words(last["name"]))) if last else name
    return nearest if short and core(nearest).startswith(short) and not core(name).startswith(short) else name


def _cut(name: str) -> str:
    """The last company in a run: "Acme, Inc. and Beta, Inc" defines Beta."""
    parts = re.split(r"(?:\s+(?:and|by and among|among|between|with|of)\s+|,\s+)(?=[A-Z][^,]*(?:,?\s+" + LEGAL + r")\.?$)", name)
    tail = parts[-1]
    return tail if len(tail.split()) > 1 or len(parts) == 1 else name
