"""Slack in the box: webhook, bot, read-back, one message a second."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox_kit import Sandbox

from sandbox.vendors.slack import Slack

HOOK = "/slack/services/T0/B0/xyz"


def bot(sandbox: Sandbox) -> dict[str, str]:
    return {"Authorization": f"Bearer {Slack(sandbox.box).token()}"}


def post(sandbox: Sandbox, **body: Any) -> Any:
    return sandbox.client.post(
        "/slack/api/chat.postMessage", json={"channel": "#buying-signals", "text": "Acme", **body}, headers=bot(sandbox)
    )


def history(sandbox: Sandbox, **query: Any) -> Any:
    return sandbox.client.get("/slack/api/conversations.history", params={"channel": "C0SIGNALS", **query}, headers=bot(sandbox)).json()


def test_a_message_can_be_read_back_with_its_metadata(sandbox: Sandbox) -> None:
    sent = post(sandbox, metadata={"event_type": "alert", "event_payload": {"key": "k1"}}).json()
    assert sent["ok"] and sent["channel"] == "C0SIGNALS"
    found = history(sandbox, oldest=sent["ts"], latest=sent["ts"], inclusive="true", limit=1)["messages"]
    assert [m["ts"] for m in found] == [sent["ts"]] and found[0]["metadata"]["event_payload"]["key"] == "k1"


def test_the_webhook_says_ok_and_a_wrong_one_no_service(sandbox: Sandbox) -> None:
    assert sandbox.client.post(HOOK, json={"text": "hello"}).text == "ok"
    assert sandbox.client.post(HOOK, json={}).status_code == 400
    wrong = sandbox.client.post("/slack/services/T0/B0/abc", json={"text": "hello"})
    assert wrong.status_code == 404 and wrong.text == "no_service"
    assert history(sandbox)["messages"][0]["text"] == "hello"


@pytest.mark.parametrize(("body", "error"), [({"channel": "#nowhere"}, "channel_not_found"), ({"text": ""}, "no_text")])
def test_errors_come_with_http_200(sandbox: Sandbox, body: dict[str, Any], error: str) -> None:
    answer = post(sandbox, **body)
    assert answer.status_code == 200 and answer.json() == {"ok": False, "error": error}


def test_a_wrong_or_missing_token_is_told(sandbox: Sandbox) -> None:
    for headers, error in (({}, "not_authed"), ({"Authorization": "Bearer xoxb-1"}, "invalid_auth")):
        assert (
            sandbox.client.post("/slack/api/chat.postMessage", json={"channel": "C0SIGNALS", "text": "x"}, headers=headers).json()["error"]
            == error
        )


def test_a_flood_is_refused_with_the_seconds_to_wait(sandbox: Sandbox) -> None:
    answers = [post(sandbox) for _ in range(61)]  # sixty within the sixty vendor seconds of one wall second
    assert answers[-2].json()["ok"] and answers[-1].status_code == 429 and int(answers[-1].headers["Retry-After"]) <= 61
    sandbox.wall.seconds += 1.01
    assert post(sandbox).json()["ok"]
