"""Redaction, paging guard, audit chain."""

from __future__ import annotations

from datetime import datetime

import pytest
import sqlalchemy as sa

from signals_pipeline.errors import ContractBroken, Permanent
from signals_pipeline.io import audit
from signals_pipeline.io import ops as store
from signals_pipeline.io.paging import PageGuard
from signals_pipeline.io.redact import redact_text, redact_url

AT = datetime(2026, 6, 30, 10)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://u:p@acme.example/x?token=abc&n=1", "https://acme.example/x?token=***&n=1"),
        ("https://acme.example/p?filter[emails]=a%40b.example,c@d.example", "https://acme.example/p?filter[emails]=<email>,<email>"),
        ("https://hooks.acme.example/services/T0/B0/xyzXYZ", "https://hooks.acme.example/services/***"),
        ("https://acme.example/contacts/jane@acme.example", "https://acme.example/contacts/<email>"),
        ("https://acme.example/x?client_secret=s#frag", "https://acme.example/x?client_secret=***"),
    ],
)
def test_a_url_keeps_its_shape_and_loses_its_secrets(url: str, shown: str) -> None:
    assert redact_url(url) == shown


@pytest.mark.parametrize(
    "text",
    ['{"access_token": "s3cr3t99"}', "Authorization: Token s3cr3t99", "password=s3cr3t99;", "xoxb-s3cr3t99", "refresh_token: s3cr3t99,"],
)
def test_free_text_loses_credentials_in_each_usual_spelling(text: str) -> None:
    assert "s3cr3t99" not in redact_text(text)


def test_a_cursor_that_comes_back_is_a_loop() -> None:
    guard = PageGuard("acme: things")
    assert [guard.next(c) for c in ("a", "b", "c")] == ["a", "b", "c"]
    with pytest.raises(ContractBroken, match="paging loop"):
        guard.next("b")


def test_ever_new_cursors_end_at_the_bound() -> None:
    guard = PageGuard("acme: things", max_pages=3)
    for n in range(3):
        guard.next(str(n))
    with pytest.raises(ContractBroken, match="more than 3 pages"):
        guard.next("3")


def trail(ops: sa.Engine, entries: int = 4) -> None:
    for n in range(entries):
        audit.append(ops, AT, "plan", {"plan": f"p{n}", "rows": n})


def test_a_whole_chain_verifies(ops: sa.Engine) -> None:
    assert audit.verify(ops) is None
    trail(ops)
    assert audit.verify(ops) is None
    assert audit.head(ops)[0] == 4


@pytest.mark.parametrize(
    "change",
    [{"body": '{"plan":"p9"}'}, {"kind": "send"}, {"at": datetime(2020, 1, 1)}, {"hash": "f" * 64}, {"previous_hash": "0" * 64}],
)
def test_a_changed_entry_breaks_the_chain_where_it_stands(ops: sa.Engine, change: dict[str, object]) -> None:
    trail(ops)
    with ops.begin() as connection:
        connection.execute(sa.update(store.audit).where(store.audit.c.seq == 2).values(**change))
    assert audit.verify(ops) == 2


@pytest.mark.parametrize("gone", [1, 3])
def test_a_missing_entry_breaks_the_chain(ops: sa.Engine, gone: int) -> None:
    trail(ops)
    with ops.begin() as connection:
        connection.execute(sa.delete(store.audit).where(store.audit.c.seq == gone))
    assert audit.verify(ops) == gone


@pytest.mark.parametrize("body", [{"who": "jane@acme.example"}, {"rows": [{"to": "Jane <jane@acme.example>"}]}])
def test_an_address_is_refused_in_the_trail(ops: sa.Engine, body: dict[str, object]) -> None:
    with pytest.raises(Permanent, match="e-mail address"):
        audit.append(ops, AT, "send", body)


def test_a_body_that_is_no_json_is_refused(ops: sa.Engine) -> None:
    with pytest.raises(Permanent, match="not JSON"):
        audit.append(ops, AT, "send", {"at": AT})
    with pytest.raises(Permanent, match="not JSON"):
        audit.append(ops, AT, "send", {"n": float("nan")})


def test_an_entry_goes_with_the_deed_it_tells_of(ops: sa.Engine) -> None:
    with pytest.raises(RuntimeError), ops.begin() as connection:
        audit.append_in(connection, AT, "send", {"row": "r1"})
        raise RuntimeError("the deed failed")
    assert audit.head(ops) == (0, audit.START)
