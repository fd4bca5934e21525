"""A document as one normalised text: one paragraph a line, single spaces, plain quotes. Spans of events point into it.

bytes (HTML, inline XBRL, old plain text) → `document_text` → text.
Does not belong here: what the text means (`eightk.py`), headers of submissions (`sources/sec_edgar/header.py`).
"""

from __future__ import annotations

import re
import unicodedata
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable, Iterator

from lxml import etree, html

_BLOCKS = (
    "address article blockquote body center dd div dl dt footer form h1 h2 h3 h4 h5 h6 header hr li ol p page pre section table tbody tr ul"
)
_BLOCK = frozenset(_BLOCKS.split())
_SKIP = frozenset(("script", "style", "head", "title", "ix:header", "noscript"))
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_CP1252: dict[str | int, str] = {code: bytes([code]).decode("cp1252", "ignore") or " " for code in range(0x80, 0xA0)}
_TO_PLAIN: dict[str | int, str] = {
    "\u2018": "'", "\u2019": "'", "\u201b": "'", "\u201c": '"', "\u201d": '"', "\u201f": '"', "\u2010": "-",
     "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2015": "-", "\u2212": "-", "\u00ad": "",
     "\u200b": "", "\ufeff": "", "\u2022": " ", "\u00b7": " ", "\u2610": " ", "\u2611": " ", "\u2612": " ",
     "\u2751": " ", "\u00a8": " ", "\u0060": "'", "\u00b4": "'", **_CP1252,
}  # fmt: skip
_PLAIN = str.maketrans(_TO_PLAIN)
_CELL = "\x1f"  # where a cell of a table begins, until its row is known
# not <table>, <page>, <s>, <c>: plain filings carry those too
_LOOKS_HTML = re.compile(r"<\s*(?:html|body|p|div|font|br|tr|td|span)\b[^<]{0,400}>", re.IGNORECASE)
_PAGE_FURNITURE = re.compile(
    r"^(?:page\s+)?-?\s*\(?\d{1,3}\)?\s*-?$|^page \d+ of \d+$|^table of contents$|^<page>$|^</?(?:c|s|page|caption|table)>$", re.IGNORECASE
)
_ENDS = re.compile(r"[.:;!?][\"')\]]*\s*$")
# a row of a table whose first cell is a person or says "Name": its cells stay apart
_ROW = re.compile(
    r"^\s*(?:(?i:names?)\b[^\x1f]{0,30}|(?:(?:Mr|Ms|Mrs|"
    r"Dr)\.? )?[A-Z][\w.'\u2019-]*(?: \"?[A-Z][\w.'\u2019-]*\"?,?){1,4})\s*(?:\x1f\s*)+(?=[A-Z0-9])[^\x1f]"
)
_ITEM_LINE = re.compile(r"^\s*item\s+\d", re.IGNORECASE)
_SUBHEADING = re.compile(r"^\s*(?:\([a-z]\)|\d{1,2}\.)\s", re.IGNORECASE)


def decode(content: bytes) -> str:
    """Bytes as text: UTF-16 when a mark says so, UTF-8 (with or without mark), else Windows-1252, which every byte string is
    under EDGAR's rules."""
    try:
        return content.decode("utf-16" if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def is_html(text: str) -> bool:
    return bool(_LOOKS_HTML.search(text[:20000]))


def document_text(source: str) -> str:
    """Normalised text of an HTML or plain document; empty when there is nothing to read."""
    lines = _html_lines(source) if is_html(source) else _plain_lines(source)
    clean = (_clean(line) for line in lines)
    return "\n".join(_paragraphs(line for line in clean if line and not _PAGE_FURNITURE.match(line)))


def _paragraphs(lines: Iterable[str]) -> Iterator[str]:
    """Paragraphs that a page break cut: no end mark before it, a small letter behind it."""
    held: list[str] = []
    for line in lines:
        if held and line[0].islower() and len(held[-1]) > 40 and not _ENDS.search(held[-1]):
            held.append(line)
            continue
        if held:
            yield " ".join(held)
        held = [line]
    yield " ".join(held)


def _clean(line: str) -> str:
    line = line.strip(f" \n{_CELL}")
    if _CELL in line and _ROW.match(line):
        line = re.sub(rf"\s*{_CELL}[\s{_CELL}]*", " | ", line)
    text = unicodedata.normalize("NFKC", line.translate(_PLAIN)).translate(_PLAIN)
    return re.sub(r"\s+", " ", text).strip()


def _html_lines(source: str) -> Iterator[str]:
    body = re.sub(r"^\s*<\?xml[^>]*\?>", "", source)
    parser = html.HTMLParser(recover=True, remove_comments=True, remove_pis=True, no_network=True, huge_tree=True)
    try:
        root = html.document_fromstring(body, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):  # nothing but comments: no text in it
        return
    line: list[str] = []
    for piece in _pieces(root):
        if piece == "\n":
            yield from _rejoin("".join(line))
            line = []
        else:
            line.append(piece if piece == "\r" else re.sub(r"[\r\n]", " ", piece))
    yield from _rejoin("".join(line))


def _pieces(root: etree._Element) -> Iterator[str]:
    """Texts in document order; a newline where a block begins or ends, a return for a line break. A walk without recursion:
    pages of thousands of nested elements exist."""
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, node in walk:
        is_element = isinstance(node.tag, str)
        is_hidden = not is_element or node.tag in _SKIP or bool(_HIDDEN.search(node.get("style") or ""))
        if event == "start":
            if is_hidden:
                walk.skip_subtree()
                continue
            if node.tag in _BLOCK or node.tag == "br":
                yield "\n" if node.tag in _BLOCK else "\r"
            if node.tag in ("td", "th"):
                yield _CELL
            yield node.text or ""
            continue
        if node.tag in _BLOCK and not is_hidden:
            yield "\n"
        if node is not root:
            yield node.tail or ""


def _runs_on(line: str, text: str) -> bool:
    """A line of prose that goes on with a capital: long, no heading, and no heading behind it."""
    return (
        len(line) >= 40
        and len(line.split()) > 6
        and len(text.split()) > 3
        and not line.startswith("(")
        and not any(_ITEM_LINE.match(t) or _SUBHEADING.match(t) for t in (line, text))
        and not line.isupper()
    )


def _rejoin(block: str) -> Iterator[str]:
    """Lines of a block that `<br>` cut; a line that goes on in lower case is one with the line before."""
    held: list[str] = []
    for part in block.split("\r"):
        text = part.strip()
        if held and text and not _ENDS.search(held[-1]) and (text[0].islower() or _runs_on(held[-1], text)):
            held.append(text)
        else:
            yield " ".join(held)
            held = [text] if text else []
    yield " ".join(held)


def _plain_lines(source: str) -> Iterator[str]:
    """Paragraphs of hard-wrapped text: blank lines, item headings and short lines end one."""
    held: list[str] = []
    for raw in source.expandtabs().splitlines():
        text = raw.strip()
        row = re.sub(r"(?<=\w) {3,}(?=[A-Z0-9])", _CELL, text)
        if _CELL in row and _ROW.match(row):
            yield from (" ".join(held), row)
            held = []
            continue
        ends = not text or _ITEM_LINE.match(text) or _SUBHEADING.match(text) or _PAGE_FURNITURE.match(text)
        if held and (ends or len(held[-1].rstrip()) < 45):
            yield " ".join(held)
            held = []
        if text and not _PAGE_FURNITURE.match(text):
            held.append(re.sub(r"<[A-Z/][^>]{0,60}>", " ", text))
    yield " ".join(held)
