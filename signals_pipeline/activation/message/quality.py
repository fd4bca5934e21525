"""The quality gate of a message: hard failures only. A draft that fails is not sent, and its row says why.

draft + contact + signal + product → `failures` → reasons; none means it may go. Holds for templates and language models alike.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from signals_pipeline.activation.message.shapes import Contact, Draft, Signal
from signals_pipeline.activation.message.spoken import harmless, spoken_company, spoken_first_name
from signals_pipeline.activation.message.templates import Common
from signals_pipeline.rules.profile import Product

_PLACEHOLDER = re.compile(
    r"\{\{|\}\}|\{%|%\}|<%|\[(?:name|company|first|title|x+)[^\]]*\]|\bnull\b|\bNone\b|\bnan\b|\bundefined\b|\bTBD\b|lorem ipsum|xxx",
    re.IGNORECASE,
)
_SURVEILLANCE = re.compile(
    r"\b(we|i)('ve| have)? (saw|seen|noticed|observed|spotted|detected|tracked)\b|\bnoticed (you|that you|your)\b"
    r"|\byou(r team)? (visited|viewed|browsed|searched|researched|downloaded|clicked|looked at)\b"
    r"|\b(your|recent) (visits?|browsing|searches|clicks|page views|intent data)\b|\b6sense\b|\bintent (score|signal|data|surge)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d[\d.,]*")
_WORD = re.compile(r"[^\W\d_][\w'’&.-]*", re.UNICODE)
_COMMON_CAPITALS = {"I", "I'm", "I'd", "I'll", "I’m", "I’d", "AI", "API", "CEO", "CFO", "COO", "CTO", "VP", "KYC", "ID"}


def failures(draft: Draft, contact: Contact, signal: Signal, product: Product, rules: Common) -> list[str]:
    """Reason codes with their detail, in a fixed order; empty when the draft may be sent."""
    texts = {name: html.unescape(text) for name, text in draft.texts().items()}
    whole = "\n".join(texts.values())
    found = [f"empty:{name}" for name, text in texts.items() if not text.strip()]
    if _PLACEHOLDER.search(whole) or "{" in whole or "}" in whole:
        found.append("placeholder")
    found += [f"over_length:{name}" for name, text in texts.items() if len(text) > rules.max_length[name]]
    low = " ".join(whole.lower().split())
    found += [f"banned:{phrase}" for phrase in rules.banned if re.search(rf"\b{re.escape(phrase.lower())}\b", low)]
    if whole.count("?") > 1:
        found.append("more_than_one_question")
    if match := _SURVEILLANCE.search(whole):
        found.append(f"surveillance:{match.group(0).lower()}")
    if re.search(r"<[a-z/!]", "\n".join(draft.texts().values()), re.IGNORECASE):
        found.append("markup")
    if re.search(r"https?://|www\.", low):
        found.append("link")
    if not draft.evidence or not set(draft.evidence) <= set(signal.evidence):
        found.append("claim_without_evidence")
    known = _known(contact, signal, product)
    numbers = {n.strip(".,") for text in known for n in _NUMBER.findall(text)}
    found += [f"number_not_in_evidence:{n}" for n in _unique(n.strip(".,") for n in _NUMBER.findall(whole)) if n not in numbers]
    words = {_bare(w) for text in known for w in _WORD.findall(text)}
    found += [f"name_not_in_evidence:{w}" for w in _unique(_names(texts["opening"], texts["call_to_action"])) if _bare(w) not in words]
    return found


def _known(contact: Contact, signal: Signal, product: Product) -> list[str]:
    return [
        *(harmless(v) for v in signal.facts.values()),
        spoken_company(contact.company_name),
        harmless(contact.company_name),
        spoken_first_name(contact.first_name),
        harmless(contact.title),
        product.name,
        product.one_line,
        *product.topics,
    ]


def _names(*texts: str) -> Iterable[str]:
    """Capitalised words that do not open a sentence: what reads as a name."""
    for text in texts:
        for sentence in re.split(r"(?<=[.!?:])\s+|\n", text):
            for word in _WORD.findall(sentence)[1:]:
                if word[0].isupper() and word.rstrip(".'’") not in _COMMON_CAPITALS:
                    yield word


def _bare(word: str) -> str:
    return re.sub(r"['’]s$", "", word).strip(".'’-&").lower()


def _unique(items: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(i for i in items if i))
