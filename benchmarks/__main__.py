"""`make bench`: every bench, one table each, one JSON report in .signals/bench/report.json, written after each bench.

python -m benchmarks [--sizes 2000,20000] [--only pacing,land,daily,ml,learning,identity,scale]
A bench that fails is named with its error, the others go on, and the command ends with 1.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

REPORT = Path(".signals") / "bench" / "report.json"
Rows = list[dict[str, Any]]


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    arguments.add_argument("--sizes", default="2000,20000", help="companies in the sandbox, comma separated")
    arguments.add_argument("--only", default="pacing,land,daily,ml", help=f"benches to run, comma separated: {', '.join(BENCHES)}")
    given = arguments.parse_args()
    wanted = given.only.split(",")
    if unknown := set(wanted) - set(BENCHES):
        arguments.error(f"no bench {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}")
    console = Console()
    report: dict[str, Any] = {"cores": os.cpu_count(), "load_before": [round(n, 1) for n in os.getloadavg()], "seconds": {}, "failed": {}}
    for name in BENCHES:
        if name not in wanted:
            continue
        started = time.perf_counter()
        try:
            BENCHES[name](console, report, [int(n) for n in given.sizes.split(",")])
        except Exception as bad:  # one bench must not cost the others; it is named, and the command fails
            report["failed"][name] = f"{type(bad).__name__}: {bad}"
            console.print(f"[red]{name} failed:[/] {bad}", highlight=False)
        report["seconds"][name] = round(time.perf_counter() - started, 1)
        _save(report)
    took = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in report["seconds"].items())
    console.print(f"\n{took} · load when it began {report['load_before'][0]} · report: {REPORT}")
    sys.exit(1 if report["failed"] else 0)


def _save(report: dict[str, Any]) -> None:
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(json.dumps(report, indent=2) + "\n")


def _pacing(console: Console, report: dict[str, Any], _: list[int]) -> None:
    from benchmarks import pacing

    report["pacing"] = pacing.measure()
    _table(console, "Pacing: requests per second of vendor time against the limit", report["pacing"])


def _land(console: Console, report: dict[str, Any], _: list[int]) -> None:
    from benchmarks import land

    report["land"] = land.measure()
    _table(console, "Landing alone: records read, typed, keyed, written, and who they name", report["land"])


def _daily(console: Console, report: dict[str, Any], sizes: list[int]) -> None:
    from benchmarks import daily

    report["daily"] = []
    for companies in sizes:
        size = daily.measure(companies)
        report["daily"].append(size)
        _save(report)  # the next size may take long
        shown = ("ok", "wall_s", "cpu_s", "peak_mb", "not_ours_s", "not_ours_share", "not_ours_cpu_share", "vendor_waits_s", "sent")
        runs = [{"run": kind} | {k: size[kind][k] for k in shown} for kind in ("history", "day")]
        _table(console, f"Daily run, {companies:,} companies (sandbox up in {size['sandbox_start_s']} s)", runs)
        history = size["history"]["records_per_s"]
        rates = [
            {"stage": s, "records": size["day"]["records"].get(s), "per_s": r, "per_s_history": history.get(s)}
            for s, r in size["day"]["records_per_s"].items()
        ]
        _table(console, "Records per second inside each stage's function", rates)
        seconds = [
            {"stage": s, "day_s": n, "history_s": size["history"]["functions_s"].get(s)} for s, n in size["day"]["functions_s"].items()
        ]
        _table(console, "Seconds inside each stage's function", seconds)
        if red := [f"{kind}: {error}" for kind in ("history", "day") for error in size[kind]["errors"]]:
            raise RuntimeError(f"the run of {companies:,} companies was red: {'; '.join(red)[:500]}")


def _ml(console: Console, report: dict[str, Any], _: list[int]) -> None:
    from benchmarks import ml

    report["ml"] = ml.measure()
    _table(console, "Learning: accounts scored and explained", [report["ml"]])


def _learning(console: Console, report: dict[str, Any], _: list[int]) -> None:
    from tempfile import TemporaryDirectory

    from benchmarks import learning, learning_judge

    with TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as folder:
        report["learning"] = learning.measure(Path(folder), learning.QUICK_COMPANIES, learning.QUICK_MONTHS, seed=7, learned=1)
    console.print("Learning against the hidden truth of a small market: the way works; `python -m benchmarks.learning` gives numbers")
    console.print(learning_judge.table(report["learning"]), highlight=False, markup=False)


def _identity(console: Console, report: dict[str, Any], _: list[int]) -> None:
    from benchmarks import identity

    report["identity"] = identity.measure()
    runs = [
        {"mentions": size["mentions"], "run": run} | {k: size[run].get(k, "") for k in ("cpu_s", "wall_s", "mentions_per_s", "peak_mb")}
        for size in report["identity"]
        for run in ("history", "day", "nothing_new")
    ]
    _table(console, "Identity alone: 180 days in one go, a day of a hundredth of it, a day without news", runs)
    right = [{"mentions": size["mentions"]} | size["right"] for size in report["identity"]]
    _table(console, "Identity: pairs of mentions that belong together, of made-up companies", right)


def _scale(console: Console, report: dict[str, Any], _: list[int]) -> None:
    from benchmarks import scale

    report["scale"] = scale.measure()
    for kind in ("history", "day"):
        run = report["scale"][kind]
        stages = [
            {"stage": stage, "wall_s": wall, "cpu_s": run["functions_cpu_s"][stage], "peak_mb_so_far": run["functions_peak_mb"][stage]}
            for stage, wall in run["functions_s"].items()
        ]
        whole = {"stage": "the whole run", "wall_s": run["wall_s"], "cpu_s": run["cpu_s"], "peak_mb_so_far": run["peak_mb"]}
        _table(console, f"The aim's world, {kind} (vendors' waits, side by side: {run['vendor_waits_s']} s)", [*stages, whole])
        if run["errors"]:
            raise RuntimeError(f"the {kind} was red: {'; '.join(run['errors'])[:500]}")


BENCHES: dict[str, Callable[[Console, dict[str, Any], list[int]], None]] = {
    "pacing": _pacing, "land": _land, "daily": _daily, "ml": _ml, "learning": _learning, "identity": _identity,
    "scale": _scale,
}  # fmt: skip


def _table(console: Console, title: str, rows: Rows) -> None:
    if not rows:
        return
    table = Table(*rows[0], title=title, title_justify="left", box=None)
    for row in rows:
        table.add_row(*(f"{v:,}" if isinstance(v, int | float) and not isinstance(v, bool) else str(v) for v in row.values()))
    console.print(table)


if __name__ == "__main__":
    main()
