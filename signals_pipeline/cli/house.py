"""`signals doctor` and `signals ui`: what is on, what is off and why; the Dagster UI."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from signals_pipeline import boxed
from signals_pipeline.cli import shared
from signals_pipeline.cli.shared import Home, Json
from signals_pipeline.settings import load_settings


def doctor(as_json: Json = False, home: Home = None) -> None:
    """Settings, credentials, vendors' health, CRM fields against field_map; what is off, and why. Exits 1 when something is broken.

    Example: signals doctor --json
    """
    from signals_pipeline import doctor as doctors

    told = doctors.examine(shared.runtime_of(load_settings(home=home)))
    if as_json:
        shared.print_json(told)
    else:
        doctors.tell(Console(), told)
    raise typer.Exit(0 if told["is_well"] else 1)


def ui(home: Home = None, port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the UI.")] = 3000) -> None:
    """The Dagster UI with daemon, schedules and sensors, on 127.0.0.1. Ends with Ctrl-C, and with it a sandbox that it started.

    Example: signals ui --port 3001
    """
    from signals_pipeline.orchestration.ui import refuse_taken, serve

    refuse_taken(port)  # before a sandbox is started for it
    place = load_settings(home=home).home
    was_up = boxed.is_up(place)
    settings, notes = shared.settings_of(home)
    console = Console(stderr=True)
    for note in [*notes, f"the UI comes up on http://127.0.0.1:{port} in half a minute; Ctrl-C ends it"]:
        console.print(note, highlight=False)
    try:
        code = serve(settings, port)
    finally:
        if not was_up and boxed.is_up(place):
            boxed.call(place, "stop")
            console.print("the sandbox that was started for it has stopped", highlight=False)
    raise typer.Exit(code)
