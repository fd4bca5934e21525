"""One request: what is tried again, what is not, and what every failure is called."""

from __future__ import annotations

import asyncio
import gzip
import logging
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from http_kit import World

from signals_pipeline.errors import ContractBroken, SignalsError, Transient, UnknownOutcome
from signals_pipeline.io import ops as store
from signals_pipeline.io.http import Api, Http, HttpStatus
from signals_pipeline.io.pacing import Limit, Limits
from signals_pipeline.io.pauses import paused_until, resume
from signals_pipeline.settings import load_settings

Answer = httpx.Response


def ask(world: World, answer: Any, method: str = "GET", url: str = "/things", limits: Limits | None = None, **given: Any) -> Answer:
    async def main() -> Answer:
        async with world.http(answer) as http:
            return await http.vendor("acme", base_url="https://api.acme.example", limits=limits).request(method, url, **given)

    return asyncio.run(main())


def test_a_good_answer_comes_back_whole(world: World) -> None:
    assert ask(world, [Answer(200, json={"a": 1})], params={"q": "x y"}).json() == {"a": 1}
    assert str(world.requests[0].url) == "https://api.acme.example/things?q=x+y"


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_passing_status_is_tried_again(world: World, status: int) -> None:
    assert ask(world, [Answer(status), Answer(status), Answer(200, text="late")]).text == "late"
    assert world.sleeps == [1.0, 2.0]  # full jitter at its top: 0.5 doubled each time


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 409, 410, 416, 422])
def test_a_lasting_status_is_never_tried_again(world: World, status: int) -> None:
    with pytest.raises(HttpStatus) as told:
        ask(world, [Answer(status, json={"why": "because"})])
    assert (told.value.status, told.value.json(), len(world.requests)) == (status, {"why": "because"}, 1)
    assert isinstance(told.value, ContractBroken)


@pytest.mark.parametrize("failure", [httpx.ConnectError, httpx.ConnectTimeout, httpx.ReadTimeout, httpx.ReadError])
def test_a_read_is_tried_again_after_any_lost_connection_and_then_fails_as_transient(world: World, failure: type[Exception]) -> None:
    with pytest.raises(Transient) as lost:
        ask(world, [failure] * 5)
    assert len(world.requests) == 5
    assert not isinstance(lost.value, UnknownOutcome)


def test_a_status_named_in_ok_is_an_answer(world: World) -> None:
    assert ask(world, [Answer(404)], ok=(404,)).status_code == 404


# ---- writes --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("failure", [httpx.ReadTimeout, httpx.ReadError, httpx.RemoteProtocolError, httpx.WriteTimeout])
@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE", "PUT"])
def test_a_write_that_may_have_arrived_is_not_sent_again(world: World, method: str, failure: type[Exception]) -> None:
    with pytest.raises(UnknownOutcome):
        ask(world, [failure], method, json={})
    assert len(world.requests) == 1


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_write_answered_by_a_failing_server_has_an_unknown_outcome(world: World, status: int) -> None:
    with pytest.raises(UnknownOutcome):
        ask(world, [Answer(status)], "POST", json={})
    assert len(world.requests) == 1


@pytest.mark.parametrize("refusal", [httpx.ConnectError, httpx.ConnectTimeout, Answer(429), Answer(503)])
def test_a_write_that_was_never_taken_is_sent_again(world: World, refusal: Any) -> None:
    assert ask(world, [refusal, Answer(201)], "POST", json={}).status_code == 201


def test_a_write_whose_answer_is_cut_off_has_an_unknown_outcome(world: World) -> None:
    with pytest.raises(UnknownOutcome):
        ask(world, [Answer(200, text='{"id": 1')], "POST", json={}, expect="json")


def test_a_write_whose_answer_is_too_large_has_an_unknown_outcome(world: World) -> None:
    with pytest.raises(UnknownOutcome):
        ask(world, [Answer(200, content=b"x" * 100)], "POST", json={}, max_body=10)


def test_a_reading_post_is_tried_again(world: World) -> None:
    assert ask(world, [httpx.ReadTimeout, Answer(200)], "POST", json={}, effect=False).status_code == 200


# ---- Retry-After ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": "2026-06-30T10:00:09Z"}, 9),
        ({"Retry-After": "Tue, 30 Jun 2026 10:00:11 GMT"}, 11),
        ({"Retry-After": "Tue, 30 Jun 2026 09:00:00 GMT"}, 0),  # a moment ago, by their clock
        ({"Retry-After": "soon"}, 0),
        ({}, 0),
    ],
)
def test_retry_after_is_honoured_in_each_of_its_forms(world: World, headers: dict[str, str], wait: float) -> None:
    ask(world, [Answer(429, headers=headers), Answer(200)])
    assert world.sleeps == [wait + 1.0]


