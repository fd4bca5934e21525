"""`signals ui`: the Dagster web server, daemon and code server against this home, on 127.0.0.1, until Ctrl-C or TERM; then all of them end.

settings → `dagster dev` in a process group of its own → a signal → the group ends, by force if it must.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from types import FrameType

from signals_pipeline.errors import Permanent
from signals_pipeline.orchestration.launch import set_dagster_home
from signals_pipeline.settings import REPOSITORY, Settings

PATIENCE_S = 20.0
_ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def serve(settings: Settings, port: int) -> int:
    """Run `dagster dev` until it ends or we are told to; returns its exit code, 0 when we were told. Raises Permanent for a taken port."""
    if is_taken(port):
        raise Permanent(f"port {port} is taken, perhaps by a UI that still runs; `signals ui --port {port + 1}` takes another")
    set_dagster_home(settings)
    env = os.environ | {"SIGNALS_HOME": str(settings.home)}
    command = [sys.executable, "-m", "dagster", "dev", "-w", str(REPOSITORY / "workspace.yaml"), "-h", "127.0.0.1", "-p", str(port)]
    return supervised(command, env)


def supervised(command: Sequence[str], env: Mapping[str, str], patience_s: float = PATIENCE_S) -> int:
    """Run a command in a process group of its own; when it ends, or we are told to, nothing of the group is left.

    `dagster dev` alone leaves its code server behind until that misses a heartbeat, and is deaf to Ctrl-C in a shell's background job.
    """
    told: list[int] = []
    before = {number: signal.getsignal(number) for number in _ENDS}
    process = subprocess.Popen(command, env=dict(env), start_new_session=True)

    def end(number: int, _: FrameType | None) -> None:
        told.append(number)
        _signal_group(process.pid, signal.SIGTERM if len(told) == 1 else signal.SIGKILL)  # asked twice, we do not wait

    for number in _ENDS:
        signal.signal(number, end)
    try:
        code = process.wait()
    finally:
        _end_group(process.pid, patience_s)
        process.wait()
        for number, handler in before.items():
            signal.signal(number, handler)
    return 0 if told else code


def _end_group(group: int, patience_s: float) -> None:
    """Ask what is left of a group to end, wait, then end it by force."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        until = time.monotonic() + patience_s
        _signal_group(group, number)
        while _signal_group(group, 0) and time.monotonic() < until:
            time.sleep(0.1)


def _signal_group(group: int, number: int) -> bool:
    """Whether anybody of the group was there to hear it."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    return True


def is_taken(port: int) -> bool:
    """Whether something answers on the port; Dagster itself would start a second daemon before it found out."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
