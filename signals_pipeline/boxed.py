"""Starts and speaks to the sandbox as another process: the pipeline knows its command line and its env file, nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

from signals_pipeline.errors import Permanent

START_PATIENCE_S = 180.0


def env_file(home: Path) -> Path:
    return home / "sandbox.env"


def _box(home: Path) -> Path:
    return home / "sandbox"


def is_up(home: Path) -> bool:
    return env_file(home).exists() and _call(home, "status").returncode == 0


def start(
    home: Path,
    *,
    companies: int | None = None,
    days: int | None = None,
    speed: float | None = None,
    seed: int | None = None,
) -> str:
    """Start the sandbox for this home unless it runs; returns a sentence. Raises Permanent with its last words when it does not come up."""
    if is_up(home):
        return "sandbox: already running"
    env_file(home).unlink(missing_ok=True)
    _box(home).mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "sandbox", "serve", "--home", str(_box(home)), "--env-file", str(env_file(home))]
    for flag, value in (("--companies", companies), ("--days", days), ("--speed", speed), ("--seed", seed)):
        command += [flag, str(value)] if value is not None else []
    log = _box(home) / "serve.log"
    with log.open("ab") as handle:
        process = subprocess.Popen(command, stdout=handle, stderr=handle, stdin=subprocess.DEVNULL, start_new_session=True)
    until = time.monotonic() + START_PATIENCE_S
    while not env_file(home).exists():
        if process.poll() is not None or time.monotonic() > until:
            words = log.read_text(encoding="utf-8", errors="replace")[-2000:]
            raise Permanent(f"the sandbox did not come up; its last words ({log}):\n{words}")
        time.sleep(0.2)
    return f"sandbox: started (process {process.pid})"


def call(home: Path, *arguments: str) -> str:
    """`python -m sandbox <arguments> --home …`; returns what it printed. Raises Permanent with its words when it fails."""
    done = _call(home, *arguments)
    if done.returncode:
        if not is_up(home):
            raise Permanent(f"no sandbox runs for {home}; `signals sandbox start` (or `signals run`) starts one")
        words = (done.stderr or done.stdout).strip()
        raise Permanent(f"sandbox {arguments[0]}: {words.rpartition('error: ')[2][-2000:]}")  # without the usage of another command
    return done.stdout.strip()


def _call(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sandbox", arguments[0], "--home", str(_box(home)), *arguments[1:]]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)


def told(text: str) -> dict[str, object]:
    """The JSON object the sandbox printed, or its words under `said`."""
    try:
        found = json.loads(text)
    except json.JSONDecodeError:
        return {"said": text}
    return found if isinstance(found, dict) else {"said": text}
