"""A dbt stage as Dagster assets: lineage from the manifest, one in-process build, every node and test reported.

manifest → translator (keys, groups, lake lineage) → `@dbt_assets` → `io.dbt.build` → materializations and check results.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, dbt_assets

from signals_pipeline.io import dbt
from signals_pipeline.io.datasets import DATASETS
from signals_pipeline.orchestration.partitions import days_of
from signals_pipeline.orchestration.resources import House

OWNER = "team:signals"
SEEDS = "resource_type:seed"
_LAKE = re.compile(r"\b(lake|raw|carried)\(\s*'([a-z0-9_]+)'")


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
) -> dg.AssetsDefinition:
    """Assets of one dbt selection, built in one step. A failing test is a red check, skips what stands on it, and fails the step.

    `again`: models of an earlier step that are built once more, since the lake grew under them in between.
    """

    @dbt_assets(  # type: ignore[untyped-decorator]
        manifest=manifest,
        select=select,
        exclude=exclude,
        name=name,
        partitions_def=partitions,
        dagster_dbt_translator=_translator,
        backfill_policy=dg.BackfillPolicy.single_run() if partitions else None,
        pool="warehouse",
    )
    def stage(context: dg.AssetExecutionContext, house: dg.ResourceParam[House]) -> Iterator[Any]:
        rt, days = house.runtime, days_of(context, house.runtime)
        if rt.settings.engine == "postgres":
            from signals_pipeline.io import pgload

            report = pgload.load(rt.settings, rt.lake)
            context.log.info(f"raw loaded: {report}")
        with house.clocked(f"dbt {name}"):
            run = dbt.build(
                rt.settings,
                [*again.split(), *select.split()],
                exclude=exclude.split(),
                since=days.since,
                until=days.until,
                variables=dbt.variables_of(rt.profile),
            )
        yield from _events(context, run)
        if not run.ok:
            broken = "; ".join(f"{n.name}: {n.message}" for n in run.broken)
            raise dg.Failure(f"dbt {name}: {broken}", allow_retries=False)

    made: dg.AssetsDefinition = stage
    return made


_translator = Translator()


def _events(context: dg.AssetExecutionContext, run: dbt.DbtRun) -> Iterator[Any]:
    """Materializations for built nodes, check results for tests; nodes that are no selected asset are left to the log."""
    by_name = {key.path[-1]: key for key in context.selected_asset_keys}
    checks = {(c.asset_key, c.name): c for c in context.selected_asset_check_keys}
    for node in run.nodes:
        if node.resource_type in ("model", "seed") and node.status == "success" and node.name in by_name:
            numbers: dict[str, Any] = {"seconds": node.seconds}
            if node.rows is not None and node.rows >= 0:
                numbers["dagster/row_count"] = node.rows
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
