"""Money for shares in a sentence: shares sold for proceeds, rounds by their name, grants.

sentence + its amounts → `shares_sold` → Amount | None; `named_round` → Round | None. No round: shares paid to sellers of a company,
to staff, for conversions; shares of another company that are bought.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from signals_pipeline.extract.amounts import Amount
from signals_pipeline.extract.deal_patterns import LEGAL_END
from signals_pipeline.extract.firms import RUN, Firms
from signals_pipeline.extract.rounds import round_type
from signals_pipeline.extract.sentences import Sentence

_SHARES_SOLD = re.compile(
    r"\b(?:sold|issued and sold|issue and sell|sale of|agreed to (?:sell|issue)|issued|purchase[sd]?|closed (?:its|the) (?:public |"
    r"private )?(?:offering|placement|financing))\b",
    re.IGNORECASE,
)
_PROCEEDS = re.compile(
    r"\b(?:(?:aggregate |total )?(?:gross|net) proceeds|aggregate (?:purchase price|offering price|consideration|price)|"
    r"(?:total )?purchase price|"
    r"proceeds (?:to|of|from))\b[^.;$\u20ac\u00a3]{0,80}$|\bfor (?:an aggregate (?:purchase price )?of |a (?:total )?(?:purchase price|"
    r"consideration) of |(?:gross|net) proceeds of |total proceeds of |approximately )+$",
    re.IGNORECASE,
)
_TO_SELLERS = re.compile(
    r"\b(?:merger agreement|stock purchase agreement (?:with|by and among) the (?:sellers|stockholders)|(?:former )?(?:stock|"
    r"share)holders of [A-Z]|acquisition of|as consideration|in exchange for|upon (?:the )?(?:conversion|exercise)|hedge|compensat|award|"
    r"consultant|employee|directors?' )",
    re.IGNORECASE,
)
_SHARES = re.compile(r"\b(?:shares?|units?|common stock|preferred stock|private placement|offering|series [a-j])\b", re.IGNORECASE)
_OTHERS_SHARES = re.compile(
    rf"\b(?:acquire|purchas|buy|bought)\w*\b[^.;]{{0,140}}?\b(?:shares?|stock|interests?|securities|capital|equity)\s+(?:of|"
    rf"in)\s+(?:the\s+)?(?P<of>{RUN})"
)
_ROUND = re.compile(
    r"^\s*(?:in\s+)?(?P<name>series [a-j](?:-?\d)?(?: extension)?|(?:pre-)?seed|growth(?: equity)?|venture|bridge|strategic|equity|"
    r"preferred(?: stock)?)?\s*"
    r"(?:equity |preferred stock |preferred |funding |stock )*(?:financing|round|investment round|funding|growth investment)\b",
    re.IGNORECASE,
)
_ROUND_OF = re.compile(
    r"\b(?P<name>series [a-j](?:-?\d)?(?: extension)?|(?:pre-)?seed|growth equity|venture)\s+(?:(?:preferred stock|equity|preferred|"
    r"funding) )*"
    r"(?:financing|round|funding)\b[^.;$]{0,50}\b(?:of|for|totaling|raising|raised)\s+(?:approximately |up to |an aggregate of )*$",
    re.IGNORECASE,
)
_SALE = re.compile(
    r"^\s*(?:underwritten |registered |follow-on )*(?:private placement|public offering|registered direct offering|direct offering|PIPE)\b"
)
_RAISED = re.compile(r"\b(?:clos(?:ed|ing)|completed|raised?|announc(?:ed|ing)|secured|received|consummated)\b", re.IGNORECASE)
_GRANT_OF = re.compile(
    r"\bgrants?\b[^.;$]{0,60}\b(?:of|for|totaling|worth)\s+(?:approximately |up to )*$|\baward(?:ed)?\b[^.;$]{0,40}\bgrant\b[^.;$]{0,40}$",
    re.I,
)
_GRANT = re.compile(r"^\s*(?:federal |research |government |cash )*grant\b", re.IGNORECASE)
_STOCK_GRANT = re.compile(r"\b(?:stock|shares?|options?|equity|units?|rsus?|director|employee|officer)\b", re.IGNORECASE)
_LED_BY = re.compile(rf"\b(?:co-)?led by (?P<who>{RUN})")


@dataclass(frozen=True)
class Round:
    """Money for shares, or given. `kind`: the seed's enum."""

    amount: Amount
    kind: str
    investors: str | None = None


def named_round(sentence: Sentence, amounts: list[Amount]) -> Round | None:
    """ "closed a $40 million Series B financing led by A", "received a grant of $2 million": the round by its name."""
    words = sentence.text
    if not _RAISED.search(words):
        return None
    for amount in amounts:
        before, after = words[max(0, amount.start - 120) : amount.start], words[amount.end : amount.end + 90]
        if not _STOCK_GRANT.search(words) and (_GRANT_OF.search(before) or _GRANT.match(after)):
            return Round(amount, "grant")
        found = _ROUND_OF.search(before) or _ROUND.match(after)
        if found and (found["name"] or re.search(r"\b(?:funding|equity|investment)\b", found[0], re.IGNORECASE)):
            lead = _LED_BY.search(words)
            name = (found["name"] or "").strip()
            return Round(amount, round_type(name) if name else "unknown", re.split(r",\s|\s+and\s", lead["who"])[0] if lead else None)
    return None


def shares_sold(sentence: Sentence, amounts: list[Amount], around: str, firms: Firms) -> Amount | None:
    """What shares of the registrant were sold for. `around`: the sentences before, which may name the sale of these proceeds."""
    words = re.sub(r"\bissued and outstanding\b", "outstanding", sentence.text)
    is_proceeds = re.search(r"\b(?:gross|net) proceeds\b", words, re.IGNORECASE)
    if not amounts or not (_SHARES_SOLD.search(words) or is_proceeds or _RAISED.search(words)) or _TO_SELLERS.search(words):
        return None
    told = f"{around} {words}" if is_proceeds and not _TO_SELLERS.search(around) else words
    if not _SHARES.search(told) or _of_another(sentence.text, firms):
        return None
    sale = [a for a in amounts if _SALE.match(sentence.text[a.end :])]
    if sale and _RAISED.search(words):  # "closed a $12 million private placement"
        return sale[0]
    if not (_SHARES_SOLD.search(words) or is_proceeds):
        return None
    return next((a for a in amounts if _PROCEEDS.search(sentence.text[max(0, a.start - 120) : a.start])), None)


def _of_another(words: str, firms: Firms) -> bool:
    """Shares of another company that the registrant buys: no money raised."""
    for told in _OTHERS_SHARES.finditer(words):
        name = firms.name_of(re.split(r",\s|\s+and\s", told["of"])[0])
        if name and not firms.is_own(name) and (LEGAL_END.search(name) or name in firms.full.values()):
            return True
    return False
