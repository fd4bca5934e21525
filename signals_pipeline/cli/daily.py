"""`signals run`: the daily job end to end, and the same job over a folder of real payloads (`--replay`)."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from signals_pipeline import boxed
from signals_pipeline.cli import shared
from signals_pipeline.cli.shared import Home, Json
from signals_pipeline.errors import Permanent
from signals_pipeline.settings import Settings, load_settings

HISTORY_DAYS = 180
REPLAY_HOME = "replay"
REPLAY_STAGES = ("sources", "identity", "signals", "rules")


def run(
    as_json: Json = False,
    home: Home = None,
    replay: Annotated[Path | None, typer.Option(help="Folder of real payloads that stands in for the vendors; no destinations.")] = None,
    companies: Annotated[int | None, typer.Option(min=1, help="Size of a new sandbox.")] = None,
) -> None:
    """Run the daily job end to end. Without vendor credentials it talks to the sandbox.

    Example: signals run          Example: signals run --replay ../payloads --json
    """
    started = time.monotonic()
    if replay is not None:
        _replay(replay, as_json, home, started)
        return
    from signals_pipeline.io import dbt

    dbt.parse_ahead(load_settings(home=home))  # the sandbox takes seconds to answer
    settings, notes = shared.settings_of(home, companies=companies)
    rt = shared.runtime_of(settings)
    from signals_pipeline import report, runs

    dt = rt.today()
    is_new = runs.newest_good(rt, "daily") is None
    history_from = dt - timedelta(days=HISTORY_DAYS) if is_new and boxed.env_file(settings.home).exists() else None
    if history_from:
        notes.append(f"first run: loading {HISTORY_DAYS} days of history from the sandbox (free there)")
    before = report.sent_on(rt, dt)
    launched = shared.launch(rt, "daily", as_json, notes, since=dt, until=dt, history_from=history_from)
    # the run's last step has told it; a run that stopped before that has not
    told = launched.told.get("report") or report.of_day(rt, dt)
    told |= {"wall_s": round(time.monotonic() - started, 1)} | shared.ended(launched)
    told["sent_by_this_run"] = told["sent"] - before
    if as_json:
        shared.print_json(told)
    else:
        from signals_pipeline.words import tell_run

        console = Console()
        tell_run(console, told)
        if before and not told["sent_by_this_run"]:
            console.print(f"\nNothing was sent by this run: the {before:,} effects of {dt} stand, and nothing goes out twice.")
        _close(console, launched, settings, told["wall_s"])
    raise typer.Exit(0 if launched.ok else 1)


def _replay(folder: Path, as_json: bool, home: Path | None, started: float) -> None:
    from signals_pipeline import replayed

    if not folder.is_dir():
        raise Permanent(f"no folder {folder}; give --replay a folder laid out like the patterns in signals_pipeline/sources/*/source.yml")
    if not replayed.has_files(folder):
        raise Permanent(f"no file of {folder} matches the `replay` patterns in signals_pipeline/sources/*/source.yml")
    base = load_settings(home=home)
    settings = load_settings({}, home=base.home / REPLAY_HOME, profile_path=base.profile_path, contact="replay replay@example.com")
    rt = shared.runtime_of(settings, replay=folder.resolve())
    from signals_pipeline.io.lake import FIRST_DAY

    dt = rt.today()
    launched = shared.launch(rt, "daily", as_json, [], since=dt, until=dt, history_from=FIRST_DAY, groups=REPLAY_STAGES)
    told = replayed.of(rt, dt) | {"wall_s": round(time.monotonic() - started, 1)}
    if red := replayed.red(told):  # the step that fails a daily run belongs to a stage that a replay does not have
        launched.ok, launched.errors = False, [*launched.errors, *red]
    told |= shared.ended(launched)
    if as_json:
        shared.print_json(told)
    else:
        from signals_pipeline.words import tell_replay

        console = Console()
        tell_replay(console, told)
        _close(console, launched, settings, told["wall_s"])
    raise typer.Exit(0 if launched.ok else 1)


def _close(console: Console, launched: Any, settings: Settings, wall_s: float) -> None:
    shared.say_errors(console, launched)
    console.print(
        f"\n{wall_s:.0f} s. Next: `make ui` shows the graph and this run · `signals plan` shows every field · "
        f"rejects and facts lie in {settings.lake_url}"
    )
