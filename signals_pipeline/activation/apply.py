"""Send a plan, each effect once: refuse the plan or the row when it must not go, record intent → send → confirmation.

stored plan → refusals → recovery of open intents → per object, in order: drift, suppression, intent, send, confirm → lake `sends`.
Run alone: `signals apply`. Does not belong here: what is sent (`plan.py`), how (`destinations/`), why a plan is refused (`refusals.py`).
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from signals_pipeline.activation import store, switches
from signals_pipeline.activation.doors import Doors, opened
from signals_pipeline.activation.ledger import Ledger, apply_lease
from signals_pipeline.activation.model import Plan
from signals_pipeline.activation.refusals import holds, refusals
from signals_pipeline.activation.sending import Sender
from signals_pipeline.errors import Permanent
from signals_pipeline.io import audit
from signals_pipeline.runtime import Runtime

MODES = ("dry_run", "manual", "auto")
REASONS = 3  # told in the message; the ledger has them all


@dataclass
class ApplyReport:
    """What an apply did. `refused_because`: why the whole plan was refused; empty when it was let through."""

    plan_hash: str
    dt: date
    mode: str
    refused_because: list[str] = field(default_factory=list)
    held_because: list[str] = field(default_factory=list)  # of these, what a person decided: paused, not approved yet
    would_send: int = 0
    sent: dict[str, int] = field(default_factory=dict)  # destination.object → effects confirmed by this apply
    recovered: int = 0  # open intents of a dead run whose effect was found to stand
    already_done: int = 0
    refused_rows: dict[str, int] = field(default_factory=dict)  # reason → rows
    failed: dict[str, int] = field(default_factory=dict)  # error → rows
    still_open: int = 0  # outcome unknown, or the vendor was away: the next apply reads back first
    open_because: dict[str, int] = field(default_factory=dict)  # reason → rows of those
    reviews: int = 0
    message: str = ""

    @property
    def is_green(self) -> bool:
        """Whether nothing failed and nothing is in doubt. A refused row is not a fault, nor is a plan that a person holds back."""
        return set(self.refused_because) <= set(self.held_because) and not self.failed and not self.still_open and not self.reviews


def run(
    rt: Runtime,
    plan_hash: str,
    *,
    mode: str | None = None,
    approve_by: str | None = None,
    doors: Doors | None = None,
    on_step: Callable[[str], None] | None = None,
) -> ApplyReport:
    """Apply a stored plan. `mode`: dry_run | manual | auto, default the setting. `approve_by`: record that person's approval first.

    Raises Permanent for an unknown or altered plan or mode, Transient while another apply runs. Vendor trouble is in the report.
    """
    mode = mode or rt.settings.mode
    if mode not in MODES:
        raise Permanent(f"unknown mode {mode}; known: {', '.join(MODES)}")
    plan = store.load(rt, plan_hash)
    report = ApplyReport(plan_hash, plan.dt, mode, would_send=len(plan.sending))
    if approve_by:
        switches.approve(rt, plan_hash, approve_by)
    report.held_because = holds(rt, plan, mode)
    report.refused_because = [*report.held_because, *refusals(rt, plan)]
    if report.refused_because or mode == "dry_run":
        report.message = (
            f"refused: {'; '.join(report.refused_because)}"
            if report.refused_because
            else f"dry run: {report.would_send} effects would be sent, none was"
        )
        audit.append(rt.ops, rt.stamp(), "apply_withheld", {"plan_hash": plan_hash, "mode": mode, "because": report.message})
        return report
    lease = apply_lease(rt)
    lease.take()
    try:
        audit.append(rt.ops, rt.stamp(), "apply_started", {"plan_hash": plan_hash, "mode": mode, "rows": report.would_send})
        ledger = Ledger(rt.ops, rt.stamp, on_step or (lambda step: None))
        asyncio.run(_apply(rt, plan, ledger, lease.renew, report, doors))
        ledger.write_lake(rt.lake, plan.dt)
        store.set_status(rt, plan_hash, "applied" if not report.still_open else "approved")
        audit.append(
            rt.ops,
            rt.stamp(),
            "apply_ended",
            {
                "plan_hash": plan_hash,
                "sent": report.sent,
                "refused": report.refused_rows,
                "failed": sum(report.failed.values()),
                "open": report.still_open,
            },
        )
    finally:
        lease.release()
    report.message = _words(report)
    return report


async def _apply(rt: Runtime, plan: Plan, ledger: Ledger, alive: Callable[[], None], report: ApplyReport, doors: Doors | None) -> None:
    async with opened(rt, doors) as through:
        sender = Sender(rt, plan, ledger, through, alive)
        await sender.all()
    report.sent = dict(sorted(sender.confirmed.items()))
    report.recovered, report.already_done = sender.recovered, sender.already_done
    report.refused_rows, report.failed = dict(Counter(sender.refused.values())), dict(Counter(sender.failed.values()))
    report.still_open, report.open_because = len(sender.still_open), dict(Counter(sender.still_open.values()))
    report.reviews = sender.reviews


def _words(report: ApplyReport) -> str:
    sent = sum(report.sent.values())
    if not sent and not report.recovered and not report.failed and not report.still_open:
        done = f"; all {report.already_done} effects of this plan stand already" if report.already_done else ""
        return f"nothing was sent{done}"
    parts = [f"{sent} sent"]
    parts += [
        f"{n} {word}{_because(why)}"
        for n, word, why in (
            (report.recovered, "found standing after an interrupted run", {}),
            (report.already_done, "stood already", {}),
            (sum(report.refused_rows.values()), "rows refused", report.refused_rows),
            (sum(report.failed.values()), "failed", report.failed),
            (report.still_open, "in doubt: the next apply looks first", report.open_because),
            (report.reviews, "for a person to look at", {}),
        )
        if n
    ]
    return ", ".join(parts)


def _because(reasons: dict[str, int]) -> str:
    """The commonest reasons, in brackets."""
    common = sorted(reasons.items(), key=lambda r: (-r[1], r[0]))
    told = "; ".join(f"{why[:200]}{f' ({n} times)' if n > 1 else ''}" for why, n in common[:REASONS])
    return f" ({told}{f'; {len(common) - REASONS} other reasons' if len(common) > REASONS else ''})" if told else ""
