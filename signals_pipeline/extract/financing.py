"""Items 1.01, 2.03, 3.02, 7.01, 8.01: money raised, as debt (`debt.py`) or by selling shares (`equity.py`).

item text → one Event per agreement or issue, with the headline amount beside its noun.
No round: amendments that bring no new money, shares paid to sellers of a company, buy-backs, dividends, sublimits, fees.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

from signals_pipeline.extract.amounts import Amount, find_amounts
from signals_pipeline.extract.dates import find_dates, near_report
from signals_pipeline.extract.deals import boilerplate
from signals_pipeline.extract.debt import ENTERED, ISSUED, NEW_MONEY, NOTES, OFFERED, borrowed
from signals_pipeline.extract.equity import named_round
from signals_pipeline.extract.event import Event, Modality
from signals_pipeline.extract.firms import RUN, Firms
from signals_pipeline.extract.items import Item
from signals_pipeline.extract.sentences import Sentence, sentences
from signals_pipeline.extract.shares import AT_MARKET, shares_sold

ITEMS = frozenset(("1.01", "2.03", "3.02", "7.01", "8.01"))
_NOT_NEWS = re.compile(
    r"\brepurchase|\bbuy-?back\b|\b(?:expansion|accordion) (?:option|feature)|"
    r"\brequest an increase|"
    r"\b(?:option|right|ability) to (?:increase|request)|\bmay (?:request|increase|elect to increase)",
    re.IGNORECASE,
)
_EXISTING = re.compile(r"\bexisting (?:credit|loan|note|indenture|term)", re.IGNORECASE)
_REPLACED = re.compile(
    r"\b(?:replac|refinanc|repa[yi]|terminat)\w*\s+(?:in full |in (?:its|their) entirety )?(?:the |its |our |all (?:of )?(?:the |its )?)?$"
)
_RESIZED = re.compile(
    r"\b(?:offering|placement|financing)\b[^.;]{0,40}?\bfrom [^.;]{3,40}? to\s+(?:a total of |an aggregate (?:principal amount )?of )*$",
    re.IGNORECASE,
)
_SECURITY = re.compile(
    rf"\b(?:(?P<debt>{NOTES}|loans?|facilit(?:y|ies))|shares|units|common stock|preferred stock|adss?|american depositary shares)\b",
    re.IGNORECASE,
)
# what a division on its way out borrows is not the registrant's money
_SPUN_OFF = re.compile(
    rf"\b[Ss](?:pin-?[Oo]ff|eparation)\b[^.;]{{0,60}}?,\s+(?P<who>{RUN})\s+(?:entered|issued|borrowed|incurred|completed)\b"
)
# the obligation of an item 2.03 may be one that goes on: then only what is plainly new counts
_GOES_ON = re.compile(
    r"\bremains? (?:at|unchanged)\b|\bamend\w* (?:and restat\w+ )?(?:its|the) (?:existing|current)\b|\bwas extended\b|\bforbear|\bwaive",
    re.I,
)
_BEFORE_THIS = re.compile(r"\W*as (?:previously|earlier) (?:reported|disclosed|announced)\b", re.IGNORECASE)
_NEWS_DAYS = 10  # an 8-K is due four business days after what it tells
_IN_TOTAL = re.compile(r"\bin total\b|\bto date\b|\b(?:all|both|two|three) closings\b", re.IGNORECASE)
_MONEY_IN = re.compile(
    r"\bproceeds\b[^.;]{0,120}\b(?:were|was)\b|\b(?:raised|raising|allotted|took in)\b|\breceived\b[^.;]{0,40}\bproceeds\b"
)
_TO_COME = re.compile(
    r"\b(?:will|to|agreed to|proposed to|intention to) (?:offer|issue|sell)\b|\boffer and s(?:ell|ale)\b|\bpricing of\b|"
    r"\b(?:expects?|expected|anticipated) to (?:yield|receive|close|result)\b"
)
_CLOSED = re.compile(
    r"\b(?:notes|shares|units|securities|offering|placement|sale|financing)\b(?! (?:will|is|are)\b)[^.;]{0,40}?"
    r"\b(?:were (?:issued|sold)|closed|was (?:completed|consummated|closed))\b",
    re.IGNORECASE,
)
_PRIVATE = re.compile(r"\bprivate (?:placement|sale)\b", re.IGNORECASE)
_PUBLIC = re.compile(r"\bpublic offering|\bunderwrit|\bregistered direct|\bIPO\b", re.IGNORECASE)
SURE = 0.85
_LARGEST = Decimal("1e12")


def read_financing(text: str, items: list[Item], *, firms: Firms, known_on: date | None, reported_on: date | None) -> list[Event]:
    """Money raised in a filing, each round once, headline amounts only; an item that refers to another has nothing of its own."""
    told = [i for i in items if i.number in ITEMS]
    events = distinct([e for i in told for e in _of_item(text, i, firms, known_on, reported_on)])
    if any(i.number == "2.03" for i in told) and not any(e.round_type == "debt" for e in events):
        for item in told:  # an obligation there is: the first amount beside a word of debt
            if item.number in ("1.01", "2.03") and not _GOES_ON.search(text, item.body, item.end):
                found = _of_item(text, item, firms, known_on, reported_on, is_told=True)
                events += [e for e in found if e.round_type == "debt"]
        events = distinct(events)
    return events


def _of_item(text: str, item: Item, firms: Firms, known_on: date | None, reported_on: date | None, is_told: bool = False) -> list[Event]:
    number = item.number
    parts = sentences(text, item.body, boilerplate(text, item.body, item.end))
    events: list[Event] = []
    for position, sentence in enumerate(parts):
        if (_NOT_NEWS.search(sentence.text) or _about_the_old(sentence.text)) and not NEW_MONEY.search(sentence.text):
            continue
        if (spun := _SPUN_OFF.search(sentence.text)) and not firms.is_own(spun["who"]):
            continue
        if _BEFORE_THIS.match(sentence.text) and _is_old_news(sentence.text, reported_on):
            continue
        told = find_amounts(sentence.text)
        amounts = [a for a in told if not a.per_share and Decimal(10000) <= a.value < _LARGEST]
        before = [p.text for p in parts[max(0, position - 3) : position]]
        around = " ".join(before)
        if number != "2.03" and (named := named_round(sentence, amounts)):
            event = _event(named.amount, sentence, named.kind, parts, position, known_on, reported_on)
            has = re.search(r"\b(?:closed|completed|received|raised|secured|consummated|(?:completion|closing) of)\b", sentence.text)
            event = replace(event, investors=named.investors, modality="done" if has else event.modality)
        elif loan := borrowed(sentence, amounts, number, is_told=is_told):
            event = _event(loan, sentence, "debt", parts, position, known_on, reported_on)
        elif number == "2.03" or AT_MARKET.search(sentence.text):  # a programme: nothing is sold yet, or bit by bit
            continue
        elif resized := next((a for a in amounts if _RESIZED.search(sentence.text[: a.start])), None):
            event = _event(resized, sentence, _kind([sentence.text, *reversed(before)]), parts, position, known_on, reported_on)
        elif sold := shares_sold(sentence, amounts, [a for a in told if a.per_share], around, firms):
            event = _event(sold.amount, sentence, _kind([sentence.text, *reversed(before)]), parts, position, known_on, reported_on)
            event = replace(event, confidence=event.confidence - sold.doubt)
            if events and _IN_TOTAL.search(sentence.text):
                continue
        else:
            continue
        events.append(event)
    return events


def _is_old_news(words: str, reported_on: date | None) -> bool:
    """The sentence opens with what an earlier report told, under a day of its own."""
    dates = find_dates(words, 0, 120)
    return bool(dates and reported_on and (reported_on - dates[0].day).days > _NEWS_DAYS)


def _kind(told: list[str]) -> str:
    """debt or shares, by the security that the sentence names first, else the sentences before it; an offering to the public is `ipo`."""
    found = next((m for words in told if (m := _SECURITY.search(words))), None)
    if found and found["debt"]:
        return "debt"
    if _PRIVATE.search(told[0]):
        return "unknown"
    return "ipo" if any(_PUBLIC.search(words) for words in told) else "unknown"


def _about_the_old(words: str) -> bool:
    """An existing loan is spoken of, and not as the one that the new loan replaces."""
    return any(not _REPLACED.search(words[: m.start()]) for m in _EXISTING.finditer(words))


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
    modality = _modality(kind, sentence.text, " ".join(p.text for p in parts[position + 1 : position + 4]))
    trigger = (
        (OFFERED.search(sentence.text) if modality == "planned" else None) or ISSUED.search(sentence.text) or ENTERED.search(sentence.text)
    )
    return Event(
        "funding_round", modality, occurred_on=occurred, confidence=SURE, round_type=kind, amount=amount.value, currency=amount.currency,
        amount_qualifier=amount.qualifier, start=sentence.start, end=sentence.end, trigger=trigger[0] if trigger else None,
    )  # fmt: skip


def _modality(kind: str, words: str, after: str) -> Modality:
    """done: by the sentence's own verbs, or because the sentences after it tell of the closing."""
    if re.search(r"\bcommitment letter\b|\bcommitted to provide\b", words, re.IGNORECASE):
        return "planned"
    if _MONEY_IN.search(words) or (ISSUED.search(words) and not _TO_COME.search(words)) or _CLOSED.search(after):
        return "done"
    return "done" if kind == "debt" and ENTERED.search(words) and not OFFERED.search(words) else "planned"


