"""A dbt stage as Dagster assets: lineage from the manifest, one in-process build, every node and test reported.

manifest → translator (keys, groups, lake lineage) → `@dbt_assets` → `io.dbt.build` → materializations and check results.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, dbt_assets

from signals_pipeline import runs
from signals_pipeline.backfill import RECORD, Course, Part, featured
from signals_pipeline.io import dbt
from signals_pipeline.io.datasets import DATASETS
from signals_pipeline.orchestration.partitions import days_of
from signals_pipeline.orchestration.resources import House
from signals_pipeline.orchestration.upstream import build_upstream, load_raw, words
from signals_pipeline.orchestration.waiting import POOL

OWNER = "team:signals"
SEEDS = "resource_type:seed"
COMPANIES = "select count(distinct company_id) as n from identity.company_links"
# companies times days of features that one build makes: DuckDB's joins want more than its bound of memory where they are twice as many
MOST_AT_ONCE = 300_000
_LAKE = re.compile(r"\b(lake|raw|carried|rows_not_held)\(\s*'([a-z0-9_]+)'")


def lake_key(name: str) -> dg.AssetKey:
    """The asset of a lake dataset."""
    return dg.AssetKey(["lake", name])


def carried_key(name: str) -> dg.AssetKey:
    """What a later stage wrote on earlier days: an external asset, so that the graph has no loop."""
    return dg.AssetKey(["carried", name])


class Translator(DagsterDbtTranslator):  # type: ignore[misc]
    """Keys are `<stage>/<model>`, groups are stages; `lake('x')` in the SQL is an arrow from the Python asset."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        return dg.AssetKey([dbt_resource_props["schema"], dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        return str(dbt_resource_props["schema"])

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """What the model's page says; its SQL stands in the repository."""
        return str(dbt_resource_props.get("description") or "")

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> Sequence[str] | None:
        return [OWNER]

    def get_asset_spec(self, manifest: Mapping[str, Any], unique_id: str, project: Any) -> dg.AssetSpec:
        spec = super().get_asset_spec(manifest, unique_id, project)
        known = {d.asset_key for d in spec.deps}
        arrows: list[dg.AssetKey] = []
        for call, name in _LAKE.findall(manifest["nodes"].get(unique_id, {}).get("raw_code") or ""):
            key = carried_key(name) if call == "carried" else lake_key(name)
            if name in DATASETS and key not in known and key not in arrows:
                arrows.append(key)
        found: dg.AssetSpec = spec.replace_attributes(deps=[*spec.deps, *(dg.AssetDep(k) for k in arrows)])
        return found


def dbt_stage(
    name: str,
    manifest: Path,
    select: str,
    *,
    exclude: str = "",
    again: str = "",
    partitions: dg.PartitionsDefinition[str] | None = None,
    is_alone: bool = False,
) -> dg.AssetsDefinition:
    """Assets of one dbt selection, built in one step. A failing test is a red check, skips what stands on it, and fails the step.

    `again`: models of an earlier step that are built once more, since the lake grew under them in between.
    `is_alone`: a run may hold this step without those before it (a backfill); it then builds what it reads, and a range by months.
    """

    @dbt_assets(  # type: ignore[untyped-decorator]
        manifest=manifest,
        select=select,
        exclude=exclude,
        name=name,
        partitions_def=partitions,
        dagster_dbt_translator=_translator,
        backfill_policy=dg.BackfillPolicy.single_run() if partitions else None,
        pool=POOL,
    )
    def stage(context: dg.AssetExecutionContext, house: dg.ResourceParam[House]) -> Iterator[Any]:
        rt, days = house.runtime, days_of(context, house.runtime)

        def build(part: Part) -> dbt.DbtRun:
            selected, told = [*again.split(), *select.split()], dbt.variables_of(rt.profile)
            return dbt.build(rt.settings, selected, exclude=exclude.split(), since=part.since, until=part.until, variables=told)

        if is_alone:
            build_upstream(context, house)
        else:
            load_raw(context, rt.settings, rt.lake)
        with house.clocked(f"dbt {name}"):
            run = _by_months(context, house, build) if is_alone else build(Part(days.since, days.until))
        yield from _events(context, run, _counted(house, run))
        if is_alone and not run.nodes:
            stands = f"all of {days.since} to {days.until}, by a run that was killed"
            yield from (dg.MaterializeResult(asset_key=key, metadata={"stands": stands}) for key in context.selected_asset_keys)
            for check in context.selected_asset_check_keys:  # a month is noted as whole only when its tests passed
                yield dg.AssetCheckResult(passed=True, asset_key=check.asset_key, check_name=check.name, metadata={"stands": stands})
        if not run.ok:
            raise dg.Failure(f"dbt {name}: {words(run)}", allow_retries=False)

    made: dg.AssetsDefinition = stage
    return made


