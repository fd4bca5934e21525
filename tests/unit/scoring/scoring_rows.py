"""Row factories for scoring, and a warehouse of exactly the relations that it reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from signals_pipeline.rules.profile import load_profile
from signals_pipeline.runtime import Runtime, build_runtime
from signals_pipeline.scoring.rules import Rules, rules_of
from signals_pipeline.settings import REPOSITORY, load_settings

DAY = date(2026, 7, 1)


def rules() -> Rules:
    return rules_of(load_profile(REPOSITORY / "config" / "profile.yml").scoring)


def live(*rows: dict[str, Any]) -> pd.DataFrame:
    """Live rows; the default is a fresh, certain funding round of acme."""
    default = {"company_id": "acme", "signal_id": "s", "signal_type": "funding_round", "age_days": 0.0, "confidence": 1.0}
    return pd.DataFrame([default | {"signal_id": f"s{i}"} | row for i, row in enumerate(rows)], columns=list(default))


_EVIDENCE = {
    "signal_id": "text",
    "signal_type": "text",
    "company_id": "text",
    "user_id": "text",
    "dataset": "text",
    "record_key": "text",
    "confidence": "double",
    "report_number": "bigint",
    "evidence_id": "text",
    "occurred_at": "timestamp",
    "known_at": "timestamp",
    "dt": "date",
    "modality": "text",
    "is_first": "boolean",
    "known_at_basis": "text",
    "change_type": "text",
    "title": "text",
    "level": "text",
    "department": "text",
    "round_type": "text",
    "currency": "text",
    "amount": "numeric(18, 2)",
    "other_company_name": "text",
    "deal_stage": "text",
    "place": "text",
    "subject": "text",
    "buying_stage": "text",
}


def evidence(signal: str, *, days_ago: int = 0, company: str | None = "acme", number: int = 1, **columns: Any) -> dict[str, Any]:
    """One reporting record, known and dated `days_ago` days before DAY."""
    day = DAY - timedelta(days=days_ago)
    row = {
        "signal_id": signal,
        "signal_type": "funding_round",
        "company_id": company,
        "dataset": "crunchbase__funding_rounds",
        "record_key": signal,
        "confidence": 1.0,
        "report_number": number,
        "evidence_id": f"{signal}-{number}",
        "occurred_at": day,
        "known_at": day,
        "dt": day,
        "modality": "done",
        "is_first": number == 1,
        "known_at_basis": "announcement",
    }
    return row | columns


def runtime_with(
    home: Path, rows: Sequence[dict[str, Any]], *, merges: Sequence[tuple[Any, ...]] = (),
    inhibitors: Sequence[tuple[Any, ...]] = (), filings: Sequence[tuple[str, str]] = (),
) -> Runtime:  # fmt: skip
    """A runtime whose warehouse holds these rows: merges (company, into, from, to),
    inhibitors (company, inhibitor, since, until, dt), filings (record_key, form)."""
    rt = build_runtime(load_settings({}, home=home, now="2026-07-02T10:05:00+00:00"))
    columns = ", ".join(f"{c} {t}" for c, t in _EVIDENCE.items())
    with duckdb.connect(rt.warehouse.url) as connection:
        for statement in (
            "create schema signals", "create schema identity", "create schema sources",
            f"create table signals.signal_evidence ({columns})",
            "create table signals.int_inhibitors (company_id text, inhibitor text, since date, until date, dt date)",
            "create table signals.account_features (company_id text, signals_30d bigint, dt date)",
            "create table identity.company_canonical (company_id text, canonical_id text, valid_from date, valid_to date)",
            "create table sources.stg_sec_edgar__filings (record_key text, form text)",
        ):  # fmt: skip
            connection.execute(statement)
        for table, values in (
            ("signals.signal_evidence", [tuple(r.get(c) for c in _EVIDENCE) for r in rows]),
            ("identity.company_canonical", merges), ("signals.int_inhibitors", inhibitors), ("sources.stg_sec_edgar__filings", filings),
        ):  # fmt: skip
            for row in values:
                connection.execute(f"insert into {table} values ({', '.join('?' * len(row))})", list(row))
    return rt
