"""Vendors in memory (or in a file, for tests that kill the process), which count effects, and a small world to plan over.

Every write that takes effect is counted in `effects`, so that a duplicate shows. `lose_answer` applies a write and then says nothing.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, ClassVar

from signals_pipeline.activation.doors import Doors
from signals_pipeline.errors import SkipRecord, UnknownOutcome
from signals_pipeline.io.lake import Lake
from signals_pipeline.io.ops import open_ops
from signals_pipeline.keys import as_uuid, email_key, md5
from signals_pipeline.rules.profile import load_profile
from signals_pipeline.runtime import Runtime
from signals_pipeline.settings import Settings

DT = date(2026, 6, 29)
NOW = datetime(2026, 6, 30, 11, 0, tzinfo=UTC)  # 07:00 in New York: DT is the newest closed day
HASH_KEY = "change-me"


@dataclass
class State:
    """Records by kind and id; written to `path` after every change when there is one."""

    path: Path | None = None
    data: dict[str, Any] = field(
        default_factory=lambda: {
            "accounts": {},
            "contacts": {},
            "leads": {},
            "prospects": {},
            "states": {},
            "messages": [],
            "effects": [],
            "ticks": 0,
        }
    )

    def __post_init__(self) -> None:
        if self.path and self.path.exists():
            self.data = json.loads(self.path.read_text())

    def tick(self) -> int:
        self.data["ticks"] += 1
        return int(self.data["ticks"])

    def effect(self, name: str) -> None:
        self.data["effects"].append(name)
        if self.path:
            self.path.write_text(json.dumps(self.data))

    @property
    def effects(self) -> Counter[str]:
        return Counter(self.data["effects"])


@dataclass
class Result:
    id: str | None
    ok: bool
    status_code: str = ""
    message: str = ""


class Trouble:
    """What the next writes run into: a list of exceptions or of marks, taken one by one."""

    def __init__(self) -> None:
        self.lose_answers = 0  # the write is applied, the answer is lost
        self.lose_requests = 0  # the write is not applied, no answer
        self.raise_next: list[Exception] = []  # raised before anything is applied
        self.words = "no"  # what the vendor says of a record that it refuses
        self.refuse: dict[str, str] = {}  # natural key or record id → status code, once each when it ends with "!"

    def before(self) -> None:
        if self.raise_next:
            raise self.raise_next.pop(0)
        if self.lose_requests:
            self.lose_requests -= 1
            raise UnknownOutcome("timed out")

    def after(self) -> None:
        if self.lose_answers:
            self.lose_answers -= 1
            raise UnknownOutcome("timed out")


class FakeSalesforce:
    kinds: ClassVar = {"Account": "accounts", "Contact": "contacts", "Lead": "leads"}

    def __init__(self, state: State) -> None:
        self.state, self.trouble = state, Trouble()

    def _all(self, object_: str) -> dict[str, dict[str, Any]]:
        return self.state.data[self.kinds[object_]]

    def add(self, object_: str, **fields: Any) -> str:
        id_ = f"{object_[:3].upper()}{len(self._all(object_)) + 1:015d}"
        self._all(object_)[id_] = {"Id": id_, "IsDeleted": False, "SystemModstamp": f"t{self.state.tick()}", **fields}
        return id_

    def touch(self, object_: str, id_: str, **fields: Any) -> None:
        """Somebody else edits the record."""
        self._all(object_)[id_] |= {**fields, "SystemModstamp": f"t{self.state.tick()}"}

    async def find_by(self, object_: str, field: str, values: Any, fields: Any) -> list[dict[str, Any]]:
        wanted = {str(v).lower() for v in values}
        return [self._cut(r, fields) for r in self._all(object_).values() if str(r.get(field) or "").lower() in wanted]

    async def get_many(self, object_: str, ids: Any, fields: Any) -> dict[str, dict[str, Any]]:
        return {i: self._cut(self._all(object_)[i], fields) for i in ids if i in self._all(object_)}

    @staticmethod
    def _cut(record: dict[str, Any], fields: Any) -> dict[str, Any]:
        return {f: record.get(f) for f in {"Id", *fields}}

    async def update(self, object_: str, records: Any) -> list[Result]:
        self.trouble.before()
        results = [self._write(object_, r["Id"], r) for r in records]
        self.trouble.after()
        return results

    async def upsert(self, object_: str, external_id_field: str, records: Any) -> list[Result]:
        assert external_id_field == "Signal_Key__c" and len(records) <= 200
        self.trouble.before()
        results = []
        for record in records:
            standing = [r for r in self._all(object_).values() if r.get(external_id_field) == record[external_id_field]]
            if refused := self._refused(record[external_id_field]):
                results.append(refused)
            elif standing:
                results.append(self._write(object_, standing[0]["Id"], record))
            else:
                id_ = self.add(object_, **record)
                self.state.effect(f"create {object_} {record[external_id_field]}")
                results.append(Result(id_, True))
        self.trouble.after()
        return results

    def _refused(self, key: str) -> Result | None:
        code = self.trouble.refuse.get(key)
        if code and code.endswith("!"):
            del self.trouble.refuse[key]
        return Result(None, False, code.rstrip("!"), self.trouble.words) if code else None

    def _write(self, object_: str, id_: str, record: dict[str, Any]) -> Result:
        if refused := self._refused(id_):
            return refused
        if id_ not in self._all(object_):
            return Result(None, False, "ENTITY_IS_DELETED", "gone")
        self._all(object_)[id_] |= {**record, "SystemModstamp": f"t{self.state.tick()}"}
        self.state.effect(f"update {object_} {id_}")
        return Result(id_, True)


class FakeOutreach:
    def __init__(self, state: State) -> None:
        self.state, self.trouble = state, Trouble()
        self.sequences = {
            "41": {"name": "Intent Surge", "enabled": True, "locked": False, "transactional": False},
            "42": {"name": "Company News", "enabled": True, "locked": False, "transactional": False},
        }
        self.scheduled: list[dict[str, Any]] = []
        self.mailboxes: dict[str, dict[str, Any]] = {
            "7": {"email": "rep@proof.example", "userId": 3, "sendDisabled": False, "sendErroredAt": None}
        }

    def add(self, **attributes: Any) -> str:
        prospects = self.state.data["prospects"]
        id_ = str(len(prospects) + 100)
        prospects[id_] = {"id": int(id_), "attributes": {"updatedAt": f"t{self.state.tick()}", **attributes}}
        return id_

    def _own(self, id_: str, relationships: Any) -> None:
        if relationships:
            kind, owner = relationships["owner"]
            self.state.data["prospects"][id_]["relationships"] = {"owner": {"data": {"type": kind, "id": owner}}}

    def schedule(self, at: str, mailbox: int = 7, state: int = 1) -> None:
        """A mail of a running sequence, due at an instant."""
        links = {"mailbox": {"data": {"type": "mailbox", "id": mailbox}}, "sequenceState": {"data": {"type": "sequenceState", "id": state}}}
        self.scheduled.append({"id": len(self.scheduled) + 1, "attributes": {"scheduledAt": at}, "relationships": links})

    def enrol(self, prospect: str, sequence: str = "42", state: str = "active") -> str:
        states = self.state.data["states"]
        id_ = str(len(states) + 900)
        states[id_] = {"id": int(id_), "attributes": {"state": state}, "prospect": int(prospect), "sequence": int(sequence)}
        return id_

    async def pages(self, resource: str, params: Any = None) -> Any:
        if resource == "mailings":
            assert params["filter[state]"] == "scheduled"
            until = params["filter[scheduledAt]"].partition("..")[2]
            yield [m for m in self.scheduled if m["attributes"]["scheduledAt"] <= until]
            return
        held = {"sequences": self.sequences, "mailboxes": self.mailboxes}[resource]
        yield [{"id": int(k), "attributes": dict(v)} for k, v in held.items()]

    async def prospects_by_email(self, emails: Any) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = {}
        for prospect in self.state.data["prospects"].values():
            for address in prospect["attributes"].get("emails") or ():
                if address.lower() in set(emails):
                    found.setdefault(address.lower(), []).append(json.loads(json.dumps(prospect)))
        return found

    async def create(self, type_: str, attributes: Any = None, relationships: Any = None) -> dict[str, Any]:
        self.trouble.before()
        if type_ == "prospect":
            if await self.prospects_by_email(attributes["emails"]):
                raise SkipRecord("validation_error", "422 email hash has already been taken")
            id_ = self.add(**attributes)
            self._own(id_, relationships)
            self.state.effect(f"create prospect {attributes['emails'][0]}")
        else:
            prospect, sequence = str(relationships["prospect"][1]), str(relationships["sequence"][1])
            if any(s["prospect"] == int(prospect) and s["attributes"]["state"] == "active" for s in self.state.data["states"].values()):
                raise SkipRecord("validation_error", "422 already active")
            id_ = self.enrol(prospect, sequence)
            self.state.effect(f"enrol {prospect} {sequence}")
        self.trouble.after()
        return {"id": int(id_)}

    async def patch(self, type_: str, id_: Any, attributes: Any, relationships: Any = None) -> dict[str, Any]:
        self.trouble.before()
        self._own(str(id_), relationships)
        self.state.data["prospects"][str(id_)]["attributes"] |= {**attributes, "updatedAt": f"t{self.state.tick()}"}
        self.state.effect(f"update prospect {id_}")
        self.trouble.after()
        return {"id": int(id_)}

    async def sequence_states(self, *, prospect_id: Any = None, sequence_id: Any = None, states: Any = ()) -> list[dict[str, Any]]:
        return [
            s for s in self.state.data["states"].values() if prospect_id in (None, s["prospect"]) and sequence_id in (None, s["sequence"])
        ]


@dataclass
class Posted:
    channel: str
    ts: str | None


class FakeSlack:
    def __init__(self, state: State, can_read_back: bool = True) -> None:
        self.state, self.can_read_back, self.trouble = state, can_read_back, Trouble()

    async def post(self, text: str, *, channel: str | None = None) -> Posted:
        self.trouble.before()
        self.state.data["messages"].append({"ts": f"{len(self.state.data['messages']) + 1}.0", "text": text})
        self.state.effect(f"post {text.splitlines()[0]}")
        self.trouble.after()
        return Posted("C1", self.state.data["messages"][-1]["ts"] if self.can_read_back else None)

    async def find(self, channel: str, marker: str, *, limit: int = 100) -> dict[str, Any] | None:
        return next((m for m in self.state.data["messages"] if marker in m["text"]), None)


class FakeWarehouse:
    """Rows by relation; the SQL names the relation after `from`."""

    def __init__(self) -> None:
        self.relations: dict[str, list[dict[str, Any]]] = {
            f"priorities.{n}": []
            for n in ("outbox", "sync_salesforce__accounts", "sync_salesforce__contacts", "sync_outreach__prospects", "alerts")
        }

    def rows(self, sql: str, parameters: Any = ()) -> list[dict[str, Any]]:
        return [dict(r) for r in self.relations[sql.split(" from ")[1].split()[0]]]

    def has(self, schema: str, table: str) -> bool:
        return f"{schema}.{table}" in self.relations


def key_of(address: str) -> str:
    return str(email_key(address, HASH_KEY))


def uid(*parts: object) -> str:
    return as_uuid(md5(*parts))


class World:
    """A runtime over a temporary home, the fake vendors, and helpers that put people into the outbox."""

    def __init__(self, home: Path, *, state: State | None = None, now: datetime = NOW, **settings: Any) -> None:
        self.state = state or State()
        given = Settings(home=home, now=now, mode="auto", **settings)
        lake = Lake(given.lake_url)
        lake.declare()
        self.warehouse = FakeWarehouse()
        self.rt = Runtime(given, load_profile(given.profile_path), lake, open_ops(given.ops_database_url), self.warehouse)  # type: ignore[arg-type]
        self.salesforce, self.outreach, self.slack = FakeSalesforce(self.state), FakeOutreach(self.state), FakeSlack(self.state)
        self.people: list[dict[str, Any]] = []
        self.links: list[dict[str, Any]] = []

    def under(self, **sections: dict[str, Any]) -> None:
        """The profile with other values from here on: section → key → value."""
        profile = self.rt.profile
        other = {name: getattr(profile, name).model_copy(update=values) for name, values in sections.items()}
        self.rt = replace(self.rt, profile=profile.model_copy(update=other))

    def moved(self, **settings: Any) -> None:
        """Other settings from here on."""
        self.rt = replace(self.rt, settings=self.rt.settings.model_copy(update=settings))

    @property
    def doors(self) -> Doors:
        return Doors(self.salesforce, self.outreach, self.slack)

    def contact(self, name: str = "ada", company: str = "acme", **more: Any) -> dict[str, Any]:
        """Somebody in the outbox to be sent; returns the outbox row."""
        address = more.pop("email", f"{name}@{company}.example")
        person_id, company_id, record_id = uid("person", name, company), uid("company", company), md5("record", name, company)
        self.people.append(
            {
                "person_record_id": record_id,
                "dataset": "salesforce__contacts",
                "record_key": name,
                "known_at": datetime(2026, 6, 1),
                "email": address,
                "email_key": key_of(address),
                "first_name": more.pop("first_name", name.capitalize()),
                "last_name": more.pop("last_name", "Example"),
                "title": "VP Operations",
                "country": more.pop("country", "US"),
            }
        )
        self.links.append(
            {"person_record_id": record_id, "person_id": person_id, "company_id": company_id, "method": "test", "probability": 1.0}
        )
        row = {
            "outbox_id": md5("outbox", name, company),
            "dt": DT,
            "decision": "send",
            "rank": len(self.warehouse.relations["priorities.outbox"]) + 1,
            "company_id": company_id,
            "company_name": f"{company.capitalize()}, Inc.",
            "domain": f"{company}.example",
            "person_id": person_id,
            "email_key": key_of(address),
            "signal_id": uid("signal", company),
            "signal_type": "intent_surge",
            "strength_score": 80,
            "score": 71.5,
            "score_basis": "rule",
            "is_probe": False,
            "owner_id": "005A",
            "mailbox_id": 7,
            "sequence_id": 41,
            "sequence_name": "Intent Surge",
            "account_id_salesforce": None,
            "contact_id_salesforce": None,
            "lead_id_salesforce": None,
            "prospect_id_outreach": None,
            "why": "Intent surge, strength 80",
            **more,
        }
        self.warehouse.relations["priorities.outbox"].append(row)
        sync = {"outbox_id": row["outbox_id"], "person_id": person_id, "company_id": company_id, "signal_source": row["signal_type"]}
        if company_id not in {r["company_id"] for r in self.warehouse.relations["priorities.sync_salesforce__accounts"]}:
            self.warehouse.relations["priorities.sync_salesforce__accounts"].append(
                {
                    "company_id": company_id,
                    "name": row["company_name"],
                    "domain": row["domain"],
                    "website": row["domain"],
                    "industry": "Legal",
                    "buying_stage": "Decision",
                    "intent_score": 78.0,
                    "last_surge_on": DT,
                }
            )
        self.warehouse.relations["priorities.sync_salesforce__contacts"].append({**sync, "signal_strength": 80.0})
        self.warehouse.relations["priorities.sync_outreach__prospects"].append({**sync, "signal_stage": "Decision", "signal_score": 80})
        return row

    def alert(self, channel: str = "slack", rule: str = "hot_account", company: str = "acme") -> None:
        self.warehouse.relations["priorities.alerts"].append(
            {
                "alert_key": md5(rule, channel, company),
                "rule": rule,
                "priority": "high",
                "channel": channel,
                "signal_id": uid("signal", company),
                "company_id": uid("company", company),
                "title": f"{company.capitalize()}: intent surge",
                "body": "Strength 80.",
                "owner_id": "005A",
            }
        )

    def land(self) -> None:
        self.rt.lake.write("people", DT, self.people, stream="test")
        self.rt.lake.write("person_links", DT, self.links, stream="test")

    def pass_gates(self, plan_hash: str) -> None:
        from signals_pipeline.activation.refusals import GATES
        from signals_pipeline.io import ops

        with self.rt.ops.begin() as connection:
            connection.execute(ops.gate_results.delete().where(ops.gate_results.c.plan_hash == plan_hash))
            for gate in GATES:
                connection.execute(
                    ops.gate_results.insert().values(
                        plan_hash=plan_hash, gate=gate, passed=True, failures="", rows_judged=1, judged_at=self.rt.stamp()
                    )
                )

    def make(self, dt: date = DT) -> Any:
        """A plan that no gate has judged."""
        from signals_pipeline.activation import plan

        self.land()
        return plan.make(self.rt, dt, doors=self.doors)

    def plan(self) -> Any:
        """A plan that passed its gates."""
        made = self.make()
        self.pass_gates(made.plan_hash)
        return made

    def apply(self, plan: Any, **more: Any) -> Any:
        from signals_pipeline.activation import apply

        return apply.run(self.rt, plan.plan_hash, doors=self.doors, **more)

    def ledger(self) -> list[dict[str, Any]]:
        from signals_pipeline.io import ops

        with self.rt.ops.connect() as connection:
            return [dict(r) for r in connection.execute(ops.ledger.select()).mappings()]
