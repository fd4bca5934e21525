"""The daily index of filings, by form (`form.*.idx`, columns) or master (`master.*.idx`, bars): what the feed dropped.

file bytes → lines after the rule → Raw → `row` → sec_edgar__index. A line that cannot be read is a reject with its number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from signals_pipeline.errors import SkipRecord
from signals_pipeline.sources.sec_edgar.header import ACCESSION
from signals_pipeline.sources.sec_edgar.times import day, end_of_day, on_day
from signals_pipeline.sources.spec import Body, Pull, Raw, Row

# anchored at the right: a long company name pushes the columns behind it to the right
_LINE = re.compile(
    r"^(?P<form>\S(?:.{0,14}?\S)?)\s{2,}(?P<name>\S.*?)\s+(?P<cik>\d{1,10})\s+(?P<filed>\d{4}-?\d{2}-?\d{2})\s+(?P<path>edgar/\S+)\s*$"
)
_BARS = re.compile(r"^(?P<cik>\d{1,10})\|(?P<name>[^|]*)\|(?P<form>[^|]+)\|(?P<filed>\d{4}-?\d{2}-?\d{2})\|(?P<path>edgar/[^|\s]+)\s*$")


def is_one(body: Body) -> bool:
    """Whether the body is an index at all."""
    return _rule(body.content.decode("latin-1").splitlines()) is not None


def _rule(lines: list[str]) -> int | None:
    return next((n for n, line in enumerate(lines) if re.fullmatch(r"-{20,}\s*", line)), None)


def records(body: Body, pull: Pull) -> Iterator[Raw]:
    """Lines below the dashed rule. SkipRecord when there is no rule: no index."""
    lines = body.content.decode("latin-1").splitlines()
    rule = _rule(lines)
    if rule is None:
        raise SkipRecord("not_an_index", lines[0][:120] if lines else "empty")
    for number, line in enumerate(lines[rule + 1 :], rule + 2):
        if line.strip():
            yield Raw(line, line, f"{body.place}:{number}", body.facts)


def row(raw: Raw, pull: Pull) -> Row:
    found = _BARS.match(raw.value) or _LINE.match(raw.value)
    accession = ACCESSION.search(found["path"]) if found else None
    if not found or not accession:
        raise SkipRecord("malformed_index_line", raw.value[:160])
    try:
        filed = day(found["filed"])
    except ValueError as bad:
        raise SkipRecord("wrong_type", f"date filed: {bad}") from None
    cik = found["cik"].zfill(10)
    columns = {"accession": accession[0], "cik": cik, "company_name": found["name"].strip(), "form": found["form"].strip(),
               "filed_on": filed, "path": found["path"]}  # fmt: skip
    return Row(f"{accession[0]}:{cik}", end_of_day(filed), "filing", columns, occurred_at=on_day(filed))
