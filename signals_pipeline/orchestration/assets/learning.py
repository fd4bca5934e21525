"""Monthly learning and the backtest, each an asset with a job and a schedule of its own; neither is part of the daily job.

month → `ml.production.learn_month` → models, report, reliability · all months → `ml.backtest` → plots, a page for managers.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import dagster as dg
from pydantic import Field

from signals_pipeline.orchestration import plots
from signals_pipeline.orchestration.dbt_stage import OWNER, lake_key
from signals_pipeline.orchestration.resources import House

FEATURES = dg.AssetKey(["signals", "account_features"])
KEY = dg.AssetKey(["ml", "models"])
BACKTEST = dg.AssetKey(["ml", "backtest"])
DEALS = tuple(lake_key(f"salesforce__{name}") for name in ("opportunities", "opportunity_history"))
_NUMBERS = ("auc", "ap", "ece", "brier", "lift_at_10", "recall_at_10")


def assets(months: dg.PartitionsDefinition[str]) -> list[dg.AssetsDefinition]:
    @dg.asset(
        key=KEY,
        group_name="learning",
        owners=[OWNER],
        kinds={"python", "xgboost"},
        partitions_def=months,
        deps=[FEATURES, *DEALS],
    )
    def models(context: dg.AssetExecutionContext, house: dg.ResourceParam[House]) -> dg.MaterializeResult[Any]:
        """Models of a month: learned on its last day, judged on later rows, promoted or not; each abstains with a reason."""
        from ml.champion import FOLDER
        from ml.history import Refused
        from ml.production import learn_month
        from ml.report import PAGE

        with house.clocked("learning"):
            try:
                report = learn_month(house.runtime, date.fromisoformat(context.partition_key).strftime("%Y-%m"))
            except Refused as bad:
                raise dg.Failure(str(bad), allow_retries=False) from bad
        page = house.runtime.settings.home / FOLDER / PAGE
        return dg.MaterializeResult(metadata={"page": dg.MetadataValue.path(str(page)), **_metadata(report)})

    @dg.asset(
        key=BACKTEST,
        group_name="learning",
        owners=[OWNER],
        kinds={"python", "xgboost"},
        deps=[FEATURES, lake_key("account_scores"), *DEALS],
    )
    def backtest(context: dg.AssetExecutionContext, house: dg.ResourceParam[House], config: Months) -> dg.MaterializeResult[Any]:
        """What each score would have brought, walked forward by month and judged on what came after; rule score beside learned score."""
        from ml.backtest import backtest as walk
        from ml.backtest_page import write
        from ml.history import Refused

        with house.clocked("backtest"):
            try:
                told = walk(house.runtime, config.since or None, config.until or None)
            except Refused as bad:
                raise dg.Failure(str(bad), allow_retries=False) from bad
            page = write(house.runtime.settings.home, told)
        return dg.MaterializeResult(metadata={"page": dg.MetadataValue.path(str(page)), **_walked(told)})

    return [models, backtest]


class Months(dg.Config):
    """Months such as 2026-01, both inclusive."""

    since: str = Field(default="", description="First month, such as 2026-01; empty: the first that has features.")
    until: str = Field(default="", description="Last month, such as 2026-06; empty: the newest.")


def jobs() -> list[Any]:
    """Learning of a month, and the backtest of all; started by their schedules, by hand, or by `signals learn` and `signals backtest`."""
    walked = dg.define_asset_job(
        "backtest",
        selection=dg.AssetSelection.assets(BACKTEST),
        executor_def=dg.in_process_executor,
        description="Walks forward by month and judges each score on what came after; promotes nothing, sends nothing. Fewer months than "
        "all: configuration `ops: {ml__backtest: {config: {since: 2026-01, until: 2026-06}}}`.",
    )
    return [_learn(), walked]


def schedules(learn: Any, walked: Any, zone: str) -> list[dg.ScheduleDefinition]:
    """On the first of the month, after the daily run: learn from the month that has closed, then walk all months again."""

    @dg.schedule(name="learn_monthly", job=learn, cron_schedule="0 8 1 * *", execution_timezone=zone,
                 default_status=dg.DefaultScheduleStatus.RUNNING,
                 description="Learns from the month that has closed; promotes a model only when it wins out of time.")  # fmt: skip
    def learn_monthly(context: dg.ScheduleEvaluationContext, house: dg.ResourceParam[House]) -> dg.RunRequest:
        """The newest month all of whose days have closed, by the pipeline's own clock."""
        month = ((house.runtime.today() + timedelta(days=1)).replace(day=1) - timedelta(days=1)).replace(day=1).isoformat()
        return dg.RunRequest(run_key=month, partition_key=month)

    walk = dg.ScheduleDefinition(
        name="backtest_monthly", job=walked, cron_schedule="0 9 1 * *", execution_timezone=zone,
        default_status=dg.DefaultScheduleStatus.RUNNING, description="All months anew, once a month.",
    )  # fmt: skip
    return [learn_monthly, walk]


