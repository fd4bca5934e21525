"""The data frames that the gates judge: keys and numbers, no personal value.

lake `stream_runs`, identity facts, `account_scores`, the plan → one pandas frame per gate, each with a unique `key`.
"""

from __future__ import annotations

import math
import statistics
from bisect import bisect_right
from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from signals_pipeline.activation.caps import caps_of
from signals_pipeline.activation.model import Plan
from signals_pipeline.activation.policy import FLAGS, flags_of
from signals_pipeline.identity.companies import NAME_MEETS_KEY
from signals_pipeline.identity.merged import merged_ids
from signals_pipeline.io.lake import ZERO_DAY
from signals_pipeline.runtime import Runtime
from signals_pipeline.sources.settle import HARMLESS, MIN_JUDGED
from signals_pipeline.sources.spec import StreamSpec, sources

TRAILING_DAYS = 28
ENOUGH_DAYS = 5  # trailing days of the same kind (working day or weekend) from which a distribution is one
_FLOOR = 0.25  # spread in log(1+rows) below which a quiet stream is not called an outlier


def inputs(rt: Runtime, plan: Plan) -> pd.DataFrame:
    """One row per stream that a send depends on and that has credentials, pulled or not."""
    runs = {r["stream"]: r for r in rt.lake.read("stream_runs", since=plan.dt, until=plan.dt).to_pylist()}
    harmless = _harmless(rt, plan.dt)
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
                    "reject_excess": _excess(run, spec.max_reject_share, harmless[f"{vendor}.{name}"]) if run else 0.0,
                }
            )
    return _frame(rows, "status", "pulled_hours_ago", "reject_excess")


def volumes(rt: Runtime, dt: date) -> pd.DataFrame:
    """One row per stream pulled for `dt`: how far the rows that stand for the day lie from its trailing days, in robust deviations
    of log(1+rows).

    Working days are compared with working days: EDGAR rests on weekends. Fewer than five such days give no deviation (null), yet the
    stream is judged by its rejects and by whether it came back empty. `deviation_of_required` is null for streams no send depends on:
    too few of their rows make a quiet day, not a wrong send.
    """
    harmless = _harmless(rt, dt)
    rows = []
    for run in rt.lake.read("stream_runs", since=dt, until=dt).to_pylist():
        spec = _spec(run["stream"])
        if run["status"] == "off" or spec is None:
            continue
        days = _rows_per_day(rt, spec.dataset, dt - timedelta(days=TRAILING_DAYS), dt, is_event=run["kind"] == "event")
        n = days.pop(dt, 0)
        alike = [count for day, count in days.items() if (day.weekday() >= 5) == (dt.weekday() >= 5)]
        is_whole = run["kind"] == "state" and not spec.changes_only
        deviation = _deviation(n, alike) if run["status"] == "ok" else None
        rows.append(
            {
                "key": run["stream"],
                "status": run["status"],
                "rows": n,
                "trailing_days": len(alike),
                "deviation": deviation,
                "deviation_of_required": deviation if run["needed_for"] else None,
                "reject_excess": _excess(run, spec.max_reject_share, harmless[run["stream"]]),
                "is_emptied": is_whole and run["status"] == "ok" and n == 0 and sum(days.values()) > 0,
            }
        )
    return _frame(rows, "status", "rows", "trailing_days", "deviation", "deviation_of_required", "reject_excess", "is_emptied")


def _harmless(rt: Runtime, dt: date) -> Counter[str]:
    """Rejects per stream that do not speak against it: repeats, superseded files."""
    rejects = rt.lake.read("rejects", since=dt, until=dt, columns=["stream", "reason"]).to_pylist()
    return Counter(r["stream"] for r in rejects if r["reason"] in HARMLESS)


def _spec(stream: str) -> StreamSpec | None:
    vendor, _, name = stream.partition(".")
    source = sources().get(vendor)
    return source.streams.get(name) if source else None


def _rows_per_day(rt: Runtime, dataset: str, since: date, until: date, *, is_event: bool) -> dict[date, int]:
    """Rows that stand per day, from the files' footers. A day of an event dataset without a file has none; of a state one, no figure."""
    found: dict[date, int] = {}
    files = [(day, path) for day, path in rt.lake.files(dataset) if day != ZERO_DAY]
    first = min((day for day, _ in files), default=until)
    if is_event:
        start = max(first, since)
        found = {start + timedelta(days=n): 0 for n in range((until - start).days + 1)}
    for day, path in files:
        if since <= day <= until:
            with rt.lake.fs.open(path) as handle:
                found[day] = found.get(day, 0) + int(pq.ParquetFile(handle).metadata.num_rows)
    return found


