"""The header of a submission, in its three spellings: SEC-HEADER lines, SGML tags (`.nc`), and the page that shows both.

text → `read_header` → `Header` | None. Does not belong here: the documents behind the header (`submission.py`).
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from signals_pipeline.sources.sec_edgar.times import day, header_time

ACCESSION = re.compile(r"\b\d{10}-\d{2}-\d{6}\b")


@dataclass(frozen=True)
class Filer:
    """A company a header names. `role`: filer | subject company | issuer | reporting-owner | ..., as told, lower case."""

    role: str
    cik: str
    name: str
    state: str | None = None
    city: str | None = None


@dataclass(frozen=True)
class Header:
    """What a header says. `accepted_at` aware UTC; `items` as told: numbers in SGML, titles in SEC-HEADER."""

    accession: str
    form: str
    filed_on: date | None
    reported_on: date | None
    accepted_at: datetime | None
    items: tuple[str, ...] = ()
    filers: tuple[Filer, ...] = field(default=())

    @property
    def company(self) -> Filer | None:
        """The company the filing is about; people who report holdings are not it."""
        order = ("filer", "issuer", "subject company", "subject-company", "filed by")
        ranked = [f for role in order for f in self.filers if f.role == role]
        return next(iter(ranked or self.filers), None)


_ROLES = r"FILER|FILED BY|FILED-BY|ISSUER|SUBJECT COMPANY|SUBJECT-COMPANY|REPORTING-OWNER|REPORTING OWNER|DEPOSITOR|SECURITIZER"
_LINE_ROLE = re.compile(rf"^({_ROLES}):\s*$", re.MULTILINE)
_TAG_ROLE = re.compile(rf"^<({_ROLES})>\s*$", re.MULTILINE)


def is_submission(content: bytes) -> bool:
    """Whether the bytes begin as a full submission does: with a header that names its accession."""
    return _has_header(content[:60_000].decode("latin-1"))


def _has_header(top: str) -> bool:
    return "<ACCESSION-NUMBER>" in top or re.search(r"^ACCESSION NUMBER:", top, re.MULTILINE) is not None


def read_header(text: str) -> Header | None:
    """The header at the top of a submission; None when there is none. ValueError when a date in it is no date."""
    top = text[:60_000]
    tags = "<ACCESSION-NUMBER>" in top
    if not _has_header(top):
        return None
    if tags:
        top = top.split("</SEC-HEADER>")[0].split("<DOCUMENT>")[0]
        return _build(top, _tag, _TAG_ROLE, ("CONFORMED-NAME", "CIK", "STATE", "CITY"),
                      ("ACCESSION-NUMBER", "TYPE", "FILING-DATE", "PERIOD", "ITEMS"))  # fmt: skip
    top = re.split(r"</(?:SEC|IMS)-HEADER>|<DOCUMENT>", html.unescape(top))[0]
    return _build(top, _line, _LINE_ROLE, ("COMPANY CONFORMED NAME", "CENTRAL INDEX KEY", "STATE", "CITY"),
                  ("ACCESSION NUMBER", "CONFORMED SUBMISSION TYPE", "FILED AS OF DATE", "CONFORMED PERIOD OF REPORT",
                   "ITEM INFORMATION"))  # fmt: skip


def _tag(top: str, name: str) -> list[str]:
    return [html.unescape(v).strip() for v in re.findall(rf"^<{name}>(.*)$", top, re.MULTILINE) if v.strip()]


def _line(top: str, name: str) -> list[str]:
    return [v.strip() for v in re.findall(rf"^\s*{name}:[ \t]*(\S.*)$", top, re.MULTILINE)]


def _build(
    top: str,
    read: Callable[[str, str], list[str]],
    role_mark: re.Pattern[str],
    company: tuple[str, ...],
    names: tuple[str, ...],
) -> Header | None:
    def one(name: str) -> str | None:
        return next(iter(read(top, name)), None)

    accession, form = one(names[0]), one(names[1])
    if not accession or not form or not ACCESSION.fullmatch(accession):
        return None
    accepted = re.search(r"<ACCEPTANCE-DATETIME>\s*(\d{14})", top)
    marks = [*role_mark.finditer(top)]
    filers = []
    for mark, after in zip(marks, [*[m.start() for m in marks[1:]], len(top)], strict=True):
        block = top[mark.end() : after]
        name, cik = (next(iter(read(block, key)), None) for key in company[:2])
        business = re.split(r"BUSINESS[ -]ADDRESS|MAIL[ -]ADDRESS", block, maxsplit=1)
        place = business[1] if len(business) > 1 else ""
        if name and cik:
            filers.append(Filer(mark[1].lower(), cik.zfill(10), name,
                                next(iter(read(place, company[2])), None), next(iter(read(place, company[3])), None)))  # fmt: skip
    filed, period = one(names[2]), one(names[3])
    return Header(
        accession=accession, form=form.upper(), filed_on=day(filed) if filed else None, reported_on=day(period) if period else None,
        accepted_at=header_time(accepted[1]) if accepted else None, items=tuple(read(top, names[4])), filers=tuple(filers),
    )  # fmt: skip
