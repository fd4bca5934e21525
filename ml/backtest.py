"""Walk forward by month: learn at a month's end from what was known then, judge on what came after; the rule score beside the learned one.

`signals.account_features` (three days a month to learn from, the last to judge by) + CRM deals + rule scores → `backtest` → one report,
`<home>/models/backtest.json`. Each month learns with the production code into a registry of its own, thrown away afterwards: the record is
not touched, and no choice is made on the rows that judge. A month's test is every account that was not in a deal on its day; its horizon
must be over, else it is *not yet decidable* and says when it will be. Judged without any model too: the rule score has no need of one.
Time to purchase and deal size are judged on the same days (`backtest_times.py`).

Two things are of today, not of the month: which ids are one company, and the CRM's snapshot (its deals are dated by creation and by the
history of their stages). Run: `signals backtest --from 2026-01 --to 2026-06`. Does not belong here: the page (`backtest_page.py`).
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ml.backtest_times import numbers, sizes, times
from ml.bootstrap import Judge
from ml.calibration import platt, sigmoid
from ml.champion import FOLDER, Held, held
from ml.dataset import HORIZON_DAYS, KEYS, Dataset, TooLittle, build
from ml.deals import Deals
from ml.history import Refused, uneven
from ml.model import Config
from ml.production import CANONICAL, code_version, deals_in, features_of, last_day, learn_from
from ml.registry import Registry
from ml.score import score
from ml.segments import groups, vendor
from ml.train import CONFIGS, LEAST_OF_EACH

if TYPE_CHECKING:
    from signals_pipeline.runtime import Runtime

SOURCES = "select distinct company_id, dataset from signals.signal_evidence where dt <= ? and dt > ? and company_id is not null"
REPORT = "backtest.json"
FIRMOGRAPHICS = ("employees", "industry", "country")


@dataclass(frozen=True)
class Known:
    """What a walk reads. `features`: company_id, dt, starts_at and any columns; `ruled`: day → company → rule score;
    `deals_at`: deals as told by a moment; `ends`: day → when its pull ended; `sources`: company_id, dt, source."""

    features: pd.DataFrame
    ruled: Mapping[date, Mapping[str, float]]
    deals_at: Callable[[datetime], Deals]
    ends: Mapping[date, datetime]
    until: datetime
    sources: pd.DataFrame


@dataclass
class Walk:
    """`months`: one report each; `rows`: the judged rows (month, company_id, dt, y, rule, rule_p, learned and their features);
    `timed`, `sized`: what time to purchase and deal size said of them (`backtest_times.py`)."""

    months: list[dict[str, Any]] = field(default_factory=list)
    rows: list[pd.DataFrame] = field(default_factory=list)
    timed: list[pd.DataFrame] = field(default_factory=list)
    sized: list[pd.DataFrame] = field(default_factory=list)


def backtest(rt: Runtime, since: str | None = None, until: str | None = None, configs: Sequence[Config] = CONFIGS) -> dict[str, Any]:
    """The report over months ('2026-01' to '2026-06', both inclusive; default: all that have features); also stored.

    Raises Refused for words that are no months, an upside-down range, or a warehouse without features.
    """
    if since and until and last_day(since) > last_day(until):
        raise Refused(f"--from {since} is after --to {until}")
    for word in (w for w in (since, until) if w):
        last_day(word)  # before minutes of reading
    known = read(rt)
    stand = sorted({f"{d:%Y-%m}" for d in known.features["dt"]})
    if not stand:
        raise Refused("no account features stand; `signals run` makes today's, `signals backfill --from … --to …` those of past days")
    first, last = since or stand[0], until or stand[-1]
    if last_day(first) > last_day(last):
        raise Refused(f"no features stand from {first} to {last}; they stand from {stand[0]} to {stand[-1]}")
    place = rt.settings.home / FOLDER / REPORT
    before = json.loads(place.read_text(encoding="utf-8"))["months"] if place.exists() else []
    report = of(known, months_between(first, last), configs)
    tests = {m["month"]: m.get("test") for m in before}
    for month in report["months"]:
        month["test_changed"] = bool(month.get("test") and tests.get(month["month"]) not in (None, month["test"]))
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return report


def read(rt: Runtime) -> Known:
    """Everything as it stands now; `of` cuts each month's part out of it."""
    today = rt.today()
    features = features_of(rt, today)
    days = sorted(set(features["dt"]))
    into = {r["company_id"]: r["canonical_id"] for r in rt.warehouse.rows(CANONICAL, (today, today))}
    ruled: dict[date, dict[str, float]] = {}
    for day in days:
        told = rt.lake.read("account_scores", since=day, until=day, columns=["company_id", "model", "composite_score"]).to_pylist()
        for r in (r for r in told if r["model"] == "rule"):
            of_day, company = ruled.setdefault(day, {}), into.get(r["company_id"], r["company_id"])
            of_day[company] = max(of_day.get(company, 0.0), float(r["composite_score"] or 0.0))
    spoke = [{"company_id": into.get(r["company_id"], r["company_id"]), "dt": day, "source": source}
             for day in days for r in rt.warehouse.rows(SOURCES, (day, day - timedelta(days=90)))
             for source in vendor([r["dataset"]])]  # fmt: skip
    ends = {day: rt.window(day).end.astimezone(UTC).replace(tzinfo=None) for day in days}
    now = rt.window(today).end.astimezone(UTC).replace(tzinfo=None)
    sources = pd.DataFrame(spoke, columns=["company_id", "dt", "source"]).drop_duplicates()
    return Known(features, ruled, lambda moment: deals_in(rt, today, moment), ends, now, sources)


