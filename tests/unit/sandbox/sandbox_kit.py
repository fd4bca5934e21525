"""What the sandbox's tests share: a market in a folder, a product database that is a list, a server in this process."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from sandbox.app import build
from sandbox.box import Box
from sandbox.clock import Clock, opening_of
from sandbox.faults import Faults
from sandbox.rates import Limits
from sandbox.store import Store
from sandbox.world import World

START = date(2026, 6, 30)
MEDIA = {"Content-Type": "application/vnd.api+json"}


@dataclass
class ListSink:
    """A product database that is a list."""

    users: list[dict[str, Any]] = field(default_factory=list)
    lines: list[tuple[str, str]] = field(default_factory=list)

    def user(self, row: dict[str, Any]) -> None:
        self.users.append(row)

    def usage(self, batch: str, loaded_at: str, lines: list[str]) -> None:
        self.lines += [(loaded_at, line) for line in lines]

    def flush(self) -> None:
        pass


def make(home: Path, *, seed: int = 7, companies: int = 1200, days: int = 110) -> tuple[World, ListSink]:
    home.mkdir(parents=True, exist_ok=True)
    sink = ListSink()
    world = World.create(Store(home / "sandbox.db"), sink, home, seed=seed, companies=companies, days=days, start=START, drop=home / "drop")
    return world, sink


@dataclass
class Wall:
    """The wall clock of a test, in seconds."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Sandbox:
    """The server in this process: `client` speaks to it, `wall.seconds` moves its clock by `speed`."""

    box: Box
    wall: Wall
    client: TestClient

    def salesforce(self) -> dict[str, str]:
        """A session's headers."""
        form = {"grant_type": "client_credentials", "client_id": "3MVG9sandbox.Client", "client_secret": self.box.secret("salesforce")}
        token = self.client.post("/salesforce/services/oauth2/token", data=form).json()["access_token"]
        return {"Authorization": f"Bearer {token}"}

    def mint(self, refresh: str | None = None) -> Any:
        held = self.box.store.get("outreach/refresh")["token"]
        form = {
            "grant_type": "refresh_token",
            "client_id": "outreach-sandbox-client",
            "client_secret": self.box.secret("outreach"),
            "refresh_token": refresh or held,
            "redirect_uri": "https://signals.example.com/oauth/callback",
        }
        return self.client.post("/outreach/oauth/token", data=form)

    def outreach(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.mint().json()['access_token']}"}

    def sixsense(self, group: str) -> dict[str, str]:
        return {"Authorization": f"Token {self.box.secret(f'sixsense/{group}')}"}

    def soql(self, text: str, session: dict[str, str]) -> Any:
        return self.client.get("/salesforce/services/data/v68.0/query", params={"q": text}, headers=session)


@contextlib.contextmanager
def copied(template: Path, home: Path) -> Iterator[Sandbox]:
    """The server over a copy of a market, at its start, on a wall clock that stands still. Dropped files stay in the template."""
    home.mkdir()
    shutil.copy(template / "sandbox.db", home)
    shutil.copytree(template / "truth", home / "truth")
    store = Store(home / "sandbox.db")
    store.put("world", {**store.get("world"), "drop": str(home / "drop")})
    world, wall = World(store, ListSink(), home), Wall()
    box = Box(store, world, Clock(opening_of(START), 60.0, wall), Limits(60.0), Faults(store), "http://127.0.0.1:1")
    world.struck = lambda kind: box.faults.hit("file_drop", kind)
    yield Sandbox(box, wall, TestClient(build(box, dict)))
    store.close()
    shutil.rmtree(home)
