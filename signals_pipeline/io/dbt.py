"""Runs dbt in this process: parsed manifest, no subprocess, connections closed after each call (else DuckDB stays locked).

settings → profiles.yml in `<home>/dbt` → dbtRunner → `DbtRun` (nodes, failures).
"""

from __future__ import annotations

import fcntl
import json
import shutil
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml

from signals_pipeline.errors import Permanent
from signals_pipeline.io import duck
from signals_pipeline.io.lake import Lake
from signals_pipeline.io.warehouse import Warehouse
from signals_pipeline.rules.profile import Profile
from signals_pipeline.settings import REPOSITORY, Settings

PROJECT = REPOSITORY / "dbt_project"
# datasets whose staging model reads changed days alone (macros/staged_once.sql)
STAGED_ONCE = ("product_db__daily_events", "product_db__users", "mentions", "events", "company_links", "episode_links", "person_links")


@dataclass(frozen=True)
class DbtNode:
    """One executed node: `status` is success | pass | fail | error | skipped | warn."""

    unique_id: str
    name: str
    resource_type: str
    schema: str
    status: str
    seconds: float
    rows: int | None
    failures: int | None
    message: str


@dataclass(frozen=True)
class DbtRun:
    ok: bool
    nodes: tuple[DbtNode, ...]

    @property
    def broken(self) -> tuple[DbtNode, ...]:
        return tuple(n for n in self.nodes if n.status in ("fail", "error"))


def together(runs: Sequence[DbtRun]) -> DbtRun:
    """Several builds of one selection as one: seconds and rows of a node add up; of the others the last build tells, in which a
    failure ends the line."""
    found: dict[str, DbtNode] = {}
    for node in (n for run in runs for n in run.nodes):
        before = found.get(node.unique_id)
        rows = [n.rows for n in (before, node) if n and n.rows is not None and n.rows >= 0]
        seconds = round(node.seconds + (before.seconds if before else 0.0), 4)
        found[node.unique_id] = replace(node, rows=sum(rows) if rows else None, seconds=seconds)
    return DbtRun(ok=all(run.ok for run in runs), nodes=tuple(found.values()))


def write_profiles(settings: Settings) -> Path:
    """profiles.yml for this home; returns its folder. The file holds the warehouse password when there is one: mode 600."""
    folder = settings.home / "dbt"
    folder.mkdir(parents=True, exist_ok=True)
    if settings.engine == "duckdb":
        target: dict[str, Any] = {
            "type": "duckdb", "path": settings.warehouse_url, "schema": "main", "threads": duck.THREADS,
            "settings": {**duck.SETTINGS, "preserve_insertion_order": False},
            "filesystems": duck.filesystems_of(settings.lake_url),
            "retries": {"connect_attempts": 15, "retryable_exceptions": ["IOException"]},
        }  # fmt: skip
    else:
        url = urlsplit(settings.warehouse_url)
        target = {
            "type": "postgres", "host": url.hostname, "port": url.port or 5432, "user": unquote(url.username or ""),
            "password": unquote(url.password or ""), "dbname": url.path.lstrip("/"), "schema": "public", "threads": 2,
        }  # fmt: skip
    path = folder / "profiles.yml"
    text = yaml.safe_dump({"signals": {"target": "main", "outputs": {"main": target}}})
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
    return folder


def _common(settings: Settings) -> list[str]:
    profiles, home = write_profiles(settings), settings.home / "dbt"
    return [
        "--project-dir", str(PROJECT), "--profiles-dir", str(profiles), "--target-path", str(home / "target"),
        "--log-path", str(home / "logs"), "--log-level", "none", "--quiet",
    ]  # fmt: skip


def _invoke(arguments: Sequence[str], manifest: Any = None) -> Any:
    from dbt.cli.main import dbtRunner

    try:
        return dbtRunner(manifest=manifest).invoke(list(arguments))
    finally:
        _close()


def _close() -> None:
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    DuckDBConnectionManager.close_all_connections()


_manifests: dict[str, Any] = {}


def variables_of(profile: Profile) -> dict[str, Any]:
    """The scalars of a profile as dbt vars, flat names; dbt_project.yml holds the default profile's under the same names."""
    product, ideal, intent, usage, scoring, priorities = (
        profile.product, profile.ideal_customer, profile.intent, profile.usage, profile.scoring, profile.priorities,
    )  # fmt: skip
    return {
        "tenant": profile.tenant,
        "own_domains": product.own_domains,
        "competitor_domains": product.competitors,
        "topics": product.topics,
        "activation_event": product.activation_event,
        "volume_event": product.volume_event,
        "trial_plan": product.trial_plan,
        "ideal_min_employees": ideal.min_employees,
        "ideal_max_employees": ideal.max_employees,
        "ideal_countries": ideal.countries,
        "suppressed_industries": ideal.suppressed_industries,
        "intent_product": intent.product,
        "intent_segment_ids": intent.segment_ids,
        "intent_min_score": intent.min_score,
        "intent_stages": intent.stages,
        "intent_fits": intent.fits,
        "intent_quiet_days": intent.quiet_days,
        "spike_ratio": usage.spike_ratio,
        "spike_prior_weeks": usage.spike_prior_weeks,
        "trailing_weeks": usage.trailing_weeks,
        "drop_off_days": usage.drop_off_days,
        "usage_overlap_days": usage.overlap_days,
        "score_threshold": scoring.threshold,
        "signal_weights": scoring.weights,
        "inhibitor_points": scoring.inhibitors,
        "live_half_lives": scoring.live_half_lives,
        "readiness_from_score": scoring.readiness.from_score,
        "hand_raisers": scoring.readiness.hand_raisers,
        "without_hand_raiser": scoring.readiness.without_hand_raiser,
        "contacts_per_account": profile.enrichment.contacts_per_account,
        "persona_levels": profile.enrichment.levels,
        "persona_functions": profile.enrichment.functions,
        "email_grades": profile.enrichment.email_grades,
        "daily_cap": priorities.daily_cap,
        "holdout_share": priorities.holdout_share,
        "probe_share": priorities.probe_share,
        "holdout_salt": priorities.salt,
        "cool_down_days": priorities.cool_down_days,
        "min_strength": priorities.min_strength,
        "min_score": priorities.min_score,
        "blocked_countries": priorities.blocked_countries,
        "sequence_names": profile.activation.sequences,
    }