def distinct(events: list[Event]) -> list[Event]:
    """One event per round: of several amounts of one kind and day the headline, which stands first, is the round;
    a part of it told later (the term loan of the facility) is none. What is done goes before what was offered, what came in
    before fees goes before what is left after them, and what is told before what we multiplied, unless it is told after fees alone."""
    kept: list[Event] = []
    for event in sorted(events, key=lambda e: -e.confidence):
        same = next((k for k in kept if _alike(k, event) and k.currency == event.currency and _one_round(k, event)), None)
        if same is None:
            kept.append(event)
        else:
            kept[kept.index(same)] = _told_better(same, event)
    return kept


def _told_better(first: Event, later: Event) -> Event:
    """Of two tellings of a round the surer figure (before fees, when it is not told, what we multiplied); done when either is."""
    is_done = first.modality == "planned" and later.modality == "done"
    if first.confidence == later.confidence:
        return later if is_done else first
    is_net = first.confidence < SURE and first.amount and later.amount and later.amount > first.amount
    return replace(later if is_net else first, modality="done" if is_done else first.modality)


def _alike(first: Event, later: Event) -> bool:
    """Shares are shares, whether a sentence calls their sale an offering to the public or not."""
    shares = ("ipo", "unknown")
    return first.round_type == later.round_type or (first.round_type in shares and later.round_type in shares)


def _one_round(first: Event, later: Event) -> bool:
    if first.amount is None or later.amount is None:
        return True
    if abs(first.amount - later.amount) <= first.amount / 4:
        return True
    return later.amount < first.amount and first.occurred_on == later.occurred_on
