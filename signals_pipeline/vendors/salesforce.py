"""Salesforce: client credentials, paged queries, collections of 200.

settings.salesforce_* → `Salesforce` → pages of records, `WriteResult`s in request order.
Does not belong here: which fields we write (`field_map`), effect-once (`activation`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
import sqlalchemy as sa

from signals_pipeline.errors import ContractBroken, SignalsError, Transient, UnknownOutcome
from signals_pipeline.io.http import Http, HttpStatus
from signals_pipeline.io.paging import PageGuard
from signals_pipeline.settings import Settings
from signals_pipeline.vendors.errors import first, json_object, translate
from signals_pipeline.vendors.limits import limits
from signals_pipeline.vendors.soql import URI_BYTES, chunks, id18, in_list, soql_literal, soql_name
from signals_pipeline.vendors.tokens import Token, TokenKeeper, digest

__all__ = ["Salesforce", "WriteResult", "chunks", "id18", "soql_literal"]

COLLECTION = 200  # records a call
_LOCKED = "UNABLE_TO_LOCK_ROW"
_NOT_TAKEN = "SERVER_UNAVAILABLE"  # of a record whose collection was refused whole, when others of its call were taken
_LOCK_TRIES = 4
_RESERVE = 0.95  # share of the org's daily requests at which we stop: others use the org too


@dataclass(frozen=True)
class WriteResult:
    """What became of one record. `status_code` and `message` are the vendor's, empty when ok."""

    id: str | None
    ok: bool
    status_code: str = ""
    message: str = ""


