"""Outreach's resources as a table: attributes, relations, what may be filtered.

`RESOURCES` → `jsonapi.py` (shapes, filters, pages), `outreach.py` (scopes, routes). Does not belong here: behaviour.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Resource:
    """`relations`: relationship → (type, column). `filters`: attributes that may be filtered; relations filter by id."""

    type: str
    table: str
    attributes: tuple[str, ...]
    relations: dict[str, tuple[str, str]]
    filters: tuple[str, ...]
    flags: tuple[str, ...] = ()


_DATES = ("createdAt", "updatedAt")
WRITABLE = (
    "firstName", "lastName", "title", "company", "emails", "externalId", "tags", "timeZone", "addressCountry", "websiteUrl1", "optedOut",
)  # fmt: skip
RESOURCES = {
    "prospects": Resource(
        "prospect",
        "o_prospect",
        (
            *WRITABLE,
            "optedOutAt",
            "emailOptedOut",
            "callOptedOut",
            "emailsOptStatus",
            "touchedAt",
            "engagedAt",
            "engagedScore",
            "openCount",
            "replyCount",
            "clickCount",
            *_DATES,
        ),
        {"owner": ("user", "owner"), "account": ("account", "account"), "stage": ("stage", "stage")},
        ("createdAt", "updatedAt", "touchedAt", "engagedAt", "engagedScore", "firstName", "lastName", "title"),
        ("optedOut", "emailOptedOut", "callOptedOut"),
    ),
    "emailAddresses": Resource(
        "emailAddress",
        "o_email",
        ("email", "emailType", "order", "status", "statusChangedAt", "unsubscribedAt", *_DATES),
        {"prospect": ("prospect", "prospect")},
        ("email", "emailType", "order", "status", "statusChangedAt", "unsubscribedAt", "updatedAt"),
    ),
    "sequences": Resource(
        "sequence",
        "o_sequence",
        (
            "name",
            "enabled",
            "enabledAt",
            "locked",
            "lockedAt",
            "transactional",
            "throttlePaused",
            "throttleMaxAddsPerDay",
            "sequenceType",
            "shareType",
            *_DATES,
        ),
        {"ruleset": ("ruleset", "ruleset")},
        ("name", "createdAt", "enabledAt", "lockedAt", "shareType", "throttleMaxAddsPerDay", "updatedAt"),
        ("enabled", "locked", "transactional", "throttlePaused"),
    ),
    "rulesets": Resource("ruleset", "o_ruleset", ("name", "permitDuplicateProspects", "sequenceExclusivity"), {}, ()),
    "mailboxes": Resource(
        "mailbox",
        "o_mailbox",
        ("email", "userId", "sendDisabled", "sendErroredAt", "maxEmailsPerDay", "maxMailingsPerDay", "sendSuccessAt", *_DATES),
        {"user": ("user", "userId")},
        ("createdAt", "email", "updatedAt", "userId"),
        ("sendDisabled",),
    ),
    "sequenceStates": Resource(
        "sequenceState",
        "o_sequence_state",
        (
            "state",
            "activeAt",
            "deliverCount",
            "openCount",
            "clickCount",
            "replyCount",
            "bounceCount",
            "optOutCount",
            "failureCount",
            "scheduleCount",
            "repliedAt",
            "errorReason",
            "pauseReason",
            "stateChangedAt",
            *_DATES,
        ),
        {"prospect": ("prospect", "prospect"), "sequence": ("sequence", "sequence"), "mailbox": ("mailbox", "mailbox")},
        (
            "state",
            "stateChangedAt",
            "updatedAt",
            "createdAt",
            "repliedAt",
            "pauseReason",
            "clickCount",
            "deliverCount",
            "openCount",
            "replyCount",
        ),
    ),
    "mailings": Resource(
        "mailing",
        "o_mailing",
        (
            "state",
            "mailingType",
            "subject",
            "mailboxAddress",
            "deliveredAt",
            "openedAt",
            "clickedAt",
            "repliedAt",
            "bouncedAt",
            "unsubscribedAt",
            "scheduledAt",
            "stateChangedAt",
            "openCount",
            "clickCount",
            *_DATES,
        ),
        {
            "prospect": ("prospect", "prospect"),
            "sequence": ("sequence", "sequence"),
            "sequenceState": ("sequenceState", "sequenceState"),
            "mailbox": ("mailbox", "mailbox"),
        },
        (
            "bouncedAt",
            "clickedAt",
            "createdAt",
            "deliveredAt",
            "mailingType",
            "openedAt",
            "repliedAt",
            "scheduledAt",
            "state",
            "stateChangedAt",
            "unsubscribedAt",
            "updatedAt",
        ),
    ),
    "users": Resource(
        "user",
        "o_user",
        ("email", "firstName", "lastName", "name", "locked", *_DATES),
        {},
        ("createdAt", "email", "firstName", "lastName", "updatedAt"),
        ("locked",),
    ),
    "accounts": Resource("account", "o_account", ("name", "domain", *_DATES), {}, ("createdAt", "domain", "name", "updatedAt")),
}
CUSTOM = tuple(f"custom{n}" for n in range(1, 151))
SHOWN_CUSTOM = CUSTOM[:12]
JSON_COLUMNS = {"emails", "tags"}
