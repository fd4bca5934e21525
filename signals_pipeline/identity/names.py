"""Company names, taken apart: what is the name, what is legal form, group word, number, country tail.

name as written → `parts` → `NameParts` (matched on `compact`, kept apart by `hard_key`).
Two names with different hard keys ("Acme Holdings" and "Acme", "Acme UK" and "Acme France", "Fund 1" and "Fund 2") are never
compared. Does not belong here: which companies are the same (`companies.py`), names of people (`person_names.py`).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from signals_pipeline.identity.legal_forms import BACK, COUNTRIES, CUT, FRONT, GLUED, GROUP_WORDS, NUMERALS

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−―", "-") | dict.fromkeys("‘’‚‛`´", "'") | dict.fromkeys("“”„«»", '"'))
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d"})
_SEC_STATE = re.compile(r"\s*/\s*[A-Z]{2,3}\s*/?\s*$|\s*\\[A-Z]{2,3}\\?\s*$")
_CUT = re.compile(r"\b(?:" + "|".join(CUT) + r")(?=\s|$)\s*(.*)$")
_STATUS = re.compile(r"\(?\b(in liquidation|in administration|in receivership|dissolved|i\. ?l\.)(?=\W|$)\)?")
_SLASHED = re.compile(r"(?<![^\W_])([^\W_])/([^\W_])(?![^\W_])")
# "Akzo B.V., Arnhem": what follows a closed legal form and a comma is where it sits
_FORM_THEN_PLACE = re.compile(r"(\b(?:inc|ltd|llc|corp|gmbh|[bn]\. ?v|[bn]v|s\.?a|ag|plc|limited)\.?), +[^\W\d]{4,}(?: [^\W\d]{4,})?$")
_SPACE = re.compile(r"[^\w]+|_")
_AND = {"and", "und", "et", "&", "+"}


@dataclass(frozen=True)
class NameParts:
    """`core` words of the name proper, legal form gone; `hard_key` what must be equal for two names to be compared at all."""

    core: str
    group_words: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    country_tail: str = ""
    alias: str = ""  # what follows "trading as", "formerly", ...
    status: str = ""  # "in liquidation", ...

    @property
    def compact(self) -> str:
        """The core without spaces: Goodwill and Good Will are one."""
        return self.core.replace(" ", "")

    @property
    def sorted_words(self) -> str:
        return " ".join(sorted(self.core.split()))

    @property
    def hard_key(self) -> str:
        return " ".join((*self.group_words, "|", *self.numbers, "|", self.country_tail))


@lru_cache(maxsize=200_000)
def parts(name: str | None) -> NameParts | None:
    """The parts of a company name; None for an empty one. Never strips to nothing ("The Limited" stays "limited")."""
    text = unicodedata.normalize("NFKC", name or "").translate(_DASHES).replace("İ", "I").strip()
    if not text:
        return None
    text = fold(_SEC_STATE.sub("", text) or text)
    text = _FORM_THEN_PLACE.sub(r"\1", text)
    status, alias = "", ""
    if found := _STATUS.search(text):
        status, text = found.group(1), _STATUS.sub(" ", text)
    if (found := _CUT.search(text)) and found.start() > 0 and text[: found.start()].strip(" (,-"):
        alias, text = " ".join(_words(found.group(1))), text[: found.start()]
    words = _strip_forms(_words(text)) or _words(text)
    if not words:
        return NameParts(core=text)
    words, tail = _take_tail(words)
    groups = tuple(sorted({GROUP_WORDS[w] for w in words if w in GROUP_WORDS}))
    core = [w for w in words if w not in GROUP_WORDS and w != "and"] or words
    numbers = tuple(w for i, w in enumerate(core) if w.isdigit() or (i and w in NUMERALS))
    return NameParts(" ".join(core), groups, numbers, tail, alias, status)


def fold(text: str) -> str:
    """Case folded; accents taken off Latin letters only, so that й stays й."""
    out: list[str] = []
    for letter in text.casefold().translate(_LETTERS):
        plain = unicodedata.normalize("NFKD", letter)
        out.append(plain[0] if len(plain) > 1 and plain[0] < "\u0250" else letter)
    return "".join(c for c in out if not unicodedata.combining(c))


def _words(text: str) -> list[str]:
    for glued in GLUED:
        if text.startswith(glued) or text.endswith(glued):
            text = text.replace(glued, " ")
    text = _SLASHED.sub(r"\1\2", text.replace("&", " and ").replace("+", " and "))
    words: list[str] = []
    for chunk in re.split(r"[\s,;]+", text.replace("'", "")):
        dotted = [p for p in chunk.strip('()"').split(".") if p]
        joined = "".join(dotted) if len(dotted) > 1 and all(len(p) == 1 for p in dotted) else chunk
        words += [w for w in _SPACE.split(joined) if w]
    words = ["and" if w in _AND else w for w in words]
    merged: list[str] = []  # runs of single letters are one acronym: "N V", "A B C"
    run = False
    for word in words:
        single = len(word) == 1 and word.isalpha()
        if single and run:
            merged[-1] += word
        else:
            merged.append(word)
        run = single
    if len(merged) > 1 and merged[0] == "the":
        merged = merged[1:]
    return merged


def _strip_forms(words: list[str]) -> list[str]:
    changed = True
    while changed and len(words) > 1:
        changed = False
        for size in range(min(5, len(words) - 1), 0, -1):
            if " ".join(words[-size:]) in BACK:
                words, changed = words[:-size], True
                break
            if " ".join(words[:size]) in FRONT:
                words, changed = words[size:], True
                break
        while len(words) > 1 and words[-1] == "and":
            words, changed = words[:-1], True
    return words


def _take_tail(words: list[str]) -> tuple[list[str], str]:
    for size in (3, 2, 1):
        if len(words) > size and (code := COUNTRIES.get(" ".join(words[-size:]))):
            return _strip_forms(words[:-size]) if len(words) > size + 1 else words[:-size], code
    return words, ""
