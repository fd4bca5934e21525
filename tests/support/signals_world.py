"""A small hand-made world that takes every path of the signals stage, and the way to build it on an engine."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from signals_pipeline.io import dbt
from signals_pipeline.io.lake import Lake
from signals_pipeline.io.warehouse import Warehouse
from signals_pipeline.rules.profile import load_profile
from signals_pipeline.settings import Settings, load_settings
from support.lake_rows import Days, company_id, span

SELECT = ["resource_type:seed", "path:models/sources", "path:models/identity", "path:models/signals"]
TODAY = date(2026, 6, 30)  # a Tuesday


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def world() -> Days:
    """Acme: CRM customer-to-be with every kind of signal; Bolt: customer; Cobalt: open deal; Stampwell: competitor; Dune: too small."""
    d = Days()
    for day in span(ago(40), 41):
        d.account(day, "001A", "Acme", industry="Software", employees=400, country="US")
        d.account(day, "001B", "Bolt", industry="Software", employees=900, country="US", type="Customer")
        d.account(day, "001C", "Cobalt", country="US")
        d.account(day, "001D", "Dune", employees=3, country="US", industry="Gambling")
        d.account(day, "001S", "Stampwell", country="US")
        d.opportunity(day, "006C", "001C")
        d.opportunity(day, "006E", "001A", closed=day > ago(20), close_date=ago(20))
        d.segment(day, "acme.example", "bolt.example")
    for account_id, company, facts in (
        ("001A", "Acme", {"employees": 400, "country": "US", "industry": "Software"}),
        ("001B", "Bolt", {"employees": 900}),
        ("001C", "Cobalt", {}),
        ("001D", "Dune", {"employees": 3, "industry": "Gambling"}),
        ("001S", "Stampwell", {}),
    ):
        d.mention(
            ago(40),
            "salesforce__accounts",
            account_id,
            company,
            domain=f"{company.lower()}.example",
            account_id_salesforce=account_id,
            **facts,
        )
    d.mention(ago(40), "sixsense__account_scores", "acme.example", "Acme", domain="acme.example")
    # a filing, its amendment, and the same round by file: one episode, two independent sources
    first = d.event(
        ago(10),
        "Acme",
        "funding_round",
        key="0001",
        amount=25_000_000,
        currency="USD",
        round_type="series_b",
        accession="0001",
        span_start=4,
        span_end=15,
    )
    d.add(
        "sec_edgar__filings",
        ago(10),
        {
            "record_key": "0001",
            "known_at": None,
            "payload": "x",
            "accession": "0001",
            "form": "D",
            "text": "The raised sum was 25,000,000 dollars",
        },
    )
    d.mention(ago(10), "sec_edgar__filings", "0001", "Acme", cik="0000000001")
    d.event(
        ago(4),
        "Acme",
        "funding_round",
        key="0002",
        amount=26_000_000,
        currency="USD",
        round_type="series_b",
        accession="0002",
        first_event_id=first,
    )
    d.event(
        ago(3),
        "Acme",
        "funding_round",
        key="row7",
        dataset="file_drop__funding",
        amount=25_500_000,
        currency="USD",
        first_event_id=first,
        source_row="row7",
    )
    d.event(
        ago(6),
        "Bolt",
        "executive_change",
        key="0003",
        level="c_suite",
        change_type="new_hire",
        title="Chief Operating Officer",
        department="operations",
    )
    d.event(
        ago(5),
        "Acme",
        "acquisition",
        key="0004",
        amount=120_000_000,
        currency="USD",
        other_company_name='Widget "Works"',
        deal_stage="announced",
    )
    d.event(ago(2), "Cobalt", "acquisition", key="0005", modality="rumour", other_company_name="Nobody")
    d.event(
        ago(2),
        "Cobalt",
        "job_posting",
        key="j1",
        dataset="file_drop__job_posting",
        title="Notary",
        department="operations",
    )
    d.event(ago(2), "Cobalt", "technology_adoption", key="t1", dataset="file_drop__technology", subject="Okta")
    d.add(
        "documents",
        ago(8),
        {
            "document_id": "d1",
            "dataset": "sec_edgar__filings",
            "record_key": "0009",
            "form": "8-K",
            "items": "1.03, 9.01",
            "events": 0,
            "reason": "no_relevant_item",
        },
    )
    d.mention(ago(8), "sec_edgar__filings", "0009", "Cobalt", cik="0000000009")
    # intent: quiet, surge, stage falls, surge again
    for day in span(ago(30), 31):
        surging = ago(25) <= day <= ago(15) or day >= ago(3)
        d.account_score(day, "acme.example", stage="Decision" if surging else "Awareness", intent=65.0 if day < ago(1) else 82.0)
    # product: a regular user, a spike from nothing, a drop-off that comes back, a one-to-two
    d.user(ago(40), "u1", "Acme", signup=ago(40), company_size=200, team_members=3)
    d.user(ago(35), "u2", "Bolt", signup=ago(35), team_members=1)
    d.user(ago(35), "u3", None, signup=ago(35))
    d.user(ago(35), "u4", "Cobalt", signup=ago(35), plan="paid")
    for day in span(ago(34), 30):
        d.use("u1", "transaction", day, 1)
        d.use("u4", "transaction", day, 2)
    d.use("u1", "notarization_completed", ago(9), 2)
    d.use("u1", "notarization_completed", ago(2), 1)
    d.use("u4", "transaction", ago(1), 60)
    d.use("u2", "login", ago(33), 1)
    d.use("u2", "login", ago(18), 1)
    d.use("u3", "transaction", ago(12), 1)
    d.use("u3", "transaction", ago(5), 2, landed=ago(4))
    # Bolt's twin is merged on one day and taken apart again on another
    d.mention(ago(20), "file_drop__funding", "row1", "Boltt", domain="boltt.example")
    d.add(
        "company_merges",
        ago(15),
        {"company_id": company_id("Boltt"), "into_company_id": company_id("Bolt"), "op": "merge"},
    )
    d.event(
        ago(12),
        "Boltt",
        "expansion",
        key="x1",
        dataset="file_drop__expansion",
        subject="Lyon",
        place="Lyon, FR",
        change_type="new_office",
    )
    d.add(
        "company_merges",
        ago(7),
        {"company_id": company_id("Boltt"), "into_company_id": company_id("Bolt"), "op": "undo"},
    )
    d.add(
        "sends",
        ago(6),
        {
            "effect_id": "e1",
            "destination": "outreach",
            "status": "confirmed",
            "company_id": company_id("Acme"),
            "signal_id": None,
        },
    )
    return d


def settings_in(home: Path, warehouse_url: str = "") -> Settings:
    return load_settings(environ={}, home=home, warehouse_url=warehouse_url or None)


def build(settings: Settings, since: date, until: date, select: list[str] | None = None, *, checked: bool = True) -> None:
    """Build and insist on green: a failing node's own words are the assertion's. `checked=False` leaves dbt's tests out, to be quick."""
    run = dbt.build(
        settings,
        select or SELECT,
        since=since,
        until=until,
        variables=dbt.variables_of(load_profile(settings.profile_path)),
        exclude=[] if checked else ["resource_type:test", "resource_type:unit_test"],
    )
    assert run.ok, "\n".join(f"{n.status} {n.name}: {n.message[:400]}" for n in run.nodes if n.status not in ("success", "pass", "skipped"))


def rows(settings: Settings, sql: str, *parameters: Any) -> list[dict[str, Any]]:
    return Warehouse(settings.warehouse_url).rows(sql, parameters)


def write_world(settings: Settings, until: date | None = None) -> Lake:
    lake = Lake(settings.lake_url)
    world().write(lake, until=until)
    return lake
