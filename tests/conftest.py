"""Fixtures that more than one folder of tests uses. One throw-away Postgres serves the whole session; each test takes its own database."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg2
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from sandbox.postgres import Postgres, binaries


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """A running server; skips with the reason when there are no binaries."""
    try:
        binaries()
    except RuntimeError as missing:
        pytest.skip(str(missing))
    # the system's temporary folder, not pytest's: an unprivileged server user must be able to walk into it
    folder = Path(tempfile.mkdtemp(prefix="signals-pg-"))
    folder.chmod(0o755)
    server = Postgres(folder / "cluster")
    try:
        server.start(timeout_s=60)
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def fresh_database(postgres_server: Postgres) -> Iterator[str]:
    """URL of an empty database of its own."""
    name = f"t_{uuid4().hex[:12]}"
    connection = psycopg2.connect(postgres_server.url("postgres"))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"create database {name}")
    yield postgres_server.url(name)
    with connection.cursor() as cursor:
        cursor.execute(f"drop database {name} with (force)")
    connection.close()
