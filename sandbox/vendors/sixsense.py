"""6sense in the box: segments, lead scoring, people search and enrichment. Two hosts, one token per API group, no rate headers.

request → token of the group, limit → today's view of the market → JSON; no match is 404, an empty credit balance 402.
Does not belong here: what 6sense believes (`market/intent.py`), who works where (`market/people.py`).
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.box import Box
from sandbox.dice import dice
from sandbox.market import intent
from sandbox.market.people import Person, headcount, person, person_of_id
from sandbox.schema import STAGES
from sandbox.vendors import sixsense_shapes as shapes

CREDITS = 20_000
PRODUCTS = ("Proof", "Proof Identity")
LISTED = ("domain", "industryNAICS", "email", "linkedinUrl", "country", "jobTitle", "function", "division", "level", "city", "state")

Handler = Callable[[Request], Awaitable[Response]]


def fail(status: int, message: str) -> JSONResponse:
    return JSONResponse({"status": "error", "message": message}, status_code=status)


class SixSense:
    def __init__(self, box: Box) -> None:
        self.box = box

    def guarded(self, group: str, limit: int, seconds: float, handler: Handler) -> Handler:
        async def run(request: Request) -> Response:
            box = self.box
            given = request.headers.get("authorization", "")
            expired = box.faults.hit("sixsense", "token_expiry")
            if expired or given != f"Token {box.secret(f'sixsense/{group}')}":
                return fail(401, "Invalid API token for this API")
            if box.limits.take("sixsense", f"{group}/{limit}", limit, seconds, box.now()):
                return fail(429, "Too many requests")
            return await handler(request)

        return run

    # ---- scribe -----------------------------------------------------------------------------------------------------
    async def segments(self, request: Request) -> Response:
        ids = list(intent.SEGMENTS)
        return JSONResponse(
            {"ids": ids, "names": list(intent.SEGMENTS.values()), "list": [{"id": i, "name": n} for i, n in intent.SEGMENTS.items()]}
        )

    async def segment(self, request: Request) -> Response:
        number = request.path_params["segment"]
        if not number.isdigit() or int(number) not in intent.SEGMENTS:
            return fail(404, "Segment not found")
        world = self.box.world
        found = [world.company(i) for i in intent.members(world.j, int(number), world.company)]
        accounts = [
            {"name": world.variant(c, "6sense") if c.i % 5 == 0 else c.name, "domain": c.domain, "country": c.country} for c in found
        ]
        if self.box.faults.hit("sixsense", "duplicate_pages"):
            accounts += accounts[: len(accounts) // 3 + 1]
        return JSONResponse({"count": len(accounts), "created_at": self.box.stamp(), "accounts": accounts})

    async def score(self, request: Request) -> Response:
        """Form-encoded email, country, website, company...: company with scores; 404 when nothing matches."""
        if "application/x-www-form-urlencoded" not in request.headers.get("content-type", ""):
            return fail(400, "Content-Type must be application/x-www-form-urlencoded")
        form = await request.form()
        email = str(form.get("email") or "").strip().lower()
        if "@" not in email:
            return fail(400, "email is required")
        i = self._match(email, str(form.get("website") or ""))
        if i is None:
            return fail(404, "No match found")
        c, j = self.box.world.company(i), self.box.world.j
        profile, fit = intent.profile_of(c)
        grade = dice("grade", email).choice("ABCD")
        scores = []
        for n, product in enumerate(PRODUCTS):
            stage = max(0, int(j.seen_stage[i]) - n * dice("second", i).randrange(0, 3))
            scores.append(
                {
                    "product": product,
                    "company_intent_score": max(1, int(j.intent[i]) - 15 * n),
                    "company_buying_stage": STAGES[stage],
                    "company_profile_score": profile,
                    "company_profile_fit": fit,
                    "contact_intent_score": int(j.intent[i] * 0.7),
                    "contact_grade": grade,
                    "contact_profile_score": dice("contact", email).randrange(5, 95),
                    "contact_profile_fit": fit,
                }
            )
        if dice("order", i).random() < 0.4:
            scores.reverse()
        segments = intent.segments_of(j, c)
        return JSONResponse(
            {
                "company": shapes.company(c),
                "scores": scores,
                "segments": {
                    "ids": segments,
                    "names": [intent.SEGMENTS[s] for s in segments],
                    "list": [{"id": s, "name": intent.SEGMENTS[s]} for s in segments],
                },
            }
        )

    def _match(self, email: str, website: str) -> int | None:
        """The company by the address's domain, else by the website; None when 6sense does not know it."""
        world = self.box.world
        host = website.removeprefix("https://").removeprefix("http://").removeprefix("www.").split("/")[0].lower()
        for domain in (email.rpartition("@")[2], host):
            i = world.find_domain(domain) if domain else None
            if i is not None and world.j.in_sixsense[i]:
                return i
        return None

    # ---- people -----------------------------------------------------------------------------------------------------
    async def search(self, request: Request) -> Response:
        """Ids and flags only. Filters are lists of at most ten values; `pageNo` starts at 1."""
        body = await _json(request)
        if not isinstance(body, dict):
            return fail(400, "body must be a JSON object")
        for name in LISTED:
            if name in body and (not isinstance(body[name], list) or len(body[name]) > 10):
                return fail(422, f"{name} must be a list of at most 10 values")
        if not any(body.get(name) for name in LISTED):
            return fail(422, "at least one filter is required")
        page, size = body.get("pageNo", 1), body.get("pageSize", 50)
        if not isinstance(page, int) or not isinstance(size, int) or page < 1 or not 1 <= size <= 1000:
            return fail(422, "pageNo starts at 1; pageSize is between 1 and 1000")
        found = [p for p in self._people(body) if self._fits(p, body)]
        shown = found[(page - 1) * size : page * size]
        return JSONResponse(
            {
                "people": [shapes.summary(p, self.box.world.company(p.company)) for p in shown],
                "totalResults": len(found),
                "pageNo": page,
                "pageSize": size,
            }
        )

    def _people(self, body: dict[str, Any]) -> list[Person]:
        world = self.box.world
        domains = {str(d).lower() for d in body.get("domain") or []} | {str(e).lower().rpartition("@")[2] for e in body.get("email") or []}
        known = sorted(i for d in domains if (i := world.find_domain(d)) is not None and world.j.in_sixsense[i])
        return [person(world.seed, i, k) for i in known for k in range(headcount(world.company(i)))]

    def _fits(self, p: Person, body: dict[str, Any]) -> bool:
        c = self.box.world.company(p.company)
        facts = {
            "level": p.level,
            "function": p.function,
            "jobTitle": p.title,
            "country": p.country,
            "email": p.email,
            "city": c.city,
            "state": c.state,
            "linkedinUrl": p.linkedin,
        }
        for name, value in facts.items():
            wanted = [str(v).lower() for v in body.get(name) or []]
            if wanted and not any(v in value.lower() if name == "jobTitle" else v == value.lower() for v in wanted):
                return False
        return (not body.get("hasEmail") or shapes.has_email(p)) and (not body.get("hasPhone") or bool(p.phone))

    async def enrich(self, request: Request) -> Response:
        """A bare array of at most 25; matches cost a credit each and come back in any order with their referenceKeys."""
        body = await _json(request)
        if not isinstance(body, list) or not 0 < len(body) <= 25:
            return fail(422, "body must be an array of 1 to 25 records")
        if any(not isinstance(item, dict) or not (item.get("peopleId") or item.get("email") or item.get("linkedInUrl")) for item in body):
            return fail(422, "each record needs one of peopleId, email, linkedInUrl")
        spent = int(self.box.store.get("sixsense/credits") or 0)
        if spent >= CREDITS or self.box.faults.hit("sixsense", "402"):
            return fail(402, "Credit quota exhausted")
        found = [(item, p) for item in body if (p := self._find(item)) and dice("enrich", p.people_id).random() < 0.93]
        found = found[: CREDITS - spent]
        self.box.store.put("sixsense/credits", spent + len(found))
        contacts = [shapes.contact(item, p, self.box.world.company(p.company)) for item, p in found]
        dice("shuffle", spent).shuffle(contacts)
        return JSONResponse({"contacts": contacts})

    def _find(self, item: dict[str, Any]) -> Person | None:
        world = self.box.world
        if item.get("peopleId"):
            return person_of_id(world.seed, str(item["peopleId"]), world.n)
        email, link = str(item.get("email") or "").lower(), str(item.get("linkedInUrl") or "")
        if not email:
            tail = link.rpartition("-")[2]
            matches = [
                person_of_id(world.seed, f"P{int(tail[:cut]):07d}{int(tail[cut:]):03d}", world.n)
                for cut in range(1, len(tail))
                if tail.isdigit()
            ]
            return next((p for p in matches if p and p.linkedin == link), None)
        return next((p for p in self._people({"email": [email]}) if p.email == email), None)


async def _json(request: Request) -> Any:
    try:
        return await request.json()
    except json.JSONDecodeError:
        return None


def scribe_routes(box: Box) -> list[Route]:
    s = SixSense(box)
    read = s.guarded("segments", 100, 60.0, s.segment)
    listed = s.guarded("segments", 100, 60.0, s.segments)
    return [
        Route("/v1/company/segments", listed, methods=["GET"]),
        Route("/company/v1/segments", listed, methods=["GET"]),
        Route("/v1/company/segment/{segment}", read, methods=["GET"]),
        Route("/company/v1/segment/{segment}", read, methods=["GET"]),
        Route("/v2/people/score", s.guarded("scoring", 100, 60.0, s.score), methods=["POST"]),
    ]


def api_routes(box: Box) -> list[Route]:
    s = SixSense(box)
    return [
        Route("/v2/search/people", s.guarded("people", 100, 60.0, s.search), methods=["POST"]),
        Route("/v2/enrichment/people", s.guarded("people", 20, 1.0, s.enrich), methods=["POST"]),
    ]
