"""Items 1.01, 2.01, 5.01, 7.01, 8.01: who acquires whom, how far it is, for how much.

item text + `Firms` → sentences → merger clauses ("Sub will merge with and into Target") and purchases ("acquired ... of Target")
→ one Event per other company. No acquisition: sales of our own assets, licences, customers, buy-backs, notes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from signals_pipeline.extract.amounts import Amount, find_amounts
from signals_pipeline.extract.dates import find_dates
from signals_pipeline.extract.event import Company, Event
from signals_pipeline.extract.firms import RUN, Firms, core
from signals_pipeline.extract.modality import modality_of
from signals_pipeline.extract.sentences import Sentence, sentences

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
_BUY = re.compile(
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
_BUY_BACK = re.compile(
    r"\brepurchas|\bbuy-?back|\btender offer (?:for|to purchase) (?:its|any|up to)|\bredeem|\bstock purchase plan\b|"
    r"\brights? (?:agreement|plan)\b",
    re.IGNORECASE,
)
_DISPOSAL = re.compile(
    r"\b(?:completed|consummated|closed|announced)\b[^.;]{0,60}\b(?:sale|divestiture|disposition|spin-?off)\b|\b(?:sold|divested|"
    r"will sell|to sell|agreed to sell|sale)\b[^.;]{0,160}\b(?:division|business|subsidiar|assets|unit|segment)\b|"
    r"\bformerly a wholly[- ]owned subsidiary of\b",
    re.IGNORECASE,
)
_TERMINATED = re.compile(r"\bterminat(?:ed|ion of)\b[^.;]{0,60}\b(?:Merger|Purchase|Acquisition) Agreement", re.IGNORECASE)
_PARENT = re.compile(rf"\b(?:direct |indirect |wholly[- ]owned |direct or indirect )*subsidiary of (?P<parent>{RUN})")
_PRICE = re.compile(
    r"\b(?:aggregate |total |base |initial |cash |net |up-?front |gross )*(?:purchase price|consideration|merger consideration|"
    r"transaction value|enterprise value|equity value|acquisition price|deal value|transaction)\b"
    r"[^.;$\u20ac\u00a3]{0,110}?$|\bfor (?:a total of |an aggregate of |a purchase price of |approximately |up to |about |"
    r"total (?:cash )?consideration of |cash consideration of |consideration of )*$|\b(?:valued at|worth|price of) (?:approximately |"
    r"about |up to |an aggregate )*$",
    re.IGNORECASE,
)
_BOILERPLATE = re.compile(
    r"^\W{0,3}(?:(?:cautionary (?:note|statement)s?|safe harbor|important|additional) (?:regarding|concerning|information|note|statement)|"
    r"forward[- ]looking (?:statements?|information)|"
    r"(?:important |additional )+information (?:about|and|for)|participants in (?:the )?solicitation|no offer or solicitation|"
    r"where (?:you can|to) find)",
    re.IGNORECASE | re.MULTILINE,
)
_STAGES = ("rumour", "proposed", "terminated", "agreed", "completed")


@dataclass(frozen=True)
class _Deal:
    other: str
    role: str  # of the other company: target | acquirer
    stage: str
    sentence: Sentence
    verb: str
    occurred_on: date | None


def read_deals(
    text: str, number: str, start: int, end: int, firms: Firms, *, known_on: date | None, reported_on: date | None
) -> tuple[list[Event], str | None]:
    """Acquisitions of an item, one per other company; and why none, when the item spoke of a sale instead."""
    parts = sentences(text, start, boilerplate(text, start, end))
    found: dict[str, _Deal] = {}
    disposal = False
    for position, sentence in enumerate(parts):
        if _BUY_BACK.search(sentence.text):
            continue
        if _is_disposal(sentence.text, firms):
            disposal = True
            continue
        clear = [*_mergers(sentence, firms), *_purchases(sentence, firms)]
        for deal in clear or _parties(sentence, text[start:end], firms):
            key = core(deal.other)
            dated = replace(deal, stage=_stage(deal, number), occurred_on=_date(deal, parts[position : position + 12], number))
            known = found.get(key)
            if known is None or (_STAGES.index(dated.stage) > _STAGES.index(known.stage) and known.role == dated.role):
                found[key] = dated if known is None else replace(known, stage=dated.stage, occurred_on=dated.occurred_on)
    if disposal and number == "2.01":  # the item reports a sale; what is bought in it is the buyer's side of the same
        return [], "asset_disposal"
    events = [_event(d, parts, firms, known_on, reported_on) for d in found.values()]
    return events, None if events else "asset_disposal" if disposal else None


def boilerplate(text: str, start: int, end: int) -> int:
    """Where the news of an item ends and the standing warnings begin."""
    found = _BOILERPLATE.search(text, start, end)
    return found.start() if found else end


def _is_disposal(sentence: str, firms: Firms) -> bool:
    """The registrant sells: its division, its subsidiary, its assets."""
    if not _DISPOSAL.search(sentence):
        return False
    return not re.search(
        r"\b(?:Company|Registrant|"
        + "|".join(re.escape(o) for o in sorted(firms.own))
        + r")\b[^.;]{0,60}\b(?:acquired|to acquire|acquisition of|to purchase)\b",
        sentence,
        re.IGNORECASE,
    )


def _mergers(sentence: Sentence, firms: Firms) -> list[_Deal]:
    found = []
    for clause in _MERGE.finditer(sentence.text):
        sub, into = _last_party(clause["sub"]), _first_party(clause["into"])
        verb = clause["verb"].strip() + " into"
        if firms.is_registrant(into) and firms.is_shell(sub):
            parent = _parent(sentence.text, firms)
            if parent:
                found.append(_Deal(parent, "acquirer", "", sentence, verb, None))
        elif firms.is_registrant(sub) and not firms.is_shell(into) and (name := firms.name_of(into)):
            found.append(_Deal(name, "acquirer", "", sentence, verb, None))
        elif firms.is_shell(sub) and not firms.is_shell(into) and (name := firms.name_of(into)) and not firms.is_registrant(name):
            parent = _parent(sentence.text, firms)
            if parent is None or firms.is_registrant(parent):
                found.append(_Deal(name, "target", "", sentence, verb, None))
    return found


def _parent(sentence: str, firms: Firms) -> str | None:
    """Whose the merger vehicle is: another company by name, or None when it is the registrant's (or nobody says)."""
    for told in _PARENT.finditer(sentence):
        parent = _first_party(told["parent"])
        if not firms.is_registrant(parent) and not firms.is_shell(parent):
            return firms.name_of(parent)
    return None


