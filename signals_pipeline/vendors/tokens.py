"""Access tokens in the ops store, minted by one at a time across tasks and processes.

settings (the seed) → mint → `ops.tokens` → headers. A token belongs to the credentials it was made with:
when a person sets new ones, the stored token is not used.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

import sqlalchemy as sa

from signals_pipeline.errors import Transient
from signals_pipeline.io import ops as store
from signals_pipeline.io.http import Http
from signals_pipeline.keys import md5

LEASE_S = 120.0  # wall seconds; longer than a mint can take, time-outs and retries included
_EARLY = timedelta(seconds=60)


@dataclass(frozen=True)
class Token:
    """`expires_at` and `minted_at` are naive UTC; no expiry: valid until refused. `made_with`: digest of the credentials."""

    access: str
    refresh: str | None = None
    expires_at: datetime | None = None
    minted_at: datetime | None = None
    made_with: str = ""
    url: str = ""


@dataclass
class TokenKeeper:
    """`Auth` of a vendor: headers with a live token. `mint(old)` asks the vendor for a new one; it is never called twice at once.

    min_age_s: vendor seconds that must lie between two mints.
    """

    vendor: str
    http: Http
    made_with: str
    mint: Callable[[Token | None], Awaitable[Token]]
    min_age_s: float = 0.0
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _known: Token | None = None

    async def headers(self, rejected: Mapping[str, str] | None = None) -> dict[str, str]:
        return _bearer(await self.token(rejected))

    async def token(self, rejected: Mapping[str, str] | None = None) -> Token:
        """A token that is not the rejected one. Single flight: whoever waited gets what the first one minted."""
        async with self._lock:
            if self._known is None or not await self._serves(self._known, rejected):
                self._known = await self._load()
                if self._known is None or not await self._serves(self._known, rejected):
                    self._known = await self._mint_once(rejected)
            return self._known

    async def _serves(self, token: Token, rejected: Mapping[str, str] | None) -> bool:
        if rejected is not None and _bearer(token) == dict(rejected):
            return False
        return token.expires_at is None or token.expires_at - _EARLY > await self.http.stamp()

    async def _mint_once(self, rejected: Mapping[str, str] | None) -> Token:
        holder, waited = uuid4().hex, 0.0
        while not await self.http.in_thread(self._claim, holder, await self.http.stamp()):
            if waited > LEASE_S:
                raise Transient(f"{self.vendor}: another process holds the token refresh for more than {LEASE_S:.0f} s")
            await self.http.sleep(0.25)  # wall seconds: the other process works in them
            waited += 0.25
        try:
            known = await self._load()  # another process may have minted while we waited
            if known and await self._serves(known, rejected):
                return known
            if known and known.minted_at and self.min_age_s:
                left = self.min_age_s - (await self.http.stamp() - known.minted_at).total_seconds()
                if left > 0:
                    await self.http.sleep(left / self.http.settings.speed)
            new = await self.mint(known)
            await self.http.in_thread(self._save, new)
            return new
        finally:
            await self.http.in_thread(self._release, holder)

    async def _load(self) -> Token | None:
        found: Token | None = await self.http.in_thread(load, self.http.ops, self.vendor)
        return found if found and found.made_with == self.made_with else None

    def _save(self, token: Token) -> None:
        save(self.http.ops, self.vendor, token)

    def _claim(self, holder: str, at: datetime) -> bool:
        table, name = store.leases, f"token:{self.vendor}"
        with self.http.ops.begin() as connection:
            row = connection.execute(sa.select(table).where(table.c.name == name)).one_or_none()
            until = at + timedelta(seconds=LEASE_S * max(1.0, self.http.settings.speed))
            if row is None:
                done = connection.execute(_insert_lease(connection, name, holder, until))
                return bool(done.rowcount)
            free = (table.c.name == name) & ((table.c.until < at) | (table.c.holder == holder))
            return bool(connection.execute(sa.update(table).where(free).values(holder=holder, until=until)).rowcount)

    def _release(self, holder: str) -> None:
        table = store.leases
        with self.http.ops.begin() as connection:
            connection.execute(sa.delete(table).where((table.c.name == f"token:{self.vendor}") & (table.c.holder == holder)))


def _insert_lease(connection: sa.Connection, name: str, holder: str, until: datetime) -> sa.Executable:
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert

        return insert(store.leases).values(name=name, holder=holder, until=until).on_conflict_do_nothing()
    return sa.insert(store.leases).values(name=name, holder=holder, until=until)


def _bearer(token: Token) -> dict[str, str]:
    return {"Authorization": f"Bearer {token.access}"}


def load(ops: sa.Engine, vendor: str) -> Token | None:
    with ops.connect() as connection:
        row = connection.execute(sa.select(store.tokens).where(store.tokens.c.vendor == vendor)).one_or_none()
    if row is None or not row.access_token:
        return None
    extra = json.loads(row.extra or "{}")
    return Token(row.access_token, row.refresh_token, row.expires_at, row.minted_at, extra.get("made_with", ""), extra.get("url", ""))


def save(ops: sa.Engine, vendor: str, token: Token) -> None:
    """In one transaction: with a rotating refresh token the old one is dead by now."""
    values = {
        "access_token": token.access, "refresh_token": token.refresh, "expires_at": token.expires_at, "minted_at": token.minted_at,
        "extra": json.dumps({"made_with": token.made_with, "url": token.url}),
    }  # fmt: skip
    with ops.begin() as connection:
        store.put(connection, store.tokens, {"vendor": vendor}, values)


def digest(*credentials: str) -> str:
    """Tells credentials apart without keeping them."""
    return md5("credentials", *credentials)