def of(known: Known, months: Sequence[str], configs: Sequence[Config] = CONFIGS) -> dict[str, Any]:
    """As `backtest`, from what was read. Months before the first asked for are walked too: a champion may come from them."""
    walk = Walk()
    deals = known.deals_at(known.until)
    by_month = {f"{day:%Y-%m}": day for day in sorted(set(known.features["dt"]))}
    with tempfile.TemporaryDirectory() as aside:
        registry = Registry(Path(aside))
        for month in sorted({*months, *(m for m in by_month if m < max(months))}):
            told = _month(known, by_month.get(month), month, deals, registry, walk, configs, month in months)
            if month in months:
                walk.months.append(told)
    rows = pd.concat(walk.rows, ignore_index=True) if walk.rows else pd.DataFrame()
    return {
        "from": months[0], "to": months[-1], "horizon_days": HORIZON_DAYS, "known_until": known.until.isoformat(), "code": code_version(),
        "deals": len(deals.rows), "months": walk.months,
        **({"left_out_because": odd.because} if (odd := uneven(known.features)) else {}),
        "overall": _judged(rows) | numbers(_all(walk.timed), _all(walk.sized), HORIZON_DAYS), "segments": _segments(rows, known),
    }  # fmt: skip


def months_between(first: str, last: str) -> list[str]:
    """'2025-11', '2026-02' → four months."""
    return [str(m) for m in pd.period_range(first, last, freq="M")]


def _month(
    known: Known, day: date | None, month: str, deals: Deals, registry: Registry, walk: Walk, configs: Sequence[Config], is_asked: bool
) -> dict[str, Any]:
    told: dict[str, Any] = {"month": month, "status": "not_yet_decidable"}
    if day is None:
        last = last_day(month)
        return told | {"because": f"no account features of {month} stand; `signals backfill --from {last} --to {last}` makes them"}
    told["day"] = day.isoformat()
    of_day = known.features[known.features["dt"] == day]
    over = pd.to_datetime(of_day["starts_at"]).max() + timedelta(days=HORIZON_DAYS)
    if over > pd.Timestamp(known.until):
        return told | {"because": f"what happens within {HORIZON_DAYS} days of {day} is known on {over:%Y-%m-%d}"}
    model = _learned(known, day, registry, configs)
    held_then: Held = model["held"]
    try:
        judged = build(of_day, deals.rows, known.until, HORIZON_DAYS)
    except TooLittle as little:
        return told | {"because": str(little)}
    rows = pd.DataFrame({"company_id": judged.company_id, "y": judged.table.y}).merge(of_day, on="company_id").assign(month=month)
    scores = known.ruled.get(day)
    rows["rule"] = np.nan if scores is None else rows["company_id"].map(scores).fillna(0.0)
    rows["rule_p"] = _as_probability(known, day, rows["rule"].to_numpy(dtype=float))
    rows["learned"] = np.nan if held_then.relevance is None else score(rows, held_then.relevance)["p_opportunity"].to_numpy()
    timed, sized = _times_and_sizes(known, day, held_then, deals, judged)
    told |= {"rows": len(rows), "yes": int(rows["y"].sum()), "left_out": judged.dropped, "test": _test(rows),
             "learned_model": {k: model[k] for k in ("status", "because", "version")}}  # fmt: skip
    if problem := Judge(judged.table.y, judged.company_id).problem:
        told["because"] = problem
    else:
        told["status"] = "judged"
    if scores is None:
        told["rule_because"] = f"no rule scores of {day} stand; `signals backfill --from {day} --to {day}` makes them"
    if is_asked:
        walk.rows.append(rows)  # a month too small to be judged alone still counts in the whole
        walk.timed += [] if timed is None else [timed]
        walk.sized += [] if sized is None else [sized]
    told |= numbers(timed, sized, HORIZON_DAYS)
    return told | _judged(rows) if told["status"] == "judged" else told


