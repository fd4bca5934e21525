"""`signals ui`: the Dagster web server, daemon and code server against this home, on 127.0.0.1, until Ctrl-C or TERM; then all of them end.

settings → `dagster dev` in a process group of its own → a signal → the group ends, by force if it must.
"""

from __future__ import annotations

import os
import socket
import sys

from signals_pipeline.errors import Permanent
from signals_pipeline.orchestration.launch import set_dagster_home
from signals_pipeline.settings import REPOSITORY, Settings
from signals_pipeline.supervised import supervised


def serve(settings: Settings, port: int) -> int:
    """Run `dagster dev` until it ends or we are told to; returns its exit code, 0 when we were told. Raises Permanent for a taken port."""
    refuse_taken(port)
    set_dagster_home(settings)
    env = os.environ | {"SIGNALS_HOME": str(settings.home)}
    command = [sys.executable, "-m", "dagster", "dev", "-w", str(REPOSITORY / "workspace.yaml"), "-h", "127.0.0.1", "-p", str(port)]
    return supervised(command, env)


def refuse_taken(port: int) -> None:
    """Raises Permanent for a taken port."""
    if is_taken(port):
        raise Permanent(f"port {port} is taken, perhaps by a UI that still runs; `signals ui --port {port % 65535 + 1}` takes another")


def is_taken(port: int) -> bool:
    """Whether something answers on the port; Dagster itself would start a second daemon before it found out."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
