"""Monthly learning on what the warehouse and the lake held at the end of a month; the registry says who is champion from then on.

`signals.account_features` (three days a month) + CRM deals → `learn_month` → `<home>/models` and one report
→ `<home>/models/reports/<month>.json`, and all months as one page. Everything is as of the month's last day: rows with a later `dt` are
not read.
Run: `signals learn --month 2026-06 --json`. Does not belong here: scoring a day (`champion.py`), the orchestrator.
"""

from __future__ import annotations

import json
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ml.champion import FOLDER, KINDS, held, rate_of, told_of
from ml.dataset import HORIZON_DAYS, KEYS, Dataset, Split, TooLittle, build, split
from ml.deals import Deals, deals_of
from ml.history import Refused, uneven, why_nothing
from ml.leaks import suspects
from ml.leaks_deals import knows_the_deal
from ml.model import Config
from ml.registry import Registry
from ml.report import write as write_page
from ml.stands import reference
from ml.train import CONFIGS
from ml.verdicts import Verdict, deal_size, relevance, time_to_purchase

if TYPE_CHECKING:
    from signals_pipeline.runtime import Runtime

LEASE, LEASE_WALL_H = "ml.learn", 2.0
# by the day of the link: a mention's own day is that of its newest words, and an account renamed since has had its deals all along
ACCOUNTS = """
    select m.account_id_salesforce as account_id, min(coalesce(c.canonical_id, l.company_id)) as company_id
    from identity.company_mentions as m
    inner join identity.company_links as l on l.mention_id = m.mention_id
    left join identity.company_canonical as c on c.company_id = l.company_id and c.valid_from <= ? and c.valid_to >= ?
    where m.account_id_salesforce is not null and m.role = 'subject' and l.dt <= ?
    group by m.account_id_salesforce
"""
CANONICAL = "select company_id, canonical_id from identity.company_canonical where valid_from <= ? and valid_to >= ?"
DAYS = "select dt, count(*) as row_count from signals.account_features where dt <= ? group by dt order by dt"
MOST_ROWS = 500_000  # of features that are read; of more, the newest day of each month alone


def learn_month(rt: Runtime, month: str) -> dict[str, Any]:
    """Learn, judge, promote or abstain for a closed month ('2026-06'); the report, which is also stored.

    Raises Refused for a month that is none or has not closed, Transient while `signals` is not built or something else learns:
    two who learn at once would judge the same champion and both replace it.
    """
    from signals_pipeline.io.lease import Lease

    as_of = last_day(month)
    if as_of > rt.today():
        raise Refused(f"{month} has not closed yet: the newest closed day is {rt.today()}")
    lease = Lease(rt.ops, rt.stamp, timedelta(hours=LEASE_WALL_H * rt.settings.speed), name=LEASE)
    lease.take()
    try:
        return _learn(rt, month, as_of)
    finally:
        lease.release()


