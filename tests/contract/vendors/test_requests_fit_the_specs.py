"""What our clients send stands in the vendors' own specifications: attributes that exist and may be written, filters that filter."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from paths_kit import load
from sent_kit import Sent

from signals_pipeline.vendors.outreach import path_of
from signals_pipeline.vendors.sixsense import people_of

# standard fields that no recording or table at hand shows, by object; a new one is looked up before it is added here
UNSHOWN = {
    "Opportunity": {"Id", "AccountId", "Name", "StageName", "Amount", "CurrencyIsoCode", "IsClosed", "IsWon", "CloseDate", "OwnerId",
                    "ContactId", "CreatedDate", "LastModifiedDate", "IsDeleted"},
    "OpportunityHistory": {"Id", "OpportunityId", "StageName", "Amount", "CloseDate", "CreatedDate"},
    "OpportunityStage": {"MasterLabel", "IsClosed", "IsWon"},
    "User": {"Id", "Email", "Name", "IsActive", "LastModifiedDate"},
}  # fmt: skip


def bodies(sent: Sent) -> list[dict[str, Any]]:
    """The resources that we write to the sequencer."""
    written = [r for r in sent.of("outreach") if r.method in ("POST", "PATCH") and r.content[:1] == b"{"]
    return [json.loads(r.content)["data"] for r in written]


def test_what_we_write_to_outreach_exists_and_is_not_read_only(sent: Sent, specs: Path) -> None:
    api = load(specs / "outreach.json")["components"]["schemas"]
    assert {d["type"] for d in bodies(sent)} == {"prospect", "sequenceState"}
    for data in bodies(sent):
        fields = api[data["type"]]["properties"]
        marked = [a for a in data["attributes"] if a in fields and "readonly.svg" in fields[a].get("description", "")]
        assert [a for a in data["attributes"] if a not in fields or fields[a].get("readOnly")] + marked == []
        links = api[f"{data['type']}Relationships"]["properties"]
        assert [name for name in data.get("relationships", {}) if name not in links] == []


def test_the_fields_that_we_ask_outreach_for_exist(sent: Sent, specs: Path) -> None:
    api = load(specs / "outreach.json")["components"]["schemas"]
    params = [(name, value) for r in sent.of("outreach") for name, value in r.url.params.items()]
    asked = {(m[1], f) for name, value in params if (m := re.fullmatch(r"fields\[(\w+)\]", name)) for f in value.split(",")}
    assert {type_ for type_, _ in asked} == {
        "prospect", "emailAddress", "sequence", "mailbox", "sequenceState", "mailing", "user"
    }  # fmt: skip
    links = {t: api.get(f"{t}Relationships", {}).get("properties", {}) for t, _ in asked}
    assert sorted((t, f) for t, f in asked if f not in api[t]["properties"] and f not in links[t]) == []


def test_what_we_filter_outreach_by_can_be_filtered(sent: Sent, specs: Path) -> None:
    hyper = load(specs / "outreach-hyper-schema.json")["definitions"]
    plurals, seen = {path_of(t): t for t in hyper}, set()
    for request in sent.of("outreach"):
        for name in request.url.params:
            if found := re.fullmatch(r"filter\[(\w+)\](\[id\])?", name):
                type_ = plurals[request.url.path.split("/")[3]]
                seen.add((type_, name))
                told = hyper[type_]["definitions"].get(found[1], {})
                can = "$ref" in told if found[2] else told.get("filterable")  # a relationship is filtered by id
                assert can or (type_, found[1]) == ("prospect", "emails"), f"{type_} cannot be filtered by {name}"
    assert seen >= {
        ("mailing", "filter[updatedAt]"),
        ("mailing", "filter[scheduledAt]"),
        ("prospect", "filter[emails]"),
        ("sequenceState", "filter[prospect][id]"),
    }


def shown(data: Path, object_: str) -> set[str]:
    """Fields of a CRM object, as a real org described it or as tables of a real connector name them; lower case, without underscores."""
    names: set[str] = set()
    for path in (data / "vendor_api" / "salesforce_tables_fivetran").glob("*.csv"):
        if re.sub(r"^sf_|_history_data|_data|_", "", path.stem) == object_.lower():
            with path.open(encoding="utf-8") as handle:
                names |= {column.replace("_", "").lower() for column in next(csv.reader(handle))}
    calls = json.loads((data / "vendor_api" / "salesforce" / "describe-sobject.test.json").read_text())["api"]
    call = next(call for method in calls.values() for call in method.values())
    described = (call[0] if isinstance(call, list) else call)["response"]
    if described["name"] == object_:
        names |= {f["name"].lower() for f in described["fields"]}
    return names


def asked_of_the_crm(sent: Sent) -> set[tuple[str, str]]:
    """(object, field) of every query, bulk read and write."""
    found: set[tuple[str, str]] = set()
    for r in sent.of("salesforce"):
        if query := re.match(r"SELECT (.+?) FROM (\w+)(?: WHERE (.+?))?(?: ORDER BY .*)?$", r.url.params.get("q", "")):
            where = re.findall(r"(\w+) (?:IN|=|>=|<|>) ", query[3] or "")
            found |= {(query[2], f.strip()) for f in [*query[1].split(","), *where]}
        if fields := r.url.params.get("fields"):
            found |= {(r.url.path.rsplit("/", 1)[1], f) for f in fields.split(",")}
        if "composite/sobjects" in r.url.path and r.content:
            found |= {(record["attributes"]["type"], f) for record in json.loads(r.content)["records"] for f in record if f != "attributes"}
    return found


def test_the_standard_fields_that_we_ask_the_crm_for_are_known_or_looked_up(sent: Sent, data: Path) -> None:
    standard = {(o, f) for o, f in asked_of_the_crm(sent) if not f.endswith("__c")}
    assert {o for o, _ in standard} == {
        "Account", "Contact", "Lead", "Opportunity", "OpportunityHistory", "OpportunityStage", "Event", "User"
    }  # fmt: skip
    missing: dict[str, set[str]] = {}
    for object_, field in standard:
        if field.lower() not in shown(data, object_):
            missing.setdefault(object_, set()).add(field)
    assert missing == UNSHOWN


def test_what_we_write_to_the_crm_is_at_most_a_collection_and_never_repeats_its_key(sent: Sent, specs: Path) -> None:
    collections = load(specs / "salesforce-collections.yaml")["paths"]["/data/v64.0/composite/sobjects"]["post"]["requestBody"]
    example = collections["content"]["application/json"]["schema"]["allOf"][1]["examples"][0]
    writes = [(r, json.loads(r.content)) for r in sent.of("salesforce") if "composite/sobjects" in r.url.path and r.content]
    assert {r.method for r, _ in writes} == {"PATCH"}
    for request, body in writes:
        assert set(body) == set(example) and len(body["records"]) <= 200
        assert all(record["attributes"]["type"] for record in body["records"])
        assert request.headers["content-type"] == "application/json"


def form(request: httpx.Request) -> set[str]:
    return set(parse_qs(request.content.decode()))


def test_a_score_is_asked_by_the_forms_own_fields(sent: Sent, reference: Path) -> None:
    notes = (reference / "vendors_activation.md").read_text(encoding="utf-8")
    line = next(line for line in notes.split("\n") if line.startswith("- Body **form-urlencoded**"))
    asked = [r for r in sent.of("sixsense") if r.url.path == "/v2/people/score"]
    assert asked and all(r.headers["content-type"] == "application/x-www-form-urlencoded" for r in asked)
    assert {f for r in asked for f in form(r) if f"`{f}`" not in line} == set()
    assert all("email" in form(r) for r in asked)


@pytest.mark.parametrize("path", ["/v2/search/people", "/v2/enrichment/people"])
def test_people_are_asked_for_by_documented_words(sent: Sent, reference: Path, path: str) -> None:
    notes = (reference / "vendors_activation.md").read_text(encoding="utf-8")
    section = notes.split("### 1.6", 1)[1].split("### 1.8", 1)[0]
    asked = [json.loads(r.content) for r in sent.of("sixsense") if r.url.path == path]
    items = [item for body in asked for item in (body if isinstance(body, list) else [body])]
    assert items and {name for item in items for name in item if f"`{name}" not in section} == set()


def test_every_request_carries_the_vendors_own_kind_of_credential(sent: Sent) -> None:
    for vendor, spelling in (("salesforce", "Bearer "), ("outreach", "Bearer "), ("sixsense", "Token "), ("slack", "Bearer ")):
        for r in sent.of(vendor):
            if not r.url.path.endswith("/token") and not r.url.path.startswith("/services/T0"):
                assert r.headers["authorization"].startswith(spelling), f"{r.method} {r.url.path}"
    assert all("@" in r.headers["user-agent"] for r in sent.of("edgar"))
    resources = [r for r in sent.of("outreach") if r.url.path != "/oauth/token"]
    assert {r.headers["content-type"] for r in resources} == {"application/vnd.api+json"}


def test_the_documented_envelopes_of_people_are_read(specs: Path) -> None:
    """The third-party descriptions name `people` and `contacts`; both are read."""
    for name, schema in (("6sense-people-search.yaml", "PeopleSearchResponse"), ("6sense-people-enrichment.yaml", "EnrichmentResponse")):
        fields = load(specs / name)["components"]["schemas"][schema]["properties"]
        listed = next(f for f, kind in fields.items() if kind.get("type") == "array")
        assert people_of({listed: [{"id": "1"}]}) == [{"id": "1"}]
