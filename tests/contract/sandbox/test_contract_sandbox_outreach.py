"""Outreach in the box against the vendor's OpenAPI and hyper-schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sandbox_kit import MEDIA, Sandbox
from spec_kit import complaints

from sandbox.vendors.outreach_resources import RESOURCES


@pytest.fixture(scope="session")
def openapi(specs: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((specs / "outreach.json").read_text())
    return found


@pytest.fixture(scope="session")
def hyper(specs: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((specs / "outreach-hyper-schema.json").read_text())["definitions"]
    return found


@pytest.mark.parametrize("plural", RESOURCES)
def test_every_resource_is_as_specified(sandbox: Sandbox, openapi: dict[str, Any], plural: str) -> None:
    resource = RESOURCES[plural]
    rows = sandbox.client.get(f"/outreach/api/v2/{plural}?page[size]=200", headers=sandbox.outreach()).json()["data"]
    assert f"/{plural}" in openapi["paths"] and (rows or plural == "accounts")
    known = set(openapi["components"]["schemas"][resource.type]["properties"])
    for row in rows:
        assert complaints(openapi, f"{resource.type}Response", row) == []
        assert set(row["attributes"]) <= known, "an attribute that the vendor does not have"
        assert set(row["relationships"]) <= set(openapi["components"]["schemas"][f"{resource.type}Relationships"]["properties"])


@pytest.mark.parametrize("plural", RESOURCES)
def test_only_what_the_vendor_filters_and_sorts_is_filtered_and_sorted(hyper: dict[str, Any], plural: str) -> None:
    definitions = hyper[RESOURCES[plural].type]["definitions"]
    for name in RESOURCES[plural].filters:
        assert definitions[name].get("filterable") and definitions[name].get("sortable"), name


def test_states_are_words_of_the_vendor(sandbox: Sandbox) -> None:
    store = sandbox.box.store
    states = {r["state"] for r in store.rows("SELECT DISTINCT state FROM o_sequence_state")}
    assert states <= {"active", "pending", "finished", "paused", "disabled", "failed", "bounced", "opted_out"}
    mailings = {r["state"] for r in store.rows("SELECT DISTINCT state FROM o_mailing")}
    assert mailings <= {
        "bounced",
        "delivered",
        "delivering",
        "drafted",
        "failed",
        "opened",
        "placeholder",
        "queued",
        "replied",
        "scheduled",
    }


def test_a_created_state_and_a_refusal_are_as_specified(sandbox: Sandbox, openapi: dict[str, Any]) -> None:
    session = {**sandbox.outreach(), **MEDIA}
    made = sandbox.client.post(
        "/outreach/api/v2/prospects",
        headers=session,
        content=json.dumps({"data": {"type": "prospect", "attributes": {"emails": ["a@acme.example"]}}}),
    )
    assert made.status_code == 201 and complaints(openapi, "prospectResponse", made.json()["data"]) == []
    related = {n: {"data": {"type": n, "id": i}} for n, i in (("prospect", made.json()["data"]["id"]), ("sequence", 1), ("mailbox", 1))}
    body = json.dumps({"data": {"type": "sequenceState", "relationships": related}})
    first, second = (sandbox.client.post("/outreach/api/v2/sequenceStates", headers=session, content=body) for _ in range(2))
    assert first.status_code == 201 and complaints(openapi, "sequenceStateResponse", first.json()["data"]) == []
    assert "422" in openapi["paths"]["/sequenceStates"]["post"]["responses"] and second.status_code == 422
    assert set(second.json()["errors"][0]) >= {"id", "title", "detail"} and second.headers["content-type"].startswith(
        "application/vnd.api+json"
    )
