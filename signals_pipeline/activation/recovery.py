"""Open intents of earlier plans: what became of them is read back by the plan that meant them, never sent again.

ops.ledger (intent, sent, unknown) → the stored plan of each → read-back → confirmed or failed (then a newer plan may send it).
The earlier plan is asked because it knows what stood before it: which enrolment is new, which value is ours.
`settle` does so before a run looks at anything: an intent that stays open counts as a contact, and nobody would be written to.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Mapping

from signals_pipeline.activation import reviews, store
from signals_pipeline.activation.destinations import destinations as all_destinations
from signals_pipeline.activation.destinations.base import Destination, Ready
from signals_pipeline.activation.doors import Doors, opened
from signals_pipeline.activation.ledger import Ledger, apply_lease
from signals_pipeline.activation.model import Plan, PlanRow
from signals_pipeline.errors import ContractBroken, Transient
from signals_pipeline.io import audit
from signals_pipeline.runtime import Runtime

log = logging.getLogger("signals.activation")


def settle(rt: Runtime, doors: Doors | None = None) -> dict[str, int]:
    """Settle what interrupted applies left open; returns status → effects that were open. Empty when there was none.

    Nothing is sent. What cannot be asked now stays open, and so does everything while an apply runs elsewhere.
    """
    ledger = Ledger(rt.ops, rt.stamp)
    open_ = [r["effect_id"] for r in ledger.unsettled()]
    if not open_ or rt.replay is not None:
        return {}
    lease = apply_lease(rt)
    try:
        lease.take()
    except Transient as busy:
        log.info("open effects are left to the apply that runs: %s", busy)
        return {}
    try:
        asyncio.run(_settle(rt, ledger, doors))
    finally:
        lease.release()
    became = dict(Counter(state["status"] for state in ledger.states(open_).values()))
    audit.append(rt.ops, rt.stamp(), "effects_settled", became)
    return became


async def _settle(rt: Runtime, ledger: Ledger, doors: Doors | None) -> None:
    async with opened(rt, doors) as through:
        await recover(rt, None, ledger, all_destinations(rt, through))


async def recover(rt: Runtime, plan: Plan | None, ledger: Ledger, destinations: Mapping[str, Destination]) -> int:
    """Settle what other plans than this left open; returns how many effects were found standing. What cannot be asked now stays open."""
    open_ = [r for r in ledger.unsettled() if plan is None or r["plan_hash"] != plan.plan_hash]
    found = 0
    groups: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for row in open_:
        groups[row["plan_hash"], row["destination"], row["object"]].append(row["effect_id"])
    for (plan_hash, name, object_), effects in sorted(groups.items()):
        to = destinations.get(name)
        if to is None:
            continue
        ready = _ready(store.load(rt, plan_hash), set(effects), ledger)
        if not to.can_read_back:
            ledger.mark(dict.fromkeys(effects, ("review", None, "the outcome is unknown and this destination cannot be read back")))
            for effect in effects:
                reviews.ask(rt, "unknown_outcome", effect, f"{name} {object_}: look there, then decide")
            continue
        try:
            standing = await to.read_back(object_, ready)
        except (Transient, ContractBroken):
            continue  # they stay open, and are counted open, until the vendor answers again
        ledger.confirm([(r.row, standing[r.row.effect_id]) for r in ready if r.row.effect_id in standing])
        never = ("failed", None, "never arrived, as a look at the destination showed")
        ledger.mark({r.row.effect_id: never for r in ready if r.row.effect_id not in standing})
        found += len(standing)
    return found


def _ready(plan: Plan, effects: set[str], ledger: Ledger) -> list[Ready]:
    by_id = {r.row_id: r for r in plan.rows}
    states = ledger.states(r.effect_id for r in plan.rows)

    def vendor_id(row: PlanRow) -> str | None:
        return states.get(row.effect_id, {}).get("vendor_id") or row.record_id

    found = []
    for row in plan.rows:
        if row.effect_id in effects:
            ids = {f"{by_id[n].object}:{n}": v for n in row.needs if (v := vendor_id(by_id[n]))}
            payload = {k: vendor_id(by_id[v["ref"]]) if isinstance(v, dict) and "ref" in v else v for k, v in row.payload().items()}
            found.append(Ready(row, payload, ids))
    return found