_translator = Translator()


def _by_months(context: dg.AssetExecutionContext, house: House, build: Callable[[Part], dbt.DbtRun]) -> dbt.DbtRun:
    """The features of the run's days, month by month, of many companies in pieces; months that a killed run had finished stand. The notes
    end with the scores."""
    rt, days = house.runtime, days_of(context, house.runtime)
    if days.since < days.until:
        runs.hold(rt, "backfill")  # from the command or from the UI: one at a time
    course, made = Course(rt, RECORD, days.since, days.until), featured(rt)
    at_once = max(1, MOST_AT_ONCE // max(1, int(rt.warehouse.rows(COMPANIES)[0]["n"])))
    built: list[dbt.DbtRun] = []
    for part in course.left("features", made):
        context.log.info(f"features of {part.since} to {part.until}")
        built += in_line(build, part.pieces(at_once))
        if not built[-1].ok:
            break
        course.finish("features", part, made)
    run = dbt.together(built)
    if run.ok and lake_key("account_scores") not in context.job_def.asset_layer.executable_asset_keys:
        course.end()
    return run


def in_line(build: Callable[[Part], dbt.DbtRun], pieces: Sequence[Part]) -> list[dbt.DbtRun]:
    """The builds of pieces, one after the other; a failure ends the line."""
    built: list[dbt.DbtRun] = []
    for piece in pieces:
        built.append(build(piece))
        if not built[-1].ok:
            break
    return built


def _counted(house: House, run: dbt.DbtRun) -> dict[tuple[str, str], int]:
    """(schema, name) → rows of every table that was built; a view is not counted: it would be read whole."""
    warehouse = house.runtime.warehouse
    built = {(n.schema, n.name) for n in run.nodes if n.resource_type in ("model", "seed") and n.status == "success"}
    kinds = "select table_schema as s, table_name as n from information_schema.tables where table_type = 'BASE TABLE'"
    tables = sorted(built & {(r["s"], r["n"]) for r in warehouse.rows(kinds)})
    if not tables:
        return {}
    each = " union all ".join(f"select '{s}' as s, '{n}' as n, count(*) as c from {s}.{n}" for s, n in tables)
    return {(r["s"], r["n"]): int(r["c"]) for r in warehouse.rows(each)}


def _events(context: dg.AssetExecutionContext, run: dbt.DbtRun, rows: Mapping[tuple[str, str], int]) -> Iterator[Any]:
    """Materializations for built nodes, check results for tests; nodes that are no selected asset are left to the log."""
    by_name = {key.path[-1]: key for key in context.selected_asset_keys}
    checks = {(c.asset_key, c.name): c for c in context.selected_asset_check_keys}
    for node in run.nodes:
        if node.resource_type in ("model", "seed") and node.status == "success" and node.name in by_name:
            numbers: dict[str, Any] = {"seconds": node.seconds}
            if (node.schema, node.name) in rows:
                numbers["dagster/row_count"] = rows[node.schema, node.name]
            yield dg.MaterializeResult(asset_key=by_name[node.name], metadata=numbers)
    for node in run.nodes:
        if node.resource_type in ("test", "unit_test") and node.status in ("pass", "fail", "warn", "error"):
            for (asset_key, check), _ in checks.items():
                if check == node.name:
                    yield dg.AssetCheckResult(
                        passed=node.status in ("pass", "warn"),
                        asset_key=asset_key,
                        check_name=check,
                        metadata={"failures": node.failures or 0, "message": node.message or "ok"},
                    )
