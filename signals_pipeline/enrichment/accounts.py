"""The accounts of a day: eligible, hot, and what we know of their people already.

warehouse `signals.account_eligibility` + lake scores, people, links → `Account`s, hottest first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from signals_pipeline.enrichment.personas import level_of
from signals_pipeline.errors import Transient
from signals_pipeline.runtime import Runtime

DATASET, STREAM = "sixsense__people", "enrichment"  # what this stage itself writes into `people`


@dataclass
class Account:
    """An eligible account with its score. `wanted_people`: known people of a wanted level who have an address."""

    company_id: str
    name: str | None
    domain: str | None
    country: str | None
    score: float
    signal_id: str | None = None
    wanted_people: int = 0
    people_ids: set[str] = field(default_factory=set)  # 6sense ids of people we have
    person_ids: dict[str, str] = field(default_factory=dict)  # email_key → person_id


def eligible(rt: Runtime) -> list[dict[str, Any]]:
    """Rows of `signals.account_eligibility` that may be worked on, by company id. Raises Transient when it is not built."""
    if not rt.warehouse.has("signals", "account_eligibility"):
        raise Transient("signals.account_eligibility is not in the warehouse; build the stage `signals` first")
    return rt.warehouse.rows(
        "select company_id, name, domain, country from signals.account_eligibility where is_eligible order by company_id"
    )


def hot(rt: Runtime, dt: date, rows: list[dict[str, Any]], merged: Mapping[str, str]) -> list[Account]:
    """Accounts whose rule score of the day reaches the threshold, hottest first, with what is known of their people."""
    scores = rt.lake.read("account_scores", since=dt, until=dt, columns=["company_id", "model", "composite_score"])
    score_of = {
        r["company_id"]: r["composite_score"]
        for r in scores.to_pylist()
        if r["model"] == "rule" and (r["composite_score"] or 0.0) >= rt.profile.scoring.threshold
    }
    accounts = {
        r["company_id"]: Account(r["company_id"], r["name"], r["domain"], r["country"], score_of[r["company_id"]])
        for r in rows if r["company_id"] in score_of
    }  # fmt: skip
    if accounts:
        _add_signals(rt, dt, accounts)
        _add_people(rt, dt, accounts, merged)
    return sorted(accounts.values(), key=lambda a: (-a.score, a.company_id))


def _add_signals(rt: Runtime, dt: date, accounts: dict[str, Account]) -> None:
    """The signal that gave the score most points: costs are booked to it."""
    reasons = rt.lake.read("account_score_reasons", since=dt, until=dt, columns=["company_id", "model", "signal_id", "points"])
    best: dict[str, tuple[float, str]] = {}
    for r in reasons.to_pylist():
        if r["model"] == "rule" and r["signal_id"] and r["company_id"] in accounts:
            best[r["company_id"]] = max(best.get(r["company_id"], (float("-inf"), "")), (r["points"] or 0.0, r["signal_id"]))
    for company_id, (_, signal_id) in best.items():
        accounts[company_id].signal_id = signal_id


def _add_people(rt: Runtime, dt: date, accounts: dict[str, Account], merged: Mapping[str, str]) -> None:
    """People linked to the accounts, up to the day; what this stage wrote for the day itself is left out, so that a second run
    of the day chooses the same people."""
    wanted_ids = pa.array([*accounts, *(old for old, new in merged.items() if new in accounts)], pa.string())
    links = rt.lake.read("person_links", until=dt, columns=["person_record_id", "person_id", "company_id"])
    links = links.filter(pc.is_in(links["company_id"], wanted_ids))
    link_of = {r["person_record_id"]: (r["person_id"], merged.get(r["company_id"], r["company_id"])) for r in links.to_pylist()}
    columns = ["person_record_id", "dataset", "email_key", "title", "level", "people_id_sixsense"]
    people = rt.lake.read("people", until=dt, columns=columns)
    people = people.filter(pc.is_in(people["person_record_id"], pa.array(list(link_of), pa.string())))
    wanted: dict[str, set[str]] = {}
    for r in people.to_pylist():
        if r["dataset"] == DATASET and r["dt"] == dt:
            continue
        person_id, company_id = link_of[r["person_record_id"]]
        account = accounts[company_id]
        if r["people_id_sixsense"]:
            account.people_ids.add(r["people_id_sixsense"])
        if r["email_key"]:
            account.person_ids[r["email_key"]] = person_id
            if (r["level"] or level_of(r["title"])) in rt.profile.enrichment.levels:
                wanted.setdefault(company_id, set()).add(person_id)
    for company_id, persons in wanted.items():
        accounts[company_id].wanted_people = len(persons)
