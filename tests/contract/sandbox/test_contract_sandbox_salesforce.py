"""Salesforce in the box against recorded answers of a real org, and the collection's examples."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sandbox_kit import Sandbox

DATA = "/salesforce/services/data/v68.0"


@pytest.fixture(scope="session")
def recorded(data: Path) -> Any:
    """(name of a recording) → the first response that it holds."""

    def read(name: str) -> Any:
        calls = json.loads((data / "vendor_api" / "salesforce" / f"{name}.test.json").read_text())["api"]
        call = next(call for method in calls.values() for call in method.values())
        return (call[0] if isinstance(call, list) else call)["response"]

    return read


def types(value: dict[str, Any]) -> dict[str, str]:
    return {k: type(v).__name__ for k, v in value.items()}


def test_a_query_page_has_the_recorded_shape(sandbox: Sandbox, recorded: Any) -> None:
    ours, real = sandbox.soql("SELECT Id, Name FROM Account LIMIT 5", sandbox.salesforce()).json(), recorded("records-by-soql")
    assert types(ours) == {k: v for k, v in types(real).items() if k != "nextRecordsUrl"}
    assert types(ours["records"][0]) == types(real["records"][0])
    assert types(ours["records"][0]["attributes"]) == types(real["records"][0]["attributes"])
    assert len(ours["records"][0]["Id"]) == len(real["records"][0]["Id"]) == 18


def test_a_created_record_answers_as_recorded(sandbox: Sandbox, recorded: Any) -> None:
    body = {"allOrNone": False, "records": [{"attributes": {"type": "Account"}, "Name": "Acme"}]}
    ours = sandbox.client.post(f"{DATA}/composite/sobjects", json=body, headers=sandbox.salesforce()).json()
    assert [types(r) for r in ours] == [types(r) for r in recorded("create-sobject-collection")]
    single = sandbox.client.post(f"{DATA}/sobjects/Account", json={"Name": "Acme"}, headers=sandbox.salesforce())
    assert types(single.json()) == types(recorded("create-record"))


def test_describe_speaks_the_recorded_vocabulary(sandbox: Sandbox, recorded: Any) -> None:
    ours, real = sandbox.client.get(f"{DATA}/sobjects/Account/describe", headers=sandbox.salesforce()).json(), recorded("describe-sobject")
    assert set(ours) <= set(real)
    words = set().union(*(set(f) for f in real["fields"]))
    assert all(set(f) <= words for f in ours["fields"])
    kinds = {f["type"] for f in real["fields"]} | {"email", "multipicklist", "date"}
    assert {f["type"] for f in ours["fields"]} <= kinds
    standard = {f["name"] for f in ours["fields"] if not f["custom"]}
    assert standard <= {f["name"] for f in real["fields"]} | {"BillingCountryCode"}, (
        "country codes stand in orgs with state and country picklists"
    )


def test_limits_are_max_and_remaining(sandbox: Sandbox, recorded: Any) -> None:
    ours, real = sandbox.client.get(f"{DATA}/limits", headers=sandbox.salesforce()).json(), recorded("get-limits")
    assert set(ours) <= set(real) and all(set(v) == {"Max", "Remaining"} for v in ours.values())


def test_the_examples_of_the_collection_are_accepted(sandbox: Sandbox, specs: Path) -> None:
    import yaml

    document = yaml.safe_load((specs / "salesforce-collections.yaml").read_text())
    request = document["paths"]["/data/v64.0/composite/sobjects"]["post"]["requestBody"]["content"]["application/json"]["schema"]["allOf"][
        1
    ]["examples"][0]
    ours = sandbox.client.post("/salesforce/services/data/v64.0/composite/sobjects", json=request, headers=sandbox.salesforce())
    assert ours.status_code == 200 and len(ours.json()) == len(request["records"])
    assert all(
        set(r) == {"id", "success", "errors"} or r["errors"][0]["statusCode"] in {"INVALID_FIELD", "INVALID_TYPE"} for r in ours.json()
    )
