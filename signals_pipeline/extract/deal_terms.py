"""How far a deal is, when, and for how much.

`Deal` + its item's sentences → `stage_of`, `day_of`, `price_of`. Does not belong here: who buys whom (`deal_parties.py`).
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from signals_pipeline.extract.amounts import Amount, find_amounts
from signals_pipeline.extract.dates import find_dates
from signals_pipeline.extract.deal_parties import BUY, Deal, first_party
from signals_pipeline.extract.firms import Firms, core
from signals_pipeline.extract.modality import modality_of
from signals_pipeline.extract.sentences import Sentence

_TERMINATED = re.compile(r"\bterminat(?:ed|ion of)\b[^.;]{0,60}\b(?:Merger|Purchase|Acquisition) Agreement", re.IGNORECASE)


_PRICE = re.compile(
    r"\b(?:aggregate |total |base |initial |cash |net |up-?front |gross )*(?:purchase price|consideration|merger consideration|"
    r"transaction value|enterprise value|equity value|acquisition price|deal value|transaction)\b"
    r"[^.;$\u20ac\u00a3]{0,110}?$|\bfor (?:a total of |an aggregate of |a purchase price of |approximately |up to |about |"
    r"total (?:cash )?consideration of |cash consideration of |consideration of )*$|\b(?:valued at|worth|price of) (?:approximately |"
    r"about |up to |an aggregate )*$",
    re.IGNORECASE,
)


def stage_of(deal: Deal, number: str) -> str:
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


def day_of(deal: Deal, later: list[Sentence], number: str) -> date | None:
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


def price_of(deal: Deal, parts: list[Sentence], firms: Firms) -> Amount | None:
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


def _speaks_of_another(sentence: str, deal: Deal, firms: Firms) -> bool:
    """A later sentence that opens another deal ends the search for this one's price."""
    other = BUY.search(sentence)
    return bool(
        other and (name := firms.name_of(first_party(other["name"]))) and core(name) != core(deal.other) and not firms.is_registrant(name)
    )
