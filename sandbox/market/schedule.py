"""Mails of running sequences that are planned and not sent yet, as the sequencer shows them: mailings in state `scheduled`.

agenda → `table` → rows of `o_mailing`'s shape. They get their lasting number when they are sent, so they are listed by this filter alone.
Does not belong here: when a mail is planned (`engage.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.world import World

FIRST = 1_000_000_000  # numbers of planned mails; those of sent ones begin at 1


def table(w: World) -> str:
    """The name of a table of what is planned now, made anew."""
    db = w.store.db
    db.execute("CREATE TEMP TABLE IF NOT EXISTS o_scheduled AS SELECT * FROM o_mailing WHERE 0")
    db.execute("DELETE FROM o_scheduled")
    states = {s["id"]: s for s in w.store.rows("SELECT * FROM o_sequence_state WHERE state = 'active'")}
    for due, number, op, args in w.agenda.heap:
        s = states.get(args.get("state")) if op == "mail" else None
        if s is not None:
            row = {
                "id": FIRST + number, "state": "scheduled", "mailingType": "sequence", "scheduledAt": due, "stateChangedAt": s["createdAt"],
                "openCount": 0, "clickCount": 0, "prospect": s["prospect"], "sequence": s["sequence"], "sequenceState": s["id"],
                "mailbox": s["mailbox"], "createdAt": s["createdAt"], "updatedAt": s["createdAt"],
            }  # fmt: skip
            names = ", ".join(f'"{c}"' for c in row)
            db.execute(f"INSERT INTO o_scheduled ({names}) VALUES ({', '.join('?' * len(row))})", tuple(row.values()))
    return "o_scheduled"
