"""Outreach: rotating tokens, pages, refusals, sequences that must not be used."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from http_kit import World, with_vendor

from signals_pipeline.errors import ContractBroken, Transient, UnknownOutcome
from signals_pipeline.settings import load_settings
from signals_pipeline.vendors.outreach import Outreach, Refused
from signals_pipeline.vendors.tokens import load

Answer = httpx.Response


class Tenant:
    """Rotates refresh tokens: each one works once. Everything else is the test's."""

    def __init__(self, answer: Callable[[httpx.Request], Answer], expires_in: int = 7200) -> None:
        self.answer, self.live, self.mints, self.expires_in = answer, "seed-refresh-0", 0, expires_in
        self.access = ""

    def __call__(self, request: httpx.Request) -> Answer:
        if request.url.path == "/oauth/token":
            given = parse_qs(request.content.decode())["refresh_token"][0]
            if given != self.live:
                return Answer(400, json={"error": "invalid_grant", "error_description": "the token was used"})
            self.mints += 1
            self.live, self.access = f"refresh-{self.mints}", f"access-{self.mints}"
            return Answer(200, json={"access_token": self.access, "refresh_token": self.live, "expires_in": self.expires_in})
        if request.headers["authorization"] != f"Bearer {self.access}":
            return Answer(401, json={"errors": [{"id": "unauthorized", "title": "x"}]})
        assert request.headers["content-type"] == "application/vnd.api+json"
        return self.answer(request)


with_client = partial(with_vendor, Outreach)


def at(world: World, instant: str) -> None:
    world.settings = world.settings.model_copy(update={"now": load_settings({}, now=instant).now})


def listing(*rows: dict[str, Any], next_: str | None = None) -> Answer:
    return Answer(200, json={"data": list(rows), "links": {"next": next_} if next_ else {}, "meta": {"count": 0, "count_truncated": True}})


def test_each_refresh_token_is_used_once_and_the_new_one_stored(world: World) -> None:
    tenant = Tenant(lambda _: listing())
    with_client(world, tenant, lambda c: c.all("sequences"))
    at(world, "2026-06-30T11:59:30+00:00")  # half a minute before its end: renewed ahead of time
    with_client(world, tenant, lambda c: c.all("sequences"))
    stored = load(world.ops, "outreach")
    assert stored is not None and (stored.refresh, stored.access, tenant.mints) == ("refresh-2", "access-2", 2)


def test_a_race_for_a_new_token_mints_one(world: World) -> None:
    tenant = Tenant(lambda _: listing())

    async def main() -> None:  # two clients with a keeper each: two processes
        async with world.http(tenant) as one, world.http(tenant) as other:
            clients = [Outreach(world.settings, h, world.ops) for h in (one, other)]
            await asyncio.gather(*(c.all("sequences") for c in clients for _ in range(4)))

    asyncio.run(main())
    assert tenant.mints == 1


def test_a_token_held_by_another_process_is_waited_for_and_then_given_up(world: World) -> None:
    async def use(client: Outreach) -> None:
        assert client.keeper._claim("another process", await client.http.stamp())
        await client.all("sequences")

    with pytest.raises(Transient, match="another process"):
        with_client(world, Tenant(lambda _: listing()), use)


def test_two_mints_lie_a_minute_apart(world: World) -> None:
    tenant = Tenant(lambda _: listing())

    async def use(client: Outreach) -> None:
        await client.all("sequences")
        tenant.access = "revoked there"
        await client.all("sequences")

    with_client(world, tenant, use)
    assert tenant.mints == 2
    assert 60.0 in world.sleeps


def test_a_dead_refresh_token_asks_for_a_person(world: World) -> None:
    tenant = Tenant(lambda _: listing())
    tenant.live = "somebody else used it"
    with pytest.raises(ContractBroken, match="authorise again"):
        with_client(world, tenant, lambda c: c.all("sequences"))


