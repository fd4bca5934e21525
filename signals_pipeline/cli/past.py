"""`signals backfill`: past days re-scored as of those days."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from signals_pipeline.cli import shared
from signals_pipeline.cli.shared import Home, Json
from signals_pipeline.errors import Permanent


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
    first, last = shared.day_of(since), shared.day_of(until)
    if first > last:
        raise Permanent(f"--from {first} is after --to {last}")
    settings, notes = shared.settings_of(home)
    rt = shared.runtime_of(settings)
    if last > rt.today():
        raise Permanent(f"--to {last} has not closed yet; the newest closed day is {rt.today()}")
    launched = shared.launch(rt, "backfill", as_json, notes, since=first, until=last)
    scored = rt.lake.read("account_scores", since=first, until=last, columns=["company_id"])
    told = {
        "from": first.isoformat(),
        "to": last.isoformat(),
        "days": (last - first).days + 1,
        "scores": scored.num_rows,
        **shared.ended(launched),
        "wall_s": round(time.monotonic() - started, 1),
    }
    shared.tell(told, as_json)
    raise typer.Exit(0 if launched.ok else 1)
