"""What each mailbox may still take on today: its own limit, less the mails of running sequences that are due and the people of the day.

enrolments in outbox order + mailboxes, scheduled mailings (live), today's ledger → `within_limits` → the same rows, some of them skipped.
The sequencer counts a follow-up like a first mail, so that a mailbox full of follow-ups would only park whoever is added.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from signals_pipeline.activation.caps import STANDING, decided_today, mailboxes_used
from signals_pipeline.activation.doors import OutreachDoor
from signals_pipeline.activation.model import PlanRow
from signals_pipeline.runtime import Runtime

LIMITS = ("maxMailingsPerDay", "maxEmailsPerDay")  # what the sequencer may send a day; all mail of the box, in and out


def limit_of(mailbox: Mapping[str, Any]) -> int | None:
    """Mails a day; None when the mailbox has no limit."""
    told = [int(mailbox[name]) for name in LIMITS if mailbox.get(name) is not None]
    return min(told) if told else None


async def within_limits(
    rt: Runtime, dt: date, door: OutreachDoor, rows: Sequence[PlanRow], mailboxes: Mapping[str, Mapping[str, Any]]
) -> list[PlanRow]:
    """Enrolments beyond what their mailbox may still send today become skips, last in the order first. Raises what the client raises."""
    named = {str(r.facts["mailbox_id"]) for r in rows if r.operation == "enrol"}
    limits = {m: limit for m in sorted(named) if (limit := limit_of(mailboxes.get(m, {}))) is not None}
    if not limits:
        return list(rows)
    decided = [d for d in decided_today(rt, dt) if d["status"] in STANDING]
    used = mailboxes_used(rt, decided)
    due = await follow_ups(rt, door, {str(d["vendor_id"]) for d in decided})
    room = {m: limit - due[m] - used[m] for m, limit in limits.items()}
    made = []
    for row in rows:
        m = str(row.facts["mailbox_id"])
        if row.operation != "enrol" or m not in limits:
            made.append(row)
            continue
        room[m] -= 1
        row = replace(row, facts={**row.facts, "follow_ups": due[m], "mailbox_limit": limits[m]})
        if room[m] < 0:
            why = f"the mailbox may send {limits[m]} mails a day: {due[m]} follow-ups are due, {used[m]} people were put in today"
            row = replace(row, operation="skip", reason=f"{why}; {row.reason}")
        made.append(row)
    return made


async def follow_ups(rt: Runtime, door: OutreachDoor, ours: set[str]) -> Counter[str]:
    """Mailbox → mails that are scheduled until midnight, those of states in `ours` left out: these people are counted as people."""
    params = {
        "filter[state]": "scheduled",
        "filter[scheduledAt]": f"neginf..{_midnight(rt).strftime('%Y-%m-%dT%H:%M:%SZ')}",
        "fields[mailing]": "scheduledAt,mailbox,sequenceState",
    }
    found: Counter[str] = Counter()
    async for page in door.pages("mailings", params):
        for mailing in page:
            mailbox, state = (_related(mailing, name) for name in ("mailbox", "sequenceState"))
            if mailbox is not None and state not in ours:
                found[mailbox] += 1
    return found


def _midnight(rt: Runtime) -> datetime:
    """The end of today in the profile's zone."""
    zone = ZoneInfo(rt.profile.zone)
    tomorrow = rt.now().astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), zone).astimezone(UTC)


def _related(resource: Mapping[str, Any], name: str) -> str | None:
    data = ((resource.get("relationships") or {}).get(name) or {}).get("data") or {}
    return None if data.get("id") is None else str(data["id"])
