"""The backtest as one HTML file that a manager can read: what it would have brought, month by month, for whom, and how sure that is.

report of `backtest.py` → `page` → `<home>/models/backtest.html`. Run: `python -m ml.backtest_page HOME` writes it anew from the stored
report. No script, no outside file. Does not belong here: judging (`bootstrap.py`), drawing (`svg.py`).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import date, timedelta
from html import escape
from pathlib import Path
from typing import Any

from ml import svg
from ml.backtest import REPORT
from ml.champion import FOLDER
from ml.history import A_WHILE

PAGE = "backtest.html"
SCORES = {"rule": "rule score", "learned": "learned score"}
NUMBERS = (("lift_at_10", "lift at 10 %", 2), ("recall_at_10", "recall at 10 %", 2), ("ap", "AP", 3), ("auc", "AUC", 2),
           ("ece", "ECE", 3), ("brier", "Brier", 3))  # fmt: skip
KINDS = {"size": "By size", "industry": "By industry", "country": "By country", "signals": "By kind of signal", "source": "By source"}
STYLE = """
body{font:15px/1.55 system-ui,sans-serif;color:#1e293b;max-width:760px;margin:2.5em auto;padding:0 1em}
h1{font-size:1.6em;line-height:1.25;margin-bottom:.2em} h2{font-size:1.15em;margin-top:2em;border-bottom:1px solid #e2e8f0}
h3{font-size:1em;margin-bottom:.3em} .lead{font-size:1.05em} .dim{color:#64748b} svg{max-width:100%;height:auto}
svg text{font:12px system-ui,sans-serif} table{border-collapse:collapse;font-size:.86em;width:100%}
td,th{padding:.3em .5em;text-align:left;border-bottom:1px solid #e2e8f0;vertical-align:top} td.n,th.n{text-align:right}
td.w{white-space:nowrap}
small{color:#64748b;white-space:nowrap} .key{display:inline-block;width:.75em;height:.75em;border-radius:50%;margin:0 .3em 0 .8em}
.wide{overflow-x:auto} .wide svg{max-width:none} @media(min-width:760px){.wide svg{max-width:100%}}
.row{display:flex;flex-wrap:wrap;gap:2em} figure{margin:0} figcaption{color:#64748b;font-size:.86em} li{margin:.3em 0}
"""


def write(home: Path, report: Mapping[str, Any] | None = None) -> Path:
    """Write the page of a report (default: the stored one). Raises FileNotFoundError when there is none."""
    place = home / FOLDER / REPORT
    if report is None:
        if not place.exists():
            raise FileNotFoundError(f"no {place}; `signals backtest` makes it")
        report = json.loads(place.read_text(encoding="utf-8"))
    path = home / FOLDER / PAGE
    path.write_text(page(report), encoding="utf-8")
    return path


def page(report: Mapping[str, Any]) -> str:
    """The report as HTML."""
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>Backtest</title><style>{STYLE}</style>"
        "<h1>Would the scores have told who opens a deal?</h1>"
        f"<p class=dim>Months {report['from']} to {report['to']}. Each score is taken as of a day of the month and held against "
        f"what happened in the {report['horizon_days']} days after it, as known on {report['known_until'][:10]}. "
        "Nothing that judges was used to learn.</p>"
        f"{''.join(f'<p class=lead>{escape(line)}</p>' for line in sentences(report))}"
        f"{_months(report)}{_reliability(report)}{_times(report)}{_sizes(report)}{_segments(report)}{_learned(report)}{_words(report)}"
    )


def sentences(report: Mapping[str, Any]) -> list[str]:
    """What a manager must know, in a few sentences."""
    overall, months = report["overall"], report["months"]
    judged = [m["month"] for m in months if m["status"] == "judged"]
    told = [
        f"{len(judged) or 'None'} of the {len(months)} months can be judged by {'itself' if len(judged) < 2 else 'themselves'}; "
        f"over all of them {overall['yes']:,} of "
        f"{overall['rows']:,} accounts opened a deal (an account counts once a month)."
    ]
    if overall.get("because") or not overall["rows"]:
        told = [f"Not yet decidable: {overall.get('because') or 'no month has outcomes that are known'}."]
    elif not _scores(report):
        told.append(
            "No score stands on the days that judge, so nothing is held against these deals; `signals backfill` over them makes them."
        )
    for name, words in SCORES.items():
        if name in overall:
            told.append(_worth(words, overall[name]))
    if gain := overall.get("learned_over_rule"):
        low, high = gain["interval"]
        told.append(f"Learned against rule, on the same accounts: {gain['verdict']} (difference of the lifts {low:+.2f} to {high:+.2f}).")
    learned = [m["learned_model"] for m in months if "learned_model" in m]
    silent = [m["because"] for m in learned if m["status"] == "abstains"]
    if silent:
        told.append(
            f"The learned score abstained in {len(silent)} of {len(learned)} months whose outcomes are known; in the last: {silent[-1]}."
        )
    waiting = [m for m in months if m["status"] != "judged"]
    if waiting:
        told.append(
            f"Not yet decidable: {waiting[0]['month']}: {waiting[0]['because']}"
            + (f", and {len(waiting) - 1} more." if waiting[1:] else ".")
        )
    days = sorted(date.fromisoformat(m["day"]) for m in months if "day" in m)
    if not judged and days:
        told.append(
            f"The oldest day that is held against deals is {days[0]}; `signals backfill --from {days[0] - A_WHILE} "
            f"--to {days[0] - timedelta(days=1)}` makes older ones, of which more is known."
        )
    if "left_out_because" in report:
        told.append(f"In what is learned {report['left_out_because']}.")
    return told


def _worth(words: str, numbers: Mapping[str, Any]) -> str:
    low, high = numbers["lift_at_10_interval"]
    verdict = "more than chance" if low > 1 else "worse than chance" if high < 1 else "this could still be chance"
    return (
        f"Calling the tenth of accounts with the best {words} first would have met {numbers['recall_at_10']:.0%} of the coming deals: "
        f"{numbers['lift_at_10']:.1f} times as many as calling at random ({low:.1f} to {high:.1f}): {verdict}."
    )


def _scores(report: Mapping[str, Any]) -> list[str]:
    """The scores of which anything could be judged, over all or in a month."""
    return [name for name in SCORES if any(name in of for of in (report["overall"], *report["months"]))]


def _months(report: Mapping[str, Any]) -> str:
    months = report["months"]
    lines = {name: [_interval(m.get(name)) for m in months] for name in SCORES if any(name in m for m in months)}
    plot = svg.by_month([m["month"] for m in months], lines) if lines else ""
    key = "".join(f"<i class=key style='background:{svg.COLOURS[n]}'></i>{SCORES[n]}" for n in lines)
    head = "<tr><th>month<th>score<th class=n>accounts<th class=n>deals" + "".join(f"<th class=n>{said}" for _, said, _ in NUMBERS)
    body = "".join(_row(m["month"], m, name) for m in months for name in SCORES if name in m)
    body += "".join(_row("all", report["overall"], name) for name in SCORES if name in report["overall"])
    waiting = "".join(f"<li>{m['month']}: {escape(m['because'])}" for m in months if m["status"] != "judged")
    table = (
        f"<p>Lift at 10 %: deals met by the best-scored tenth, over those met at random.{key}</p>{_wide(plot)}"
        f"{_wide(f'<table>{head}{body}</table>')}<p class=dim>In small: the 95 % range that chance leaves, by drawing accounts anew. "
        "A learned score is judged from the month on in which a model was promoted.</p>"
    )
    return f"<h2>Month by month</h2>{table if body else '<p>No score can be judged yet.</p>'}" + (
        f"<p>Not yet decidable:</p><ul>{waiting}</ul>" if waiting else ""
    )


def _wide(drawn: str) -> str:
    """What a narrow window scrolls by itself, so that the rest of the page keeps its width."""
    return f"<div class=wide>{drawn}</div>" if drawn else ""


def _row(month: str, of: Mapping[str, Any], name: str) -> str:
    numbers = of[name]
    cells = "".join(f"<td class=n>{_number(numbers, key, digits)}" for key, _, digits in NUMBERS)
    changed = "<br><small>test changed since last time</small>" if of.get("test_changed") else ""
    return f"<tr><td class=w>{month}{changed}<td class=w>{SCORES[name]}<td class=n>{numbers['rows']:,}<td class=n>{numbers['yes']:,}{cells}"


def _number(numbers: Mapping[str, Any], name: str, digits: int) -> str:
    if name not in numbers:
        return "–"
    low, high = numbers[f"{name}_interval"]
    return f"{numbers[name]:.{digits}f}<br><small>{low:.{digits}f}–{high:.{digits}f}</small>"


def _interval(numbers: Mapping[str, Any] | None) -> svg.Interval | None:
    return (numbers["lift_at_10"], *numbers["lift_at_10_interval"]) if numbers else None


def _reliability(report: Mapping[str, Any]) -> str:
    plots = "".join(
        f"<figure>{svg.reliability(numbers['reliability'], name)}<figcaption>{SCORES[name]}: {numbers['rows_with_chance']:,} accounts, "
        f"ECE {numbers['ece']:.3f}</figcaption></figure>"
        for name in SCORES
        if "reliability" in (numbers := report["overall"].get(name, {}))
    )
    if not plots:
        return ""
    words = (
        "Accounts in ten groups of equal number, by the chance that was foretold (right) and what happened (up). On the line, a "
        "chance of 5 % means that 5 of 100 opened a deal. The rule score has no chance of its own: two numbers, "
        "fitted on earlier months, make it one."
    )
    return f"<h2>Can the chances be believed?</h2><p>{words}</p><div class=row>{plots}</div>"


def _each(report: Mapping[str, Any], kind: str) -> list[tuple[str, Mapping[str, Any]]]:
    return [(m["month"], m[kind]) for m in [*report["months"], {"month": "all", **report["overall"]}] if kind in m]


def _undecided(of: Mapping[str, Any], columns: int) -> str:
    return f"<td colspan={columns}>not yet decidable: {escape(of['because'])}"


def _won(of: Mapping[str, Any], gain: tuple[float, float]) -> str:
    return f"<td>{of['verdict']}<br><small>{gain[0]:+.2g} to {gain[1]:+.2g}</small>"


def _times(report: Mapping[str, Any]) -> str:
    if not (found := _each(report, "time")):
        return ""
    rows = ""
    for month, of in found:
        start = f"<tr><td class=w>{month}<td class=n>{of['rows']:,}<td class=n>{of['wins']:,}"
        if "because" in of:
            rows += start + _undecided(of, 5)
            continue
        ends = ", ".join(
            f"{e['happened']:.0%} of {e['rows']:,} by the day that {float(s):.0%} should" for s, e in of["interval"].items() if e["rows"]
        )
        rows += (f"{start}<td class=n>{of['foretold']:.2%}<td class=n>{of['happened']:.2%}<td class=n>{of['ibs']:.3g}"
                 f"<br><small>Kaplan-Meier {of['km_ibs']:.3g}</small>{_won(of, of['gain_over_km'])}"
                 f"<td>{ends or 'no day so near'}")  # fmt: skip
    head = (
        "<tr><th>month<th class=n>accounts<th class=n>won<th class=n>foretold<th class=n>happened<th class=n>IBS<th>log loss<th>had bought"
    )
    words = (
        f"Deals won within {report['horizon_days']} days, accounts in an open deal among them. IBS: how far the foretold curve lay from "
        "what happened, 0 is best; beside it a curve that is the same for everybody (Kaplan-Meier). Log loss: gain over that curve, a row."
    )
    return f"<h2>Was it known when?</h2><p>{words}</p>{_wide(f'<table>{head}{rows}</table>')}"


def _sizes(report: Mapping[str, Any]) -> str:
    if not (found := _each(report, "size")):
        return ""
    rows = ""
    for month, of in found:
        start = f"<tr><td class=w>{month}<td class=n>{of['deals']:,}"
        if "because" in of:
            rows += start + _undecided(of, 3)
        else:
            rows += (f"{start}<td class=n>{of['coverage']:.0%}<br><small>± {of['noise']:.0%}</small><td class=n>{of['promised']:.0%}"
                     f"{_won(of, of['gain_over_plain'])}")  # fmt: skip
    head = "<tr><th>month<th class=n>deals<th class=n>inside the range<th class=n>promised<th>against plain quantiles"
    return f"<h2>Was it known how much?</h2><p>Amounts that fell inside the foretold range.</p>{_wide(f'<table>{head}{rows}</table>')}"


def _segments(report: Mapping[str, Any]) -> str:
    if not _scores(report):
        return ""
    parts = []
    for kind, of in report["segments"].items():
        rows = [(name, f"{g['yes']:,} of {g['rows']:,}", {n: i for n in SCORES if (i := _interval(g.get(n)))}) for name, g in of.items()]
        shown = [r for r in rows if r[2]]
        silent = ", ".join(f"{name} ({note})" for name, note, found in rows if not found)
        parts.append(f"<h3>{KINDS.get(kind, kind)}</h3>" + (_wide(svg.by_group(shown)) if shown else ""))
        parts.append(f"<p class=dim>Too few deals to say: {escape(silent)}</p>" if silent else "")
    if not parts:
        return ""
    words = (
        "Lift at 10 % inside each group, over all months; on the right, how many accounts opened a deal. A range that crosses the "
        "dashed line could be chance. An account with signals of two kinds, or from two sources, counts in both."
    )
    return f"<h2>For whom</h2><p>{words}</p>{''.join(parts)}"


def _learned(report: Mapping[str, Any]) -> str:
    lines = "".join(
        f"<li>{m['month']}: {escape(m['learned_model']['status'])}: {escape(m['learned_model']['because'])}"
        for m in report["months"]
        if "learned_model" in m
    )
    return f"<h2>What could be learned at each month's end</h2><ul>{lines}</ul>" if lines else ""


def _words(report: Mapping[str, Any]) -> str:
    tests = ", ".join(f"{m['month']} {m['test']}" for m in report["months"] if m.get("test"))
    return (
        "<h2>What the words mean</h2><ul>"
        "<li><b>Recall at 10 %</b>: share of all deals that the best-scored tenth of accounts holds. <b>Lift</b>: that, over one tenth."
        "<li><b>AUC</b>: chance that an account that opened a deal was ranked above one that did not; 0.5 is a coin."
        "<li><b>AP</b>: mean share of right calls while going down the list."
        "<li><b>ECE</b>, <b>Brier</b>: how far foretold chances were from what happened; 0 is best."
        "<li>Accounts that were in a deal on the day are left out: they need no score. Which ids are one company, and the sizes, "
        "industries and countries of groups, are as known today."
        f"<li>Tests (accounts and outcomes, as a hash): {tests or 'none'}. Code {report['code']}.</ul>"
    )


if __name__ == "__main__":
    sys.stdout.write(f"{write(Path(sys.argv[1]))}\n")
