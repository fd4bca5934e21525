"""Alerts to our own people, as plan rows: one per rule, episode and channel. Delivered through the ledger like every effect.

`priorities.alerts` + ledger → `alert_rows` → Slack messages (read back from the channel) and in-app notices (ops.notices).
"""

from __future__ import annotations

from signals_pipeline.activation.inputs import Inputs
from signals_pipeline.activation.ledger import Ledger
from signals_pipeline.activation.message.spoken import spoken_company
from signals_pipeline.activation.model import Change, Operation, PlanRow
from signals_pipeline.runtime import Runtime

CHANNELS = ("slack", "in_app")


def alert_rows(rt: Runtime, inputs: Inputs, on: dict[str, bool]) -> list[PlanRow]:
    """A row per alert; `skip` with the reason when it was delivered before, or its channel is off or unknown."""
    made = []
    for alert in inputs.alerts:
        channel = alert["channel"]
        key = f"{alert['rule']}:{alert['signal_id']}"
        title, name = str(alert["title"]), str(alert.get("company_name") or "")
        if name and (spoken := spoken_company(name)):
            title = title.replace(name, spoken, 1)  # the CRM may shout, and nobody says "Incorporated"
        changes = (Change("title", None, title, "ours"), Change("body", None, alert["body"], "ours"))
        why = "" if channel in CHANNELS else f"no such channel: {channel}"
        why = why or ("" if on.get(channel) else f"{channel} is off")
        operation: Operation = "skip" if why else "alert"
        made.append(
            PlanRow(
                channel,
                "alert",
                key,
                operation,
                "alert",
                why or f"rule {alert['rule']}, priority {alert['priority']}",
                changes,
                cost_usd=rt.profile.activation.usd_per_effect.get(f"{channel}.alert", 0.0),
                evidence=(alert["signal_id"],),
                company_id=alert["company_id"],
                signal_id=alert["signal_id"],
                facts={
                    "rule": alert["rule"],
                    "priority": alert["priority"],
                    "recipient": alert["owner_id"],
                    "alert_key": alert["alert_key"],
                },
            )
        )
    done = {e for e, r in Ledger(rt.ops, rt.stamp).states(r.effect_id for r in made).items() if r["status"] in ("confirmed", "review")}
    unique = {r.effect_id: r for r in made}
    return [_delivered(r) if r.effect_id in done and r.sends else r for r in unique.values()]


def _delivered(row: PlanRow) -> PlanRow:
    from dataclasses import replace

    return replace(row, operation="skip", reason=f"delivered before; {row.reason}")
