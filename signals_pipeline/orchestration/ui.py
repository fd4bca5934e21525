"""`signals ui`: the Dagster web server and daemon against this home, on 127.0.0.1."""

from __future__ import annotations

import os
import socket
import sys
from typing import NoReturn

from signals_pipeline.errors import Permanent
from signals_pipeline.orchestration.launch import set_dagster_home
from signals_pipeline.settings import REPOSITORY, Settings


def serve(settings: Settings, port: int) -> NoReturn:
    """Becomes `dagster dev`: this process is replaced, so that a signal to it reaches the servers. Raises Permanent for a taken port."""
    if is_taken(port):
        raise Permanent(f"port {port} is taken, perhaps by a UI that still runs; `signals ui --port {port + 1}` takes another")
    set_dagster_home(settings)
    env = os.environ | {"SIGNALS_HOME": str(settings.home)}
    command = [sys.executable, "-m", "dagster", "dev", "-w", str(REPOSITORY / "workspace.yaml"), "-h", "127.0.0.1", "-p", str(port)]
    os.execve(sys.executable, command, env)  # noqa: S606 - our own interpreter and arguments


def is_taken(port: int) -> bool:
    """Whether something answers on the port; Dagster itself would start a second daemon before it found out."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
