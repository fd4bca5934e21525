"""Deals whose clause no pattern knows: one other company beside words of taking a whole company, and whose shares they are.

item's sentences + `Firms` → `nearest_deals` → [Deal]; read only when the item's clauses told of no deal.
Does not belong here: clauses with an acting company (`deal_parties.py`), merger agreements told by parties (`deal_agreement.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from signals_pipeline.extract.dates import find_dates
from signals_pipeline.extract.deal_agreement import side
from signals_pipeline.extract.deal_names import Deal, first_party, plausible
from signals_pipeline.extract.deal_patterns import NOT_A_COMPANY, NOT_A_FIRM, PART_OF_ASSETS, PURPOSE
from signals_pipeline.extract.firms import RUN, Firms, core
from signals_pipeline.extract.sentences import Sentence

_WHOLE = (
    r"(?:all|100\s?%|100 percent|the entire|the whole|entire issued)\b[^.;]{0,80}?\b(?:shares?|stock|capital|interests?|units|"
    r"securities|equity)"
)
CUE = re.compile(
    rf"\b(?P<verb>business combination|merger(?: of equals)?|amalgamation|take-?over|scheme of arrangement|plan of arrangement|"
    rf"(?:firm|cash|tender|exchange|takeover) offer|(?:stock|share|equity|unit|asset|membership interests?|"
    rf"interests?) (?:sale and )?(?:purchase|exchange) "
    rf"agreement|{_WHOLE}|acquisition|acquire[sd]?|acquiring)\b",
    re.IGNORECASE,
)
_OWNERS = re.compile(r"\bits (?:sole )?(?:share|stock|unit)?(?:holders?|owners?|members?)\b")
_WE_BUY = re.compile(
    r"\b(?:Company|Registrant|[Ww]e) (?:has |have |will |would |shall |agreed to |to )*(?:acquire|purchase|buy)\w*\b[^.;]{0,30}?\b"
    r"(?:all|substantially all|100\s?%)"
)
# said about a deal, and none of the news: votes, approvals, litigation, money for it, an agreement changed
_BESIDE = re.compile(
    r"\b(?:amend(?:s|ed|ment|ing)\b|extend|waive[dr]?|litigation|complaint|lawsuit|approv(?:al|ed|es) (?:of|by)|vote[sd]?|licen[cs]e|"
    r"lease[sd]?|"
    r"supply|distribution agreement|credit agreement|loan|indenture|financ(?:e|ing)|terminat\w+|proceeds|lapsed|withdr[ae]wn?|competitor|"
    r"leasehold|spin-?offs?|distribution|pro rata|separation|square feet|warrants?|private placement|registration rights)",
    re.IGNORECASE,
)
_BYSTANDER = re.compile(
    r"\b(?:from|representative|counsel|advis[eo]rs?|agent|trustee|lenders?|by and through|formerly|divisions? of|unit of|customer|"
    r"Nasdaq|NYSE)\s+(?:the\s+)?$|"
    r",\s+as\s+$",
    re.IGNORECASE,
)


def nearest_deals(parts: list[Sentence], item: str, firms: Firms) -> list[Deal]:
    """The first sentence of an item that names one other company beside a word of taking it whole, when the side can be told."""
    for sentence in parts:
        cue = CUE.search(sentence.text)
        if (
            cue is None
            or any(p.search(sentence.text) for p in (_BESIDE, NOT_A_FIRM, PART_OF_ASSETS))
            or PURPOSE.search(sentence.text[: cue.start()])
        ):
            continue
        others = {core(name): name for name in _companies(sentence.text, firms)}
        if len(others) != 1 or (
            not re.search(r"\b(?:we|us|our|Company|Registrant)\b", sentence.text) and not _names_us(sentence.text, firms)
        ):
            continue
        name = next(iter(others.values()))
        if role := side(name, item, firms) or _with(name, sentence.text, item):
            return [Deal(name, role, "", sentence, cue["verb"], None)]
    return []


def _names_us(text: str, firms: Firms) -> bool:
    return any(firms.is_registrant(first_party(m[0])) for m in re.finditer(RUN, text))


def _companies(text: str, firms: Firms) -> Iterator[str]:
    """Other companies of a sentence, in full: no vehicle, no seller, no adviser."""
    bare = re.sub(r"\s*\([^()]*\)", "", text)
    for run in re.finditer(RUN, bare):
        for phrase in re.split(r"\s+and\s+(?:the\s+)?|,\s+the\s+", run[0]):
            party = re.sub(r"^(?:The|On|In|By|Under|Pursuant|As)\s+", "", first_party(phrase))
            name = firms.name_of(party)
            if (
                name is None
                or find_dates(name)
                or firms.is_own(party)
                or firms.is_own(name)
                or firms.is_shell(name)
                or NOT_A_COMPANY.search(name)
            ):
                continue
            if plausible(party, name, firms) and not _BYSTANDER.search(bare[: run.start() + run[0].find(party)]):
                yield name


def _with(name: str, text: str, item: str) -> str | None:
    """ "business combination with Acme": a partner without a side is what the registrant adds."""
    short = re.escape(core(name).split()[0])
    if re.search(rf"\b(?:purchase|exchange) agreement\b[^.;]{{0,40}}?\bwith\s+(?:the\s+)?{short}\b", text, re.IGNORECASE) and (
        _OWNERS.search(text) or _WE_BUY.search(item)
    ):
        return "target"
    is_partner = re.search(
        rf"\b(?:combination|merger|amalgamation)s?\b[^.;]{{0,40}}\b(?:with|and)\s+(?:the\s+)?{short}", text, re.IGNORECASE
    )
    return "target" if is_partner else None
