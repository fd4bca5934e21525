"""A full submission → its documents.

`<DOCUMENT><TYPE>8-K ... <TEXT> ... </TEXT></DOCUMENT>` → [Document]; a bare document is one of unknown type.
Does not belong here: headers (`header.py`), what documents say (`extract/`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_DOCUMENT = re.compile(r"<DOCUMENT>(.*?)(?:</DOCUMENT>|(?=<DOCUMENT>)|\Z)", re.DOTALL | re.IGNORECASE)
_BINARY = re.compile(r"^(?:GRAPHIC|ZIP|XML|EXCEL|PDF|JSON|EX-10[01]\b.*|COVER|CORRESP)$", re.IGNORECASE)


@dataclass(frozen=True)
class Document:
    """One document of a submission. `type` is the form or exhibit number, upper case; '' when the bytes came bare."""

    type: str
    filename: str
    body: str


def documents(text: str) -> list[Document]:
    """Documents in order; images, archives and data files are left out."""
    blocks = _DOCUMENT.findall(text)
    if not blocks:
        return [Document("", "", text)]
    found = []
    for block in blocks:
        parts = re.split(r"<TEXT>", block, maxsplit=1, flags=re.IGNORECASE)
        head, rest = parts[0], parts[-1]
        kind = _field(head, "TYPE").upper()
        if not _BINARY.match(kind):
            body = re.sub(r"</TEXT>.*\Z", "", rest, flags=re.DOTALL | re.IGNORECASE)
            bare = re.sub(r"^\s*<(?:XBRL|XML)>\s*|\s*</(?:XBRL|XML)>\s*$", "", body)
            found.append(Document(kind, _field(head, "FILENAME"), bare))
    return found


def primary(found: list[Document], form: str | None) -> Document | None:
    """The document that is the filing itself: of the form's type, else the first of the filing's own."""
    for document in found:
        if form and document.type == form.upper():
            return document
    return next((d for d in found if not d.type.startswith("EX-")), None)


def releases(found: list[Document]) -> list[Document]:
    """Press releases: exhibits 99."""
    return [d for d in found if d.type.startswith("EX-99")]


def _field(head: str, name: str) -> str:
    found = re.search(rf"<{name}>([^\n<]*)", head, re.IGNORECASE)
    return found[1].strip() if found else ""
