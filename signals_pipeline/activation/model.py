"""What a plan is made of: rows, their field changes, and the hash that names the whole.

outbox + live records → `PlanRow` → `Plan` → canonical JSON → sha256.
Does not belong here: how a row is found out (`plan.py`), how it is sent (`destinations/`).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, Literal

from signals_pipeline.keys import md5

Operation = Literal["create", "update", "claim", "enrol", "alert", "skip", "review"]
SENDING = ("create", "update", "claim", "enrol", "alert")
ORDER = ("account", "contact", "lead", "prospect", "sequence_state", "alert")


@dataclass(frozen=True)
class Change:
    """One mapped field of one record. `after` is what stands when the row is applied; equal to `before` when kept.

    A value `{"ref": row_id}` stands for the vendor's id of another row's record, known only once that row is sent.
    """

    field: str
    before: Any
    after: Any
    mode: str  # ours | fill | key
    our_field: str = ""

    @property
    def is_change(self) -> bool:
        return not same(self.before, self.after)


@dataclass(frozen=True)
class PlanRow:
    """One intended effect (or the reason why there is none).

    `what` tells two effects on the same record apart; with destination, object and natural key it makes `effect_id`.
    `needs` are row ids that must stand before this one is sent. `facts` holds what the destination needs besides fields.
    """

    destination: str
    object: str
    natural_key: str
    operation: Operation
    what: str
    reason: str
    changes: tuple[Change, ...] = ()
    record_id: str | None = None
    version: str | None = None
    needs: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    cost_usd: float = 0.0
    outbox_id: str | None = None
    company_id: str | None = None
    person_id: str | None = None
    email_key: str | None = None
    signal_id: str | None = None
    signal_type: str | None = None
    is_probe: bool = False
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def row_id(self) -> str:
        return md5("row", self.destination, self.object, self.natural_key, "" if self.is_record else self.what)

    @property
    def effect_id(self) -> str:
        return md5("effect", self.destination, self.object, self.natural_key, self.what)

    @property
    def is_record(self) -> bool:
        return self.object in ("account", "contact", "lead", "prospect")

    @property
    def sends(self) -> bool:
        return self.operation in SENDING

    def ids(self) -> dict[str, Any]:
        """What names the row in plans and the ledger: ids only, no name and no value of a field."""
        return {
            "row_id": self.row_id, "outbox_id": self.outbox_id, "destination": self.destination, "object": self.object,
            "operation": self.operation, "natural_key": self.natural_key, "company_id": self.company_id, "person_id": self.person_id,
            "email_key": self.email_key, "signal_id": self.signal_id, "signal_type": self.signal_type,
        }  # fmt: skip

    def payload(self) -> dict[str, Any]:
        """Field → value of what changes."""
        return {c.field: c.after for c in self.changes if c.is_change}


@dataclass(frozen=True)
class Plan:
    """A whole plan. `plan_hash` covers everything in `body()`; `created_at` is naive UTC and not part of it."""

    dt: date
    rules_hash: str
    model_version: str
    is_historical: bool
    rows: tuple[PlanRow, ...]
    notes: tuple[str, ...] = ()  # destinations that are off, at-most-once destinations
    created_at: datetime | None = None

    def body(self) -> dict[str, Any]:
        return {
            "dt": self.dt.isoformat(),
            "rules_hash": self.rules_hash,
            "model_version": self.model_version,
            "is_historical": self.is_historical,
            "notes": list(self.notes),
            "rows": [asdict(r) for r in self.rows],
        }

    @cached_property
    def plan_hash(self) -> str:
        return hashlib.sha256(canonical(self.body()).encode()).hexdigest()

    @property
    def sending(self) -> tuple[PlanRow, ...]:
        return tuple(r for r in self.rows if r.sends)

    @property
    def cost_usd(self) -> float:
        return round(sum(r.cost_usd for r in self.sending), 4)


def plan_of(body: dict[str, Any], created_at: datetime | None = None) -> Plan:
    """A stored body as the plan it was; the same hash comes back."""
    rows = []
    for raw in body["rows"]:
        changes = tuple(Change(**c) for c in raw["changes"])
        rows.append(PlanRow(**{**raw, "changes": changes, "needs": tuple(raw["needs"]), "evidence": tuple(raw["evidence"])}))
    return Plan(
        date.fromisoformat(body["dt"]),
        body["rules_hash"],
        body["model_version"],
        body["is_historical"],
        tuple(rows),
        tuple(body["notes"]),
        created_at,
    )


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces; raises TypeError for anything that is not plain JSON, dates aside."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)


def plain(value: Any) -> Any:
    """A value as JSON keeps it (dates → ISO text, decimals → float), so that a stored plan reads back equal."""
    return json.loads(json.dumps(value, default=_plain))


def _plain(value: Any) -> Any:
    from decimal import Decimal

    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, (set, frozenset, tuple)):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} does not belong in a plan")


def same(left: Any, right: Any) -> bool:
    """Equal as a CRM sees it: '' is null, 78 is 78.0, '78' is not 79; texts compare trimmed."""
    if empty(left) or empty(right):
        return empty(left) and empty(right)
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return abs(float(left) - float(right)) < 1e-9
    if isinstance(left, str) and isinstance(right, str):
        return left.strip() == right.strip()
    return bool(left == right)


def empty(value: Any) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())
