"""`signals learn`, `backtest`, `exam`: models of a month, what they would have brought, and the same code on any table."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from signals_pipeline.cli import shared
from signals_pipeline.cli.shared import Home, Json
from signals_pipeline.errors import Permanent


def learn(
    month: Annotated[str | None, typer.Option("--month", help="A closed month, such as 2026-06; default: the newest.")] = None,
    as_json: Json = False,
    home: Home = None,
) -> None:
    """Learn from the past up to the end of a month; a model is promoted only when it wins out of time, else it abstains and says why.

    Example: signals learn --month 2026-06 --json
    """
    from ml.champion import FOLDER
    from ml.history import Refused
    from ml.production import learn_month
    from ml.report import PAGE, TITLES

    rt = shared.runtime(home)
    newest = (rt.today() + timedelta(days=1)).replace(day=1) - timedelta(days=1)
    try:
        told = learn_month(rt, month or f"{newest:%Y-%m}")
    except Refused as bad:
        raise Permanent(str(bad)) from bad
    if as_json:
        shared.print_json(told)
        return
    shared.say(f"month: {told['month']}", as_json)
    for kind, words in TITLES.items():
        status, because = told[kind]["status"], told[kind]["because"]
        shared.say(f"{words}: {'the champion stays' if status == 'stands' else status}: {because}", as_json)
    if "left_out_because" in told:
        shared.say(f"note: {told['left_out_because']}", as_json)
    shared.say(f"The page of all months: {rt.settings.home / FOLDER / PAGE}", as_json)


def backtest(
    since: Annotated[str | None, typer.Option("--from", help="First month, such as 2026-01; default: the first that has features.")] = None,
    until: Annotated[str | None, typer.Option("--to", help="Last month; default: the newest.")] = None,
    as_json: Json = False,
    home: Home = None,
) -> None:
    """Walk forward by month: what each score would have brought, with intervals; writes a page for managers. Sends and promotes nothing.

    Example: signals backtest --from 2026-01 --to 2026-06
    """
    from ml.backtest import backtest as walk
    from ml.backtest_page import sentences, write
    from ml.history import Refused

    rt = shared.runtime(home)
    try:
        told = walk(rt, since, until)
    except Refused as bad:
        raise Permanent(str(bad)) from bad
    page = write(rt.settings.home, told)
    if as_json:
        shared.print_json(told | {"page": str(page)})
        return
    for line in [*sentences(told), f"The page: {page}"]:
        shared.say(line, as_json)


def exam(
    table: Annotated[Path, typer.Argument(help="A CSV file.")],
    label: Annotated[str, typer.Option(help="Column with two values: what is to be foretold.")],
    order: Annotated[str, typer.Option(help="row, time, or a column: what came first.")] = "row",
    exclude: Annotated[list[str] | None, typer.Option(help="A column that must not be used; may be repeated.")] = None,
    horizon: Annotated[float | None, typer.Option(help="How long a label takes to be known (days, or units of the order).")] = None,
    save: Annotated[Path | None, typer.Option(help="Folder for the model and its manifest.")] = None,
    as_json: Json = False,
) -> None:
    """Learn on the earlier rows of a table, judge once on the last fifth; names leaks, abstains without skill.

    Example: signals exam leads.csv --label won --order created_at --json
    """
    from ml.exam import main as examine

    options = [str(table), "--label", label, "--order", order, *(["--json"] if as_json else [])]
    options += [word for column in exclude or [] for word in ("--exclude", column)]
    options += ["--horizon", str(horizon)] if horizon is not None else []
    options += ["--save", str(save)] if save is not None else []
    raise typer.Exit(examine(options))
