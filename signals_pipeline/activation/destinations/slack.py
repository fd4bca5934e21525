"""Slack alerts: posted with a marker of ours, proven by finding the marker in the channel's history.

Without a bot token (incoming webhook only) nothing can be read back: at most once, and a person looks at the doubtful ones.
"""

from __future__ import annotations

from collections.abc import Sequence

from signals_pipeline.activation.destinations.base import Outcome, Ready
from signals_pipeline.activation.doors import SlackDoor
from signals_pipeline.errors import Transient, UnknownOutcome


class SlackDestination:
    name = "slack"
    batch = 1
    is_idempotent = False
    confirms_by_reading = True

    def __init__(self, door: SlackDoor, channel: str) -> None:
        """`channel`: the channel's id where it is known from an earlier post, else the name from the settings."""
        self.door, self.channel = door, channel
        self.can_read_back = door.can_read_back

    async def send(self, object_: str, ready: Sequence[Ready]) -> list[Outcome]:
        outcomes = []
        for r in ready:
            try:
                posted = await self.door.post(text_of(r))
            except UnknownOutcome as silent:
                outcomes.append(Outcome(r.row.effect_id, "unknown", None, str(silent)))
                continue
            except Transient as away:
                if not outcomes:
                    raise
                return outcomes + [Outcome(left.row.effect_id, "retry", None, str(away)) for left in ready[len(outcomes) :]]
            if posted.ts:
                self.channel = posted.channel
            outcomes.append(Outcome(r.row.effect_id, "done", f"{posted.channel}:{posted.ts or ''}"))
        return outcomes

    async def read_back(self, object_: str, ready: Sequence[Ready]) -> dict[str, str]:
        if not self.can_read_back:
            return {}
        found = {}
        for r in ready:
            message = await self.door.find(self.channel, marker(r))
            if message is not None:
                found[r.row.effect_id] = f"{self.channel}:{message['ts']}"
        return found

    async def drift(self, object_: str, ready: Sequence[Ready]) -> dict[str, str]:
        return {}  # a message has no record that could change


def marker(r: Ready) -> str:
    """Text that names the alert in the channel, made from its effect id."""
    return f"ref {r.row.effect_id[:12]}"


def text_of(r: Ready) -> str:
    """The message. Text from outside is data: Slack's control characters are escaped, so nobody can be mentioned or linked."""
    title, body = (escaped(str(r.payload.get(k) or "")) for k in ("title", "body"))
    return f"*{title}*\n{body}\n_{marker(r)}_"


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("*", "∗").replace("`", "'")
