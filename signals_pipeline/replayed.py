"""What a replay of real payloads found: the streams' counts, documents with and without events, signals, two examples of each type.

lake + warehouse → `of` → dict (`signals run --replay --json`).
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from signals_pipeline import report
from signals_pipeline.runtime import Runtime
from signals_pipeline.sources.spec import sources

EXAMPLES = 2
_EXAMPLES = """
with ranked as (
    select
        s.signal_type, s.company_id, c.name as company, s.occurred_at, s.quote, s.accession, s.signal_data,
        coalesce(s.source_row, e.dataset || ':' || e.record_key) as source_row,
        row_number() over (
            partition by s.signal_type
            order by case when s.quote is null then 1 else 0 end, s.confidence_score desc, s.occurred_at desc nulls last, s.id
        ) as position
    from signals.buying_signals as s
    left join signals.signal_evidence as e on e.signal_id = s.id and e.is_first
    left join identity.companies as c on c.company_id = s.company_id
)
select * from ranked where position <= ? order by signal_type, position
"""
_SAYS = (
    "change_type",
    "title",
    "round_type",
    "amount_qualifier",
    "amount",
    "currency",
    "deal_stage",
    "other_company",
    "place",
    "effective_on",
)


def has_files(folder: Path) -> bool:
    """Whether a folder holds anything that a stream reads."""
    patterns = {p for source in sources().values() for stream in source.streams.values() for p in stream.replay}
    return any(found.is_file() for pattern in sorted(patterns) for found in folder.glob(pattern))


def red(told: dict[str, Any]) -> list[str]:
    """One line for each stream that failed, or of which nothing could be read: no failure hides in a green replay."""
    failed = [f"stream {name}: {s['error']}" for name, s in told["streams"].items() if s["status"] in ("failed", "paused")]
    unread = [
        f"stream {name}: none of its {s['in']} records could be read; rejects have the reasons"
        for name, s in told["streams"].items()
        if s["status"] == "ok" and s["in"] and s["rejected"] == s["in"]
    ]
    return [*failed, *unread]


def of(rt: Runtime, dt: date) -> dict[str, Any]:
    """The report of a replay, with the same keys as a daily run's and `documents` and `examples` beside them."""
    documents = rt.lake.read("documents", columns=["events", "reason"]).to_pylist()
    with_events = sum(1 for d in documents if d["events"])
    return report.of_day(rt, dt) | {
        "documents": {
            "in": len(documents),
            "with_events": with_events,
            "without_events": len(documents) - with_events,
            "reasons": dict(Counter(d["reason"] or "unexplained" for d in documents if not d["events"]).most_common()),
        },
        "examples": _examples(rt),
    }


def _examples(rt: Runtime) -> dict[str, list[dict[str, Any]]]:
    if not rt.warehouse.has("signals", "buying_signals"):
        return {}
    found: dict[str, list[dict[str, Any]]] = {}
    for r in rt.warehouse.rows(_EXAMPLES, (EXAMPLES,)):
        found.setdefault(r["signal_type"], []).append(
            {
                "company": r["company"],
                "occurred_on": r["occurred_at"].date().isoformat() if r["occurred_at"] else None,
                "what": _what(r["signal_data"]),
                "quote": r["quote"],
                "where": f"accession {r['accession']}" if r["accession"] else f"row {r['source_row']}",
            }
        )
    return found


def _what(signal_data: str | None) -> str:
    """The facts of a signal that are known, in a fixed order, as `name value` pairs."""
    facts: dict[str, Any] = json.loads(signal_data or "{}")
    return ", ".join(f"{name.replace('_', ' ')} {facts[name]}" for name in _SAYS if facts.get(name) not in (None, ""))
