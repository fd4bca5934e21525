"""Who completes a person, in the order in which they are asked: the waterfall.

A provider takes look-ups and answers by key. 6sense today; another one is a class with the same three members in `waterfall`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import sqlalchemy as sa

from signals_pipeline.io.http import Http
from signals_pipeline.settings import Settings
from signals_pipeline.vendors.sixsense import BATCH, SixSense


class Provider(Protocol):
    """`batch`: most look-ups a call. `look_up`: key → person (email, first_name, …: the names of `person`) or None for a miss.

    Raises UnknownOutcome when the answer was lost, ContractBroken or Transient when nothing was charged.
    """

    name: str
    batch: int

    async def look_up(self, keys: Sequence[str]) -> dict[str, dict[str, Any] | None]: ...


class SixSensePeople:
    """6sense People Enrichment by people id; a key is `people:<id>`."""

    name = "sixsense"
    batch = BATCH

    def __init__(self, client: SixSense) -> None:
        self.client = client

    async def look_up(self, keys: Sequence[str]) -> dict[str, dict[str, Any] | None]:
        found = await self.client.enrich_people([{"ref": k, "peopleId": k.partition(":")[2]} for k in keys])
        return {key: _person(contact) if contact else None for key, contact in found.items()}


def waterfall(settings: Settings, http: Http, ops: sa.Engine) -> list[Provider]:
    """Providers whose credentials are set, in the order of asking."""
    return [SixSensePeople(SixSense(settings, http, ops))] if settings.secret("sixsense_people_token") else []


def _person(contact: dict[str, Any]) -> dict[str, Any]:
    """A 6sense contact under our names; the vendor writes "" for unknown."""
    company = contact.get("company") or {}
    given = {
        "email": contact.get("email"), "email_grade": contact.get("emailConfidence"), "first_name": contact.get("firstName"),
        "last_name": contact.get("lastName"), "full_name": contact.get("fullName"),
        "title": contact.get("jobTitle") or contact.get("title"), "phone": contact.get("phone") or contact.get("mobilePhone"),
        "linkedin_url": contact.get("linkedinUrl") or contact.get("linkedInUrl"),
        "country": contact.get("country") or company.get("country"),
    }  # fmt: skip
    return {k: v if isinstance(v, str) and v.strip() else None for k, v in given.items()}
