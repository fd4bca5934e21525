"""The aim's world: 50,000 accounts, 500,000 contacts, and a day that brings 2,000,000 usage counts, through the whole daily run.

a fresh home and sandbox → `crowd.py` fills CRM and product database → history run → a day passes, its usage is loaded → day run → numbers.
The sandbox's pace is not ours: `vendor_waits_s` stands beside the wall, and CPU seconds hardly depend on it.
Run alone: python -m benchmarks.scale [--companies 50000 --contacts 500000 --events 2000000] [--keep FOLDER]
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import yaml

from benchmarks.crowd import Product, fill_crm
from benchmarks.daily import run, signals
from signals_pipeline.settings import REPOSITORY

MADE = datetime(2026, 6, 29, tzinfo=UTC)  # what the crowd's instants are counted back from; the market opens a day later
HISTORY_DAYS = 30
EVENTS_PER_USER = 5  # one count for each event type
MAX_ROWS, PROFILE = 20_000, "SIGNALS_PROFILE_PATH"


def measure(companies: int = 50_000, contacts: int = 500_000, events: int = 2_000_000, keep: Path | None = None) -> dict[str, Any]:
    """Numbers of two runs, as `daily.measure` gives them: the history, and the day of `events` new usage counts.

    keep: a folder that stays, with the sandbox's server stopped; a home that stands there already lives one more day.
    """
    if keep is not None:
        return _lived(keep, companies, contacts, events)
    with tempfile.TemporaryDirectory(prefix="bench-scale-", ignore_cleanup_errors=True) as folder:
        return _lived(Path(folder), companies, contacts, events)


def _lived(home: Path, companies: int, contacts: int, events: int) -> dict[str, Any]:
    users = events // EVENTS_PER_USER
    os.environ[PROFILE] = str(_profile(home))  # of the commands; taken back below, for the benches that come after
    told: dict[str, Any] = {"companies": companies, "users": users, "events_of_the_day": events}
    is_new = not (home / "sandbox").exists()
    try:
        if is_new:
            started = time.perf_counter()
            signals(home, "sandbox", "start", "--companies", str(companies), "--days", str(HISTORY_DAYS))
            signals(home, "sandbox", "stop")
            told |= fill_crm(home, contacts, MADE)
            signals(home, "sandbox", "start")
            product = Product(home, _product_url(home))
            product.users(users, MADE)
            product.usual(users, events, MADE.date())
            product.close()
            told["world_s"] = round(time.perf_counter() - started, 1)
            told["history"] = run(home)
            (home / "history.json").write_text(json.dumps(told, indent=2))  # the day may take long
        else:
            signals(home, "sandbox", "start")
        signals(home, "sandbox", "advance", "--days", "1")
        product = Product(home, _product_url(home))
        product.day(users, events, _today(home) - timedelta(days=1))
        product.close()
        told["day"] = run(home)
    finally:
        signals(home, "sandbox", "stop")
        del os.environ[PROFILE]
    return told


def _profile(home: Path) -> Path:
    """The profile of a tenant of this size: more rows in one plan (hot accounts are told one by one), all else as it is."""
    profile = yaml.safe_load((REPOSITORY / "config" / "profile.yml").read_text())
    profile["activation"]["max_rows"] = MAX_ROWS
    home.mkdir(parents=True, exist_ok=True)
    (home / "profile.yml").write_text(yaml.safe_dump(profile))
    return home / "profile.yml"


def _setting(home: Path, name: str) -> str:
    lines = (home / "sandbox.env").read_text().splitlines()
    return next(line.partition("=")[2] for line in lines if line.startswith(f"SIGNALS_{name}="))


def _product_url(home: Path) -> str:
    return _setting(home, "PRODUCT_DB_URL")


def _today(home: Path) -> date:
    """The calendar day of the sandbox's clock, which has just passed 06:00 of it."""
    with urlopen(_setting(home, "CLOCK_URL"), timeout=30) as answer:
        return datetime.fromisoformat(json.load(answer)["now"]).date()


def main() -> None:
    ask = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    ask.add_argument("--companies", type=int, default=50_000)
    ask.add_argument("--contacts", type=int, default=500_000)
    ask.add_argument("--events", type=int, default=2_000_000)
    ask.add_argument("--keep", type=Path, help="a home that stays; called again, it lives one more day")
    told = ask.parse_args()
    print(json.dumps(measure(told.companies, told.contacts, told.events, told.keep), indent=2))


if __name__ == "__main__":
    main()
