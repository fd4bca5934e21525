"""What features, scores and learning read, built by the run that needs it when no earlier step of it has: a backfill, a step run alone.

lake → dbt (every ancestor of the features, what scoring and learning read beside, as of the newest closed day) → warehouse.
So the past is scored by today's code over today's tables: after an upgrade, on an empty warehouse, on one that was dropped.
"""

from __future__ import annotations

import dagster as dg

from signals_pipeline.io import dbt
from signals_pipeline.io.lake import Lake
from signals_pipeline.orchestration.resources import House
from signals_pipeline.settings import Settings

BUILT_BY = ("dbt signals", "dbt upstream")
_SELECT = ("+account_features", "company_canonical", "signals.sources.sec_edgar", "company_mentions")  # the last for who learns afterwards
_NOT = ("account_features",)


def build_upstream(context: dg.AssetExecutionContext, house: House) -> None:
    """Build it unless a step of this run did. Raises dg.Failure with dbt's words, or when nothing was ever pulled."""
    if house.finished & set(BUILT_BY):
        return
    rt = house.runtime
    if rt.lake.newest("stream_runs") is None:
        raise dg.Failure(f"the lake {rt.settings.lake_url} is empty; `signals run` pulls first", allow_retries=False)
    load_raw(context, rt.settings, rt.lake)
    today = rt.today()
    with house.clocked("dbt upstream"):
        run = dbt.build(rt.settings, _SELECT, exclude=_NOT, since=today, until=today, variables=dbt.variables_of(rt.profile))
    context.log.info(f"built {len(run.nodes)} nodes that features and scores read")
    if not run.ok:
        raise dg.Failure(f"what features and scores read could not be built: {words(run)}", allow_retries=False)


def load_raw(context: dg.AssetExecutionContext, settings: Settings, lake: Lake) -> None:
    """On Postgres the raw tables follow the lake's files; DuckDB reads these in place."""
    if settings.engine == "postgres":
        from signals_pipeline.io import pgload

        context.log.info(f"raw loaded: {pgload.load(settings, lake)}")


def words(run: dbt.DbtRun) -> str:
    """What broke, node by node."""
    return "; ".join(f"{n.name}: {n.message}" for n in run.broken)
