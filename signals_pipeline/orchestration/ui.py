"""`signals ui`: the Dagster web server and daemon against this home, on 127.0.0.1."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from signals_pipeline.orchestration.launch import set_dagster_home
from signals_pipeline.settings import REPOSITORY, Settings


def serve(settings: Settings, port: int) -> NoReturn:
    """Becomes `dagster dev`: this process is replaced, so that a signal to it reaches the servers."""
    set_dagster_home(settings)
    env = os.environ | {"SIGNALS_HOME": str(settings.home)}
    command = [sys.executable, "-m", "dagster", "dev", "-w", str(REPOSITORY / "workspace.yaml"), "-h", "127.0.0.1", "-p", str(port)]
    os.execve(sys.executable, command, env)  # noqa: S606 - our own interpreter and arguments
