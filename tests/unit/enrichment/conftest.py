"""A small house for the enrichment tests: a warehouse with eligibility, scores in the lake, a 6sense made of a dict."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pytest

from signals_pipeline.enrichment import stage
from signals_pipeline.enrichment.stage import EnrichmentReport
from signals_pipeline.keys import email_key
from signals_pipeline.runtime import Runtime, build_runtime
from signals_pipeline.settings import REPOSITORY, load_settings

DT = date(2026, 6, 29)  # closes on June 30 at 06:00 in New York


class SixSenseBox:
    """domain → people: (id, title, answer), answer being a grade, "" (unknown: a miss). `enriched` lists every id asked for."""

    def __init__(self, people: dict[str, list[tuple[str, str, str]]]) -> None:
        self.people = people
        self.searches: list[str] = []
        self.enriched: list[str] = []
        self.fault: Callable[[httpx.Request], httpx.Response | None] = lambda _: None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if (wrong := self.fault(request)) is not None:
            return wrong
        body = json.loads(request.content)
        if request.url.path == "/v2/search/people":
            domain = body["domain"][0]
            self.searches.append(domain)
            shown = {"hasEmail": True, "firstName": "Never", "lastName": "Kept"}
            found = [{"id": i, "jobTitle": t, **shown} for i, t, _ in self.people.get(domain, [])]
            start = (body["pageNo"] - 1) * body["pageSize"]
            return httpx.Response(200, json={"people": found[start : start + body["pageSize"]]})
        known = {i: (t, a) for rows in self.people.values() for i, t, a in rows}
        self.enriched += [item["peopleId"] for item in body]
        contacts = [
            {
                "id": i, "email": f"{i}@acme.example", "emailConfidence": known[i][1], "firstName": "Pat", "lastName": i.title(),
                "jobTitle": known[i][0], "phone": "", "referenceKeys": item["referenceKeys"],
            }
            for item in body if known[i := item["peopleId"]][1]
        ]  # fmt: skip
        return httpx.Response(200, json={"contacts": contacts[::-1]})


class House:
    """The runtime with its builders; `run` is one enrichment of the day."""

    def __init__(self, home: Path) -> None:
        settings = load_settings(
            {}, home=home, now="2026-06-30T11:00:00+00:00", sixsense_api_url="https://six.example", sixsense_people_token="p" * 40,
            speed=1e9,  # permits and retries take no wall time
        )  # fmt: skip
        self.rt: Runtime = build_runtime(settings)
        self.rules(holdout_share=0.0)
        self.accounts: list[dict[str, Any]] = []
        self.is_written = True

    def rules(self, *, holdout_share: float | None = None, **enrichment: Any) -> None:
        profile = self.rt.profile
        if holdout_share is not None:
            profile = profile.model_copy(update={"priorities": profile.priorities.model_copy(update={"holdout_share": holdout_share})})
        self.rt = replace(self.rt, profile=profile.model_copy(update={"enrichment": profile.enrichment.model_copy(update=enrichment)}))

    def set(self, **settings: Any) -> None:
        self.rt = replace(self.rt, settings=self.rt.settings.model_copy(update=settings))

    def account(self, company_id: str, *, score: float = 80.0, is_eligible: bool = True, domain: str | None = "") -> None:
        row = {"company_id": company_id, "domain": f"{company_id}.example" if domain == "" else domain, "is_eligible": is_eligible}
        self.accounts.append({**row, "score": score})
        self.is_written = False

    def _write(self, dt: date) -> None:
        Path(self.rt.warehouse.url).unlink(missing_ok=True)
        with duckdb.connect(self.rt.warehouse.url) as connection:
            connection.execute("create schema signals")
            connection.execute(
                "create table signals.account_eligibility (company_id text, name text, domain text, country text, is_eligible boolean)"
            )
            for a in self.accounts:
                values = [a["company_id"], a["company_id"].title(), a["domain"], "US", a["is_eligible"]]
                connection.execute("insert into signals.account_eligibility values (?, ?, ?, ?, ?)", values)
        scores = [{"company_id": a["company_id"], "model": "rule", "composite_score": a["score"]} for a in self.accounts]
        self.rt.lake.write("account_scores", dt, scores)
        reasons = [
            {"company_id": (c := a["company_id"]), "model": "rule", "position": n, "signal_id": f"signal-{c}-{n}", "points": 30.0 - n}
            for a in self.accounts for n in range(2)
        ]  # fmt: skip
        self.rt.lake.write("account_score_reasons", dt, reasons)

    def known_person(self, company_id: str, email: str, title: str, *, dt: date = DT, people_id: str | None = None) -> None:
        """A contact we have already, linked to the company."""
        record = f"record-{email}"
        key = email_key(email, self.rt.settings.secret("hash_key"))
        person = {
            "person_record_id": record, "dataset": "salesforce__contacts", "record_key": record, "email": email, "email_key": key,
            "title": title, "people_id_sixsense": people_id,
        }  # fmt: skip
        self.rt.lake.write("people", dt, [person], stream=f"crm-{email}")
        link = {"person_record_id": record, "person_id": f"person-{email}", "company_id": company_id, "method": "id", "probability": 1.0}
        self.rt.lake.write("person_links", dt, [link], stream=f"crm-{email}")

    def run(self, box: SixSenseBox | None, dt: date = DT) -> EnrichmentReport:
        if not self.is_written:
            self._write(dt)
            self.is_written = True
        return stage.run(self.rt, dt, transport=httpx.MockTransport(box) if box else None)

    def rows(self, dataset: str, dt: date = DT) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.rt.lake.read(dataset, since=dt, until=dt).to_pylist()
        return rows

    def files(self, *datasets: str) -> dict[str, bytes]:
        return {path: self.rt.lake.fs.cat_file(path) for d in datasets for dt, path in self.rt.lake.files(d) if dt == DT}


@pytest.fixture
def house(tmp_path: Path) -> House:
    assert (REPOSITORY / "config" / "profile.yml").exists()
    return House(tmp_path)
