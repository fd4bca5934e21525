"""What each vendor's error answers mean, in one table.

HttpStatus (status, body) → `translate` → the error that says how to recover.
First rule that fits wins; a status that no rule names stays ContractBroken with the vendor's own words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

from signals_pipeline.errors import ContractBroken, SignalsError, SkipRecord, Transient
from signals_pipeline.io.http import Api, HttpStatus
from signals_pipeline.io.pauses import notice


class Refused(SkipRecord):
    """The vendor refuses this one record. `reason` is the vendor's code in snake case, `status` its HTTP status.

    `hint` is read off the wording and decides nothing by itself: confirm by reading back.
    """

    def __init__(self, reason: str, detail: str, status: int, hint: str = "") -> None:
        super().__init__(reason, detail)
        self.status = status
        self.hint = hint


@dataclass(frozen=True)
class Rule:
    """vendor, status, code (None: any) → what to raise; `pause_s`: vendor seconds to stay away; `notify`: tell a person."""

    vendor: str
    status: int
    code: str | None
    raises: type[SignalsError]
    advice: str
    pause_s: float = 0.0
    notify: bool = False


HOUR = 3600.0
UNTIL_TOMORROW = 20 * HOUR  # shorter than a day: the next daily run asks again, for somebody may have topped up
RULES: tuple[Rule, ...] = (
    Rule("salesforce", 400, "invalid_client_id", ContractBroken, "SIGNALS_SALESFORCE_CLIENT_ID is unknown to this org"),
    Rule("salesforce", 400, "invalid_client", ContractBroken, "check SIGNALS_SALESFORCE_CLIENT_ID and _CLIENT_SECRET"),
    Rule("salesforce", 400, "invalid_grant", ContractBroken, "the External Client App must allow the client credentials flow"),
    Rule("salesforce", 400, "INVALID_QUERY_LOCATOR", Transient, "the query cursor expired; the slice starts over"),
    Rule("salesforce", 401, None, ContractBroken, "a new token was refused too; check the External Client App"),
    Rule("salesforce", 403, "REQUEST_LIMIT_EXCEEDED", Transient, "the org's daily API requests are used up", HOUR, True),
    Rule("salesforce", 403, None, ContractBroken, "the integration user lacks a permission"),
    Rule("outreach", 400, "invalid_grant", ContractBroken, "the refresh token is dead: authorise again", 0, True),
    Rule("outreach", 401, None, ContractBroken, "the token was refused; authorise again", 0, True),
    Rule("outreach", 403, "unauthorizedOauthScope", ContractBroken, "the OAuth app lacks a scope"),
    Rule("outreach", 403, None, ContractBroken, "not allowed for this user"),
    Rule("outreach", 415, None, ContractBroken, "requests must be application/vnd.api+json"),
    Rule("sixsense", 401, None, ContractBroken, "missing token, or a token of another API group"),
    Rule("sixsense", 402, None, ContractBroken, "quota exhausted until top-up or renewal; not asked again today", UNTIL_TOMORROW, True),
    Rule("sixsense", 403, None, ContractBroken, "this API is not part of the contract"),
    Rule("sec_edgar", 403, None, Transient, "EDGAR blocked this address; the block grows while we knock", 600.0, True),
    Rule("slack", 404, None, ContractBroken, "the webhook is gone (no_service); set SIGNALS_SLACK_WEBHOOK_URL anew"),
)


async def translate(vendor: str, api: Api, bad: HttpStatus, code: str | None = None) -> SignalsError:
    """The error to raise for a vendor's answer; pauses the source and leaves a notice where the table says so."""
    for rule in RULES:
        if (rule.vendor, rule.status) == (vendor, bad.status) and rule.code in (None, code):
            if rule.pause_s:
                await api.pause(rule.pause_s, rule.advice)
            if rule.notify:
                at = await api.http.stamp()
                title = f"{vendor}: {rule.advice}"
                await api.http.in_thread(notice, api.http.ops, "vendor", vendor, title, str(bad), at)
            message = f"{bad}; {rule.advice}"
            return Transient(message, retry_after=rule.pause_s or None) if rule.raises is Transient else rule.raises(message)
    return bad


def json_object(vendor: str, response: httpx.Response) -> dict[str, Any]:
    """The answer as a JSON object. Raises ContractBroken for JSON that is none: null, a list, a bare value."""
    body = response.json()
    if not isinstance(body, dict):
        raise ContractBroken(f"{vendor}: expected a JSON object, got {type(body).__name__}: {response.text[:80]!r}")
    return body


def first(body: Any, *path: str | int) -> str | None:
    """The text at a path of a JSON body, or None when it is not there."""
    for step in path:
        try:
            body = body[step]
        except (KeyError, IndexError, TypeError):
            return None
    return body if isinstance(body, str) else None
