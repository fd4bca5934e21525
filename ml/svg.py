"""Plots as SVG text, for pages that stand alone and for the UI: bars, intervals by month, intervals by group, reliability.

numbers → one `<svg>` string; no script, no outside file; every word is escaped. Does not belong here: what the numbers mean.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil

COLOURS = {"rule": "#64748b", "learned": "#2563eb"}
EVEN = 1.0  # a lift of nothing gained
GRID, INK, FAINT, BAR = "#e2e8f0", "#334155", "#94a3b8", "#3b6ea5"
Interval = tuple[float, float, float]
"""(value, low, high)"""


@dataclass(frozen=True)
class Scale:
    """From a value to a place on an axis."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (min(max(value, self.low), self.high) - self.low) / ((self.high - self.low) or 1.0)
        return round(self.start + share * (self.end - self.start), 1)


def by_month(months: Sequence[str], series: Mapping[str, Sequence[Interval | None]]) -> str:
    """A dot and its interval for each month and series; a dashed line where nothing is gained."""
    width, height, left, bottom = 720, 260, 44, 34
    top = max([EVEN * 2, *(i[2] for of in series.values() for i in of if i)]) * 1.05
    y = Scale(0.0, top, height - bottom, 12)
    step = (width - left - 12) / max(1, len(months))
    parts = [_line(left, y(t), width - 12, y(t), GRID) + _text(left - 8, y(t) + 4, f"{t:g}×", "end") for t in _ticks(top)]
    parts.append(_line(left, y(EVEN), width - 12, y(EVEN), FAINT, "4 4"))
    every = max(1, ceil(60 / step))  # a label needs sixty points of room
    for at, month in enumerate(months):
        middle = left + step * (at + 0.5)
        if at % every == 0:
            parts.append(_text(middle, height - 12, month, "middle"))
        if not any(of[at] for of in series.values()):
            parts.append(_text(middle, y(EVEN) - 8, "not yet" if every == 1 else "?", "middle", FAINT))
        for place, (name, of) in enumerate(series.items()):
            if found := of[at]:
                x = middle + (place - (len(series) - 1) / 2) * min(16.0, step / 3)
                value, low, high = found
                parts.append(_line(x, y(low), x, y(high), COLOURS[name], width=2))
                parts.append(_dot(x, y(value), COLOURS[name], f"{name}, {month}: {value:.2f} ({low:.2f} to {high:.2f})"))
    return _svg(width, height, parts)


def by_group(rows: Sequence[tuple[str, str, Mapping[str, Interval]]]) -> str:
    """One line a group: its name, a note, a dot with its interval for each series."""
    width, left, right, tall = 720, 230, 140, 26
    height = tall * len(rows) + 30
    top = max([EVEN * 2, *(i[2] for _, _, of in rows for i in of.values())]) * 1.02
    x = Scale(0.0, min(top, 8.0), left, width - right)
    parts = [_line(x(t), 6, x(t), height - 24, GRID) + _text(x(t), height - 8, f"{t:g}×", "middle") for t in _ticks(x.high)]
    parts.append(_line(x(EVEN), 6, x(EVEN), height - 24, FAINT, "4 4"))
    for at, (name, note, of) in enumerate(rows):
        y = 6 + tall * (at + 0.5)
        parts.append(_text(left - 12, y + 4, name, "end") + _text(width - right + 12, y + 4, note, "start", FAINT))
        for place, (series, (value, low, high)) in enumerate(of.items()):
            line = y + (place - (len(of) - 1) / 2) * 8
            parts.append(_line(x(low), line, x(high), line, COLOURS[series], width=2))
            parts.append(_dot(x(value), line, COLOURS[series], f"{series}, {name}: {value:.2f} ({low:.2f} to {high:.2f})"))
    return _svg(width, height, parts)


def reliability(points: Sequence[Sequence[float]], name: str) -> str:
    """Foretold (right) against happened (up); on the line, what is said is what comes."""
    side, left, bottom = 250, 46, 36
    top = max([0.02, *(max(p[0], p[1]) for p in points)]) * 1.1
    x, y = Scale(0.0, top, left, side - 8), Scale(0.0, top, side - bottom, 8)
    parts = [_line(left, y(t), side - 8, y(t), GRID) + _text(left - 6, y(t) + 4, f"{t:.0%}", "end") for t in _ticks(top)]
    parts += [_text(x(t), side - bottom + 14, f"{t:.0%}", "middle") for t in _ticks(top)]
    parts.append(_line(x(0), y(0), x(top), y(top), FAINT, "4 4"))
    parts += [_dot(x(p[0]), y(p[1]), COLOURS[name], f"{p[0]:.1%} foretold, {p[1]:.1%} happened, {int(p[2]):,} accounts") for p in points]
    parts.append(_text((left + side) / 2, side - 4, "foretold", "middle", FAINT))
    return _svg(side, side, parts)


def bars(counts: Sequence[tuple[str, float]], title: str) -> str:
    """A bar for each name, in their order; every so many a name below, so that they do not run into each other."""
    width, height, left, bottom, above = 720, 220, 56, 30, 26
    top = max([1.0, *(n for _, n in counts)]) * 1.05
    y = Scale(0.0, top, height - bottom, above)
    step = (width - left - 12) / max(1, len(counts))
    parts = [_text(left, 16, title, "start")]
    parts += [_line(left, y(t), width - 12, y(t), GRID) + _text(left - 8, y(t) + 4, f"{t:,.0f}", "end") for t in _ticks(top) if t == int(t)]
    every = max(1, ceil(90 / step))
    for at, (name, count) in enumerate(counts):
        x, up = left + step * (at + 0.1), y(count)
        words = f"<title>{escape(f'{name}: {count:,.0f}')}</title>"
        parts.append(
            f'<rect x="{x:.1f}" y="{up:.1f}" width="{step * 0.8:.1f}" height="{height - bottom - up:.1f}" fill="{BAR}">{words}</rect>'
        )
        if at % every == 0:
            parts.append(_text(left + step * (at + 0.5), height - 10, name, "middle"))
    return _svg(width, height, parts)


def _ticks(top: float, count: int = 4) -> list[float]:
    """Round steps from 0 that fit under `top`."""
    steps = [base * 10.0**power for power in range(-4, 6) for base in (1, 2, 5)]
    step = next((s for s in steps if top / s <= count), top)
    return [round(step * at, 6) for at in range(int(top / step) + 1)]


def _svg(width: float, height: float, parts: Sequence[str]) -> str:
    return f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">{"".join(parts)}</svg>'


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, dash: str = "", width: float = 1) -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width:g}"{dashed}/>'


def _dot(x: float, y: float, colour: str, words: str) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{colour}"><title>{escape(words)}</title></circle>'


def _text(x: float, y: float, words: str, anchor: str, colour: str = INK) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(words)}</text>'
