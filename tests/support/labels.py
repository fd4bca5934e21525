"""Answers of labels beside events: when two spellings are the same, and which fields of a round are right.

A label of JSON has its answer in a field, and other answers that are right as well in `or_<field>`.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from signals_pipeline.extract.event import Event


def plain(text: str | None) -> str:
    """Lower case, no accents, no points; the spelling of an office made one."""
    text = unicodedata.normalize("NFKD", str(text or "")).encode("ascii", "ignore").decode().lower().replace("&", " and ")
    text = re.sub(r"\bceo\b", "chief executive officer", re.sub(r"[^a-z0-9 ]", " ", text))
    return re.sub(r" of the board(?: of (?:directors|trustees))?$", "", " ".join(text.split()))


def answers(said: dict[str, Any], field: str) -> list[Any]:
    return [said[field], *said.get(f"or_{field}", [])]


def round_right(event: Event, said: dict[str, Any]) -> dict[str, bool]:
    amount = None if event.amount is None else float(event.amount)
    return {
        "amount": amount in answers(said, "amount") and event.currency == said["currency"],
        "kind": event.round_type in answers(said, "round_type"),
        "modality": event.modality in said["modality"].split("|"),
        "day": str(event.occurred_on) in answers(said, "on"),
    }
