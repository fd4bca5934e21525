"""What a person may decide by hand: pause and resume sending, ask a paused vendor again, approve a plan. Each is audited.

CLI → `pause`, `resume`, `resume_vendor`, `approve` → ops.switches, ops.source_health, ops.approvals, ops.audit.
"""

from __future__ import annotations

from signals_pipeline.activation import store
from signals_pipeline.errors import Permanent
from signals_pipeline.io import audit, ops, pauses
from signals_pipeline.runtime import Runtime

_PAUSE = "pause"


def pause(rt: Runtime, by: str) -> None:
    """No plan is applied until `resume`."""
    _switch(rt, "on", by)


def resume(rt: Runtime, by: str) -> None:
    _switch(rt, "off", by)


def resume_vendor(rt: Runtime, vendor: str, by: str) -> str:
    """Requests to a vendor go out again before its pause ends; why it was paused. Raises Permanent when it is not paused."""
    by = _named(by)
    found = pauses.paused_until(rt.ops, vendor)
    if found is None:
        raise Permanent(f"{vendor} is not paused; `signals doctor` says which vendors are")
    audit.append(rt.ops, rt.stamp(), "vendor_resumed", {"vendor": vendor, "by": by})
    pauses.resume(rt.ops, vendor)
    return found[1]


def paused_by(rt: Runtime) -> str | None:
    """Who paused sending; None when it is not paused."""
    with rt.ops.connect() as connection:
        row = connection.execute(ops.switches.select().where(ops.switches.c.name == _PAUSE)).mappings().first()
    return (row["by"] or "somebody") if row and row["value"] == "on" else None


def approve(rt: Runtime, plan_hash: str, by: str) -> None:
    """A person's yes to exactly this plan. Raises Permanent for an unknown, superseded or applied plan, and without a name."""
    if not by.strip():
        raise Permanent("an approval needs a name")
    status = store.record(rt, plan_hash)["status"]
    if status in ("superseded", "applied"):
        raise Permanent(f"plan {plan_hash[:12]} is {status}; approve the newest one")
    with rt.ops.begin() as connection:
        connection.execute(ops.approvals.delete().where(ops.approvals.c.plan_hash == plan_hash))
        connection.execute(ops.approvals.insert().values(plan_hash=plan_hash, by=by.strip(), at=rt.stamp()))
    audit.append(rt.ops, rt.stamp(), "plan_approved", {"plan_hash": plan_hash, "by": by.strip()})


def approved_by(rt: Runtime, plan_hash: str) -> str | None:
    with rt.ops.connect() as connection:
        row = connection.execute(ops.approvals.select().where(ops.approvals.c.plan_hash == plan_hash)).mappings().first()
    return row["by"] if row else None


def _named(by: str) -> str:
    if not by.strip():
        raise Permanent("pausing and resuming need a name")
    return by.strip()


def _switch(rt: Runtime, value: str, by: str) -> None:
    by = _named(by)
    with rt.ops.begin() as connection:
        connection.execute(ops.switches.delete().where(ops.switches.c.name == _PAUSE))
        connection.execute(ops.switches.insert().values(name=_PAUSE, value=value, by=by, at=rt.stamp()))
    audit.append(rt.ops, rt.stamp(), "sending_paused" if value == "on" else "sending_resumed", {"by": by})
