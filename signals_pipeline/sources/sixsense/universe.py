"""Whose score is asked for today: segment members first, then CRM accounts never asked for, then the stalest answers.

lake (CRM accounts and contacts, product users, segment members, earlier scores) → accounts with one representative address.
Does not belong here: the asking (`__init__.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from signals_pipeline.io.lake import Lake
from signals_pipeline.sources.read import company_domain, naive
from signals_pipeline.sources.spec import Pull

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
    wanted = [
        *sorted(d for d in members if d not in done),
        *sorted(d for d in accounts if d not in members and d not in asked),
        *sorted((d for d in accounts if d not in members and d in stale), key=lambda d: (stale[d], d)),
    ]
    return [Account(d, addresses.get(d) or f"info@{d}", members.get(d) or accounts.get(d)) for d in wanted[:budget]]


def _newest(lake: Lake, name: str, dt: date, columns: list[str]) -> pa.Table:
    day = lake.newest(name, until=dt)
    return lake.read(name, since=day, until=day, columns=columns) if day else lake.read(name, since=dt, until=dt, columns=columns)


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
