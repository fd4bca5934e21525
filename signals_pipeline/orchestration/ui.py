"""`signals ui`: the Dagster web server and daemon against this home, on 127.0.0.1."""

from __future__ import annotations

import os
import subprocess
import sys

from signals_pipeline.orchestration.launch import set_dagster_home
from signals_pipeline.settings import REPOSITORY, Settings


def serve(settings: Settings, port: int) -> int:
    """Runs until interrupted; returns Dagster's exit code."""
    set_dagster_home(settings)
    env = os.environ | {"SIGNALS_HOME": str(settings.home)}
    command = [
        sys.executable,
        "-m",
        "dagster",
        "dev",
        "-w",
        str(REPOSITORY / "workspace.yaml"),
        "-h",
        "127.0.0.1",
        "-p",
        str(port),
    ]
    process = subprocess.Popen(command, env=env, cwd=REPOSITORY)
    try:
        return process.wait()
    except KeyboardInterrupt:
        return process.wait()
