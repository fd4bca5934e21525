"""Start the box: store, product database, market, server; write the environment file last, when everything answers.

home → lock on the port → Postgres → World (made or reopened) → uvicorn → env file, pid file → until SIGTERM or SIGINT.
Does not belong here: endpoints (`app.py`), the command line (`__main__.py`).
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import uvicorn

from sandbox.app import build, keep_clock
from sandbox.box import Box
from sandbox.clock import Clock, opening_of
from sandbox.faults import Faults
from sandbox.postgres import READER, READER_PASSWORD, Postgres, ProductDatabase, data_folder
from sandbox.rates import Limits
from sandbox.store import Store
from sandbox.vendors import outreach, slack
from sandbox.vendors.salesforce.api import CLIENT_ID
from sandbox.world import World

DEFAULT_START = date(2026, 6, 30)


@dataclass(frozen=True)
class Options:
    """What a new home is made of. A home that stands keeps its companies, days, seed and start."""

    home: Path
    env_file: Path
    port: int = 0
    companies: int = 2000
    days: int = 180
    seed: int = 7
    speed: float = 60.0
    start: date = DEFAULT_START


class Refused(Exception):
    """Something a person must mend; the message says what."""


def live(home: Path) -> dict[str, Any] | None:
    """The pid file of a server that answers, else None."""
    path = home / "sandbox.pid"
    try:
        facts: dict[str, Any] = json.loads(path.read_text())
        with urlopen(f"{facts['url']}/_sandbox/status", timeout=30):  # noqa: S310 - our own address
            return facts
    except (OSError, ValueError, KeyError):
        return None


def call(home: Path, path: str, body: dict[str, Any] | None = None, timeout_s: float = 600) -> dict[str, Any]:
    """Ask the live server of a home. Raises Refused when there is none, or with what it said."""
    facts = live(home)
    if facts is None:
        raise Refused(f"no sandbox answers for {home}; start one: python -m sandbox serve --home {home} --env-file {home}/sandbox.env")
    data = None if body is None else json.dumps(body).encode()
    request = Request(f"{facts['url']}{path}", data=data, headers={"Content-Type": "application/json"})  # noqa: S310 - our own address
    try:
        with urlopen(request, timeout=timeout_s) as answer:  # noqa: S310 - our own address
            found: dict[str, Any] = json.load(answer)
            return found
    except OSError as bad:
        said = bad.read().decode() if hasattr(bad, "read") else str(bad)
        raise Refused(said) from None


def environment(box: Box, database_url: str) -> dict[str, str]:
    """The settings that point a pipeline at this box."""
    base = box.base_url
    return {
        "SALESFORCE_URL": f"{base}/salesforce",
        "SALESFORCE_CLIENT_ID": CLIENT_ID,
        "SALESFORCE_CLIENT_SECRET": box.secret("salesforce"),
        "OUTREACH_URL": f"{base}/outreach",
        "OUTREACH_CLIENT_ID": outreach.CLIENT_ID,
        "OUTREACH_CLIENT_SECRET": box.secret("outreach"),
        "OUTREACH_REFRESH_TOKEN": box.store.get("outreach/refresh")["token"],
        "SIXSENSE_SCRIBE_URL": f"{base}/sixsense-scribe",
        "SIXSENSE_API_URL": f"{base}/sixsense-api",
        **{f"SIXSENSE_{g.upper()}_TOKEN": box.secret(f"sixsense/{g}") for g in ("scoring", "segments", "people")},
        "PRODUCT_DB_URL": database_url,
        "EDGAR_WWW_URL": f"{base}/edgar-www",
        "EDGAR_DATA_URL": f"{base}/edgar-data",
        "CONTACT": "Proof data@proof.example",
        "FILE_DROP": str(box.world.drop),
        "SLACK_WEBHOOK_URL": f"{base}/slack/services/{slack.WEBHOOK}",
        "SLACK_API_URL": f"{base}/slack/api",
        "SLACK_BOT_TOKEN": slack.Slack(box).token(),
        "CLOCK_URL": f"{base}/_sandbox/clock",
        "SPEED": f"{box.clock.speed:g}",
        "MODE": "auto",
    }


def write_aside(path: Path, text: str) -> None:
    """Written beside and renamed over, so that a reader never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(path.name + ".tmp")
    aside.write_text(text, encoding="utf-8")
    aside.chmod(0o600)
    aside.replace(path)


def write_env(path: Path, settings: dict[str, str]) -> None:
    lines = "".join(f"SIGNALS_{name}={value}\n" for name, value in settings.items())
    write_aside(path, "# Written by the sandbox: invented credentials of local vendors.\n" + lines)


