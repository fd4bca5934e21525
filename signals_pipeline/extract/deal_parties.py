"""Who stands on which side of a deal: merger clauses ("Sub will merge with and into Target"), purchases ("acquired ... of Target"),
and agreements told by their parties alone.

sentence + `Firms` → [Deal] with the other company and its role. Does not belong here: stage, day and price (`deal_terms.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from signals_pipeline.extract.firms import RUN, Firms
from signals_pipeline.extract.sentences import Sentence

_WHAT = (
    r"(?:(?:all|substantially all|100%|approximately|[\d.]+%|a|the|its|their|majority|controlling|entire|outstanding|remaining|issued|"
    r"then|and|or|of|in|"
    r"capital|stock|shares?|common|ordinary|preferred|equity|membership|partnership|interests?|assets|business(?:es)?|operations|share|"
    r"voting|securities|ownership|limited|"
    r"liability|company|par|value|per|\$[\d.,]+|stake|\([^()]{0,80}\)|wholly[- ]owned|owned|held|by|not|already)\s*,?\s+)*?"
)


_MERGE = re.compile(
    rf"(?P<sub>{RUN})\s*(?:\([^()]*\))?,?\s+(?P<verb>(?:will|would|shall|was|is to|to|is expected to|has been|"
    rf"had)?\s*(?:be\s+)?merged?)\s*(?:\([^()]*\)\s*)?(?:with and )?into\s+(?:the\s+)?(?P<into>{RUN})"
)


BUY = re.compile(
    rf"\b(?P<verb>(?:has |have )?(?:completed|consummated|closed|announced|completing|announcing)\s+(?:(?:its|the|their|a|"
    rf"on)\s+)*(?:previously[- ](?:announced|disclosed)\s+|proposed\s+|pending\s+)?(?:acquisition|purchase|merger)\s+(?:of|with)|"
    rf"(?:will |to |would |shall |has |have |had |agreed to |agrees to |proposal to |offer to |intends? to |plans? to )*(?:acquire[sd]?|"
    rf"purchase[sd]?|buy|bought)|"
    rf"(?:definitive )?(?:agreement|proposal|offer)\s+to\s+(?:acquire|purchase|buy)|(?:the|its|our|proposed|pending|'s) acquisition of)\s+"
    rf"(?:from\s+(?P<seller>{RUN})\s*(?:\([^()]*\))?,?\s+)?(?P<what>{_WHAT})(?P<name>{RUN})"
)


_NOT_A_FIRM = re.compile(
    r"\b(?:notes?|debentures?|warrants?|receivables|portfolio|real property|building|land|licen[cs]e|inventory|patents?|customers?|"
    r"options?|royalt|mortgage|aircraft|vessel|properties)\b",
    re.IGNORECASE,
)


_PARENT = re.compile(rf"\b(?:direct |indirect |wholly[- ]owned |direct or indirect )*subsidiary of (?P<parent>{RUN})")


@dataclass(frozen=True)
class Deal:
    other: str
    role: str  # of the other company: target | acquirer
    stage: str
    sentence: Sentence
    verb: str
    occurred_on: date | None


def mergers(sentence: Sentence, firms: Firms) -> list[Deal]:
    found = []
    for clause in _MERGE.finditer(sentence.text):
        sub, into = _last_party(clause["sub"]), first_party(clause["into"])
        verb = clause["verb"].strip() + " into"
        if firms.is_registrant(into) and firms.is_shell(sub):
            parent = _parent(sentence.text, firms)
            if parent:
                found.append(Deal(parent, "acquirer", "", sentence, verb, None))
        elif firms.is_registrant(sub) and not firms.is_shell(into) and (name := firms.name_of(into)):
            found.append(Deal(name, "acquirer", "", sentence, verb, None))
        elif firms.is_shell(sub) and not firms.is_shell(into) and (name := firms.name_of(into)) and not firms.is_registrant(name):
            parent = _parent(sentence.text, firms)
            if parent is None or firms.is_registrant(parent):
                found.append(Deal(name, "target", "", sentence, verb, None))
    return found


def _parent(sentence: str, firms: Firms) -> str | None:
    """Whose the merger vehicle is: another company by name, or None when it is the registrant's (or nobody says)."""
    for told in _PARENT.finditer(sentence):
        parent = first_party(told["parent"])
        if not firms.is_registrant(parent) and not firms.is_shell(parent):
            return firms.name_of(parent)
    return None


