"""The daily run as a whole process: wall time, peak memory, records per second by stage, and what is neither our functions nor SQL.

a fresh home and sandbox of N companies → `signals run --json` (history, then a plain day) → numbers.
Run alone: python -m benchmarks.daily 2000
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any


def measure(companies: int) -> dict[str, Any]:
    """Numbers of two runs: the first loads 180 days of history, the second is an ordinary day after it."""
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        started = time.perf_counter()
        signals(home, "sandbox", "start", "--companies", str(companies))
        world_s = time.perf_counter() - started
        try:
            first = run(home)
            signals(home, "sandbox", "advance", "--days", "1")
            day = run(home)
        finally:
            signals(home, "sandbox", "stop")
    return {"companies": companies, "sandbox_start_s": round(world_s, 1), "history": first, "day": day}


def signals(home: Path, *arguments: str) -> str:
    """What `signals <arguments> --home …` printed. Raises RuntimeError with its last words when it fails."""
    command = [sys.executable, "-m", "signals_pipeline", *arguments, "--home", str(home)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"`signals {' '.join(arguments)}` ended with {done.returncode}: {(done.stderr or done.stdout)[-800:]}")
    return done.stdout


def run(home: Path) -> dict[str, Any]:
    """One `signals run` under the kernel's own accounting."""
    out, log = home / "run.json", home / "run.log"
    with out.open("wb") as handle, log.open("wb") as words:
        started = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "signals_pipeline", "run", "--json", "--home", str(home)], stdout=handle, stderr=words
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - started
    try:
        told = json.loads(out.read_text())
    except json.JSONDecodeError:
        raise RuntimeError(f"`signals run` ended with {process.returncode} and no report: {log.read_text()[-800:]}") from None
    functions = told["functions"]
    landed = sum(s["landed"] for s in told["streams"].values())
    waits = sum(s.get("waits_s") or 0.0 for s in told["streams"].values())
    counts = {
        "sources": landed, "identity": told["volumes"]["mentions"], "dbt signals": told["volumes"]["evidence"],
        "scoring": told["volumes"]["scores"], "plan": told["planned"],
    }  # fmt: skip
    inside, cpu = sum(functions.values()), usage.ru_utime + usage.ru_stime
    return {
        "ok": told["ok"], "errors": told["errors"], "wall_s": round(wall, 1), "cpu_s": round(cpu, 1),
        "peak_mb": round(usage.ru_maxrss / 1024), "functions_s": functions, "functions_cpu_s": told["functions_cpu"],
        "functions_peak_mb": told["functions_peak_mb"],
        "not_ours_s": round(wall - inside, 1), "not_ours_share": round(1 - inside / wall, 3),
        "not_ours_cpu_share": round(1 - sum(told["functions_cpu"].values()) / cpu, 3), "vendor_waits_s": round(waits, 1),
        "records": counts, "records_per_s": {k: round(n / functions[k]) for k, n in counts.items() if functions.get(k)},
        "sent": told["sent_by_this_run"],
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 2000), indent=2))