def _words(settings: Settings, result: Any) -> str:
    """dbt's message; for a red `row_rules` test the rules that are broken, and by how many rows."""
    said = result.message or ""
    told = getattr(result.node, "test_metadata", None)
    if str(result.status) != "fail" or told is None or told.name != "row_rules":
        return said
    broken = Warehouse(settings.warehouse_url, lake_url=settings.lake_url).rows(result.node.compiled_code)
    return "; ".join(f"{b['rule']}: {b['broken_rows']} rows" for b in broken) or said


_ahead: dict[tuple[str, str, str], Future[Path]] = {}


def _asked(settings: Settings) -> tuple[str, str, str]:
    return str(settings.home), settings.warehouse_url, settings.lake_url


def parse_ahead(settings: Settings) -> None:
    """Start to parse in a thread, for a caller that must wait for something else; the next `parse` of these settings takes the result."""
    pool = ThreadPoolExecutor(1, "dbt-parse")
    _ahead[_asked(settings)] = pool.submit(_parse, settings)
    pool.shutdown(wait=False)


def parse(settings: Settings) -> Path:
    """Parse the project; returns the path of manifest.json. Raises Permanent with dbt's words when it does not parse."""
    begun = _ahead.pop(_asked(settings), None)
    return begun.result() if begun else _parse(settings)


def manifest_of(settings: Settings) -> Path:
    """Where the manifest of the last parse of this home stands, whole at any moment."""
    return settings.home / "dbt" / "manifest.json"


def _parse(settings: Settings) -> Path:
    """One process at a time, and the manifest is swapped in whole: the UI, its runs and the command share a home, and half a manifest
    once failed a run of the schedule."""
    home = settings.home / "dbt"
    home.mkdir(parents=True, exist_ok=True)
    with (home / "parse.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        result = _invoke(["parse", *_common(settings), "--vars", json.dumps(_vars(settings))])
        if not result.success:
            raise Permanent(f"dbt parse failed: {result.exception}")
        whole, aside = manifest_of(settings), home / "manifest.json.new"
        shutil.copyfile(home / "target" / "manifest.json", aside)
        aside.replace(whole)
    _manifests[str(settings.home)] = result.result
    return whole


def _vars(settings: Settings, since: date | None = None, until: date | None = None, more: dict[str, Any] | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {"lake_url": settings.lake_url, **(more or {})}
    if since and until:
        found |= {"from": since.isoformat(), "to": until.isoformat()}
    return found


def build(
    settings: Settings,
    select: Sequence[str],
    *,
    since: date,
    until: date,
    exclude: Sequence[str] = (),
    verb: str = "build",
    variables: dict[str, Any] | None = None,
) -> DbtRun:
    """`dbt build` of a selection for days since..until (inclusive).

    Returns every node with its status; a failing test makes `ok` false and its downstream nodes `skipped`.
    Raises Permanent when dbt could not run at all.
    """
    if str(settings.home) not in _manifests:
        parse(settings)
    told = {"lake_days": {name: Lake(settings.lake_url).states(name) for name in STAGED_ONCE}, **(variables or {})}
    arguments = [verb, *_common(settings), "--vars", json.dumps(_vars(settings, since, until, told)), "--select", *select]
    if exclude:
        arguments += ["--exclude", *exclude]
    if verb in ("build", "test"):
        # a test that spans stages waits for the later one: its other parent does not stand yet
        arguments += ["--indirect-selection", "buildable"]
    # the manifest was written by `parse`; a build that writes it again, and every node's artifact, costs half a second each time
    arguments += ["--no-write-json", "--cache-selected-only"]
    if verb == "build":
        arguments += ["--exclude-resource-type", "unit_test"]  # they judge the code, not the data: `make test` runs them
    answer = _invoke(arguments, _manifests[str(settings.home)])
    if answer.result is None:
        raise Permanent(f"dbt {verb} did not run: {answer.exception}")
    nodes = tuple(
        DbtNode(
            unique_id=r.node.unique_id, name=r.node.name, resource_type=str(r.node.resource_type), schema=r.node.schema or "",
            status=str(r.status), seconds=round(float(r.execution_time or 0.0), 4),
            rows=(r.adapter_response or {}).get("rows_affected"), failures=r.failures, message=_words(settings, r),
        )
        for r in answer.result.results
    )  # fmt: skip
    return DbtRun(ok=bool(answer.success), nodes=nodes)
