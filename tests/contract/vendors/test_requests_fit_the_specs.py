"""What our clients send stands in the vendors' own specifications: path, method, and attributes that exist and may be written."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from signals_pipeline.activation.destinations.outreach import OutreachDestination, split
from signals_pipeline.io.http import Http
from signals_pipeline.io.ops import open_ops
from signals_pipeline.rules.seeds import seed
from signals_pipeline.settings import REPOSITORY, load_settings
from signals_pipeline.vendors.outreach import Outreach, path_of
from signals_pipeline.vendors.salesforce import Salesforce
from signals_pipeline.vendors.sixsense import SixSense, people_of

SPECS = REPOSITORY.parent / "shared" / "specs"
pytestmark = pytest.mark.skipif(not SPECS.is_dir(), reason=f"no vendor specifications at {SPECS}")


def spec(name: str) -> dict[str, Any]:
    text = (SPECS / name).read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text) if name.endswith(".json") else yaml.safe_load(text)
    return found


def declared(specification: dict[str, Any], method: str, path: str, prefix: str = "") -> bool:
    """Whether a path template of the specification, below `prefix`, takes this method; version numbers are alike."""
    for template, operations in specification["paths"].items():
        pattern = re.escape(re.sub(r"v\d+\.0", "vX", prefix + template))
        pattern = re.sub(r"\\\{[^}]*\\\}", "[^/]+", pattern)
        if re.fullmatch(pattern, re.sub(r"v\d+\.0", "vX", path)) and method.lower() in operations:
            return True
    return False


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> list[httpx.Request]:
    """Every request that the three clients make when all their methods are used once."""
    requests: list[httpx.Request] = []

    def vendor(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        path = request.url.path
        if "token" in path:
            told = {"access_token": "t", "refresh_token": "r", "expires_in": 7200, "instance_url": "https://acme.my.salesforce.example"}
            return httpx.Response(200, json=told)
        if "composite/sobjects" in path:
            count = len(json.loads(request.content)["records"]) if request.content else len(request.url.params["ids"].split(","))
            return httpx.Response(200, json=[{"success": True, "id": "x"} for _ in range(count)])
        if path.startswith("/services/data"):
            return httpx.Response(200, json={"done": True, "records": [], "fields": []})
        if request.url.host == "api.outreach.example":
            many = request.method == "GET" and not path.rsplit("/", 1)[-1].isdigit()
            return httpx.Response(200, json={"data": [] if many else {"id": 5, "attributes": {"enabled": True}}})
        return httpx.Response(200, json={"accounts": [], "list": [], "people": [], "scores": []})

    settings = load_settings(
        {}, home=tmp_path_factory.mktemp("contract"), speed=1e9, now=datetime(2026, 6, 30, 10, tzinfo=UTC),
        salesforce_url="https://acme.my.salesforce.example", salesforce_client_id="i", salesforce_client_secret="s",
        outreach_url="https://api.outreach.example", outreach_refresh_token="r", sixsense_scribe_url="https://scribe.example",
        sixsense_api_url="https://six.example", sixsense_scoring_token="s", sixsense_segments_token="g", sixsense_people_token="p",
    )  # fmt: skip

    async def use() -> None:
        async with Http(settings, open_ops(settings.ops_database_url), transport=httpx.MockTransport(vendor)) as http:
            crm = Salesforce(settings, http, http.ops)
            await crm.rows("SELECT Id FROM Account")
            await crm.rows("SELECT Id FROM Account", all_rows=True)
            await crm.describe("Account")
            await crm.limits()
            await crm.get_many("Account", ["001000000000001AAA"], ["Id"])
            for write in (crm.create, crm.update):
                await write("Account", [{"Name": "Acme"}])
            await crm.upsert("Account", "Signal_Key__c", [{"Signal_Key__c": "k"}])
            sequencer = Outreach(settings, http, http.ops)
            for type_ in ("prospect", "emailAddress", "sequence", "mailbox", "sequenceState", "mailing"):
                await sequencer.all(path_of(type_))
                await sequencer.get(type_, 5)
            await sequencer.prospects_by_email(["a@acme.example"])
            ours = [str(r["field"]) for r in seed("field_map") if r["destination"] == "outreach"]
            written = split({**dict.fromkeys(ours, "x"), "owner": 3})
            await sequencer.create("prospect", *written)
            await sequencer.patch("prospect", 5, *written)
            await OutreachDestination(sequencer).mailboxes()
            await sequencer.create("sequenceState", {}, {n: (n, 5) for n in ("prospect", "sequence", "mailbox")})
            await sequencer.sequence_states(prospect_id=5, sequence_id=5, states=["active"])
            for name in ("finish", "pause", "resume"):
                await sequencer.action("sequenceState", 5, name)
            intent = SixSense(settings, http, http.ops)
            await intent.segments()
            await intent.segment_members("4713")
            await intent.score(email="a@acme.example")

    asyncio.run(use())
    return requests


def test_every_outreach_request_is_one_of_its_api(sent: list[httpx.Request]) -> None:
    api = spec("outreach.json")
    ours = [r for r in sent if r.url.host == "api.outreach.example" and r.url.path != "/oauth/token"]
    assert len(ours) > 15
    assert [f"{r.method} {r.url.path}" for r in ours if not declared(api, r.method, r.url.path, "/api/v2")] == []


def test_what_we_write_to_outreach_exists_and_is_not_read_only(sent: list[httpx.Request]) -> None:
    api = spec("outreach.json")["components"]["schemas"]
    for request in (r for r in sent if r.url.host == "api.outreach.example" and r.method in ("POST", "PATCH") and r.content[:1] == b"{"):
        data = json.loads(request.content)["data"]
        fields = api[data["type"]]["properties"]
        assert [a for a in data["attributes"] if a not in fields or fields[a].get("readOnly")] == []
        links = api[f"{data['type']}Relationships"]["properties"]
        assert [name for name in data.get("relationships", {}) if name not in links] == []


def test_the_fields_that_we_ask_outreach_for_exist(sent: list[httpx.Request]) -> None:
    api = spec("outreach.json")["components"]["schemas"]
    asked = [(m[1], f) for r in sent for n, v in r.url.params.items() if (m := re.fullmatch(r"fields\[(\w+)\]", n)) for f in v.split(",")]
    assert ("mailbox", "userId") in asked
    assert [(type_, field) for type_, field in asked if field not in api[type_]["properties"]] == []


def test_what_we_filter_outreach_by_can_be_filtered(sent: list[httpx.Request]) -> None:
    hyper = spec("outreach-hyper-schema.json")["definitions"]
    for request in sent:
        if request.url.host == "api.outreach.example":
            for name in request.url.params:
                if found := re.fullmatch(r"filter\[(\w+)\](\[id\])?", name):
                    type_ = {path_of(t): t for t in hyper}[request.url.path.split("/")[3]]
                    assert found[1] in json.dumps(hyper[type_]), f"{type_} has no {found[1]}"


def test_every_salesforce_request_is_one_of_its_api(sent: list[httpx.Request]) -> None:
    ours = [r for r in sent if r.url.host == "acme.my.salesforce.example"]
    names = ("salesforce-collections.yaml", "salesforce-data.yaml", "salesforce-tokens.yaml", "salesforce-sobjects.yaml")
    apis = [spec(n) for n in names]
    postman = (SPECS / "salesforce-postman-requests.json").read_text(encoding="utf-8")
    assert len(ours) >= 9
    for r in ours:
        places = ("", "/services", "/services/data/v68.0")
        known = any(declared(api, r.method, r.url.path, place) for api in apis for place in places)
        assert known or (r.url.path.endswith("/query") and "/query" in postman), f"{r.method} {r.url.path}"


def test_every_scribe_request_is_one_of_its_api(sent: list[httpx.Request]) -> None:
    api = spec("6sense-scribe.json")
    ours = [r for r in sent if r.url.host == "scribe.example"]
    assert len(ours) == 3
    assert [r.url.path for r in ours if not declared(api, r.method, r.url.path)] == []


def test_the_documented_envelopes_of_people_are_read() -> None:
    """The third-party descriptions name `people` and `contacts`; both are read."""
    for name, schema in (("6sense-people-search.yaml", "PeopleSearchResponse"), ("6sense-people-enrichment.yaml", "EnrichmentResponse")):
        fields = spec(name)["components"]["schemas"][schema]["properties"]
        listed = next(f for f, kind in fields.items() if kind.get("type") == "array")
        assert people_of({listed: [{"id": "1"}]}) == [{"id": "1"}]


def test_the_specification_folder_is_the_one_we_know() -> None:
    assert {p.name for p in SPECS.iterdir()} >= {"outreach.json", "6sense-scribe.json", "salesforce-collections.yaml"}
    assert isinstance(SPECS, Path)
