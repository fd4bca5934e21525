"""An 8-K's text → its items, found by their headings; item text never comes from anywhere else.

text → `split_items` → [Item(number, start, end)]; spans point into the text given.
Does not belong here: what an item says (`officers.py`, `deals.py`, `financing.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# numbers before August 2004 had one level: 1 change in control, 2 acquisition, 5 other events, 6 director resigned ...
OLD_ITEMS = {"1": "5.01", "2": "2.01", "3": "1.03", "4": "4.01", "5": "8.01", "6": "5.02", "7": "9.01", "8": "5.03",
             "9": "7.01", "10": "5.05", "11": "5.04", "12": "2.02"}  # fmt: skip
_KNOWN = (
    "1.01 1.02 1.03 1.04 1.05 2.01 2.02 2.03 2.04 2.05 2.06 3.01 3.02 3.03 4.01 4.02 5.01 5.02 5.03 5.04 5.05 5.06 "
    "5.07 5.08 6.01 6.02 6.03 6.04 6.05 6.06 7.01 8.01 9.01"
)
KNOWN_ITEMS = frozenset(_KNOWN.split())
_HEADING = re.compile(
    r"^[^\w\n]{0,3}(?:section\s+\d[^\n]{0,90}?\s)?(?:i\s?tems?)\s*(?:no\.?\s*)?(?P<number>\d{1,2}(?:\s?\.\s?\d{2})?)"
    r"(?P<more>(?:\s*(?:,|and|&|/)\s*(?:items?\s*)?\d\.\d{2})*)(?P<rest>[^\n]*)$",
    re.IGNORECASE | re.MULTILINE,
)
# "Item 5.02 of this report is incorporated": the item is spoken of, not opened
_REFERENCE = re.compile(
    r"^\s*(?:\(?[a-f]?\)?\s*)?(?:of|above|below|is|are|hereof|in|to|has|was|were|shall|which|that|as|by)\b|^\s*,\s", re.IGNORECASE
)
_SIGNATURE = re.compile(
    r"^(?:[^\w\n]{0,3}signatures?\s*(?:page)?[^\w\n]{0,3}$|\W{0,3}signatures?\b[^\n]{0,20}pursuant to the requirements|"
    r"pursuant to the requirements of the securities exchange act)",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True)
class Item:
    """One item of the form, `start` at its heading, `body` where its words begin, `end` exclusive."""

    number: str
    start: int
    body: int
    end: int


def split_items(text: str) -> list[Item]:
    """Items in text order; old one-level numbers are told in today's; a table of contents gives no items."""
    marks: list[tuple[str, int, int]] = []
    for found in _HEADING.finditer(text):
        number = re.sub(r"\s", "", found["number"])
        number = number if "." in number else OLD_ITEMS.get(number, "")
        if number not in KNOWN_ITEMS or _REFERENCE.match(found["rest"]):
            continue
        for each in [number, *re.findall(r"\d\.\d{2}", found["more"] or "")]:
            if each in KNOWN_ITEMS:
                marks.append((each, found.start(), found.start("rest")))
    if not marks:
        return []
    last = marks[-1][1]
    closing = _SIGNATURE.search(text, marks[0][1])
    while closing and closing.start() < last and _only_contents(text, closing, last):
        closing = _SIGNATURE.search(text, closing.end())
    stop = closing.start() if closing else len(text)
    starts = sorted({start for _, start, _ in marks})
    ends = dict(zip(starts, [*starts[1:], len(text)], strict=True))
    told = [Item(number, start, body, min(ends[start], stop)) for number, start, body in marks if start < stop]
    last_of = {item.number: item.start for item in told}  # in text order: the last one stays
    return [item for item in told if not _in_contents(text, item, last_of[item.number])]


def _in_contents(text: str, item: Item, last: int) -> bool:
    """True for a line of a table of contents: its number opens again later, and it has no words of its own
    (the last line of the table runs on into the cover page, so exhibits count once, at their last place)."""
    return last > item.start and (item.number == "9.01" or len(text[item.body : item.end].split()) <= 25)


def _only_contents(text: str, closing: re.Match[str], last_item: int) -> bool:
    """A signature line before the last item belongs to a table of contents unless a signature follows it."""
    return "/s/" not in text[closing.end() : min(last_item, closing.end() + 600)]