def _learn(rt: Runtime, month: str, as_of: date) -> dict[str, Any]:
    features, moment = features_of(rt, as_of), _naive(rt.window(as_of).end)
    deals = deals_in(rt, as_of, moment)
    registry = Registry(rt.settings.home / FOLDER)
    scored = rt.lake.newest("account_scores")
    from_day = max(as_of, scored or as_of) + timedelta(days=1)  # the past is not rewritten: a day that was scored keeps its model
    report = {"month": month, "as_of": as_of.isoformat(), **learn_from(features, deals, registry, moment, from_day)}
    place = rt.settings.home / FOLDER / "reports" / f"{month}.json"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps(report, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    write_page(rt.settings.home / FOLDER)
    return report


def last_day(month: str) -> date:
    """'2026-06' → 2026-06-30. Raises Refused."""
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        raise Refused(f"{month!r} is not a month such as 2026-06") from None
    return first.replace(day=monthrange(first.year, first.month)[1])


def days_of(found: Sequence[Mapping[str, Any]]) -> list[date]:
    """The days to learn from, of all that stand (dt, row_count): the newest of each third of a month; of each month where those would
    be too many rows. An account that opens a deal is seen six times in the sixty days before it, and not twice."""
    rows = {r["dt"]: int(r["row_count"]) for r in found}
    thirds = sorted({(d.year, d.month, min(2, (d.day - 1) // 10)): d for d in sorted(rows)}.values())
    if sum(rows[d] for d in thirds) <= MOST_ROWS:
        return thirds
    return sorted({(d.year, d.month): d for d in thirds}.values())


def features_of(rt: Runtime, as_of: date) -> pd.DataFrame:
    """The newest day of each third of a month that stands in the warehouse, with the instant at which its pull ended."""
    days = days_of(rt.warehouse.rows(DAYS, (as_of,)))
    marks = ", ".join("?" for _ in days) or "null"
    found: pd.DataFrame = rt.warehouse.query(f"select * from signals.account_features where dt in ({marks})", days).to_pandas()
    into = {r["company_id"]: r["canonical_id"] for r in rt.warehouse.rows(CANONICAL, (as_of, as_of))}
    was = found["company_id"]
    found = found.assign(company_id=was.map(lambda c: into.get(c, c)), dt=pd.to_datetime(found["dt"]).dt.date)
    found = found.assign(moved=was != found["company_id"]).sort_values(["dt", "company_id", "moved"], kind="stable")
    found = found.drop_duplicates(["dt", "company_id"], ignore_index=True).drop(columns=["moved"])  # merged since: one row a company
    ends = {d: _ended(rt, d) for d in days}
    return found.assign(starts_at=pd.to_datetime(found["dt"].map(ends)))


def deals_in(rt: Runtime, as_of: date, moment: datetime) -> Deals:
    """Deals as the newest snapshot up to the day tells them."""
    newest = rt.lake.newest("salesforce__opportunities", until=as_of)
    names = ["opportunity_id", "account_id", "amount", "currency", "is_closed", "is_won", "created_at", "is_deleted"]
    told = rt.lake.read("salesforce__opportunities", since=newest or as_of, until=newest or as_of, columns=names).to_pandas()
    history = rt.lake.read("salesforce__opportunity_history", until=as_of,
                           columns=["history_id", "opportunity_id", "is_closed", "is_won", "created_at"]).to_pandas()  # fmt: skip
    companies = {r["account_id"]: r["company_id"] for r in rt.warehouse.rows(ACCOUNTS, (as_of,) * 3)}
    deals = deals_of(told, history.drop_duplicates("history_id"), companies, moment)
    return deals if newest else replace(deals, why_none=_unpulled(rt, as_of))


def _unpulled(rt: Runtime, as_of: date) -> str:
    days = [dt for dt, _ in rt.lake.files("salesforce__opportunities") if dt > as_of]
    if not days:
        return "no deals were ever pulled from the CRM; `signals doctor` says why, `signals run` pulls"
    return (f"no deal was known on {as_of}: the CRM was first pulled on {min(days)}; {min(days):%Y-%m} is the first month that can be "
            "learned, once it has closed")  # fmt: skip


def learn_from(
    features: pd.DataFrame, deals: Deals, registry: Registry, moment: datetime, from_day: date, configs: Sequence[Config] = CONFIGS
) -> dict[str, Any]:
    """As `learn_month`, from frames. `features`: company_id, dt, starts_at and any columns; `moment`: what was known then (naive UTC)."""
    offered = [c for c in features.columns if c not in KEYS]
    report: dict[str, Any] = {"known_until": moment.isoformat(), "horizon_days": HORIZON_DAYS, "from_day": from_day.isoformat(),
                              "days": sorted({str(d) for d in features["dt"]}), "rows": len(features), "deals": len(deals.rows),
                              "deals_dropped": deals.dropped, "code": code_version(), "leaks": {}}  # fmt: skip
    try:
        rows = build(features, deals.rows, moment, HORIZON_DAYS)
    except TooLittle as little:
        return report | _abstained(registry, from_day, why_nothing(features, deals, moment, HORIZON_DAYS) or str(little))
    report |= {"learnable_rows": len(rows.table), "yes": int(rows.table.y.sum()), "rows_dropped": rows.dropped}
    at = split(rows)
    if at is None:
        return report | _abstained(registry, from_day, "all rows that can be learned from are of one day: none is left to judge by")
    timed = split(build(features, deals.rows, moment, HORIZON_DAYS, in_deals=True), at.moment)
    assert timed is not None  # it holds all rows of the other
    leaks, odd = suspects(at.seen), uneven(features)
    for name, said in knows_the_deal(at.seen, at.seen_usd, at.seen_won).items():
        leaks.setdefault(name, []).append(f"knows_the_deal: {said}")
    columns = [c for c in offered if c not in leaks and not (odd and c in odd.columns)]
    report |= {"left_out": odd.columns, "left_out_because": odd.because} if odd else {}
    if odd and not columns:
        return report | _abstained(registry, from_day, odd.because)
    report |= {"leaks": leaks, "columns": columns, "judged_from": _day_of(at.moment),
               "rows_in_a_deal": len(timed.seen) + len(timed.judged) - len(rows.table)}  # fmt: skip
    about = _about(rows, at, offered, leaks, moment, report["code"])
    return report | _judge_all(at, timed, columns, deals, registry, from_day, about, configs)


def _judge_all(
    at: Split, timed: Split, columns: Sequence[str], deals: Deals, registry: Registry, from_day: date, about: Mapping[str, Any],
    configs: Sequence[Config],
) -> dict[str, Any]:  # fmt: skip
    champions, _ = held(registry, from_day, about["offered"])
    one, two, three = champions.relevance, champions.hazard, champions.size
    verdicts: dict[str, Verdict] = {
        "relevance": relevance(at, columns, one, HORIZON_DAYS, configs),
        "hazard": time_to_purchase(timed, columns, two, HORIZON_DAYS, deals.undated),
        "size": deal_size(at, columns, three),
    }
    judged_by = {"relevance": at, "hazard": timed, "size": at}
    return {kind: _settle(registry, kind, verdict, from_day, about, judged_by[kind]) for kind, verdict in verdicts.items()}


def _settle(
    registry: Registry, kind: str, verdict: Verdict, from_day: date, about: Mapping[str, Any], at: Split | None = None
) -> dict[str, Any]:
    """Write the word that follows from a verdict; status promoted, stands (the champion stays) or abstains."""
    told: dict[str, Any] = {"because": verdict.because, "judged": verdict.judged}
    word = registry.champion_on(kind, from_day)
    before = word.version if word else None
    if verdict.takes_over and at is not None:
        known, columns = told_of(verdict.model)
        known |= {**about, "judged": verdict.judged, "reference": reference(at.seen, columns, rate_of(verdict.model, at.judged))}
        known |= {"tried": verdict.model.tried} if kind == "hazard" else {}
        version = registry.add(kind, verdict.model.model if kind == "hazard" else verdict.model)
        if version != before:
            registry.promote(kind, version, _not_before(registry, kind, from_day), verdict.because)
        _note(registry, kind, version, about, from_day)
        return {"status": "promoted", "version": version, "instead_of": before, **told}
    if before is not None and not verdict.stands_down:
        if verdict.is_held:
            _note(registry, kind, before, about, from_day)
        return {"status": "stands", "version": before, **told}
    if word is None or before is not None or word.because != verdict.because:
        registry.promote(kind, None, _not_before(registry, kind, from_day), verdict.because)
    return {"status": "abstains", "version": None, "instead_of": before, **told}


def _note(registry: Registry, kind: str, version: str, about: Mapping[str, Any], from_day: date) -> None:
    registry.judged(kind, version, date.fromisoformat(about["data_window"]["known_until"][:10]), from_day)


def _abstained(registry: Registry, from_day: date, because: str) -> dict[str, Any]:
    return {kind: _settle(registry, kind, Verdict(because), from_day, {}) for kind in KINDS}


def _not_before(registry: Registry, kind: str, from_day: date) -> date:
    said = [date.fromisoformat(w.from_day) for w in registry.words() if w.kind == kind]
    return max([from_day, *said])


def _about(rows: Dataset, at: Split, offered: Sequence[str], leaks: Mapping[str, Any], moment: datetime, code: str) -> dict[str, Any]:
    """What goes into the manifest: which columns there were, the window of the data, the code."""
    window = {"from": _day_of(float(rows.table.order[0])), "learned_before": _day_of(at.moment), "known_until": moment.isoformat(),
              "rows": len(at.seen), "yes": int(at.seen.y.sum()), "horizon_days": HORIZON_DAYS}  # fmt: skip
    return {"offered": list(offered), "kinds": dict(at.seen.kinds), "leaks": dict(leaks), "data_window": window, "code": code}


def code_version() -> str:
    """Hash of the learning code."""
    digest = sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def _ended(rt: Runtime, dt: date) -> datetime:
    """When the pull of a day had ended: what happened later was not known. At least the end of the day's window."""
    runs = rt.lake.read("stream_runs", since=dt, until=dt, columns=["ended_at"])["ended_at"].to_pylist()
    return max([_naive(rt.window(dt).end)] + [r for r in runs if isinstance(r, datetime)])


def _naive(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(tzinfo=None)


def _day_of(number: float) -> str:
    return str(np.datetime64(int(number), "D"))
