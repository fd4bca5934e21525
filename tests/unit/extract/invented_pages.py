"""Invented 8-Ks as a filing agent would send them: a block of the fixture files → cover, items, signature.

Styles: `htm` (paragraphs and tables), `plain` (wrapped text), `txt90` (typewriter pages of the nineties: centred, indented, a page mark).
"""

import html
import re
import textwrap

from invented_reader import Block, long_day

HEAD = """UNITED STATES
SECURITIES AND EXCHANGE COMMISSION
Washington, D.C. 20549
FORM 8-K
CURRENT REPORT
Pursuant to Section 13 or 15(d) of the Securities Exchange Act of 1934"""
COVER = f"""{HEAD}
Date of Report (Date of earliest event reported): {{reported}}
{{name}}
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


def page(block: Block) -> str:
    """The document as sent, in the block's style."""
    said = {"name": block.name, "reported": long_day(block.reported), "filed": long_day(block.filed)}
    cover, signed = COVER.format(**said).split("\n"), SIGNED.format(**said).split("\n")
    paragraphs = [p for part in block.body.strip().split("\n\n") for p in ([part] if not part.startswith("|") else part.split("\n"))]
    write = {"htm": _html, "plain": _plain, "txt90": _typed}[block.style]
    return write([*cover, *paragraphs, *signed], len(cover))


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
