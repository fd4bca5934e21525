"""How far a deal is, when, and for how much.

`Deal` + its item's sentences → `stage_of`, `day_of`, `price_of`. Does not belong here: who buys whom (`deal_parties.py`).
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from signals_pipeline.extract.amounts import Amount, find_amounts
from signals_pipeline.extract.dates import find_dates
from signals_pipeline.extract.deal_names import Deal, first_party
from signals_pipeline.extract.deal_patterns import BUY
from signals_pipeline.extract.firms import Firms, core
from signals_pipeline.extract.modality import modality_of
from signals_pipeline.extract.sentences import Sentence

_TERMINATED = re.compile(r"\bterminat(?:ed|ion of)\b[^.;]{0,60}\b(?:Merger|Purchase|Acquisition) Agreement", re.IGNORECASE)


_CLOSED = re.compile(
    r"^\W*(?:The|This|Such) (?:acquisition|transactions?|merger|purchase|sale|closing)\b[^.;,]{0,30}?\b(?:was |were |has |have been )?"
    r"(?:closed|completed|consummated|occurred|took place)\b"
)
_AHEAD = re.compile(r"\b(?:will|expected|upon|subject to|until|if|when|be (?:closed|completed|consummated))\b")
_PRICE = re.compile(
    r"\b(?:aggregate |total |base |initial |cash |net |up-?front |gross )*(?:purchase price|consideration|merger consideration|"
    r"transaction value|enterprise value|equity value|acquisition price|deal value|transaction)\b"
    r"[^.;$\u20ac\u00a3]{0,110}?$|\bfor (?:a total of |an aggregate of |a purchase price of |approximately |up to |about |"
    r"total (?:cash )?consideration of |cash consideration of |consideration of )*$|\bvalu(?:ing|es|"
    r"ed)\b[^.;$\u20ac\u00a3]{0,110}\bat (?:approximately |about )?$|\b(?:valued at|worth|price of) (?:approximately |"
    r"about |up to |an aggregate )*$|"
    r"\b(?:per|each|a) (?:\w+ ){0,2}?share\b[^$\u20ac\u00a3;]{0,60}?\b(?:a total of|an aggregate of|in total|or) (?:about |approximately |"
    r"roughly |around )*$|"
    r"\b(?:deal|transaction|merger|acquisition|offer|company) (?:an? |at an? )?(?:total |aggregate |implied |equity |enterprise )*"
    r"value of (?:about |approximately |roughly |around )*$|"
    r"\bprice(?:,[^,;$]{3,60},)? (?:was|is|will be) (?:about |approximately |roughly |around )*$",
    re.IGNORECASE,
)


_AGGREGATE = re.compile(
    r"\b(?:aggregate|total) (?:merger |purchase |transaction |deal |equity )?(?:consideration|purchase price|value|price)\b"
    r"[^.;$\u20ac\u00a3]{0,140}$",
    re.IGNORECASE,
)
_NOT_A_PRICE = re.compile(r"\b(?:termination fee|break-?up fee|debt|loan|facility|fee of|escrow)\b", re.IGNORECASE)
_BROKEN_DOWN = re.compile(r"\s*,?\s*(?:of which|consisting of|comprised of|composed of|including|which includes|inclusive of)\b")
_PAID = re.compile(  # "Acme paid $19 million in cash at closing", and nothing beside it
    r"\bpaid (?:a total of |an aggregate of |approximately |about |roughly )*$", re.IGNORECASE
)
_AND_MORE = re.compile(
    r"[^.;]{0,60}\b(?:and|plus|with)\b[^.;]{0,60}"
    r"\b(?:balance|remainder|rest|notes?|assum\w+|issued|deferred|fees?)\b|\s+to (?!the)"
)
_EARN_OUT = re.compile(
    r"\bearn-?outs?\b|\bcontingent (?:consideration|payments?|value rights?)\b|\bmilestone payments?\b|\badditional (?:cash |earn-?out )?"
    r"(?:consideration|payments?) (?:of up to|contingent|based|if|upon)\b",
    re.IGNORECASE,
)


def stage_of(deal: Deal, number: str, later: list[Sentence]) -> str:
    verb, words = deal.verb.lower(), deal.sentence.text
    if modality_of(words) == "rumour":
        return "rumour"
    if (re.search(r"propos(?:al|ed|es|ing) to|offer to", verb) and number != "1.01") or re.search(
        r"\b(?:unsolicited|non-binding|its proposal|proposes to|(?:it|we) (?:has |have )?proposed to)\b", words
    ):
        return "proposed"
    if _TERMINATED.search(words):
        return "terminated"
    if number == "2.01":
        return "completed"
    done = re.search(r"\b(?:complet|consummat|clos)(?:ed|ion of|ing of|ation of|ing the|ation)\b", words) and not re.search(
        r"\b(?:will|expected|[Uu]pon|subject to|[Ff]ollowing|[Pp]rior to)\b[^.;]{0,60}\b(?:complet|consummat|clos)", words
    )
    if done or (
        number in ("1.01", "5.01", "7.01", "8.01")
        and re.match(
            r"(?:has |have |had )?(?:acquired|purchased|bought|became|taken over|took over|absorbed|added|welcomed|brought|increased .*)$",
            verb,
        )
    ):
        return "completed"
    return "completed" if any(_CLOSED.search(s.text) and not _AHEAD.search(s.text) for s in later) else "agreed"


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
        r"\W*(?:\([a-z]\)\s*)?(?:(?P<before>as previously (?:disclosed|announced|reported))?,?\s*|also,?\s*)?(?:on|"
        r"effective(?: as of)?)\s+",
        deal.sentence.text,
        re.IGNORECASE,
    )
    if lead and lead["before"] and deal.stage in ("", "completed") and number in ("2.01", "5.01"):
        return None  # the day of signing: what the item reports came later
    dates = find_dates(deal.sentence.text, lead.end(), lead.end() + 30) if lead else []
    if not dates and number in ("2.01", "5.01"):
        done = re.search(
            r"(?<!dated )\bon\s+([A-Z][a-z]+ \d{1,2}, \d{4})", deal.sentence.text
        )  # "under an agreement dated A, on B we bought"
        dates = find_dates(done[1]) if done else []
    if not dates:
        signed = re.search(r"(?:dated as of|entered into(?: as of| on)?|dated)\s+([A-Z][a-z]+ \d{1,2}, \d{4})", deal.sentence.text)
        dates = find_dates(signed[1]) if signed else []
    return dates[0].day if dates else None


def price_of(deal: Deal, parts: list[Sentence], firms: Firms) -> Amount | None:
    """The one price of the whole: never a per-share price, never one part of several (cash beside shares, an earn-out).
    It stands near the deal, or anywhere in the item when it is called the aggregate."""
    at = next((n for n, s in enumerate(parts) if s.start == deal.sentence.start), 0)
    near = True
    for number, s in enumerate(parts[at:]):
        if s.start != deal.sentence.start and _speaks_of_another(s.text, deal, firms):
            return None
        near = near and number < 5
        later = parts[at + number + 1].text if at + number + 1 < len(parts) else ""
        for amount in find_amounts(s.text):
            before, after = s.text[max(0, amount.start - 150) : amount.start], s.text[amount.end : amount.end + 200]
            is_paid = near and deal.stage == "completed" and _PAID.search(before) and not _AND_MORE.match(after)
            if amount.per_share or amount.value < Decimal(10000) or not (is_paid or (_PRICE if near else _AGGREGATE).search(before)):
                continue
            if _NOT_A_PRICE.search(before[-60:].replace(deal.other, "")) or (_is_part(before, after) and not _BROKEN_DOWN.match(after)):
                continue
            if _BROKEN_DOWN.match(after):  # "of which $25 million is contingent": the whole, told in its parts
                return amount
            return None if _EARN_OUT.search(s.text) or _EARN_OUT.search(later) else amount
    return None


def _is_part(before: str, after: str) -> bool:
    """One of several things paid."""
    parts = re.search(r"\(i\)|\d shares\b[^.;]{0,40}\band\b|\bcontingent|\bearn-?out|\bdeferred", before, re.IGNORECASE)
    return bool(parts or re.match(r"[^.;]{0,40}\b(?:plus|and|and \(ii\))\b[^.;]{0,60}\b(?:shares|stock|\$|\(ii\)|up to)", after))


def _speaks_of_another(sentence: str, deal: Deal, firms: Firms) -> bool:
    """A later sentence that opens another deal ends the search for this one's price."""
    other = BUY.search(sentence)
    return bool(
        other and (name := firms.name_of(first_party(other["name"]))) and core(name) != core(deal.other) and not firms.is_registrant(name)
    )
