"""The months of learning as one HTML page that a manager can read: every month was judged on days later than all it learned from.

`<home>/models/reports/*.json` → `page` → `<home>/models/report.html`. Run: `python -m ml.report HOME`. No script, no outside file.
Does not belong here: judging (`verdicts.py`).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

NUMBERS = (("lift_at_10", "lift at 10 %"), ("recall_at_10", "recall at 10 %"), ("ap", "AP"), ("auc", "AUC"), ("ece", "ECE"),
           ("brier", "Brier"))  # fmt: skip
KINDS = {"relevance": "Will it open a deal?", "hazard": "When will it buy?", "size": "How much?"}
TITLES = {"relevance": "relevance", "hazard": "time to purchase", "size": "deal size"}
READINGS = {"none": "not read", "lexical": "its words", "encoder": "its sense"}
PAGE = "report.html"
SIDE = 220
STYLE = (
    "body{font:15px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em} .wide{overflow-x:auto} "
    "td,th{padding:.2em .8em;text-align:left}td.n{text-align:right}"
)


def write(models: Path) -> Path:
    """Read every stored month under `models` and write the page beside them. Raises FileNotFoundError when no month was learned."""
    found = sorted((models / "reports").glob("*.json"))
    if not found:
        raise FileNotFoundError(f"no month was learned in {models}; `signals learn --month` learns one")
    path = models / PAGE
    path.write_text(page([json.loads(p.read_text(encoding="utf-8")) for p in found]), encoding="utf-8")
    return path


def page(months: Sequence[Mapping[str, Any]]) -> str:
    """The reports of `production.learn_month`, oldest first, as HTML."""
    rows = "".join(_row(m) for m in months)
    head = "".join(f"<th>{escape(said)}</th>" for _, said in NUMBERS)
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>What the models can tell</title><style>{STYLE}</style>"
        "<h1>What the models can tell</h1><p>Each month learned from earlier days and was judged once on later ones. Lift at 10 %: how "
        "much more often the best-scored tenth opened a deal than the average account; in brackets the range that chance leaves.</p>"
        f"<div class=wide><table><tr><th>month</th><th>rows</th><th>deals</th><th>verdict</th>{head}</tr>{rows}</table></div>"
        + "".join(_month(m) for m in months[::-1])
    )


def _row(month: Mapping[str, Any]) -> str:
    judged = month["relevance"]["judged"]
    cells = "".join(f"<td class=n>{_number(judged, name)}</td>" for name, _ in NUMBERS)
    counts = f"<td class=n>{month.get('learnable_rows', 0):,}</td><td class=n>{month.get('yes', 0):,}</td>"
    return f"<tr><td>{escape(month['month'])}</td>{counts}<td>{escape(month['relevance']['status'])}</td>{cells}</tr>"


def _number(judged: Mapping[str, Any], name: str) -> str:
    if name not in judged:
        return "–"
    interval = judged.get(f"{name}_interval")
    return f"{judged[name]:.3g}" + (f" ({interval[0]:.2g}–{interval[1]:.2g})" if interval else "")


def _month(month: Mapping[str, Any]) -> str:
    said = "".join(f"<li><b>{KINDS[k]}</b> {escape(month[k]['status'])}: {escape(month[k]['because'])}</li>" for k in KINDS)
    leaks = ", ".join(f"{c} ({'; '.join(why)})" for c, why in month["leaks"].items()) or "none found"
    points = month["relevance"]["judged"].get("reliability") or []
    left = f"<p>{escape(month['left_out_because'])}</p>" if "left_out_because" in month else ""
    return (
        f"<h2>{escape(month['month'])}</h2><ul>{said}</ul><p>Columns that know the outcome, left out: {escape(leaks)}</p>{left}"
        f"{_texts(month['relevance']['judged'].get('text'))}{_plot(points)}"
    )


def _texts(text: Mapping[str, Any] | None) -> str:
    """What free text brought on the rows that judge: without it, by its words, by its sense."""
    if text is None:
        return ""
    rows = ""
    for way, words in READINGS.items():
        told = text[way]
        if "skipped" in told:
            rows += f"<tr><td>{words}</td><td colspan=4>{escape(told['skipped'])}</td></tr>"
        else:
            rows += (f"<tr><td>{words}</td><td class=n>{_number(told, 'auc')}</td><td class=n>{_number(told, 'ap')}</td>"
                     f"<td class=n>{told['inner_auc']:.3g}</td><td>{escape(told['chosen'])}</td></tr>")  # fmt: skip
    return (
        f"<p>Free text ({escape(', '.join(text['columns']))}), each way with the configuration that the folds chose:</p>"
        f"<table><tr><th>text</th><th>AUC</th><th>AP</th><th>AUC on the folds</th><th>configuration</th></tr>{rows}</table>"
    )


def _plot(points: Sequence[Sequence[float]]) -> str:
    """Foretold against happened; on the line, what is said is what comes."""
    if not points:
        return ""
    top = max(max(p[0], p[1]) for p in points) * 1.1 or 1.0
    dots = "".join(
        f"<circle cx={SIDE * p[0] / top:.1f} cy={SIDE * (1 - p[1] / top):.1f} r=4 fill=#3b6ea5><title>{p[0]:.1%} foretold, {p[1]:.1%} "
        f"happened, {p[2]:,} accounts</title></circle>"
        for p in points
    )
    line = f"<line x1=0 y1={SIDE} x2={SIDE} y2=0 stroke=#bbb />"
    return (
        f"<figure><svg width={SIDE} height={SIDE} style='border:1px solid #ddd'>{line}{dots}</svg>"
        f"<figcaption>foretold (right) and happened (up), 0 to {top:.1%}</figcaption></figure>"
    )


if __name__ == "__main__":
    sys.stdout.write(f"{write(Path(sys.argv[1]) / 'models')}\n")