def test_a_new_seed_replaces_a_dead_chain(world: World) -> None:
    tenant = Tenant(lambda _: listing())
    with_client(world, tenant, lambda c: c.all("sequences"))
    tenant.live = "seed-refresh-9"
    world.settings = load_settings({}, **{**_plain(world), "outreach_refresh_token": "seed-refresh-9"})
    with_client(world, tenant, lambda c: c.all("sequences"))
    assert tenant.mints == 2


def _plain(world: World) -> dict[str, Any]:
    names = ("home", "now", "outreach_url", "outreach_client_id")
    return {**{n: getattr(world.settings, n) for n in names}, "outreach_client_secret": "or-secret-1"}


def test_a_lost_token_answer_is_not_asked_for_again(world: World) -> None:
    def tenant(request: httpx.Request) -> Answer:
        raise httpx.ReadTimeout("gone", request=request)

    with pytest.raises(UnknownOutcome):
        with_client(world, tenant, lambda c: c.all("sequences"))
    assert len(world.requests) == 1


# ---- reading -------------------------------------------------------------------------------------------------
def test_pages_follow_the_next_link_whatever_the_count_says(world: World) -> None:
    def answer(request: httpx.Request) -> Answer:
        last = request.url.params.get("page[after]") == "b"
        return listing({"id": 2}) if last else listing({"id": 1}, next_="https://api.outreach.example/api/v2/prospects?page[after]=b")

    assert with_client(world, Tenant(answer), lambda c: c.all("prospects")) == [{"id": 1}, {"id": 2}]


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("https://api.outreach.example/api/v2/prospects?page[after]=b", "paging loop"),
        ("https://evil.example/api/v2/prospects", "another host"),
    ],
)
def test_a_next_link_that_loops_or_leaves_is_not_followed(world: World, link: str, said: str) -> None:
    with pytest.raises(ContractBroken, match=said):
        with_client(world, Tenant(lambda _: listing(next_=link)), lambda c: c.all("prospects"))


def test_prospects_are_found_by_any_of_their_addresses(world: World) -> None:
    people = [{"id": n, "attributes": {"emails": [f"P{n}@acme.example", "info@acme.example"]}} for n in range(60)]

    def answer(request: httpx.Request) -> Answer:
        asked = set(request.url.params["filter[emails]"].split(","))
        return listing(*[p for p in people if asked & {e.lower() for e in p["attributes"]["emails"]}])  # type: ignore[index]

    wanted = [f"p{n}@acme.example" for n in range(60)]
    found = with_client(world, Tenant(answer), lambda c: c.prospects_by_email([*wanted, "nobody@acme.example"]))
    assert set(found) == set(wanted)
    assert [len(v) for v in found.values()] == [1] * 60
    assert len([r for r in world.requests if r.method == "GET"]) == 2


@pytest.mark.parametrize("email", ["a,b@acme.example", "a..z@acme.example", "nobody"])
def test_an_address_that_would_change_the_filter_is_refused(world: World, email: str) -> None:
    with pytest.raises(Refused, match="unusable_address"):
        with_client(world, Tenant(lambda _: listing()), lambda c: c.prospects_by_email([email]))


def test_a_read_back_without_prospect_or_sequence_is_refused(world: World) -> None:
    with pytest.raises(ContractBroken, match="needs a prospect"):
        with_client(world, Tenant(lambda _: listing()), lambda c: c.sequence_states())


def test_what_is_not_there_is_none_and_what_is_forbidden_is_an_error(world: World) -> None:
    missing = Tenant(lambda _: Answer(404, json={"errors": [{"id": "resourceNotFound"}]}))
    assert with_client(world, missing, lambda c: c.get("sequence", 7)) is None


def test_a_missing_scope_stops_the_stream(world: World) -> None:
    tenant = Tenant(lambda _: Answer(403, json={"errors": [{"id": "unauthorizedOauthScope", "title": "x"}]}))
    with pytest.raises(ContractBroken, match="lacks a scope"):
        with_client(world, tenant, lambda c: c.all("mailboxes"))


# ---- writing -------------------------------------------------------------------------------------------------
def sequences(**attributes: Any) -> Callable[[httpx.Request], Answer]:
    def answer(request: httpx.Request) -> Answer:
        if request.method == "GET":
            return Answer(200, json={"data": {"type": "sequence", "id": 5, "attributes": {"enabled": True, "locked": False, **attributes}}})
        return Answer(201, json={"data": {"type": "sequenceState", "id": 9, "echo": json.loads(request.content)["data"]}})

    return answer


