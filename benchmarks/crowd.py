"""Fills a sandbox's market to the size of the aim: every company an account, ten contacts each, product users, days of usage.

sandbox.db (while its server stands still) → accounts and contacts · product database (while it runs) → users and `daily_events`.
The market does not know of them: nobody of the crowd answers, buys or is hidden truth. Invented people on the companies' own domains.
Does not belong here: running and measuring (`scale.py`).
"""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2

from sandbox.clock import stamp
from sandbox.market.companies import company
from sandbox.market.words import FAMILY, GIVEN
from sandbox.store import Store

TITLES = ("VP Operations", "Paralegal", "Chief Legal Officer", "Director of Compliance", "Account Manager")
EVENTS = ("login", "document_uploaded", "transaction", "notarization_completed", "team_invited")


def fill_crm(home: Path, contacts: int, at: datetime) -> dict[str, int]:
    """Accounts for the companies that have none, and contacts up to `contacts` in all. The server must not run. Returns the counts."""
    store = Store(home / "sandbox" / "sandbox.db")
    try:
        reps = [r["Id"] for r in store.rows("SELECT Id FROM User ORDER BY Id")]
        facts = store.get("world")
        n, seed = int(facts["companies"]), int(facts["seed"])
        with store.batch():
            have = {int(r["w_company"]): r["Id"] for r in store.rows("SELECT w_company, min(Id) AS Id FROM Account GROUP BY w_company")}
            for i in range(n):
                if i not in have:
                    have[i] = store.new_id("Account")
                    store.insert("Account", _account(seed, i, have[i]) | _made(reps[i % len(reps)], at - timedelta(days=i % 900)))
            missing = max(0, contacts - store.count("Contact"))
            for k in range(missing):
                i, when = k % n, at - timedelta(days=1 + k % 700, minutes=k % 1440)
                store.insert("Contact", _contact(seed, i, k // n, store.new_id("Contact"), have[i]) | _made(reps[i % len(reps)], when))
        return {"accounts": store.count("Account"), "contacts": store.count("Contact")}
    finally:
        store.close()


def _account(seed: int, i: int, name: str) -> dict[str, Any]:
    c = company(seed, i)
    return {
        "Id": name, "Name": c.name, "Website": f"https://www.{c.domain}", "Domain__c": c.domain, "Industry": c.industry,
        "NumberOfEmployees": c.employees, "BillingCountryCode": c.country, "BillingState": c.state or None, "BillingCity": c.city,
        "Type": "Prospect", "Do_Not_Contact__c": 0, "w_company": i,
    }  # fmt: skip


def _contact(seed: int, i: int, k: int, name: str, account: str) -> dict[str, Any]:
    c = company(seed, i)
    return {
        "Id": name, "AccountId": account, "Email": f"crowd.{k}@{c.domain}", "FirstName": GIVEN[(i + 7 * k) % len(GIVEN)],
        "LastName": FAMILY[(i // len(GIVEN) + 3 * k) % len(FAMILY)], "Title": TITLES[(i + k) % len(TITLES)],
        "MailingCountryCode": c.country, "HasOptedOutOfEmail": 0, "DoNotCall": 0, "Do_Not_Contact__c": 0, "w_company": i,
    }  # fmt: skip


def _made(rep: str, when: datetime) -> dict[str, Any]:
    made = stamp(when)
    return {"OwnerId": rep, "CreatedDate": made, "LastModifiedDate": made, "SystemModstamp": made, "IsDeleted": 0}


class Product:
    """The product database of a running sandbox, as its owner."""

    def __init__(self, home: Path, reader_url: str) -> None:
        where = urlsplit(reader_url)
        self.db = psycopg2.connect(host=where.hostname, port=where.port, dbname=where.path.lstrip("/"), user="postgres")
        store = Store(home / "sandbox" / "sandbox.db")
        domains = [(int(r["id"]), str(r["domain"])) for r in store.rows("SELECT id, domain FROM w_company")]
        store.close()
        self.companies = len(domains)
        with self.db, self.db.cursor() as run:
            run.execute("create temp table w_domain (id integer primary key, domain text)")
            run.copy_expert("copy w_domain from stdin", io.StringIO("".join(f"{i}\t{domain}\n" for i, domain in domains)))

    def users(self, count: int, at: datetime) -> None:
        """Users who signed up months ago: every other layer of them are contacts of the CRM, one in fifty is on trial."""
        self._run(
            "insert into users select 'c_' || lpad(k::text, 7, '0'),"
            " (case when (k / %(n)s) %% 2 = 0 then 'crowd.' else 'user.' end) || (k / %(n)s) || '@' || d.domain, null,"
            " case when k %% 50 = 0 then 'pro_trial' when k %% 5 = 0 then 'paid' else 'free' end, %(at)s - interval '200 days',"
            " 'US', null, 1, %(at)s - (1 + k %% 150) * interval '1 day'"
            " from generate_series(0, %(count)s - 1) as k join w_domain as d on d.id = k %% %(n)s",
            n=self.companies, count=count, at=at,
        )  # fmt: skip

    def usual(self, users: int, rows: int, day: date) -> None:
        """`rows` counts spread over the four weeks before `day`, each loaded in the night that followed.

        A user has one day a week, the same in each, and the same counts on it: no week of theirs is a spike, nor is one with a `day` in it.
        Every other day has six times the rows of its neighbour: a day of any size lies within what such days foretell.
        """
        on = "%(day)s - 1 - 7 * least(3, r / %(users)s)::integer - 2 * (r %% %(users)s %% 4)::integer - (r %% %(users)s %% 7 = 0)::integer"
        self._events(users, rows, on, "14 * (1 + r %% %(users)s %% 3)", day)

    def day(self, users: int, rows: int, day: date) -> None:
        """`rows` counts of `day`, one per user and event type, loaded in the night that followed."""
        self._events(users, rows, "%(day)s", "1 + r %% 3", day)

    def close(self) -> None:
        self.db.close()

    def _events(self, users: int, rows: int, on: str, count: str, day: date) -> None:
        self._run(
            "insert into daily_events select user_id, event_date, event_type, event_count, event_date + 1 + time '04:20' from ("
            f" select 'c_' || lpad((r %% %(users)s)::text, 7, '0') as user_id, {on} as event_date,"
            f"  (%(kinds)s)[1 + (r / %(users)s) %% %(of)s] as event_type, {count} as event_count"
            "  from generate_series(0, %(rows)s - 1) as r) as made",
            users=users, rows=rows, day=day, kinds=list(EVENTS), of=len(EVENTS),
        )  # fmt: skip

    def _run(self, sql: str, **values: Any) -> None:
        with self.db, self.db.cursor() as run:
            run.execute(sql, values)
