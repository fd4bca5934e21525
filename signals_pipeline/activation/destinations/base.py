"""What every destination offers to `apply`, and the one shape of what became of a row.

`Ready` rows (references resolved) → `send` → `Outcome`s; `read_back` and `drift` look at the live record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from signals_pipeline.activation.model import PlanRow, same

Kind = Literal["done", "retry", "failed", "refused", "unknown"]


@dataclass(frozen=True)
class Ready:
    """A row whose references stand: `payload` is what is written, `ids` the vendor ids of the rows it needs."""

    row: PlanRow
    payload: dict[str, Any]
    ids: Mapping[str, str] = field(default_factory=dict)

    def id_of(self, object_: str) -> str | None:
        """Vendor id of the row of that kind that this row needs."""
        return next((v for k, v in self.ids.items() if k.startswith(f"{object_}:")), None)


@dataclass(frozen=True)
class Outcome:
    """done: accepted, with the vendor's id. retry: refused for now. failed: not taken, a fault.

    refused: not taken by a rule of theirs, which is no fault. unknown: no answer came.
    """

    effect_id: str
    kind: Kind
    vendor_id: str | None = None
    detail: str = ""


class Destination(Protocol):
    """One destination. Raises Transient when nothing was sent, ContractBroken when it must not be asked again."""

    name: str
    batch: int
    can_read_back: bool
    is_idempotent: bool  # sending the same row twice leaves one effect, so an unknown one may be sent again in this run
    confirms_by_reading: bool  # the answer to a send is not proof; the effect is read back

    async def send(self, object_: str, ready: Sequence[Ready]) -> list[Outcome]: ...

    async def read_back(self, object_: str, ready: Sequence[Ready]) -> dict[str, str]:
        """effect_id → vendor id, for the rows whose effect stands there now."""
        ...

    async def drift(self, object_: str, ready: Sequence[Ready]) -> dict[str, str]:
        """effect_id → what changed since the plan was made, for the rows that must not be sent as planned."""
        ...


def changed_fields(row: PlanRow, live: Mapping[str, Any], version: str | None) -> list[str]:
    """Planned fields whose live value is no longer `before`; none when the record's version is the planned one.

    A newer version alone is not drift: a roll-up or our own write next door bumps it, and what was approved
    (every field before and after) still holds exactly.
    """
    if version is not None and version == row.version:
        return []
    return [c.field for c in row.changes if c.is_change and not same(c.before, live.get(c.field))]


def stands(payload: Mapping[str, Any], live: Mapping[str, Any]) -> bool:
    """Whether every value we would write is there."""
    return all(same(value, live.get(name)) for name, value in payload.items())
