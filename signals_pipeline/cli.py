"""The `signals` command: thin over the stage functions and the Dagster instance.

signals run            the daily job, end to end        signals plan / apply / approve / pause / resume
signals backfill       re-score history                  signals doctor / ui / sandbox …
"""

from __future__ import annotations

import atexit
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from signals_pipeline import boxed
from signals_pipeline.errors import Permanent, SignalsError
from signals_pipeline.settings import CREDENTIALS, Settings, load_settings

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__, pretty_exceptions_enable=False)
sandbox_app = typer.Typer(no_args_is_help=True, help="The vendors in a box: start, advance the clock, switch faults on.")
app.add_typer(sandbox_app, name="sandbox")

Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout, nothing else.")]
Home = Annotated[Path | None, typer.Option("--home", help="Folder of everything that is written (SIGNALS_HOME).")]

HISTORY_DAYS = 180
REPLAY_HOME = "replay"
REPLAY_STAGES = ("sources", "identity", "signals", "rules")


def main() -> None:
    """Entry: our errors become one clear line and exit code 1; a stopped run exits 130.

    The process leaves by `os._exit`: native libraries end their threads at interpreter exit in an order nobody promises, and a run
    whose work was done and recorded has died there (`terminate called without an active exception`). All state is on disk by then.
    """
    try:
        code = _run()
    except BaseException:
        sys.excepthook(*sys.exc_info())
        code = 1
    atexit._run_exitfuncs()  # Python's own farewell, before the native one is skipped
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _run() -> int:
    try:
        app()
    except SignalsError as bad:
        Console(stderr=True, highlight=False).print(f"[red]error[/] {type(bad).__name__}: ", end="")
        print(bad, file=sys.stderr)
        return 1
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else int(left.code is not None)
    return 0


