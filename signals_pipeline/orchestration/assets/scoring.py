"""Stage scoring: composite, readiness and reasons per account and day, a range in one run; and what-ifs, in a job of their own."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import dagster as dg
import pyarrow.compute as pc
from pydantic import Field

from signals_pipeline import runs
from signals_pipeline.backfill import RECORD, Course, stored
from signals_pipeline.orchestration.assets.sources import as_json, lake_spec
from signals_pipeline.orchestration.dbt_stage import lake_key
from signals_pipeline.orchestration.partitions import Days, days_of, window
from signals_pipeline.orchestration.plots import distribution, rows_per_day
from signals_pipeline.orchestration.resources import House
from signals_pipeline.orchestration.upstream import build_upstream
from signals_pipeline.runtime import Runtime

RULE = "rule"


class WhatIf(dg.Config):
    """With what past days are scored beside the record."""

    model: str = Field(default=RULE, description="A stored version, as account_scores.model_version names it, or `rule`: today's rules.")


def assets(partitions: dg.PartitionsDefinition[str]) -> list[dg.AssetsDefinition]:
    reads = [dg.AssetKey(["signals", "account_features"]), dg.AssetKey(["signals", "signal_evidence"])]
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
        build_upstream(context, house)
        course, made = Course(rt, RECORD, days.since, days.until), stored(rt, "account_scores", "account_score_reasons")
        by_day: dict[str, Any] = {}
        with house.clocked("scoring"):
            if days.since < days.until:
                runs.hold(rt, "backfill")
            champion = Champion(rt.settings.home)
            for part in course.left("scores", made):
                by_day |= stage.run(rt, part.since, part.until, learned=[champion]).days
                course.finish("scores", part, made)
                context.log.info(f"scored {part.since} to {part.until}")
            course.end()
        house.told |= {"days_computed": len(by_day), "days_that_stood": course.stood["scores"]}
        yield from _scored(rt, days, by_day, course.stood["scores"], champion.said)

    said = "What another model, or today's rules, would have said of past days; beside the record, read by nothing, sent nowhere."
    what_if_spec = lake_spec("what_if_scores", "scoring", said, reads)

    @dg.multi_asset(name="score_what_if", specs=[what_if_spec], partitions_def=partitions, backfill_policy=dg.BackfillPolicy.single_run())
    def score_what_if(context: dg.AssetExecutionContext, house: dg.ResourceParam[House], config: WhatIf) -> dg.MaterializeResult[Any]:
        from ml.version import Version
        from signals_pipeline.scoring import models, what_if
        from signals_pipeline.scoring.rules import rules_of

        rt, days = house.runtime, days_of(context, house.runtime)
        try:
            learned = None if config.model == models.RULE else Version(rt.settings.home, config.model)
        except ValueError as bad:
            raise dg.Failure(str(bad), allow_retries=False) from bad
        build_upstream(context, house)
        with house.clocked("what if"):
            version = learned.version if learned else rules_of(rt.profile.scoring).version
            course, made = Course(rt, f"what_if {config.model} {version}", days.since, days.until), stored(rt, what_if.DATASET)
            by_day: dict[str, what_if.Beside] = {}
            for part in course.left("scores", made):
                by_day |= what_if.run(rt, part.since, part.until, learned).days
                course.finish("scores", part, made)
                context.log.info(f"scored {part.since} to {part.until}")
            course.end()
        house.told |= {"days_computed": len(by_day), "days_that_stood": course.stood["scores"]}
        last = what_if.beside(rt, days.until, learned.name if learned else models.RULE, version)
        return dg.MaterializeResult(
            asset_key=lake_key("what_if_scores"),
            metadata={
                "window": window(days, rt),
                "model": config.model if learned is None else f"{learned.name} {version}",
                **house.told,
                "dagster/row_count": sum(d.scores for d in by_day.values()),
                "higher than the record": last.higher,
                "lower than the record": last.lower,
                "by day": _table(by_day),
            },
        )

    return [score_accounts, score_what_if]


def _scored(rt: Runtime, days: Days, by_day: dict[str, Any], stood: int, said: dict[str, str]) -> Iterator[dg.MaterializeResult[Any]]:
    """Numbers and pictures of the last day, and of the days of a range."""
    rows = rt.lake.read("account_scores", since=days.since, until=days.until, columns=["model", "composite_score"])
    per_day = Counter(rows["dt"].to_pylist())
    last = [r for r in rows.filter(pc.equal(rows["dt"], days.until)).to_pylist() if r["model"] == RULE]
    ruled = [r["composite_score"] for r in last if r["composite_score"] is not None]
    numbers: dict[str, Any] = {
        "window": window(days, rt),
        "dagster/row_count": rows.num_rows,
        "accounts": len(last),
        "hot": sum(s >= rt.profile.scoring.threshold for s in ruled),
        "highest": max(ruled, default=0.0),
        "learned model": said.get(days.until.isoformat(), "as the killed run scored it"),
        "distribution": distribution(ruled, f"composite scores, {days.until}"),
    }
    if days.since < days.until:
        numbers |= {"days computed": len(by_day), "days that stood": stood, "per day": rows_per_day(per_day, "scores per day")}
    yield dg.MaterializeResult(asset_key=lake_key("account_scores"), metadata=numbers | {"by day": _table(by_day)})
    why = rt.lake.read("account_score_reasons", since=days.since, until=days.until, columns=["model"])
    told = {"window": numbers["window"], "dagster/row_count": why.num_rows}
    yield dg.MaterializeResult(asset_key=lake_key("account_score_reasons"), metadata=told)


def _table(by_day: dict[str, Any]) -> dg.MetadataValue:
    """A line a day: a range has hundreds, and as JSON they hide what comes after them."""
    if not by_day:
        return dg.MetadataValue.text("no day was computed")
    rows = []
    for day, of in as_json(by_day).items():
        flat = {k: ", ".join(f"{stage} {n:,}" for stage, n in v.items()) if isinstance(v, dict) else v for k, v in of.items()}
        rows.append(dg.TableRecord({"day": day, **flat}))
    return dg.MetadataValue.table(rows)
