"""What `signals doctor` says of each vendor."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
from http_kit import World
from pydantic import SecretStr

from signals_pipeline.rules.seeds import seed
from signals_pipeline.settings import load_settings
from signals_pipeline.vendors.health import Health, check, compare_fields
from signals_pipeline.vendors.limits import LIMITS, limits

Answer = httpx.Response


def findings(world: World, answer: Any) -> dict[str, Health]:
    async def main() -> list[Health]:
        async with world.http(answer) as http:
            return await check(world.settings, http, world.ops)

    return {h.vendor: h for h in asyncio.run(main())}


def vendors(request: httpx.Request, *, without: str = "") -> Answer:
    path = request.url.path
    if path.endswith("oauth2/token"):
        return Answer(200, json={"access_token": "t", "instance_url": "https://acme.my.salesforce.example/box"})
    if path.endswith("/limits"):
        return Answer(200, json={"DailyApiRequests": {"Max": 100_000, "Remaining": 98_000}})
    if path.endswith("/describe"):
        names = {str(r["field"]) for r in seed("field_map")} - {without}
        flags = {"updateable": True, "createable": True, "externalId": True, "unique": True}
        return Answer(200, json={"fields": [{"name": n, **flags} for n in sorted(names)]})
    if path == "/oauth/token":
        return Answer(200, json={"access_token": "a", "refresh_token": "r", "expires_in": 7200})
    if path == "/api/v2/sequences":
        return Answer(200, json={"data": [{"id": 1}]})
    if path == "/v1/company/segments":
        return Answer(200, json={"list": [{"id": 4713, "name": "High intent"}]})
    if path == "/cgi-bin/browse-edgar":
        return Answer(200, content=b"<feed/>")
    return Answer(200, json={"ok": True, "user": "signals"})


def test_a_house_without_credentials_is_off_and_says_what_to_set(world: World) -> None:
    world.settings = load_settings({}, home=world.settings.home, now="2026-06-30T10:00:00Z")
    found = findings(world, [])
    assert {h.status for h in found.values()} == {"off"}
    assert "SIGNALS_SALESFORCE_URL" in found["salesforce"].detail
    assert found["slack"].detail == "set SIGNALS_SLACK_BOT_TOKEN or SIGNALS_SLACK_WEBHOOK_URL"


def test_working_vendors_are_ok(world: World) -> None:
    found = findings(world, vendors)
    assert {v: h.status for v, h in found.items()} == {
        "salesforce": "ok", "outreach": "ok", "sixsense": "ok", "product_db": "off", "sec_edgar": "ok", "slack": "ok",
    }  # fmt: skip
    assert "98000 of 100000" in found["salesforce"].detail


def test_a_field_that_the_crm_lacks_is_named(world: World) -> None:
    found = findings(world, lambda r: vendors(r, without="Signal_Key__c"))["salesforce"]
    assert found.status == "broken"
    assert any("Account.Signal_Key__c does not exist" in p for p in found.problems)


def test_a_field_that_cannot_do_its_work_is_named() -> None:
    fields = [
        {"name": "A", "updateable": False, "createable": False},
        {"name": "K", "updateable": True, "externalId": True, "unique": False},
        {"name": "F", "updateable": True},
    ]
    found = compare_fields("Contact", [("A", "title"), ("K", "signal_key"), ("F", "phone")], {"fields": fields})
    assert [f.split(" ")[0] for f in found] == ["Contact.A", "Contact.K"]


def test_a_vendor_that_is_down_or_refuses_is_a_finding_not_a_crash(world: World) -> None:
    def answer(request: httpx.Request) -> Answer:
        if request.url.host == "www.edgar.example":
            raise httpx.ConnectError("no route", request=request)
        if request.url.path == "/v1/company/segments":
            return Answer(401, json={"status": "error"})
        return vendors(request)

    found = findings(world, answer)
    assert (found["sec_edgar"].status, found["sixsense"].status, found["salesforce"].status) == ("down", "broken", "ok")


def test_a_paused_vendor_is_not_asked(world: World) -> None:
    findings(world, lambda r: Answer(403, text="blocked") if r.url.host == "www.edgar.example" else vendors(r))
    world.requests.clear()
    found = findings(world, vendors)["sec_edgar"]
    assert found.status == "down" and "paused until" in found.detail
    assert found.detail.endswith("; `signals resume --vendor sec_edgar` asks again now")
    assert not [r for r in world.requests if r.url.host == "www.edgar.example"]


def test_part_of_sixsense_can_be_off(world: World) -> None:
    world.settings = world.settings.model_copy(update={"sixsense_segments_token": SecretStr("")})
    found = findings(world, vendors)["sixsense"]
    assert (found.status, found.missing) == ("ok", ("SIGNALS_SIXSENSE_SEGMENTS_TOKEN",))


def test_every_declared_limit_is_sane() -> None:
    for name, declared in LIMITS.items():
        assert limits(name) is declared
        assert declared.concurrency >= 1 and all(p.permits > 0 and p.seconds > 0 for p in declared.pacing)
