"""Everything that our clients and sources send, recorded once: all their methods, all their streams, on vendors that answer little.

`record(home)` → `Sent`. Does not belong here: who vouches for a path (`paths_kit.py`).
"""

from __future__ import annotations

import asyncio
import functools
import importlib
import inspect
import json
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from signals_pipeline import vendors
from signals_pipeline.activation import suppression
from signals_pipeline.activation.destinations.base import Ready
from signals_pipeline.activation.destinations.outreach import OutreachDestination, split
from signals_pipeline.activation.destinations.salesforce import SOBJECT
from signals_pipeline.activation.doors import Doors
from signals_pipeline.activation.find_salesforce import Hint, find
from signals_pipeline.activation.mailboxes import follow_ups
from signals_pipeline.activation.model import PlanRow
from signals_pipeline.io.http import Http
from signals_pipeline.rules.seeds import seed
from signals_pipeline.runtime import build_runtime
from signals_pipeline.settings import load_settings
from signals_pipeline.sources import runner
from signals_pipeline.sources.tabular import Table
from signals_pipeline.vendors.edgar import Edgar
from signals_pipeline.vendors.outreach import Outreach, path_of
from signals_pipeline.vendors.salesforce import Salesforce
from signals_pipeline.vendors.sixsense import SixSense
from signals_pipeline.vendors.slack import Slack

HOSTS = {
    "crm.contract.example": "salesforce", "sequencer.contract.example": "outreach", "scribe.contract.example": "sixsense",
    "api.contract.example": "sixsense", "edgar.contract.example": "edgar", "data.contract.example": "edgar",
    "slack.contract.example": "slack", "hooks.contract.example": "slack",
}  # fmt: skip
DT = date(2026, 6, 29)


def methods() -> dict[str, list[tuple[type, str]]]:
    """Module → the public async methods of its client classes: whoever is handed an Http asks a vendor."""
    found: dict[str, list[tuple[type, str]]] = {}
    for info in pkgutil.iter_modules(vendors.__path__):
        module = importlib.import_module(f"signals_pipeline.vendors.{info.name}")
        for _, kind in inspect.getmembers(module, inspect.isclass):
            if kind.__module__ == module.__name__ and "http" in inspect.signature(kind).parameters:
                public = [n for n, m in vars(kind).items() if not n.startswith("_") and inspect.isfunction(m) and _waits(m)]
                found.setdefault(info.name, []).extend((kind, n) for n in public)
    return found


def _waits(method: Callable[..., Any]) -> bool:
    return inspect.iscoroutinefunction(method) or inspect.isasyncgenfunction(method)


@dataclass
class Sent:
    """`requests` as they left; `called`: Class.method of every client method that ran."""

    requests: list[httpx.Request] = field(default_factory=list)
    called: set[str] = field(default_factory=set)

    def of(self, vendor: str) -> list[httpx.Request]:
        return [r for r in self.requests if HOSTS[r.url.host] == vendor]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Any vendor: the smallest answer that the client takes."""
        self.requests.append(request)
        path, vendor = request.url.path, HOSTS[request.url.host]
        if path.endswith("/token"):
            told = {"access_token": "t", "refresh_token": "r", "expires_in": 7200, "instance_url": "https://crm.contract.example"}
            return httpx.Response(200, json=told)
        if "composite/sobjects" in path:
            count = len(json.loads(request.content)["records"]) if request.content else len(request.url.params["ids"].split(","))
            return httpx.Response(200, json=[{"success": True, "id": "x", "Id": "x"} for _ in range(count)])
        if path.endswith("/describe"):
            return httpx.Response(200, json={"fields": _AnyField()})
        if vendor == "salesforce":
            return httpx.Response(200, json=_soql_page(request))
        if vendor == "outreach":
            return httpx.Response(200, json={"data": _outreach(request)})
        if vendor == "slack":
            return httpx.Response(200, json={"ok": True, "ts": "1.2", "channel": "C1", "messages": []})
        if vendor == "edgar":
            return httpx.Response(404)
        if path.endswith("/enrichment/people"):
            contacts = [{"email": "ada@acme.example", "referenceKeys": i["referenceKeys"]} for i in json.loads(request.content)]
            return httpx.Response(200, json={"contacts": contacts})
        return httpx.Response(
            200, json={"accounts": [{"name": "Acme", "domain": "acme.example"}], "list": [], "people": [], "company": {}, "scores": []}
        )


class _AnyField(list[Any]):
    """A describe that has every field that our sources ask for."""

    def __init__(self) -> None:
        from signals_pipeline.sources import salesforce

        tables = [t for t in vars(salesforce).values() if isinstance(t, Table)]
        super().__init__({"name": n} for n in sorted({name for t in tables for name, _ in t.fields.values()}))


def _soql_page(request: httpx.Request) -> dict[str, Any]:
    """Two pages of an ordinary query; what a person's address finds, so that the questions behind it are asked too."""
    soql = request.url.params.get("q", "")
    if "Email IN" in soql:
        return {"done": True, "records": [{"Id": "003000000000001AAA", "Email": "ada@acme.example", "AccountId": "001000000000001AAA"}]}
    if soql == "SELECT Id FROM Account":
        return {"done": False, "records": [], "nextRecordsUrl": "/services/data/v68.0/query/01gRO-2000"}
    return {"done": True, "records": []}


