"""Random stories of a lake: days come, come again, come late, and the run goes back in time; a story is the same for the same seed.

`story(seed, steps, some)` → after each step, the days as they are now and which of them have to be landed. What a day says, how it is
landed and what a table must hold afterwards does not belong here: the tests say it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Generic, TypeVar

from signals_pipeline.runtime import Runtime

FIRST = date(2026, 6, 1)
STEPS = ("new day", "new day", "day again", "older day", "back in time", "nothing")
Said = TypeVar("Said")


@dataclass(frozen=True)
class Step(Generic[Said]):
    """`days`: number of the day → what it says; `changed`: the days that say something else than when they were last landed."""

    number: int
    until: int
    days: dict[int, Said]
    changed: tuple[int, ...]


def story(seed: int, steps: int, some: Callable[[random.Random], Said]) -> Iterator[Step[Said]]:
    """Steps of one story; `until` is the day as of which is built. `some` draws what a day says."""
    draw = random.Random(seed)
    days: dict[int, Said] = {}
    stood: dict[int, Said] = {}
    until = 3
    for number in range(steps):
        match draw.choice(STEPS):
            case "new day":
                until = max([until, *days]) + 1
                days[until] = some(draw)
            case "day again":
                days[until] = some(draw)
            case "older day":
                days[draw.randrange(until + 1)] = some(draw)
            case "back in time":
                until = draw.randrange(1, until + 1)
        changed = tuple(n for n, said in days.items() if stood.get(n) != said)
        stood = dict(days)
        yield Step(number, until, dict(days), changed)


def day(n: int) -> date:
    return FIRST + timedelta(days=n)


def write(rt: Runtime, sql: str) -> None:
    """One statement on the warehouse, past dbt."""
    connection: Any
    if rt.settings.engine == "postgres":
        import psycopg2

        with psycopg2.connect(rt.settings.warehouse_url) as connection, connection.cursor() as cursor:
            cursor.execute(sql)
        connection.close()
    else:
        import duckdb

        with duckdb.connect(rt.settings.warehouse_url) as connection:
            connection.execute(sql)
