"""The data frames that the gates judge: keys and numbers, no personal value.

lake `stream_runs`, identity facts, `account_scores`, the plan → one pandas frame per gate, each with a unique `key`.
"""

from __future__ import annotations

import math
import statistics
from bisect import bisect_right
from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import pandas as pd

from signals_pipeline.activation.caps import caps_of
from signals_pipeline.activation.model import Plan
from signals_pipeline.activation.policy import FLAGS, canonical_ids, flags_of
from signals_pipeline.runtime import Runtime
from signals_pipeline.sources.spec import StreamSpec, sources

TRAILING_DAYS = 28
ENOUGH_DAYS = 5  # trailing days of the same kind (working day or weekend) from which a distribution is one
_FLOOR = 0.25  # spread in log(1+rows) below which a quiet stream is not called an outlier


def inputs(rt: Runtime, plan: Plan) -> pd.DataFrame:
    """One row per stream that a send depends on and that has credentials, pulled or not."""
    runs = {r["stream"]: r for r in rt.lake.read("stream_runs", since=plan.dt, until=plan.dt).to_pylist()}
    now, rows = rt.stamp(), []
    for vendor, source in sources().items():
        if "activation" not in source.needed_for:
            continue
        for name, spec in source.streams.items():
            needs = (*source.needs, *getattr(spec, "needs", ()))
            if not all(rt.settings.secret(n) for n in needs):
                continue
            run = runs.get(f"{vendor}.{name}")
            ended = run["ended_at"] if run else None
            rows.append(
                {
                    "key": f"{vendor}.{name}",
                    "status": run["status"] if run else "never pulled",
                    "pulled_hours_ago": (now - ended).total_seconds() / 3600 if ended else None,
                    "reject_excess": _excess(run, spec.max_reject_share) if run else 0.0,
                }
            )
    return _frame(rows, "status", "pulled_hours_ago", "reject_excess")


def volumes(rt: Runtime, dt: date) -> pd.DataFrame:
    """One row per stream pulled for `dt`: how far its rows lie from its own trailing days, in robust deviations of log(1+rows).

    Working days are compared with working days: EDGAR rests on weekends. Fewer than five such days give no deviation (null), yet the
    stream is judged by its rejects and by whether it came back empty.
    """
    history: dict[str, list[tuple[date, int]]] = defaultdict(list)
    today = []
    for run in rt.lake.read("stream_runs", since=dt - timedelta(days=TRAILING_DAYS), until=dt).to_pylist():
        if run["status"] == "off":
            continue
        if run["dt"] == dt:
            today.append(run)
        elif run["status"] == "ok":
            history[run["stream"]].append((run["dt"], run["landed"] or 0))
    declared = {f"{v}.{name}": spec.max_reject_share for v, source in sources().items() for name, spec in source.streams.items()}
    rows = []
    for run in today:
        before = history[run["stream"]]
        alike = [n for d, n in before if (d.weekday() >= 5) == (dt.weekday() >= 5)]
        had_rows = sum(n for _, n in before) > 0
        rows.append(
            {
                "key": run["stream"],
                "status": run["status"],
                "landed": run["landed"] or 0,
                "trailing_days": len(alike),
                "deviation": _deviation(run["landed"] or 0, alike) if run["status"] == "ok" else None,
                "reject_excess": _excess(run, declared.get(run["stream"], StreamSpec.model_fields["max_reject_share"].default)),
                "is_emptied": bool(
                    run["kind"] == "state" and run["status"] == "ok" and not run["landed"] and not run["records_in"] and had_rows
                ),
            }
        )
    return _frame(rows, "status", "landed", "trailing_days", "deviation", "reject_excess", "is_emptied")


def _deviation(n: int, trailing: list[int]) -> float | None:
    if len(trailing) < ENOUGH_DAYS:
        return None
    logs = [math.log1p(t) for t in trailing]
    middle = statistics.median(logs)
    spread = 1.4826 * statistics.median(abs(x - middle) for x in logs)
    return (math.log1p(n) - middle) / max(spread, _FLOOR)


