"""Money for shares in a sentence: what the registrant's shares were sold for.

sentence + its amounts → `shares_sold` → Sold | None. No round: shares paid to sellers of a company, to staff, for conversions or old
debt; shares that holders sell; programmes under which shares may be sold; shares of another company that are bought.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from signals_pipeline.extract.amounts import Amount
from signals_pipeline.extract.deal_patterns import LEGAL_END
from signals_pipeline.extract.firms import RUN, Firms
from signals_pipeline.extract.sentences import Sentence

_QUALIFIED = r"(?:(?:approximately|about|roughly|nearly|a total of|an aggregate of|the sum of)\s+)*"
_SHARES_SOLD = re.compile(
    r"\b(?:sold|sell|selling|sale|issued|issue|purchase[sd]?|subscribed?|acquire|clos(?:ed|ing)|completed|consummated|raised|raising|"
    r"priced|pricing|allotted|placed|invest\w*|pay|pays|paid|took in|bought|buy)\b",
    re.IGNORECASE,
)
_PROCEEDS = re.compile(
    r"\b(?:proceeds|(?:aggregate|total|combined) (?:purchase |offering |subscription |sale |issue |cash )?(?:price|consideration|amount)|"
    r"(?:total )?(?:purchase|subscription) (?:price|amount))\b[^.;$\u20ac\u00a3]{0,130}?(?:\b(?:of|were|was|be|is|are|approximately|"
    rf"received|total(?:s|l?ed|l?ing)?)|:)\s+{_QUALIFIED}$|"
    r"\b(?:rais(?:ed|ing)|invest(?:ed|ing|ment of)?|took in|contributed|paying|(?:we|it|company|registrant|and) received|"
    r"(?:pay|pays|paid|paying|brought) (?:us|the (?:company|registrant))|"
    r"(?:in|for) (?:an? )?(?:aggregate |total )?(?:cash )?(?:consideration|payment|sum) of|"
    r"for(?: an aggregate| a total)?|"
    rf"(?:per|a|each) (?:\w+ )?(?:share|unit|ads),? or(?: an aggregate of| a total of)?)\s+{_QUALIFIED}$",
    re.IGNORECASE,
)
_PROCEEDS_AFTER = re.compile(
    r"^\s*(?:in|of) (?:aggregate |total |cash )*(?:gross |net )?proceeds\b|^\s*in the aggregate\b|"
    r"^\s*(?:(?:strategic|equity|minority|cash|private) )+investment\b|"
    r"^\s*(?:worth )?(?:of|in) (?:(?:its|our|the company's|newly|issued|new|the|series|[a-h]|convertible|class|redeemable|perpetual|"
    r"cumulative|non-cumulative|common|preferred|ordinary|registrant's)[\s-]+)*(?:stock|shares|units|adss)\b",
    re.IGNORECASE,
)
_NET = re.compile(r"\bnet proceeds\b[^.;$]*$|^\s*(?:in|of) (?:aggregate |total )?net proceeds", re.IGNORECASE)
# money beside the price: what it cost, what it is spent on, what may come later, what it was worth
_BESIDE = re.compile(
    r"\b(?:fees?|commissions?|discounts?|expenses|reimburse|placement agent a|additional|exercise|if all|up to a maximum|maximum of|"
    r"damages|valued|market value|fair value|used|uses?|escrow|exercised? in full|repay|retire[sd]?|outstanding)\b[^.;$]{0,70}$",
    re.IGNORECASE,
)
_LESS = re.compile(
    r"\b(?:before|after|prior to|net of|excluding|less)\b[^.;$]{0,120}\b(?:expenses|commissions?|fees|costs|discounts?)\b", re.IGNORECASE
)
AT_MARKET = re.compile(
    r"(?<!priced )\bat[- ](?:the[- ])?market\b|\b(?:equity|market|issuance) sales? agreement\b|\bsales agent\b|"
    r"\bmay\b[^.;]{0,60}\bfrom time to time\b|\bfrom time to time\b[^.;]{0,40}\b(?:through|sell|offer)\b|"
    r"\bequity (?:line|distribution agreement)\b|\bshelf registration\b[^.;]{0,60}\b(?:declared|became) effective",
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
    r"share)holders of [A-Z]|acquisition of|as consideration|in exchange for|upon (?:the )?(?:conversion|exercise)|hedge|"
    r"(?:as|in) (?:\w+ )?compensation|compensatory|compensation for|award|"
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
_HAPPENED = re.compile(r"\b(?:clos(?:ed|ing)|completed|raised?|announc(?:ed|ing)|secured|received|consummated)\b", re.IGNORECASE)
_AFTER_FEES, _COUNTED = 0.05, 0.15
_OTHERS_SHARES = re.compile(
    rf"\b(?:acquire|purchas|buy|bought)\w*\b[^.;]{{0,140}}?\b(?:shares?|stock|interests?|securities|capital|equity)\s+(?:of|"
    rf"in)\s+(?:the\s+)?(?P<of>{RUN})"
)
# what was before, or what another company raised
_HISTORY = re.compile(
    r"\bhad (?:been |previously |earlier )?(?:sold|issued|raised|received|invested|purchased)\b|"
    r"\b(?:which|who|that) (?:has |had )?rais\w+\s",
    re.IGNORECASE,
)
_WE_BUY = re.compile(r"\b(?:company|registrant|we)\s+(?:has |have |will |agreed to |may )*(?:buy|bought|purchased?)\b[^.;$]{0,20}$", re.I)
_INVESTED_IN = re.compile(rf"\s*in\s+(?:(?:the\s+)?[\w -]{{0,60}}?\bof\s+)?(?:the\s+)?(?P<whom>{RUN})")
_SALE = re.compile(
    r"^\s*(?:\w+[\s-]+){0,3}?(?:private placement|(?:public|direct|common stock|equity|initial public) offering|PIPE|bought deal)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Sold:
    """What shares were sold for. `doubt` is taken from the confidence: a figure before fees has none."""

    amount: Amount
    doubt: float = 0.0


def shares_sold(sentence: Sentence, amounts: list[Amount], prices: list[Amount], around: str, firms: Firms) -> Sold | None:
    """What shares of the registrant were sold for: gross before net, told before counted (shares times `prices`, those per share).

    `around`: the sentences before, which may name the sale of these proceeds."""
    words = re.sub(r"\bissued and (?=outstanding\b)", lambda m: " " * len(m[0]), sentence.text)
    is_proceeds = re.search(r"\bproceeds\b", words, re.IGNORECASE)
    if not (_SHARES_SOLD.search(words) or is_proceeds) or _TO_SELLERS.search(words) or _NO_MONEY.search(words):
        return None
    told = f"{around} {words}" if is_proceeds and not _TO_SELLERS.search(around) else words
    if not _SHARES.search(told) or _of_another(sentence.text, firms):
        return None
    found = []
    for amount in amounts:
        before, after = words[max(0, amount.start - 170) : amount.start], words[amount.end : amount.end + 60]
        if amount.qualifier == "up_to" or _BESIDE.search(_LESS.sub("", before)) or _HISTORY.search(before) or _we_buy(before, firms):
            continue
        if re.search(r"\binvest\w*\b[^.;$]{0,30}$", before) and not _in_us(words[amount.end :], firms):
            continue
        if _PROCEEDS.search(before) or _PROCEEDS_AFTER.match(after) or (_SALE.match(after) and _HAPPENED.search(words)):
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


def _we_buy(before: str, firms: Firms) -> bool:
    """The registrant is the one who buys: "the Company will purchase the shares for", by its own name as well."""
    told = re.search(rf"(?P<who>{RUN})\s+(?:has |will |agreed to |is to )*(?:buy|bought|purchased?|acquired?)\b[^.;$]{{0,30}}$", before)
    return bool(_WE_BUY.search(before) or (told and firms.is_own(told["who"])))


def _in_us(after: str, firms: Firms) -> bool:
    """Money invested "in the Company", or in nobody by name."""
    whom = _INVESTED_IN.match(after)
    return whom is None or firms.is_own(whom["whom"]) or whom["whom"].split()[0] in ("Company", "Registrant")


def _of_another(words: str, firms: Firms) -> bool:
    """Shares of another company that the registrant buys: no money raised."""
    for told in _OTHERS_SHARES.finditer(words):
        name = firms.name_of(re.split(r",\s|\s+and\s", told["of"])[0])
        if name and not firms.is_own(name) and (LEGAL_END.search(name) or name in firms.full.values()):
            return True
    return False