ENROL = {"prospect": ("prospect", 1), "sequence": ("sequence", 5), "mailbox": ("mailbox", 3)}


def test_an_enrolment_names_prospect_sequence_and_mailbox(world: World) -> None:
    done = with_client(world, Tenant(sequences()), lambda c: c.create("sequenceState", {}, ENROL))
    assert done["echo"]["relationships"]["sequence"] == {"data": {"type": "sequence", "id": 5}}
    assert world.requests[-1].url.path == "/api/v2/sequenceStates"


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [({"transactional": True}, "transactional_sequence"), ({"enabled": False}, "sequence_disabled"), ({"locked": True}, "sequence_locked")],
)
def test_a_sequence_that_bypasses_opt_outs_or_does_not_run_is_refused_here(world: World, attributes: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refused) as refused:
        with_client(world, Tenant(sequences(**attributes)), lambda c: c.create("sequenceState", {}, ENROL))
    assert refused.value.reason == reason
    assert all(r.method == "GET" or "token" in r.url.path for r in world.requests)


@pytest.mark.parametrize(
    ("id_", "detail", "reason", "hint"),
    [
        ("validationError", "Contacts email hash has already been taken.", "validation_error", "duplicate_email"),
        ("validationError", "", "validation_error", ""),
        ("validationDuplicateValueError", "A Contact with that email_hash", "validation_duplicate_value", ""),
        ("somethingNew", "whatever", "refused", ""),
    ],
)
def test_a_422_is_named_by_id_and_its_wording_is_a_hint(world: World, id_: str, detail: str, reason: str, hint: str) -> None:
    tenant = Tenant(lambda _: Answer(422, json={"errors": [{"id": id_, "title": "Validation Error", "detail": detail}]}))
    with pytest.raises(Refused) as refused:
        with_client(world, tenant, lambda c: c.create("prospect", {"emails": ["a@acme.example"]}))
    assert (refused.value.reason, refused.value.hint, refused.value.status) == (reason, hint, 422)


def test_a_patch_says_type_id_and_attributes(world: World) -> None:
    tenant = Tenant(lambda r: Answer(200, json={"data": json.loads(r.content)["data"]}))
    sent = with_client(world, tenant, lambda c: c.patch("prospect", 4, {"custom1": "x"}))
    assert sent == {"type": "prospect", "id": 4, "attributes": {"custom1": "x"}}


@pytest.mark.parametrize("body", ["null", "[]", '{"data": null}', '{"data": []}'])
def test_a_write_that_was_taken_and_does_not_say_what_it_made_has_an_unknown_outcome(world: World, body: str) -> None:
    tenant = Tenant(lambda _: Answer(200, text=body))
    for write in (lambda c: c.patch("prospect", 4, {"custom1": "x"}), lambda c: c.create("prospect", {"custom1": "x"})):
        with pytest.raises(UnknownOutcome, match="write that was taken"):
            with_client(world, tenant, write)
    with pytest.raises(ContractBroken):
        with_client(world, tenant, lambda c: c.get("prospect", 4))


def test_a_write_that_timed_out_is_not_sent_again(world: World) -> None:
    def answer(request: httpx.Request) -> Answer:
        raise httpx.ReadTimeout("gone", request=request)

    with pytest.raises(UnknownOutcome):
        with_client(world, Tenant(answer), lambda c: c.create("prospect", {"emails": ["a@acme.example"]}))
    assert sum(r.url.path == "/api/v2/prospects" for r in world.requests) == 1


def test_maintenance_with_an_iso_retry_after_is_waited_for(world: World) -> None:
    answers = [Answer(503, headers={"Retry-After": "2026-06-30T10:00:30Z"}), listing({"id": 1})]
    assert with_client(world, Tenant(lambda _: answers.pop(0)), lambda c: c.all("sequences")) == [{"id": 1}]
    assert world.sleeps == [31.0]
