"""Which paths stand where: in a vendor's own specification, in the reference notes, or on a page of its documentation.

`Book.of(specs, reference)` → `book.source(vendor, method, path)` → the name of what vouches for it, or None.
Rows below exist only for what no specification covers; each quotes words that must stand in the notes it names.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

VERBS = ("get", "post", "patch", "put", "delete")
SALESFORCE = ("collections", "data", "tokens", "sobjects", "limits")
ACTIVATION, SOURCES = "vendors_activation.md", "vendors_sources.md"
API = "/services/data/vX"

# vendor, method, path → (notes, words that stand there)
REFERENCED: dict[tuple[str, str, str], tuple[str, str]] = {
    ("salesforce", "GET", f"{API}/query/{{}}"): (ACTIVATION, "Follow `nextRecordsUrl` until `done`"),
    ("salesforce", "PATCH", f"{API}/sobjects/{{}}/{{}}/{{}}"): (ACTIVATION, "`PATCH /sobjects/{Obj}/{ExtField}/{value}`"),
    ("outreach", "POST", "/oauth/token"): (ACTIVATION, "`POST /oauth/token` {client_id, client_secret, redirect_uri"),
    ("sixsense", "POST", "/v2/search/people"): (ACTIVATION, "`POST https://api.6sense.com/v2/search/people`, JSON"),
    ("sixsense", "POST", "/v2/enrichment/people"): (ACTIVATION, "`POST https://api.6sense.com/v2/enrichment/people`"),
    ("edgar", "GET", "/cgi-bin/browse-edgar"): (SOURCES, "https://www.sec.gov/cgi-bin/browse-edgar?action=getcurrent&type=8-K"),
    ("edgar", "GET", "/Archives/edgar/daily-index/{}/{}/{}.{}.idx"): (SOURCES, "/edgar/daily-index/{yyyy}/QTR{n}/master.{yyyymmdd}.idx"),
    ("edgar", "GET", "/Archives/edgar/data/{}/{}/{}"): (SOURCES, "/Archives/edgar/data/"),
    ("edgar", "GET", "/Archives/edgar/data/{}/{}"): (SOURCES, "/Archives/edgar/data/"),
    ("edgar", "GET", "/submissions/{}"): (SOURCES, "https://data.sec.gov/submissions/CIK##########.json"),
    ("slack", "POST", "/api/chat.postMessage"): (ACTIVATION, "(chat.postMessage, Bearer)"),
    ("slack", "POST", "/services/{}/{}/{}"): (ACTIVATION, "native hooks.slack.com URL"),
}  # fmt: skip
# neither specification nor notes: the vendor's own page, which no test here can open
DOCUMENTED = {
    ("slack", "GET", "/api/conversations.history"): "docs.slack.dev/reference/methods/conversations.history",
    ("slack", "POST", "/api/conversations.history"): "docs.slack.dev/reference/methods/conversations.history",
    ("slack", "GET", "/api/auth.test"): "docs.slack.dev/reference/methods/auth.test",
    ("slack", "POST", "/api/auth.test"): "docs.slack.dev/reference/methods/auth.test",
}


def load(path: Path) -> Any:
    text = path.read_text(encoding="utf-8")
    return json.loads(text) if path.suffix == ".json" else yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def plain(path: str) -> str:
    """A path template with `{}` for each part that varies, without host, query, trailing slash; version numbers are alike."""
    path = re.sub(r"v\{\{version\}\}|v\d+\.0", "vX", path)
    path = re.sub(r"\{\{_endpoint\}\}|\{\{url\}\}|\{\{site\}\}", "", path).split("?")[0]
    return re.sub(r"<[^>]*>|\{[^}]*\}", "{}", path).rstrip("/") or "/"


def fits(template: str, path: str) -> bool:
    """Whether a path (or another template) is one of the template's; a part that varies is one part of the path."""
    return re.fullmatch(re.escape(template).replace(r"\{\}", "[^/]+"), path) is not None


@dataclass
class Book:
    """Templates by vendor and method, each with the file that declares it; `used` notes which rows vouched for something."""

    templates: dict[tuple[str, str], list[tuple[str, str]]] = field(default_factory=dict)
    used: set[tuple[str, str, str]] = field(default_factory=set)

    @classmethod
    def of(cls, specs: Path) -> Book:
        book = cls()
        for name in SALESFORCE:
            document = load(specs / f"salesforce-{name}.yaml")
            for prefix in ("", "/services", API):  # captured paths begin at the version, those written by hand below it
                book.add("salesforce", document, prefix, f"salesforce-{name}.yaml")
        for request in load(specs / "salesforce-postman-requests.json")["requests"].values():
            book.put("salesforce", str(request["method"]), plain(str(request["url"])), "salesforce-postman-requests.json")
        book.add("outreach", load(specs / "outreach.json"), "/api/v2", "outreach.json")
        book.add("sixsense", load(specs / "6sense-scribe.json"), "", "6sense-scribe.json")
        return book

    def add(self, vendor: str, document: dict[str, Any], prefix: str, name: str) -> None:
        for path, operations in document["paths"].items():
            for verb in VERBS:
                if verb in operations:
                    self.put(vendor, verb.upper(), plain(prefix + path), name)

    def put(self, vendor: str, method: str, template: str, name: str) -> None:
        self.templates.setdefault((vendor, method), []).append((template, name))

    def source(self, vendor: str, method: str, path: str) -> str | None:
        """What vouches for a request: a specification's file name, `reference`, `documentation`; None when nothing does."""
        path = plain(path)
        for template, name in self.templates.get((vendor, method), []):
            if fits(template, path):
                return name
        for rows, kind in ((REFERENCED, "reference"), (DOCUMENTED, "documentation")):
            for row in rows:
                if row[:2] == (vendor, method) and fits(row[2], path):
                    self.used.add(row)
                    return kind
        return None