def purchases(sentence: Sentence, firms: Firms) -> list[Deal]:
    found = []
    for clause in BUY.finditer(sentence.text):
        what, phrase = clause["what"], first_party(clause["name"])
        if (
            _NOT_A_FIRM.search(what)
            or re.search(r"\bcertain\b", what)
            or re.match(r"(?:shares?|common|preferred|ordinary|stock)\b[^.]*\bof (?:its|our|the)\s*$", what.strip())
        ):
            continue
        name = firms.name_of(phrase)
        before = sentence.text[: clause.start()]
        buyer = _buyer(before, firms)
        if name is None or firms.is_shell(name) or not _plausible(phrase, name, firms):
            continue
        if firms.is_registrant(phrase) or firms.is_registrant(name):
            if (
                buyer
                and not firms.is_registrant(buyer)
                and not firms.is_shell(buyer)
                and re.search(r"acqui|merger", clause["verb"])
                and not re.search(r"[\d.]+%|beneficial", what)
            ):
                found.append(Deal(buyer, "acquirer", "", sentence, clause["verb"], None))
        elif buyer is None or firms.is_registrant(buyer) or firms.is_shell(buyer):
            found.append(Deal(name, "target", "", sentence, clause["verb"], None))
    return found


def parties(sentence: Sentence, item: str, firms: Firms) -> list[Deal]:
    """A merger agreement told by its parties alone: "by and among the Company, Acme and Acme Merger Sub"."""
    told = re.search(r"\b[Mm]erger\b.{0,160}?\bby and (?:among|between) (?P<all>[^.;]{5,300})", sentence.text)
    if not told or _MERGE.search(item):
        return []
    listed = [p.strip(" ,") for p in re.split(r",\s+(?=[A-Zt]|[a-z][A-Z])|\s+and\s+(?=[A-Zt]|[a-z][A-Z])", told["all"]) if p.strip()]
    parties = [first_party(re.sub(r"^the\s+", "", p)) for p in listed]
    if not any(firms.is_registrant(p) for p in parties) or not any(firms.is_shell(p) for p in parties):
        return []
    others = [n for p in parties if not firms.is_registrant(p) and not firms.is_shell(p) and (n := firms.name_of(p))]
    parent = _parent(sentence.text, firms)
    votes = re.search(r"proxy statement|(?:Company|Registrant)'s (?:stock|share)holders", item)
    if parent or (others and votes and not re.search(r"subsidiary of (?:the )?(?:Company|Registrant)", item)):
        return [Deal(parent or others[0], "acquirer", "", sentence, "Merger Agreement", None)]
    return []


def _buyer(before: str, firms: Firms) -> str | None:
    """The nearest company before the verb, when the clause has one of its own."""
    clause = re.split(r"\bpursuant to which,?|[;]|\bwhereby\b", before)[-1]
    runs = [
        m
        for m in re.finditer(RUN, clause)
        if not re.match(
            r"(?:On|In|As|Pursuant|Effective|The|Upon|Also|This|Agreement|Merger|Item|January|February|March|April|May|June|July|August|"
            r"September|October|November|December)\b(?!\s+[A-Z])",
            m[0],
        )
    ]
    for run in reversed(runs):
        phrase = _last_party(run[0])
        if firms.is_registrant(phrase) or firms.is_shell(phrase):
            return phrase
        if phrase.lower() in firms.full or re.search(r"(?:Inc|Corp|Corporation|LLC|Ltd|Limited|plc|N\.V|S\.A|GmbH|L\.P)\.?$", phrase):
            return firms.name_of(phrase)
    return None


def _plausible(phrase: str, name: str, firms: Firms) -> bool:
    """A company by form: defined in the filing, with a legal form, or standing alone as a proper name of few words."""
    if phrase.lower() in firms.full or firms.is_registrant(phrase):
        return True
    if re.search(
        r"\b(?:Inc|Corp|Corporation|LLC|Ltd|Limited|plc|PLC|N\.V|B\.V|S\.A|GmbH|AG|L\.P|LP|Company|Co|Holdings|Group|Bank|Technologies|"
        r"Software|Systems)\b",
        name,
    ):
        return not re.search(r"\bAgreement\b|\bAct\b|\bPlan\b", name)
    return False


def first_party(run: str) -> str:
    """A run of capitals up to where the next company begins."""
    text = re.split(
        r",?\s+and\s+(?=(?:[A-Z]\w+\s?)+(?:,?\s+(?:Inc|Corp|LLC|Ltd|L\.P))|certain|the\b)|,\s+(?=(?!Inc|Corp|LLC|Ltd|L\.P|LP|N\.A|Co\b|"
        r"S\.A|P\.C|PLC|plc|Incorporated|Limited)[A-Z])|\s+(?:of|and|the)$",
        run,
    )[0]
    words = text.split()
    for position, word in enumerate(words[:-1]):  # "Zi Corporation. The": a full stop ends it unless it is an abbreviation's
        if word.endswith(".") and not re.match(r"(?:Inc|Corp|Co|Ltd|St|Dr|Mr|Bros|[A-Z](?:\.[A-Z])*)\.$", word):
            return " ".join(words[: position + 1]).rstrip(".")
    return text.strip(" ,")


def _last_party(run: str) -> str:
    text = re.split(r"\s+and\s+(?=[A-Z])|,\s+(?=(?!Inc|Corp|LLC|Ltd|L\.P|LP|N\.A|Co\b|S\.A|P\.C|PLC|plc|Incorporated|Limited)[A-Z])", run)[
        -1
    ]
    return re.sub(r"^(?:the|The|On|of|and|which)\s+", "", text).strip(" ,")
