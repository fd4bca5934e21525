"""6sense: no match is an answer, a spent quota is not, people are told apart by our reference."""

from __future__ import annotations

import json
from functools import partial
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
import sqlalchemy as sa
from http_kit import World, with_vendor

from signals_pipeline.errors import ContractBroken, Permanent, Transient, UnknownOutcome
from signals_pipeline.io import ops as store
from signals_pipeline.vendors.sixsense import SixSense, number, people_of

Answer = httpx.Response


with_client = partial(with_vendor, SixSense)


def test_a_score_is_asked_by_form_with_the_groups_own_token(world: World) -> None:
    body = {"company": {"domain": "acme.example"}, "scores": [{"product": "Proof", "company_intent_score": 71}]}
    found = with_client(world, [Answer(200, json=body)], lambda c: c.score(email="a@acme.example", country="US", website=None))
    sent = world.requests[0]
    assert found == body
    assert parse_qs(sent.content.decode()) == {"email": ["a@acme.example"], "country": ["US"]}
    assert sent.headers["authorization"] == f"Token {'s' * 40}"


@pytest.mark.parametrize(
    "answer",
    [
        Answer(404, json={"status": "error", "message": "No match found"}),
        Answer(200, json={"company": {"company_match": "No Match"}}),
        Answer(200, json={"company": {"companyMatch": "No Match"}, "scores": []}),
    ],
)
def test_no_match_is_an_answer(world: World, answer: Answer) -> None:
    assert with_client(world, [answer], lambda c: c.score(email="a@acme.example")) is None


@pytest.mark.parametrize("body", ["null", "[]", '{"scores": []}', '{"company": null}', '{"unexpected": true}'])
def test_an_answer_without_company_is_no_word_about_one(world: World, body: str) -> None:
    with pytest.raises(ContractBroken, match="sixsense: "):
        with_client(world, [Answer(200, text=body)], lambda c: c.score(email="a@acme.example"))


def test_a_spent_quota_stops_the_group_tells_a_person_and_is_not_asked_again(world: World) -> None:
    def spent(_: httpx.Request) -> Answer:
        return Answer(402, json={"status": "error", "message": "Quota exhausted"})

    items = [{"ref": "people:1", "peopleId": "1"}]
    with pytest.raises(ContractBroken, match="quota exhausted"):
        with_client(world, spent, lambda c: c.enrich_people(items))
    with pytest.raises(Transient, match="paused until"):
        with_client(world, spent, lambda c: c.enrich_people(items))
    assert len(world.requests) == 1
    with world.ops.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(store.notices)).scalar_one() == 1
    free = with_client(world, [Answer(200, json={"people": []})], lambda c: c.search_people(domain="acme.example"))
    assert free == []  # the free search goes on


def test_a_token_of_another_group_stops_the_stream(world: World) -> None:
    with pytest.raises(ContractBroken, match="another API group"):
        with_client(world, [Answer(401, json={"status": "error", "message": "Invalid API token"})], lambda c: c.segments())


def test_a_missing_token_is_named(world: World) -> None:
    from pydantic import SecretStr

    world.settings = world.settings.model_copy(update={"sixsense_people_token": SecretStr("")})
    with pytest.raises(ContractBroken, match="SIGNALS_SIXSENSE_PEOPLE_TOKEN"):
        with_client(world, [], lambda c: c.search_people(domain="acme.example"))


def test_a_segment_comes_in_one_body_and_a_short_one_is_refused(world: World) -> None:
    accounts = [{"name": "Acme", "domain": "acme.example", "country": "US"}]
    assert with_client(world, [Answer(200, json={"count": "1", "accounts": accounts})], lambda c: c.segment_members("4713")) == accounts
    assert world.requests[0].url.path == "/v1/company/segment/4713"
    with pytest.raises(ContractBroken, match="counts 9"):
        with_client(world, [Answer(200, json={"count": 9, "accounts": accounts})], lambda c: c.segment_members("4713"))
    with pytest.raises(ContractBroken, match="without accounts"):
        with_client(world, [Answer(200, json={"count": 9})], lambda c: c.segment_members("4713"))


def test_enriched_people_are_told_apart_by_reference_not_by_order(world: World) -> None:
    def vendor(request: httpx.Request) -> Answer:
        items = json.loads(request.content)
        assert isinstance(items, list) and "ref" not in items[0]
        contacts = [{"email": f"{i['peopleId']}@acme.example", "referenceKeys": i["referenceKeys"]} for i in items if i["peopleId"] != "2"]
        return Answer(200, json={"contacts": contacts[::-1]})

    items = [{"ref": f"people:{n}", "peopleId": str(n)} for n in (1, 2, 3)]
    found = with_client(world, vendor, lambda c: c.enrich_people(items))
    assert {k: v and v["email"] for k, v in found.items()} == {"people:1": "1@acme.example", "people:2": None, "people:3": "3@acme.example"}


def test_a_stranger_in_the_answer_breaks_the_contract(world: World) -> None:
    answer = Answer(200, json=[{"email": "x@acme.example", "referenceKeys": {"ref": "people:9"}}])
    with pytest.raises(ContractBroken, match="reference of ours"):
        with_client(world, [answer], lambda c: c.enrich_people([{"ref": "people:1", "peopleId": "1"}]))


def test_a_paid_call_that_timed_out_is_not_paid_twice(world: World) -> None:
    with pytest.raises(UnknownOutcome):
        with_client(world, [httpx.ReadTimeout], lambda c: c.enrich_people([{"ref": "people:1", "peopleId": "1"}]))
    assert len(world.requests) == 1


def test_more_people_than_a_request_takes_are_refused_here(world: World) -> None:
    for count in (0, 26):
        with pytest.raises(Permanent, match="1 to 25"):
            with_client(world, [], lambda c, n=count: c.enrich_people([{"ref": str(i), "peopleId": str(i)} for i in range(n)]))
    with pytest.raises(Permanent, match="at most 10"):
        with_client(world, [], lambda c: c.search_people(domain="acme.example", titles=[str(n) for n in range(11)]))


@pytest.mark.parametrize(
    ("told", "value"), [("", None), ("1,200", 1200.0), (" 12.5 ", 12.5), (7, 7.0), (None, None), ("n/a", None), (True, None)]
)
def test_numbers_come_as_text_and_as_nothing(told: Any, value: float | None) -> None:
    assert number(told) == value


def test_people_are_found_in_any_known_envelope_and_nowhere_else() -> None:
    person = {"id": "1"}
    for body in ([person], {"people": [person]}, {"contacts": [person]}, {"data": [person]}):
        assert people_of(body) == [person]
    with pytest.raises(ContractBroken):
        people_of({"status": "ok"})
