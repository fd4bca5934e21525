"""Salesforce: tokens, pages, lists that fit, half-failed writes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
import sqlalchemy as sa
from http_kit import World, with_vendor

from signals_pipeline.errors import ContractBroken, Permanent, Transient, UnknownOutcome
from signals_pipeline.io import ops as store
from signals_pipeline.vendors.salesforce import Salesforce
from signals_pipeline.vendors.soql import URI_BYTES, chunks, id18, in_list, soql_literal, soql_name

Answer = httpx.Response
DATA = "/box/services/data/v68.0"


class Org:
    """Tokens as an org gives them; everything else is the test's."""

    def __init__(self, answer: Callable[[httpx.Request], Answer]) -> None:
        self.answer, self.minted, self.dead = answer, 0, set[str]()

    def __call__(self, request: httpx.Request) -> Answer:
        if request.url.path.endswith("/oauth2/token"):
            assert parse_qs(request.content.decode())["grant_type"] == ["client_credentials"]
            self.minted += 1
            told = {"access_token": f"token-{self.minted}", "instance_url": "https://acme.my.salesforce.example/box", "issued_at": "1"}
            return Answer(200, json=told)
        if request.headers["authorization"].removeprefix("Bearer ") in self.dead:
            return Answer(401, json=[{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}])
        return self.answer(request)


with_client = partial(with_vendor, Salesforce)


def page(*ids: str, next_: str | None = None) -> Answer:
    records = [{"attributes": {"type": "Contact"}, "Id": i, "Account": {"attributes": {}, "Name": None}} for i in ids]
    return Answer(200, json={"totalSize": 9, "done": next_ is None, "records": records, **({"nextRecordsUrl": next_} if next_ else {})})


def test_pages_are_followed_until_done_and_attributes_taken_off(world: World) -> None:
    def answer(request: httpx.Request) -> Answer:
        return page("3") if "01gA-2" in request.url.path else page("1", "2", next_="/services/data/v68.0/query/01gA-2")

    rows = with_client(world, Org(answer), lambda c: c.rows("SELECT Id, Account.Name FROM Contact"))
    assert rows == [{"Id": i, "Account": {"Name": None}} for i in "123"]
    assert world.requests[-1].url.path == f"{DATA}/query/01gA-2"


def test_a_page_that_points_to_itself_is_a_loop(world: World) -> None:
    org = Org(lambda _: page("1", next_="/services/data/v68.0/query/01gA-2"))
    with pytest.raises(ContractBroken, match="paging loop"):
        with_client(world, org, lambda c: c.rows("SELECT Id FROM Contact"))


def test_not_done_without_a_next_page_is_no_end(world: World) -> None:
    org = Org(lambda _: Answer(200, json={"done": False, "records": []}))
    with pytest.raises(ContractBroken, match="nextRecordsUrl"):
        with_client(world, org, lambda c: c.rows("SELECT Id FROM Contact"))


def test_an_expired_token_is_renewed_once_for_all_that_wait(world: World) -> None:
    org = Org(lambda _: page("1"))

    async def use(client: Salesforce) -> list[Any]:
        await client.rows("SELECT Id FROM Contact")
        org.dead = {"token-1"}
        return await asyncio.gather(*(client.rows("SELECT Id FROM Contact") for _ in range(12)))

    assert len(with_client(world, org, use)) == 12
    assert org.minted == 2


def test_the_next_process_uses_the_stored_token(world: World) -> None:
    org = Org(lambda _: page("1"))
    for _ in range(2):
        with_client(world, org, lambda c: c.rows("SELECT Id FROM Contact"))
    assert org.minted == 1


def test_new_credentials_do_not_use_the_old_token(world: World) -> None:
    org = Org(lambda _: page("1"))
    with_client(world, org, lambda c: c.rows("SELECT Id FROM Contact"))
    world.settings = world.settings.model_copy(update={"salesforce_client_id": "another"})
    with_client(world, org, lambda c: c.rows("SELECT Id FROM Contact"))
    assert org.minted == 2


def test_a_token_refused_twice_stops_the_stream(world: World) -> None:
    org = Org(lambda _: Answer(401, json=[{"errorCode": "INVALID_SESSION_ID", "message": "no"}]))
    with pytest.raises(ContractBroken, match="refused too"):
        with_client(world, org, lambda c: c.rows("SELECT Id FROM Contact"))
    assert org.minted == 2


@pytest.mark.parametrize("error", ["invalid_client_id", "invalid_client", "invalid_grant"])
def test_wrong_credentials_say_what_to_do(world: World, error: str) -> None:
    with pytest.raises(ContractBroken, match="client") as told:
        with_client(world, lambda _: Answer(400, json={"error": error, "error_description": "x"}), lambda c: c.limits())
    assert "sf-secret-1" not in str(told.value)


