"""No path without a contract: what the clients' code can ask for, was asked for; what was asked for, somebody vouches for."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest
from paths_kit import DOCUMENTED, REFERENCED, Book, plain
from sent_kit import HOSTS, Sent, methods
from starlette.routing import Route

from sandbox.box import Box
from sandbox.vendors import edgar, outreach, salesforce, sixsense, slack
from sandbox.vendors.outreach_resources import RESOURCES
from signals_pipeline.settings import REPOSITORY

CLIENTS = REPOSITORY / "signals_pipeline" / "vendors"
VENDORS = sorted(set(HOSTS.values()))


def test_every_public_method_of_every_client_was_tried(sent: Sent) -> None:
    known = methods()
    assert set(known) >= {"edgar", "outreach", "salesforce", "sixsense", "slack", "tokens"}
    assert {f"{kind.__name__}.{name}" for kinds in known.values() for kind, name in kinds} - sent.called == set()


def written_paths() -> dict[str, str]:
    """Path template in the clients' code, `{}` for what varies → file and line. A docstring is no path."""
    found: dict[str, str] = {}
    for file in sorted(CLIENTS.glob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        said = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
        parts = {id(v) for n in ast.walk(tree) if isinstance(n, ast.JoinedStr) for v in n.values}
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                text = "".join(str(v.value) if isinstance(v, ast.Constant) else "{}" for v in node.values)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said | parts:
                text = node.value
            else:
                continue
            is_path = re.fullmatch(r"(\{\})?/[A-Za-z][A-Za-z0-9_.{}/-]+", text) and text not in ("/Archives/", "{}/")
            if is_path or (file.name == "slack.py" and re.fullmatch(r"[a-z]+\.[a-z]+[A-Za-z]*", text)):
                found[text] = f"{file.name}:{node.lineno}"
    return found


def test_every_path_in_the_clients_code_was_asked_for(sent: Sent) -> None:
    written = written_paths()
    assert len(written) >= 20, written
    asked = {r.url.path for r in sent.requests}
    never = {t: at for t, at in written.items() if not any(re.search(re.escape(t).replace(r"\{\}", ".*"), path) for path in asked)}
    assert never == {}, "code that asks for a path which no test here has seen"


def test_every_request_has_a_contract(sent: Sent, book: Book) -> None:
    asked = Counter((HOSTS[r.url.host], r.method, r.url.path) for r in sent.requests)
    assert {vendor for vendor, _, _ in asked} == set(VENDORS)
    assert [ask for ask in asked if book.source(*ask) is None] == []


def routes(vendor: str) -> list[tuple[str, str]]:
    """(method, path template) of everything that the sandbox serves for a vendor, as its server would route it."""
    box = _Nothing()
    made: dict[str, list[Route]] = {
        "salesforce": salesforce.routes(box), "outreach": outreach.routes(box),
        "sixsense": [*sixsense.scribe_routes(box), *sixsense.api_routes(box)],
        "edgar": [*edgar.www_routes(box, _ears()), *edgar.data_routes(box, _ears())], "slack": slack.routes(box),
    }  # fmt: skip
    found = []
    for route in made[vendor]:
        plurals = RESOURCES if "{plural}" in route.path else [""]
        for plural in plurals:
            for method in sorted((route.methods or set()) - {"HEAD"}):
                found.append((method, route.path.replace("{plural}", plural)))
    return found


class _Nothing(Box):
    """A box that nobody asks: routes are read, not called."""

    def __init__(self) -> None:
        self.base_url = ""
        self.store = self  # type: ignore[assignment]

    def get(self, _: str) -> str:
        return "kept"


def _ears() -> edgar.Edgar:
    return edgar.Edgar.__new__(edgar.Edgar)


@pytest.mark.parametrize("vendor", VENDORS)
def test_everything_that_the_sandbox_serves_has_a_contract(book: Book, vendor: str) -> None:
    served = routes(vendor)
    assert len(served) >= 3
    versions = {"{version}": "v68.0", "{verb}": "finish", "{value:path}": "{value}", "{id:int}": "{id}", "{rest:path}": "T0/B0/xyz"}
    versions |= {"{kind:str}": "{kind}", "{day:str}": "{day}"}
    without = []
    for method, path in served:
        for given, meant in versions.items():
            path = path.replace(given, meant)
        if book.source(vendor, method, path.replace("{}", "x")) is None:
            without.append((method, path))
    assert without == []


def test_every_verb_of_a_sequence_state_that_is_served_exists(book: Book) -> None:
    for verb in ("finish", "pause", "resume"):
        assert book.source("outreach", "POST", f"/api/v2/sequenceStates/5/actions/{verb}") == "outreach.json"


def test_every_row_that_vouches_without_a_specification_quotes_the_notes_and_is_needed(sent: Sent, book: Book, reference: Path) -> None:
    for row, (notes, words) in REFERENCED.items():
        assert words in (reference / notes).read_text(encoding="utf-8"), row
    for r in sent.requests:
        book.source(HOSTS[r.url.host], r.method, r.url.path)
    for vendor in VENDORS:
        for method, path in routes(vendor):
            book.source(vendor, method, plain(path).replace("{}", "x"))
    assert {*REFERENCED, *DOCUMENTED} - book.used == set()


def test_the_page_tells_how_far_each_vendors_contract_reaches(sent: Sent, book: Book) -> None:
    """docs/http.md holds one line a vendor: requests of ours, distinct by path, and who vouches for them."""
    page = (REPOSITORY / "docs" / "http.md").read_text(encoding="utf-8")
    for vendor in VENDORS:
        seen: dict[str, set[tuple[str, str]]] = {}
        for r in sent.of(vendor):
            source = book.source(vendor, r.method, r.url.path)
            kind = source if source in ("reference", "documentation") else "specification"
            seen.setdefault(kind, set()).add((r.method, template(book, vendor, r.method, r.url.path)))
        told = [len(seen.get(kind, ())) for kind in ("specification", "reference", "documentation")]
        line = f"| {vendor} | {' | '.join(map(str, told))} |"
        assert line in page, f"expected {line}"


def template(book: Book, vendor: str, method: str, path: str) -> str:
    """The template that a request fits, so that ids do not make many of one."""
    from paths_kit import fits

    rows = [t for t, _ in book.templates.get((vendor, method), [])] + [
        p for v, m, p in {*REFERENCED, *DOCUMENTED} if (v, m) == (vendor, method)
    ]
    return next(t for t in rows if fits(t, plain(path)))


def test_the_specifications_are_those_that_we_know(specs: Path) -> None:
    assert {p.name for p in specs.iterdir()} >= {"outreach.json", "6sense-scribe.json", "salesforce-collections.yaml", "gong.json"}
