"""What a run did, as one object and as words: read from lake, warehouse and ops store, never from memory of the run.

lake stream_runs + warehouse + ops → `of_day` → dict (`--json`) → `markdown` (UI) and `signals_pipeline.words` (terminal).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from signals_pipeline.enrichment.credits import CreditLedger
from signals_pipeline.io import ops
from signals_pipeline.runtime import Runtime

HOTTEST = 10
LONGEST = 400  # letters of a reason; after an upgrade it names a hundred columns
FEATURES = "select * from signals.account_features where dt = ? order by company_id"


def of_day(rt: Runtime, dt: date) -> dict[str, Any]:
    """The report of day `dt`. Parts whose stage has not run are empty, and `gates` is then empty too."""
    streams = {
        r["stream"]: {
            "in": r["records_in"],
            "landed": r["landed"],
            "rejected": r["rejected"],
            "status": r["status"],
            "error": r["error"],
            "age_hours": r["age_hours"],
            "unknown_fields": r["unknown_fields"],
            "waits_s": r["waits_s"],
            "too_many_requests": r["too_many_requests"],
        }
        for r in rt.lake.read("stream_runs", since=dt, until=dt).to_pylist()
    }
    outbox = _counts(rt, "priorities", "outbox", "select decision as k, count(*) as n from priorities.outbox group by decision")
    plan = _plan(rt, dt)
    sends = Counter((r["destination"], r["status"]) for r in _ledger(rt, dt))
    return {
        "as_of": dt.isoformat(),
        "streams": streams,
        "rejects_by_reason": dict(Counter(rt.lake.read("rejects", since=dt, until=dt, columns=["reason"])["reason"].to_pylist())),
        "signals_by_type": _counts(
            rt, "signals", "buying_signals", "select signal_type as k, count(*) as n from signals.buying_signals group by signal_type"
        ),
        "signals_today": _counts(
            rt,
            "signals",
            "buying_signals",
            "select signal_type as k, count(*) as n from signals.buying_signals where dt = ? group by signal_type",
            (dt,),
        ),
        "hottest": _hottest(rt, dt),
        "learned_model": _learned(rt, dt),
        "considered": sum(outbox.values()),
        "planned": _would_send(rt, plan["plan_hash"]) if plan else 0,
        "plan_hash": plan["plan_hash"] if plan else None,
        "sent": sum(n for (_, status), n in sends.items() if status == "confirmed"),
        "sends": {f"{destination}.{status}": n for (destination, status), n in sorted(sends.items())},
        "suppressed": _counts(
            rt,
            "priorities",
            "suppression_reasons",
            "select rule as k, count(distinct outbox_id) as n from priorities.suppression_reasons group by rule",
        ),
        "suppressed_contacts": outbox.get("suppressed", 0),
        "held_out": outbox.get("held_out", 0),
        "over_cap": outbox.get("over_cap", 0),
        "gates": {r["gate"]: bool(r["passed"]) for r in _gates(rt, plan)},
        "gate_failures": {r["gate"]: r["failures"] for r in _gates(rt, plan) if not r["passed"]},
        "apply": _apply(rt, plan),
        "cost": _cost(rt, dt),
        "volumes": _volumes(rt, dt),
        "reviews": _reviews(rt),
    }


def _learned(rt: Runtime, dt: date) -> dict[str, Any]:
    """Whether a learned model stood on the day, why, and how many accounts it scored."""
    from ml.champion import NAME, Champion, standing  # brings pandas: not before there is something to report

    told = standing(rt.settings.home, dt)
    models = rt.lake.read("account_scores", since=dt, until=dt, columns=["model"])["model"].to_pylist()
    scored = models.count(NAME)
    if told["status"] == "champion" and "rule" in models and not scored:
        champion, features = Champion(rt.settings.home), rt.warehouse.query(FEATURES, (dt,))
        champion.score(dt, features)  # asked again: why it was silent stands in no table
        why = champion.said[dt.isoformat()].removeprefix("abstains: ")
        cut = f"{why[:LONGEST]} …" if len(why) > LONGEST else why
        told |= {"status": "abstains", "because": f"champion {told['version']} scored nobody: {cut}"}
    return told | {"scored": scored}


def _counts(rt: Runtime, schema: str, table: str, sql: str, parameters: tuple[Any, ...] = ()) -> dict[str, int]:
    if not rt.warehouse.has(schema, table):
        return {}
    return {str(r["k"]): int(r["n"]) for r in sorted(rt.warehouse.rows(sql, parameters), key=lambda r: (-r["n"], r["k"]))}


def _hottest(rt: Runtime, dt: date) -> list[dict[str, Any]]:
    """The accounts with the highest rule scores that somebody could ever sell to, each with all its reasons."""
    scores = [r for r in rt.lake.read("account_scores", since=dt, until=dt).to_pylist() if r["model"] == "rule" and r["composite_score"]]
    if not scores:
        return []
    known = {
        r["company_id"]: r
        for r in rt.warehouse.rows(
            "select company_id, name, domain, ineligible_because, is_competitor or is_own_domain as is_no_prospect "
            "from signals.account_eligibility"
        )
    }
    prospects = [r for r in scores if not known.get(r["company_id"], {}).get("is_no_prospect")]
    top = sorted(prospects, key=lambda r: (-r["composite_score"], r["company_id"]))[:HOTTEST]
    reasons: dict[str, list[dict[str, Any]]] = {r["company_id"]: [] for r in top}
    for r in rt.lake.read("account_score_reasons", since=dt, until=dt).to_pylist():
        if r["company_id"] in reasons and r["model"] == "rule":
            reasons[r["company_id"]].append(r)
    return [
        {
            "company_id": r["company_id"],
            "name": known.get(r["company_id"], {}).get("name"),
            "domain": known.get(r["company_id"], {}).get("domain"),
            "not_contacted_because": known.get(r["company_id"], {}).get("ineligible_because"),
            "score": round(r["composite_score"], 1),
            "stage": r["readiness_stage"],
            "reasons": [
                {"points": points, "reason": said["reason"]}
                for said, points in zip(
                    reasons[r["company_id"]],
                    in_tenths([said["points"] for said in reasons[r["company_id"]]], r["composite_score"]),
                    strict=True,
                )
            ],
        }
        for r in top
    ]


def in_tenths(points: Sequence[float], total: float) -> list[float]:
    """Points rounded to a tenth so that they still add up to the rounded total: what rounding lost goes where it lost most."""
    tenths = [round(p * 10) for p in points]
    missing = round(total * 10) - sum(tenths)
    step = 1 if missing > 0 else -1
    for n in sorted(range(len(points)), key=lambda n: step * (tenths[n] - points[n] * 10))[: abs(missing)]:
        tenths[n] += step
    return [t / 10 for t in tenths]


def _plan(rt: Runtime, dt: date) -> dict[str, Any] | None:
    with rt.ops.connect() as connection:
        found = connection.execute(
            sa.select(ops.plans.c.plan_hash, ops.plans.c.rows, ops.plans.c.status)
            .where(ops.plans.c.dt == dt)
            .order_by(ops.plans.c.created_at.desc())
        ).first()
    return dict(found._mapping) if found else None


def _would_send(rt: Runtime, plan_hash: str) -> int:
    from signals_pipeline.activation import store

    return len(store.load(rt, plan_hash).sending)


def sent_on(rt: Runtime, dt: date) -> int:
    """How many effects of day `dt` are confirmed."""
    return sum(r["status"] == "confirmed" for r in _ledger(rt, dt))


def _ledger(rt: Runtime, dt: date) -> list[dict[str, Any]]:
    with rt.ops.connect() as connection:
        return [
            dict(r._mapping)
            for r in connection.execute(
                sa.select(ops.ledger.c.destination, ops.ledger.c.object, ops.ledger.c.status).where(ops.ledger.c.dt == dt)
            )
        ]


def _gates(rt: Runtime, plan: dict[str, Any] | None) -> list[dict[str, Any]]:
    if plan is None:
        return []
    with rt.ops.connect() as connection:
        found = connection.execute(
            sa.select(ops.gate_results).where(ops.gate_results.c.plan_hash == plan["plan_hash"]).order_by(ops.gate_results.c.gate)
        )
        return [dict(r._mapping) for r in found]


def _apply(rt: Runtime, plan: dict[str, Any] | None) -> dict[str, Any]:
    """What the newest apply of the plan came to: `applied`, or `withheld` with the reason. Empty when there was none."""
    kinds = {"apply_ended": "applied", "apply_withheld": "withheld"}
    with rt.ops.connect() as connection:
        query = sa.select(ops.audit.c.kind, ops.audit.c.body).where(ops.audit.c.kind.in_(kinds))
        entries = connection.execute(query.order_by(ops.audit.c.seq))
        told = [(kinds[e.kind], body) for e in entries if plan and (body := json.loads(e.body))["plan_hash"] == plan["plan_hash"]]
    return {"status": told[-1][0], "because": told[-1][1].get("because", "")} if told else {}


def _cost(rt: Runtime, dt: date) -> dict[str, float]:
    """What the day cost: credits, those of lost answers included, and the effects that stand or may."""
    from signals_pipeline.activation.caps import STANDING

    prices = rt.profile.activation.usd_per_effect
    credits, credits_usd = CreditLedger(rt.ops, rt.profile.enrichment).day(dt)
    effects_usd = sum(prices.get(f"{r['destination']}.{r['object']}", 0.0) for r in _ledger(rt, dt) if r["status"] in STANDING)
    return {
        "credits": round(credits, 2),
        "credits_usd": round(credits_usd, 2),
        "effects_usd": round(effects_usd, 2),
        "usd": round(credits_usd + effects_usd, 2),
    }


def _volumes(rt: Runtime, dt: date) -> dict[str, int]:
    """Rows of the day that the stages after `sources` worked on."""
    evidence = (
        rt.warehouse.rows("select count(*) as n from signals.signal_evidence")[0]["n"]
        if rt.warehouse.has("signals", "signal_evidence")
        else 0
    )
    mentions = rt.lake.read("mentions", since=dt, until=dt, columns=["mention_id"]).num_rows
    scores = rt.lake.read("account_scores", since=dt, until=dt, columns=["company_id"]).num_rows
    return {"mentions": mentions, "evidence": int(evidence), "scores": scores}


def _reviews(rt: Runtime) -> dict[str, int]:
    with rt.ops.connect() as connection:
        found = connection.execute(
            sa.select(ops.reviews.c.kind, sa.func.count()).where(ops.reviews.c.status == "open").group_by(ops.reviews.c.kind)
        )
        return {str(kind): int(n) for kind, n in found}


def markdown(told: dict[str, Any]) -> str:
    """The report as a short page for the UI."""
    lines = [
        f"**As of {told['as_of']}**: {told['planned']} planned, {told['sent']} sent, {told['held_out']} held out, "
        f"${told['cost']['usd']:.2f}",
        "",
    ]
    if told["apply"].get("status") == "withheld":
        lines += [f"Nothing was sent: {_cell(told['apply']['because'])}", ""]
    lines += [f"Learned model: {told['learned_model']['status']}: {_cell(told['learned_model']['because'])}", ""]
    lines += ["| account | score | why |", "|---|---|---|"]
    lines += [f"| {_cell(a['name'])} | {a['score']} | {_cell('; '.join(r['reason'] for r in a['reasons'][:3]))} |" for a in told["hottest"]]
    failed = [f"{name}: {s['error']}" for name, s in told["streams"].items() if s["status"] == "failed"]
    lines += ["", "Streams failed: " + ("none" if not failed else "; ".join(_cell(f) for f in failed))]
    return "\n".join(lines)


def _cell(text: str | None) -> str:
    return (text or "").replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")
