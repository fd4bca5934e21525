"""6sense in the box against the vendor's scribe OpenAPI, and the third-party description of enrichment."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from sandbox_kit import Sandbox
from spec_kit import complaints

from sandbox.market.people import person


@pytest.fixture(scope="session")
def scribe(specs: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((specs / "6sense-scribe.json").read_text())
    return found


def test_segments_are_as_specified(sandbox: Sandbox, scribe: dict[str, Any]) -> None:
    token = sandbox.sixsense("segments")
    listed = sandbox.client.get("/sixsense-scribe/v1/company/segments", headers=token).json()
    # the vendor's own list holds {id: int, name: text}; its schema calls both objects, so the list is judged by hand
    assert complaints(scribe, "OrgToSegmentsResponse", {**listed, "list": []}) == [] and set(listed["list"][0]) == {"id", "name"}
    for number in listed["ids"]:
        body = sandbox.client.get(f"/sixsense-scribe/v1/company/segment/{number}", headers=token).json()
        assert complaints(scribe, "SegmentAccountsResponse", body) == []


def test_scores_of_every_known_company_are_as_specified(sandbox: Sandbox, scribe: dict[str, Any]) -> None:
    firmographics = set(scribe["components"]["schemas"]["Firmographs"]["properties"])
    scores = set(scribe["components"]["schemas"]["ProductScore"]["properties"])
    for i in np.flatnonzero(sandbox.box.world.j.in_sixsense)[:80]:
        email = f"a@{sandbox.box.world.company(int(i)).domain}"
        body = sandbox.client.post("/sixsense-scribe/v2/people/score", data={"email": email}, headers=sandbox.sixsense("scoring")).json()
        assert complaints(scribe, "ScribeResponse", {**body, "segments": {**body["segments"], "list": []}}) == []
        assert set(body["company"]) <= firmographics and all(set(s) <= scores for s in body["scores"])


def test_every_scribe_path_and_error_is_the_vendors(sandbox: Sandbox, scribe: dict[str, Any]) -> None:
    for path in (
        "/v1/company/segments",
        "/v1/company/segment/{segment_id}",
        "/v2/people/score",
        "/company/v1/segments",
        "/company/v1/segment/{segment_id}",
    ):
        assert path in scribe["paths"]
    refused = sandbox.client.post("/sixsense-scribe/v2/people/score", data={"email": "a@acme.example"})
    assert (
        refused.status_code == 401
        and complaints(scribe, "ErrorResponse", refused.json()) == []
        and set(refused.json()) == {"status", "message"}
    )


def test_enriched_contacts_are_as_described(sandbox: Sandbox, specs: Path) -> None:
    described = yaml.safe_load((specs / "6sense-people-enrichment.yaml").read_text())
    i = int(np.flatnonzero(sandbox.box.world.j.in_sixsense)[20])
    items = [{"peopleId": person(7, i, k).people_id, "referenceKeys": {"k": str(k)}} for k in range(3)]
    body = sandbox.client.post("/sixsense-api/v2/enrichment/people", json=items, headers=sandbox.sixsense("people")).json()
    known = [c for c in body["contacts"] if c["emailConfidence"]]  # an unknown grade is an empty string, as in the vendor's examples
    assert known and complaints(described, "EnrichmentResponse", {"contacts": known}) == []
    assert set(known[0]) - {"country"} <= set(described["components"]["schemas"]["EnrichedContact"]["properties"])
