"""Stage sources: all due streams in one step on one event loop, then the text of filings and files → events."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import dagster as dg

from signals_pipeline import runs
from signals_pipeline.io.datasets import DATASETS
from signals_pipeline.orchestration.dbt_stage import OWNER, lake_key
from signals_pipeline.orchestration.partitions import Days, days_of, newest, window
from signals_pipeline.orchestration.plots import rows_per_day
from signals_pipeline.orchestration.resources import House
from signals_pipeline.runtime import Runtime
from signals_pipeline.sources.spec import StreamSpec
from signals_pipeline.sources.spec import sources as declared

SIDE = {
    "mentions": "Every naming of a company by any stream: name, domain and keys as said.",
    "people": "Every person that a record names: the one place with personal columns outside raw.",
    "stream_runs": "One row per stream and run: in, landed, rejected, cost, waits, errors.",
    "rejects": "Records that could not be used, each with its reason and payload.",
}


class Span(dg.Config):
    """Set `history_from` (ISO day) to load a history; each row then stands under the day of its publication."""

    history_from: str = ""

    @property
    def since(self) -> date | None:
        return date.fromisoformat(self.history_from) if self.history_from else None


def lake_spec(name: str, group: str, description: str, deps: list[dg.AssetKey] | None = None) -> dg.AssetSpec:
    return dg.AssetSpec(
        lake_key(name),
        group_name=group,
        description=description,
        owners=[OWNER],
        kinds={"python", "parquet"},
        deps=deps or [],
    )


def assets(partitions: dg.PartitionsDefinition[str]) -> list[dg.AssetsDefinition]:
    streams: dict[str, dict[str, StreamSpec]] = {}  # dataset → its streams: a vendor's API and its dropped exports may share one
    for vendor, source in declared().items():
        for name, s in source.streams.items():
            streams.setdefault(s.dataset, {})[f"{vendor}.{name}"] = s
    specs = [lake_spec(d, "sources", " · ".join(f"{n}: {s.description}" for n, s in of.items())) for d, of in streams.items()]
    specs += [lake_spec(d, "sources", text) for d, text in SIDE.items()]
    said = "Every stream of it was pulled in this run."
    check_specs = [dg.AssetCheckSpec("pulled", asset=lake_key(d), description=said) for d in streams]

    @dg.multi_asset(name="pull_all", specs=specs, check_specs=check_specs, partitions_def=partitions, retry_policy=None)
    def pull_all(context: dg.AssetExecutionContext, house: dg.ResourceParam[House], config: Span) -> Iterator[Any]:
        from signals_pipeline.activation import recovery
        from signals_pipeline.sources import runner

        rt, days = house.runtime, newest(days_of(context, house.runtime), house.runtime)
        with house.clocked("sources"):
            runs.hold(rt, "daily")  # a run of the schedule, the UI or the CLI: one at a time
            recovery.settle(rt)  # before the snapshot of the ops store: an intent left open would stop its person for this run
            report = runner.run(rt, days.until, history_from=config.since)
        by_name = {s.stream: s for s in report.streams}
        pulled_in = {"window": window(days, rt)} | ({"history from": config.history_from} if config.since else {})
        for name, of in streams.items():
            done = [by_name[stream] for stream in of]
            yield dg.MaterializeResult(asset_key=lake_key(name), metadata=pulled_in | numbers(done))
            yield pulled(lake_key(name), done)
        for name in SIDE:
            yield dg.MaterializeResult(asset_key=lake_key(name), metadata=standing(rt, name, days))

    facts = [
        lake_spec(
            d,
            "sources",
            text,
            [lake_key(s) for s in streams if s.startswith(("sec_edgar__filings", "crunchbase", "file_drop"))],
        )
        for d, text in (
            ("events", "What filings and files say happened, with quoted spans."),
            ("documents", "Every document: events, or the reason why none."),
        )
    ]

    @dg.multi_asset(name="extract_events", specs=facts, partitions_def=partitions)
    def extract_events(context: dg.AssetExecutionContext, house: dg.ResourceParam[House], config: Span) -> Iterator[Any]:
        from signals_pipeline.extract import stage

        rt, days = house.runtime, days_of(context, house.runtime)
        with house.clocked("extract"):
            report = stage.run(rt, days.until, since=config.since)
        per_day = rt.lake.read("events", columns=["event_id"])["dt"].to_pylist()
        counts = {d: per_day.count(d) for d in sorted(set(per_day))}
        yield dg.MaterializeResult(
            asset_key=lake_key("events"),
            metadata={
                **standing(rt, "events", days),
                "per day": rows_per_day(counts, "events per day"),
                "report": dg.MetadataValue.json(as_json(report)),
            },
        )
        read = {
            **standing(rt, "documents", days),
            "in": report.documents,
            "with events": report.with_events,
            "without": dg.MetadataValue.json(as_json(report.without)),
        }
        yield dg.MaterializeResult(asset_key=lake_key("documents"), metadata=read)

    carried = [
        dg.AssetSpec(
            ["carried", d],
            group_name="carried",
            owners=[OWNER],
            kinds={"parquet"},
            description=f"What a later stage wrote on earlier days (dt < D): {d}. Not built here; it keeps the graph free of loops.",
        )
        for d in ("sends", "account_scores", "enrichment_results")
    ]
    return [pull_all, extract_events, *carried]  # type: ignore[list-item]


def numbers(done: Sequence[Any]) -> dict[str, Any]:
    """Metadata of a dataset: the sum over its streams' runs, and each stream's word."""
    return {
        "dagster/row_count": sum(s.landed for s in done),
        "in": sum(s.records_in for s in done),
        "rejected": sum(s.rejected for s in done),
        "status": _each(done, "status"),
        "error": _each(done, "error"),
        "requests": sum(s.requests for s in done),
        "cost_usd": float(sum(s.cost_usd or 0.0 for s in done)),
    }


def standing(rt: Runtime, name: str, days: Days) -> dict[str, Any]:
    """The window, and how many rows of a lake dataset stand under its days."""
    first = next(iter(DATASETS[name].columns))
    rows = rt.lake.read(name, since=days.since, until=days.until, columns=[first]).num_rows
    return {"window": window(days, rt), "dagster/row_count": rows}


def pulled(key: dg.AssetKey, done: Sequence[Any]) -> dg.AssetCheckResult:
    """Red when any stream of the dataset failed or is paused; a stream that is off is no failure."""
    return dg.AssetCheckResult(
        asset_key=key,
        check_name="pulled",
        passed=all(s.status in ("ok", "off") for s in done),
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={"status": _each(done, "status"), "error": _each(done, "error")},
    )


def _each(done: Sequence[Any], name: str) -> str:
    """One stream: its word. Several: each word with its stream's name."""
    if len(done) == 1:
        return str(getattr(done[0], name) or "")
    return " · ".join(f"{s.stream}: {word}" for s in done if (word := getattr(s, name)))


def as_json(report: Any) -> Any:
    """A report dataclass as plain JSON values; keys become text."""
    from dataclasses import asdict, is_dataclass

    value = asdict(report) if is_dataclass(report) and not isinstance(report, type) else report
    if isinstance(value, dict):
        return {str(k): as_json(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set):
        return [as_json(v) for v in value]
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)
