"""Outreach in the box: JSON:API reads, prospects, sequence states under rulesets.

request → `outreach_door.py` → handler → JSON:API. There are no idempotency keys, as with the vendor.
Does not belong here: tokens and limits (`outreach_door.py`), shapes and filters (`jsonapi.py`),
what sequences lead to (`market/engage.py`).
"""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.box import Box
from sandbox.clock import stamp
from sandbox.market import engage, prospects, schedule
from sandbox.store import Row
from sandbox.vendors import jsonapi
from sandbox.vendors.jsonapi import BadFilter, present
from sandbox.vendors.outreach_door import CLIENT_ID, MEDIA, Door, fail, reply
from sandbox.vendors.outreach_resources import CUSTOM, RESOURCES, WRITABLE, Resource

__all__ = ["CLIENT_ID", "MEDIA", "Outreach", "fail", "routes"]

LIVE_STATES = ("active", "pending", "paused")


class Outreach(Door):
    # ---- reads ------------------------------------------------------------------------------------------------------
    async def index(self, request: Request) -> Response:
        plural = request.path_params["plural"]
        resource = RESOURCES.get(plural)
        if resource is None:
            return _missing()
        params = list(request.query_params.multi_items())
        given = dict(params)
        condition, args = jsonapi.where(self.box.store, resource, params)
        column, descending = jsonapi.ordering(resource, given.get("sort", "id"))
        size = given.get("page[size]", "50")
        if not size.isdigit() or not 0 < int(size) <= 1000:
            raise BadFilter("page[size] is between 1 and 1000")
        after = jsonapi.untoken(given["page[after]"]) if given.get("page[after]") else None
        keyed, more, order = jsonapi.page_sql(column, descending, after)
        wheres = [c for c in (condition, keyed) if c]
        table = schedule.table(self.box.world) if plural == "mailings" and given.get("filter[state]") == "scheduled" else resource.table
        sql = f"SELECT * FROM {table}{' WHERE ' + ' AND '.join(wheres) if wheres else ''} ORDER BY {order} LIMIT {int(size) + 1}"
        rows = self.box.store.rows(sql, [*args, *more])
        page, has_more = rows[: int(size)], len(rows) > int(size)
        last = page[-1] if page else {}
        if after and self.box.faults.hit("outreach", "duplicate_pages"):
            page = self.box.store.rows(
                f"SELECT * FROM {table}{' WHERE ' + condition if condition else ''} ORDER BY {order} LIMIT {size}", args
            )
        only = given.get(f"fields[{resource.type}]")
        body: Row = {
            "data": [present(resource, row, self.base, only.split(",") if only else None) for row in page],
            "meta": {"count": None},
        }
        if given.get("count") == "true":
            body["meta"] = {
                "count": self.box.store.value(f"SELECT count(*) FROM {table}{' WHERE ' + condition if condition else ''}", args),
                "count_truncated": False,
            }
        if has_more:
            cursor = jsonapi.token("" if last[column] is None else last[column], last["id"])
            if after and self.box.faults.hit("outreach", "paging_loop"):
                cursor = given["page[after]"]
            query = request.url.remove_query_params("page[after]").include_query_params(**{"page[after]": cursor}).query
            body["links"] = {"next": f"{self.base}/api/v2/{plural}?{query}"}
        return reply(body)

    async def show(self, request: Request) -> Response:
        resource, row = self._row(request)
        return reply({"data": present(resource, row, self.base)}) if resource and row else _missing()

    def _row(self, request: Request) -> tuple[Resource | None, Row | None]:
        resource = RESOURCES.get(request.path_params["plural"])
        id_ = request.path_params["id"]
        return resource, self.box.store.one(
            f"SELECT * FROM {resource.table} WHERE id = ?", (int(id_),)
        ) if resource and id_.isdigit() else None

    # ---- prospects --------------------------------------------------------------------------------------------------
    async def create_prospect(self, request: Request) -> Response:
        data = (await request.json())["data"]
        if wrong := self._check(data, "prospect"):
            return wrong
        attributes = data.get("attributes", {})
        emails = [e.strip() for e in attributes.get("emails", [])]
        if taken := self._taken(emails, 0):
            return taken
        now, number = self.box.now(), self.box.store.next("o_prospect")
        made = stamp(now)
        with self.box.store.batch():
            self.box.store.insert(
                "o_prospect",
                {
                    "id": number,
                    "emails": json.dumps(emails),
                    "tags": "[]",
                    "custom": "{}",
                    "optedOut": 0,
                    "emailOptedOut": 0,
                    "callOptedOut": 0,
                    "emailsOptStatus": "null",
                    "engagedScore": 0.0,
                    "openCount": 0,
                    "replyCount": 0,
                    "clickCount": 0,
                    "owner": _related(data, "owner"),
                    "account": _related(data, "account"),
                    "stage": _related(data, "stage"),
                    "createdAt": made,
                    "updatedAt": made,
                    "w_company": self.box.world.whose(emails[0])[0] if emails else None,
                },
            )
            for email in emails:
                prospects.new_address(self.box.world, number, email, now)
            self._write(number, attributes, made)
        return self._prospect(number, 201)

    async def patch_prospect(self, request: Request) -> Response:
        data, id_ = (await request.json())["data"], int(request.path_params["id"])
        if self.box.store.one("SELECT id FROM o_prospect WHERE id = ?", (id_,)) is None:
            return _missing()
        if str(data.get("id", id_)) != str(id_):
            return fail(409, "conflict", "Conflict", "the id of the body is not that of the path")
        if wrong := self._check(data, "prospect"):
            return wrong
        attributes = data.get("attributes", {})
        if "emails" in attributes and (taken := self._taken(attributes["emails"], id_)):
            return taken
        now = self.box.now()
        with self.box.store.batch():
            if "emails" in attributes:
                held = {r["email"].lower() for r in self.box.store.rows("SELECT email FROM o_email WHERE prospect = ?", (id_,))}
                for email in attributes["emails"]:
                    if email.lower() not in held:
                        prospects.new_address(self.box.world, id_, email, now)
            self._write(id_, attributes, stamp(now))
            if owner := _related(data, "owner"):
                self.box.store.update("o_prospect", "id", id_, {"owner": owner})
        return self._prospect(id_, 200)

    def _check(self, data: Row, kind: str) -> Response | None:
        if data.get("type") != kind:
            return fail(422, "validationError", "Validation Error", f"data.type must be {kind}.", "/data/type")
        for name, value in data.get("attributes", {}).items():
            if name not in WRITABLE and name not in CUSTOM:
                return fail(
                    422, "validationError", "Validation Error", f"Attribute '{name}' is unknown or read-only.", f"/data/attributes/{name}"
                )
            listed = name in {"emails", "tags"}
            if value is not None and not (
                isinstance(value, list) if listed else isinstance(value, bool) if name == "optedOut" else isinstance(value, str)
            ):
                return fail(
                    422, "validationError", "Validation Error", f"Attribute '{name}' has the wrong type.", f"/data/attributes/{name}"
                )
        return None

    def _taken(self, emails: list[str], self_id: int) -> Response | None:
        for email in emails:
            other = self.box.store.value("SELECT prospect FROM o_email WHERE lower(email) = ? AND prospect <> ?", (email.lower(), self_id))
            if other and self_id:
                return fail(
                    422, "validationDuplicateValueError", "Validation Error", "A Contact with this email_hash already exists.", "/data"
                )
            if other:
                return fail(422, "validationError", "Validation Error", "Contacts email hash has already been taken.", "/data")
        return None

    def _write(self, id_: int, attributes: Row, now: str) -> None:
        row = self.box.store.one("SELECT custom FROM o_prospect WHERE id = ?", (id_,)) or {}
        custom = json.loads(row.get("custom") or "{}") | {k: v for k, v in attributes.items() if k in CUSTOM}
        plain: Row = {k: json.dumps(v) if k in {"emails", "tags"} else v for k, v in attributes.items() if k not in CUSTOM}
        if attributes.get("optedOut"):
            plain |= {"optedOut": 1, "optedOutAt": now, "emailOptedOut": 1, "emailsOptStatus": "opted_out"}
        self.box.store.update("o_prospect", "id", id_, {**plain, "custom": json.dumps(custom), "updatedAt": now})

    def _prospect(self, id_: int, status: int) -> Response:
        row = self.box.store.one("SELECT * FROM o_prospect WHERE id = ?", (id_,))
        return reply({"data": present(RESOURCES["prospects"], row or {}, self.base)}, status)

    # ---- sequence states --------------------------------------------------------------------------------------------
    async def enrol(self, request: Request) -> Response:
        data = (await request.json())["data"]
        if data.get("type") != "sequenceState":
            return fail(422, "validationError", "Validation Error", "data.type must be sequenceState.", "/data/type")
        if data.get("attributes"):
            return fail(422, "validationError", "Validation Error", "Every attribute of a sequence state is read-only.", "/data/attributes")
        ids = {name: _related(data, name) for name in ("prospect", "sequence", "mailbox")}
        store = self.box.store
        rows = {name: store.one(f"SELECT * FROM o_{name} WHERE id = ?", (ids[name],)) if ids[name] is not None else None for name in ids}
        for name, row in rows.items():
            if row is None:
                return fail(422, "validationError", "Validation Error", f"{name.capitalize()} must exist.", f"/data/relationships/{name}")
        prospect, sequence = rows["prospect"] or {}, rows["sequence"] or {}
        if refused := self._ruleset(prospect, sequence):
            return fail(422, "validationError", "Validation Error", refused, "/data")
        today = self.box.stamp()[:10]
        added = store.value("SELECT count(*) FROM o_sequence_state WHERE sequence = ? AND createdAt >= ?", (sequence["id"], today))
        number, now = store.next("o_sequence_state"), self.box.stamp()
        row = prospects.new_state(number, prospect["id"], sequence["id"], int(ids["mailbox"] or 0), now)
        if sequence["throttlePaused"] or added >= sequence["throttleMaxAddsPerDay"]:
            row |= {"state": "pending", "activeAt": None}
        store.insert("o_sequence_state", row)
        return self._state(number, 201)

    def _ruleset(self, prospect: Row, sequence: Row) -> str:
        """Why the prospect may not be added, or ""."""
        store = self.box.store
        rules = store.one("SELECT * FROM o_ruleset WHERE id = ?", (sequence["ruleset"],)) or {}
        if not sequence["enabled"] or sequence["locked"]:
            return "Sequence is not enabled."
        addresses = store.rows("SELECT status, unsubscribedAt FROM o_email WHERE prospect = ?", (prospect["id"],))
        if not addresses:
            return "Prospect has no deliverable email address."
        if not sequence["transactional"]:
            if prospect["optedOut"] or prospect["emailOptedOut"] or any(a["unsubscribedAt"] for a in addresses):
                return "Prospect has opted out of email."
            if all(a["status"] == "Bounced" for a in addresses):
                return "Prospect has no deliverable email address."
        marks = ", ".join("?" * len(LIVE_STATES))
        live = store.rows(
            f"SELECT sequence FROM o_sequence_state WHERE prospect = ? AND state IN ({marks})", (prospect["id"], *LIVE_STATES)
        )
        if any(s["sequence"] == sequence["id"] for s in live) and rules.get("permitDuplicateProspects") != "allow":
            return "Prospect is already active in this sequence."
        before = store.value("SELECT 1 FROM o_sequence_state WHERE prospect = ? AND sequence = ?", (prospect["id"], sequence["id"]))
        if before and rules.get("permitDuplicateProspects") == "disallow":
            return "Prospect has already been in this sequence."
        if live and rules.get("sequenceExclusivity") == "all_sequences" and not sequence["transactional"]:
            return "Prospect is active in another, exclusive sequence."
        return ""

    async def action(self, request: Request) -> Response:
        id_, verb = int(request.path_params["id"]), request.path_params["verb"]
        row = self.box.store.one("SELECT state FROM o_sequence_state WHERE id = ?", (id_,))
        if row is None or verb not in {"finish", "pause", "resume"}:
            return _missing()
        allowed = {"finish": ("active", "pending", "paused", "failed"), "pause": ("active", "pending"), "resume": ("paused",)}[verb]
        if row["state"] not in allowed:
            return fail(422, "validationError", "Validation Error", f"A sequence state that is {row['state']} cannot {verb}.", "/data")
        state = {"finish": "finished", "pause": "paused", "resume": "active"}[verb]
        engage.change_state(self.box.world, id_, self.box.now(), state=state, pauseReason="manual" if verb == "pause" else None)
        return self._state(id_, 200)

    def _state(self, id_: int, status: int) -> Response:
        row = self.box.store.one("SELECT * FROM o_sequence_state WHERE id = ?", (id_,))
        return reply({"data": present(RESOURCES["sequenceStates"], row or {}, self.base)}, status)


def _related(data: Row, name: str) -> int | None:
    found = ((data.get("relationships") or {}).get(name) or {}).get("data") or {}
    return int(found["id"]) if str(found.get("id", "")).isdigit() else None


def _missing() -> Response:
    return fail(404, "resourceNotFound", "Resource Not Found", "The requested resource does not exist.")


def routes(box: Box) -> list[Route]:
    o = Outreach(box)
    api = "/api/v2"
    return [
        Route("/oauth/token", o.token, methods=["POST"]),
        Route(f"{api}/prospects", o.guarded(o.create_prospect, write=True), methods=["POST"]),
        Route(f"{api}/prospects/{{id:int}}", o.guarded(o.patch_prospect, write=True), methods=["PATCH"]),
        Route(f"{api}/sequenceStates", o.guarded(o.enrol, write=True), methods=["POST"]),
        Route(f"{api}/sequenceStates/{{id:int}}/actions/{{verb}}", o.guarded(o.action), methods=["POST"]),
        Route(f"{api}/{{plural}}", o.guarded(o.index), methods=["GET"]),
        Route(f"{api}/{{plural}}/{{id}}", o.guarded(o.show), methods=["GET"]),
    ]
