"""What a message is made from and what it is: `Contact`, `Signal`, `Draft`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class Contact:
    """Whom the message is for. Values come from outside: data, never text to be trusted."""

    first_name: str | None
    company_name: str | None
    title: str | None = None


@dataclass(frozen=True)
class Signal:
    """Why now: the type, the evidence ids that carry it, and what the evidence says (`facts`: name → text)."""

    signal_type: str
    evidence: tuple[str, ...]
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Draft:
    """The four texts, HTML-escaped where they go into HTML, and the evidence that the opening rests on."""

    greeting: str  # custom4
    spoken_company_name: str  # custom5
    opening: str  # custom6
    call_to_action: str  # custom7
    evidence: tuple[str, ...] = ()
    template: str = ""

    def texts(self) -> dict[str, str]:
        return {k: v for k, v in asdict(self).items() if k in TEXTS}


TEXTS = ("greeting", "spoken_company_name", "opening", "call_to_action")
