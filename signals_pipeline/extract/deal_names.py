"""Companies in a clause of a deal: which run of capitals is one company, who acts before a verb, whose a merger vehicle is.

clause + `Firms` → name | None; `Deal` is what the readers of clauses make. Does not belong here: the clauses (`deal_parties.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from signals_pipeline.extract.deal_patterns import LEGAL_END, NOT_A_COMPANY, PARENT
from signals_pipeline.extract.firms import LEGAL, RUN, Firms
from signals_pipeline.extract.sentences import Sentence


@dataclass(frozen=True)
class Deal:
    other: str
    role: str  # of the other company: target | acquirer
    stage: str
    sentence: Sentence
    verb: str
    occurred_on: date | None
    is_assets: bool = False  # all or substantially all assets, instead of the company itself


def parent_of(text: str, firms: Firms) -> str | None:
    """Whose the merger vehicle is: another company by name, or None when it is the registrant's (or nobody says)."""
    for told in PARENT.finditer(text):
        parent = first_party(told["parent"])
        if not firms.is_own(parent) and not firms.is_shell(parent) and (name := firms.name_of(parent)):
            return name
    return None


def buyer_before(before: str, firms: Firms, *, passive: bool = False) -> str | None:
    """Who acts before a verb: the nearest company of the clause. Whom an agreement was made with does not act in "to acquire";
    of "through its subsidiary A" it is A's owner that acts."""
    clause = re.split(r"\bpursuant to which,?|[;]|\bwhereby\b|\bunder which,?|\bthat\b(?=\s+(?:it|the|[A-Z]))", before)[-1]
    if entered := re.search(
        r"\b(?:entered into|executed|signed|into) (?:an? |the )?(?:[\w-]+ )*?(?:agreement|offer|letter)\b", clause, re.IGNORECASE
    ):
        clause = clause[: entered.start()] + (" " if passive or entered.start() else clause[entered.start() :])
    if offered := re.search(rf"\b(?:proposals?|offers?|bid|letter|indication of interest)\s+from\s+(?:the\s+)?(?P<name>{RUN})\s*$", clause):
        return firms.name_of(last_party(offered["name"]))
    clause = re.sub(
        r",?\s+through (?:its|our|an?|the)[^,;]{0,60}subsidiar(?:y|ies),?\s[^,;]*(?:,?\s+(?:Inc|LLC|Ltd|Corp)\.?)?,?", " ", clause
    )
    clause = re.sub(rf",\s+through {RUN}\.?,", " ", clause)
    clause = re.sub(r",\s+(?:which|who)\b[^,;]*,", " ", clause)
    if not passive and re.search(
        r"\b(?:in|under|by) which (?:it|we) (?:has |have )?(?:propos\w+|offer\w+|agree\w*|will|is|are)(?: to)?\s*$", clause
    ):
        opening = next((m[0] for m in re.finditer(RUN, clause) if firms.is_own(last_party(m[0]))), None)
        return last_party(opening) if opening else None  # "Acme sent a letter to Beta in which it proposed to acquire"
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
        phrase = last_party(run[0])
        if firms.is_own(phrase) or firms.is_shell(phrase):
            return phrase
        is_named = phrase.lower() in firms.full or LEGAL_END.search(phrase)
        if is_named and not re.search(r"\b(?:with|from|by)\s+(?:the\s+)?$", clause[: run.start() + run[0].rfind(phrase)]):
            return firms.name_of(phrase)
    if passive:
        return None
    nearest = re.search(rf"(?P<name>{RUN})(?:\s+(?:to|has|had|will|would|of its proposal|its (?:proposal|offer)))?\s*$", clause)
    phrase = last_party(nearest["name"]) if nearest else ""
    return firms.in_full(phrase) or (firms.name_of(phrase) if nearest and nearest[0].strip() != phrase and " " in phrase else None)


def plausible(phrase: str, name: str, firms: Firms, after: str = "") -> bool:
    """A company by form: defined in the filing, with a legal form, or a name of several capitals that the text explains
    (", a regional carrier", a definition) or ends with."""
    if phrase.lower() in firms.full or firms.is_registrant(phrase):
        return True
    if re.search(rf"\b(?:{LEGAL}|Software)\b", name):
        return not re.search(r"\bAgreement\b|\bAct\b|\bPlan\b", name)
    explained = re.match(
        r"\s*(?:,\s+(?:an?|the)\s+\w|,\s+(?:located|based|headquartered)|\([\"']|\.?$|\s+(?:in|for) (?:an? )?(?:all-|cash|exchange|\d|"
        r"\$|total))",
        after,
    )
    return bool(explained) and len(name.split()) > 1 and not NOT_A_COMPANY.search(name)


def first_party(run: str) -> str:
    """A run of capitals up to where the next company begins."""
    text = re.split(
        r",\s+the\s+|,\s+and\s+(?=[A-Z])|,?\s+and\s+(?=(?:[A-Z]\w+\s?)+(?:,?\s+(?:Inc|Corp|LLC|Ltd|L\.P))|certain|the\b)|,\s+(?=(?!Inc|"
        r"Corp|LLC|Ltd|L\.P|LP|"
        r"N\.A|Co\b|"
        r"S\.A|P\.C|PLC|plc|Incorporated|Limited)[A-Z])|\s+(?:of|and|the)$",
        run,
    )[0]
    words = text.split()
    for position, word in enumerate(words[:-1]):  # "Zi Corporation. The": a full stop ends it unless it is an abbreviation's
        if word.endswith(".") and not re.match(r"(?:Inc|Corp|Co|Ltd|Pte|Pty|Cos|Intl|Mfg|St|Dr|Mr|Bros|[A-Z](?:\.[A-Z])*)\.$", word):
            return " ".join(words[: position + 1]).rstrip(".")
    return text.strip(" ,")


def last_party(run: str) -> str:
    text = re.split(
        r"\s+and\s+(?=[A-Z])|,\s+(?=the\s)|\s+(?=the (?:Company|Registrant|Corporation|Bank|Issuer|Purchaser|Buyer|Parent)\b)|"
        r",\s+(?=(?!Inc|Corp|LLC|Ltd|L\.P|LP|N\.A|Co\b|S\.A|P\.C|PLC|plc|Incorporated|Limited)[A-Z])",
        run,
    )[-1]
    return re.sub(r"^(?:the|The|On|of|and|which)\s+", "", text).strip(" ,")
