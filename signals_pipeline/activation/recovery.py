"""Open intents of plans that are no longer applied: what became of them is read back, never sent again.

ops.ledger (intent, sent, unknown) − this plan's effects → the stored plan that meant them → read-back → confirmed or failed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from signals_pipeline.activation import reviews, store
from signals_pipeline.activation.destinations.base import Destination, Ready
from signals_pipeline.activation.ledger import Ledger
from signals_pipeline.activation.model import Plan, PlanRow
from signals_pipeline.errors import ContractBroken, Transient
from signals_pipeline.runtime import Runtime


async def recover(rt: Runtime, plan: Plan, ledger: Ledger, destinations: Mapping[str, Destination]) -> int:
    """Settle what other plans left open; returns how many effects were found standing. What cannot be asked now stays open."""
    mine = {r.effect_id for r in plan.rows}
    open_ = [r for r in ledger.unsettled() if r["effect_id"] not in mine]
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
        ledger.mark({
            r.row.effect_id: ("confirmed", standing[r.row.effect_id], "") if r.row.effect_id in standing
            else ("failed", None, "never arrived; its plan was superseded")
            for r in ready
        })  # fmt: skip
        ledger.remember_keys([(r.row, standing[r.row.effect_id]) for r in ready if r.row.is_record and r.row.effect_id in standing])
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
