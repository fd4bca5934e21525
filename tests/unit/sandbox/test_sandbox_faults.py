"""Every fault strikes as it says, and ends when it is switched off."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sandbox_kit import START, Sandbox

from sandbox.clock import opening_of
from sandbox.faults import Faults

DATA, API = "/salesforce/services/data/v68.0", "/outreach/api/v2"
UA = {"User-Agent": "Acme data@acme.example"}


def switch(sandbox: Sandbox, vendor: str, kind: str | None, share: float = 1.0, **more: Any) -> Any:
    return sandbox.client.post("/_sandbox/fault", json={"vendor": vendor, "kind": kind, "share": share, **more})


def asked(sandbox: Sandbox, vendor: str) -> Any:
    """One ordinary read of a vendor."""
    client = sandbox.client
    if vendor == "salesforce":
        return sandbox.soql("SELECT Id, Name, SystemModstamp FROM Account LIMIT 4", sandbox.salesforce())
    if vendor == "outreach":
        sandbox.wall.seconds += 1.1
        return client.get(f"{API}/prospects?page[size]=4", headers=sandbox.outreach())
    if vendor == "sixsense":
        return client.get("/sixsense-scribe/v1/company/segment/4713", headers=sandbox.sixsense("segments"))
    if vendor == "slack":
        return client.get(
            "/slack/api/conversations.history?channel=C0SIGNALS",
            headers={"Authorization": f"Bearer xoxb-{sandbox.box.secret('slack', 30)}"},
        )
    return client.get("/edgar-www/cgi-bin/browse-edgar?action=getcurrent&type=8-K", headers=UA)


VENDORS = ("salesforce", "outreach", "sixsense", "edgar", "slack")


@pytest.mark.parametrize("vendor", VENDORS)
def test_refusals_speak_the_vendors_language(sandbox: Sandbox, vendor: str) -> None:
    switch(sandbox, vendor, "429")
    answer = asked(sandbox, vendor)
    assert answer.status_code == (403 if vendor == "salesforce" else 429)
    assert ("Retry-After" in answer.headers) == (vendor in {"outreach", "slack"})
    switch(sandbox, vendor, "429", off=True)
    assert asked(sandbox, vendor).status_code == 200


@pytest.mark.parametrize("vendor", VENDORS)
def test_server_errors_come_and_outreach_says_until_when_as_an_instant(sandbox: Sandbox, vendor: str) -> None:
    switch(sandbox, vendor, "5xx")
    answer = asked(sandbox, vendor)
    assert answer.status_code >= 500
    if vendor == "outreach":
        assert answer.headers["Retry-After"].startswith("2026-06-30T10:")


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_vendor_that_is_down_cuts_the_connection(sandbox: Sandbox, vendor: str) -> None:
    session = sandbox.salesforce()
    switch(sandbox, vendor, "down")
    with pytest.raises(ConnectionAbortedError):
        sandbox.soql("SELECT Id FROM Account", session) if vendor == "salesforce" else asked(sandbox, vendor)


def test_a_write_that_timed_out_was_applied(sandbox: Sandbox) -> None:
    session = sandbox.salesforce()
    switch(sandbox, "salesforce", "timeout_applied")
    body = {"records": [{"attributes": {"type": "Contact"}, "LastName": "Okafor", "Signal_Key__c": "silent"}]}
    with pytest.raises(ConnectionAbortedError):
        sandbox.client.post(f"{DATA}/composite/sobjects", json=body, headers=session)
    assert sandbox.box.store.value("SELECT count(*) FROM Contact WHERE Signal_Key__c = 'silent'") == 1
    assert sandbox.soql("SELECT Id FROM Contact WHERE Signal_Key__c = 'silent'", session).json()["totalSize"] == 1, "reads are spared"


def test_a_write_that_hangs_was_applied_and_answers_late(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.wire.HANG_S", 0.0)
    session = sandbox.salesforce()
    switch(sandbox, "salesforce", "hang")
    body = {"records": [{"attributes": {"type": "Contact"}, "LastName": "Okafor", "Signal_Key__c": "hangs"}]}
    with pytest.raises(ConnectionAbortedError):
        sandbox.client.post(f"{DATA}/composite/sobjects", json=body, headers=session)
    assert sandbox.box.store.value("SELECT count(*) FROM Contact WHERE Signal_Key__c = 'hangs'") == 1


def test_a_half_failed_bulk_write_answers_200_and_keeps_the_other_half(sandbox: Sandbox) -> None:
    session = sandbox.salesforce()
    switch(sandbox, "salesforce", "half_failed", on="^write", times=1)
    records = [{"attributes": {"type": "Contact"}, "LastName": "Okafor", "Signal_Key__c": f"half-{n}"} for n in range(5)]
    answer = sandbox.client.post(f"{DATA}/composite/sobjects", json={"records": records}, headers=session)
    assert answer.status_code == 200 and [r["success"] for r in answer.json()] == [False, True, False, True, False]
    assert answer.json()[0]["errors"][0]["statusCode"] == "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    assert sandbox.box.store.value("SELECT count(*) FROM Contact WHERE Signal_Key__c LIKE 'half-%'") == 2
    again = sandbox.client.post(f"{DATA}/composite/sobjects", json={"records": [records[0]]}, headers=session)
    assert again.json()[0]["success"], "once, and no more"


def test_used_up_credits_are_told_and_nobody_is_charged(sandbox: Sandbox) -> None:
    def enrich() -> Any:
        people = [{"email": "nobody@acme.example"}]
        return sandbox.client.post("/sixsense-api/v2/enrichment/people", json=people, headers=sandbox.sixsense("people"))

    before = sandbox.box.store.get("sixsense/credits")
    switch(sandbox, "sixsense", "402")
    answer = enrich()
    assert answer.status_code == 402 and "exhausted" in answer.json()["message"]
    assert sandbox.box.store.get("sixsense/credits") == before
    assert asked(sandbox, "sixsense").status_code == 200, "reads go on"
    switch(sandbox, "sixsense", None, off=True)
    assert enrich().status_code == 200


def test_a_fault_may_strike_writes_alone_or_one_path_and_so_often_and_no_more(sandbox: Sandbox) -> None:
    session = sandbox.outreach()

    def patch(id_: int) -> int:
        body = {"data": {"type": "prospect", "id": id_, "attributes": {"custom1": "intent_surge"}}}
        headers = {**session, "Content-Type": "application/vnd.api+json"}
        return int(sandbox.client.patch(f"{API}/prospects/{id_}", json=body, headers=headers).status_code)

    switch(sandbox, "outreach", "429", on="^write", times=2)
    assert sandbox.client.get(f"{API}/users", headers=session).status_code == 200
    assert [patch(1) for _ in range(3)] == [429, 429, 200]
    switch(sandbox, "outreach", "429", on="write PATCH /api/v2/prospects/2$")
    assert [patch(n) for n in (1, 2, 2)] == [200, 429, 429]


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_truncated_answer_announces_more_than_it_brings(sandbox: Sandbox, vendor: str) -> None:
    session = sandbox.salesforce()
    switch(sandbox, vendor, "truncated")
    with pytest.raises(ConnectionAbortedError):
        sandbox.soql("SELECT Id FROM Account", session) if vendor == "salesforce" else asked(sandbox, vendor)


@pytest.mark.parametrize(
    ("vendor", "is_empty"),
    [
        ("salesforce", lambda a: a.json()["records"] == [] and a.json()["done"]),
        ("outreach", lambda a: a.json()["data"] == [] and "links" not in a.json()),
        ("sixsense", lambda a: a.json()["accounts"] == [] and a.json()["count"] == 0),
        ("edgar", lambda a: "<entry>" not in a.text and a.text.rstrip().endswith("</feed>")),
    ],
)
def test_an_empty_answer_is_well_formed(sandbox: Sandbox, vendor: str, is_empty: Any) -> None:
    assert not is_empty(asked(sandbox, vendor))
    switch(sandbox, vendor, "empty")
    answer = asked(sandbox, vendor)
    assert answer.status_code == 200 and is_empty(answer)


def test_drift_brings_new_fields_and_other_types(sandbox: Sandbox) -> None:
    switch(sandbox, "salesforce", "schema_drift")
    rows = asked(sandbox, "salesforce").json()["records"]
    assert (
        all(r["releaseNote2027"] == "new" for r in rows)
        and isinstance(rows[0]["SystemModstamp"], dict)
        and isinstance(rows[1]["SystemModstamp"], str)
    )
    switch(sandbox, "outreach", "schema_drift")
    data = asked(sandbox, "outreach").json()["data"]
    assert isinstance(data[0]["attributes"]["updatedAt"], dict) and data[1]["attributes"]["releaseNote2027"] == "new"
    switch(sandbox, "edgar", "schema_drift")
    entry = asked(sandbox, "edgar").text.split("<entry>")[1]
    assert "<updated>" not in entry


def test_a_repeated_page_and_a_loop_in_salesforce(sandbox: Sandbox) -> None:
    session = sandbox.salesforce()
    first = sandbox.soql("SELECT Id FROM Contact", session).json()
    switch(sandbox, "salesforce", "duplicate_pages")
    second = sandbox.client.get(f"/salesforce{first['nextRecordsUrl']}", headers=session).json()
    assert second["records"][0] == first["records"][0]
    switch(sandbox, "salesforce", None, off=True)
    switch(sandbox, "salesforce", "paging_loop")
    looped = sandbox.soql("SELECT Id FROM Contact", session).json()
    assert looped["nextRecordsUrl"].endswith("-0")


def test_a_repeated_page_and_a_loop_in_outreach(sandbox: Sandbox) -> None:
    session = sandbox.outreach()

    def page(url: str) -> Any:
        return sandbox.client.get(url.removeprefix("http://127.0.0.1:1"), headers=session).json()

    first = page(f"{API}/prospects?page[size]=5")
    switch(sandbox, "outreach", "duplicate_pages")
    assert page(first["links"]["next"])["data"] == first["data"]
    switch(sandbox, "outreach", None, off=True)
    switch(sandbox, "outreach", "paging_loop")
    assert page(first["links"]["next"])["links"]["next"] == first["links"]["next"]


def test_the_feed_repeats_and_loops(sandbox: Sandbox) -> None:
    def page(start: int) -> str:
        text: str = sandbox.client.get(f"/edgar-www/cgi-bin/browse-edgar?action=getcurrent&type=&start={start}&count=10", headers=UA).text
        return text.split("<entry>", 1)[1]

    first, second = page(0), page(10)
    for kind in ("duplicate_pages", "paging_loop"):
        switch(sandbox, "edgar", kind)
        assert page(10) == first != second
        switch(sandbox, "edgar", None, off=True)


def test_expired_tokens_are_told_as_each_vendor_does(sandbox: Sandbox) -> None:
    for vendor in ("salesforce", "outreach", "sixsense"):
        switch(sandbox, vendor, "token_expiry")
        assert asked(sandbox, vendor).status_code == 401
    switch(sandbox, "slack", "token_expiry")
    assert asked(sandbox, "slack").json() == {"ok": False, "error": "token_expired"}


def test_an_outreach_refresh_token_outlives_an_expired_access_token(sandbox: Sandbox) -> None:
    minted = sandbox.mint().json()
    switch(sandbox, "outreach", "token_expiry")
    session = {"Authorization": f"Bearer {minted['access_token']}"}
    assert sandbox.client.get(f"{API}/users", headers=session).status_code == 401
    switch(sandbox, "outreach", None, off=True)
    sandbox.wall.seconds += 1.1
    assert sandbox.mint(minted["refresh_token"]).status_code == 200


@pytest.mark.parametrize("kind", ["truncated", "empty", "duplicate_pages", "schema_drift"])
def test_dropped_files_are_struck_too(sandbox: Sandbox, kind: str) -> None:
    world = sandbox.box.world
    from sandbox.market import files

    for n in range(40):
        files.row(
            world.store, "technology", START.toordinal(), {"company_domain": f"a{n}.example", "technology": "DocuVault", "category": "x"}
        )
    rows = [
        json.loads(r["body"])
        for r in world.store.rows(
            "SELECT body FROM w_file_row WHERE template = 'technology' AND day <= ? ORDER BY id", (START.toordinal(),)
        )
    ]
    whole = files.render("technology", START, rows)
    switch(sandbox, "file_drop", kind)
    path = next(p for p in files.drop(world.store, world.drop, START, world.struck) if "technology" in p.name)
    size = len(path.read_bytes())
    assert {
        "truncated": size == len(whole) // 2,
        "empty": size < 400,
        "duplicate_pages": size > 1.7 * len(whole),
        "schema_drift": b"release" in path.read_bytes().replace(b"\x00", b""),
    }[kind]


@pytest.mark.parametrize(
    "body",
    [
        {"vendor": "nobody", "kind": "429"},
        {"vendor": "slack", "kind": "rain"},
        {"vendor": "slack", "kind": "429", "share": 2},
        {"vendor": "product_db", "kind": "429"},
        {"vendor": "file_drop", "kind": "down"},
        {"vendor": "outreach", "kind": "402"},
        {"vendor": "slack", "kind": "half_failed"},
        {"vendor": "slack", "kind": "429", "times": -1},
        {"vendor": "slack", "kind": "429", "on": "("},
        {"vendor": "product_db", "kind": "down", "on": "^write"},
    ],
)
def test_a_fault_that_there_is_not_is_refused(sandbox: Sandbox, body: dict[str, Any]) -> None:
    answer = sandbox.client.post("/_sandbox/fault", json=body)
    assert answer.status_code == 400 and answer.json()["error"]


def test_a_share_strikes_that_share_and_survives_a_restart(sandbox: Sandbox) -> None:
    switch(sandbox, "slack", "429", 0.25)
    again = Faults(sandbox.box.store)
    struck = [again.hit("slack", "429") for _ in range(400)]
    assert struck[0] and 60 < sum(struck) < 140
    assert struck == [Faults(sandbox.box.store).hit("slack", "429"), *struck[1:]]


def test_tokens_can_be_fetched_during_a_storm(sandbox: Sandbox) -> None:
    switch(sandbox, "outreach", "5xx")
    assert sandbox.mint().status_code == 200


def test_counts_tell_requests_refusals_and_peaks(sandbox: Sandbox) -> None:
    for _ in range(3):
        asked(sandbox, "sixsense")
    stats = sandbox.client.get("/_sandbox/stats").json()["sixsense"]
    assert stats["requests"] == 3 and stats["by_status"] == {"200": 3} and stats["windows"]["segments/100"]["peak"] == 3


def test_advance_moves_to_the_next_opening_and_simulates(sandbox: Sandbox) -> None:
    told = sandbox.client.post("/_sandbox/advance", json={"days": 2}).json()
    assert told["now"] == opening_of(START + timedelta(days=2)).isoformat() and told["rolled"] == (START + timedelta(days=2)).isoformat()
    assert sandbox.client.get("/_sandbox/clock").json() == {"now": told["now"], "speed": 60.0}
    assert sandbox.client.post("/_sandbox/advance", json={"days": 0}).status_code == 400


def test_the_clock_runs_into_the_next_day_by_itself(sandbox: Sandbox) -> None:
    sandbox.wall.seconds += 24 * 60
    now = sandbox.client.get("/_sandbox/clock").json()["now"]
    assert now == opening_of(START + timedelta(days=1)).isoformat()
    assert sandbox.box.world.rolled == START + timedelta(days=1)


def test_ground_truth_is_served_nowhere(sandbox: Sandbox) -> None:
    for path in ("/_sandbox/truth", "/truth/journey.jsonl", "/_sandbox/../truth/journey.jsonl"):
        assert sandbox.client.get(path).status_code == 404
    session = sandbox.outreach()
    text = sandbox.client.get(f"{API}/prospects?page[size]=2", headers=session).text + json.dumps(sandbox.box.status())
    assert "w_company" not in text and "appetite" not in text


def test_one_vendors_fault_leaves_the_others_alone(sandbox: Sandbox) -> None:
    switch(sandbox, "slack", "down")
    assert [asked(sandbox, v).status_code for v in VENDORS if v != "slack"] == [200] * 4
