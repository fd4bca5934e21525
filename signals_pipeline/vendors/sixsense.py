"""6sense: segment members, lead scoring, people search (free), people enrichment (credits).

settings.sixsense_* → `SixSense` → records as the vendor spells them; `number` reads its numbers in text.
One token per API group. Does not belong here: the credit ledger and the choice of people (`enrichment/`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import httpx
import sqlalchemy as sa

from signals_pipeline.errors import ContractBroken, Permanent
from signals_pipeline.io.http import Api, Http, HttpStatus
from signals_pipeline.settings import Settings
from signals_pipeline.vendors.errors import json_object, translate
from signals_pipeline.vendors.limits import limits

BATCH = 25  # people an enrichment request
VALUES = 10  # values a search filter
_GROUPS = {  # group → (setting of the base URL, setting of the token)
    "scoring": ("sixsense_scribe_url", "sixsense_scoring_token"),
    "segments": ("sixsense_scribe_url", "sixsense_segments_token"),
    "search": ("sixsense_api_url", "sixsense_people_token"),
    "enrichment": ("sixsense_api_url", "sixsense_people_token"),
}


def number(value: Any) -> float | None:
    """A number that may come as text, with separators, or as "". None when there is none."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return float(value)
    try:
        return float(str(value).replace(",", "").strip())
    except ValueError:
        return None


class SixSense:
    """Raises ContractBroken (token, 402 quota: source paused and a person told), Transient. A 404 is an answer: no match."""

    def __init__(self, settings: Settings, http: Http, ops: sa.Engine) -> None:
        self.settings, self.http, self.ops = settings, http, ops

    async def segments(self) -> list[dict[str, Any]]:
        """`{id, name}` of every segment the token may see."""
        body = (await self._request("segments", "GET", "/v1/company/segments")).json()
        return _dicts(body, "list")

    async def segment_members(self, segment_id: str | int) -> list[dict[str, Any]]:
        """`{name, domain, country}` of a segment's accounts; one body, no scores in it."""
        body = (await self._request("segments", "GET", f"/v1/company/segment/{quote(str(segment_id), safe='')}")).json()
        accounts = _dicts(body, "accounts")
        if (told := number(body.get("count"))) is not None and int(told) > len(accounts):
            raise ContractBroken(f"sixsense: segment {segment_id} counts {int(told)} accounts and lists {len(accounts)}")
        return accounts

    async def score(self, *, email: str, country: str | None = None, website: str | None = None) -> dict[str, Any] | None:
        """Lead scoring: `{company, scores: [{product, company_intent_score, …}]}`; None when nothing matched."""
        form = {k: v for k, v in (("email", email), ("country", country), ("website", website)) if v}
        response = await self._request("scoring", "POST", "/v2/people/score", data=form, ok=(404,))
        if response.status_code == 404:
            return None
        body = json_object("sixsense", response)
        company = body.get("company")
        if not isinstance(company, dict):
            raise ContractBroken("sixsense: a score without company: no match is said by 404 or company_match")
        return None if "No Match" in (company.get("company_match"), company.get("companyMatch")) else body

    async def search_people(
        self,
        *,
        domain: str,
        levels: Sequence[str] = (),
        functions: Sequence[str] = (),
        titles: Sequence[str] = (),
        has_email: bool | None = True,
        page: int = 1,
        page_size: int = 50,
    ) -> list[dict[str, Any]]:
        """People of a company: ids, title, level, function and has-flags, no address. Free. Empty when nobody is known."""
        body: dict[str, Any] = {"domain": [domain], "pageNo": page, "pageSize": page_size}
        for name, values in (("level", levels), ("function", functions), ("jobTitle", titles)):
            if len(values) > VALUES:
                raise Permanent(f"sixsense: {len(values)} values for {name}, at most {VALUES}")
            if values:
                body[name] = list(values)
        if has_email is not None:
            body["hasEmail"] = has_email
        response = await self._request("search", "POST", "/v2/search/people", json=body, ok=(404,))
        return [] if response.status_code == 404 else people_of(response.json())

    async def enrich_people(self, items: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any] | None]:
        """Complete people (credits: one per record found). items: `{ref, peopleId | email | linkedInUrl}`, at most 25.

        Returns ref → contact, or None when the vendor knows nobody. The vendor's order means nothing. Raises UnknownOutcome when
        the answer was lost: credits may be gone.
        """
        if not 0 < len(items) <= BATCH:
            raise Permanent(f"sixsense: {len(items)} people in a request, 1 to {BATCH} are allowed")
        body = [{**{k: v for k, v in item.items() if k != "ref"}, "referenceKeys": {"ref": item["ref"]}} for item in items]
        response = await self._request("enrichment", "POST", "/v2/enrichment/people", json=body, ok=(404,), effect=True)
        found: dict[str, dict[str, Any] | None] = {str(item["ref"]): None for item in items}
        for contact in [] if response.status_code == 404 else people_of(response.json()):
            ref = (contact.get("referenceKeys") or {}).get("ref")
            if ref not in found:
                raise ContractBroken("sixsense: an enriched person without a reference of ours")
            if contact.get("email") or contact.get("phone") or contact.get("mobilePhone"):
                found[ref] = contact
        return found

    async def _request(
        self, group: str, method: str, path: str, *, effect: bool = False, ok: tuple[int, ...] = (), **given: Any
    ) -> httpx.Response:
        api = self._api(group)
        token = self.settings.secret(_GROUPS[group][1])
        if not token:
            raise ContractBroken(f"sixsense: SIGNALS_{_GROUPS[group][1].upper()} is not set")
        headers = {"Authorization": f"Token {token}", "Accept": "application/json"}
        try:
            return await api.request(method, path, headers=headers, effect=effect, ok=ok, expect="json", **given)
        except HttpStatus as bad:
            raise await translate("sixsense", api, bad) from None

    def _api(self, group: str) -> Api:
        base = self.settings.secret(_GROUPS[group][0])
        return self.http.vendor(f"sixsense.{group}", base_url=base, limits=limits(f"sixsense.{group}"))


def people_of(body: Any) -> list[dict[str, Any]]:
    """The people of a search or enrichment answer: the envelope is not documented, so it is read here alone."""
    if isinstance(body, list):
        return [p for p in body if isinstance(p, dict)]
    for name in ("people", "contacts", "data", "results"):
        if isinstance(body, dict) and isinstance(body.get(name), list):
            return [p for p in body[name] if isinstance(p, dict)]
    raise ContractBroken("sixsense: an answer without people")


def _dicts(body: Any, name: str) -> list[dict[str, Any]]:
    if not isinstance(body, dict) or not isinstance(body.get(name), list):
        raise ContractBroken(f"sixsense: an answer without {name}")
    return [x for x in body[name] if isinstance(x, dict)]
