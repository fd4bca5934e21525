"""Monthly learning as an asset of its own job: what was learned, how it was judged, and a reliability plot. Not part of the daily job."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import dagster as dg

from signals_pipeline.orchestration.dbt_stage import OWNER, lake_key
from signals_pipeline.orchestration.partitions import FIRST_DAY
from signals_pipeline.orchestration.plots import reliability
from signals_pipeline.orchestration.resources import House

FEATURES = dg.AssetKey(["signals", "account_features"])
KEY = dg.AssetKey(["ml", "models"])
_NUMBERS = ("auc", "ap", "ece", "brier", "lift_at_10", "recall_at_10")


def assets(zone: str) -> list[dg.AssetsDefinition]:
    @dg.asset(
        key=KEY,
        group_name="learning",
        owners=[OWNER],
        kinds={"python", "xgboost"},
        partitions_def=dg.MonthlyPartitionsDefinition(start_date=FIRST_DAY, timezone=zone),
        deps=[FEATURES, *(lake_key(f"salesforce__{name}") for name in ("opportunities", "opportunity_history"))],
    )
    def models(context: dg.AssetExecutionContext, house: dg.ResourceParam[House]) -> dg.MaterializeResult[Any]:
        """Models of a month: learned on its last day, judged on later rows, promoted or not; each abstains with a reason."""
        from ml.production import learn_month

        with house.clocked("learning"):
            try:
                report = learn_month(house.runtime, date.fromisoformat(context.partition_key).strftime("%Y-%m"))
            except ValueError as bad:
                raise dg.Failure(str(bad), allow_retries=False) from bad
        return dg.MaterializeResult(metadata=_metadata(report))

    return [models]


def job() -> Any:
    """The monthly learning; started by hand, by `signals learn`, or by a backfill of months in the UI."""
    return dg.define_asset_job(
        "learn",
        selection=dg.AssetSelection.assets(KEY),
        executor_def=dg.in_process_executor,
        description="Learns from past days, judges out of time, promotes or abstains; scores nothing, sends nothing.",
    )


def _metadata(report: Mapping[str, Any]) -> dict[str, Any]:
    judged = report["relevance"]["judged"]
    found: dict[str, Any] = {f"{kind}": f"{report[kind]['status']}: {report[kind]['because']}" for kind in ("relevance", "hazard", "size")}
    found |= {name: float(judged[name]) for name in _NUMBERS if name in judged}
    found |= {"leaks": ", ".join(report["leaks"]) or "none", "report": dg.MetadataValue.json(dict(report)), "rows": report["rows"]}
    if points := judged.get("reliability"):
        found["reliability"] = reliability(points, f"foretold and happened, {report['month']}")
    return found