def test_the_orgs_daily_limit_pauses_the_source_and_tells_a_person(world: World) -> None:
    org = Org(lambda _: Answer(403, json=[{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded."}]))
    with pytest.raises(Transient, match="used up"):
        with_client(world, org, lambda c: c.rows("SELECT Id FROM Contact"))
    with pytest.raises(Transient, match="paused until"):
        with_client(world, org, lambda c: c.rows("SELECT Id FROM Contact"))
    with world.ops.connect() as connection:
        assert connection.execute(sa.select(store.notices.c.title)).scalar_one().startswith("salesforce:")


def test_another_403_is_a_missing_permission(world: World) -> None:
    org = Org(lambda _: Answer(403, json=[{"errorCode": "INSUFFICIENT_ACCESS", "message": "x"}]))
    with pytest.raises(ContractBroken, match="lacks a permission"):
        with_client(world, org, lambda c: c.rows("SELECT Id FROM Contact"))


def test_an_expired_cursor_lets_the_slice_start_over(world: World) -> None:
    org = Org(lambda _: Answer(400, json=[{"errorCode": "INVALID_QUERY_LOCATOR", "message": "x"}]))
    with pytest.raises(Transient, match="starts over"):
        with_client(world, org, lambda c: c.rows("SELECT Id FROM Contact"))


def test_reading_stops_before_the_orgs_last_requests(world: World) -> None:
    usage = {"Sforce-Limit-Info": "api-usage=4800/5000; per-app-api-usage=17/250(appName=x)"}
    org = Org(lambda _: Answer(200, json={"done": True, "records": []}, headers=usage))
    with pytest.raises(Transient, match="left to others"):
        with_client(world, org, lambda c: c.rows("SELECT Id FROM Contact"))


# ---- lists ---------------------------------------------------------------------------------------------------
def test_a_long_list_is_asked_for_in_requests_that_fit(world: World) -> None:
    emails = [f"o'brien+{n}@{'long-name' * 3}.example" for n in range(900)]
    org = Org(lambda _: page())
    with_client(world, org, lambda c: c.find_by("Contact", "Email", [*emails, emails[0]], ["Id", "AccountId"]))
    queries = [r for r in world.requests if r.method == "GET"]
    assert len(queries) > 1
    assert max(len(str(q.url).encode()) for q in queries) < URI_BYTES - 1024
    asked = "".join(q.url.params["q"] for q in queries)
    assert asked.count("@") == 900
    assert asked.count("o\\'brien") == 900


def test_a_query_that_cannot_fit_is_refused_here(world: World) -> None:
    soql = f"SELECT Id FROM Contact WHERE Email IN {in_list(['a@b.example'] * 2000)}"
    with pytest.raises(ContractBroken, match="cut its list"):
        with_client(world, Org(lambda _: page()), lambda c: c.rows(soql))


def test_records_come_back_by_id_and_missing_ones_are_absent(world: World) -> None:
    ids = ["001000000000001AAA", "001000000000002AAA"]
    org = Org(lambda _: Answer(200, json=[{"attributes": {}, "Id": ids[0], "Name": None}, None]))
    assert with_client(world, org, lambda c: c.get_many("Account", ids, ["Id", "Name"])) == {ids[0]: {"Id": ids[0], "Name": None}}


def test_an_answer_of_another_length_is_not_matched_up(world: World) -> None:
    org = Org(lambda _: Answer(200, json=[]))
    with pytest.raises(ContractBroken, match="another number"):
        with_client(world, org, lambda c: c.get_many("Account", ["001000000000001AAA"], ["Id"]))


# ---- writes --------------------------------------------------------------------------------------------------
class Table:
    """Takes collections; `locked` names fail with a row lock that many times, `bad` ones always."""

    def __init__(self, locked: dict[str, int] | None = None, bad: set[str] | None = None) -> None:
        self.locked, self.bad, self.calls = locked or {}, bad or set(), list[list[str]]()

    def __call__(self, request: httpx.Request) -> Answer:
        body = json.loads(request.content)
        assert body["allOrNone"] is False
        names = [r["Name"] for r in body["records"]]
        self.calls.append(names)
        return Answer(200, json=[self.one(n) for n in names])

    def one(self, name: str) -> dict[str, Any]:
        if self.locked.get(name, 0) > 0:
            self.locked[name] -= 1
            return {"success": False, "errors": [{"statusCode": "UNABLE_TO_LOCK_ROW", "message": "locked", "fields": []}]}
        if name in self.bad:
            return {"success": False, "errors": [{"statusCode": "DUPLICATE_VALUE", "message": "duplicate value found", "fields": []}]}
        return {"id": f"id-{name}", "success": True, "created": True, "errors": []}


def records(count: int) -> list[dict[str, str]]:
    return [{"Name": f"n{n}", "AccountId": f"a{n % 7}"} for n in range(count)]


def test_results_stand_in_request_order_over_collections_of_200(world: World) -> None:
    table = Table(bad={"n3", "n401"})
    results = with_client(world, Org(table), lambda c: c.update("Contact", records(450)))
    assert [r.id for r in results] == [None if n in (3, 401) else f"id-n{n}" for n in range(450)]
    assert (results[3].ok, results[3].status_code) == (False, "DUPLICATE_VALUE")
    assert [len(c) for c in table.calls] == [200, 200, 50]


def test_contacts_of_one_account_travel_next_to_each_other(world: World) -> None:
    table = Table()
    with_client(world, Org(table), lambda c: c.update("Contact", records(21)))
    accounts = [int(n[1:]) % 7 for n in table.calls[0]]
    assert accounts == sorted(accounts)


def test_a_locked_row_alone_is_tried_again(world: World) -> None:
    table = Table(locked={"n1": 2}, bad={"n2"})
    results = with_client(world, Org(table), lambda c: c.upsert("Contact", "Signal_Key__c", records(4)))
    assert [r.ok for r in results] == [True, True, False, True]
    assert [len(c) for c in table.calls] == [4, 1, 1]
    assert len(world.sleeps) == 2
    assert world.requests[-1].url.path == f"{DATA}/composite/sobjects/Contact/Signal_Key__c"


def test_a_row_that_stays_locked_is_a_failed_result(world: World) -> None:
    results = with_client(world, Org(Table(locked={"n0": 99})), lambda c: c.update("Contact", records(1)))
    assert (results[0].ok, results[0].status_code) == (False, "UNABLE_TO_LOCK_ROW")


def test_a_lost_answer_hands_over_what_was_confirmed_before(world: World) -> None:
    table = Table()

    def answer(request: httpx.Request) -> Answer:
        if len(table.calls) == 1:
            raise httpx.ReadTimeout("gone", request=request)
        return table(request)

    with pytest.raises(UnknownOutcome) as lost:
        with_client(world, Org(answer), lambda c: c.update("Contact", [{"Name": f"n{n}"} for n in range(250)]))
    assert [getattr(r, "id", None) for r in lost.value.done] == [f"id-n{n}" for n in range(200)] + [None] * 50
    assert len(world.requests) == 3  # token, first 200, the lost one: never sent again


def test_records_of_a_part_that_was_refused_are_told_beside_those_that_were_taken(world: World) -> None:
    table = Table()

    def answer(request: httpx.Request) -> Answer:
        return Answer(503) if table.calls else table(request)

    results = with_client(world, Org(answer), lambda c: c.update("Contact", [{"Name": f"n{n}"} for n in range(202)]))
    assert [r.ok for r in results] == [True] * 200 + [False] * 2
    assert {r.status_code for r in results[200:]} == {"SERVER_UNAVAILABLE"}
    with pytest.raises(Transient):
        with_client(world, Org(lambda _: Answer(503)), lambda c: c.update("Contact", records(2)))


@pytest.mark.parametrize("body", ["null", "[]", "7", '{"unexpected": true}', '{"records": [null]}'])
def test_an_answer_of_another_shape_breaks_the_contract(world: World, body: str) -> None:
    for ask in (lambda c: c.rows("SELECT Id FROM Account"), lambda c: c.describe("Account")):
        with pytest.raises(ContractBroken, match="salesforce: "):
            with_client(world, Org(lambda _: Answer(200, text=body)), ask)


def test_fewer_results_than_records_is_an_unknown_outcome(world: World) -> None:
    with pytest.raises(UnknownOutcome):
        with_client(world, Org(lambda _: Answer(200, json=[])), lambda c: c.update("Contact", records(2)))


# ---- text ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("o'brien", r"'o\'brien'"), ("back\\slash", r"'back\\slash'"), ("x') OR (Name != '", r"'x\') OR (Name != \''"), (None, "null"),
        (True, "true"), (3, "3"), (date(2026, 6, 30), "2026-06-30"), (datetime(2026, 6, 30, 6, tzinfo=UTC), "2026-06-30T06:00:00Z"),
        ("a\nb", r"'a\nb'"),
    ],
)  # fmt: skip
def test_values_enter_soql_escaped(value: Any, text: str) -> None:
    assert soql_literal(value) == text


def test_an_instant_without_zone_and_a_name_with_more_than_a_name_are_refused() -> None:
    with pytest.raises(Permanent):
        soql_literal(datetime(2026, 6, 30))
    for name in ("Id FROM User", "a-b", "", "Name'"):
        with pytest.raises(Permanent):
            soql_name(name)


def test_a_value_longer_than_a_request_is_refused() -> None:
    with pytest.raises(Permanent, match="does not fit"):
        list(chunks(["x" * 20_000]))


@pytest.mark.parametrize(("short", "long"), [("001D000000IqhSL", "001D000000IqhSLIAZ"), ("0015000000Gv7qJ", "0015000000Gv7qJAAR")])
def test_a_15_character_id_gets_its_three_check_characters(short: str, long: str) -> None:
    assert id18(short) == long
    assert id18(long) == long
    with pytest.raises(Permanent):
        id18("short")
