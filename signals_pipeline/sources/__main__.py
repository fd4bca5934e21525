"""Run sources alone: `python -m signals_pipeline.sources salesforce sec_edgar.feed --dt 2026-06-29`.

settings of the environment → one pull → a table of counts. The exit code is 1 when a stream failed.
"""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.table import Table

from signals_pipeline.errors import SignalsError
from signals_pipeline.runtime import build_runtime
from signals_pipeline.settings import load_settings
from signals_pipeline.sources import runner
from signals_pipeline.sources.report import SourcesReport
from signals_pipeline.sources.spec import sources


def main(arguments: list[str] | None = None) -> int:
    """Parse, pull, print. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m signals_pipeline.sources", description=__doc__)
    parser.add_argument("only", nargs="*", help=f"vendors or vendor.stream; known: {', '.join(sources())}")
    parser.add_argument("--dt", type=date.fromisoformat, help="day to pull for; default the newest closed day")
    parser.add_argument("--history-from", type=date.fromisoformat, help="load event streams back to this day")
    parser.add_argument("--replay", type=Path, help="folder whose files stand in for the vendors")
    parser.add_argument("--home", help="folder of everything this project writes")
    given = parser.parse_args(arguments)
    console = Console()
    try:
        rt = build_runtime(load_settings(home=given.home), replay=given.replay)
        report = runner.run(rt, given.dt or rt.today(), given.only or None, given.history_from)
    except SignalsError as bad:
        Console(stderr=True).print(f"[red]{type(bad).__name__}[/red]: {bad}")
        return 2
    console.print(as_table(report))
    return 0 if report.is_green else 1


def as_table(report: SourcesReport) -> Table:
    """The report for a terminal; columns that are zero everywhere are left out."""
    names = {"in": "records_in", **{n: n for n in ("landed", "rejected", "reread", "waiting", "carried", "requests")}}
    shown = {title: name for title, name in names.items() if any(getattr(s, name) for s in report.streams)}
    table = Table(title=f"sources of {report.dt}")
    for title in ("stream", "status"):
        table.add_column(title, no_wrap=True)
    for title in shown:
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("rejects by reason, errors, fields")
    colour = {"ok": "green", "failed": "red", "paused": "yellow", "off": "dim"}
    for s in report.streams:
        notes = [f"{k} {v}" for k, v in s.reasons.items()]
        notes += [s.error] if s.error else []
        notes += [f"unknown fields: {', '.join(sorted(s.unknown_fields))}"] if s.unknown_fields else []
        notes += [f"not there: {', '.join(s.missing)}"] if s.missing else []
        numbers = [getattr(s, name) for name in shown.values()]
        table.add_row(s.stream, f"[{colour[s.status]}]{s.status}[/]", *(f"{n:,}" if n else "" for n in numbers), "; ".join(notes))
    return table


if __name__ == "__main__":
    sys.exit(main())
