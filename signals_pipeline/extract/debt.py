"""Money borrowed in a sentence: notes issued, loans and facilities agreed, amounts drawn.

sentence + its amounts → `borrowed` → Amount | None. No new money: extensions, waivers, repayments, sublimits, fees.
"""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise

from signals_pipeline.extract.amounts import Amount
from signals_pipeline.extract.sentences import Sentence

_LOAN_NOUN = (
    r"(?:(?:senior|secured|unsecured|revolving|revolver|committed|multi-?currency|syndicated|asset[- ]based|delayed[- ]draw|bridge|term|"
    r"new|additional|incremental|aggregate|amended|restated|five-year|three-year|\d+-(?:year|day)|principal|amount|bank|working|capital|"
    r"line|of|and|accounts|receivable|trade)\s+)*"
    r"(?:credit (?:facility|facilities|agreement|line)|lines? of credit|term loans?(?: facility| [A-C])?|loan (?:agreement|facility)|"
    r"revolving (?:loan|facility|note)|revolver|loans?|bridge facility|mortgage loan|promissory note|"
    r"borrowing|commitments?|(?:accounts |trade )?(?:receivables? )?securitization (?:facility|program)|receivables (?:purchase|"
    r"financing) (?:facility|"
    r"agreement)|warehouse (?:facility|line)|abl facility|financing facility|factoring facility)"
)
_NOTES_NOUN = (
    r"(?:aggregate |initial )*principal amount of (?:its |the Company's |our |new |unsecured |senior |[\d.]+% )*"
    r"(?:[\w.%/' -]{0,70}?)\b(?:notes?|debentures?|bonds?)\b"
)
_AFTER_LOAN = re.compile(rf"^\s*(?:\([^()]{{0,60}}\)\s*)?,?\s*(?:(?:in|of)\s+)?{_LOAN_NOUN}\b", re.IGNORECASE)
_BEFORE_LOAN = re.compile(
    rf"\b{_LOAN_NOUN}\b(?:\s*\([^()]{{0,80}}\))?[^.;$\u20ac\u00a3]{{0,90}}?\b(?:of|for|in (?:the|"
    rf"an) (?:aggregate )?(?:principal )?amount (?:of|not to exceed)|in (?:an )?aggregate principal amount of|totaling|up to|"
    rf"providing for|provides for)\s+(?:up to |approximately |an aggregate (?:principal )?(?:amount )?of )*$",
    re.IGNORECASE,
)
_AFTER_NOTES = re.compile(
    rf"^\s*(?:in\s+|of\s+)?(?:{_NOTES_NOUN}|of (?:its |the Company's |our |new )?[\d.]+% [\w .%/'-]{{0,60}}?\b(?:notes?|debentures?|"
    rf"bonds?)\b)",
    re.IGNORECASE,
)
_BEFORE_NOTES = re.compile(
    r"\b(?:promissory|convertible|senior|secured|unsecured|subordinated|bridge) notes?\b[^.;$\u20ac\u00a3]{0,50}?\b(?:of|for|"
    r"totaling)\s+(?:up to |"
    r"an aggregate of |approximately )*$",
    re.IGNORECASE,
)
ISSUED = re.compile(r"\b(?:issued|sold|completed|closed|closing|consummated|priced|issuance|sale)\b", re.IGNORECASE)
OFFERED = re.compile(
    r"\b(?:offer(?:ing)? and s(?:ell|ale)|to (?:issue|sell|offer)|agreed to (?:issue|sell)|will (?:issue|sell)|proposed offering|"
    r"intention to offer|underwriting agreement|purchase agreement|terms agreement)\b",
    re.IGNORECASE,
)
ENTERED = re.compile(
    r"\b(?:entered into|obtained|closed|executed|established|provides? for|borrowed|drew|received|secured|includes?|consists? of|"
    r"issued|incurred|increased?)\b",
    re.IGNORECASE,
)
_NO_NEW_MONEY = re.compile(
    r"\bremains? at\b|\bwaiver\b|\bterminat|\bextend(?:s|ed|ing)? (?:the |its )?(?:final )?maturity|\bhave elected to extend\b|"
    r"\bchosen to extend\b|\bsublimit|\bsub-limit|\bswing ?line\b|\bletters? of credit\b[^.;]{0,30}$|"
    r"\brepa(?:y|id|yment)|\bredeem|\bredemption|\brepurchas|\bdividend|\bmonthly\b|\bper annum\b|\bfee\b|\bto replace the existing\b|"
    r"\bin excess of\b|\bdefault|\bminimum\b|\bmaximum ratio\b|\bguarant(?:y|ee[sd]?)\b|\bpreviously\b[^.;]{0,40}\bdated\b|"
    r"\boutstanding under\b",
    re.IGNORECASE,
)
NEW_MONEY = re.compile(
    r"\b(?:to provide|provid(?:es|ed|ing)) for (?:an? )?(?:new )?(?:incremental|additional|new) [\w ]{0,30}(?:loans?|commitments?|"
    r"facility)",
    re.IGNORECASE,
)
_OLD_NOTES = re.compile(
    r"\bredempt|\bredeem|\brepa(?:y|id)|\bamended and restated [\w ]*notes?\b|\bto replace the existing\b", re.IGNORECASE
)
_DRAWN = re.compile(
    r"\b(?:borrowed|drew(?: down)?|draw-?down of|borrowings? of)\s+(?:an (?:additional |aggregate of )?|"
    r"a total of |approximately |additional )*$",
    re.IGNORECASE,
)
_UNDER = re.compile(
    r"\s*(?:\([^()]{0,40}\)\s*)?(?:under|pursuant to|from)\b[^.;]{0,90}\b(?:facility|loan|line|agreement|revolver)", re.IGNORECASE
)
_IN_PARTS = re.compile(r"\b(?:consist(?:s|ing) of|compris(?:es|ed of|ing)|including|which includes|of which|divided into|made up of)\b")
_PART = re.compile(r"(?:\((?:ii+|iv|[b-d2-4])\)|\band\s+(?:an?|up to)\b)[^.;]{0,30}$")


