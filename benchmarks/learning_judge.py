"""Judges what was learned in a simulated market: against what happened, and against the market's own probabilities.

home with champions + `truth/*.jsonl` → `judge` → numbers by name; `table` prints them beside what is asked of them.
Only rows that judged in `learn_month` are looked at: later than all that was learned. Does not belong here: anything a learner could read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.learning_baselines import of_relevance, of_time
from ml import metrics
from ml.champion import FOLDER, KINDS, held
from ml.dataset import HORIZON_DAYS, KEYS, Split, build, split
from ml.evaluate import gain_interval
from ml.features import prose
from ml.hazard import Hazard
from ml.production import deals_in, features_of
from ml.registry import Registry
from ml.score import INTERVAL
from ml.size import COVERAGE, deals_among
from signals_pipeline.runtime import Runtime

Array = np.ndarray[Any, Any]
SPREAD = (0.6, 1.6)  # an amount is drawn evenly from so many times what the company would pay
LEAST_KNOWN = 0.75  # a company that was only ever reported by name has no domain to be looked up by
SEEN = "buying_stage_6sense"  # empty where nobody asked the intent vendor, or it knows nobody there
ASKED = {"relevance auc_gap": "at most 0.02", "relevance ece": "at most 0.02", "relevance ece_of_truth": "at most 0.02",
         "size coverage": "0.78 to 0.82", "size coverage_of_truth": "0.78 to 0.82"}  # fmt: skip


def judge(rt: Runtime, report: dict[str, Any], truth: Path) -> dict[str, Any]:
    """relevance, hazard, size → numbers, or the sentence with which learning abstained. Raises ValueError when truth knows too few rows."""
    as_of = date.fromisoformat(report["as_of"])
    features, moment = features_of(rt, as_of), rt.window(as_of).end.astimezone(UTC).replace(tzinfo=None)
    rows = build(features, deals_in(rt, as_of, moment).rows, moment, HORIZON_DAYS)
    at = split(rows)
    if at is None:
        nothing = {"judged_rows": 0, "judged_yes": 0, **dict.fromkeys(("truth", "others", "text"), "no rows")}
        return {k: report[k]["because"] for k in KINDS} | nothing
    timed = split(build(features, deals_in(rt, as_of, moment).rows, moment, HORIZON_DAYS, in_deals=True), at.moment)
    told = _truth(rt, truth, at)
    known, asked = np.flatnonzero(~np.isnan(told["p"])), int(told["is_told"].sum())
    if not asked or len(known) < LEAST_KNOWN * asked:
        raise ValueError(f"the market's truth knows only {len(known)} of {asked} judged rows: are companies found by their domain?")
    who, _ = held(Registry(rt.settings.home / FOLDER), date.fromisoformat(report["from_day"]), [str(c) for c in features if c not in KEYS])
    found: dict[str, Any] = {"judged_rows": len(at.judged), "judged_of_truth": len(known), "judged_yes": int(at.judged.y.sum()),
                             "rows": len(rows.table), "yes": int(rows.table.y.sum())}  # fmt: skip
    y, p = at.judged.y[known], told["p"][known]
    found["truth"] = {
        "auc": _short(metrics.auc(y, p)),
        "mean": _short(p.mean()),
        "happened": _short(y.mean()),
        "ece": _short(metrics.ece(y, p)),
    }
    found["relevance"] = report["relevance"]["because"]
    if who.relevance is not None:
        mine, accounts = who.relevance.probability(at.judged)[known], at.judged_accounts[known]
        found["relevance"] = {
            "ece": _short(metrics.ece(y, mine)),
            "ece_of_truth": _short(metrics.ece(p, mine)),
            "mean": _short(mine.mean()),
        }
        is_seen = np.array([s is not None for s in at.judged.columns[SEEN][known]])
        for part, rows_ in (("", is_seen | ~is_seen), (" where the vendor knows", is_seen), (" where it does not", ~is_seen)):
            found["relevance"] |= {k + part: v for k, v in _ranks(y[rows_], mine[rows_], p[rows_], accounts[rows_]).items()}
    found["size"] = report["size"]["because"] if who.size is None else _size(at, who.size.quantiles(at.judged), told, known)
    found["hazard"] = report["hazard"]["because"] if who.hazard is None or timed is None else _time(timed, who.hazard, as_of)
    columns = [c for c in report["columns"] if prose(at.seen, c) is None]
    found["others"] = {f"relevance {k}": v for k, v in of_relevance(at, known, columns, HORIZON_DAYS).items()}
    if who.hazard is not None and timed is not None:
        found["others"] |= {f"time {k}": v for k, v in of_time(timed, who.hazard, columns, HORIZON_DAYS).items()}
    texts = report["relevance"]["judged"].get("text", {})
    found["text"] = {way: told for way, told in texts.items() if way != "columns"} or "no column of free text"
    return found


def _ranks(y: Array, mine: Array, p: Array, accounts: Array) -> dict[str, Any]:
    """AUC of ours and of the market's own probabilities, and how far ours lies below, with its interval by account.

    `auc_gap_of_truth`: the same where each row is a yes as often as the market's probability says: no luck in it.
    """
    if not 0 < y.sum() < len(y):
        return {"auc": None}
    low, high = gain_interval(y, accounts, mine, p)
    gap = metrics.auc(y, p) - metrics.auc(y, mine)
    lucky = _expected_auc(p, p) - _expected_auc(p, mine)
    return {"auc": _short(metrics.auc(y, mine)), "auc_gap": _short(gap), "auc_gap_interval": [_short(-high), _short(-low)],
            "auc_gap_of_truth": _short(lucky), "rows": len(y)}  # fmt: skip


def _expected_auc(p: Array, score: Array) -> float:
    """AUC of a score where a row is yes with probability p; rows of one score count half."""
    _, rank = np.unique(score, return_inverse=True)
    yes, no = np.bincount(rank, weights=p), np.bincount(rank, weights=1 - p)
    return float((yes * (np.cumsum(no) - no / 2)).sum() / (yes.sum() * no.sum()))


def _truth(rt: Runtime, folder: Path, at: Split) -> dict[str, Array]:
    """Of each judged row: the market's own chance of an opportunity, what the company would pay, NaN where truth does not know it; and
    whether truth speaks of its day at all (it does on the first of a month)."""
    domains = {r["company_id"]: r["domain"] for r in rt.warehouse.rows("select company_id, domain from identity.companies", ())}
    chance = {(n["company"], n["day"]): n["p_opportunity"] for n in _lines(folder / "chance.jsonl")}
    usd = {n["domain"]: float(n["deal_usd"]) for n in _lines(folder / "company.jsonl")}
    days = [str(np.datetime64(int(d), "D").astype(date) + timedelta(days=1)) for d in at.judged.order]
    names = [domains.get(c) for c in at.judged_accounts]
    return {"p": np.array([chance.get((n, d), np.nan) for n, d in zip(names, days, strict=True)]),
            "is_told": np.isin(days, list({d for _, d in chance})),
            "usd": np.array([usd.get(str(n), np.nan) for n in names])}  # fmt: skip


def _size(at: Split, said: Array, told: dict[str, Array], known: Array) -> dict[str, Any]:
    """Coverage of the 80 % interval: of the deals that were opened, each counted once however many days it was seen on, and of all that the
    market could have drawn (`SPREAD`)."""
    has = np.flatnonzero(at.judged_usd > 0)
    weight = deals_among(at.judged.order[has], at.judged_usd[has])[1]
    known = known[told["usd"][known] > 0]  # competitors would pay nothing
    low, high, usd = said[known, 0], said[known, 2], told["usd"][known]
    inside = np.clip(np.minimum(high / usd, SPREAD[1]) - np.maximum(low / usd, SPREAD[0]), 0, None) / (SPREAD[1] - SPREAD[0])
    within = (at.judged_usd[has] >= said[has, 0]) & (at.judged_usd[has] <= said[has, 2])
    return {"deals": round(float(weight.sum())), "coverage": _short(np.average(within, weights=weight)),
            "coverage_noise": _short(1.96 * np.sqrt(COVERAGE * (1 - COVERAGE) / weight.sum())),
            "coverage_of_truth": _short(np.average(inside, weights=told["p"][known]))}  # fmt: skip


def _time(at: Split, hazard: Hazard, as_of: date) -> dict[str, Any]:
    """P(won within n days) against the share that was, on rows whose n days are over; and how many had bought by the ends of the interval
    of days, on rows that were watched until then. Accounts in an open deal are among them."""
    found: dict[str, Any] = {}
    for days in (30.0, 60.0):
        p, y = hazard.by(at.judged, days), (at.judged_won <= days).astype(float)
        found[f"within_{days:.0f}d"] = {"foretold": _short(p.mean()), "happened": _short(y.mean()), "ece": _short(metrics.ece(y, p)),
                                        "auc": _short(metrics.auc(y, p)), "wins": int(y.sum())}  # fmt: skip
    watched = (as_of - date(1970, 1, 1)).days - at.judged.order
    until = hazard.days_until(at.judged, INTERVAL)
    for column, share in enumerate(INTERVAL):
        rows = until[:, column] <= watched
        happened = (at.judged_won[rows] <= until[rows, column]).mean() if rows.any() else None
        found[f"bought by the day of {share:g}"] = {"rows": int(rows.sum()), "happened": happened if happened is None else _short(happened)}
    rows = until[:, -1] <= watched
    inside = (at.judged_won[rows] > until[rows, 0]) & (at.judged_won[rows] <= until[rows, -1])
    return found | {"interval": {"rows": int(rows.sum()), "coverage": _short(inside.mean()) if rows.any() else None}}


def table(found: dict[str, Any]) -> str:
    """What was measured beside what was asked."""
    lines = [
        f"{found['companies']:,} companies, {found['months']} month-ends, {found['judged_rows']:,} judged rows, {found['judged_yes']} yes"
    ]
    lines += [f"  {m['month']} {k:10} {m[k]}" for m in found["learned"] for k in KINDS]
    for part in ("truth", *KINDS, "others", "text"):
        told = found[part] if isinstance(found[part], dict) else {"": found[part]}
        lines += [f"  {f'{part} {name}':50} {value!s:40} {ASKED.get(f'{part} {name}', '')}".rstrip() for name, value in told.items()]
    return "\n".join(lines)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as handle:
        yield from (json.loads(line) for line in handle)


def _short(value: Any) -> float:
    return round(float(value), 4)