def _times_and_sizes(known: Known, day: date, who: Held, deals: Deals, judged: Dataset) -> tuple[pd.DataFrame | None, pd.DataFrame | None]:
    """What the day's champions said of when and how much; None where there was none. `judged`: the accounts that were in no deal."""
    of_day, moment = known.features[known.features["dt"] == day], known.ends[day]
    earlier, then = known.features[known.features["dt"] < day], known.deals_at(moment)
    timed = sized = None
    if who.hazard is not None:
        everyone = build(of_day, deals.rows, known.until, HORIZON_DAYS, in_deals=True)
        past = build(earlier, then.rows, moment, HORIZON_DAYS, in_deals=True)  # who learned a hazard had such rows
        timed = times(who.hazard, of_day, everyone, past, pd.Timestamp(moment).timestamp() / 86_400, HORIZON_DAYS)
    if who.size is not None:
        usd = then.rows["amount_usd"].to_numpy(dtype=float)
        sized = sizes(who.size, of_day, judged, usd[usd > 0])
    return timed, sized


def _all(frames: Sequence[pd.DataFrame]) -> pd.DataFrame | None:
    return pd.concat(frames, ignore_index=True) if frames else None


def _learned(known: Known, day: date, registry: Registry, configs: Sequence[Config]) -> dict[str, Any]:
    """Learn at the end of the day as production does; who is champion then, and why."""
    moment, seen = known.ends[day], known.features[known.features["dt"] <= day]
    tomorrow = day + timedelta(days=1)
    word = learn_from(seen, known.deals_at(moment), registry, moment, tomorrow, configs)["relevance"]
    who, _ = held(registry, tomorrow, [c for c in seen.columns if c not in KEYS])
    return {"held": who, **{k: word.get(k) for k in ("status", "because", "version")}}


def _as_probability(known: Known, day: date, points: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The rule score as a chance, by two numbers fitted on what was known on the day; NaN when too little was."""
    earlier, moment = known.features[known.features["dt"] < day], known.ends[day]
    earlier = earlier[earlier["dt"].isin(list(known.ruled))]
    try:
        past = build(earlier, known.deals_at(moment).rows, moment, HORIZON_DAYS)
    except TooLittle:
        return np.full(len(points), np.nan)
    y = past.table.y
    if min(y.sum(), len(y) - y.sum()) < LEAST_OF_EACH:
        return np.full(len(points), np.nan)
    days = pd.to_datetime(past.table.order, unit="D").date
    was = np.array([known.ruled[d].get(c, 0.0) for c, d in zip(past.company_id, days, strict=True)])
    middle, spread = float(was.mean()), float(was.std()) or 1.0  # points of 0-100 are brought to the size of logits
    slope, intercept = platt((was - middle) / spread, y)
    found: np.ndarray[Any, Any] = sigmoid(slope * (points - middle) / spread + intercept)
    return found


def _judged(rows: pd.DataFrame) -> dict[str, Any]:
    """`rule`, `learned` and `learned_over_rule` of rows: numbers with intervals, each on the rows that have it."""
    if rows.empty:
        return {"rows": 0, "yes": 0}
    told: dict[str, Any] = {"rows": len(rows), "yes": int(rows["y"].sum())}
    if problem := _judge(rows).problem:
        return told | {"because": problem}
    for name, chance in (("rule", "rule_p"), ("learned", "learned")):
        has, sure = rows[rows[name].notna()], rows[rows[chance].notna()]
        if has.empty or (judge := _judge(has)).problem:
            continue
        told[name] = judge.numbers(has[name].to_numpy(dtype=float)) | {"rows": len(has), "yes": int(has["y"].sum())}
        if len(sure) and not (judge := _judge(sure)).problem:
            told[name] |= judge.chances(sure[chance].to_numpy(dtype=float)) | {"rows_with_chance": len(sure)}
    both = rows[rows["rule"].notna() & rows["learned"].notna()]
    if len(both) and not (judge := _judge(both)).problem:
        told["learned_over_rule"] = judge.gain(both["learned"].to_numpy(dtype=float), both["rule"].to_numpy(dtype=float))
    return told


def _judge(rows: pd.DataFrame) -> Judge:
    return Judge(rows["y"].to_numpy(dtype=float), rows["company_id"].to_numpy())


def _segments(rows: pd.DataFrame, known: Known) -> dict[str, dict[str, Any]]:
    """Each group of accounts judged apart, over all months. Size, industry and country as they are known now: a CRM tells them late."""
    if rows.empty:
        return {}
    newest = known.features.sort_values("dt", kind="stable").drop_duplicates("company_id", keep="last").set_index("company_id")
    told = {c: rows["company_id"].map(newest[c]) for c in FIRMOGRAPHICS if c in newest}
    found = groups(rows.assign(**told), known.sources)
    return {kind: {name: _judged(rows[mask]) for name, mask in of_kind.items()} for kind, of_kind in found.items()}


def _test(rows: pd.DataFrame) -> str:
    """What a month is judged by, as a hash: accounts and what became of them."""
    lines = "\n".join(sorted(f"{c} {int(y)}" for c, y in zip(rows["company_id"], rows["y"], strict=True)))
    return sha256(lines.encode()).hexdigest()[:12]
