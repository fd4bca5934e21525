"""What the doctor says in words, and when it exits with a fault."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from ml.registry import Registry
from signals_pipeline import cli, doctor
from signals_pipeline.activation import switches
from signals_pipeline.io import audit, ops
from signals_pipeline.runtime import Runtime, build_runtime
from signals_pipeline.settings import load_settings
from signals_pipeline.vendors.health import Health


@pytest.fixture
def rt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runtime]:
    made = build_runtime(load_settings({}, home=tmp_path, now=datetime(2026, 6, 30, 11, tzinfo=UTC)))
    monkeypatch.setattr(cli.shared, "runtime_of", lambda settings, replay=None: made)
    yield made
    made.ops.dispose()


def found(monkeypatch: pytest.MonkeyPatch, *healths: Health) -> None:
    async def check(*_: Any) -> list[Health]:
        return list(healths)

    monkeypatch.setattr("signals_pipeline.vendors.health.check", check)


def words(told: dict[str, Any]) -> str:
    console = Console(file=io.StringIO(), width=200)
    doctor.tell(console, told)
    return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]


def test_without_credentials_every_vendor_is_off_and_says_what_to_set(rt: Runtime) -> None:
    told = doctor.examine(rt)
    assert told["is_well"] and {v["status"] for v in told["vendors"]} == {"off"}
    off = {row["what"]: row["why"] for row in told["off"]}
    assert "SIGNALS_SALESFORCE_CLIENT_ID" in off["salesforce.accounts"] and "has no API" in off["crunchbase.acquisitions"]
    assert "SIGNALS_ANTHROPIC_API_KEY" in off["messages by a model"]
    assert "()" not in words(told) and "salesforce.accounts: not set" in words(told)


def test_why_no_learned_score_stands_is_told_until_a_model_does(rt: Runtime) -> None:
    def why() -> str | None:
        return {row["what"]: row["why"] for row in doctor.off(rt)}.get("learned scores")

    assert why() == "no model had been learned by 2026-06-30; `signals learn` makes one; the rule score stands"
    registry = Registry(rt.settings.home / "models")
    stored = registry.folder / "relevance" / "abc" / "manifest.json"
    stored.parent.mkdir(parents=True)
    stored.touch()
    registry.promote("relevance", None, rt.today(), "too little: 3 yes")
    assert why() == "too little: 3 yes; the rule score stands"
    registry.promote("relevance", "abc", rt.today() + timedelta(days=1), "wins")
    assert why() is None


def test_what_a_person_must_mend_is_a_sentence_of_its_own_and_the_command_fails(rt: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    problem = "Account.Signal_Key__c does not exist there"
    found(monkeypatch, Health("salesforce", "broken", "90 of 100 daily requests left", (), (problem,)), Health("slack", "off", "set X"))
    assert f"To mend\n  salesforce: {problem}" in words(doctor.examine(rt))
    answer = CliRunner().invoke(cli.app, ["doctor", "--json"])
    assert answer.exit_code == 1 and json.loads(answer.stdout)["is_well"] is False


def test_a_part_that_lacks_its_token_is_named_though_the_vendor_works(rt: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, Health("sixsense", "ok", "4 segments", ("SIGNALS_SIXSENSE_PEOPLE_TOKEN",)))
    assert "sixsense: a part is off, not set: SIGNALS_SIXSENSE_PEOPLE_TOKEN" in words(doctor.examine(rt))
    assert CliRunner().invoke(cli.app, ["doctor"]).exit_code == 0


def test_a_pause_is_said_first(rt: Runtime) -> None:
    switches.pause(rt, "dana")
    assert "paused by dana" in words(doctor.examine(rt)) and doctor.examine(rt)["paused_by"] == "dana"


def test_the_audit_trail_is_read_whole_and_a_changed_entry_is_a_fault(rt: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    assert doctor.examine(rt)["audit"] == {"entries": 0, "newest": audit.START, "broken_at": None}
    switches.pause(rt, "dana")
    switches.resume(rt, "dana")
    told = doctor.examine(rt)
    assert told["is_well"] and (told["audit"]["entries"], told["audit"]["newest"]) == audit.head(rt.ops) and audit.head(rt.ops)[0] == 2
    assert f"audit trail: 2 entries, each fits the one before; newest {told['audit']['newest'][:12]}" in words(told)
    with rt.ops.begin() as connection:
        connection.execute(ops.audit.update().where(ops.audit.c.seq == 1).values(body='{"by":"nobody"}'))
    told = doctor.examine(rt)
    assert not told["is_well"] and "entry 1 is missing, changed, or does not follow" in words(told)
    assert CliRunner().invoke(cli.app, ["doctor", "--json"]).exit_code == 1
