"""The holdout: an arm per account, drawn once, when it first becomes eligible and before money is spent on it.

eligible company ids → hash(salt, id) → `ops.holdouts` → lake `ops__holdout` (stream `drawn`, for the same run).
The draw in SQL (`priorities.int_arms`) is the same: the first eight hex digits of md5(salt, company_id) against the share.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date

import sqlalchemy as sa

from signals_pipeline.io import ops as store
from signals_pipeline.keys import md5
from signals_pipeline.runtime import Runtime

HELD_OUT, TREATED = "held_out", "treated"


def arm_of(company_id: str, salt: str, share: float) -> str:
    """held_out or treated; the same for ever for one salt and id."""
    return HELD_OUT if int(md5(salt, company_id)[:8], 16) < int(share * 2**32) else TREATED


def draw(rt: Runtime, dt: date, eligible: Iterable[str], canonical: Mapping[str, str]) -> dict[str, set[str]]:
    """Draws for every eligible company that has no arm, itself or through a company merged into it.

    canonical: merged company id → id it points to. Returns the arms of each company, by canonical id (two when mixed).
    """
    rules = rt.profile.priorities
    table = store.holdouts
    with rt.ops.begin() as connection:
        store.serialize(connection, "holdout")
        arms: dict[str, set[str]] = {}
        for row in connection.execute(sa.select(table.c.company_id, table.c.arm)):
            arms.setdefault(canonical.get(row.company_id, row.company_id), set()).add(row.arm)
        new = [
            {"company_id": c, "arm": arm_of(c, rules.salt, rules.holdout_share), "drawn_on": dt, "salt": rules.salt}
            for c in sorted({canonical.get(c, c) for c in eligible}) if c not in arms
        ]  # fmt: skip
        if new:
            connection.execute(sa.insert(table), new)
    for row_ in new:
        arms[str(row_["company_id"])] = {str(row_["arm"])}
    return arms


def arms_standing(rt: Runtime, canonical: Mapping[str, str]) -> dict[str, set[str]]:
    """The arms drawn so far, by canonical id."""
    arms: dict[str, set[str]] = {}
    with rt.ops.connect() as connection:
        for row in connection.execute(sa.select(store.holdouts.c.company_id, store.holdouts.c.arm)):
            arms.setdefault(canonical.get(row.company_id, row.company_id), set()).add(row.arm)
    return arms


def land(rt: Runtime, dt: date) -> int:
    """The draws of a day into the lake, so that `priorities` of the same run sees them; returns their number."""
    table = store.holdouts
    with rt.ops.connect() as connection:
        rows = connection.execute(sa.select(table).where(table.c.drawn_on == dt).order_by(table.c.company_id)).all()
    known_at = rt.window(dt).end.astimezone(UTC).replace(tzinfo=None)
    return rt.lake.write(
        "ops__holdout", dt,
        [
            {
                "record_key": r.company_id, "known_at": known_at, "known_at_basis": "pulled", "pulled_at": known_at, "payload": None,
                "company_id": r.company_id, "arm": r.arm, "drawn_on": r.drawn_on, "salt": r.salt,
            }
            for r in rows
        ],
        stream="drawn",
    )  # fmt: skip
