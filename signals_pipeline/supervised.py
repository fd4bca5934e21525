"""Another program run to its end, with all that it starts: nothing of it is left when it ends or we are told to.

command → process group of its own → Ctrl-C, TERM or a hang-up here → the group is asked to end, then made to.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from types import FrameType

PATIENCE_S = 20.0
_ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


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
