"""The report of an exam in words, for whoever brought the table: the verdict first, what it means, then the numbers behind it.

report (`exam.judge`) → `page` → lines of text. Nothing is worked out here.
"""

from __future__ import annotations

from typing import Any

from ml import text
from ml.readings import WAYS

STANDS, RANKS, ABSTAINS = "stands", "ranks only", "abstains"
_VERDICTS = {
    STANDS: "VERDICT: stands. The rows can be ranked by their chance of a yes, and the probabilities are right.",
    RANKS: "VERDICT: ranks well, probabilities off. Use the order of the rows; recalibrate before the probabilities are used.",
    ABSTAINS: "VERDICT: abstains. Do not use a score of this table.",
}

_TEXTS = {text.NONE: "Without the free text", text.LEXICAL: "With its words", text.ENCODER: "With its sense"}


def page(report: dict[str, Any]) -> str:
    """The report for a person, one fact a line."""
    lines = [_VERDICTS[report["verdict"]]]
    if report["abstains"]:
        lines.append(f"Why: {report['abstained_because']}")
    by = "in the order of the file" if report["order"] == "row" else f"in order of {report['order']!r}"
    lines.append(
        f"Rows: {report['rows']:,} {by}: learned on the earlier {report['train_rows']:,} ({_percent(report['rate_train'])} yes), "
        f"judged once on the last {report['test_rows']:,} ({_percent(report['rate_test'])} yes)"
    )
    lines += [f"Suspected leak, left out: {c}: {'; '.join(why)}" for c, why in report["leak_reasons"].items()]
    lines += _judged(report) if report["auc"] is not None else []
    lines += [f"Changed over time: {told['column']} {told['said']}" for told in report["drift"]]
    lines += [f"Not used: {c}: {why}" for c, why in report["unused"].items()]
    lines += [f"Rows left out: {count:,} ({why.replace('_', ' ')})" for why, count in report["rows_dropped"].items() if count]
    lines += [f"Note: {said}" for said in report["notes"]]
    return "\n".join(lines) + "\n"


def _judged(report: dict[str, Any]) -> list[str]:
    low, high = report["auc_interval"]
    lines = [
        f"Ranking: a yes is ranked above a no in {report['auc']:.1%} of pairs (AUC {report['auc']:.3f}, 95 % interval {low:.3f} to "
        f"{high:.3f}; 50 % is chance); the best tenth holds {report['lift_at_10']:.1f} times as many yes as the average",
        f"Precision: AP {report['ap']:.3f}, where chance gives {report['rate_test']:.3f}",
    ]
    lines.append("Over time: AUC " + ", ".join(f"{told['auc']:.2f} ({told['part']})" for told in report["course"]))
    if not report["abstains"]:
        lines.append(f"Probabilities: {report['probabilities']['said']} (calibration error {report['ece']:.3f})")
    others = [f"{name.replace('_', ' ')} AUC {b['auc']:.3f}, AP {b['ap']:.3f}" for name, b in report["baselines"].items()]
    lines += [f"For comparison, on the same rows: {'; '.join(others)}"] if others else []
    for way in WAYS if "text" in report else ():
        told = report["text"][way]
        lines.append(f"{_TEXTS[way]}: " + (told.get("skipped") or f"AUC {told['auc']:.3f}, AP {told['ap']:.3f}"))
    if report["weights"] and not report["abstains"]:
        lines.append(f"What counts most: {', '.join(w['feature'] for w in report['weights'][:5])}")
    lines.append(f"Method: {report['chosen']}, chosen of {report['configurations_tried']} inside the earlier rows")
    return lines


def _percent(rate: float | None) -> str:
    return "no rows" if rate is None else f"{rate:.1%}"