def _learn() -> Any:
    return dg.define_asset_job(
        "learn",
        selection=dg.AssetSelection.assets(KEY),
        executor_def=dg.in_process_executor,
        description="Learns from past days, judges out of time, promotes or abstains; scores nothing, sends nothing.",
    )


def _walked(told: Mapping[str, Any]) -> dict[str, Any]:
    """Words, plots and numbers of a backtest for the UI."""
    from ml.backtest_page import SCORES, sentences

    groups = [
        (f"{kind}: {name}", f"{g['rows']:,} rows", of)
        for kind, all_of in told["segments"].items()
        for name, g in all_of.items()
        if (of := _lifts(g))
    ]
    found: dict[str, Any] = {
        "summary": dg.MetadataValue.md("\n\n".join(sentences(told))),
        "months judged": sum(m["status"] == "judged" for m in told["months"]),
        "accounts judged (once a month)": told["overall"]["rows"],
        "of them opened a deal": told["overall"]["yes"],
        "deals known": told["deals"],
    }
    if any(_lifts(m) for m in told["months"]):
        months = [(m["month"], _lifts(m)) for m in told["months"]]
        found["lift by month"] = plots.months(months, f"lift at 10 percent, {told['from']} to {told['to']}")
    if groups:
        found["lift by group"] = plots.groups(groups, "lift at 10 percent inside each group, all months")
    for name, words in SCORES.items():
        if points := told["overall"].get(name, {}).get("reliability"):
            found[f"reliability, {words}"] = plots.reliability(points, f"{words}: foretold and happened", name)
        found |= {f"{name}_{n}": float(told["overall"][name][n]) for n in _NUMBERS if n in told["overall"].get(name, {})}
    return found | {"report": dg.MetadataValue.json(dict(told))}  # last: it is longer than all the rest


def _lifts(of: Mapping[str, Any]) -> dict[str, tuple[float, float, float]]:
    return {n: (of[n]["lift_at_10"], *of[n]["lift_at_10_interval"]) for n in ("rule", "learned") if n in of}


def _metadata(report: Mapping[str, Any]) -> dict[str, Any]:
    from ml.report import TITLES

    judged = report["relevance"]["judged"]
    found: dict[str, Any] = {words: f"{report[kind]['status']}: {report[kind]['because']}" for kind, words in TITLES.items()}
    found |= {"days": len(report["days"]), "rows": report["rows"], "rows that can be learned from": report.get("learnable_rows", 0)}
    found |= {"of them opened a deal": report.get("yes", 0), "deals known": report["deals"]}
    found |= {"left out": report["left_out_because"]} if "left_out_because" in report else {}
    found |= {"leaks": ", ".join(report["leaks"]) or "none"}
    found |= {name: float(judged[name]) for name in _NUMBERS if name in judged}
    if points := judged.get("reliability"):
        found["reliability"] = plots.reliability(points, f"foretold and happened, {report['month']}")
    return found | {"report": dg.MetadataValue.json(dict(report))}  # last: it is longer than all the rest
