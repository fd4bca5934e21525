"""Items 1.01, 2.03, 3.02, 8.01: money raised, as debt (loans, credit facilities, notes) or by selling shares.

item text → one Event per agreement or issue, with the headline amount beside its noun.
No round: amendments that bring no new money, shares paid to sellers of a company, buy-backs, dividends, sublimits, fees.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from signals_pipeline.extract.amounts import Amount, find_amounts
from signals_pipeline.extract.dates import find_dates, near_report
from signals_pipeline.extract.deals import boilerplate
from signals_pipeline.extract.event import Event, Modality
from signals_pipeline.extract.sentences import Sentence, sentences

_LOAN_NOUN = (
    r"(?:(?:senior|secured|unsecured|revolving|revolver|committed|multi-?currency|syndicated|asset[- ]based|delayed[- ]draw|bridge|term|"
    r"new|additional|incremental|aggregate|amended|restated|five-year|three-year|\d+-(?:year|day)|principal|amount|bank|working|capital|"
    r"line|of|and)\s+)*"
    r"(?:credit (?:facility|facilities|agreement|line)|lines? of credit|term loans?(?: facility| [A-C])?|loan (?:agreement|facility)|"
    r"revolving (?:loan|facility|note)|revolver|loans?|bridge facility|mortgage loan|promissory note|borrowing|commitments?)"
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
_AFTER_NOTES = re.compile(rf"^\s*(?:in\s+|of\s+)?{_NOTES_NOUN}", re.IGNORECASE)
_ISSUED = re.compile(r"\b(?:issued|sold|completed|closed|closing|consummated|priced|issuance|sale)\b", re.IGNORECASE)
_OFFERED = re.compile(
    r"\b(?:offer(?:ing)? and s(?:ell|ale)|to (?:issue|sell|offer)|agreed to (?:issue|sell)|will (?:issue|sell)|proposed offering|"
    r"intention to offer|underwriting agreement|purchase agreement|terms agreement)\b",
    re.IGNORECASE,
)
_ENTERED = re.compile(
    r"\b(?:entered into|obtained|closed|executed|established|provides? for|borrowed|drew|received|secured|includes?|consists? of|"
    r"increased?)\b",
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
_SHARES_SOLD = re.compile(
    r"\b(?:sold|issued and sold|issue and sell|sale of|agreed to (?:sell|issue)|issued|purchase[sd]?|closed (?:its|the) (?:public |"
    r"private )?(?:offering|placement|financing))\b",
    re.IGNORECASE,
)
_PROCEEDS = re.compile(
    r"\b(?:(?:aggregate |total )?gross proceeds|aggregate (?:purchase price|offering price|consideration)|(?:total )?purchase price|"
    r"proceeds (?:to|of|from))\b[^.;$\u20ac\u00a3]{0,80}$|\bfor (?:an aggregate (?:purchase price )?of |a (?:total )?(?:purchase price|"
    r"consideration) of |gross proceeds of |total proceeds of |approximately )+$",
    re.IGNORECASE,
)
_TO_SELLERS = re.compile(
    r"\b(?:merger agreement|stock purchase agreement (?:with|by and among) the (?:sellers|stockholders)|(?:former )?(?:stock|"
    r"share)holders of [A-Z]|acquisition of|as consideration|in exchange for|upon (?:the )?(?:conversion|exercise)|hedge|compensat|award|"
    r"consultant|employee|directors?' )",
    re.IGNORECASE,
)
_NOT_NEWS = re.compile(
    r"\brepurchase|\bbuy-?back\b|\bexisting (?:credit|loan|note|indenture|term)|\b(?:expansion|accordion) (?:option|feature)|"
    r"\brequest an increase|"
    r"\b(?:option|right|ability) to (?:increase|request)|\bmay (?:request|increase|elect to increase)",
    re.IGNORECASE,
)
_NEW_MONEY = re.compile(
    r"\bto provide for (?:an? )?(?:incremental|additional|new) [\w ]{0,30}(?:loans?|commitments?|facility)", re.IGNORECASE
)
_LARGEST = Decimal("1e12")


def read_financing(
    text: str, number: str, start: int, end: int, *, known_on: date | None, reported_on: date | None, country: str | None = None
) -> list[Event]:
    """Money raised in an item, headline amounts only; an item that refers to another has nothing of its own."""
    dollar = {"CA": "CAD", "AU": "AUD"}.get(country or "", "USD")
    parts = sentences(text, start, boilerplate(text, start, end))
    events: list[Event] = []
    for position, sentence in enumerate(parts):
        if _NOT_NEWS.search(sentence.text) and not _NEW_MONEY.search(sentence.text):
            continue
        amounts = [a for a in find_amounts(sentence.text, dollar=dollar) if not a.per_share and Decimal(10000) <= a.value < _LARGEST]
        if number in ("1.01", "2.03", "8.01", "3.02") and (found := _debt(sentence, amounts, number)):
            events.append(_event(found, sentence, "debt", parts, position, known_on, reported_on))
        elif number in ("3.02", "8.01", "1.01") and (sold := _equity(sentence, amounts)):
            around = " ".join(p.text for p in parts[max(0, position - 2) : position + 1])
            kind = "ipo" if re.search(r"\b(?:public offering|underwrit)", around, re.IGNORECASE) else "unknown"
            events.append(_event(sold, sentence, kind, parts, position, known_on, reported_on))
    return distinct(events)


def _debt(sentence: Sentence, amounts: list[Amount], number: str) -> Amount | None:
    words = sentence.text
    notes = [a for a in amounts if _AFTER_NOTES.match(words[a.end :]) and not _NO_NEW_MONEY.search(words[max(0, a.start - 70) : a.start])]
    if (
        notes
        and (_ISSUED.search(words) or _OFFERED.search(words))
        and not re.search(
            r"\bredempt|\bredeem|\brepa(?:y|id)|\bamended and restated [\w ]*notes?\b|\bto replace the existing\b", words, re.IGNORECASE
        )
    ):
        main = [a for a in notes if not re.search(r"\b(?:additional|over-?allotment)\b", words[max(0, a.start - 60) : a.start])]
        return _sum(main or notes)
    if number == "8.01" or not _ENTERED.search(words):
        return None
    for a in amounts:
        before, after = words[max(0, a.start - 170) : a.start], words[a.end : a.end + 120]
        near = words[max(0, a.start - 60) : a.start]
        if _NO_NEW_MONEY.search(near) or re.match(
            r"[^.;,]{0,30}\b(?:sublimit|sub-limit|outstanding|swing ?line|letters? of credit)", after
        ):
            continue
        if (_AFTER_LOAN.match(after) or _BEFORE_LOAN.search(before)) and not re.search(
            r"\bof the \$?$|\bincluding (?:an? )?(?:up to )?$|\bincremental\b[^.;]{0,60}$", before
        ):
            return a
    return None


def _sum(notes: list[Amount]) -> Amount:
    """Tranches of one issue are one amount, when they are in one currency."""
    same = [a for a in notes if a.currency == notes[0].currency]
    distinct_values = list(dict.fromkeys((a.value, a.start) for a in same))
    total = sum((value for value, _ in distinct_values), Decimal(0))
    return Amount(total, notes[0].currency, notes[0].qualifier, False, notes[0].start, same[-1].end)


def _equity(sentence: Sentence, amounts: list[Amount]) -> Amount | None:
    words = sentence.text
    is_proceeds = re.search(r"\bgross proceeds\b", words, re.IGNORECASE)
    if not amounts or not (_SHARES_SOLD.search(words) or is_proceeds) or _TO_SELLERS.search(words):
        return None
    if not re.search(r"\b(?:shares?|units?|common stock|preferred stock|private placement|offering|series [a-j])\b", words, re.IGNORECASE):
        return None
    return next((a for a in amounts if _PROCEEDS.search(words[max(0, a.start - 120) : a.start])), None)


def _event(
    amount: Amount, sentence: Sentence, kind: str, parts: list[Sentence], position: int, known_on: date | None, reported_on: date | None
) -> Event:
    lead = re.match(
        r"\W*(?:(?:as previously (?:disclosed|announced|reported)|also),?\s*)?(?:on|effective(?: as of)?)\s+", sentence.text, re.IGNORECASE
    )
    dates = find_dates(sentence.text, lead.end(), lead.end() + 30) if lead else []
    if not dates:  # the paragraph opened with the day
        for earlier in reversed(parts[max(0, position - 3) : position]):
            opened = re.match(r"\W*On\s+", earlier.text)
            dates = find_dates(earlier.text, opened.end(), opened.end() + 30) if opened else []
            if dates:
                break
    occurred = near_report(dates[0].day if dates else None, reported_on)
    promised = re.search(r"\bcommitment letter\b|\bcommitted to provide\b", sentence.text, re.IGNORECASE)
    done = re.search(r"\bproceeds\b[^.;]{0,60}\b(?:were|was)\b", sentence.text) or (
        _ISSUED.search(sentence.text)
        and not re.search(
            r"\b(?:will|to|agreed to|proposed to|intention to) (?:offer|issue|sell)\b|\boffer and s(?:ell|ale)\b|\bpricing of\b",
            sentence.text,
        )
    )
    modality: Modality = (
        "done" if done or (kind == "debt" and _ENTERED.search(sentence.text) and not _OFFERED.search(sentence.text)) else "planned"
    )
    modality = "planned" if promised else modality
    trigger = (
        (_OFFERED.search(sentence.text) if modality == "planned" else None)
        or _ISSUED.search(sentence.text)
        or _ENTERED.search(sentence.text)
    )
    return Event(
        "funding_round", modality, occurred_on=occurred, confidence=0.85, round_type=kind, amount=amount.value, currency=amount.currency,
        amount_qualifier=amount.qualifier, start=sentence.start, end=sentence.end, trigger=trigger[0] if trigger else None,
    )  # fmt: skip


def distinct(events: list[Event]) -> list[Event]:
    """One event per round: of several amounts of one kind and day the headline, which stands first, is the round;
    a part of it told later (the term loan of the facility) is none. What is done goes before what was offered."""
    kept: list[Event] = []
    for event in events:
        same = next((k for k in kept if k.round_type == event.round_type and k.currency == event.currency and _one_round(k, event)), None)
        if same is None:
            kept.append(event)
        elif same.modality == "planned" and event.modality == "done":
            kept[kept.index(same)] = event
    return kept


def _one_round(first: Event, later: Event) -> bool:
    if first.amount is None or later.amount is None:
        return True
    if abs(first.amount - later.amount) <= first.amount / 4:
        return True
    return later.amount < first.amount and first.occurred_on == later.occurred_on
