"""When the UI ends, nothing of it is left: not its children, not theirs, not one that will not hear."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

# a server that starts a child of its own, which is deaf to TERM, and says who they are
SERVER = """
import os, signal, subprocess, sys, time
deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
child = subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE)
child.stdout.readline()
print(os.getpid(), child.pid, flush=True)
{then}
"""
US = """
import os, signal, sys
if {deaf}:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
from signals_pipeline.supervised import supervised
sys.exit(supervised([sys.executable, "-c", {server!r}], os.environ, patience_s=2))
"""


def started(then: str, deaf: bool = False) -> tuple[subprocess.Popen[str], list[int]]:
    us = US.format(deaf=deaf, server=SERVER.format(then=then))
    process = subprocess.Popen([sys.executable, "-c", us], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    return process, [int(pid) for pid in process.stdout.readline().split()]


def is_there(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


def ended(process: subprocess.Popen[str], pids: list[int]) -> int:
    code = process.wait(120)
    assert process.stdout
    process.stdout.close()
    until = time.monotonic() + 60
    while any(is_there(pid) for pid in pids) and time.monotonic() < until:
        time.sleep(0.05)  # who is killed is gone a moment later
    assert len(pids) == 2 and not any(is_there(pid) for pid in pids)
    return code


pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")


@pytest.mark.parametrize(
    ("number", "deaf"), [(signal.SIGINT, False), (signal.SIGINT, True), (signal.SIGTERM, False), (signal.SIGHUP, False)]
)
def test_a_signal_ends_the_server_and_the_child_that_will_not_hear(number: signal.Signals, deaf: bool) -> None:
    process, pids = started("time.sleep(600)", deaf)
    os.kill(process.pid, number)
    assert ended(process, pids) == 0


def test_a_server_that_takes_over_a_deaf_ear_to_ctrl_c_gets_none_and_one_that_is_deaf_itself_ends_by_force() -> None:
    # as Dagster does: TERM is treated as Ctrl-C was found
    copies = "signal.signal(signal.SIGTERM, signal.getsignal(signal.SIGINT)); assert signal.getsignal(signal.SIGINT) != signal.SIG_IGN; "
    process, pids = started(copies + "time.sleep(600)", deaf=True)
    os.kill(process.pid, signal.SIGTERM)
    assert ended(process, pids) == 0
    process, pids = started("signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(600)")
    assert process.stdout and process.stdout.readline() == "ready\n"
    os.kill(process.pid, signal.SIGTERM)
    assert ended(process, pids) == 0


def test_a_server_that_dies_by_itself_leaves_no_child_and_tells_its_code() -> None:
    assert ended(*started("sys.exit(3)")) == 3
