"""What is red in a run: every stream of a dataset counts, and the last asset fails the run by what its checks said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from signals_pipeline.activation import plan as plans
from signals_pipeline.activation.apply import ApplyReport
from signals_pipeline.enrichment import stage as enrichment
from signals_pipeline.orchestration.assets import activation, metrics, sources
from signals_pipeline.orchestration.assets import enrichment as enriching
from signals_pipeline.orchestration.partitions import daily
from signals_pipeline.orchestration.resources import House
from signals_pipeline.runtime import build_runtime
from signals_pipeline.settings import load_settings
from signals_pipeline.sources.report import StreamRun

pytestmark = pytest.mark.filterwarnings("ignore")
DT = date(2026, 6, 29)
KEY = dg.AssetKey(["lake", "sixsense__segment_members"])


def stream(name: str, **more: Any) -> StreamRun:
    return StreamRun(name, name.split(".")[0], "state", [], **{"status": "ok", "landed": 3, "records_in": 4, "rejected": 1, **more})


def test_a_dataset_of_two_streams_shows_both() -> None:
    done = [stream("sixsense.segment_members"), stream("file_drop.sixsense_segment", status="failed", landed=0, error="short")]
    told = sources.numbers(done)
    assert (told["dagster/row_count"], told["in"], told["rejected"]) == (3, 8, 2)
    assert told["status"] == "sixsense.segment_members: ok · file_drop.sixsense_segment: failed"
    check = sources.pulled(KEY, done)
    assert not check.passed and "file_drop.sixsense_segment: short" in str(check.metadata["error"].value)
    assert sources.pulled(KEY, [stream("sixsense.segment_members"), stream("file_drop.sixsense_segment", status="off")]).passed


def test_every_declared_stream_belongs_to_a_dataset_of_the_graph() -> None:
    pull, *_ = sources.assets(daily("America/New_York"))
    described = " ".join(pull.descriptions_by_key.values())
    assert "sixsense.segment_members: " in described and "file_drop.sixsense_segment: " in described


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    rt = build_runtime(load_settings({}, home=tmp_path, now=datetime(2026, 6, 30, 11, tzinfo=UTC)))
    rt.lake.declare()
    yield House(rt)
    rt.ops.dispose()


def ran(house: House, assets: list[Any], *, names: set[str]) -> Any:
    """The named steps and the run report after them, as a run."""
    chosen = [a for a in assets if a.op.name in names]
    with dg.DagsterInstance.ephemeral() as instance:
        return dg.materialize(chosen, instance=instance, resources={"house": house}, partition_key=DT.isoformat(), raise_on_error=False)


def steps(house: House, monkeypatch: pytest.MonkeyPatch, applied: ApplyReport, **enriched: Any) -> Any:
    monkeypatch.setattr("signals_pipeline.activation.apply.run", lambda rt, plan_hash: applied)
    monkeypatch.setattr(plans, "latest", lambda rt, dt: type("P", (), {"plan_hash": "p"}))
    monkeypatch.setattr(enrichment, "run", lambda rt, dt: enrichment.EnrichmentReport(dt, **enriched))
    days = daily("America/New_York")
    assets = [*activation.assets(days), *enriching.assets(days), *metrics.assets(days, [dg.AssetKey(["lake", "sends"])])]
    return ran(house, assets, names={"apply", "enrich", "metrics__run_report"})


def why(result: Any) -> str:
    return "".join(e.event_specific_data.error.message for e in result.all_events if e.event_type_value == "STEP_FAILURE")


def test_an_apply_with_failures_leaves_its_asset_and_the_run_ends_red(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    result = steps(house, monkeypatch, ApplyReport("p", DT, "auto", failed={"gone": 2}, message="5 sent, 2 failed"))
    assert not result.success and "applied: 5 sent, 2 failed" in why(result)
    assert result.asset_materializations_for_node("apply") and result.asset_materializations_for_node("metrics__run_report")


def test_a_failed_enrichment_ends_the_run_red_by_its_reason(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    result = steps(house, monkeypatch, ApplyReport("p", DT, "auto", message="5 sent"), status="failed", error="the vendor is away")
    assert not result.success and "enriched: the vendor is away" in why(result)
    assert result.asset_materializations_for_node("enrich") and result.asset_materializations_for_node("metrics__run_report")


def test_a_pause_or_a_wait_for_approval_is_no_failure(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    because = ["sending is paused by dana"]
    held = ApplyReport("p", DT, "auto", refused_because=because, held_because=because, message="refused: sending is paused by dana")
    assert steps(house, monkeypatch, held, status="off").success
