"""Named dice: every random choice of the sandbox is drawn from (seed, what it is about), never from call order.

(seed, parts...) → `random.Random` or `numpy.random.Generator`. Re-simulating a day draws the same numbers.
Does not belong here: what the numbers are used for.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")


def dice(*parts: object) -> random.Random:
    """A generator that depends on the parts alone."""
    return random.Random("/".join(map(str, parts)))


def day_dice(seed: int, day: int, topic: str) -> np.random.Generator:
    """One vectorised generator per (seed, day ordinal, topic): a row per company or user is drawn from it."""
    word = int.from_bytes(hashlib.sha256(topic.encode()).digest()[:4], "big")
    return np.random.Generator(np.random.PCG64([seed & 0xFFFFFFFF, day, word]))


def weighted(r: random.Random, table: Sequence[tuple[T, float]]) -> T:
    """One value of `(value, weight)` pairs; the weights need not add up to one."""
    total = sum(w for _, w in table)
    at = r.random() * total
    for value, weight in table:
        at -= weight
        if at < 0:
            return value
    return table[-1][0]
