"""Errors and pages of the box, vendor by vendor: every refusal has the vendor's own body, every read can be followed to its end.

Bodies: 6sense by its specification; Salesforce and Outreach by the notes on them, since their specifications hold none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sandbox_kit import MEDIA, Sandbox
from spec_kit import complaints

DATA, API, SCRIBE, PEOPLE = "/salesforce/services/data/v68.0", "/outreach/api/v2", "/sixsense-scribe", "/sixsense-api"
Answer = Callable[[Sandbox], Any]


def strike(sandbox: Sandbox, vendor: str, kind: str) -> None:
    assert sandbox.client.post("/_sandbox/fault", json={"vendor": vendor, "kind": kind, "share": 1.0}).status_code == 200


def crm(path: str, method: str = "GET", **given: Any) -> Answer:
    return lambda s: s.client.request(method, f"{DATA}{path}", headers=s.salesforce(), **given)


def sequencer(path: str, method: str = "GET", body: Any = None, **headers: str) -> Answer:
    content = None if body is None else json.dumps(body)
    return lambda s: s.client.request(method, f"{API}{path}", headers={**s.outreach(), **MEDIA, **headers}, content=content)


def intent(path: str, group: str, **given: Any) -> Answer:
    method = "POST" if given else "GET"
    return lambda s: s.client.request(method, path, headers=s.sixsense(group), **given)


CRM: dict[str, tuple[int, str, Answer]] = {  # what is done → (status, errorCode, answer)
    "no session": (401, "INVALID_SESSION_ID", lambda s: s.client.get(f"{DATA}/limits")),
    "a malformed query": (400, "MALFORMED_QUERY", crm("/query", params={"q": "SELECT FROM"})),
    "an unknown field": (400, "INVALID_FIELD", crm("/query", params={"q": "SELECT Nonsense FROM Account"})),
    "an unknown object": (400, "INVALID_TYPE", crm("/query", params={"q": "SELECT Id FROM Nonsense"})),
    "an expired cursor": (400, "INVALID_QUERY_LOCATOR", crm("/query/01gRO0000000000YAA-2000")),
    "no such record": (404, "NOT_FOUND", crm("/sobjects/Account/001000000000000AAA")),
    "a body that is no JSON": (400, "JSON_PARSER_ERROR", crm("/composite/sobjects", "POST", content=b"{")),
    "a required field left out": (400, "REQUIRED_FIELD_MISSING", crm("/sobjects/Account", "POST", json={"Website": "https://acme.example"})),
    "a read-only field": (
        400, "INVALID_FIELD_FOR_INSERT_UPDATE", crm("/sobjects/Account", "POST", json={"Name": "A", "CreatedDate": "2026-01-01"}),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", CRM)
def test_a_refusal_of_the_crm_is_an_array_of_messages_and_codes(sandbox: Sandbox, reference: Path, what: str) -> None:
    status, code, ask = CRM[what]
    answer = ask(sandbox)
    assert (answer.status_code, [e["errorCode"] for e in answer.json()]) == (status, [code])
    assert all(set(e) in ({"message", "errorCode"}, {"message", "errorCode", "fields"}) and e["message"] for e in answer.json())
    told = re.search(rf"`{code}`", (reference / "vendors_activation.md").read_text(encoding="utf-8"))
    assert bool(told) is (code not in NOT_IN_THE_NOTES)


NOT_IN_THE_NOTES = {"INVALID_FIELD_FOR_INSERT_UPDATE", "INVALID_TYPE", "JSON_PARSER_ERROR"}  # documented codes that the notes leave out


@pytest.mark.parametrize("secret", ["wrong", ""])
def test_a_login_is_refused_with_error_and_description(sandbox: Sandbox, secret: str) -> None:
    form = {"grant_type": "client_credentials", "client_id": "3MVG9sandbox.Client", "client_secret": secret}
    answer = sandbox.client.post("/salesforce/services/oauth2/token", data=form)
    assert answer.status_code == 400 and set(answer.json()) == {"error", "error_description"}
    answer = sandbox.mint(refresh="dead")
    assert answer.status_code == 400 and answer.json()["error"] == "invalid_grant"


def test_the_orgs_used_up_requests_are_a_403_of_the_same_shape(sandbox: Sandbox) -> None:
    session = sandbox.salesforce()
    strike(sandbox, "salesforce", "429")
    answer = sandbox.client.get(f"{DATA}/limits", headers=session)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (403, "REQUEST_LIMIT_EXCEEDED")
    assert "retry-after" not in answer.headers


_STATE = {"data": {"type": "sequenceState", "relationships": {"prospect": {"data": {"type": "prospect", "id": 10**9}}}}}
SEQUENCER: dict[str, tuple[int, str, Answer]] = {  # what is done → (status, id of the error, answer)
    "no such prospect": (404, "resourceNotFound", sequencer("/prospects/999999999")),
    "no such resource": (404, "resourceNotFound", sequencer("/nonsense")),
    "a state without sequence": (422, "validationError", sequencer("/sequenceStates", "POST", _STATE)),
    "an attribute that is read-only": (
        422, "validationError", sequencer("/prospects", "POST", {"data": {"type": "prospect", "attributes": {"engagedAt": "2026-06-01"}}}),
    ),
    "another content type": (
        415, "unsupportedMediaType",
        sequencer("/prospects", "POST", {"data": {"type": "prospect"}}, **{"Content-Type": "application/json"}),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", SEQUENCER)
def test_a_refusal_of_the_sequencer_is_a_json_api_error_with_a_known_id(sandbox: Sandbox, reference: Path, what: str) -> None:
    status, id_, ask = SEQUENCER[what]
    answer = ask(sandbox)
    assert (answer.status_code, [e["id"] for e in answer.json()["errors"]]) == (status, [id_])
    assert all(set(e) <= {"id", "title", "detail", "source"} and e["title"] and e["detail"] for e in answer.json()["errors"])
    assert answer.headers["content-type"].startswith("application/vnd.api+json")
    assert id_ in (reference / "vendors_activation.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("kind", "status", "id_"), [("429", 429, "rateLimitExceeded"), ("5xx", 503, "scheduledServerMaintenance")])
def test_a_busy_sequencer_says_until_when(sandbox: Sandbox, reference: Path, kind: str, status: int, id_: str) -> None:
    session = sandbox.outreach()
    strike(sandbox, "outreach", kind)
    answer = sandbox.client.get(f"{API}/prospects", headers=session)
    assert (answer.status_code, answer.json()["errors"][0]["id"]) == (status, id_)
    assert id_ in (reference / "vendors_activation.md").read_text(encoding="utf-8")
    assert answer.headers["retry-after"].isdigit() is (kind == "429")


INTENT: dict[str, tuple[int, Answer]] = {
    "a token of another group": (401, intent(f"{SCRIBE}/v2/people/score", "people", data={"email": "a@acme.example"})),
    "a score without address": (400, intent(f"{SCRIBE}/v2/people/score", "scoring", data={"website": "acme.example"})),
    "a score as JSON": (400, intent(f"{SCRIBE}/v2/people/score", "scoring", json={"email": "a@acme.example"})),
    "nobody there": (404, intent(f"{SCRIBE}/v2/people/score", "scoring", data={"email": "a@nobody-knows.example"})),
    "no such segment": (404, intent(f"{SCRIBE}/v1/company/segment/1", "segments")),
    "a search by a scalar": (422, intent(f"{PEOPLE}/v2/search/people", "people", json={"domain": "acme.example"})),
    "more values than a filter takes": (422, intent(f"{PEOPLE}/v2/search/people", "people", json={"level": ["x"] * 11})),
    "more people than a request takes": (422, intent(f"{PEOPLE}/v2/enrichment/people", "people", json=[{"email": "a@b.example"}] * 26)),
}


@pytest.mark.parametrize("what", INTENT)
def test_a_refusal_of_6sense_has_the_specified_body(sandbox: Sandbox, specs: Path, what: str) -> None:
    status, ask = INTENT[what]
    answer = ask(sandbox)
    scribe = json.loads((specs / "6sense-scribe.json").read_text(encoding="utf-8"))
    assert answer.status_code == status and complaints(scribe, "ErrorResponse", answer.json()) == []
    assert set(answer.json()) == {"status", "message"} and answer.json()["status"] == "error"


@pytest.mark.parametrize(("kind", "status"), [("429", 429), ("5xx", 500)])
def test_a_busy_6sense_has_the_specified_body_and_no_header_that_says_when(sandbox: Sandbox, specs: Path, kind: str, status: int) -> None:
    strike(sandbox, "sixsense", kind)
    answer = intent(f"{SCRIBE}/v1/company/segments", "segments")(sandbox)
    scribe = json.loads((specs / "6sense-scribe.json").read_text(encoding="utf-8"))
    assert answer.status_code == status and complaints(scribe, "ErrorResponse", answer.json()) == []
    assert not {h for h in answer.headers if "retry" in h or "ratelimit" in h}


def test_pages_of_the_crm_are_followed_by_path_until_done(sandbox: Sandbox) -> None:
    session = sandbox.salesforce()
    page = sandbox.soql("SELECT Id FROM Contact", session).json()
    total, ids = page["totalSize"], [r["Id"] for r in page["records"]]
    while not page["done"]:
        assert page["nextRecordsUrl"].startswith("/services/data/v68.0/query/01g") and len(page["records"]) <= 2000
        page = sandbox.client.get(f"/salesforce{page['nextRecordsUrl']}", headers=session).json()
        ids += [r["Id"] for r in page["records"]]
    assert "nextRecordsUrl" not in page and len(ids) == len(set(ids)) == total


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_pages_of_the_sequencer_are_followed_by_link_and_the_count_is_withheld(sandbox: Sandbox, size: int) -> None:
    session, ids = sandbox.outreach(), list[int]()
    url = f"{API}/users?page[size]={size}"
    while True:
        page = sandbox.client.get(url, headers=session).json()
        assert page["meta"]["count"] is None and len(page["data"]) <= size
        ids += [r["id"] for r in page["data"]]
        if not (link := (page.get("links") or {}).get("next")):
            break
        url = link.partition("://")[2].partition("/")[2]
        url = f"/{url}"
    assert len(ids) == len(set(ids)) == sandbox.box.store.value("SELECT count(*) FROM o_user") > 1
