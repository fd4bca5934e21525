"""What may be said about a signal: the events behind it, from the lake, as facts in words with their evidence ids.

signal ids → episode_links + events → `Signal`. Product signals and surges have no event rows: they carry no facts, only their id.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from signals_pipeline.activation.message.shapes import Signal
from signals_pipeline.activation.message.spoken import spoken_amount, spoken_company
from signals_pipeline.runtime import Runtime

_ROUNDS = {"seed": "seed round", "pre_seed": "pre-seed round", "debt": "debt financing", "grant": "grant"}
_COLUMNS = (
    "event_id",
    "known_at",
    "modality",
    "round_type",
    "amount",
    "currency",
    "amount_usd",
    "title",
    "level",
    "change_type",
    "other_company_name",
    "place",
    "subject",
)


def signals_of(rt: Runtime, wanted: Iterable[tuple[str, str]], until: date) -> dict[str, Signal]:
    """signal_id → Signal, for (signal_id, signal_type) pairs. Only events that are done are facts: a rumour or a plan is none."""
    types = dict(wanted)
    episodes = {uuid.UUID(s).hex: s for s in types}
    links = rt.lake.read("episode_links", until=until, columns=["event_id", "episode_id"]).to_pylist()
    of_event = {r["event_id"]: episodes[r["episode_id"]] for r in links if r["episode_id"] in episodes}
    events = rt.lake.read("events", until=until, columns=list(_COLUMNS)).to_pylist() if of_event else []
    by_signal: dict[str, list[dict[str, Any]]] = {}
    for event in events:
        if event["event_id"] in of_event:
            by_signal.setdefault(of_event[event["event_id"]], []).append(event)
    found = {}
    for signal_id, signal_type in types.items():
        rows = sorted(by_signal.get(signal_id, ()), key=lambda e: e["event_id"])
        facts: dict[str, str] = {}
        for row in rows:
            if row["modality"] == "done":
                facts = facts_of(row) | facts  # the first event's words stand
        found[signal_id] = Signal(signal_type, (signal_id, *(r["event_id"] for r in rows)), facts)
    return found


def facts_of(event: Mapping[str, Any]) -> dict[str, str]:
    """Words for the templates; a fact that the event does not state is left out."""
    words = {
        "round": _round(event.get("round_type")),
        "amount": spoken_amount(event.get("amount"), event.get("currency")) or spoken_amount(event.get("amount_usd"), "USD"),
        "other_company": spoken_company(event.get("other_company_name")),
        "place": event.get("place") or "",
        "role": event.get("title") or "",
        "change": event.get("change_type") or "",
    }
    return {k: v for k, v in words.items() if v}


def _round(kind: str | None) -> str:
    if not kind or kind in ("unknown", "other"):
        return ""
    if kind.startswith("series_"):
        return f"Series {kind.removeprefix('series_').upper()}"
    return _ROUNDS.get(kind, "")
