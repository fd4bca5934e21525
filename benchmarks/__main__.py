"""`make bench`: every bench, one table each, one JSON report in .signals/bench/report.json.

python -m benchmarks [--sizes 2000,20000] [--only daily,pacing,ml]
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import daily, ml, pacing

REPORT = Path(".signals") / "bench" / "report.json"


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    arguments.add_argument("--sizes", default="2000,20000", help="companies in the sandbox, comma separated")
    arguments.add_argument("--only", default="pacing,daily", help="benches to run, comma separated")
    given = arguments.parse_args()
    wanted = set(given.only.split(","))
    console, report = Console(), dict[str, Any]()
    if "pacing" in wanted:
        report["pacing"] = pacing.measure()
        _table(console, "Pacing: requests per second of vendor time against the limit", report["pacing"])
    if "daily" in wanted:
        report["daily"] = [daily.measure(int(n)) for n in given.sizes.split(",")]
        for size in report["daily"]:
            shown = ("wall_s", "peak_mb", "not_ours_s", "not_ours_share", "vendor_waits_s", "sent")
            rows = [{"run": kind} | {k: size[kind][k] for k in shown} for kind in ("history", "day")]
            _table(console, f"Daily run, {size['companies']:,} companies (sandbox up in {size['sandbox_start_s']} s)", rows)
            history = size["history"]["records_per_s"]
            rates = [
                {"stage": s, "records": size["day"]["records"].get(s), "per_s": r, "per_s_history": history.get(s)}
                for s, r in size["day"]["records_per_s"].items()
            ]
            _table(console, "Records per second inside each stage's function", rates)
    if "ml" in wanted:
        report["ml"] = ml.measure()
        _table(console, "Learning: accounts scored and explained", [report["ml"]])
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(json.dumps(report, indent=2) + "\n")
    console.print(f"report: {REPORT}")


def _table(console: Console, title: str, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    table = Table(*rows[0], title=title, title_justify="left", box=None)
    for row in rows:
        table.add_row(*(f"{v:,}" if isinstance(v, int | float) and not isinstance(v, bool) else str(v) for v in row.values()))
    console.print(table)


if __name__ == "__main__":
    main()
