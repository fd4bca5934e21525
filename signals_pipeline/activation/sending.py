"""The loop of an apply: object by object, batch by batch, each row through look → intent → send → confirm.

`Sender.all` → per object: references → ledger state → read-back of open rows → drift → suppression → intent → send → confirmation.
A destination that breaks stops alone; its rows stay open or fail with the reason, the other destinations go on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from signals_pipeline.activation import reviews, suppression
from signals_pipeline.activation.destinations import destinations
from signals_pipeline.activation.destinations.base import Destination, Outcome, Ready
from signals_pipeline.activation.doors import Doors
from signals_pipeline.activation.ledger import OPEN, Ledger
from signals_pipeline.activation.model import ORDER, Plan, PlanRow
from signals_pipeline.activation.recovery import recover
from signals_pipeline.errors import ContractBroken, Transient, UnknownOutcome
from signals_pipeline.runtime import Runtime

TRIES = 3  # sends of one row in one apply


class Sender:
    """Counts what it did; `all` runs once."""

    def __init__(self, rt: Runtime, plan: Plan, ledger: Ledger, doors: Doors, alive: Callable[[], None]) -> None:
        self.rt, self.plan, self.ledger, self.doors, self.alive = rt, plan, ledger, doors, alive
        self.destinations = destinations(rt, doors)
        self.rows = {r.row_id: r for r in plan.rows}
        self.states: dict[str, dict[str, Any]] = {}
        self.vendor_ids: dict[str, str] = {r.row_id: r.record_id for r in plan.rows if r.record_id and r.operation == "skip"}
        self.confirmed: Counter[str] = Counter()
        self.refused: dict[str, str] = {}  # effect_id → reason
        self.failed: dict[str, str] = {}
        self.still_open: dict[str, str] = {}  # effect_id → why its outcome is not known
        self.broken: dict[str, str] = {}  # destination → why it is not asked any more
        self.recovered = self.already_done = self.reviews = 0

    async def all(self) -> None:
        self.recovered += await recover(self.rt, self.plan, self.ledger, self.destinations)
        self.states = self.ledger.states(r.effect_id for r in self.plan.sending)
        for object_ in ORDER:
            for name in ("salesforce", "outreach", "slack", "in_app"):
                rows = [r for r in self.plan.sending if r.object == object_ and r.destination == name]
                to = self.destinations.get(name)
                if rows and to is None:
                    self._refuse([(r, f"{name} is off") for r in rows])
                elif rows and to is not None:
                    for start in range(0, len(rows), to.batch):
                        self.alive()
                        await self._batch(to, object_, rows[start : start + to.batch])

    async def _batch(self, to: Destination, object_: str, rows: Sequence[PlanRow]) -> None:
        waiting = [r for r in rows if not self._settled(r)]
        ready = [made for r in waiting if (made := self._ready(r)) is not None]
        if not ready:
            return
        if to.name in self.broken:
            self._fail([(r.row, self.broken[to.name]) for r in ready])
            return
        try:
            ready = await self._recover(to, object_, ready)
            ready = await self._look(to, object_, ready)
            await self._send(to, object_, ready)
        except ContractBroken as broken:
            self.broken[to.name] = f"{to.name} does not take this any more: {broken}"
            self._give_up(ready, self.broken[to.name])
        except Transient as away:
            self._give_up(ready, f"{to.name} is away: {away}")

    def _give_up(self, ready: Sequence[Ready], why: str) -> None:
        """The destination broke in mid-batch: rows with an intent stay open (read back next time), the rest fail for this apply."""
        states = self.ledger.states(r.row.effect_id for r in ready)
        for r in ready:
            status = states.get(r.row.effect_id, {}).get("status")
            if status in OPEN:
                self.still_open[r.row.effect_id] = why
                self.ledger.mark({r.row.effect_id: (status, None, why)})
            elif status not in ("confirmed", "refused", "failed", "review"):
                self._fail([(r.row, why)])

    def _settled(self, row: PlanRow) -> bool:
        state = self.states.get(row.effect_id)
        if state is None:
            return False
        if state["status"] == "confirmed":
            self.vendor_ids[row.row_id] = state["vendor_id"] or ""
            self.already_done += 1
            return True
        if state["status"] == "review":
            self.reviews += 1
            return True
        same_plan = state["plan_hash"] == self.plan.plan_hash
        if same_plan and state["status"] == "refused":
            self.refused[row.effect_id] = state["refused_because"] or "refused"
            return True
        return False

    def _ready(self, row: PlanRow) -> Ready | None:
        """References resolved; None (and refused) when a row that it needs does not stand."""
        ids: dict[str, str] = {}
        for need in row.needs:
            vendor_id = self.vendor_ids.get(need)
            if not vendor_id:
                self._refuse([(row, f"needs the {self.rows[need].object}, which was not written")])
                return None
            ids[f"{self.rows[need].object}:{need}"] = vendor_id
        payload = {k: self.vendor_ids.get(v["ref"]) if isinstance(v, dict) and "ref" in v else v for k, v in row.payload().items()}
        return Ready(row, payload, ids)

    async def _recover(self, to: Destination, object_: str, ready: Sequence[Ready]) -> list[Ready]:
        """Rows whose intent stands open: confirmed when the effect is found, sent again when it is surely absent, else for a person."""
        open_ = [r for r in ready if self.states.get(r.row.effect_id, {}).get("status") in OPEN]
        if not open_:
            return list(ready)
        if not to.can_read_back:
            self._review(open_, "the outcome is unknown and this destination cannot be read back: look there, then decide")
            return [r for r in ready if r not in open_]
        found = await to.read_back(object_, open_)
        self._confirm([(r, found[r.row.effect_id]) for r in open_ if r.row.effect_id in found], is_new=False)
        return [r for r in ready if r.row.effect_id not in found]

    async def _look(self, to: Destination, object_: str, ready: Sequence[Ready]) -> list[Ready]:
        """Live look just before sending: drifted rows and rows of people who must not be touched now are refused."""
        if not ready:
            return []
        drifted = await to.drift(object_, ready)
        held = await suppression.holding(self.doors, self.rt.ops, ready)
        self._refuse([(r.row, f"suppressed now: {held[r.row.effect_id]}") for r in ready if r.row.effect_id in held])
        self._refuse(
            [(r.row, f"drifted: {drifted[r.row.effect_id]}") for r in ready if r.row.effect_id in drifted and r.row.effect_id not in held]
        )
        return [r for r in ready if r.row.effect_id not in drifted and r.row.effect_id not in held]

    async def _send(self, to: Destination, object_: str, ready: Sequence[Ready]) -> None:
        left, doubted = list(ready), set[str]()
        for attempt in range(1, TRIES + 1):
            if not left:
                return
            self.ledger.intend(self.plan.plan_hash, self.plan.dt, [r.row for r in left])
            try:
                outcomes = await to.send(object_, left)
            except UnknownOutcome as silent:
                outcomes = [Outcome(r.row.effect_id, "unknown", None, str(silent)) for r in left]
            except Transient as away:
                await self._turned_away(to, object_, left, doubted, f"{to.name} is away: {away}")
                return
            self.ledger.on_step("after_send")
            doubted |= {o.effect_id for o in outcomes if o.kind == "unknown"}
            by_id = {r.row.effect_id: r for r in left}
            left = await self._take(to, object_, by_id, outcomes, is_last=attempt == TRIES)

    async def _turned_away(self, to: Destination, object_: str, left: Sequence[Ready], doubted: set[str], why: str) -> None:
        """Refused before anything was done (429, 503, no connection): looked at once, else told as failed, which the next plan sends again.

        In doubt stays only a row whose earlier send of this apply got no answer: that one may still be on its way.
        """
        found: dict[str, str] = {}
        if to.can_read_back:
            try:
                found = await to.read_back(object_, left)
            except (Transient, ContractBroken) as silent:  # the refusal is word enough, and the look would only have confirmed it
                why = f"{why}; not looked at: {silent}"
        self._confirm([(r, found[r.row.effect_id]) for r in left if r.row.effect_id in found])
        absent = {r.row.effect_id for r in left} - set(found)
        self.still_open |= dict.fromkeys(absent & doubted, why)
        self.failed |= dict.fromkeys(absent - doubted, why)
        self.ledger.mark({e: ("unknown" if e in doubted else "failed", None, why) for e in absent})

    async def _take(
        self, to: Destination, object_: str, ready: dict[str, Ready], outcomes: Sequence[Outcome], *, is_last: bool
    ) -> list[Ready]:
        """Record what became of a batch; returns the rows to send again."""
        told = {o.effect_id: o for o in outcomes}
        if set(told) != set(ready):
            raise ContractBroken(f"{to.name} answered for {len(told)} rows of {len(ready)}")
        done = [(ready[o.effect_id], o.vendor_id or "") for o in outcomes if o.kind == "done"]
        if to.confirms_by_reading and to.can_read_back and done:
            self.ledger.mark({r.row.effect_id: ("sent", vendor_id, "") for r, vendor_id in done})
            self.ledger.on_step("before_confirm")
            found = await to.read_back(object_, [r for r, _ in done])
            for r, _ in done:
                if r.row.effect_id not in found:
                    self.still_open[r.row.effect_id] = f"{to.name} took it, and it was not found there afterwards"
            done = [(r, found[r.row.effect_id]) for r, _ in done if r.row.effect_id in found]
        self._confirm(done)
        failed = [o for o in outcomes if o.kind == "failed" or (o.kind == "retry" and is_last)]
        self.ledger.mark({o.effect_id: ("failed", None, o.detail) for o in failed})
        self.failed |= {o.effect_id: o.detail for o in failed}
        self._refuse([(ready[o.effect_id].row, f"{to.name}: {o.detail}") for o in outcomes if o.kind == "refused"])
        again = [ready[o.effect_id] for o in outcomes if o.kind == "retry" and not is_last]
        unknown = [ready[o.effect_id] for o in outcomes if o.kind == "unknown"]
        return again + await self._doubtful(to, object_, unknown, {o.effect_id: o.detail for o in outcomes}, is_last=is_last)

    async def _doubtful(
        self, to: Destination, object_: str, unknown: Sequence[Ready], why: dict[str, str], *, is_last: bool
    ) -> list[Ready]:
        """No answer came: read back before anything is sent again; without a read-back it is a person's turn."""
        if not unknown:
            return []
        self.ledger.mark({r.row.effect_id: ("unknown", None, why[r.row.effect_id]) for r in unknown})
        self.ledger.on_step("after_unknown")
        if not to.can_read_back:
            self._review(unknown, "no answer came and this destination cannot be read back: look there, then decide")
            return []
        found = await to.read_back(object_, unknown)
        self._confirm([(r, found[r.row.effect_id]) for r in unknown if r.row.effect_id in found])
        absent = [r for r in unknown if r.row.effect_id not in found]
        if is_last or not to.is_idempotent:  # it may still be on its way: the next apply looks again
            self.still_open |= {r.row.effect_id: why[r.row.effect_id] for r in absent}
            return []
        return absent

    def _confirm(self, done: Sequence[tuple[Ready, str]], *, is_new: bool = True) -> None:
        if not done:
            return
        self.ledger.confirm([(r.row, vendor_id) for r, vendor_id in done])
        self.ledger.on_step("after_confirm")
        for r, vendor_id in done:
            self.vendor_ids[r.row.row_id] = vendor_id
            if is_new:
                self.confirmed[f"{r.row.destination}.{r.row.object}"] += 1
            else:
                self.recovered += 1

    def _refuse(self, refusals: Sequence[tuple[PlanRow, str]]) -> None:
        if refusals:
            self.ledger.refuse(self.plan.plan_hash, self.plan.dt, refusals)
            self.refused |= {row.effect_id: why for row, why in refusals}

    def _fail(self, failures: Sequence[tuple[PlanRow, str]]) -> None:
        """Rows that were never sent: in the ledger as failed, without an attempt."""
        self.ledger.refuse(self.plan.plan_hash, self.plan.dt, failures)
        self.ledger.mark({row.effect_id: ("failed", None, why) for row, why in failures})
        self.failed |= {row.effect_id: why for row, why in failures}

    def _review(self, ready: Sequence[Ready], why: str) -> None:
        self.ledger.mark({r.row.effect_id: ("review", None, why) for r in ready})
        for r in ready:
            reviews.ask(self.rt, "unknown_outcome", r.row.effect_id, f"{r.row.destination} {r.row.object}: {why}")
        self.reviews += len(ready)