class Salesforce:
    """Raises ContractBroken (credentials, permission, schema), Transient (limits, outages), UnknownOutcome (writes)."""

    def __init__(self, settings: Settings, http: Http, ops: sa.Engine) -> None:
        self.settings, self.http, self.ops = settings, http, ops
        made_with = digest(settings.salesforce_url, settings.salesforce_client_id, settings.secret("salesforce_client_secret"))
        self.keeper = TokenKeeper("salesforce", http, made_with, self._mint)
        self.api = http.vendor("salesforce", base_url=settings.salesforce_url, limits=limits("salesforce"), auth=self.keeper)
        self.api.after = self._note_usage
        self.used_today: tuple[int, int] | None = None  # (used, allowed) as the last answer said

    async def query(self, soql: str, *, all_rows: bool = False) -> AsyncIterator[list[dict[str, Any]]]:
        """Pages of records (`attributes` taken off), until `done`. all_rows: deleted and archived ones too (`IsDeleted`)."""
        response = await self._get(f"{await self._data()}/{'queryAll' if all_rows else 'query'}", {"q": soql})
        guard = PageGuard(f"salesforce: {soql[:60]}")
        while True:
            page = json_object("salesforce", response)
            if not isinstance(page.get("records"), list) or not all(isinstance(r, dict) for r in page["records"]):
                raise ContractBroken("salesforce: a query answer without records")
            yield [plain(r) for r in page["records"]]
            link = page.get("nextRecordsUrl")
            if page.get("done", True) or not link:
                if not page.get("done", True):
                    raise ContractBroken("salesforce: not done, and no nextRecordsUrl")
                return
            response = await self._get(self._absolute(guard.next(link), await self.keeper.token()), None)

    async def rows(self, soql: str, *, all_rows: bool = False) -> list[dict[str, Any]]:
        """All pages at once, for small answers."""
        return [row async for page in self.query(soql, all_rows=all_rows) for row in page]

    async def describe(self, object_: str) -> dict[str, Any]:
        """The object's describe: `fields` with name, type, updateable, idLookup, picklistValues."""
        found = json_object("salesforce", await self._get(f"{await self._data()}/sobjects/{soql_name(object_)}/describe", None))
        if not isinstance(found.get("fields"), list):
            raise ContractBroken(f"salesforce: a describe of {object_} without fields")
        return found

    async def limits(self) -> dict[str, Any]:
        return json_object("salesforce", await self._get(f"{await self._data()}/limits", None))

    async def get_many(self, object_: str, ids: Sequence[str], fields: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Records by id (18 characters); an id that does not exist is absent."""
        found: dict[str, dict[str, Any]] = {}
        wanted = list(dict.fromkeys(id18(i) for i in ids))
        url = f"{await self._data()}/composite/sobjects/{soql_name(object_)}"
        for part in chunks(wanted, most=COLLECTION):
            answer = (await self._get(url, {"ids": ",".join(part), "fields": ",".join(soql_name(f) for f in fields)})).json()
            if not isinstance(answer, list) or len(answer) != len(part):
                raise ContractBroken(f"salesforce: asked for {len(part)} {object_}, got another number")
            found |= {i: plain(record) for i, record in zip(part, answer, strict=True) if record is not None}
        return found

    async def find_by(self, object_: str, field: str, values: Sequence[str], fields: Sequence[str]) -> list[dict[str, Any]]:
        """Records whose `field` is one of `values` (equality as the org does it: text is case-insensitive)."""
        columns = ", ".join(dict.fromkeys(soql_name(f) for f in ("Id", field, *fields)))
        found: list[dict[str, Any]] = []
        for part in chunks(list(dict.fromkeys(values))):
            soql = f"SELECT {columns} FROM {soql_name(object_)} WHERE {soql_name(field)} IN {in_list(part)}"
            found += await self.rows(soql)
        return found

    async def update(self, object_: str, records: Sequence[Mapping[str, Any]]) -> list[WriteResult]:
        """Records carry `Id`. One result per record, in order."""
        return await self._write("", object_, records)

    async def upsert(self, object_: str, external_id_field: str, records: Sequence[Mapping[str, Any]]) -> list[WriteResult]:
        """By a unique external id of ours; each record carries the field. One result per record, in order."""
        return await self._write(f"/{soql_name(object_)}/{soql_name(external_id_field)}", object_, records)

    async def _write(self, path: str, object_: str, records: Sequence[Mapping[str, Any]]) -> list[WriteResult]:
        results: list[WriteResult | None] = [None] * len(records)
        # records of one account next to each other: parallel locks on the same parent are what fails
        waiting = sorted(range(len(records)), key=lambda i: (str(records[i].get("AccountId") or ""), i))
        for attempt in range(_LOCK_TRIES):
            for start in range(0, len(waiting), COLLECTION):
                part = waiting[start : start + COLLECTION]
                try:
                    answers = await self._send(path, object_, [records[i] for i in part])
                except UnknownOutcome as lost:
                    raise UnknownOutcome(str(lost), done=tuple(results)) from None
                except Transient as away:  # nothing of this part was taken; what was, is told
                    if not any(results):
                        raise
                    return [r or WriteResult(None, False, _NOT_TAKEN, str(away)) for r in results]
                for i, answer in zip(part, answers, strict=True):
                    results[i] = answer
            waiting = [i for i in waiting if (r := results[i]) is not None and r.status_code == _LOCKED]
            if not waiting:
                break
            if attempt + 1 < _LOCK_TRIES:
                await self.http.sleep(self.http.policy.backoff(attempt + 1, self.http.jitter) / self.settings.speed)
        return [r for r in results if r is not None]

    async def _send(self, path: str, object_: str, records: Sequence[Mapping[str, Any]]) -> list[WriteResult]:
        body = {"allOrNone": False, "records": [{"attributes": {"type": soql_name(object_)}, **r} for r in records]}
        url = f"{await self._data()}/composite/sobjects{path}"
        answer = (await self._request("PATCH", url, json=body)).json()
        if not isinstance(answer, list) or len(answer) != len(records):
            raise UnknownOutcome(f"salesforce: {len(records)} records sent, an answer of another length came back")
        return [_result(a) for a in answer]

    async def _get(self, url: str, params: dict[str, str] | None) -> httpx.Response:
        size = len(str(httpx.URL(url, params=params)).encode()) + 1024  # headers, token among them
        if size > URI_BYTES:
            raise ContractBroken(f"salesforce: a request of {size} bytes is over {URI_BYTES}; cut its list with chunks()")
        return await self._request("GET", url, params=params)

    async def _request(self, method: str, url: str, **given: Any) -> httpx.Response:
        try:
            return await self.api.request(method, url, expect="json", **given)
        except HttpStatus as bad:
            raise await self._explain(bad) from None

    async def _explain(self, bad: HttpStatus) -> SignalsError:
        body = bad.json()
        return await translate("salesforce", self.api, bad, first(body, 0, "errorCode") or first(body, "error"))

    async def _data(self) -> str:
        token = await self.keeper.token()
        return f"{token.url}/services/data/{self.settings.salesforce_version}"

    def _absolute(self, link: str, token: Token) -> str:
        """A nextRecordsUrl is a path from the host's root; behind a path prefix it may come with or without it."""
        prefix = urlsplit(token.url).path.rstrip("/")
        if prefix and link.startswith("/") and not link.startswith(f"{prefix}/"):
            link = prefix + link
        return self.api.follow(link, f"{token.url}/")

    async def _mint(self, _: Token | None) -> Token:
        form = {
            "grant_type": "client_credentials", "client_id": self.settings.salesforce_client_id,
            "client_secret": self.settings.secret("salesforce_client_secret"),
        }  # fmt: skip
        try:
            response = await self.api.request(
                "POST", "/services/oauth2/token", data=form, effect=False, expect="json", auth=False,
                headers={"Accept": "application/json"},
            )  # fmt: skip
        except HttpStatus as bad:
            raise await self._explain(bad) from None
        told = response.json()
        access, url = first(told, "access_token"), first(told, "instance_url")
        if not access or not url:
            raise ContractBroken("salesforce: a token answer without access_token or instance_url")
        if urlsplit(url).scheme != "https" and urlsplit(url).hostname not in ("127.0.0.1", "localhost"):
            raise ContractBroken("salesforce: instance_url is not https")
        return Token(access, minted_at=await self.http.stamp(), made_with=self.keeper.made_with, url=url.rstrip("/"))

    def _note_usage(self, response: httpx.Response) -> None:
        """`Sforce-Limit-Info: api-usage=18/5000; …` on every answer; the only warning before REQUEST_LIMIT_EXCEEDED."""
        usage = response.headers.get("sforce-limit-info", "").partition("api-usage=")[2].partition(";")[0].strip()
        used, slash, allowed = usage.partition("/")
        if not (slash and used.isdigit() and allowed.isdigit()):
            return
        self.used_today = (int(used), int(allowed))
        if response.request.method == "GET" and int(used) > int(allowed) * _RESERVE:
            spent = f"salesforce: {used} of the org's {allowed} daily requests are used; the rest is left to others"
            raise Transient(spent, retry_after=3600)


def plain(record: dict[str, Any]) -> dict[str, Any]:
    """A record without `attributes`, at every depth; nulls stay."""
    found = record.copy()
    found.pop("attributes", None)
    if dict in map(type, found.values()):  # few records hold others: the rest need no look at each value
        return {k: plain(v) if isinstance(v, dict) else v for k, v in found.items()}
    return found


def _result(answer: Any) -> WriteResult:
    if not isinstance(answer, dict) or "success" not in answer:
        return WriteResult(None, False, "UNREADABLE", "an element without `success`")
    errors = answer.get("errors") or [{}]
    if answer["success"]:
        return WriteResult(answer.get("id"), True)
    return WriteResult(answer.get("id"), False, str(errors[0].get("statusCode") or "UNKNOWN"), str(errors[0].get("message") or ""))
