"""Whose score is asked for today: segment members, CRM accounts never asked for, the stalest answers, then who is in signals alone.

lake (CRM accounts and contacts, product users, segment members, mentions, earlier scores) → accounts with one representative address.
Does not belong here: the asking (`__init__.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from signals_pipeline.io.lake import Lake
from signals_pipeline.sources.read import company_domain, naive
from signals_pipeline.sources.spec import Pull

_NAMED_DAYS = 365  # a company that nobody named for a year is not asked for
_WEEK = 7  # days for which an answer about an account outside the segments is fresh


@dataclass(frozen=True)
class Account:
    """A company to ask for. `email` is an address at its domain: a known person's, else the role address `info@`."""

    domain: str
    email: str
    country: str | None


def due(pull: Pull) -> list[Account]:
    """Accounts to ask for in this run, most wanted first, within the day's budget less what the day has asked already."""
    lake, dt = pull.runtime.lake, pull.window.dt
    members = _domains(_newest(lake, "sixsense__segment_members", dt, ["domain", "country"]))
    accounts = _domains(_newest(lake, "salesforce__accounts", dt, ["domain", "country"]))
    asked = _asked(_newest(lake, "sixsense__account_scores", dt, ["domain", "pulled_at"]))
    closed = naive(pull.window.end)
    assert closed is not None
    # the run of a day comes after its window has closed: answers since then are this run's
    done = {d for d, at in asked.items() if at >= closed}
    budget = max(0, pull.runtime.profile.intent.scores_per_day - len(done))
    addresses = _addresses(lake, dt)
    stale = {d: at for d, at in asked.items() if (closed - at).days >= _WEEK}
    named = {d: c for d, c in _named(lake, dt).items() if d not in members and d not in accounts}
    wanted = [
        *sorted(d for d in members if d not in done),
        *sorted(d for d in accounts if d not in members and d not in asked),
        *sorted((d for d in accounts if d not in members and d in stale), key=lambda d: (stale[d], d)),
        *sorted(d for d in named if d not in asked),
        *sorted((d for d in named if d in stale), key=lambda d: (stale[d], d)),
    ]
    countries = named | accounts | members
    return [Account(d, addresses.get(d) or f"info@{d}", countries.get(d)) for d in wanted[:budget]]


def _newest(lake: Lake, name: str, dt: date, columns: list[str]) -> pa.Table:
    day = lake.newest(name, until=dt)
    return lake.read(name, since=day, until=day, columns=columns) if day else lake.read(name, since=dt, until=dt, columns=columns)


def _named(lake: Lake, dt: date) -> dict[str, str | None]:
    """Companies that filings, files and the product named before the day (the day's own mentions come after this pull)."""
    first, last = dt - timedelta(days=_NAMED_DAYS), dt - timedelta(days=1)
    subjects = pc.field("role") == "subject"
    return _domains(lake.read("mentions", since=first, until=last, columns=["domain", "country", "role"], where=subjects))


def _domains(table: pa.Table) -> dict[str, str | None]:
    """domain → country; free mail is nobody's company."""
    found: dict[str, str | None] = {}
    for row in table.to_pylist():
        domain = company_domain(row["domain"])
        if domain:
            found[domain] = found.get(domain) or row["country"]
    return found


def _asked(table: pa.Table) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for row in table.to_pylist():
        found[row["domain"]] = max(row["pulled_at"], found.get(row["domain"], row["pulled_at"]))
    return found


def _addresses(lake: Lake, dt: date) -> dict[str, str]:
    """domain → the first known address in it, CRM before product."""
    found: dict[str, str] = {}
    for name in ("salesforce__contacts", "salesforce__leads", "product_db__users"):
        emails: list[Any] = sorted(e for e in _newest(lake, name, dt, ["email"])["email"].to_pylist() if e)
        for email in emails:
            domain = company_domain(email)
            if domain:
                found.setdefault(domain, email)
    return found