@contextlib.contextmanager
def opened(options: Options) -> Iterator[tuple[Box, Postgres]]:
    """Store, product database and market of a home; closed cleanly whatever happens."""
    home = options.home
    if (home / "sandbox.db").exists() and _half_made(home):
        _wipe(home)  # an earlier start was interrupted while it made the history
    store = Store(home / "sandbox.db")
    is_new = store.get("made") is None
    postgres = Postgres(data_folder(home, store.get("postgres/folder")))
    try:
        postgres.start()
        store.put("postgres/folder", str(postgres.folder))
        sink = ProductDatabase(postgres, fresh=is_new)
        try:
            if is_new:
                began = time.monotonic()
                world = World.create(
                    store,
                    sink,
                    home,
                    seed=options.seed,
                    companies=options.companies,
                    days=options.days,
                    start=options.start,
                    drop=home / "drop",
                    progress=_progress(options),
                )
                sink.flush()
                store.put("made", True)
                now = opening_of(options.start)
                print(
                    f"made a market of {options.companies:,} companies and {options.days} days in {time.monotonic() - began:.1f} s",
                    file=sys.stderr,
                )
            else:
                world = World(store, sink, home)
                now = datetime.fromisoformat((store.get("clock") or {}).get("now") or opening_of(world.start).isoformat())
            faults = Faults(store)
            world.struck = lambda kind: faults.hit("file_drop", kind)
            sink.refuse("down" in faults.active.get("product_db", {}))
            yield Box(store, world, Clock(now, options.speed), Limits(options.speed), faults), postgres
        finally:
            sink.close()
    finally:
        postgres.stop()
        store.close()


def _half_made(home: Path) -> bool:
    store = Store(home / "sandbox.db")
    try:
        return store.get("made") is None
    finally:
        store.close()


def _progress(options: Options) -> Any:
    def show(done: int, of: int) -> None:
        if sys.stderr.isatty() and (done % 5 == 0 or done == of):
            bar = "█" * (30 * done // of)
            print(f"\r  history {bar:<30} {done}/{of} days", end="\n" if done == of else "", file=sys.stderr, flush=True)

    return show


def serve(options: Options) -> int:
    """Serve until told to stop. A live home is left alone: it says so and returns 0."""
    if facts := live(options.home):
        settings = call(options.home, "/_sandbox/env")
        write_env(options.env_file, settings)
        print(f"a sandbox is already serving {options.home} at {facts['url']} (pid {facts['pid']}); settings in {options.env_file}")
        return 0
    for told in (signal.SIGTERM, signal.SIGINT):
        signal.signal(told, _leave)  # the server raises the signal again when it is done; the default would skip our cleaning up
    options.home.mkdir(parents=True, exist_ok=True)
    with (options.home / "sandbox.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(f"another sandbox is starting or stopping in {options.home}; try again in a moment") from None
        try:
            _serve(options)
        finally:
            (options.home / "sandbox.pid").unlink(missing_ok=True)
    return 0


def _serve(options: Options) -> None:
    with socket.socket() as listener, opened(options) as (box, postgres):
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", options.port))
        except OSError as taken:
            raise Refused(f"port {options.port} is taken ({taken}); leave --port away for a free one") from None
        box.base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        tell = partial(environment, box, postgres.url(user=READER, password=READER_PASSWORD))
        config = uvicorn.Config(build(box, tell), log_level="warning", access_log=False, lifespan="on", timeout_graceful_shutdown=3)
        try:
            _Server(config, options, box, tell).run(sockets=[listener])
        finally:
            keep_clock(box)


def _leave(number: int, frame: object) -> None:
    raise SystemExit(0)


class _Server(uvicorn.Server):
    """Announces itself once it answers."""

    def __init__(self, config: uvicorn.Config, options: Options, box: Box, settings: Callable[[], dict[str, str]]) -> None:
        super().__init__(config)
        self.options, self.box, self.settings = options, box, settings

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        write_env(self.options.env_file, self.settings())
        facts = {
            "pid": os.getpid(),
            "url": self.box.base_url,
            "env_file": str(self.options.env_file),
            "since": self.box.clock.now().isoformat(),
        }
        write_aside(self.options.home / "sandbox.pid", json.dumps(facts))
        print(
            f"sandbox at {self.box.base_url}, it is {self.box.clock.now():%Y-%m-%d %H:%M} UTC there; settings in {self.options.env_file}",
            flush=True,
        )


def stop(home: Path, timeout_s: float = 40.0) -> bool:
    """Tell the server of a home to stop and wait for it. False when none was serving."""
    facts = live(home)
    if facts is None:
        return False
    os.kill(int(facts["pid"]), signal.SIGTERM)
    deadline = time.monotonic() + timeout_s
    while (home / "sandbox.pid").exists():
        if time.monotonic() > deadline:
            raise Refused(f"pid {facts['pid']} does not stop; look at it yourself")
        time.sleep(0.05)
    return True


def reset(home: Path) -> None:
    """Forget everything: the next `serve` makes a new market. Raises Refused when the folder is not a sandbox's."""
    stop(home)
    if home.exists() and any(home.iterdir()) and not (home / "sandbox.db").exists():
        raise Refused(f"{home} holds no sandbox.db: not a sandbox's home, nothing was removed")
    _wipe(home)


def _wipe(home: Path) -> None:
    database = home / "sandbox.db"
    if database.exists():
        store = Store(database)
        folder = store.get("postgres/folder")
        store.close()
        if folder and (Path(folder) / "PG_VERSION").exists():
            shutil.rmtree(folder)
            Path(folder + ".log").unlink(missing_ok=True)
    for name in ("sandbox.db", "sandbox.db-wal", "sandbox.db-shm", "sandbox.pid", "sandbox.lock"):
        (home / name).unlink(missing_ok=True)
    for name in ("truth", "drop", "pg"):
        shutil.rmtree(home / name, ignore_errors=True)
