"""Invented 8-Ks as a filing agent would send them: a block of the fixture files → SGML envelope, cover, items, signature.

`=== key | style | registrant | reported | filed`, `> label` lines, items → `blocks` → `page`. Styles: `htm` (paragraphs and tables),
`plain` (wrapped text), `txt90` (typewriter pages of the nineties: centred, indented, a page mark).
"""

import html
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "filings_invented"
COVER = """UNITED STATES
SECURITIES AND EXCHANGE COMMISSION
Washington, D.C. 20549
FORM 8-K
CURRENT REPORT
Pursuant to Section 13 or 15(d) of the Securities Exchange Act of 1934
Date of Report (Date of earliest event reported): {reported}
{name}
(Exact name of registrant as specified in its charter)
Delaware   001-39999   00-0009999
100 Example Avenue, Springfield
(Address of principal executive offices)
Registrant's telephone number, including area code: (555) 555-0100"""
SIGNED = """SIGNATURES
Pursuant to the requirements of the Securities Exchange Act of 1934, the registrant has duly caused this report to be signed on its behalf by the undersigned hereunto duly authorized.
{name}
Date: {filed}
By: /s/ Corwin T. Blaylock
Corwin T. Blaylock
Secretary"""  # noqa: E501 - one paragraph


@dataclass(frozen=True)
class Block:
    key: str
    style: str
    name: str
    reported: date
    filed: date
    labels: tuple[str, ...]
    body: str


def blocks(pattern: str) -> Iterator[Block]:
    """Every filing of the fixture files of a pattern, with its labels as written."""
    for path in sorted(FOLDER.glob(pattern)):
        for block in re.split(r"(?m)^=== ", path.read_text(encoding="utf-8"))[1:]:
            head, rest = block.split("\n", 1)
            key, style, name, reported, filed = (part.strip() for part in head.split("|"))
            lines = rest.split("\n")
            labels = tuple(line[2:] for line in lines if line.startswith("> "))
            body = "\n".join(lines[len(labels) :]).strip()
            yield Block(key, style, name, date.fromisoformat(reported), date.fromisoformat(filed), labels, body)


def page(block: Block) -> str:
    """The document as sent, in the block's style."""
    said = {"name": block.name, "reported": _long(block.reported), "filed": _long(block.filed)}
    cover, signed = COVER.format(**said).split("\n"), SIGNED.format(**said).split("\n")
    paragraphs = [p for part in block.body.split("\n\n") for p in ([part] if not part.startswith("|") else part.split("\n"))]
    write = {"htm": _html, "plain": _plain, "txt90": _typed}[block.style]
    return write([*cover, *paragraphs, *signed], len(cover))


def _long(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"


def _html(paragraphs: list[str], _: int) -> str:
    out, in_table = ["<html><body>"], False
    for paragraph in paragraphs:
        is_row = paragraph.startswith("|")
        if is_row != in_table:
            out.append("<table>" if is_row else "</table>")
            in_table = is_row
        curly = re.sub(r"&#8221;(?=\w)", "&#8220;", html.escape(paragraph, quote=False).replace('"', "&#8221;").replace("'", "&#8217;"))
        if is_row:
            out.append("<tr>" + "".join(f"<td>{cell.strip()}</td>" for cell in curly.strip("|").split("|")) + "</tr>")
            continue
        out += [f"<p><b>{p}</b></p>" if re.match(r"(?i)item \d|section \d", p) else f"<p>{p}</p>" for p in curly.split("\n")]
    return "\n".join([*out, "</body></html>"])


def _plain(paragraphs: list[str], _: int) -> str:
    wrapped = [[part for line in p.split("\n") for part in (textwrap.wrap(line, 96) if len(line) > 110 else [line])] for p in paragraphs]
    return "\n\n".join("\n".join(lines) for lines in wrapped)


def _typed(paragraphs: list[str], cover: int) -> str:
    out = []
    for number, paragraph in enumerate(paragraphs):
        lines = textwrap.wrap(paragraph, 70)
        centred = number < cover and len(lines) == 1
        out.append(lines[0].center(72).rstrip() if centred else "\n".join(["     " + lines[0], *lines[1:]]))
        if number == len(paragraphs) - 8:
            out.append(" " * 39 + "2\n<PAGE>")
    return "\n\n".join(out)
