"""Small plots for asset metadata: SVG (`ml/svg.py`) in markdown, rendered by the UI. A plotting library would cost each run a second.

numbers → `<svg>` → data URL → markdown.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import date

import dagster as dg

from ml import svg

_STYLE = ' xmlns="http://www.w3.org/2000/svg" font-family="system-ui, sans-serif" font-size="11" style="background:#ffffff" '
_BIN = 5
_LIFT = (
    "how many times as many deals the best-scored tenth of accounts holds as a tenth drawn at random. "
    "Grey is the rule score, blue the learned one; a line is the range that chance leaves (95 %), dashed is no gain."
)
_RELIABLE = "across what was foretold, upwards what happened, a dot for each tenth of the accounts; on the dashed line both are the same."


def _markdown(title: str, drawn: str, caption: str = "") -> dg.MetadataValue:
    """An image that stands alone: its name space and font are said in it, and a white ground, since the UI may be dark.

    `caption`: what its marks mean, above it; the image's own title is seen by nobody."""
    alone = drawn.replace("<svg ", f"<svg{_STYLE}", 1)
    said = f"{title}: {caption}\n\n" if caption else ""
    return dg.MetadataValue.md(f"{said}![{title}](data:image/svg+xml;base64,{base64.b64encode(alone.encode()).decode()})")


def rows_per_day(days: Mapping[date, int], title: str) -> dg.MetadataValue:
    """Bars of rows by day; days between them that have none stand at 0."""
    if not days:
        return dg.MetadataValue.md(f"{title}: none")
    span = range(min(days).toordinal(), max(days).toordinal() + 1)
    return _markdown(title, svg.bars([(date.fromordinal(n).isoformat(), days.get(date.fromordinal(n), 0)) for n in span], title))


def distribution(values: Sequence[float], title: str) -> dg.MetadataValue:
    """Histogram of scores 0-100."""
    counts = [0] * (100 // _BIN)
    for value in values:
        counts[min(int(value // _BIN), len(counts) - 1)] += 1
    return _markdown(title, svg.bars([(f"{at * _BIN}-{(at + 1) * _BIN}", n) for at, n in enumerate(counts)], title))


def reliability(points: Sequence[Sequence[float]], title: str, name: str = "learned") -> dg.MetadataValue:
    """Mean foretold probability against the share that happened; on the line, what is said is what comes. `name`: rule or learned."""
    return _markdown(title, svg.reliability(points, name), _RELIABLE)


def months(rows: Sequence[tuple[str, Mapping[str, svg.Interval]]], title: str) -> dg.MetadataValue:
    """Lift by month with its interval, a colour a score; dashed where nothing is gained."""
    names = [n for n in svg.COLOURS if any(n in of for _, of in rows)]
    return _markdown(title, svg.by_month([m for m, _ in rows], {n: [of.get(n) for _, of in rows] for n in names}), _LIFT)


def groups(rows: Sequence[tuple[str, str, Mapping[str, svg.Interval]]], title: str) -> dg.MetadataValue:
    """Lift inside each group (name, note, series), a line a group."""
    return _markdown(title, svg.by_group(rows), _LIFT)
