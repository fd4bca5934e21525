"""Small plots for asset metadata: PNG in markdown, rendered by the UI's dialog."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from datetime import date

import dagster as dg


def _markdown(figure: object) -> dg.MetadataValue:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=80, bbox_inches="tight")  # type: ignore[attr-defined]
    return dg.MetadataValue.md(f"![plot](data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()})")


def rows_per_day(days: Mapping[date, int], title: str) -> dg.MetadataValue:
    """Bars of rows by day."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 2.2))
    axes = figure.subplots()
    axes.bar([d.isoformat() for d in days], list(days.values()), width=0.9, color="#3b6ea5")
    axes.set_title(title, fontsize=9)
    axes.tick_params(labelsize=7)
    axes.set_xticks(range(0, len(days), max(1, len(days) // 8)))
    figure.autofmt_xdate()
    return _markdown(figure)


def reliability(points: Sequence[Sequence[float]], title: str) -> dg.MetadataValue:
    """Mean foretold probability against the share that happened; on the line, what is said is what comes."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(3.6, 3.2))
    axes = figure.subplots()
    top = max([0.05, *(max(p[0], p[1]) for p in points)]) * 1.1
    axes.plot([0, top], [0, top], color="#bbbbbb", linewidth=1)
    axes.plot([p[0] for p in points], [p[1] for p in points], marker="o", markersize=4, color="#3b6ea5")
    axes.set(xlabel="foretold", ylabel="happened")
    axes.set_title(title, fontsize=9)
    axes.tick_params(labelsize=7)
    return _markdown(figure)


def intervals(rows: Sequence[tuple[str, Mapping[str, tuple[float, float, float]]]], title: str, even: float = 1.0) -> dg.MetadataValue:
    """A line a row: for each series a dot (value) with its interval (low, high); dashed at `even`."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 0.9 + 0.28 * len(rows)))
    axes = figure.subplots()
    colours = {"rule": "#64748b", "learned": "#2563eb"}
    named: set[str] = set()
    for at, (_, of) in enumerate(rows):
        for place, (name, (value, low, high)) in enumerate(of.items()):
            y = at + (place - (len(of) - 1) / 2) * 0.25
            axes.plot([low, high], [y, y], color=colours[name], linewidth=1.5)
            axes.plot([value], [y], marker="o", markersize=4, color=colours[name], label=None if name in named else name)
            named.add(name)
    axes.axvline(even, color="#94a3b8", linewidth=1, linestyle="--")
    axes.set_yticks(range(len(rows)), [name for name, _ in rows])
    axes.invert_yaxis()
    axes.set_title(title, fontsize=9)
    axes.tick_params(labelsize=7)
    if named:
        axes.legend(fontsize=7, frameon=False)
    return _markdown(figure)


def distribution(values: Sequence[float], title: str) -> dg.MetadataValue:
    """Histogram of scores 0-100."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 2.2))
    axes = figure.subplots()
    axes.hist(list(values), bins=[5.0 * i for i in range(21)], color="#3b6ea5")
    axes.set_title(title, fontsize=9)
    axes.tick_params(labelsize=7)
    return _markdown(figure)
