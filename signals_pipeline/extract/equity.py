"""Money for shares in a sentence: shares sold for proceeds, rounds by their name, grants.

sentence + its amounts → `shares_sold` → Amount | None; `named_round` → Round | None. No round: shares paid to sellers of a company,
to staff, for conversions; shares of another company that are bought.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from signals_pipeline.extract.amounts import Amount
from signals_pipeline.extract.deal_patterns import LEGAL_END
from signals_pipeline.extract.firms import RUN, Firms
from signals_pipeline.extract.rounds import round_type
from signals_pipeline.extract.sentences import Sentence

_QUALIFIED = r"(?:(?:approximately|about|roughly|nearly|a total of|an aggregate of|the sum of)\s+)*"
_SHARES_SOLD = re.compile(
    r"\b(?:sold|sell|selling|sale of|issued|issue|purchase[sd]?|subscribed?|acquire|clos(?:ed|ing)|completed|consummated|raised|raising|"
    r"priced|pricing)\b",
    re.IGNORECASE,
)
_PROCEEDS = re.compile(
    r"\b(?:proceeds|(?:aggregate|total|combined) (?:purchase |offering |subscription |sale |cash )?(?:price|consideration|amount)|"
    r"(?:total )?(?:purchase|subscription) (?:price|amount))\b[^.;$\u20ac\u00a3]{0,130}?(?:\b(?:of|were|was|be|is|are|approximately|"
    rf"received|totall?(?:ed|ing))|:)\s+{_QUALIFIED}$|\bfor (?:an aggregate |a total )?{_QUALIFIED}$|"
    rf"\brais(?:ed|ing)\s+{_QUALIFIED}$|\binvest(?:ed|ing)?\s+{_QUALIFIED}$|\b(?:per|a|each) (?:\w+ )?(?:share|unit|ads),? "
    rf"(?:for|or) (?:an aggregate of |a total of )?{_QUALIFIED}$",
    re.IGNORECASE,
)
_PROCEEDS_AFTER = re.compile(r"^\s*(?:in|of) (?:aggregate |total |cash )*(?:gross |net )?proceeds\b|^\s*in the aggregate\b", re.IGNORECASE)
_NET = re.compile(r"\bnet proceeds\b[^.;$]*$|^\s*(?:in|of) (?:aggregate |total )?net proceeds", re.IGNORECASE)
# money beside the price: what it cost, what it is spent on, what may come later, what it was worth
_BESIDE = re.compile(
    r"\b(?:fees?|commissions?|discounts?|expenses|reimburse|placement agent a|additional|exercise|if all|up to a maximum|maximum of|"
    r"damages|valued|market value|fair value|used|uses?|escrow|exercised? in full|repay|retire[sd]?|outstanding)\b[^.;$]{0,70}$",
    re.IGNORECASE,
)
_AT_MARKET = re.compile(
    r"\bat[- ]the[- ]market\b|\bfrom time to time\b|\bsales agent\b|\bequity (?:line|distribution agreement)\b|\bshelf registration\b"
    r"[^.;]{0,60}\b(?:declared|became) effective",
    re.IGNORECASE,
)
_NO_MONEY = re.compile(
    r"\bselling (?:stock|share|security ?)holders?\b|\b(?:not|no|nothing)\b[^.;]{0,40}\b(?:receive[sd]?|cash|proceeds)\b[^.;]{0,40}"
    r"\b(?:proceeds|from|consideration|cash|exchange|conversion)\b|\bcashless\b|\bsecondary (?:sale|offering)\b|\bexchange agreement\b|"
    r"\bvalued at\b|\bresale\b[^.;]{0,60}\bby (?:the )?(?:selling|certain)",
    re.IGNORECASE,
)
_TO_SELLERS = re.compile(
    r"\b(?:merger agreement|stock purchase agreement (?:with|by and among) the (?:sellers|stockholders)|(?:former )?(?:stock|"
    r"share)holders of [A-Z]|acquisition of|as consideration|in exchange for|upon (?:the )?(?:conversion|exercise)|hedge|compensat|award|"
    r"consultant|employee|directors?' )",
    re.IGNORECASE,
)
_SHARES = re.compile(
    r"\b(?:shares?|units?|common stock|preferred stock|private placement|(?:public |direct )?offering|placement|bought deal|subscriptions?|"
    r"series [a-j])\b",
    re.IGNORECASE,
)
_COUNT = re.compile(
    r"\b(?P<count>\d{1,3}(?:,\d{3})+)\s+(?:\w+[\s-]+){0,6}?(?:shares?|units?|adss?|american depositary shares)\b(?![^.;]{0,30}"
    r"\b(?:underlying|issuable|were outstanding)\b)",
    re.IGNORECASE,
)
_AFTER_FEES, _COUNTED = 0.05, 0.15
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
    r"^\s*(?:\w+[\s-]+){0,3}?(?:private placement|(?:public|direct|common stock|equity|initial public) offering|PIPE|bought deal)\b",
    re.IGNORECASE,
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
class Sold:
    """What shares were sold for. `doubt` is taken from the confidence: a figure before fees has none."""

    amount: Amount
    doubt: float = 0.0


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


def shares_sold(sentence: Sentence, amounts: list[Amount], prices: list[Amount], around: str, firms: Firms) -> Sold | None:
    """What shares of the registrant were sold for: gross before net, told before counted (shares times `prices`, those per share).

    `around`: the sentences before, which may name the sale of these proceeds."""
    words = re.sub(r"\bissued and (?=outstanding\b)", lambda m: " " * len(m[0]), sentence.text)
    is_proceeds = re.search(r"\bproceeds\b", words, re.IGNORECASE)
    if not (_SHARES_SOLD.search(words) or is_proceeds) or _TO_SELLERS.search(words) or _NO_MONEY.search(words) or _AT_MARKET.search(words):
        return None
    told = f"{around} {words}" if is_proceeds and not _TO_SELLERS.search(around) else words
    if not _SHARES.search(told) or _of_another(sentence.text, firms):
        return None
    found = []
    for amount in amounts:
        before, after = words[max(0, amount.start - 170) : amount.start], words[amount.end : amount.end + 60]
        if amount.qualifier == "up_to" or _BESIDE.search(before):
            continue
        if _PROCEEDS.search(before) or _PROCEEDS_AFTER.match(after) or (_SALE.match(after) and _RAISED.search(words)):
            found.append(Sold(amount, _AFTER_FEES if _NET.search(before) or _NET.match(after) else 0.0))
    if found:
        return min(found, key=lambda f: f.doubt)
    return _counted(words, prices)


def _counted(words: str, prices: list[Amount]) -> Sold | None:
    """So many shares at so much a share, when the sentence tells of one sale and one price."""
    prices = [p for p in prices if not re.search(r"\b(?:par|stated|nominal) value\b[^.;]{0,12}$", words[: p.start])]
    counts = [
        m for m in _COUNT.finditer(words) if not re.search(r"\b(?:warrants?|options?|additional|up to)\b[^.;]{0,60}$", words[: m.start()])
    ]
    if len(counts) != 1 or not prices or prices[0].start < counts[0].start():
        return None
    if re.search(r"\b(?:exercise|conversion|strike|closing|warrants?)\b[^.;]{0,60}$", words[counts[0].end() : prices[0].start]):
        return None
    value = (Decimal(counts[0]["count"].replace(",", "")) * prices[0].value).quantize(Decimal("0.01"))
    return Sold(Amount(value, prices[0].currency, None, False, counts[0].start(), prices[0].end), doubt=_COUNTED)


def _of_another(words: str, firms: Firms) -> bool:
    """Shares of another company that the registrant buys: no money raised."""
    for told in _OTHERS_SHARES.finditer(words):
        name = firms.name_of(re.split(r",\s|\s+and\s", told["of"])[0])
        if name and not firms.is_own(name) and (LEGAL_END.search(name) or name in firms.full.values()):
            return True
    return False
