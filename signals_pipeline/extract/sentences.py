"""Sentences of a stretch of text, with their places. A paragraph (line) always ends one.

text, start, end → [Sentence]. Abbreviations, initials and company forms end no sentence, unless what follows opens one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_BREAK = re.compile(r"(?<=[.!?;])[\"')\]]*\s+(?=[\"'(\[]*[A-Z0-9\u00c0-\u00de]|\([a-f]\)\s+[A-Z])")
_NEVER = re.compile(
    r"(?:\b(?:Mr|Ms|Mrs|Dr|Pte|Pty|Cos|Mfg|Messrs|Prof|Gen|Hon|Rev|St|Sr|Jr|No|Nos|vs|approx|Art|Sec|Ret|Lt|Col|Maj|Capt|Adm|Adv|Hon)\.|\b[A-Z]\.|"
    r"\bU\.S\.|\bN\.A\.|\be\.g\.|\bi\.e\.)[\"')]*$"
)
_MAYBE = re.compile(r"\b(?:Inc|Corp|Co|Ltd|L\.P|LLC|L\.L\.C|S\.A|N\.V|B\.V|Bros|plc|Jr|Sr|p\.m|a\.m)\.[\"')]*$")
_OPENS = re.compile(
    r"[\"'(]*(?:The|On|In|Mr|Ms|Mrs|Dr|As|Pursuant|This|Upon|Under|Following|A|An|He|She|It|Its|Effective|For|Each|There|Prior|"
    r"Until|Since|From|Such|These|All|No|At|Also|Additionally|If|While|With|After|Before|Concurrently|During|By)\b"
)


LONGEST = 3000  # characters; a longer stretch is a list or no prose, and is read in pieces, so that no pattern runs over it whole


@dataclass(frozen=True)
class Sentence:
    text: str
    start: int
    end: int


def sentences(text: str, start: int = 0, end: int | None = None) -> list[Sentence]:
    """Sentences between start and end; their `start` and `end` point into `text`."""
    stop = len(text) if end is None else end
    found: list[Sentence] = []
    for line in re.finditer(r"[^\n]+", text[start:stop]):
        base = start + line.start()
        cut = 0
        for gap in _BREAK.finditer(line[0]):
            before, after = line[0][max(cut, gap.start() - 40) : gap.start()], line[0][gap.end() : gap.end() + 40]
            quote = line[0][gap.start() : gap.end()].strip()
            before += quote
            if _NEVER.search(before) and not (_MAYBE.search(before) and _OPENS.match(after)):
                continue
            if _MAYBE.search(before) and not _OPENS.match(after):
                continue
            _add(found, line[0][cut : gap.start()] + quote, base + cut)
            cut = gap.end()
        _add(found, line[0][cut:], base + cut)
    return found


def _add(found: list[Sentence], text: str, at: int) -> None:
    while text:
        cut = len(text) if len(text) <= LONGEST else text.rfind(" ", LONGEST // 2, LONGEST) + 1 or LONGEST
        bare = text[:cut].strip()
        if bare:
            lead = at + (cut - len(text[:cut].lstrip()))
            found.append(Sentence(bare, lead, lead + len(bare)))
        text, at = text[cut:], at + cut
