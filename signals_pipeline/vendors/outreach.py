"""Outreach API v2 (JSON:API): rotating refresh tokens, cursor pages, writes that a ruleset may refuse.

settings.outreach_* → `Outreach` → resources `{type, id, attributes, relationships}`.
Does not belong here: which sequence a contact gets (`priorities`), effect-once (`activation`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import httpx
import sqlalchemy as sa

from signals_pipeline.errors import ContractBroken, SignalsError, UnknownOutcome
from signals_pipeline.io.http import Http, HttpStatus
from signals_pipeline.io.paging import PageGuard
from signals_pipeline.settings import Settings
from signals_pipeline.vendors.errors import Refused, first, json_object, translate
from signals_pipeline.vendors.limits import limits
from signals_pipeline.vendors.tokens import Token, TokenKeeper, digest

__all__ = ["Outreach", "Refused"]

MEDIA = "application/vnd.api+json"
PAGE = 1000
MINT_EVERY_S = 60.0  # one token mint a minute, else 429
_EMAILS = 50  # addresses a lookup
_PLURAL = {"emailAddress": "emailAddresses", "mailbox": "mailboxes"}


def path_of(type_: str) -> str:
    """The collection of a resource type: sequenceState → sequenceStates."""
    return _PLURAL.get(type_, type_ if type_.endswith("s") else f"{type_}s")


class Outreach:
    """Raises Refused (this record; 409 and 422), ContractBroken (auth, scope, schema), Transient, UnknownOutcome (writes)."""

    def __init__(self, settings: Settings, http: Http, ops: sa.Engine) -> None:
        self.settings, self.http, self.ops = settings, http, ops
        made_with = digest(settings.outreach_url, settings.outreach_client_id, settings.secret("outreach_refresh_token"))
        self.keeper = TokenKeeper("outreach", http, made_with, self._mint, min_age_s=MINT_EVERY_S)
        self.api = http.vendor("outreach", base_url=settings.outreach_url, limits=limits("outreach"), auth=self.keeper)
        self._sequences: dict[int, dict[str, Any]] = {}

    async def pages(self, resource: str, params: Mapping[str, Any] | None = None) -> AsyncIterator[list[dict[str, Any]]]:
        """Pages of a collection, until there is no `links.next`. The count is never asked: it lies under load."""
        response = await self._request("GET", f"/api/v2/{resource}", params={"page[size]": PAGE, **(params or {})})
        guard = PageGuard(f"outreach: {resource}")
        while True:
            body = json_object("outreach", response)
            if not isinstance(body.get("data"), list):
                raise ContractBroken(f"outreach: {resource} without a list of data")
            yield body["data"]
            link = (body.get("links") or {}).get("next")
            if not link:
                return
            target = self.api.follow(guard.next(link), str(response.request.url))
            response = await self._request("GET", target)

    async def all(self, resource: str, params: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """All pages at once, for small answers."""
        return [row async for page in self.pages(resource, params) for row in page]

    async def prospects_by_email(self, emails: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
        """Prospects by lower-cased address; an address that nobody has is absent, a shared one has several."""
        wanted = list(dict.fromkeys(e.strip().lower() for e in emails))
        if bad := [e for e in wanted if "," in e or ".." in e or "@" not in e]:
            raise Refused("unusable_address", f"{len(bad)} addresses cannot be asked for", 400)
        found: dict[str, list[dict[str, Any]]] = {}
        for start in range(0, len(wanted), _EMAILS):
            part = set(wanted[start : start + _EMAILS])
            async for page in self.pages("prospects", {"filter[emails]": ",".join(sorted(part))}):
                for prospect in page:
                    for email in {str(e).lower() for e in prospect.get("attributes", {}).get("emails") or []} & part:
                        found.setdefault(email, []).append(prospect)
        return found

    async def get(self, type_: str, id_: int | str) -> dict[str, Any] | None:
        """One resource, or None when there is none."""
        try:
            return _one(await self._request("GET", f"/api/v2/{path_of(type_)}/{id_}"))
        except HttpStatus as bad:
            if bad.status == 404:
                return None
            raise

    async def create(
        self, type_: str, attributes: Mapping[str, Any] | None = None, relationships: Mapping[str, tuple[str, int | str]] | None = None
    ) -> dict[str, Any]:
        """The created resource. relationships: name → (type, id). A sequence state is refused for a sequence that bypasses opt-outs."""
        links = {k: {"data": {"type": t, "id": i}} for k, (t, i) in (relationships or {}).items()}
        if type_ == "sequenceState":
            await self._check_sequence(links)
        data: dict[str, Any] = {"type": type_, "attributes": dict(attributes or {})}
        if links:
            data["relationships"] = links
        return _written(await self._request("POST", f"/api/v2/{path_of(type_)}", json={"data": data}))

    async def patch(
        self, type_: str, id_: int | str, attributes: Mapping[str, Any], relationships: Mapping[str, tuple[str, int | str]] | None = None
    ) -> dict[str, Any]:
        """The changed resource."""
        data: dict[str, Any] = {"type": type_, "id": id_, "attributes": dict(attributes)}
        if relationships:
            data["relationships"] = {k: {"data": {"type": t, "id": i}} for k, (t, i) in relationships.items()}
        return _written(await self._request("PATCH", f"/api/v2/{path_of(type_)}/{id_}", json={"data": data}))

    async def sequence_states(
        self, *, prospect_id: int | None = None, sequence_id: int | None = None, states: Sequence[str] = ()
    ) -> list[dict[str, Any]]:
        """Sequence states of a prospect, a sequence, or both: the read-back of an enrolment."""
        if prospect_id is None and sequence_id is None:
            raise ContractBroken("outreach: sequence_states needs a prospect or a sequence")
        params: dict[str, Any] = {}
        if prospect_id is not None:
            params["filter[prospect][id]"] = prospect_id
        if sequence_id is not None:
            params["filter[sequence][id]"] = sequence_id
        if states:
            params["filter[state]"] = ",".join(states)
        return await self.all("sequenceStates", params)

    async def _check_sequence(self, links: Mapping[str, Any]) -> None:
        try:
            id_ = int(links["sequence"]["data"]["id"])
        except (KeyError, TypeError, ValueError):
            raise Refused("no_sequence", "a sequence state needs a sequence", 400) from None
        if id_ not in self._sequences:
            found = await self.get("sequence", id_)
            if found is None:
                raise Refused("no_such_sequence", f"sequence {id_}", 404)
            self._sequences[id_] = found.get("attributes", {})
        attributes = self._sequences[id_]
        if attributes.get("transactional"):
            raise Refused("transactional_sequence", f"sequence {id_} bypasses opt-outs", 422)
        if attributes.get("enabled") is False:
            raise Refused("sequence_disabled", f"sequence {id_}", 422)
        if attributes.get("locked"):
            raise Refused("sequence_locked", f"sequence {id_}", 422)

    async def _request(self, method: str, url: str, **given: Any) -> httpx.Response:
        try:
            return await self.api.request(method, url, headers={"Content-Type": MEDIA, "Accept": MEDIA}, expect="json", **given)
        except HttpStatus as bad:
            raise await self._explain(bad) from None

    async def _explain(self, bad: HttpStatus) -> SignalsError:
        code = first(bad.json(), "errors", 0, "id")
        if bad.status in (409, 422):
            return _refused(bad, code)
        return await translate("outreach", self.api, bad, code)

    async def _mint(self, old: Token | None) -> Token:
        """A refresh kills the refresh token it used: the answer is stored before anything else happens."""
        form = {
            "client_id": self.settings.outreach_client_id, "client_secret": self.settings.secret("outreach_client_secret"),
            "redirect_uri": self.settings.outreach_redirect_uri, "grant_type": "refresh_token",
            "refresh_token": (old.refresh if old else None) or self.settings.secret("outreach_refresh_token"),
        }  # fmt: skip
        try:
            response = await self.api.request("POST", "/oauth/token", data=form, expect="json", auth=False)
        except HttpStatus as bad:
            raise await translate("outreach", self.api, bad, first(bad.json(), "error")) from None
        told = response.json()
        access, refresh = first(told, "access_token"), first(told, "refresh_token")
        if not access or not refresh:
            raise ContractBroken("outreach: a token answer without access_token or refresh_token")
        at = await self.http.stamp()
        return Token(access, refresh, at + timedelta(seconds=float(told.get("expires_in", 7200))), at, self.keeper.made_with)


def _one(response: httpx.Response) -> dict[str, Any]:
    data = json_object("outreach", response).get("data") if response.content else None
    if not isinstance(data, dict):
        raise ContractBroken("outreach: an answer without data")
    return data


def _written(response: httpx.Response) -> dict[str, Any]:
    """What a write made. Raises UnknownOutcome when the answer does not say: it was taken, and what stands must be read back."""
    try:
        return _one(response)
    except ContractBroken as unsaid:
        raise UnknownOutcome(f"{unsaid}, to a write that was taken ({response.status_code})") from None


def _refused(bad: HttpStatus, code: str | None) -> Refused:
    reasons = {
        "validationError": "validation_error", "validationDuplicateValueError": "validation_duplicate_value",
        "resourceConflict": "conflict",
    }  # fmt: skip
    detail = first(bad.json(), "errors", 0, "detail") or ""
    words = detail.lower()
    hint = "duplicate_email" if "hash" in words and "taken" in words else "already_in_sequence" if "already" in words else ""
    return Refused(reasons.get(code or "", "refused"), f"{bad.status} {code}", bad.status, hint)
