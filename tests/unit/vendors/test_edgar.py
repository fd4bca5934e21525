"""EDGAR: who we are, what is absent, and how a block is honoured."""

from __future__ import annotations

from datetime import date
from functools import partial

import httpx
import pytest
from http_kit import World, with_vendor

from signals_pipeline.errors import ContractBroken, Transient
from signals_pipeline.settings import load_settings
from signals_pipeline.vendors.edgar import Edgar

Answer = httpx.Response
BLOCK = Answer(403, text="<html><title>SEC.gov | Request Rate Threshold Exceeded</title></html>")


with_client = partial(with_vendor, Edgar)


def test_every_request_says_who_asks(world: World) -> None:
    assert with_client(world, [Answer(200, content=b"<feed/>")], lambda c: c.feed("8-K", 100)) == b"<feed/>"
    sent = world.requests[0]
    assert sent.headers["user-agent"] == "Acme data@acme.example"
    assert dict(sent.url.params)["type"] == "8-K" and dict(sent.url.params)["start"] == "100"


@pytest.mark.parametrize("contact", ["", "Acme without a mail"])
def test_without_a_contact_nothing_is_asked(world: World, contact: str) -> None:
    world.settings = load_settings({}, home=world.settings.home, contact=contact, now="2026-06-30T10:00:00Z")
    with pytest.raises(ContractBroken, match="SIGNALS_CONTACT"):
        with_client(world, [], lambda c: c.feed("D"))
    assert world.requests == []


def test_a_block_is_honoured_for_ten_minutes_and_not_knocked_at(world: World) -> None:
    with pytest.raises(Transient) as told:
        with_client(world, [BLOCK], lambda c: c.feed("D"))
    assert told.value.retry_after == 600
    for _ in range(3):
        with pytest.raises(Transient, match="paused until 2026-06-30 10:10:00"):
            with_client(world, [], lambda c: c.document("/Archives/edgar/data/1/2/x.htm"))
    assert len(world.requests) == 1
    world.settings = world.settings.model_copy(update={"now": load_settings({}, now="2026-06-30T10:10:01Z").now})
    assert with_client(world, [Answer(200, content=b"ok")], lambda c: c.feed("D")) == b"ok"


@pytest.mark.parametrize(
    "absent",
    [
        Answer(404, text="<Error><Code>NoSuchKey</Code></Error>"), Answer(404, text="<html>not found</html>"),
        Answer(403, text='<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>'),
    ],
)  # fmt: skip
def test_a_document_that_is_not_there_is_none_and_no_block(world: World, absent: Answer) -> None:
    assert with_client(world, [absent], lambda c: c.document("https://www.sec.gov/Archives/edgar/data/1/2/x.htm")) is None
    assert with_client(world, [Answer(200, content=b"x")], lambda c: c.document("/Archives/edgar/data/1/2/y.htm")) == b"x"


def test_a_feed_that_is_gone_breaks_the_contract(world: World) -> None:
    with pytest.raises(ContractBroken, match="is gone"):
        with_client(world, [Answer(404)], lambda c: c.feed("D"))


def test_addresses_of_feed_entries_are_read_from_the_configured_host(world: World) -> None:
    with_client(world, [Answer(200)], lambda c: c.document("https://www.sec.gov/Archives/edgar/data/1/2/x.htm"))
    assert str(world.requests[0].url) == "https://www.edgar.example/Archives/edgar/data/1/2/x.htm"
    with pytest.raises(ContractBroken, match="not on EDGAR"):
        with_client(world, [], lambda c: c.document("https://evil.example/Archives/edgar/data/1/2/x.htm"))


def test_index_and_submissions_have_their_own_addresses(world: World) -> None:
    with_client(world, [Answer(404)], lambda c: c.daily_index(date(2026, 7, 4)))
    with_client(world, [Answer(200, content=b"{}")], lambda c: c.submissions("320193"))
    assert [str(r.url) for r in world.requests] == [
        "https://www.edgar.example/Archives/edgar/daily-index/2026/QTR3/form.20260704.idx",
        "https://data.edgar.example/submissions/CIK0000320193.json",
    ]
