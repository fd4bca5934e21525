"""Money borrowed in a sentence: notes sold, loans and facilities agreed, amounts drawn or lent to us.

sentence + its amounts → `borrowed` → Amount | None. An amount is new money by what stands beside it: the noun it measures ("$50 million
term loan", "notes in the principal amount of $5 million") or the verb that moves it ("borrowed $6 million from"), and not by a word of
the old: replaced, repaid, outstanding, a sublimit, an option. No new money: extensions, waivers, fees.
"""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise

from signals_pipeline.extract.amounts import Amount
from signals_pipeline.extract.sentences import Sentence

NOTES = r"(?:notes?|debentures?|bonds?)"
_LOANS = (
    r"(?:(?:credit|loan|term|revolving|revolver|facilit\w+|financing|warehouse|note) (?:facility|facilities|agreements?|lines?)|"
    r"facilit(?:y|ies)|lines? of credit|credit lines?|loans?|revolver|mortgage|commitments?|borrowings?|"
    r"securitization(?: program)?|(?:receivables|factoring) (?:purchase |financing )?(?:program|agreement))"
)
# words that may stand between an amount and its noun; a preposition or a verb ends the phrase
_PHRASE = (
    r"(?:(?!(?:and|or|to|by|on|at|for|with|from|under|that|which|was|were|is|are|will|plus|less|after|before|outstanding|per|"
    r"sublimits?|swing ?line|letters?|fees?|shares?|warrants?|option|remain\w*)\b)[\w.%/'&*-]+,?\s+){0,14}?"
)
_QUALIFIED = (
    r"(?:(?:up to|approximately|about|roughly|a total of|an aggregate (?:principal )?(?:amount )?of|an? (?:additional|initial))\s+)*"
)
_LEADS = (
    r"(?:of|for|total(?:s|l?ing|l?ed)?|provid(?:es?|ing) for|up to|aggregating|not to exceed|"
    r"(?:face|principal|maximum|original) (?:amount|value)(?: of)?)"
)
_AFTER = re.compile(rf"^\s*(?:\([^()]{{0,60}}\)\s*)?,?\s*(?:(?:in|of)\s+)?{_PHRASE}(?P<noun>{NOTES}|{_LOANS})\b", re.IGNORECASE)
_BEFORE = re.compile(
    rf"\b(?P<noun>{NOTES}|{_LOANS})\b(?:\s*\([^()]{{0,80}}\))?[^.;$\u20ac\u00a3]{{0,110}}?\b{_LEADS}\s+{_QUALIFIED}$", re.IGNORECASE
)
_DRAWN = re.compile(rf"\b(?:borrow(?:ed|ing)|drew(?: down)?|draw-?down of|borrowings? of)\s+(?:an )?{_QUALIFIED}$", re.IGNORECASE)
_LENT = re.compile(
    r"\b(?:lent|loaned|advanced)\s+(?:to )?(?:us|the (?:company|registrant|borrower|partnership|trust))\s+(?:an )?"
    rf"{_QUALIFIED}$|\b(?:lenders?|banks?)\b[^.;$]{{0,60}}\b(?:committed|commitments? of|"
    r"(?:agreed to|will|is to|are to) (?:lend|provide|make available))\s+"
    rf"(?:(?:us|to|the company|lend)\s+)*{_QUALIFIED}$|\b(?:may|can|to|could) borrow\s+{_QUALIFIED}$",
    re.IGNORECASE,
)
_PRINCIPAL = re.compile(r"^\s*(?:in |of )?(?:aggregate |initial |total )*(?:principal|face) amount\b", re.IGNORECASE)
_RAISED_TO = re.compile(rf"\bincreas\w+\b[^.;$]{{0,60}}\b(?P<noun>{_LOANS})\b[^.;$]{{0,40}}(?:from [^.;]{{3,40}} )?to\s+$", re.IGNORECASE)
_ANY = re.compile(rf"\b(?P<noun>{NOTES}|{_LOANS})\b", re.IGNORECASE)
_SOURCE = re.compile(
    r"\s*(?:\([^()]{0,40}\)\s*)?(?:(?:under|pursuant to|from|against)\b[^.;]{0,90}\b(?:facility|loan|line|agreement|revolver|notes?|bank|"
    r"lenders?|insurance|capital|credit|llc|l\.p|inc|corp)|by (?:issuing|executing|signing)\b)",
    re.IGNORECASE,
)
ISSUED = re.compile(
    r"\b(?:issued|sold|completed|closed|closing|consummated|priced|issuance|sale|placed|settled|upsized|increased)\b|"
    r"\b(?:holders?|investors?|purchasers?|lenders?|funds?|llc|l\.p\.|buyers?|stockholders) (?:has |have )?(?:bought|purchased)\b",
    re.IGNORECASE,
)
OFFERED = re.compile(
    r"\b(?:offer(?:ing)? and s(?:ell|ale)|to (?:issue|sell|offer)|agreed to (?:issue|sell)|will (?:issue|sell)|proposed offering|"
    r"intention to offer|underwriting agreement|purchase agreement|terms agreement|(?:pricing|launch|commencement) of|offering of)\b",
    re.IGNORECASE,
)
ENTERED = re.compile(
    r"\b(?:entered into|obtained|closed|executed|established|provid(?:es?|ed|ing)|borrowed|drew|received|secured|includes?|consists? of|"
    r"issued|incurred|increased?|ma(?:kes?|de) (?:available|to|an?)|lent|loaned|advanced|commit(?:s|ted)|arranged|comprises?|signed|"
    r"funded|evidenced by|extended to|made up of|make|total|(?:agreed to|will) (?:make|lend|provide)|may borrow)\b",
    re.IGNORECASE,
)
_STRONG = re.compile(r"\b(?:entered into|obtained|closed(?: on)?|established|secured|received|signed|executed)\b", re.IGNORECASE)
_OLD = re.compile(
    r"\b(?:remains? at|waiver|terminat\w*|extend(?:s|ed|ing)? (?:the |its )?(?:final )?maturity|have elected to extend|chosen to extend|"
    r"repa(?:y|id|yment)\w*|pay(?:ing)? off|paid off|prepa(?:y|id)\w*|redeem\w*|redemption|repurchas\w*|retir(?:e|ed|ing)|"
    r"replac(?:e[sd]?|ing)|refinanc(?:e[sd]?|ing)|dividend|monthly|per annum|fees?|in excess of|default\w*|minimum|maximum ratio|"
    r"guarant(?:y|ee[sd]?)|previously\b[^.;]{0,40}\bdated|outstanding under|balance of|existing|former|"
    r"reduc(?:e[sd]?|ing)\b[^.;]{0,60}\b(?:from|to)|over-?allotment|(?:accordion|sub-?limit)\b[^.;]{0,30}\bof|swing ?line|"
    r"option to purchase up to an additional|exchange\w* (?:of )?|conver(?:ted|sion of)|"
    r"holders? of(?: an aggregate(?: of)?| approximately)?|forgive\w*|installments? of)\b",
    re.IGNORECASE,
)
_NEW = re.compile(
    r"\b(?:new|borrowed|drew|lent|provid(?:es?|ed|ing)|entered into|consist(?:s|ing) of|issued|sold|obtained|evidenced)\b", re.IGNORECASE
)
_NOT_AFTER = re.compile(r"[^.;,]{0,40}\b(?:sub-?limit|outstanding|swing ?line|letters? of credit|accordion|over-?allotment)", re.IGNORECASE)
NEW_MONEY = re.compile(
    r"\b(?:to provide|provid(?:es|ed|ing)) for (?:an? )?(?:new )?(?:incremental|additional|new) [\w ]{0,30}"
    r"(?:loans?|commitments?|facility)",
    re.IGNORECASE,
)
_OLD_NOTES = re.compile(
    r"\bamended and restated [\w ]*notes?\b|\bto replace the existing\b|\bexchange (?:offer|agreement)|\btender offer", re.I
)
_IN_PARTS = re.compile(
    r"\b(?:consist(?:s|ing) of|compris(?:es|ed of|ing)|including|which includes|divided into|made up of)\b|"
    r"\bof which(?:\s+(?:up to|approximately|about))?\s*$"
)
_INCLUDED = re.compile(  # beside the headline: an option, or a part that the headline counts already
    r"\b(?:additional|over-?allotment|increase of)\b[^$\u20ac\u00a3]{0,60}$|"
    r"\b(?:amount|total|figure|which) includes?\b[^.;$\u20ac\u00a3]{0,130}$|"
    r"\bincluding\b[^.;$\u20ac\u00a3]{0,100}\boption\b[^.;$\u20ac\u00a3]{0,60}$"
)
_ANOTHER = re.compile(r"\band (?:one|another|a second)(?: \w+)? (?:for|of|in)\s+$", re.IGNORECASE)
_PART = re.compile(
    r"(?:\((?:ii+|iv|[b-d2-4])\)|\band\s+(?:an?|one|another|up to)\b)[^.;]{0,45}$|"
    r"\band\s+(?:[\w-]+\s+){0,4}?(?:commitments?|loans?|facilit\w+|lines?)\b[^.;]{0,20}\bof\s+$"
)