@app.command()
def run(
    as_json: Json = False,
    home: Home = None,
    replay: Annotated[Path | None, typer.Option(help="Folder of real payloads that stands in for the vendors; no destinations.")] = None,
    companies: Annotated[int | None, typer.Option(help="Size of a new sandbox.")] = None,
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
    settings, notes = _settings(home, companies=companies)
    rt = _runtime(settings)
    from signals_pipeline import report, runs

    dt = rt.today()
    is_new = runs.newest_good(rt, "daily") is None
    history_from = dt - timedelta(days=HISTORY_DAYS) if is_new and boxed.env_file(settings.home).exists() else None
    if history_from:
        notes.append(f"first run: loading {HISTORY_DAYS} days of history from the sandbox (free there)")
    before = report.of_day(rt, dt)["sent"]
    launched = _launch(rt, "daily", as_json, notes, since=dt, until=dt, history_from=history_from)
    told = report.of_day(rt, dt) | {
        "wall_s": round(time.monotonic() - started, 1),
        "ok": launched.ok,
        "errors": launched.errors,
        "steps": launched.steps,
        "functions": launched.functions,
        "sent_by_this_run": 0,
    }
    told["sent_by_this_run"] = told["sent"] - before
    if as_json:
        _print_json(told)
    else:
        from signals_pipeline.words import tell_run

        console = Console()
        tell_run(console, told)
        if before and not told["sent_by_this_run"]:
            console.print(f"\nNothing was sent by this run: the {before:,} effects of {dt} stand, and nothing goes out twice.")
        _close(console, launched, settings, told["wall_s"])
    raise typer.Exit(0 if launched.ok else 1)


def _replay(folder: Path, as_json: bool, home: Path | None, started: float) -> None:
    if not folder.is_dir():
        raise Permanent(f"no folder {folder}; give --replay a folder laid out like the patterns in signals_pipeline/sources/*/source.yml")
    base = load_settings(home=home)
    settings = load_settings({}, home=base.home / REPLAY_HOME, profile_path=base.profile_path, contact="replay replay@example.com")
    rt = _runtime(settings, replay=folder.resolve())
    from signals_pipeline import replayed

    dt = rt.today()
    launched = _launch(rt, "daily", as_json, [], since=dt, until=dt, history_from=date(1970, 1, 2), groups=REPLAY_STAGES)
    told = replayed.of(rt, dt) | {
        "wall_s": round(time.monotonic() - started, 1),
        "ok": launched.ok,
        "errors": launched.errors,
        "steps": launched.steps,
        "functions": launched.functions,
    }
    if as_json:
        _print_json(told)
    else:
        from signals_pipeline.words import tell_replay

        console = Console()
        tell_replay(console, told)
        _close(console, launched, settings, told["wall_s"])
    raise typer.Exit(0 if launched.ok else 1)


@app.command()
def plan(
    as_json: Json = False,
    home: Home = None,
    fresh: Annotated[bool, typer.Option(help="Make a new plan from today's outbox.")] = False,
    limit: Annotated[int, typer.Option(help="Rows to print.")] = 20,
) -> None:
    """What would be sent: every field before and after, the reason, the cost.

    Example: signals plan --limit 5          Example: signals plan --fresh --json
    """
    settings, _ = _settings(home)
    rt = _runtime(settings)
    from signals_pipeline.activation import gates
    from signals_pipeline.activation import plan as plans

    if fresh:
        gates.judge(rt, plans.make(rt, rt.today()))
    shown = plans.show(rt)
    if as_json:
        _print_json(shown)
        return
    console = Console()
    console.print(
        f"Plan {shown['plan_hash'][:12]} for {shown['dt']}: {shown['would_send']} writes, "
        f"${shown['cost_usd']:.2f}, status {shown['status']}"
    )
    for row in shown["rows"][:limit]:
        console.print(f"\n[bold]{row['destination']} {row['object']}[/] {row['operation']} · {row['reason']}", highlight=False)
        for change in row["fields"]:
            console.print(f"    {change['field']}: {change['before']!r} → {change['after']!r}", highlight=False, markup=False)
    if len(shown["rows"]) > limit:
        console.print(f"\n… {len(shown['rows']) - limit} more; --limit or --json shows them")


@app.command()
def apply(
    as_json: Json = False,
    home: Home = None,
    plan_hash: Annotated[str | None, typer.Argument(help="Default: the newest plan.")] = None,
) -> None:
    """Send what the newest plan says, once. Refuses when a gate is closed, the plan is old, or `signals pause` is on.

    Example: signals apply
    """
    settings, _ = _settings(home)
    rt = _runtime(settings)
    from signals_pipeline.activation import apply as applying
    from signals_pipeline.activation import plan as plans

    done = applying.run(rt, plan_hash or plans.latest(rt).plan_hash)
    _tell(done, as_json)


@app.command()
def approve(plan_hash: str, by: Annotated[str, typer.Option(help="Who approves.")], home: Home = None) -> None:
    """Approve a plan by its hash (mode manual).

    Example: signals approve 3f2a… --by dana
    """
    settings, _ = _settings(home)
    from signals_pipeline.activation import switches

    rt = _runtime(settings)
    switches.approve(rt, plan_hash, by)
    Console().print(f"approved {plan_hash[:12]} by {by}; `signals apply {plan_hash[:12]}…` sends it")


@app.command()
def pause(by: Annotated[str, typer.Option(help="Who pauses.")] = "cli", home: Home = None) -> None:
    """Stop every send until `signals resume`; pulls and scores go on.

    Example: signals pause --by dana
    """
    from signals_pipeline.activation import switches

    switches.pause(_runtime(_settings(home)[0]), by)
    Console().print("paused: nothing is sent until `signals resume`")


@app.command()
def resume(by: Annotated[str, typer.Option(help="Who resumes.")] = "cli", home: Home = None) -> None:
    """Let sends go again.

    Example: signals resume --by dana
    """
    from signals_pipeline.activation import switches

    switches.resume(_runtime(_settings(home)[0]), by)
    Console().print("resumed: the next apply sends")


@app.command()
def backfill(
    since: Annotated[str, typer.Option("--from", help="First ISO day.")],
    until: Annotated[str, typer.Option("--to", help="Last ISO day.")],
    as_json: Json = False,
    home: Home = None,
) -> None:
    """Re-score past days as they were. Neither sends nor spends.

    Example: signals backfill --from 2026-05-01 --to 2026-05-31
    """
    started = time.monotonic()
    first, last = _day(since), _day(until)
    if first > last:
        raise Permanent(f"--from {first} is after --to {last}")
    settings, notes = _settings(home)
    rt = _runtime(settings)
    if last > rt.today():
        raise Permanent(f"--to {last} has not closed yet; the newest closed day is {rt.today()}")
    launched = _launch(rt, "backfill", as_json, notes, since=first, until=last)
    scored = rt.lake.read("account_scores", since=first, until=last, columns=["company_id"])
    told = {
        "from": first.isoformat(),
        "to": last.isoformat(),
        "days": (last - first).days + 1,
        "scores": scored.num_rows,
        "ok": launched.ok,
        "errors": launched.errors,
        "steps": launched.steps,
        "functions": launched.functions,
        "wall_s": round(time.monotonic() - started, 1),
    }
    _tell(told, as_json)
    raise typer.Exit(0 if launched.ok else 1)


@app.command()
def learn(
    month: Annotated[str, typer.Option("--month", help="A closed month, such as 2026-06.")],
    as_json: Json = False,
    home: Home = None,
) -> None:
    """Learn from the past up to the end of a month; a model is promoted only when it wins out of time, else it abstains and says why.

    Example: signals learn --month 2026-06 --json
    """
    from ml.production import learn_month

    rt = _runtime(_settings(home)[0])
    try:
        told = learn_month(rt, month)
    except ValueError as bad:
        raise Permanent(str(bad)) from bad
    _tell(told if as_json else {k: f"{told[k]['status']}: {told[k]['because']}" for k in ("relevance", "hazard", "size")}, as_json)


@app.command()
def exam(
    table: Annotated[Path, typer.Argument(help="A CSV file.")],
    label: Annotated[str, typer.Option(help="Column with two values: what is to be foretold.")],
    order: Annotated[str, typer.Option(help="row, time, or a column: what came first.")] = "row",
    exclude: Annotated[list[str] | None, typer.Option(help="A column that must not be used; may be repeated.")] = None,
    horizon: Annotated[float | None, typer.Option(help="How long a label takes to be known (days, or units of the order).")] = None,
    as_json: Json = False,
) -> None:
    """Learn on the earlier rows of a table, judge once on the last fifth; names leaks, abstains without skill.

    Example: signals exam leads.csv --label won --order created_at --json
    """
    from ml.exam import main as examine

    options = [str(table), "--label", label, "--order", order, *(["--json"] if as_json else [])]
    options += [word for column in exclude or [] for word in ("--exclude", column)]
    options += ["--horizon", str(horizon)] if horizon is not None else []
    raise typer.Exit(examine(options))


@app.command()
def doctor(as_json: Json = False, home: Home = None) -> None:
    """Settings, credentials, vendors' health, CRM fields against field_map; what is off, and why. Exits 1 when something is broken.

    Example: signals doctor --json
    """
    from signals_pipeline import doctor as doctors

    told = doctors.examine(_runtime(load_settings(home=home)))
    if as_json:
        _print_json(told)
    else:
        doctors.tell(Console(), told)
    raise typer.Exit(0 if told["is_well"] else 1)


@app.command()
def ui(home: Home = None, port: Annotated[int, typer.Option(help="Port of the UI.")] = 3000) -> None:
    """The Dagster UI with daemon, schedules and sensors, on 127.0.0.1. Ends with Ctrl-C.

    Example: signals ui --port 3001
    """
    from signals_pipeline.orchestration.ui import serve

    settings, notes = _settings(home)
    for note in notes:
        Console(stderr=True).print(note)
    serve(settings, port)


@sandbox_app.command("start")
def sandbox_start(
    home: Home = None,
    companies: int | None = None,
    days: int | None = None,
    speed: float | None = None,
    seed: int | None = None,
) -> None:
    """Start the sandbox for this home.

    Example: signals sandbox start --companies 500
    """
    Console().print(boxed.start(load_settings(home=home).home, companies=companies, days=days, speed=speed, seed=seed))


@sandbox_app.command("advance")
def sandbox_advance(days: Annotated[int, typer.Option(min=1, help="How many days.")] = 1, home: Home = None, as_json: Json = False) -> None:
    """Move the sandbox's clock to 06:05 some days later; the market lives those days.

    Example: signals sandbox advance --days 1
    """
    _tell(boxed.told(boxed.call(load_settings(home=home).home, "advance", "--days", str(days))), as_json)


@sandbox_app.command("fault")
def sandbox_fault(vendor: str, kind: str, share: float = 1.0, off: bool = False, home: Home = None) -> None:
    """Switch a fault of one vendor on or off: 429, 5xx, timeout_applied, truncated, down, …

    Example: signals sandbox fault salesforce down          Example: signals sandbox fault salesforce down --off
    """
    arguments = ["fault", "--vendor", vendor, "--kind", kind, "--share", str(share), *(["--off"] if off else [])]
    Console().print(boxed.call(load_settings(home=home).home, *arguments))


@sandbox_app.command("status")
def sandbox_status(home: Home = None) -> None:
    """Whether it runs, since when, and its clock.

    Example: signals sandbox status
    """
    Console().print(boxed.call(load_settings(home=home).home, "status"))


@sandbox_app.command("stop")
def sandbox_stop(home: Home = None) -> None:
    """Stop the sandbox of this home.

    Example: signals sandbox stop
    """
    Console().print(boxed.call(load_settings(home=home).home, "stop"))


def _settings(home: Path | None, companies: int | None = None) -> tuple[Settings, list[str]]:
    """Settings; without any vendor credential the sandbox is started first, and a note says so."""
    settings = load_settings(home=home)
    if any(settings.secret(field) for field in CREDENTIALS) and (not boxed.env_file(settings.home).exists() or boxed.is_up(settings.home)):
        return settings, []
    said = boxed.start(settings.home, companies=companies)
    return load_settings(home=home), [said]


def _runtime(settings: Settings, replay: Path | None = None) -> Any:
    from signals_pipeline.runtime import build_runtime

    return build_runtime(settings, replay=replay)


def _launch(rt: Any, job: str, as_json: bool, notes: list[str], **arguments: Any) -> Any:
    console = Console(stderr=True)
    if not as_json:
        for note in notes:
            console.print(note)
    from signals_pipeline.definitions import build_definitions
    from signals_pipeline.orchestration.launch import run_job

    with _bar(console, quiet=as_json) as progress:
        return run_job(rt, build_definitions, job, progress=progress, **arguments)


@contextmanager
def _bar(console: Console, quiet: bool) -> Iterator[Callable[[int, int, str], None] | None]:
    if quiet:
        yield None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total} steps"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("loading the graph", total=None)
        yield lambda done, total, name: bar.update(task, completed=done, total=total, description=name or "…")


def _close(console: Console, launched: Any, settings: Settings, wall_s: float) -> None:
    if launched.errors:
        console.print("\n[red]Failed[/]")
        for error in launched.errors:
            console.print(f"  {error[:600]}", markup=False)
    console.print(
        f"\n{wall_s:.0f} s. Next: `make ui` shows the graph and this run · `signals plan` shows every field · "
        f"rejects and facts lie in {settings.lake_url}"
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Permanent(f"{text!r} is not an ISO day such as 2026-05-31") from None


def _tell(told: Any, as_json: bool) -> None:
    from dataclasses import asdict, is_dataclass

    plain = asdict(told) if is_dataclass(told) and not isinstance(told, type) else told
    if as_json:
        _print_json(plain)
        return
    for key, value in plain.items():
        Console().print(f"{key}: {value}", highlight=False, markup=False)


def _print_json(value: Any) -> None:
    print(json.dumps(value, default=_plain, ensure_ascii=False))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
