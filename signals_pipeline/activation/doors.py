"""The vendor clients as activation needs them, opened once per plan or apply. Tests hand in their own.

settings → `open_doors` → `Doors(salesforce, outreach, slack)`; a vendor without credentials is None: that destination is off.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from signals_pipeline.runtime import Runtime

Record = dict[str, Any]


class WriteResult(Protocol):
    """What became of one record of a bulk write."""

    @property
    def id(self) -> str | None: ...
    @property
    def ok(self) -> bool: ...
    @property
    def status_code(self) -> str: ...
    @property
    def message(self) -> str: ...


class SalesforceDoor(Protocol):
    async def find_by(self, object_: str, field: str, values: Sequence[str], fields: Sequence[str]) -> list[Record]: ...
    async def get_many(self, object_: str, ids: Sequence[str], fields: Sequence[str]) -> dict[str, Record]: ...
    async def update(self, object_: str, records: Sequence[Record]) -> Sequence[WriteResult]: ...
    async def upsert(self, object_: str, external_id_field: str, records: Sequence[Record]) -> Sequence[WriteResult]: ...


class OutreachDoor(Protocol):
    """Records are JSON:API resources: `{"id": …, "attributes": {…}}`; relationships go in as name → (type, id)."""

    def pages(self, resource: str, params: Mapping[str, Any] | None = None) -> AsyncIterator[list[Record]]: ...
    async def prospects_by_email(self, emails: Sequence[str]) -> dict[str, list[Record]]: ...
    async def create(
        self, type_: str, attributes: Mapping[str, Any] | None = None, relationships: Mapping[str, tuple[str, int | str]] | None = None
    ) -> Record: ...
    async def patch(
        self, type_: str, id_: int | str, attributes: Mapping[str, Any], relationships: Mapping[str, tuple[str, int | str]] | None = None
    ) -> Record: ...
    async def sequence_states(
        self, *, prospect_id: int | None = None, sequence_id: int | None = None, states: Sequence[str] = ()
    ) -> list[Record]: ...


class Posted(Protocol):
    """Where a message stands: the channel's id, and its `ts`, None when it went through a webhook."""

    @property
    def channel(self) -> str: ...
    @property
    def ts(self) -> str | None: ...


class SlackDoor(Protocol):
    @property
    def can_read_back(self) -> bool: ...
    async def post(self, text: str, *, channel: str | None = None) -> Posted: ...
    async def find(self, channel: str, marker: str, *, limit: int = 100) -> dict[str, Any] | None: ...


@dataclass(frozen=True)
class Doors:
    salesforce: SalesforceDoor | None = None
    outreach: OutreachDoor | None = None
    slack: SlackDoor | None = None


def is_on(rt: Runtime) -> dict[str, bool]:
    """Which destinations have credentials."""
    s = rt.settings
    return {
        "salesforce": bool(s.salesforce_url and s.salesforce_client_id and s.secret("salesforce_client_secret")),
        "outreach": bool(s.outreach_client_id and s.secret("outreach_client_secret")),
        "slack": bool(s.secret("slack_bot_token") or s.secret("slack_webhook_url")),
        "in_app": True,
    }


@asynccontextmanager
async def opened(rt: Runtime, doors: Doors | None = None) -> AsyncIterator[Doors]:
    """The doors handed in, else clients of the vendors that are on, closed at the end."""
    if doors is not None:
        yield doors
        return
    from signals_pipeline.io.http import Http
    from signals_pipeline.vendors.outreach import Outreach
    from signals_pipeline.vendors.salesforce import Salesforce
    from signals_pipeline.vendors.slack import Slack

    on = is_on(rt)
    async with Http(rt.settings, rt.ops) as http:
        yield Doors(
            Salesforce(rt.settings, http, rt.ops) if on["salesforce"] else None,
            Outreach(rt.settings, http, rt.ops) if on["outreach"] else None,
            Slack(rt.settings, http, rt.ops) if on["slack"] else None,
        )