def borrowed(sentence: Sentence, amounts: list[Amount], number: str, *, is_told: bool = False) -> Amount | None:
    """The headline amount of notes issued or of a loan agreed; tranches of one agreement are summed.

    `is_told`: the filing says by an item's number that there is a new obligation; then a noun anywhere in the sentence will do."""
    words = sentence.text
    found: list[tuple[Amount, str]] = []
    for amount in amounts:
        noun = _measures(words, amount, is_told)
        if not noun and found and _ANOTHER.search(words[found[-1][0].end : amount.start]):
            noun = found[-1][1]
        found += [(amount, noun)] if noun else []
    notes = [a for a, noun in found if re.fullmatch(NOTES, noun, re.IGNORECASE)]
    if notes and (ISSUED.search(words) or OFFERED.search(words) or ENTERED.search(words)) and not _OLD_NOTES.search(words):
        main = [a for a in notes if not _INCLUDED.search(words[max(0, a.start - 140) : a.start])]
        return _sum(main or notes)
    if not (_STRONG if number in ("8.01", "7.01") else ENTERED).search(words):
        return None
    loans = [a for a, noun in found if a not in notes]
    if not loans:
        return None
    parts = [loans[0]]
    for before, amount in pairwise(loans):  # "(i) a $150 million term loan and (ii) a $100 million revolver": both are new
        between = words[before.end : amount.start]
        if _IN_PARTS.search(between) or not _PART.search(between) or re.search(r"\bsub-?limit\b|\bletters? of credit\b", between):
            break
        parts.append(amount)
    return _sum(parts) if len(parts) > 1 else loans[0]


