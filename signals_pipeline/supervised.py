"""Another program run to its end, with all that it starts: nothing of it is left when it ends or we are told to.

command → process group of its own → Ctrl-C, TERM or a hang-up here → the group is asked to end, then made to.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence

PATIENCE_S = 20.0
_ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def supervised(command: Sequence[str], env: Mapping[str, str], patience_s: float = PATIENCE_S) -> int:
    """Run a command in a process group of its own; when it ends, or we are told to, nothing of the group is left.

    `dagster dev` alone leaves its code server behind until that misses a heartbeat, and is deaf to Ctrl-C in a shell's background job.
    """
    told: list[int] = []
    # handlers first: what we ignore our children ignore too, and Dagster takes the word of an ignored Ctrl-C for TERM as well
    before = {number: signal.signal(number, lambda caught, _: told.append(caught)) for number in _ENDS}
    process = subprocess.Popen(command, env=dict(env), start_new_session=True)
    try:
        while process.poll() is None and not told:
            time.sleep(0.2)
        code = process.poll()
    finally:
        _end_group(process, patience_s)
        for number, handler in before.items():
            signal.signal(number, handler)
    return 0 if told else int(code or 0)


def _end_group(process: subprocess.Popen[bytes], patience_s: float) -> None:
    """Ask what is left of a process's group to end, wait, then end it by force."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        until = time.monotonic() + patience_s
        _signal_group(process.pid, number)
        while (process.poll() is None or _signal_group(process.pid, 0)) and time.monotonic() < until:
            time.sleep(0.1)


def _signal_group(group: int, number: int) -> bool:
    """Whether anybody of the group was there to hear it."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    return True
