"""Outreach in the box: tokens that rotate, pages, prospects, rulesets, limits."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sandbox_kit import MEDIA, Sandbox

from sandbox.vendors import outreach_door

API = "/outreach/api/v2"


def call(
    sandbox: Sandbox, session: dict[str, str], path: str, kind: str, attributes: Any = None, method: str = "POST", **related: int
) -> Any:
    links = {n: {"data": {"type": n, "id": i}} for n, i in related.items()}
    data = {"type": kind, **({"attributes": attributes} if attributes else {}), **({"relationships": links} if links else {})}
    return sandbox.client.request(method, f"{API}/{path}", content=json.dumps({"data": data}), headers={**session, **MEDIA})


def prospect(sandbox: Sandbox, session: dict[str, str], email: str = "ada@acme.example", **attributes: Any) -> int:
    answer = call(sandbox, session, "prospects", "prospect", {"emails": [email], "firstName": "Ada", **attributes})
    assert answer.status_code == 201, answer.text
    return int(answer.json()["data"]["id"])


def enrol(sandbox: Sandbox, session: dict[str, str], who: int, sequence: int = 1, mailbox: int = 1) -> Any:
    return call(sandbox, session, "sequenceStates", "sequenceState", prospect=who, sequence=sequence, mailbox=mailbox)


def test_each_refresh_gives_a_new_token_and_kills_the_old(sandbox: Sandbox) -> None:
    first = sandbox.box.store.get("outreach/refresh")["token"]
    minted = sandbox.mint(first).json()
    assert minted["refresh_token"] != first and minted["expires_in"] == 7200
    sandbox.wall.seconds += 2
    assert sandbox.mint(first).json()["error"] == "invalid_grant"
    assert sandbox.mint(minted["refresh_token"]).status_code == 200


def test_tokens_are_minted_once_a_minute(sandbox: Sandbox) -> None:
    minted = sandbox.mint().json()
    too_soon = sandbox.mint(minted["refresh_token"])
    assert too_soon.status_code == 429 and int(too_soon.headers["Retry-After"]) <= 61
    sandbox.wall.seconds += 1.01
    assert sandbox.mint(minted["refresh_token"]).status_code == 200


def test_an_access_token_lives_two_hours(sandbox: Sandbox) -> None:
    session = sandbox.outreach()
    assert sandbox.client.get(f"{API}/users", headers=session).status_code == 200
    sandbox.wall.seconds += 121
    assert sandbox.client.get(f"{API}/users", headers=session).status_code == 401


def test_pages_follow_links_until_there_is_none_and_repeat_nobody(sandbox: Sandbox) -> None:
    session, seen = sandbox.outreach(), []
    url = f"{API}/mailings?page[size]=400&sort=-updatedAt"
    while url:
        page = sandbox.client.get(url, headers=session).json()
        seen += [(m["attributes"]["updatedAt"], m["id"]) for m in page["data"]]
        url = page.get("links", {}).get("next", "").removeprefix("http://127.0.0.1:1")
        assert page["meta"]["count"] is None
    assert len(set(seen)) == len(seen) == sandbox.box.store.count("o_mailing")
    assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize(
    "query",
    ["filter[custom1]=x", "filter[company]=x", "sort=company", "page[size]=5000", "page[after]=nonsense", "filter[updatedAt]=soon..inf"],
)
def test_what_cannot_be_filtered_is_refused(sandbox: Sandbox, query: str) -> None:
    assert sandbox.client.get(f"{API}/prospects?{query}", headers=sandbox.outreach()).status_code == 400


def test_filters_by_range_list_relation_and_address(sandbox: Sandbox) -> None:
    session = sandbox.outreach()

    def found(path: str) -> list[Any]:
        data: list[Any] = sandbox.client.get(f"{API}/{path}&page[size]=1000", headers=session).json()["data"]
        return data

    recent = found("mailings?filter[updatedAt]=2026-06-25..inf")
    assert recent and all(m["attributes"]["updatedAt"] >= "2026-06-25" for m in recent)
    who = recent[0]["relationships"]["prospect"]["data"]["id"]
    assert all(m["relationships"]["prospect"]["data"]["id"] == who for m in found(f"mailings?filter[prospect][id]={who}"))
    assert {s["attributes"]["state"] for s in found("sequenceStates?filter[state]=bounced,finished")} == {"bounced", "finished"}
    email = found(f"emailAddresses?filter[prospect][id]={who}")[0]["attributes"]["email"]
    assert [p["id"] for p in found(f"prospects?filter[emails]={email.upper()}")] == [who]
    assert set(found("prospects?fields[prospect]=emails")[0]["attributes"]) == {"emails"}


def test_an_address_belongs_to_one_prospect(sandbox: Sandbox) -> None:
    session = sandbox.outreach()
    first = prospect(sandbox, session)
    again = call(sandbox, session, "prospects", "prospect", {"emails": ["ADA@acme.example"]})
    assert (
        again.status_code == 422
        and again.json()["errors"][0]["id"] == "validationError"
        and "email hash" in again.json()["errors"][0]["detail"]
    )
    second = prospect(sandbox, session, "bo@acme.example")
    moved = call(sandbox, session, f"prospects/{second}", "prospect", {"emails": ["ada@acme.example"]}, "PATCH")
    assert moved.status_code == 422 and moved.json()["errors"][0]["id"] == "validationDuplicateValueError"
    assert first != second


def test_custom_fields_are_kept_and_unknown_ones_refused(sandbox: Sandbox) -> None:
    session = sandbox.outreach()
    who = prospect(sandbox, session, custom1="intent_surge")
    answer = call(sandbox, session, f"prospects/{who}", "prospect", {"custom4": "Hello"}, "PATCH")
    assert answer.json()["data"]["attributes"]["custom1"] == "intent_surge" and answer.json()["data"]["attributes"]["custom4"] == "Hello"
    assert call(sandbox, session, f"prospects/{who}", "prospect", {"touchedAt": "2026-01-01T00:00:00Z"}, "PATCH").status_code == 422
    assert call(sandbox, session, f"prospects/{who}", "prospect", {"title": 5}, "PATCH").status_code == 422


def test_nobody_is_twice_in_a_sequence_or_in_two(sandbox: Sandbox) -> None:
    session = sandbox.outreach()
    who = prospect(sandbox, session)
    assert enrol(sandbox, session, who).json()["data"]["attributes"]["state"] == "active"
    assert enrol(sandbox, session, who).status_code == 422
    assert enrol(sandbox, session, who, sequence=2).status_code == 422
    state = sandbox.client.get(f"{API}/sequenceStates?filter[prospect][id]={who}", headers=session).json()["data"][0]["id"]
    finished = sandbox.client.post(f"{API}/sequenceStates/{state}/actions/finish", headers=session)
    assert finished.json()["data"]["attributes"]["state"] == "finished"
    assert sandbox.client.post(f"{API}/sequenceStates/{state}/actions/pause", headers=session).status_code == 422
    assert enrol(sandbox, session, who).status_code == 422, "been there"
    assert enrol(sandbox, session, who, sequence=2).status_code == 201


def test_who_opted_out_bounced_or_has_no_address_is_not_enrolled(sandbox: Sandbox) -> None:
    session, store = sandbox.outreach(), sandbox.box.store
    cases = {
        "opted out": "SELECT id FROM o_prospect WHERE optedOut = 1",
        "unsubscribed": "SELECT prospect FROM o_email WHERE unsubscribedAt IS NOT NULL",
        "bounced": "SELECT prospect FROM o_email WHERE status = 'Bounced'",
        "addressless": "SELECT id FROM o_prospect WHERE emails = '[]'",
    }
    for case, sql in cases.items():
        assert enrol(sandbox, session, store.value(sql)).status_code == 422, case
    transactional = store.value("SELECT id FROM o_sequence WHERE transactional = 1")
    assert enrol(sandbox, session, store.value(cases["opted out"] + " AND emails <> '[]'"), transactional).status_code == 201


def test_a_retired_sequence_and_strangers_are_refused(sandbox: Sandbox) -> None:
    session = sandbox.outreach()
    who = prospect(sandbox, session)
    assert (
        enrol(sandbox, session, who, sequence=int(sandbox.box.store.value("SELECT id FROM o_sequence WHERE enabled = 0"))).status_code
        == 422
    )
    assert enrol(sandbox, session, 999_999).status_code == 422
    assert enrol(sandbox, session, who, mailbox=99).status_code == 422


def test_a_throttled_sequence_parks_new_states_as_pending(sandbox: Sandbox) -> None:
    session = sandbox.outreach()
    sandbox.box.store.update("o_sequence", "id", 1, {"throttleMaxAddsPerDay": 0})
    assert enrol(sandbox, session, prospect(sandbox, session)).json()["data"]["attributes"]["state"] == "pending"


def test_a_body_of_another_media_type_is_refused(sandbox: Sandbox) -> None:
    answer = sandbox.client.post(f"{API}/prospects", json={"data": {}}, headers=sandbox.outreach())
    assert answer.status_code == 415 and answer.json()["errors"][0]["id"] == "unsupportedMediaType"


@pytest.mark.parametrize("body", ["{", "[]", '{"data": null}', "{}"])
def test_a_malformed_document_is_a_bad_request(sandbox: Sandbox, body: str) -> None:
    assert sandbox.client.post(f"{API}/prospects", content=body, headers={**sandbox.outreach(), **MEDIA}).status_code == 400


def test_the_hourly_limit_holds_and_says_how_long(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outreach_door, "HOURLY", 3)
    session = sandbox.outreach()
    answers = [sandbox.client.get(f"{API}/users", headers=session) for _ in range(4)]
    assert [a.status_code for a in answers] == [200, 200, 200, 429]
    assert answers[2].headers["X-RateLimit-Remaining"] == "0" and answers[0].headers["X-RateLimit-Limit"] == "3"
    assert 3500 < int(answers[3].headers["Retry-After"]) <= 3601 and answers[3].json()["errors"][0]["id"] == "rateLimitExceeded"
    sandbox.wall.seconds += 60.1
    assert sandbox.client.get(f"{API}/users", headers=session).status_code == 200
    assert sandbox.box.limits.of("outreach").refused == 1


def test_what_is_not_there_is_not_found(sandbox: Sandbox) -> None:
    session = sandbox.outreach()
    for path in ("prospects/999999", "nothings", "sequenceStates/999999"):
        assert sandbox.client.get(f"{API}/{path}", headers=session).status_code == 404


def test_planned_mails_are_listed_as_scheduled_until_they_are_sent(sandbox: Sandbox) -> None:
    session, store = sandbox.outreach(), sandbox.box.store

    def listed(session: dict[str, str] = session, **more: str) -> list[dict[str, Any]]:
        params = {"filter[state]": "scheduled", "page[size]": "1000", **more}
        answer = sandbox.client.get(f"{API}/mailings", params=params, headers=session)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["data"])

    planned = listed()
    active = {row["id"] for row in store.rows("SELECT id FROM o_sequence_state WHERE state = 'active'")}
    assert planned and {m["relationships"]["sequenceState"]["data"]["id"] for m in planned} <= active
    assert all(m["attributes"]["scheduledAt"] >= sandbox.box.stamp() and m["attributes"]["deliveredAt"] is None for m in planned)
    first = min(m["attributes"]["scheduledAt"] for m in planned)
    due = listed(**{"filter[scheduledAt]": f"neginf..{first}"})
    assert {m["attributes"]["scheduledAt"] for m in due} == {first} and {m["id"] for m in due} <= {m["id"] for m in planned}
    assert store.value("SELECT count(*) FROM o_mailing WHERE state = 'scheduled'") == 0, "listed by this filter alone"
    sandbox.client.post("/_sandbox/advance", json={"days": 1})
    assert not {m["id"] for m in due} & {m["id"] for m in listed(sandbox.outreach())}
