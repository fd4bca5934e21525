"""A small hand-made market in a temporary lake: companies, people, signals and what vendors say of them.

`Market.company(...)`, `.person(...)`, `.signal(...)`, `.product_signal(...)`, `.say(dataset, ...)`, then `.land()`; every id is readable.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from signals_pipeline import keys
from signals_pipeline.io import dbt
from signals_pipeline.io.lake import Lake
from signals_pipeline.rules.profile import Profile, load_profile
from signals_pipeline.runtime import Runtime, build_runtime
from signals_pipeline.settings import REPOSITORY, load_settings

BEFORE = ("resource_type:seed", "path:models/sources", "path:models/identity", "path:models/signals")
AFTER = ("path:models/scoring", "path:models/enrichment", "path:models/priorities", "path:models/activation", "path:models/metrics")

DAY = date(2026, 7, 1)
NOON = datetime(2026, 7, 1, 12)
EARLY = DAY - timedelta(days=30)
HEALTHY_SEQUENCES = ("Intent Surge", "Product Signup", "Feature Activation", "Usage Spike", "Drop-off", "Company News")


class Market:
    def __init__(self, lake: Lake, day: date = DAY) -> None:
        self.lake, self.day = lake, day
        self.rows: dict[tuple[str, date], list[dict[str, Any]]] = defaultdict(list)
        self.domains: dict[str, str] = {}
        self.mentions: dict[str, str] = {}
        self.user("u1", territory="GB")
        self.user("u2", territory="US")
        for number, name in enumerate(HEALTHY_SEQUENCES, 1):
            self.say(
                "outreach__sequences", str(number), sequence_id=number, name=name, is_enabled=True, is_locked=False, is_transactional=False
            )

    def say(self, dataset: str, record_key: str, /, *, dt: date | None = None, **columns: Any) -> None:
        """One raw row, as a vendor would have said it by noon."""
        envelope = {"record_key": record_key, "known_at": NOON, "known_at_basis": "modified", "pulled_at": NOON, "payload": "{}"}
        self.rows[(dataset, dt or self.day)].append(envelope | columns)

    def fact(self, name: str, /, *, dt: date | None = None, **columns: Any) -> None:
        self.rows[(name, dt or self.day)].append(columns)

    def user(self, user_id: str, *, territory: str, is_active: bool = True, is_healthy: bool = True, mailbox: int | None = None) -> None:
        email = f"{user_id}@proof.example"
        self.say(
            "salesforce__users",
            user_id,
            user_id=user_id,
            email=email,
            name=user_id,
            is_active=is_active,
            territory=territory,
            email_key=key_of(email),
        )
        number = mailbox or 10 + int(user_id[1:])
        self.say(
            "outreach__mailboxes",
            str(number),
            mailbox_id=number,
            email=email,
            owner_email_key=key_of(email),
            is_send_disabled=not is_healthy,
        )

    def company(self, name: str, *, owner: str | None = None, linked_dt: date = EARLY, domain: str | None = None, **account: Any) -> str:
        """A company with a CRM account; returns its company_id (the name itself, to be read in failures)."""
        domain = domain or f"{name}.example"
        self.domains[name] = domain
        firm = {"industry": "Software", "employees": 200, "country": "US"} | {
            k: account.pop(k) for k in ("industry", "employees", "country", "state") if k in account
        }
        row = {
            "account_id": f"acc-{name}",
            "name": name.title(),
            "domain": domain,
            "website": domain,
            "owner_id": owner,
            "is_deleted": False,
            "do_not_contact": False,
            **firm,
        }
        self.say("salesforce__accounts", f"acc-{name}", **(row | account))
        mention = keys.md5("salesforce__accounts", f"acc-{name}", "subject")
        self.mentions[name] = mention
        self.fact(
            "mentions",
            dt=linked_dt,
            mention_id=mention,
            dataset="salesforce__accounts",
            record_key=f"acc-{name}",
            role="subject",
            known_at=NOON,
            name=name.title(),
            domain=domain,
            account_id_salesforce=f"acc-{name}",
            **firm,
        )
        self.fact("company_links", dt=linked_dt, mention_id=mention, company_id=name, method="domain", probability=1.0, decided_by="rule")
        return name

    def person(
        self,
        person: str,
        company: str | None,
        *,
        level: str | None = "vp",
        department: str | None = "operations",
        email: str | None = "",
        contact: dict[str, Any] | None = None,
        prospect: int | None = None,
        user: str | None = None,
        lead: dict[str, Any] | None = None,
        country: str | None = None,
        linked_dt: date = EARLY,
    ) -> str:
        """A person at a company, with a CRM contact (columns in `contact`), a lead, a prospect or a product user."""
        address = f"{person}@{self.domains[company] if company else 'freemail.example'}" if email == "" else email
        email_key = key_of(address) if address else None
        made: list[tuple[str, str, dict[str, Any]]] = []
        if contact is not None:
            row = {
                "contact_id": f"con-{person}",
                "account_id": f"acc-{company}",
                "email": address,
                "email_key": email_key,
                "has_opted_out": False,
                "do_not_contact": False,
            }
            self.say("salesforce__contacts", f"con-{person}", **(row | contact))
            made.append(("salesforce__contacts", f"con-{person}", {"contact_id_salesforce": f"con-{person}"}))
        if lead is not None:
            row = {"lead_id": f"lead-{person}", "email_key": email_key, "has_opted_out": False, "is_converted": False}
            self.say("salesforce__leads", f"lead-{person}", **(row | lead))
            made.append(("salesforce__leads", f"lead-{person}", {"lead_id_salesforce": f"lead-{person}"}))
        if prospect is not None:
            made.append(("outreach__prospects", str(prospect), {"prospect_id_outreach": prospect}))
        if user is not None:
            made.append(("product_db__users", user, {"user_id_product": user}))
        for dataset, key, ids in made or [("sixsense__people", person, {})]:
            record = keys.md5("person", dataset, key, 0)
            self.fact(
                "people",
                dt=linked_dt,
                person_record_id=record,
                dataset=dataset,
                record_key=key,
                known_at=NOON,
                email=address,
                email_key=email_key,
                full_name=person.title(),
                first_name=person.title(),
                last_name="Example",
                title="VP Operations",
                level=level,
                department=department,
                country=country,
                **ids,
            )
            self.fact(
                "person_links", dt=linked_dt, person_record_id=record, person_id=person, company_id=company, method="email", probability=1.0
            )
        return person

    def prospect(self, number: int, **columns: Any) -> None:
        self.say("outreach__prospects", str(number), **({"prospect_id": number, "opted_out": False, "email_opted_out": False} | columns))

    def signal(
        self, company: str, kind: str = "funding_round", *, dt: date | None = None, days_ago: int = 1, name: str = "", **event: Any
    ) -> str:
        """One event with its own episode; returns the signal_id."""
        dt = dt or self.day
        known = datetime.combine(dt - timedelta(days=days_ago), datetime.min.time())
        record = f"{company}-{kind}-{name}-{days_ago}"
        event_id = keys.md5("crunchbase__funding_rounds", record, kind, 0)
        row = (
            {
                "modality": "done",
                "confidence": 1.0,
                "round_type": "series_b",
                "amount": 25_000_000,
                "currency": "USD",
                "amount_usd": 25_000_000,
            }
            if kind == "funding_round"
            else {"modality": "done", "confidence": 1.0}
        )
        self.fact(
            "events",
            dt=dt,
            event_id=event_id,
            dataset="crunchbase__funding_rounds",
            record_key=record,
            signal_type=kind,
            occurred_at=known,
            known_at=known,
            known_at_basis="announcement",
            mention_id=self.mentions.get(company),
            **(row | event),
        )
        episode = keys.md5(kind, event_id)
        self.fact(
            "episode_links",
            dt=dt,
            event_id=event_id,
            episode_id=episode,
            signal_type=kind,
            company_id=company,
            subject=record,
            is_first=True,
        )
        return keys.as_uuid(episode)

    def signup(self, user: str, company: str | None, **columns: Any) -> None:
        """A product user who started a trial the day before."""
        at = datetime.combine(self.day - timedelta(days=1), datetime.min.time())
        row = {
            "user_id": user,
            "plan_type": "pro_trial",
            "signup_at": at,
            "updated_at": at,
            "known_at": at,
            "company_size": 200,
            "team_members": 3,
        }
        self.say("product_db__users", user, **(row | columns))
        if company:
            mention = keys.md5("product_db__users", user, "employer")
            self.fact(
                "mentions",
                dt=EARLY,
                mention_id=mention,
                dataset="product_db__users",
                record_key=user,
                role="employer",
                known_at=NOON,
                domain=self.domains[company],
            )
            self.fact(
                "company_links", dt=EARLY, mention_id=mention, company_id=company, method="domain", probability=1.0, decided_by="rule"
            )

    def score(self, company: str, composite: float = 60.0, dt: date | None = None) -> None:
        """A rule score as the scoring stage would write it (for tests that do not run it)."""
        self.fact(
            "account_scores",
            dt=dt,
            company_id=company,
            model="rule",
            model_version="rule-test",
            composite_score=composite,
            readiness_stage="Consideration",
            status="scored",
        )

    def arm(self, company: str, arm: str = "treated", dt: date | None = None) -> None:
        self.say("ops__holdout", company, dt=dt, company_id=company, arm=arm, drawn_on=self.day, salt="spring-2026")

    def land(self) -> None:
        for (name, dt), rows in sorted(self.rows.items(), key=lambda item: (item[0][0], item[0][1])):
            self.lake.write(name, dt, rows)


def key_of(address: str) -> str:
    key = keys.email_key(address, "test-key")
    assert key is not None
    return key


def profile_with(**priorities: Any) -> Profile:
    """The default profile with other `priorities`."""
    profile = load_profile(REPOSITORY / "config" / "profile.yml")
    return profile.model_copy(update={"priorities": profile.priorities.model_copy(update=priorities)})


def runtime_in(home: Path, profile: Profile | None = None, **settings: Any) -> Runtime:
    found = load_settings({}, home=home, hash_key="test-key", now="2026-07-02T10:05:00+00:00", **settings)
    return build_runtime(found, profile=profile or profile_with())


def build(rt: Runtime, select: Sequence[str], *, since: date = DAY, until: date = DAY, tests: bool = False) -> dbt.DbtRun:
    """Models of a selection, and their data tests when asked. Postgres gets the lake's news first."""
    if rt.settings.engine == "postgres":
        from signals_pipeline.io.pgload import load

        load(rt.settings, rt.lake)
    exclude = ("resource_type:unit_test",) if tests else ("resource_type:unit_test", "resource_type:test")
    run = dbt.build(rt.settings, select, since=since, until=until, exclude=exclude, variables=dbt.variables_of(rt.profile))
    assert run.ok, [f"{n.name}: {n.message}" for n in run.broken]
    return run