def borrowed(sentence: Sentence, amounts: list[Amount], number: str) -> Amount | None:
    """The headline amount of notes issued or of a loan agreed; tranches of one agreement are summed."""
    words = sentence.text
    notes = [a for a in amounts if _is_note(words, a) and not _NO_NEW_MONEY.search(words[max(0, a.start - 70) : a.start])]
    if notes and (ISSUED.search(words) or OFFERED.search(words)) and not _OLD_NOTES.search(words):
        main = [a for a in notes if not re.search(r"\b(?:additional|over-?allotment)\b", words[max(0, a.start - 60) : a.start])]
        return _sum(main or notes)
    if number == "8.01" or not ENTERED.search(words):
        return None
    loans = [a for a in amounts if _is_loan(words, a)]
    if not loans:
        return None
    parts = [loans[0]]
    for before, amount in pairwise(loans):  # "(i) a $150 million term loan and (ii) a $100 million revolver": both are new
        between = words[before.end : amount.start]
        if _IN_PARTS.search(between) or not _PART.search(between) or re.search(r"\bsub-?limit\b|\bletters? of credit\b", between):
            break
        parts.append(amount)
    return _sum(parts) if len(parts) > 1 else loans[0]


def _is_note(words: str, amount: Amount) -> bool:
    return bool(_AFTER_NOTES.match(words[amount.end :]) or _BEFORE_NOTES.search(words[max(0, amount.start - 120) : amount.start]))


def _is_loan(words: str, amount: Amount) -> bool:
    before, after = words[max(0, amount.start - 170) : amount.start], words[amount.end : amount.end + 130]
    if _NO_NEW_MONEY.search(before[-60:]) or re.match(
        r"[^.;,]{0,30}\b(?:sublimit|sub-limit|outstanding|swing ?line|letters? of credit)", after
    ):
        return False
    if _DRAWN.search(before) and (
        _UNDER.match(after) or re.search(r"\b(?:financing|loan|credit|note) (?:agreement|facility)\b", before, re.I)
    ):
        return True
    is_addition = re.search(r"\bincremental\b[^.;]{0,60}$", before) and not NEW_MONEY.search(words)
    is_part = re.search(r"\bof the \$?$|\bincluding (?:an? )?(?:up to )?$", before)
    return bool((_AFTER_LOAN.match(after) or _BEFORE_LOAN.search(before)) and not is_part and not is_addition)


def _sum(notes: list[Amount]) -> Amount:
    """Tranches of one issue are one amount, when they are in one currency."""
    same = [a for a in notes if a.currency == notes[0].currency]
    distinct_values = list(dict.fromkeys((a.value, a.start) for a in same))
    total = sum((value for value, _ in distinct_values), Decimal(0))
    return Amount(total, notes[0].currency, notes[0].qualifier, False, notes[0].start, same[-1].end)
