"""EDGAR in the box: the latest-filings feed, daily indexes, archive documents, submissions JSON, and the guard at the door.

User-Agent with a contact, at most ten requests a second, else a 403 page and a block of ten minutes that grows while one knocks.
Does not belong here: documents (`edgar_documents.py`), what is filed (`market/filings.py`). Two hosts: www and data.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.sax.saxutils import escape

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.box import Box
from sandbox.clock import ZONE, stamp
from sandbox.market.companies import company
from sandbox.store import Row
from sandbox.vendors.edgar_documents import ITEM_NAMES, eastern, index_page, render, submission

PER_SECOND = 10
BLOCK = timedelta(minutes=10)
FEED_DAYS = 4
DENIED = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message>'
    "<RequestId>SANDBOX0000000000</RequestId><HostId>sandbox</HostId></Error>"
)
BLOCKED = (
    "<!DOCTYPE html><html><head><title>SEC.gov | Request Rate Threshold Exceeded</title></head><body><h1>Your Request Originates from "
    "an Undeclared "
    "Automated Tool</h1><p>To allow for equitable access to all users, the request rate is limited; declare your traffic by a user "
    "agent with company and "
    "contact.</p></body></html>"
)
_CONTACT = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")

Handler = Callable[[Request], Awaitable[Response]]


class Edgar:
    def __init__(self, box: Box) -> None:
        self.box = box
        self.blocked_until: datetime | None = None

    def guarded(self, handler: Handler) -> Handler:
        async def run(request: Request) -> Response:
            box, now = self.box, self.box.now()
            if not _CONTACT.search(request.headers.get("user-agent", "")):
                return Response(BLOCKED, 403, media_type="text/html")
            if self.blocked_until and now < self.blocked_until:
                self.blocked_until = max(self.blocked_until, now + BLOCK)
                box.limits.of("edgar").refused += 1
                return Response(BLOCKED, 403, media_type="text/html")
            if box.limits.take("edgar", "address", PER_SECOND, 1.0, now):
                self.blocked_until = now + BLOCK
                return Response(BLOCKED, 403, media_type="text/html")
            return await handler(request)

        return run

    def known(self, where: str, args: tuple[Any, ...], tail: str = "") -> list[Row]:
        """Filings that are out by now."""
        return self.box.store.rows(f"SELECT * FROM filing WHERE accepted_at <= ? AND {where} {tail}", (self.box.stamp(), *args))

    # ---- www: feed --------------------------------------------------------------------------------------------------
    async def feed(self, request: Request) -> Response:
        """`type` is a prefix: D brings DEF 14A and DFAN14A too. One entry per filer role, newest first."""
        q = request.query_params
        if q.get("action") != "getcurrent":
            return Response("<html><body>No matching action.</body></html>", 400, media_type="text/html")
        start, count = (int(q.get(n) or d) if (q.get(n) or d).isdigit() else int(d) for n, d in (("start", "0"), ("count", "40")))
        if start and self.box.faults.hit("edgar", "paging_loop"):
            start = 0
        if start and self.box.faults.hit("edgar", "duplicate_pages"):
            start = max(0, start - min(count, 100))
        since = stamp(self.box.now() - timedelta(days=FEED_DAYS))
        prefix = q.get("type", "").replace("%", "").upper()
        rows = self.known("accepted_at > ? AND form LIKE ?", (since, f"{prefix}%"), "ORDER BY accepted_at DESC, id DESC")
        entries = [self.entry(row, role) for row in rows for role in json.loads(row["roles"])][start : start + min(count, 100)]
        at = self.box.now().astimezone(ZONE)
        head = (
            f'<?xml version="1.0" encoding="ISO-8859-1" ?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n<title>Latest Filings - '
            f"{at:%a, %d %b %Y %H:%M:%S %Z}</title>\n"
            '<link rel="alternate" href="/cgi-bin/browse-edgar?action=getcurrent"/>\n<link rel="self" '
            'href="/cgi-bin/browse-edgar?action=getcurrent"/>\n'
            "<id>https://www.sec.gov/cgi-bin/browse-edgar?action=getcurrent</id>\n<author><name>Webmaster</name>"
            "<email>webmaster@sec.gov</email></author>\n"
            f"<updated>{at.isoformat(timespec='seconds')}</updated>\n"
        )
        return Response(
            (head + "".join(entries) + "</feed>\n").encode("iso-8859-1", "xmlcharrefreplace"), media_type="application/atom+xml"
        )

    def entry(self, row: Row, role: dict[str, str]) -> str:
        at = eastern(row["accepted_at"])
        folder = f"{int(role['cik'])}/{row['accession'].replace('-', '')}"
        link = f"{self.box.base_url}/edgar-www/Archives/edgar/data/{folder}/{row['accession']}-index.htm"
        items = "".join(
            f"&lt;br&gt;Item {i}: {escape(escape(ITEM_NAMES[i]))}\n" for i in row["items"].split(",") if row["form"].startswith("8-K") and i
        )
        drift = self.box.faults.hit("edgar", "schema_drift")
        updated = "" if drift else f"<updated>{at.isoformat(timespec='seconds')}</updated>\n"
        return (
            f"<entry>\n<title>{escape(row['form'])} - {escape(role['name'])} ({role['cik']}) ({role['role']})</title>\n"
            f'<link rel="alternate" type="text/html" href="{link}"/>\n<summary type="html">\n &lt;b&gt;Filed:&lt;/b&gt; '
            f"{row['filed_on']} &lt;b&gt;AccNo:&lt;/b&gt; {row['accession']} "
            f"&lt;b&gt;Size:&lt;/b&gt; {6 + row['id'] % 300} KB\n{items}</summary>\n{updated}"
            f'<category scheme="https://www.sec.gov/" label="form type" '
            f'term="{escape(row["form"])}"/>\n<id>urn:tag:sec.gov,2008:accession-number={row["accession"]}</id>\n</entry>\n'
        )

    # ---- www: indexes and documents -----------------------------------------------------------------------------------
    async def index(self, request: Request) -> Response:
        kind, day_text = request.path_params["kind"], request.path_params["day"]
        try:
            day = datetime.strptime(day_text, "%Y%m%d").date()  # noqa: DTZ007 - a calendar day
        except ValueError:
            return Response(DENIED, 403, media_type="application/xml")
        quarter = (day.month - 1) // 3 + 1
        ready = datetime.combine(day, time(22, 0), ZONE)
        rows = self.known("filed_on = ?", (day.isoformat(),))
        if (
            request.path_params["year"] != str(day.year)
            or request.path_params["quarter"] != f"QTR{quarter}"
            or self.box.now() < ready
            or not rows
        ):
            return Response(DENIED, 403, media_type="application/xml")
        listed = [(row, role) for row in rows for role in json.loads(row["roles"])]
        made = (self.form_lines if kind == "form" else self.master_lines)(day, listed)
        return Response(made.encode("iso-8859-1", "replace"), media_type="text/plain")

    def form_lines(self, day: date, listed: list[tuple[Row, dict[str, str]]]) -> str:
        rule = "-" * 141
        head = (
            f"Description:           Daily Index of EDGAR Dissemination Feed by Form Type\nLast Data Received:    "
            f"{day:%b %d, %Y}\nComments:              webmaster@sec.gov\n"
            f"Anonymous FTP:         ftp://ftp.sec.gov/edgar/\n \n \n \n "
            f"\n{'Form Type':<12}{'Company Name':<62}{'CIK':<12}{'Date Filed':<12}File Name\n{rule}\n"
        )
        lines = sorted((row["form"], role["name"], int(role["cik"]), row["accession"]) for row, role in listed)
        return head + "".join(
            f"{form:<12}{name[:61]:<62}{cik:<12}{day:%Y%m%d}    {f'edgar/data/{cik}/{acc}.txt':<52}\n" for form, name, cik, acc in lines
        )

    def master_lines(self, day: date, listed: list[tuple[Row, dict[str, str]]]) -> str:
        head = (
            f"Description:           Daily Index of EDGAR Dissemination Feed by CIK\nLast Data Received:    {day:%b %d, %Y}\nComments:  "
            f"            webmaster@sec.gov\n"
            f"Anonymous FTP:         ftp://ftp.sec.gov/edgar/\n \n \n \n \nCIK|Company Name|Form Type|Date Filed|File Name\n{'-' * 80}\n"
        )
        lines = sorted((int(role["cik"]), role["name"], row["form"], row["accession"]) for row, role in listed)
        return head + "".join(f"{cik}|{name}|{form}|{day:%Y%m%d}|edgar/data/{cik}/{acc}.txt\n" for cik, name, form, acc in lines)

    async def document(self, request: Request) -> Response:
        """/Archives/edgar/data/{cik}/{accession without dashes}/{name}, and /{cik}/{accession}.txt."""
        place, name = request.path_params.get("folder", ""), request.path_params["name"]
        digits = place or name.removesuffix(".txt").replace("-", "")
        accession = f"{digits[:10]}-{digits[10:12]}-{digits[12:]}"
        rows = self.known("accession = ?", (accession,))
        if not rows or request.path_params["cik"] not in {str(int(r["cik"])) for r in json.loads(rows[0]["roles"])}:
            return _missing(name)
        row = rows[0]
        if name == f"{accession}-index.htm":
            return Response(index_page(row, self.box.base_url), media_type="text/html")
        if not row["has_document"]:
            return _missing(name)
        if name == f"{accession}.txt":
            return Response(submission(row), media_type="text/plain")
        if name == row["document"] or (row["document"] == "primary_doc.xml" and name == "primary_doc.xml"):
            return Response(render(row), media_type="application/xml" if name.endswith(".xml") else "text/html")
        return _missing(name)

    # ---- data: submissions --------------------------------------------------------------------------------------------
    async def submissions(self, request: Request) -> Response:
        """Columnar; acceptance times carry a Z and are Eastern all the same, as the real ones are."""
        cik = request.path_params["name"].removeprefix("CIK").removesuffix(".json")
        rows = self.known("cik = ?", (cik,), "ORDER BY accepted_at DESC, id DESC LIMIT 1000") if len(cik) == 10 and cik.isdigit() else []
        if not rows:
            return _missing(f"submissions/{request.path_params['name']}")
        first, c = rows[0], company(self.box.world.seed, rows[0]["w_company"]) if rows[0]["w_company"] is not None else None
        place = {
            "street1": f"{100 + c.i % 900} EXAMPLE STREET" if c else None,
            "street2": None,
            "city": c.city.upper() if c else None,
            "stateOrCountry": c.state if c else None,
            "zipCode": c.postal if c else None,
            "stateOrCountryDescription": c.state if c else None,
        }
        recent = {
            "accessionNumber": [r["accession"] for r in rows],
            "filingDate": [r["filed_on"] for r in rows],
            "reportDate": [r["reported_on"] for r in rows],
            "acceptanceDateTime": [f"{eastern(r['accepted_at']):%Y-%m-%dT%H:%M:%S}.000Z" for r in rows],
            "act": ["34" if r["form"][0] != "D" else "33" for r in rows],
            "form": [r["form"] for r in rows],
            "fileNumber": [f"001-{int(cik) % 90000 + 10000}" for _ in rows],
            "filmNumber": [f"26{r['id']:07d}" for r in rows],
            "items": [r["items"] if r["form"].startswith(("8-K", "D")) else "" for r in rows],
            "core_type": [r["form"] for r in rows],
            "size": [6000 + r["id"] % 90000 for r in rows],
            "isXBRL": [0] * len(rows),
            "isInlineXBRL": [int(r["form"].startswith("8-K")) for r in rows],
            "primaryDocument": [f"xslFormDX01/{r['document']}" if r["form"] in {"D", "D/A"} else r["document"] for r in rows],
            "primaryDocDescription": [r["form"] for r in rows],
        }
        return Response(
            json.dumps(
                {
                    "cik": cik,
                    "entityType": "operating" if c else "other",
                    "sic": c.sic if c else "",
                    "sicDescription": "Services",
                    "ownerOrg": None,
                    "insiderTransactionForOwnerExists": 0,
                    "insiderTransactionForIssuerExists": int(bool(c and c.is_public)),
                    "name": first["company_name"],
                    "tickers": [c.name[:4].upper().strip()] if c and c.is_public else [],
                    "exchanges": ["NYSE"] if c and c.is_public else [],
                    "ein": None,
                    "lei": None,
                    "description": "",
                    "website": f"https://{c.domain}" if c and c.i % 4 == 0 else "",
                    "investorWebsite": "",
                    "category": "",
                    "fiscalYearEnd": "1231",
                    "stateOfIncorporation": "DE",
                    "stateOfIncorporationDescription": "DE",
                    "addresses": {"mailing": place, "business": place},
                    "phone": "202-555-0100",
                    "flags": "",
                    "formerNames": [],
                    "filings": {"recent": recent, "files": []},
                }
            ),
            media_type="application/json",
        )


def _missing(name: str) -> Response:
    return Response(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code><Message>The specified key does not '
        f"exist.</Message><Key>{escape(name)}</Key>"
        "<RequestId>SANDBOX0000000000</RequestId><HostId>sandbox</HostId></Error>",
        404,
        media_type="application/xml",
    )


def www_routes(box: Box, edgar: Edgar) -> list[Route]:
    archive = "/Archives/edgar/data/{cik}"
    return [
        Route("/cgi-bin/browse-edgar", edgar.guarded(edgar.feed), methods=["GET"]),
        Route("/Archives/edgar/daily-index/{year}/{quarter}/{kind:str}.{day:str}.idx", edgar.guarded(edgar.index), methods=["GET"]),
        Route(archive + "/{folder}/{name}", edgar.guarded(edgar.document), methods=["GET"]),
        Route(archive + "/{name}", edgar.guarded(edgar.document), methods=["GET"]),
    ]


def data_routes(box: Box, edgar: Edgar) -> list[Route]:
    return [Route("/submissions/{name}", edgar.guarded(edgar.submissions), methods=["GET"])]
