"""Names of people in a sentence, and who "Mr. Example" is.

sentence → `find_people` → [Name]; `Roster` resolves short forms to the full name given earlier.
Does not belong here: what happens to them (`officers.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_HONORIFIC = (
    r"(?:Mr|Ms|Mrs|Miss|Dr|Messrs|Mses|Prof|Professor|General|Gen|Admiral|Adm|Ambassador|Senator|Hon|Sir|Dame|Madame|Madam|Adv|Lord|"
    r"Captain|"
    r"Capt|Colonel|Col|Judge|Baroness)\b\.?"
)
_PARTICLE = r"(?:de|la|del|della|di|da|dos|du|van|von|der|den|ter|bin|al|el|le|y|st\.|st)"
_SURNAME = r"(?:O'|D'|Mc|Mac|De|Di|La|Le|Van|St\.\s?)?[A-Z\u00c0-\u00de][a-zA-Z\u00c0-\u00ff'\-]+"
_TOKEN = rf"(?:{_SURNAME}|[A-Z]\.(?:\s?[A-Z]\.)?|[A-Z]{{1,2}}(?=\s))"
_SUFFIX = (
    r"(?:,?\s(?:Jr|JR|Sr|SR|II|III|IV|V(?=[,\s])|Esq|ESQ|Ph\.?\s?D|M\.?D|D\.?O|J\.?D|M\.?B\.?A|R\.?N|P\.?E|C\.?P\.?A|CFA|FACP|FACS|FRS|"
    r"D\.?D\.?S|D\.?V\.?M|Sc\.?\s?D|Pharm\.?\s?D|Ed\.?\s?D|M\.?P\.?H)\b\.?)"
)
_DEGREES = re.compile(  # what was earned is no name; Jr., Sr. and numbers are
    r"(?:,?\s(?:Esq|ESQ|Ph\.?\s?D|M\.?D|D\.?O|J\.?D|M\.?B\.?A|R\.?N|P\.?E|C\.?P\.?A|CFA|FACP|FACS|FRS|D\.?D\.?S|D\.?V\.?M|Sc\.?\s?D|"
    r"Pharm\.?\s?D|"
    r"Ed\.?\s?D|M\.?P\.?H)\b\.?)+"
)
_RUN = re.compile(
    rf"(?:(?P<honorific>{_HONORIFIC})\s+(?:\(Ret\.?\)\s+)?)?(?P<name>{_TOKEN}(?:\s+\"[A-Z][a-z]+\"|"
    rf"\s+\([\"\u201c]?[A-Z][a-z]+[\"\u201d]?\))?(?:\s+(?:{_PARTICLE}\s+)*{_TOKEN}){{0,5}})"
    rf"(?P<suffix>{_SUFFIX}*)"
)
# words that make a run of capitals something else than a person; a run is cut at them, or dropped when they name a firm
_FIRM_WORDS = (
    "Inc Corp Corporation Company Companies Co LLC LLP Ltd Limited Plc Bank Bancorp Group Holdings Partners Capital Fund Trust Associates "
    "University College School Institute Foundation Systems Technologies Technology Industries International Communications "
    "Services Solutions Ventures Pharmaceuticals Enterprises Laboratories Foods Stores Motors Airlines Energy Securities "
    "Exchange Nasdaq NYSE Ventures Department Ministry Agency Association Federation Society Church Hospital Center Centre "
    "Software Networks Semiconductor Entertainment Media Management Investments Insurance Financial Worldwide Brands "
    "Advisors Advisers Consulting Consultants Labs Studios Therapeutics Biosciences Bancshares"
)
_OTHER_WORDS = (
    "Board Boards Director Directors Chairman Chairwoman Chairperson Chair Chief Executive Officer Officers President Vice Senior "
    "Executive "
    "Financial Operating Accounting Technology Legal Marketing Revenue Information General Counsel Secretary Treasurer Controller "
    "Committee Committees Agreement Agreements Plan Plans Act Item Items Form Report Current Annual Quarterly Exhibit Section "
    "Registrant Employment Separation Severance Release Offer Letter Stock Common Shares Share Restricted Unit Units Award "
    "Compensation Nominating Governance Audit Corporate Compensatory Arrangements Departure Election Appointment Certain Principal "
    "January February March April May June July August September October November December Monday Tuesday Wednesday Thursday "
    "Friday Saturday Sunday United States America American New York California Delaware Washington Massachusetts Texas London "
    "The On In At As Of For By To And Or With From Effective Prior Following Upon Pursuant During Since Until Also Additionally "
    "Such This That These Those Each Both All No Not Our We It Its He She His Her They Their There Here If While When After Before "
    "Under Item SEC Securities Regulation Rule Commission Meeting Stockholders Shareholders Interim Acting Former Lead Independent "
    "Global Region Regional Head Manager Managing Division Product Products Sales Operations Development Strategy Research Human "
    "Resources People Business Healthcare Health Digital Data Security Engineering Finance Americas Europe Asia Pacific EVP SVP VP CEO "
    "CFO COO "
    "CTO CIO CMO Effective Resignation Retirement Departures Appointments Elections Director Class Series Mergers Merger Transaction "
    "Mobile Enterprise "
    "Hybrid Cloud Prepared Fresh Poultry Code Amended Restated Bylaws Certificate Articles Incorporation Ethics Policy Program "
    "Bonus Incentive Equity Base Salary Target Fiscal Year Term Date Period Consulting Transition Advisor Advisory Services Company's "
    "Directors' "
    "Registrant's Board's Inc. Corp. Messrs Mr Ms Mrs Dr Founder Co-Founder Partner Member Members Supervisory Worldwide North South West "
    "East Central City State "
    "Robotics Markets Logistics Supply Chain Wholesale Retail Consumer Industrial Commercial Aerospace Defense Devices Sciences Segment "
    "Affairs Relations Compliance Risk Treasury Tax Procurement Manufacturing Quality Innovation Transformation Integration Planning "
    "Analytics Diversity Inclusion Investor Customer Customers Client Growth Oncology Medicine Clinical Regulatory Scientific Medical "
    "Nursing Deputy Assistant Associate Emeritus Underwriting Claims Lending Banking Mortgage Wealth Credit Agreements Newly "
    "Created Vacancy Successor Predecessor Designee Nominee Trustee Trustees Personal Lines Line Land Acquisition "
    "Exploration Geologist Drilling Time "
    "Class Managing Messrs General Partner Fellow"
)
_NOUNS_LIST = (
    "goals performance participant participants statement value level persons provision size address files outlook steel space source "
    "index team event reason connect topic option contributions owners insurance jackets zoo memorial one time status"
)
_NOUNS = frozenset(_NOUNS_LIST.split())
FIRM = frozenset(_FIRM_WORDS.lower().split())
OTHER = frozenset(_OTHER_WORDS.lower().split()) - FIRM | frozenset(
    ("financial", "technology", "management", "services", "worldwide", "international")
)


_TITLE_WORD = r"\b(?:President|Officer|Director|Manager|Head|Counsel|Controller|Lead)"
_IN_TITLE = re.compile(rf"{_TITLE_WORD}\s+(?:-|of|for|&)\s+$")  # "President - Flexible Packaging" names a business
_CHAIRS = frozenset(("chief", "president", "vice", "executive", "head", "managing", "general", "chairman", "treasurer", "controller"))
_AT = re.compile(
    r"\b(?:President|Officer|Director|Manager|Head|Counsel|Partner|positions?|roles?)\b[^.;]{0,40}\bat\s+$"
)  # where they worked
_FIELD = re.compile(r"(?:ings?|tions?|ances?|ences?|ics|ments?|ity|ities|ogy|ogies|ships?|ware|als|ties|ures|ers|aging)$")
_FORM = (
    r"(?:Inc|Corp|LLC|Ltd|plc|Group|Holdings|Bank|Bancorp|Partners|Fund)\b(?! (?:Chief|Vice|President|Executive|Head|General|Managing)\b)"
)
_FIRST_PAGES = 100_000  # characters in which a name is looked for elsewhere: filings run to a megabyte
_DIRECTIONS = frozenset(("north", "south", "east", "west"))


@dataclass(frozen=True)
class Name:
    """A person where a sentence names them. `is_short`: "Mr. Example", to be resolved."""

    full_name: str
    is_short: bool
    start: int
    end: int

    @property
    def last_name(self) -> str:
        return last_name(self.full_name)


def last_name(full_name: str) -> str:
    parts = [p for p in re.sub(_SUFFIX + r"*$", "", full_name).split() if not re.fullmatch(r"[A-Z]\.?", p)]
    return parts[-1] if parts else full_name


def find_people(sentence: str, firms: frozenset[str] = frozenset()) -> list[Name]:
    """People in text order. `firms`: words of company names in the document, lower case; a run of nothing else is no person."""
    found: list[Name] = []
    for run in _RUN.finditer(sentence):
        found += _names_in(run, sentence, firms)
    return [n for n in found if n.is_short or not (_IN_TITLE.search(sentence[: n.start]) or _AT.search(sentence[: n.start]))]


def _names_in(run: re.Match[str], sentence: str, firms: frozenset[str]) -> list[Name]:
    tokens = [(t[0], run.start("name") + t.start(), run.start("name") + t.end()) for t in re.finditer(r"\S+", run["name"])]
    bare = [_bare(t[0]) for t in tokens]
    is_titled = bool(run["honorific"])
    after = sentence[run.end() : run.end() + 24]
    of_title = {n for n, b in enumerate(bare[1:]) if bare[n] in FIRM and b in _CHAIRS}  # "A Group Chief Risk Officer"
    is_firm = any(b in FIRM and b not in OTHER and n not in of_title for n, b in enumerate(bare)) or re.match(
        r",?\s+(?:Inc|Corp|LLC|L\.L\.C|Ltd|LLP|L\.P|N\.A|plc|S\.A|Co)\b", after
    )
    if is_firm and not is_titled:
        return []
    pieces: list[list[tuple[str, int, int]]] = [[]]
    for number, (token, word) in enumerate(zip(tokens, bare, strict=True)):
        is_surname = word in _DIRECTIONS and number == len(bare) - 1 and bool(pieces[-1])  # "Donna West" at the end of a run
        if (word in OTHER and not is_surname) or (word in FIRM and (is_titled or number in of_title)):
            pieces.append([])
        else:
            pieces[-1].append(token)
    found = []
    for position, piece in enumerate(pieces):
        titled = bool(is_titled and position == 0 and piece and piece[0][1] == tokens[0][1])
        words = [_bare(t[0]) for t in piece]
        if not piece or (not titled and (words[0] in firms or words[-1] in _NOUNS)):
            continue  # "Acme Steel" beside the registrant Acme; "Performance Goals"
        full = [w for w in words if len(w.strip(".")) > 1]
        if (len(piece) >= 2 and (len(full) >= 2 or (len(full) == 1 and len(piece) >= 3))) or (titled and full):
            is_last = position == len(pieces) - 1
            end = run.end() if is_last and run["suffix"] else piece[-1][2]
            text = sentence[piece[0][1] : end]
            name, cut = _possessive(text)
            found.append(Name(_tidy(_DEGREES.sub("", name)), titled and len(full) == 1 and len(piece) == 1, piece[0][1], end - cut))
    return found


def _bare(token: str) -> str:
    word = token.strip('.,;:()"').lower()
    return word.removesuffix("'s").removesuffix("'")


def _possessive(text: str) -> tuple[str, int]:
    for tail in ("'s", "'"):
        if text.endswith(tail):
            return text[: -len(tail)], len(tail)
    return text, 0


def _tidy(name: str) -> str:
    """SHOUTED NAMES in title case; spaces single."""
    text = re.sub(r"\s+", " ", name).strip(" ,")
    quiet = re.sub(r"\bMa?c(?=[A-Z])|\b(?:de|la|von|van|der|den|di|du|el)\b", "", text)
    if quiet.isupper() and len(text) > 4:
        text = re.sub(r"\b(?!(?:II|III|IV|MD|CPA|CFA|MBA|FACP|FACS)\b)([A-Z\u00c0-\u00de])([A-Z\u00c0-\u00de]+)", _lower, text)
        text = re.sub(r"\b(Ma?c)([A-Z\u00c0-\u00de])([A-Z\u00c0-\u00de]+)", lambda m: m[1] + m[2] + m[3].lower(), text)
    return text


def _lower(word: re.Match[str]) -> str:
    return word[1] + word[2].lower()


class Roster:
    """The people of a document by last name, so that "Ms. Example" is the one introduced before, or elsewhere in the document."""

    def __init__(self, document: str = "") -> None:
        self._by_last: dict[str, str] = {}
        self._document = document[:_FIRST_PAGES]
        self._unknown: set[str] = set()
        self._firms: dict[str, bool] = {}

    def add(self, name: Name) -> None:
        if not name.is_short:
            self._by_last[name.last_name.lower()] = name.full_name

    def is_person(self, name: Name, sentence: str) -> bool:
        """False for "Mother Lode" beside "Mother Lode Holdings", and for "President, Strategic Alliances": capitals behind a title that
        end like a field of work, with nobody called "Mr. Alliances" anywhere."""
        if name.is_short:
            return True
        if name.full_name not in self._firms:
            self._firms[name.full_name] = bool(re.search(rf"\b{re.escape(name.full_name)}(?: [A-Z]\w+)? {_FORM}", self._document))
        if self._firms[name.full_name]:
            return False
        if not re.search(rf"{_TITLE_WORD},\s+$", sentence[: name.start]) or not _FIELD.search(name.last_name):
            return True
        return bool(re.search(rf"\b{_HONORIFIC}\s+(?:[A-Z][\w.]*\s+)?{re.escape(name.last_name)}\b", self._document))

    def resolve(self, name: Name) -> str | None:
        """The full name; None for a short form nobody introduced, or several people did."""
        last = name.last_name
        if name.is_short and last.lower() not in self._by_last and last not in self._unknown:
            lines = re.finditer(rf"[^\n.;]{{0,60}}\b{re.escape(last)}\b", self._document)
            told = {n.full_name for line in lines for n in find_people(line[0]) if not n.is_short and n.last_name == last}
            if len(told) == 1:
                self._by_last[last.lower()] = told.pop()
            else:
                self._unknown.add(last)
        return self._by_last.get(last.lower()) if name.is_short else name.full_name