def _purchases(sentence: Sentence, firms: Firms) -> list[_Deal]:
    found = []
    for clause in _BUY.finditer(sentence.text):
        what, phrase = clause["what"], _first_party(clause["name"])
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
                found.append(_Deal(buyer, "acquirer", "", sentence, clause["verb"], None))
        elif buyer is None or firms.is_registrant(buyer) or firms.is_shell(buyer):
            found.append(_Deal(name, "target", "", sentence, clause["verb"], None))
    return found


def _parties(sentence: Sentence, item: str, firms: Firms) -> list[_Deal]:
    """A merger agreement told by its parties alone: "by and among the Company, Acme and Acme Merger Sub"."""
    told = re.search(r"\b[Mm]erger\b.{0,160}?\bby and (?:among|between) (?P<all>[^.;]{5,300})", sentence.text)
    if not told or _MERGE.search(item):
        return []
    listed = [p.strip(" ,") for p in re.split(r",\s+(?=[A-Zt]|[a-z][A-Z])|\s+and\s+(?=[A-Zt]|[a-z][A-Z])", told["all"]) if p.strip()]
    parties = [_first_party(re.sub(r"^the\s+", "", p)) for p in listed]
    if not any(firms.is_registrant(p) for p in parties) or not any(firms.is_shell(p) for p in parties):
        return []
    others = [n for p in parties if not firms.is_registrant(p) and not firms.is_shell(p) and (n := firms.name_of(p))]
    parent = _parent(sentence.text, firms)
    votes = re.search(r"proxy statement|(?:Company|Registrant)'s (?:stock|share)holders", item)
    if parent or (others and votes and not re.search(r"subsidiary of (?:the )?(?:Company|Registrant)", item)):
        return [_Deal(parent or others[0], "acquirer", "", sentence, "Merger Agreement", None)]
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


def _first_party(run: str) -> str:
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


