"""`signals plan` in words: what is written, what is left as it is, and values as a reader knows them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from signals_pipeline import cli
from signals_pipeline.cli import shared
from signals_pipeline.runtime import build_runtime
from signals_pipeline.settings import load_settings


def row(**overrides: Any) -> dict[str, Any]:
    change = {"field": "Website", "before": None, "after": "acme.example", "mode": "set", "changes": True}
    return {"destination": "salesforce", "object": "account", "operation": "update", "reason": "Series B of $25m [Form D]",
            "fields": [change, change | {"field": "Name", "before": "Acme", "after": "Acme"}]} | overrides  # fmt: skip


def said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, rows: list[dict[str, Any]], *words: str) -> str:
    made = build_runtime(load_settings({}, home=tmp_path, now=datetime(2026, 6, 30, 11, tzinfo=UTC)))
    shown = {"plan_hash": "abc", "dt": "2026-06-29", "cost_usd": 1.5, "status": "gated", "rows": rows}
    monkeypatch.setattr(shared, "runtime", lambda home: made)
    monkeypatch.setattr(
        "signals_pipeline.activation.plan.show", lambda rt: shown | {"would_send": sum(r["operation"] != "skip" for r in rows)}
    )
    answer = CliRunner().invoke(cli.app, ["plan", *words])
    assert answer.exit_code == 0, answer.output
    return answer.stdout


def test_rows_that_write_nothing_are_told_apart_from_writes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    rows = [row() for _ in range(1200)] + [row(operation="skip", reason="nothing to change")] * 3
    told = said(monkeypatch, tmp_path, rows, "--limit", "1")
    assert told.startswith("Plan abc for 2026-06-29: 1,200 writes, $1.50, status gated; 3 more rows write nothing and say why\n")
    assert "… 1,202 more rows; --limit or --json shows them" in told
    assert "write nothing" not in said(monkeypatch, tmp_path, [row()])


def test_an_empty_field_and_brackets_in_a_reason_read_as_they_are(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    told = said(monkeypatch, tmp_path, [row()])
    assert "Series B of $25m [Form D]" in told
    assert "Website: (empty) → 'acme.example'" in told and "Name: stays 'Acme'" in told