def test_a_vendor_whose_clock_is_wrong_is_measured_by_its_own_date(world: World) -> None:
    world.settings = load_settings({}, home=world.settings.home)  # the real clock: far from the vendor's
    headers = {"Retry-After": "Fri, 01 Jan 2010 00:00:05 GMT", "Date": "Fri, 01 Jan 2010 00:00:00 GMT"}
    ask(world, [Answer(503, headers=headers), Answer(200)])
    assert world.sleeps == [6.0]


def test_waits_pass_in_vendor_time(world: World) -> None:
    world.settings = world.settings.model_copy(update={"speed": 10.0})
    ask(world, [Answer(429, headers={"Retry-After": "9"}), Answer(200)])
    assert world.sleeps == [1.0]


def test_a_long_retry_after_pauses_the_source_for_every_process(world: World) -> None:
    with pytest.raises(Transient) as told:
        ask(world, [Answer(429, headers={"Retry-After": "3600"})])
    assert told.value.retry_after == 3600
    assert len(world.requests) == 1
    found = paused_until(world.ops, "acme")
    assert found is not None and found[0].isoformat() == "2026-06-30T11:00:00"
    with pytest.raises(Transient, match="paused until"):
        ask(world, [])
    resume(world.ops, "acme")
    assert ask(world, [Answer(200)]).status_code == 200


def test_a_pause_ends_by_itself(world: World) -> None:
    with pytest.raises(Transient):
        ask(world, [Answer(503, headers={"Retry-After": "3600"})])
    world.settings = load_settings({}, home=world.settings.home, now="2026-06-30T11:00:01+00:00")
    assert ask(world, [Answer(200)]).status_code == 200


# ---- bodies --------------------------------------------------------------------------------------------------
def test_an_oversized_body_breaks_the_contract_before_it_is_read_whole(world: World) -> None:
    read: list[int] = []

    class Endless(httpx.AsyncByteStream):
        async def __aiter__(self):  # type: ignore[no-untyped-def]
            for n in range(1000):
                read.append(n)
                yield b"x" * 100

    with pytest.raises(ContractBroken, match="more than 1000 bytes"):
        ask(world, [Answer(200, stream=Endless())], max_body=1000)
    assert len(read) < 15


def test_a_compressed_bomb_counts_by_what_it_unpacks_to(world: World) -> None:
    packed = gzip.compress(b"0" * 1_000_000)
    assert len(packed) < 10_000
    with pytest.raises(ContractBroken, match="more than 10000 bytes"):
        ask(world, [Answer(200, content=packed, headers={"content-encoding": "gzip"})], max_body=10_000)


@pytest.mark.parametrize(
    "cut",
    [
        lambda: Answer(200, headers={"content-length": "100"}, stream=httpx.ByteStream(b"only this")),
        lambda: Answer(200, text='{"records": [{"Id": "00'),
        lambda: httpx.RemoteProtocolError("peer closed connection without sending complete message body"),
        lambda: Answer(200, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(gzip.compress(b"{}" * 500)[:20] + b"\xff" * 9)),
    ],
)
def test_a_truncated_body_is_tried_again_and_then_breaks_the_contract(world: World, cut: Callable[[], Any]) -> None:
    assert ask(world, [cut(), Answer(200, json={"ok": 1})], expect="json").json() == {"ok": 1}
    with pytest.raises(ContractBroken, match="truncated 5 times"):
        ask(world, lambda _: _raised(cut()), expect="json")


def _raised(found: Any) -> Answer:
    if isinstance(found, Exception):
        raise found
    return found  # type: ignore[no-any-return]


# ---- conditional requests ------------------------------------------------------------------------------------
def test_an_unchanged_answer_comes_from_the_store(world: World) -> None:
    def vendor(request: httpx.Request) -> Answer:
        if request.headers.get("if-none-match") == '"v1"':
            return Answer(304, headers={"etag": '"v1"'})
        return Answer(200, content=b"\x00binary\xff", headers={"etag": '"v1"', "last-modified": "Mon, 29 Jun 2026 00:00:00 GMT"})

    first = ask(world, vendor, conditional=True)
    second = ask(world, vendor, conditional=True)
    assert (first.content, second.status_code, second.content) == (b"\x00binary\xff", 200, b"\x00binary\xff")
    assert world.requests[1].headers["if-modified-since"] == "Mon, 29 Jun 2026 00:00:00 GMT"


def test_a_changed_answer_replaces_the_stored_one(world: World) -> None:
    answers = [Answer(200, text="old", headers={"etag": '"1"'}), Answer(200, text="new", headers={"etag": '"2"'}), Answer(304)]
    assert [ask(world, [a], conditional=True).text for a in answers] == ["old", "new", "new"]


def test_a_304_to_a_plain_question_breaks_the_contract(world: World) -> None:
    with pytest.raises(ContractBroken, match="not conditional"):
        ask(world, [Answer(304)], conditional=True)