def identity(rt: Runtime, dt: date) -> pd.DataFrame:
    """One row: the largest cluster, today's merges, shared domains, records without a company. Empty when nothing is linked."""
    links = {
        r["mention_id"]: r["company_id"] for r in rt.lake.read("company_links", until=dt, columns=["mention_id", "company_id"]).to_pylist()
    }
    merges = rt.lake.read("company_merges", until=dt).to_pylist()
    into = canonical_ids(merges)
    names: dict[str, set[str]] = defaultdict(set)
    domains: dict[str, set[str]] = defaultdict(set)
    owners: dict[str, set[str]] = defaultdict(set)
    mentions = unlinked = 0
    for m in rt.lake.read("mentions", until=dt, columns=["mention_id", "name", "domain"]).to_pylist():
        mentions += 1
        company = links.get(m["mention_id"])
        if company is None:
            unlinked += 1
            continue
        company = into.get(company, company)
        if m["name"]:
            names[company].add(m["name"].strip().lower())
        if m["domain"]:
            domains[company].add(m["domain"])
            owners[m["domain"]].add(company)
    companies = {into.get(c, c) for c in links.values()}
    if not companies:
        return _frame([])
    merged = len({r["company_id"] for r in merges if r["op"] == "merge" and r["dt"] == dt})
    row = {
        "key": dt.isoformat(),
        "companies": len(companies),
        "names_of_largest_cluster": max((len(v) for v in names.values()), default=0),
        "domains_of_largest_cluster": max((len(v) for v in domains.values()), default=0),
        "merge_share": merged / len(companies),
        "shared_domain_share": _share(sum(len(v) > 1 for v in owners.values()), len(owners)),
        "unlinked_share": _share(unlinked, mentions),
    }
    return _frame([row])


def scores(rt: Runtime, dt: date) -> pd.DataFrame:
    """One row per account scored for `dt` by the rule model, with the distance of the whole distribution to the day before."""
    rows = rt.lake.read("account_scores", since=dt - timedelta(days=1), until=dt).to_pylist()
    by_day: dict[date, list[dict[str, Any]]] = defaultdict(list)
    for r in rows:
        if r["model"] == "rule":
            by_day[r["dt"]].append(r)
    today = [r["composite_score"] for r in by_day[dt] if r["composite_score"] is not None]
    before = [r["composite_score"] for r in by_day[dt - timedelta(days=1)] if r["composite_score"] is not None]
    shift = distance(today, before) if len(before) >= ENOUGH_DAYS and len(today) >= ENOUGH_DAYS else None
    constant = len(today) >= ENOUGH_DAYS and len(set(today)) == 1
    found = [{"key": r["company_id"], "score": r["composite_score"], "is_constant": constant, "shift": shift} for r in by_day[dt]]
    return _frame(found, "score", "is_constant", "shift")


def distance(left: list[float], right: list[float]) -> float:
    """Kolmogorov-Smirnov distance of two samples, 0 to 1."""
    a, b = sorted(left), sorted(right)
    return max(abs(bisect_right(a, x) / len(a) - bisect_right(b, x) / len(b)) for x in {*a, *b})


def policy(rt: Runtime, plan: Plan) -> pd.DataFrame:
    """One row of flags per planned effect on a company or person."""
    return _frame(flags_of(rt, plan), *FLAGS)


def caps(rt: Runtime, plan: Plan) -> pd.DataFrame:
    """One row per cap that the plan touches."""
    found = [{"key": c.key, "used": c.used, "allowed": c.allowed, "headroom": c.allowed - c.used} for c in caps_of(rt, plan)]
    return _frame(found, "used", "allowed", "headroom")


def _excess(run: dict[str, Any], declared: float) -> float:
    """Share of a stream's records that were rejected beyond what its declaration allows."""
    return max(0.0, _share(run["rejected"], run["records_in"]) - declared)


def _share(part: int | None, whole: int | None) -> float:
    return (part or 0) / whole if whole else 0.0


def _frame(rows: list[dict[str, Any]], *columns: str) -> pd.DataFrame:
    """Rows as a frame; numeric columns of nulls stay numeric, an empty frame keeps its columns."""
    frame = pd.DataFrame(rows, columns=["key", *columns] if columns else None)
    if "key" not in frame:
        frame["key"] = pd.Series(dtype="object")
    for column in ("pulled_hours_ago", "deviation", "shift", "score"):
        if column in frame:
            frame[column] = frame[column].astype("float64")
    return frame