def _deviation(n: int, trailing: list[int]) -> float | None:
    if len(trailing) < ENOUGH_DAYS:
        return None
    logs = [math.log1p(t) for t in trailing]
    middle = statistics.median(logs)
    spread = 1.4826 * statistics.median(abs(x - middle) for x in logs)
    counting = 1 / math.sqrt(statistics.median(trailing) + 1)  # small counts scatter by themselves
    return (math.log1p(n) - middle) / max(spread, counting, _FLOOR)


def identity(rt: Runtime, dt: date) -> pd.DataFrame:
    """One row: the largest cluster, today's merges, shared domains, records without a company. Empty when nothing is linked.

    Merges are told apart: of companies that both were known before the day (what came up on the day is only linked in some order), and of
    one known by its name alone into one that has a key.
    """
    links = rt.lake.read("company_links", until=dt, columns=["mention_id", "company_id"])
    before = set(pc.unique(links.filter(pc.less(links["dt"], dt))["company_id"]).to_pylist())
    links = links.filter(pa.array(~links["mention_id"].to_pandas().duplicated(keep="last"))).filter(pc.field("company_id").is_valid())
    if not links.num_rows:
        return _frame([])
    into, linked_to = merged_ids(rt.lake, dt), links["company_id"].combine_chunks().dictionary_encode()
    roots = pa.array([into.get(c, c) for c in linked_to.dictionary.to_pylist()], pa.string()).take(linked_to.indices)
    mentions = rt.lake.read("mentions", until=dt, columns=["mention_id", "name", "domain"])
    company = roots.take(pc.index_in(mentions["mention_id"].combine_chunks(), value_set=links["mention_id"].combine_chunks()))
    names = _pairs(company, pc.utf8_lower(pc.utf8_trim_whitespace(mentions["name"])))
    domains = _pairs(company, mentions["domain"])
    companies, owners = len(pc.unique(roots)), pc.value_counts(domains["said"]).field("counts")
    today = [r for r in rt.lake.read("company_merges", since=dt, until=dt).to_pylist() if r["op"] == "merge"]
    by_name = {r["company_id"] for r in today if r["reason"] == NAME_MEETS_KEY}
    row = {
        "key": dt.isoformat(),
        "companies": companies,
        "names_of_largest_cluster": _largest(names["company_id"]),
        "domains_of_largest_cluster": _largest(domains["company_id"]),
        "merge_share": len({r["company_id"] for r in today if before >= {r["company_id"], r["into_company_id"]}} - by_name) / companies,
        "name_merge_share": len(by_name) / companies,
        "shared_domain_share": _share(pc.sum(pc.greater(owners, 1)).as_py() or 0, len(owners)),
        "unlinked_share": _share(company.null_count, len(company)),
    }
    return _frame([row])


def _pairs(company: pa.Array, said: pa.ChunkedArray) -> pa.Table:
    """Different (company_id, said), where both are told."""
    told = pa.table({"company_id": company, "said": said}).filter(pc.field("company_id").is_valid() & (pc.field("said") != ""))
    return told.group_by(["company_id", "said"]).aggregate([])


def _largest(column: pa.ChunkedArray) -> int:
    """How often the most frequent value comes."""
    return pc.max(pc.value_counts(column).field("counts")).as_py() or 0


def scores(rt: Runtime, dt: date) -> pd.DataFrame:
    """One row per account scored for `dt` by the rule model, with the distance of the whole distribution to the day before."""
    columns = ["company_id", "model", "composite_score"]
    rows = rt.lake.read("account_scores", since=dt - timedelta(days=1), until=dt, columns=columns).to_pylist()
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


def _excess(run: dict[str, Any], declared: float, harmless: int = 0) -> float:
    """Share of a stream's records that were rejected beyond what its declaration allows; too few records say nothing.

    Every record that was read counts, those that stood already too: a file read again lands nothing new.
    """
    bad = max(0, (run["rejected"] or 0) - harmless)
    read = run.get("records_read")
    judged = (run["landed"] or 0) + bad if read is None else read - min(harmless, run["rejected"] or 0)
    return max(0.0, bad / judged - declared) if judged >= MIN_JUDGED else 0.0


def _share(part: int | None, whole: int | None) -> float:
    return (part or 0) / whole if whole else 0.0


def _frame(rows: list[dict[str, Any]], *columns: str) -> pd.DataFrame:
    """Rows as a frame; numeric columns of nulls stay numeric, an empty frame keeps its columns."""
    frame = pd.DataFrame(rows, columns=["key", *columns] if columns else None)
    if "key" not in frame:
        frame["key"] = pd.Series(dtype="object")
    for column in ("pulled_hours_ago", "deviation", "deviation_of_required", "shift", "score"):
        if column in frame:
            frame[column] = frame[column].astype("float64")
    return frame
