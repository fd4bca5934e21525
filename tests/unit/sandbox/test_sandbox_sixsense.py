"""6sense in the box: tokens by group, no match, segments in one body, credits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sandbox_kit import Sandbox

from sandbox.market.people import headcount, person
from sandbox.vendors import sixsense

SCORE, SEARCH, ENRICH = "/sixsense-scribe/v2/people/score", "/sixsense-api/v2/search/people", "/sixsense-api/v2/enrichment/people"


def known(sandbox: Sandbox) -> int:
    """A company that 6sense knows."""
    return int(np.flatnonzero(sandbox.box.world.j.in_sixsense)[20])


def score(sandbox: Sandbox, email: str, **more: str) -> Any:
    return sandbox.client.post(SCORE, data={"email": email, "country": "US", **more}, headers=sandbox.sixsense("scoring"))


def test_a_token_of_another_group_is_no_token(sandbox: Sandbox) -> None:
    answer = sandbox.client.post(SCORE, data={"email": "a@acme.example"}, headers=sandbox.sixsense("segments"))
    assert answer.status_code == 401 and answer.json()["status"] == "error"


def test_the_surge_segment_comes_whole_and_without_scores(sandbox: Sandbox) -> None:
    body = sandbox.client.get("/sixsense-scribe/v1/company/segment/4713", headers=sandbox.sixsense("segments")).json()
    assert body["count"] == len(body["accounts"]) > 20 and set(body["accounts"][0]) == {"name", "domain", "country"}
    stages = [int(sandbox.box.world.j.seen_stage[sandbox.box.world.find_domain(a["domain"])]) for a in body["accounts"]]
    assert np.mean(np.array(stages) >= 3) > 0.7, "mostly Decision and Purchase"
    assert sandbox.client.get("/sixsense-scribe/v1/company/segment/1", headers=sandbox.sixsense("segments")).status_code == 404


def test_a_known_company_is_scored_with_prefixed_keys_for_each_product(sandbox: Sandbox) -> None:
    c = sandbox.box.world.company(known(sandbox))
    body = score(sandbox, f"anybody@{c.domain}").json()
    assert {s["product"] for s in body["scores"]} == {"Proof", "Proof Identity"}
    assert {"company_intent_score", "company_buying_stage", "company_profile_fit"} <= set(body["scores"][0])
    assert body["company"]["domain"] == c.domain and isinstance(body["company"]["employeeCount"], str)
    assert score(sandbox, "a@freemail.example", website=f"https://www.{c.domain}/about").json()["company"]["domain"] == c.domain


def test_an_unknown_company_is_no_match(sandbox: Sandbox) -> None:
    stranger = sandbox.box.world.company(int(np.flatnonzero(~sandbox.box.world.j.in_sixsense)[10])).domain
    assert score(sandbox, f"a@{stranger}").status_code == 404 and score(sandbox, "a@nowhere.example").status_code == 404


@pytest.mark.parametrize("email", ["", "nobody"])
def test_a_score_without_an_address_is_refused(sandbox: Sandbox, email: str) -> None:
    assert score(sandbox, email).status_code == 400


def test_a_score_by_json_is_refused(sandbox: Sandbox) -> None:
    assert sandbox.client.post(SCORE, json={"email": "a@acme.example"}, headers=sandbox.sixsense("scoring")).status_code == 400


def test_search_gives_ids_and_flags_but_no_address(sandbox: Sandbox) -> None:
    c = sandbox.box.world.company(known(sandbox))
    body = sandbox.client.post(SEARCH, json={"domain": [c.domain], "level": ["C-Level", "VP"]}, headers=sandbox.sixsense("people")).json()
    assert body["totalResults"] == len(body["people"]) > 0 and {p["jobLevel"] for p in body["people"]} <= {"C-Level", "VP"}
    assert all("email" not in p and "phone" not in p and isinstance(p["hasEmail"], bool) for p in body["people"])
    one = sandbox.client.post(SEARCH, json={"domain": [c.domain], "pageSize": 1, "pageNo": 2}, headers=sandbox.sixsense("people")).json()
    assert len(one["people"]) == 1 and one["totalResults"] == headcount(c)


@pytest.mark.parametrize(
    "body", [{}, {"domain": "acme.example"}, {"domain": ["a.example"] * 11}, {"domain": ["a.example"], "pageSize": 5000}]
)
def test_a_search_that_is_not_as_documented_is_refused(sandbox: Sandbox, body: dict[str, Any]) -> None:
    assert sandbox.client.post(SEARCH, json=body, headers=sandbox.sixsense("people")).status_code == 422


def test_enrichment_echoes_reference_keys_in_any_order_and_charges_matches_only(sandbox: Sandbox) -> None:
    i = known(sandbox)
    items = [
        {"peopleId": person(7, i, k).people_id, "referenceKeys": {"mine": str(k)}} for k in range(headcount(sandbox.box.world.company(i)))
    ]
    body = sandbox.client.post(ENRICH, json=[*items, {"peopleId": "P9999999999"}], headers=sandbox.sixsense("people")).json()
    for c in body["contacts"]:
        assert c["id"] == person(7, i, int(c["referenceKeys"]["mine"])).people_id
    assert sandbox.box.store.get("sixsense/credits") == len(body["contacts"]) <= len(items)


def test_people_are_found_by_address_and_profile_too(sandbox: Sandbox) -> None:
    p = person(7, known(sandbox), 0)
    body = sandbox.client.post(ENRICH, json=[{"email": p.email}, {"linkedInUrl": p.linkedin}], headers=sandbox.sixsense("people")).json()
    assert {c["id"] for c in body["contacts"]} <= {p.people_id}


@pytest.mark.parametrize("body", [{"peopleId": "x"}, [], [{}], [{"peopleId": "x"}] * 26])
def test_an_enrichment_of_the_wrong_shape_is_refused(sandbox: Sandbox, body: Any) -> None:
    assert sandbox.client.post(ENRICH, json=body, headers=sandbox.sixsense("people")).status_code == 422


def test_without_credits_the_answer_is_402(sandbox: Sandbox) -> None:
    sandbox.box.store.put("sixsense/credits", sixsense.CREDITS)
    answer = sandbox.client.post(ENRICH, json=[{"peopleId": "P0000020000"}], headers=sandbox.sixsense("people"))
    assert answer.status_code == 402


def test_the_limit_of_a_minute_holds_per_token_without_any_header(sandbox: Sandbox) -> None:
    answers = [score(sandbox, "a@nowhere.example") for _ in range(101)]
    assert [a.status_code for a in answers[:100]] == [404] * 100 and answers[100].status_code == 429
    assert not [h for h in answers[100].headers if "limit" in h.lower() or "retry" in h.lower()]
    assert sandbox.client.get("/sixsense-scribe/v1/company/segments", headers=sandbox.sixsense("segments")).status_code == 200
    sandbox.wall.seconds += 1.01
    assert score(sandbox, "a@nowhere.example").status_code == 404
