"""Stage scoring: composite, readiness and reasons per account and day, a range in one run; and what-ifs, in a job of their own."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from signals_pipeline.orchestration.assets.sources import as_json, lake_spec
from signals_pipeline.orchestration.dbt_stage import lake_key
from signals_pipeline.orchestration.partitions import days_of
from signals_pipeline.orchestration.plots import distribution
from signals_pipeline.orchestration.resources import House


class WhatIf(dg.Config):
    """`model`: a stored version, as `account_scores.model_version` names it, or `rule` for the rules of today."""

    model: str


def assets(partitions: dg.PartitionsDefinition[str]) -> list[dg.AssetsDefinition]:
    reads = [dg.AssetKey(["signals", "account_features"]), dg.AssetKey(["signals", "buying_signals"])]
    specs = [
        lake_spec(
            "account_scores",
            "scoring",
            "Score and readiness of each account and day: the rule score, and beside it that of the learned model, when one stands.",
            reads,
        ),
        lake_spec("account_score_reasons", "scoring", "The reasons of each score; they add up to it.", reads),
    ]

    @dg.multi_asset(name="score_accounts", specs=specs, partitions_def=partitions, backfill_policy=dg.BackfillPolicy.single_run())
    def score_accounts(context: dg.AssetExecutionContext, house: dg.ResourceParam[House]) -> Iterator[Any]:
        from ml.champion import Champion
        from signals_pipeline.scoring import stage

        rt, days = house.runtime, days_of(context, house.runtime)
        with house.clocked("scoring"):
            champion = Champion(rt.settings.home)
            report = stage.run(rt, days.since, days.until, learned=[champion])
        scores = rt.lake.read("account_scores", since=days.until, until=days.until, columns=["model", "composite_score"]).to_pylist()
        ruled = [r["composite_score"] for r in scores if r["model"] == stage.MODEL and r["composite_score"] is not None]
        picture = distribution(ruled, f"composite scores, {days.until}")
        last = report.days[days.until.isoformat()]
        numbers: dict[str, Any] = {
            "dagster/row_count": len(scores),
            "accounts": last.accounts,
            "hot": last.hot,
            "highest": last.highest,
            "distribution": picture,
            "learned_model": champion.said[days.until.isoformat()],
            "report": dg.MetadataValue.json(as_json(report)),
        }
        yield dg.MaterializeResult(asset_key=lake_key("account_scores"), metadata=numbers)
        yield dg.MaterializeResult(asset_key=lake_key("account_score_reasons"), metadata={"of the rule score": last.reasons})

    said = "What another model, or today's rules, would have said of past days; beside the record, read by nothing, sent nowhere."
    what_if_spec = lake_spec("what_if_scores", "scoring", said, reads)

    @dg.multi_asset(name="score_what_if", specs=[what_if_spec], partitions_def=partitions, backfill_policy=dg.BackfillPolicy.single_run())
    def score_what_if(context: dg.AssetExecutionContext, house: dg.ResourceParam[House], config: WhatIf) -> dg.MaterializeResult[Any]:
        from ml.version import Version
        from signals_pipeline.scoring import models, what_if

        rt, days = house.runtime, days_of(context, house.runtime)
        with house.clocked("what if"):
            try:
                learned = None if config.model == models.RULE else Version(rt.settings.home, config.model)
            except ValueError as bad:
                raise dg.Failure(str(bad), allow_retries=False) from bad
            report = what_if.run(rt, days.since, days.until, learned)
        last = report.days[days.until.isoformat()]
        return dg.MaterializeResult(
            asset_key=lake_key("what_if_scores"),
            metadata={
                "model": f"{report.model} {report.model_version}",
                "dagster/row_count": report.scores,
                "higher than the record": last.higher,
                "lower than the record": last.lower,
                "report": dg.MetadataValue.json(as_json(report)),
            },
        )

    return [score_accounts, score_what_if]