def _measures(words: str, amount: Amount, is_told: bool) -> str | None:
    """The noun of the debt that an amount measures ("loan" for an amount borrowed or lent); None when it is not new money."""
    before, after = words[max(0, amount.start - 200) : amount.start], words[amount.end : amount.end + 170]
    if _is_old(before[-90:]) or _NOT_AFTER.match(after):
        return None
    if re.search(r"\bof the \$?$|\bincluding (?:an? )?(?:up to )?$|\bplus an?\s+$", before):  # a part; a part of a price
        return None
    if re.search(r"\bincremental\b[^.;]{0,60}$", before) and not NEW_MONEY.search(words):
        return None
    if _LENT.search(before) or (
        _DRAWN.search(before) and (_SOURCE.match(after) or re.search(r"\b(?:loan|credit|note) agreement\b", before))
    ):
        return "loan"
    found = _AFTER.match(after) or _BEFORE.search(before) or _RAISED_TO.search(before)
    if not found and _PRINCIPAL.match(after):
        found = re.search(rf"\b(?P<noun>{NOTES})\b", words, re.IGNORECASE)
    if not found and is_told and amount.qualifier != "at_least":
        found = _ANY.search(words)
    return found["noun"] if found else None


def _is_old(before: str) -> bool:
    """A word of the old before the amount, and no word of the new between them."""
    last = max((m.end() for m in _OLD.finditer(before)), default=None)
    return last is not None and not _NEW.search(before[last:])


def _sum(notes: list[Amount]) -> Amount:
    """Tranches of one issue are one amount, when they are in one currency."""
    same = [a for a in notes if a.currency == notes[0].currency]
    distinct_values = list(dict.fromkeys((a.value, a.start) for a in same))
    total = sum((value for value, _ in distinct_values), Decimal(0))
    return Amount(total, notes[0].currency, notes[0].qualifier, False, notes[0].start, same[-1].end)
