"""SEC EDGAR: feed, daily index, submissions, documents, as bytes.

settings.contact (User-Agent) → `Edgar` → bodies, or None where a document is not there.
A block (403 page) is honoured for ten minutes: it grows while one knocks. Does not belong here: parsing (`sources/sec_edgar`).
"""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit

import sqlalchemy as sa

from signals_pipeline.errors import ContractBroken
from signals_pipeline.io.http import Api, Http, HttpStatus
from signals_pipeline.settings import Settings
from signals_pipeline.vendors.errors import translate
from signals_pipeline.vendors.limits import limits

# the archive's file store answers 403 AccessDenied, not 404, for a key it does not have
_ABSENT = (b"<Code>NoSuchKey</Code>", b"<Code>AccessDenied</Code>")


class Edgar:
    """Raises ContractBroken without a contact, Transient while blocked or when EDGAR is down."""

    def __init__(self, settings: Settings, http: Http, ops: sa.Engine) -> None:
        self.settings, self.http, self.ops = settings, http, ops
        self.api: Api = http.vendor("sec_edgar", base_url=settings.edgar_www_url, limits=limits("sec_edgar"))

    async def feed(self, form: str, start: int = 0, count: int = 100) -> bytes:
        """One page of the latest filings (Atom). `form` is a prefix there: D also brings DEF 14A."""
        params: dict[str, str | int] = {
            "action": "getcurrent", "type": form, "company": "", "dateb": "", "owner": "include",
            "start": start, "count": count, "output": "atom",
        }  # fmt: skip
        return await self._must("/cgi-bin/browse-edgar", params)

    async def daily_index(self, day: date, kind: str = "form") -> bytes | None:
        """A day's index (form | master | company | crawler); None on days without one (weekends, holidays)."""
        quarter = (day.month - 1) // 3 + 1
        return await self._get(f"/Archives/edgar/daily-index/{day.year}/QTR{quarter}/{kind}.{day:%Y%m%d}.idx", conditional=True)

    async def submissions(self, cik: str | int) -> bytes | None:
        """A company's profile and recent filings (JSON, columnar); None for an unknown CIK."""
        return await self._get(f"{self.settings.edgar_data_url.rstrip('/')}/submissions/CIK{int(cik):010d}.json", conditional=True)

    async def document(self, url: str) -> bytes | None:
        """A document of the archive by URL or path; None when it is not there. Raises ContractBroken for another host."""
        parts = urlsplit(url)
        path = parts.path[parts.path.find("/Archives/") :] if "/Archives/" in parts.path else parts.path
        hosts = {urlsplit(u).hostname for u in (self.settings.edgar_www_url, self.settings.edgar_data_url)} | {"www.sec.gov", "sec.gov"}
        if parts.hostname and parts.hostname not in hosts:
            raise ContractBroken(f"sec_edgar: {self.http.redact.url(url)} is not on EDGAR")
        return await self._get(path)

    async def _must(self, url: str, params: dict[str, str | int]) -> bytes:
        found = await self._get(url, params)
        if found is None:
            raise ContractBroken(f"sec_edgar: {url} is gone")
        return found

    async def _get(self, url: str, params: dict[str, str | int] | None = None, *, conditional: bool = False) -> bytes | None:
        if "@" not in self.settings.contact:
            raise ContractBroken("sec_edgar: set SIGNALS_CONTACT to organisation and e-mail; EDGAR refuses requests without")
        headers = {"User-Agent": self.settings.contact, "Accept-Encoding": "gzip, deflate"}
        try:
            return (await self.api.request("GET", url, params=params, headers=headers, conditional=conditional)).content
        except HttpStatus as bad:
            if bad.status == 404 or (bad.status == 403 and any(mark in bad.response.content for mark in _ABSENT)):
                return None
            raise await translate("sec_edgar", self.api, bad) from None
