"""What every command has in common: its usual options, settings and runtime, a run with a progress bar, telling in words or as JSON.

Heavy imports stand inside the functions: `signals --help` must answer at once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from signals_pipeline import boxed
from signals_pipeline.errors import Permanent
from signals_pipeline.settings import CREDENTIALS, Settings, load_settings

Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout, nothing else.")]
Home = Annotated[Path | None, typer.Option("--home", help="Folder of everything that is written (SIGNALS_HOME).")]


def settings_of(home: Path | None, companies: int | None = None) -> tuple[Settings, list[str]]:
    """Settings; without any vendor credential the sandbox is started first, and a note says so."""
    settings = load_settings(home=home)
    if any(settings.secret(field) for field in CREDENTIALS) and (not boxed.env_file(settings.home).exists() or boxed.is_up(settings.home)):
        return settings, []
    said = boxed.start(settings.home, companies=companies)
    return load_settings(home=home), [said]


def runtime_of(settings: Settings, replay: Path | None = None) -> Any:
    """The runtime of the stages."""
    from signals_pipeline.runtime import build_runtime

    return build_runtime(settings, replay=replay)


def runtime(home: Path | None) -> Any:
    """Settings and runtime in one."""
    return runtime_of(settings_of(home)[0])


def launch(rt: Any, job: str, as_json: bool, notes: list[str], **arguments: Any) -> Any:
    """Run a job of the graph in this process, with a bar unless the output is for a machine; what it waits for is said on stderr."""
    console = Console(stderr=True)
    if not as_json:
        for note in notes:
            console.print(note)
    from signals_pipeline.definitions import build_definitions
    from signals_pipeline.orchestration.launch import run_job

    def say(wait: str) -> None:
        console.print(wait, markup=False, highlight=False, soft_wrap=True)

    with _bar(console, quiet=as_json) as progress:
        return run_job(rt, build_definitions, job, progress=progress, say=say, **arguments)


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


def day_of(text: str) -> date:
    """An ISO day. Raises Permanent."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Permanent(f"{text!r} is not an ISO day such as 2026-05-31") from None


def ended(launched: Any) -> dict[str, Any]:
    """How a run ended, for the JSON object of a command."""
    return {
        "ok": launched.ok,
        "errors": launched.errors,
        "steps": launched.steps,
        "functions": launched.functions,
        "functions_cpu": launched.functions_cpu,
        "functions_peak_mb": launched.functions_peak_mb,
    }


def say_errors(console: Console, launched: Any) -> None:
    """One line for each failed step."""
    if launched.errors:
        console.print("\n[red]Failed[/]")
        for error in launched.errors:
            console.print(f"  {error[:600]}", markup=False)


def tell(told: Any, as_json: bool) -> None:
    """A dict or dataclass as JSON, or as one line for each of its values."""
    plain = asdict(told) if is_dataclass(told) and not isinstance(told, type) else told
    if as_json:
        print_json(plain)
        return
    for key, value in plain.items():
        Console().print(f"{key}: {value}", highlight=False, markup=False, soft_wrap=True)


def say(sentence: str, as_json: bool, **told: Any) -> None:
    """One sentence for a person; for a machine the same as `said`, with what it is about."""
    if as_json:
        print_json({"said": sentence, **told})
    else:
        Console().print(sentence, highlight=False, markup=False, soft_wrap=True)


_told: list[bool] = []


def print_json(value: Any) -> None:
    """One object on stdout."""
    print(json.dumps(value, default=_plain, ensure_ascii=False))
    _told.append(True)


def has_told() -> bool:
    """Whether this process has printed its object."""
    return bool(_told)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
