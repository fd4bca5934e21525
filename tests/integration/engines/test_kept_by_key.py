"""Rules of tables that keep one row per key and read changed days alone: after any story of the lake they are what the whole lake says."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from lake_stories import day, story, write
from support.market import build

from signals_pipeline.runtime import Runtime

Days = dict[int, dict[str, str]]  # day → key → what was said of it that day


def land(rt: Runtime, n: int, said: dict[str, str]) -> None:
    """What day `n` says of its keys, in every dataset; replaces what it said before. Keys of the first half are employers."""
    at = datetime.combine(day(n), datetime.min.time())
    rt.lake.write("mentions", day(n), [mention(key, name, at) for key, name in said.items()], stream="crm")
    rt.lake.write(
        "company_links", day(n), [{"mention_id": k, "company_id": v, "method": "domain"} for k, v in said.items()], stream="identity"
    )
    rt.lake.write(
        "events", day(n), [{"event_id": k, "dataset": "d", "record_key": k, "signal_type": v} for k, v in said.items()], stream="text"
    )
    rt.lake.write(
        "episode_links", day(n), [{"event_id": k, "episode_id": v, "signal_type": "x"} for k, v in said.items()], stream="identity"
    )
    persons = [{"person_record_id": k, "person_id": v, "method": "email"} for k, v in said.items()]
    rt.lake.write("person_links", day(n), persons, stream="identity")
    rt.lake.write("product_db__users", day(n), [user(key, plan, at) for key, plan in said.items()], stream="product_db.users")


def mention(key: str, name: str, at: datetime) -> dict[str, Any]:
    role = "employer" if key < "k6" else "subject"
    return {"mention_id": key, "dataset": "d", "record_key": key, "role": role, "known_at": at, "name": name}


def user(key: str, plan: str, at: datetime) -> dict[str, Any]:
    return {
        "record_key": key, "user_id": key, "plan_type": plan, "updated_at": at, "known_at": at, "known_at_basis": "modified",
        "pulled_at": at, "payload": "{}",
    }  # fmt: skip


def newest(key: str) -> bool:
    return True


def first(key: str) -> bool:
    return False


# model → schema, key, what it shows of a row, whether the newest word about a key stands (else the first)
KEPT: dict[str, tuple[str, str, str, Callable[[str], bool]]] = {
    "mentions": ("sources", "mention_id", "name", newest),
    "stg_product_db__users": ("sources", "user_id", "plan_type", newest),
    "events": ("sources", "event_id", "signal_type", first),
    "episode_links": ("identity", "event_id", "episode_id", first),
    "person_links": ("identity", "person_record_id", "person_id", newest),
    "company_links": ("identity", "mention_id", "company_id", lambda key: key < "k6"),
}


def kept(rt: Runtime, until: int) -> dict[str, dict[str, tuple[str, date]]]:
    """Each table after a build as of day `until`: key → (what is shown, dt)."""
    build(rt, list(KEPT), since=day(until), until=day(until))
    found = {}
    for model, (schema, key, shown, _) in KEPT.items():
        rows = rt.warehouse.rows(f"select {key} as key, {shown} as shown, dt from {schema}.{model}")
        found[model] = {r["key"]: (r["shown"], r["dt"]) for r in rows}
        assert len(found[model]) == len(rows), f"{model}: a key stands twice"
    return found


def expected(days: Days, until: int) -> dict[str, dict[str, tuple[str, date]]]:
    found: dict[str, dict[str, tuple[str, date]]] = {model: {} for model in KEPT}
    for n in sorted(d for d in days if d <= until):
        for key, said in days[n].items():
            for model, (*_, is_newest) in KEPT.items():
                if is_newest(key) or key not in found[model]:
                    found[model][key] = (said, day(n))
    return found


def some(draw: random.Random) -> dict[str, str]:
    """Few keys, so that the same one comes on several days."""
    return {f"k{draw.randrange(10)}": f"v{draw.randrange(100)}" for _ in range(draw.randrange(6))}


@pytest.mark.parametrize("seed", [7, 11])
def test_after_any_story_of_the_lake_each_table_is_what_the_whole_lake_says(rt: Runtime, seed: int) -> None:
    for step in story(seed, 8, some):
        for n in step.changed:
            land(rt, n, step.days[n])
        assert kept(rt, step.until) == expected(step.days, step.until), step.number


def test_a_new_day_leaves_the_keys_that_it_does_not_name_alone(rt: Runtime) -> None:
    land(rt, 1, {"k1": "a", "k2": "b"})
    kept(rt, 1)
    for model, (schema, key, shown, _) in KEPT.items():
        write(rt, f"update {schema}.{model} set {shown} = 'marked' where {key} = 'k1'")
    land(rt, 2, {"k2": "c", "k3": "d"})
    found = kept(rt, 2)
    for model, (*_, is_newest) in KEPT.items():
        k2 = ("c", day(2)) if is_newest("k2") else ("b", day(1))
        assert found[model] == {"k1": ("marked", day(1)), "k2": k2, "k3": ("d", day(2))}, model