# ---- auth ----------------------------------------------------------------------------------------------------
class Keys:
    def __init__(self) -> None:
        self.made = 0

    async def headers(self, rejected: Any = None) -> dict[str, str]:
        self.made += rejected is not None
        return {"Authorization": f"Bearer key-{self.made}"}


def test_a_401_gets_one_new_token_and_no_second(world: World) -> None:
    async def main(http: Http) -> Answer:
        async with http:
            return await http.vendor("acme", base_url="https://api.acme.example", auth=Keys()).request("POST", "/x", json={})

    only_new = lambda r: Answer(200 if r.headers["authorization"] == "Bearer key-1" else 401)  # noqa: E731
    assert asyncio.run(main(world.http(only_new))).status_code == 200
    with pytest.raises(HttpStatus):
        asyncio.run(main(world.http(lambda _: Answer(401))))
    assert len(world.requests) == 4


# ---- secrets, hosts, statistics ------------------------------------------------------------------------------
def test_no_secret_or_address_reaches_an_error_or_a_log(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.settings = load_settings({}, home=world.settings.home, salesforce_client_secret="very-secret-value", now="2026-06-30T10:00:00Z")
    caplog.set_level(logging.DEBUG, "signals")
    body = "Bearer abcdef123456 for jane.doe@acme.example with very-secret-value, access_token=tok123456"
    with pytest.raises(SignalsError) as told:
        asked = {"email": "jane.doe@acme.example", "api_key": "k-123", "q": "O'Brien <bob@acme.example>"}
        ask(world, [Answer(500, text=body)] * 5, params=asked)
    everything = str(told.value) + caplog.text
    for secret in ("jane.doe", "bob@", "very-secret-value", "abcdef123456", "k-123", "tok123456"):
        assert secret not in everything
    assert "/things" in everything and "<email>" in everything


def test_a_next_link_to_another_host_is_not_followed(world: World) -> None:
    api = world.http([]).vendor("acme", base_url="https://api.acme.example")
    assert api.follow("/page/2", "https://api.acme.example/page/1") == "https://api.acme.example/page/2"
    for link in ("https://evil.example/page/2", "http://api.acme.example/page/2", "//evil.example/x"):
        with pytest.raises(ContractBroken, match="another host"):
            api.follow(link, "https://api.acme.example/page/1")


def test_a_redirect_is_an_answer_not_a_way(world: World) -> None:
    with pytest.raises(HttpStatus) as told:
        ask(world, [Answer(302, headers={"location": "https://evil.example"})])
    assert told.value.status == 302


def test_a_vendor_without_address_says_so(world: World) -> None:
    async def main() -> None:
        async with world.http([]) as http:
            await http.vendor("acme").request("GET", "/x")

    with pytest.raises(ContractBroken, match="no address"):
        asyncio.run(main())


def test_statistics_add_up_over_the_groups_of_a_vendor(world: World) -> None:
    async def main() -> Http:
        async with world.http([Answer(429, text="x"), Answer(200, text="12345"), Answer(200)]) as http:
            await http.vendor("acme.search", base_url="https://api.acme.example").request("GET", "/a")
            await http.vendor("acme", base_url="https://api.acme.example").request("GET", "/b")
            http.vendor("acmeother")
            return http

    stats = asyncio.run(main()).stats("acme")
    assert (stats.requests, stats.retries, stats.too_many_requests, stats.bytes, stats.waits_s) == (3, 1, 1, 6, 1.0)


def test_no_more_requests_run_at_once_than_the_vendor_allows(world: World) -> None:
    """The first requests wait for each other, so that the full width is reached however slowly permits come."""
    now, most = 0, 0
    full = asyncio.Event()

    class Slow(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> Answer:
            nonlocal now, most
            now += 1
            most = max(most, now)
            if now == 3:
                full.set()
            await full.wait()
            for _ in range(5):
                await asyncio.sleep(0)
            now -= 1
            return Answer(200)

    async def main() -> None:
        async with Http(world.settings, world.ops, transport=Slow()) as http:
            api: Api = http.vendor("acme", base_url="https://api.acme.example", limits=Limits(concurrency=3))
            async with asyncio.timeout(60):  # ends a run that never gets as wide as it may
                await asyncio.gather(*(api.request("GET", f"/{n}") for n in range(20)))

    asyncio.run(main())
    assert most == 3


def test_a_429_holds_the_permits_of_all_processes(world: World) -> None:
    ask(world, [Answer(429, headers={"Retry-After": "20"}), Answer(200)], limits=Limits((Limit(100, 60),)))
    with world.ops.connect() as connection:
        row = connection.execute(sa.select(store.rate_buckets).where(store.rate_buckets.c.bucket == "acme:pause")).one()
    assert row.next_free == pytest.approx(1_000_020.0)
