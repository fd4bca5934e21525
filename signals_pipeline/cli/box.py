"""`signals sandbox …`: the vendors in a box as another process. Does not belong here: the sandbox itself (`sandbox/`)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from signals_pipeline import boxed
from signals_pipeline.cli import shared
from signals_pipeline.cli.shared import Home, Json
from signals_pipeline.errors import Permanent
from signals_pipeline.settings import load_settings

app = typer.Typer(no_args_is_help=True, help="The vendors in a box: start, advance the clock, switch faults on.")


def _call(home: Path | None, as_json: bool, *arguments: str) -> None:
    said = boxed.call(load_settings(home=home).home, *arguments)
    if as_json:
        shared.print_json(boxed.told(said))
    else:
        shared.say(said, as_json)


@app.command("start")
def start(
    companies: Annotated[int | None, typer.Option(min=1, help="Companies of a new market (2,000).")] = None,
    days: Annotated[int | None, typer.Option(min=1, help="Days of history of a new market (180).")] = None,
    speed: Annotated[float | None, typer.Option(help="How many times as fast as ours its clock runs.")] = None,
    seed: Annotated[int | None, typer.Option(help="Another seed is another market.")] = None,
    as_json: Json = False,
    home: Home = None,
) -> None:
    """Start the sandbox for this home.

    Example: signals sandbox start --companies 500
    """
    shared.say(boxed.start(load_settings(home=home).home, companies=companies, days=days, speed=speed, seed=seed), as_json)


@app.command("advance")
def advance(days: Annotated[int, typer.Option(min=1, help="How many days.")] = 1, as_json: Json = False, home: Home = None) -> None:
    """Move the sandbox's clock to 06:05 some days later; the market lives those days.

    Example: signals sandbox advance --days 1
    """
    shared.tell(boxed.told(boxed.call(load_settings(home=home).home, "advance", "--days", str(days))), as_json)


@app.command("fault")
def fault(
    vendor: Annotated[str, typer.Argument(help="salesforce, outreach, sixsense, edgar, slack, product_db or file_drop.")],
    kind: Annotated[str | None, typer.Argument(help="429, 5xx, timeout_applied, truncated, down, …; may be left out with --off.")] = None,
    share: Annotated[float, typer.Option(min=0.0, max=1.0, help="Share of the requests that it strikes.")] = 1.0,
    on: Annotated[str, typer.Option(help="Only requests in which this pattern is found, such as '^write'.")] = "",
    times: Annotated[int, typer.Option(min=0, help="Strike so often and no more; 0: without end.")] = 0,
    off: Annotated[bool, typer.Option("--off", help="Switch it off; without a kind all of the vendor's.")] = False,
    as_json: Json = False,
    home: Home = None,
) -> None:
    """Switch a fault of one vendor on or off.

    Example: signals sandbox fault salesforce down          Example: signals sandbox fault salesforce --off
    """
    if kind is None and not off:
        raise Permanent("say which fault to switch on, such as `signals sandbox fault salesforce down`, or --off")
    options = ["--share", str(share), *(["--on", on] if on else []), *(["--times", str(times)] if times else [])]
    _call(home, as_json, "fault", "--vendor", vendor, *(["--kind", kind] if kind else []), *(["--off"] if off else options))


@app.command("status")
def status(as_json: Json = False, home: Home = None) -> None:
    """Whether it runs, since when, and its clock.

    Example: signals sandbox status
    """
    _call(home, as_json, "status")


@app.command("stop")
def stop(as_json: Json = False, home: Home = None) -> None:
    """Stop the sandbox of this home.

    Example: signals sandbox stop
    """
    _call(home, as_json, "stop")