def _outreach(request: httpx.Request) -> Any:
    path = request.url.path
    told = {"enabled": True, "emails": ["ada@acme.example"], "optedOut": False, "state": "delivered", "updatedAt": "2026-06-28T09:00:00Z"}
    one = {"id": 5, "attributes": told}
    if request.method == "GET" and not path.rsplit("/", 1)[-1].isdigit():
        return [one] if path.endswith(("/prospects", "/mailings", "/sequenceStates")) else []
    return one


def _noted(found: Sent, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def run(*args: Any, **given: Any) -> Any:
        found.called.add(name)
        return method(*args, **given)

    return run


async def _salesforce(crm: Salesforce) -> None:
    await crm.rows("SELECT Id FROM Account")
    await crm.rows("SELECT Id FROM Event", all_rows=True)
    await crm.limits()
    for sobject in SOBJECT.values():
        ours = [str(r["field"]) for r in seed("field_map") if (r["destination"], r["object"]) == ("salesforce", sobject)]
        field_, by = ("Domain__c", "domain") if sobject == "Account" else ("Email", "email")
        await find(crm, sobject, [Hint("k", ("001000000000001AAA",), "acme.example")], ours, field=field_, by=by)
        await crm.update(sobject, [dict.fromkeys(ours, "x")])
        await crm.upsert(sobject, "Signal_Key__c", [{"Signal_Key__c": "k"}])


async def _sequencer(sequencer: Outreach) -> None:
    for type_ in ("prospect", "sequence", "mailbox", "sequenceState", "mailing"):
        await sequencer.get(type_, 5)
    await sequencer.all(path_of("prospect"), {"page[size]": 1})
    await sequencer.prospects_by_email(["a@acme.example"])
    ours = [str(r["field"]) for r in seed("field_map") if r["destination"] == "outreach"]
    written = split({**dict.fromkeys(ours, "x"), "owner": 3})
    await sequencer.create("prospect", *written)
    await sequencer.patch("prospect", 5, *written)
    await OutreachDestination(sequencer).mailboxes()
    await OutreachDestination(sequencer).sequences()
    await sequencer.create("sequenceState", {}, {n: (n, 5) for n in ("prospect", "sequence", "mailbox")})
    await sequencer.sequence_states(prospect_id=5, sequence_id=5, states=["active"])


def _enrolment() -> Ready:
    row = PlanRow(
        "outreach", "sequence_state", "k:5", "enrol", "s", "why", (), email_key="k", company_id="c",
        facts={"email": "ada@acme.example", "sequence_id": "5", "mailbox_id": "5"},
    )  # fmt: skip
    return Ready(row, {})


def record(home: Path) -> Sent:
    """All client methods used once by hand, and all streams of the vendors pulled on two days, so that watermarks are asked by."""
    found = Sent()
    patch = pytest.MonkeyPatch()
    for kinds in methods().values():
        for kind, name in kinds:
            patch.setattr(kind, name, _noted(found, f"{kind.__name__}.{name}", getattr(kind, name)))
    settings = load_settings(
        {}, home=home, speed=1e9, now=datetime(2026, 6, 30, 10, 5, tzinfo=UTC),
        contact="Acme data@acme.example",
        salesforce_url="https://crm.contract.example", salesforce_client_id="i", salesforce_client_secret="s",
        outreach_url="https://sequencer.contract.example", outreach_client_id="i", outreach_client_secret="s", outreach_refresh_token="r",
        sixsense_scribe_url="https://scribe.contract.example", sixsense_api_url="https://api.contract.example", sixsense_scoring_token="s",
        sixsense_segments_token="g", sixsense_people_token="p", edgar_www_url="https://edgar.contract.example",
        edgar_data_url="https://data.contract.example", slack_api_url="https://slack.contract.example/api", slack_bot_token="b",
        slack_webhook_url="https://hooks.contract.example/services/T0/B0/xyz",
    )  # fmt: skip
    rt = build_runtime(settings)

    async def by_hand() -> None:
        async with Http(settings, rt.ops, transport=httpx.MockTransport(found)) as http:
            await _salesforce(Salesforce(settings, http, rt.ops))
            sequencer = Outreach(settings, http, rt.ops)
            await _sequencer(sequencer)
            await follow_ups(rt, sequencer, set())
            await suppression.holding(Doors(Salesforce(settings, http, rt.ops), sequencer, None), rt.ops, [_enrolment()])
            intent = SixSense(settings, http, rt.ops)
            await intent.segments()
            await intent.segment_members("4713")
            await intent.score(email="a@acme.example", country="US", website="acme.example")
            await intent.search_people(domain="acme.example", levels=["VP"], functions=["Legal"], titles=["Counsel"])
            await intent.enrich_people([{"ref": "1", "peopleId": "p1"}])
            edgar = Edgar(settings, http, rt.ops)
            for url in ("/Archives/edgar/data/1/0000000001-26-000001.txt", "/Archives/edgar/data/1/000000000126000001/primary_doc.xml"):
                await edgar.document(url)
            await edgar.submissions(1)
            await edgar.daily_index(DT)
            slack = Slack(settings, http, rt.ops)
            told = await slack.post("a signal")
            await slack.find(told.channel, "mark")
            await slack.who_am_i()
            await Slack(settings.model_copy(update={"slack_bot_token": ""}), http, rt.ops).post("a signal")

    asyncio.run(by_hand())
    for dt in (DT, DT + timedelta(days=1)):
        http = Http(settings, rt.ops, transport=httpx.MockTransport(found))
        runner.run(rt, dt, only=["salesforce", "outreach", "sixsense", "sec_edgar"], http=http)
    patch.undo()
    rt.ops.dispose()
    return found