def _stage(deal: _Deal, number: str) -> str:
    verb, words = deal.verb.lower(), deal.sentence.text
    if modality_of(words) == "rumour":
        return "rumour"
    if re.search(r"propos(?:al|ed) to|offer to", verb) or re.search(r"\b(?:unsolicited|non-binding|its proposal)\b", words):
        return "proposed"
    if _TERMINATED.search(words):
        return "terminated"
    if number == "2.01":
        return "completed"
    done = re.search(r"\b(?:complet|consummat|clos)(?:ed|ion of)\b", words) and not re.search(
        r"\b(?:will|expected|upon|subject to|following|prior to)\b[^.;]{0,60}\b(?:complet|consummat|clos)", words
    )
    if done or (number in ("7.01", "8.01") and re.match(r"(?:has |have )?(?:acquired|purchased|bought)$", verb)):
        return "completed"
    return "agreed"


def _date(deal: _Deal, later: list[Sentence], number: str) -> date | None:
    """The day of the step the item reports: completion for 2.01, signing for the rest."""
    if number == "2.01":
        for s in later:
            told = re.search(
                r"\bon ([A-Z][a-z]+ \d{1,2}, \d{4}),? (?:the )?[^.;]{0,60}\b(?:was|were) (?:completed|consummated|closed)|\b(?:complet|"
                r"consummat|clos)ed\b[^.;]{0,60}\bon ([A-Z][a-z]+ \d{1,2}, \d{4})",
                s.text,
                re.IGNORECASE,
            )
            if told and (dates := find_dates(told[1] or told[2])):
                return dates[0].day
    lead = re.match(
        r"\W*(?:(?:as previously (?:disclosed|announced|reported)|also),?\s*)?(?:on|effective(?: as of)?)\s+",
        deal.sentence.text,
        re.IGNORECASE,
    )
    dates = find_dates(deal.sentence.text, lead.end(), lead.end() + 30) if lead else []
    if not dates:
        signed = re.search(r"(?:dated as of|entered into(?: as of| on)?|dated)\s+([A-Z][a-z]+ \d{1,2}, \d{4})", deal.sentence.text)
        dates = find_dates(signed[1]) if signed else []
    return dates[0].day if dates else None


def _event(deal: _Deal, parts: list[Sentence], firms: Firms, known_on: date | None, reported_on: date | None) -> Event:
    occurred = deal.occurred_on or reported_on
    if occurred and reported_on and (reported_on - occurred).days > 300:
        occurred = reported_on
    amount = _price(deal, parts, firms)
    modality = {"rumour": "rumour", "completed": "done", "terminated": "done"}.get(deal.stage, "planned")
    return Event(
        "acquisition", modality, occurred_on=occurred, confidence=0.9 if deal.stage == "completed" else 0.85,  # type: ignore[arg-type]
        other=Company(deal.other, deal.role), deal_stage=deal.stage, amount=amount.value if amount else None,
        currency=amount.currency if amount else None, amount_qualifier=amount.qualifier if amount else None,
        subject=core(deal.other), start=deal.sentence.start, end=deal.sentence.end, trigger=deal.verb,
    )  # fmt: skip


def _price(deal: _Deal, parts: list[Sentence], firms: Firms) -> Amount | None:
    """The one price of the whole: never a per-share price, never one part of several (cash beside shares, an earn-out)."""
    at = next((n for n, s in enumerate(parts) if s.start == deal.sentence.start), 0)
    for s in parts[at : at + 5]:
        if s.start != deal.sentence.start and _speaks_of_another(s.text, deal, firms):
            break
        amounts = [a for a in find_amounts(s.text) if not a.per_share and a.value >= Decimal(10000)]
        for a in amounts:
            if not _PRICE.search(s.text[max(0, a.start - 150) : a.start]):
                continue
            between = s.text[max(0, a.start - 150) : a.start]
            tail = s.text[a.end : a.end + 200]
            mixed = re.search(r"\(i\)|\bshares\b[^.;]{0,40}\band\b|\bcontingent|\bearn-?out|"
                r"\bdeferred", between, re.IGNORECASE) or re.match(
                r"[^.;]{0,40}\b(?:plus|and|and \(ii\))\b[^.;]{0,60}\b(?:shares|stock|\$|\(ii\)|up to)", tail)  # fmt: skip
            if mixed or re.search(r"\b(?:termination fee|break-?up fee|debt|loan|facility|fee of|escrow)\b", between[-60:], re.IGNORECASE):
                continue
            return a
    return None


def _speaks_of_another(sentence: str, deal: _Deal, firms: Firms) -> bool:
    """A later sentence that opens another deal ends the search for this one's price."""
    other = _BUY.search(sentence)
    return bool(
        other and (name := firms.name_of(_first_party(other["name"]))) and core(name) != core(deal.other) and not firms.is_registrant(name)
    )
