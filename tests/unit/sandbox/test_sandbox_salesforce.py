"""Salesforce in the box: sessions, pages, bulk writes that fail by the row, limits."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox_kit import Sandbox

from sandbox.store import id18, salesforce_id

DATA = "/salesforce/services/data/v68.0"


def record(kind: str = "Contact", **fields: Any) -> dict[str, Any]:
    return {"attributes": {"type": kind}, "LastName": "Okafor", **fields} if kind == "Contact" else {"attributes": {"type": kind}, **fields}


def upsert(sandbox: Sandbox, session: dict[str, str], *records: dict[str, Any], kind: str = "Contact") -> Any:
    return sandbox.client.patch(
        f"{DATA}/composite/sobjects/{kind}/Signal_Key__c", json={"allOrNone": False, "records": list(records)}, headers=session
    )


def test_a_wrong_secret_gets_no_token(sandbox: Sandbox) -> None:
    answer = sandbox.client.post(
        "/salesforce/services/oauth2/token",
        data={"grant_type": "client_credentials", "client_id": "3MVG9sandbox.Client", "client_secret": "x"},
    )
    assert answer.status_code == 400 and answer.json()["error"] == "invalid_client"


def test_a_token_says_nothing_of_its_end_and_ends(sandbox: Sandbox) -> None:
    session = sandbox.salesforce()
    form = {"grant_type": "client_credentials", "client_id": "3MVG9sandbox.Client", "client_secret": sandbox.box.secret("salesforce")}
    assert "expires_in" not in sandbox.client.post("/salesforce/services/oauth2/token", data=form).json()
    sandbox.wall.seconds += 121  # two hours and a bit, at speed 60
    answer = sandbox.client.get(f"{DATA}/limits", headers=session)
    assert answer.status_code == 401 and answer.json()[0]["errorCode"] == "INVALID_SESSION_ID"


def test_a_long_result_comes_in_pages_of_two_thousand(sandbox: Sandbox) -> None:
    session = sandbox.salesforce()
    first = sandbox.soql("SELECT Id, Email, Account.Name FROM Contact", session).json()
    rows = first["records"]
    assert len(rows) == 2000 and not first["done"]
    second = sandbox.client.get(f"/salesforce{first['nextRecordsUrl']}", headers=session).json()
    rows += second["records"]
    assert second["done"] and "nextRecordsUrl" not in second and len({r["Id"] for r in rows}) == len(rows) == first["totalSize"]


def test_nulls_are_present_and_a_missing_parent_is_null(sandbox: Sandbox) -> None:
    session = sandbox.salesforce()
    upsert(sandbox, session, record(Signal_Key__c="lonely"))
    row = sandbox.soql("SELECT Id, Email, Account.Name, HasOptedOutOfEmail FROM Contact WHERE Signal_Key__c = 'lonely'", session).json()[
        "records"
    ][0]
    assert row["Email"] is None and row["Account"] is None and row["HasOptedOutOfEmail"] is False
    assert row["attributes"]["url"].endswith(row["Id"])


def test_a_stale_cursor_is_an_invalid_locator(sandbox: Sandbox) -> None:
    answer = sandbox.client.get(f"{DATA}/query/0r8Bx0000000099-2000", headers=sandbox.salesforce())
    assert answer.status_code == 400 and answer.json()[0]["errorCode"] == "INVALID_QUERY_LOCATOR"


def test_a_uri_that_is_too_long_is_refused(sandbox: Sandbox) -> None:
    names = ",".join(f"'somebody.{n}@acme.example'" for n in range(700))
    assert sandbox.soql(f"SELECT Id FROM Contact WHERE Email IN ({names})", sandbox.salesforce()).status_code == 414


def test_a_bulk_upsert_answers_200_with_failed_rows_in_request_order(sandbox: Sandbox) -> None:
    session = sandbox.salesforce()
    answer = upsert(
        sandbox,
        session,
        record(Signal_Key__c="k1", Email="a@acme.example"),
        record(Signal_Key__c="k2", LastName=None),
        record(Signal_Key__c="k3", Email="no address"),
        record(Signal_Key__c="k4", AccountId="001Bx0000zzzzzzIAA"),
        record(Signal_Key__c="k5", HasOptedOutOfEmail="yes"),
        record(Signal_Key__c="k6", Nope__c=1),
        record(),
        record(Signal_Key__c="k1", FirstName="Ada"),
    )
    assert answer.status_code == 200
    codes = [r["errors"][0]["statusCode"] if r["errors"] else r["created"] for r in answer.json()]
    assert codes == [
        True,
        "REQUIRED_FIELD_MISSING",
        "INVALID_EMAIL_ADDRESS",
        "INVALID_CROSS_REFERENCE_KEY",
        "JSON_PARSER_ERROR",
        "INVALID_FIELD",
        "MISSING_ARGUMENT",
        False,
    ]


def test_all_or_none_rolls_everything_back(sandbox: Sandbox) -> None:
    session = sandbox.salesforce()
    body = {"allOrNone": True, "records": [record(Signal_Key__c="r1"), record(Signal_Key__c="r2", LastName="")]}
    codes = [r["errors"][0]["statusCode"] for r in sandbox.client.post(f"{DATA}/composite/sobjects", json=body, headers=session).json()]
    assert codes == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "REQUIRED_FIELD_MISSING"]
    assert sandbox.box.store.value("SELECT count(*) FROM Contact WHERE Signal_Key__c IN ('r1', 'r2')") == 0
    again = upsert(sandbox, session, record(Signal_Key__c="r3")).json()[0]
    assert again["success"], "ids go on after a rollback"


def test_our_key_belongs_to_one_record(sandbox: Sandbox) -> None:
    session = sandbox.salesforce()
    upsert(sandbox, session, record(Signal_Key__c="taken"))
    other = sandbox.box.store.value("SELECT Id FROM Contact WHERE Signal_Key__c IS NULL AND IsDeleted = 0 LIMIT 1")
    body = {"records": [{"attributes": {"type": "Contact"}, "Id": other, "Signal_Key__c": "taken"}]}
    result = sandbox.client.patch(f"{DATA}/composite/sobjects", json=body, headers=session).json()[0]
    assert result["errors"][0]["statusCode"] == "DUPLICATE_VALUE"


def test_a_restricted_picklist_takes_its_own_words_only(sandbox: Sandbox) -> None:
    session = sandbox.salesforce()
    answer = upsert(
        sandbox,
        session,
        record("Account", Name="Acme", Signal_Key__c="a1", X6Sense_Buying_Stage__c="Hot"),
        record("Account", Name="Acme", Signal_Key__c="a2", X6Sense_Buying_Stage__c="Decision"),
        kind="Account",
    ).json()
    assert answer[0]["errors"][0]["statusCode"] == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST" and answer[1]["success"]


def test_an_update_of_a_deleted_record_fails(sandbox: Sandbox) -> None:
    gone = sandbox.box.store.value("SELECT Id FROM Account WHERE IsDeleted = 1")
    body = {"records": [{"attributes": {"type": "Account"}, "Id": gone, "Name": "Back"}]}
    result = sandbox.client.patch(f"{DATA}/composite/sobjects", json=body, headers=sandbox.salesforce()).json()[0]
    assert result["errors"][0]["statusCode"] == "ENTITY_IS_DELETED"


def test_a_write_moves_the_records_version(sandbox: Sandbox) -> None:
    session = sandbox.salesforce()
    made = upsert(sandbox, session, record(Signal_Key__c="v")).json()[0]["id"]
    before = sandbox.client.get(f"{DATA}/sobjects/Contact/{made}", headers=session).json()["SystemModstamp"]
    sandbox.wall.seconds += 1
    assert sandbox.client.patch(f"{DATA}/sobjects/Contact/{made}", json={"FirstName": "Ada"}, headers=session).status_code == 204
    after = sandbox.client.get(f"{DATA}/sobjects/Contact/{made}", params={"fields": "SystemModstamp,FirstName"}, headers=session).json()
    assert after["SystemModstamp"] > before and after["FirstName"] == "Ada" and after["SystemModstamp"].endswith("+0000")


def test_many_ids_are_read_in_order_with_null_for_nobody(sandbox: Sandbox) -> None:
    session = sandbox.salesforce()
    known = sandbox.box.store.value("SELECT Id FROM Account LIMIT 1")
    got = sandbox.client.get(
        f"{DATA}/composite/sobjects/Account", params={"ids": f"001Bx0000zzzzzzIAA,{known}", "fields": "Name"}, headers=session
    ).json()
    assert got[0] is None and got[1]["Id"] == known


@pytest.mark.parametrize("records", [[], [{}] * 201, "x"])
def test_a_collection_of_the_wrong_size_is_refused(sandbox: Sandbox, records: Any) -> None:
    answer = sandbox.client.post(f"{DATA}/composite/sobjects", json={"records": records}, headers=sandbox.salesforce())
    assert answer.status_code == 400


def test_a_single_upsert_by_key_creates_then_updates(sandbox: Sandbox) -> None:
    session, place = sandbox.salesforce(), f"{DATA}/sobjects/Contact/Signal_Key__c/one"
    assert sandbox.client.patch(place, json={"LastName": "Okafor"}, headers=session).status_code == 201
    assert sandbox.client.patch(place, json={"Title": "CEO"}, headers=session).status_code == 200
    assert sandbox.client.patch(place, json={"Signal_Key__c": "one"}, headers=session).status_code == 400
    assert sandbox.client.get(place, headers=session).json()["Title"] == "CEO"
    assert sandbox.client.patch(f"{DATA}/sobjects/Contact/Email/x", json={}, headers=session).status_code == 404


def test_broken_json_is_a_parser_error(sandbox: Sandbox) -> None:
    answer = sandbox.client.post(f"{DATA}/composite/sobjects", content=b"{", headers=sandbox.salesforce())
    assert answer.status_code == 400 and answer.json()[0]["errorCode"] == "JSON_PARSER_ERROR"


def test_the_daily_allowance_is_counted_and_ends(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    from sandbox.vendors.salesforce import org

    session = sandbox.salesforce()
    assert sandbox.client.get(f"{DATA}/limits", headers=session).headers["Sforce-Limit-Info"] == "api-usage=1/100000"
    monkeypatch.setattr(org, "DAILY", 2)
    codes = [sandbox.client.get(f"{DATA}/limits", headers=session).status_code for _ in range(2)]
    assert codes == [200, 403]


def test_describe_tells_external_ids_picklists_and_read_only_fields(sandbox: Sandbox) -> None:
    fields = {f["name"]: f for f in sandbox.client.get(f"{DATA}/sobjects/Account/describe", headers=sandbox.salesforce()).json()["fields"]}
    assert fields["Signal_Key__c"]["externalId"] and fields["Signal_Key__c"]["unique"]
    assert fields["X6Sense_Buying_Stage__c"]["restrictedPicklist"] and not fields["SystemModstamp"]["updateable"]
    assert not [n for n in fields if n.startswith("w_")], "ground truth is no field"


def test_ids_carry_the_vendors_checksum() -> None:
    assert id18("0015000000Gv7qJ") == "0015000000Gv7qJAAR"
    assert len({salesforce_id("Account", n) for n in range(1, 5000)}) == 4999
