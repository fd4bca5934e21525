"""Slack: ok:false is an error, a message can be read back."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import httpx
import pytest
from http_kit import World, with_vendor
from pydantic import SecretStr

from signals_pipeline.errors import ContractBroken, Transient, UnknownOutcome
from signals_pipeline.vendors.slack import Posted, Slack

Answer = httpx.Response


with_client = partial(with_vendor, Slack)


def by_webhook(world: World, url: str = "https://hooks.example/services/T0/B0/secretpart") -> None:
    world.settings = world.settings.model_copy(update={"slack_bot_token": SecretStr(""), "slack_webhook_url": SecretStr(url)})


def test_a_post_tells_where_it_stands(world: World) -> None:
    told = Answer(200, json={"ok": True, "channel": "C1", "ts": "1.2"})
    assert with_client(world, [told], lambda c: c.post("hello")) == Posted("C1", "1.2")
    assert json.loads(world.requests[0].content) == {"channel": "#signals", "text": "hello"}


@pytest.mark.parametrize("told", [{"ok": True}, {"ok": True, "ts": 12, "channel": "C1"}])
def test_a_post_that_was_taken_and_does_not_say_where_has_an_unknown_outcome(world: World, told: dict[str, Any]) -> None:
    with pytest.raises(UnknownOutcome):
        with_client(world, [Answer(200, json=told)], lambda c: c.post("hello"))


def test_an_answer_that_is_no_object_breaks_the_contract(world: World) -> None:
    with pytest.raises(ContractBroken, match="expected a JSON object"):
        with_client(world, [Answer(200, text="null")], lambda c: c.who_am_i())


def test_after_a_lost_answer_the_message_is_found_by_our_mark(world: World) -> None:
    with pytest.raises(UnknownOutcome):
        with_client(world, [httpx.ReadTimeout], lambda c: c.post("alert-17"))
    history = Answer(200, json={"ok": True, "messages": [{"ts": "2", "text": "other"}, {"ts": "1", "text": "see alert-17"}]})
    found = with_client(world, [history], lambda c: c.find("C1", "alert-17"))
    assert found is not None and found["ts"] == "1"
    nothing = Answer(200, json={"ok": True, "messages": [{"ts": "2", "text": "other"}]})
    assert with_client(world, [nothing], lambda c: c.find("C1", "alert-17")) is None


@pytest.mark.parametrize(
    ("reason", "error"),
    [("invalid_auth", ContractBroken), ("channel_not_found", ContractBroken), ("ratelimited", Transient)],
)
def test_ok_false_is_an_error_although_the_status_is_200(world: World, reason: str, error: type[Exception]) -> None:
    with pytest.raises(error, match=reason):
        with_client(world, [Answer(200, json={"ok": False, "error": reason})], lambda c: c.post("x"))


def test_a_webhook_tells_nothing_back(world: World) -> None:
    by_webhook(world)
    assert with_client(world, [Answer(200, text="ok")], lambda c: c.post("hello")) == Posted("#signals", None)
    with pytest.raises(ContractBroken, match="SIGNALS_SLACK_BOT_TOKEN"):
        with_client(world, [], lambda c: c.find("C1", "mark"))


def test_a_webhook_that_is_gone_is_named_without_its_secret(world: World) -> None:
    by_webhook(world)
    with pytest.raises(ContractBroken, match="no_service") as told:
        with_client(world, [Answer(404, text="no_service")], lambda c: c.post("hello"))
    assert "secretpart" not in str(told.value)


def test_without_token_and_webhook_it_says_what_to_set(world: World) -> None:
    by_webhook(world, "")
    with pytest.raises(ContractBroken, match="SIGNALS_SLACK_WEBHOOK_URL"):
        with_client(world, [], lambda c: c.post("hello"))


def test_a_rate_limit_is_waited_out(world: World) -> None:
    answers = [Answer(429, headers={"Retry-After": "3"}), Answer(200, json={"ok": True, "channel": "C1", "ts": "1"})]
    assert with_client(world, answers, lambda c: c.post("x")).ts == "1"
    assert 4.0 in world.sleeps
