"""The small SOQL: what it understands, and how it refuses."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sandbox_kit import Sandbox

from sandbox.vendors.salesforce.soql import parse
from sandbox.vendors.salesforce.soql_query import SoqlError

NOW = datetime(2026, 6, 30, 10, 5, tzinfo=UTC)


def ids(sandbox: Sandbox, text: str) -> list[str]:
    query = parse(text, NOW)
    return [r[0] for r in sandbox.box.store.db.execute(query.ids_sql(deleted=False), query.args)]


def count(sandbox: Sandbox, where: str) -> int:
    return int(sandbox.box.store.value(f"SELECT count(*) FROM Contact WHERE IsDeleted = 0 AND ({where})"))


@pytest.mark.parametrize(
    ("soql", "sql"),
    [
        ("Email = null", "Email IS NULL"),
        ("Email != null AND HasOptedOutOfEmail = true", "Email IS NOT NULL AND HasOptedOutOfEmail = 1"),
        ("LastName = 'o\\'dell'", "LastName = 'O''Dell'"),
        ("LastName IN ('O\\'Dell', 'Kapoor')", "LastName IN ('O''Dell', 'Kapoor')"),
        ("LastName NOT IN ('Kapoor')", "LastName NOT IN ('Kapoor')"),
        (
            "LastName LIKE 'Ka%' OR (FirstName = 'Ada' AND Email != null)",
            "LastName LIKE 'Ka%' OR (FirstName = 'Ada' AND Email IS NOT NULL)",
        ),
        ("NOT (LastName LIKE 'Ka%')", "NOT (LastName LIKE 'Ka%')"),
        ("CreatedDate >= 2026-01-01T00:00:00Z", "CreatedDate >= '2026-01-01'"),
        ("CreatedDate < 2026-01-01T02:00:00+02:00", "CreatedDate < '2026-01-01T00:00:00.000Z'"),
        ("CreatedDate > LAST_N_DAYS:30", "CreatedDate > '2026-05-31'"),
        ("MailingCountryCode != 'US'", "MailingCountryCode <> 'US' OR MailingCountryCode IS NULL"),
        ("Account.Industry = 'Insurance'", "AccountId IN (SELECT Id FROM Account WHERE Industry = 'Insurance')"),
        (
            "AccountId IN (SELECT AccountId FROM Opportunity WHERE IsWon = true)",
            "AccountId IN (SELECT AccountId FROM Opportunity WHERE IsWon = 1)",
        ),
    ],
)
def test_a_condition_selects_what_it_says(sandbox: Sandbox, soql: str, sql: str) -> None:
    assert len(ids(sandbox, f"SELECT Id FROM Contact WHERE {soql}")) == count(sandbox, sql)


def test_order_limit_and_offset_cut_a_page(sandbox: Sandbox) -> None:
    everyone = ids(sandbox, "SELECT Id FROM Contact ORDER BY LastName DESC NULLS LAST, Id")
    assert ids(sandbox, "SELECT Id FROM Contact ORDER BY LastName DESC NULLS LAST LIMIT 5 OFFSET 3") == everyone[3:8]


def test_deleted_rows_come_only_with_query_all(sandbox: Sandbox) -> None:
    query = parse("SELECT Id FROM Account", NOW)
    store = sandbox.box.store
    assert len(store.rows(query.ids_sql(deleted=True))) > len(store.rows(query.ids_sql(deleted=False)))


def test_fifteen_character_ids_find_their_record(sandbox: Sandbox) -> None:
    known = sandbox.box.store.value("SELECT Id FROM Account WHERE IsDeleted = 0 LIMIT 1")
    assert ids(sandbox, f"SELECT Id FROM Account WHERE Id = '{known[:15]}'") == [known]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("SELECT Nope__c FROM Account", "INVALID_FIELD"),
        ("SELECT Id FROM Nope", "INVALID_TYPE"),
        ("SELECT Id FROM Account WHERE", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE Name = ", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE Name = 'a' 'b'", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE Name = 'o'brien'", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account; DROP TABLE Account", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE CreatedDate > '2026-01-01'", "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE CreatedDate > 2026-01-01", "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE NumberOfEmployees > 'many'", "INVALID_FIELD"),
        ("SELECT Id, Nobody.Name FROM Contact", "INVALID_FIELD"),
        ("SELECT Id FROM Account LIMIT many", "MALFORMED_QUERY"),
        ("DELETE FROM Account", "MALFORMED_QUERY"),
        ("SELECT w_company FROM Account", "INVALID_FIELD"),
    ],
)
def test_what_is_not_understood_is_refused_with_the_vendors_code(text: str, code: str) -> None:
    with pytest.raises(SoqlError) as refused:
        parse(text, NOW)
    assert refused.value.code == code
