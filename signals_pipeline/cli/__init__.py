"""The `signals` command: thin over the stage functions and the Dagster instance.

words on the command line → one function of a module here → stage functions or a run of the graph → tables or one JSON object.
Modules: `daily` (run), `sending` (plan, apply, approve, pause, resume), `past` (backfill), `learning` (learn, backtest, exam),
`house` (doctor, ui), `box` (sandbox …), `shared` (what they have in common). No logic of a stage belongs here.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys

import typer
from rich.console import Console

from signals_pipeline.cli import box, daily, house, learning, past, sending, shared
from signals_pipeline.errors import SignalsError

HELP = """Which companies are about to buy, why, and whom to talk to today.

Start with `signals run`; `signals doctor` says what is on and what is off. Every command has --help with an example."""

WRONG_USAGE = 2  # the command line was not understood
COLLECT_AFTER = (100_000, 20, 50)  # our programs make much and drop little: at Python's 700 the collector takes a tenth of a run

app = typer.Typer(no_args_is_help=True, add_completion=False, help=HELP, pretty_exceptions_enable=False)
PANELS = {
    "Every day": (daily.run, sending.plan, sending.apply, sending.approve, sending.pause, sending.resume),
    "The past": (past.backfill,),
    "Learning": (learning.learn, learning.backtest, learning.exam),
    "The house": (house.doctor, house.ui),
}
for panel, commands in PANELS.items():
    for command in commands:
        app.command(rich_help_panel=panel)(command)
app.add_typer(box.app, name="sandbox", rich_help_panel="The house")


def main() -> None:
    """Entry: our errors become one clear line and exit code 1 (with --json an object too); a stopped run exits 130.

    The process leaves by `os._exit`: native libraries end their threads at interpreter exit in an order nobody promises, and a run
    whose work was done and recorded has died there (`terminate called without an active exception`). All state is on disk by then.
    """
    gc.set_threshold(*COLLECT_AFTER)
    try:
        code = _run()
    except BaseException as bad:
        sys.excepthook(*sys.exc_info())
        _say_to_machine(kind=type(bad).__name__, error=str(bad))
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
        _say_to_machine(kind=type(bad).__name__, error=str(bad))
        return 1
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else int(left.code is not None)
        if code:
            _say_to_machine(kind="Usage" if code == WRONG_USAGE else "Failed", error="stderr says why")
        return code
    return 0


def _say_to_machine(**told: str) -> None:
    """With --json, the object on stdout when a command has ended without one."""
    if "--json" in sys.argv and not shared.has_told():
        shared.print_json({"ok": False, **told})
