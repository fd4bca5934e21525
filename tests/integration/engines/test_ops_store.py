"""The contract of the ops store: one body, both engines, three processes at once (`ops_work`).

What only one engine can show is marked with `only_on`, and says why.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import ops_work as work
import pytest
import sqlalchemy as sa
from ops_work import AT, DAY, PROCESSES, Crew

from signals_pipeline.activation.ledger import Ledger
from signals_pipeline.activation.model import PlanRow
from signals_pipeline.errors import Permanent, Transient
from signals_pipeline.io import audit, ops
from signals_pipeline.io.lake import Lake
from signals_pipeline.io.lease import Lease
from signals_pipeline.io.pacing import Limit, Limits, Pacer


def only_on(engine: str, reason: str) -> Callable[[Any], Any]:
    """The test runs on this engine alone; `reason` stands in its id."""
    marks = [pytest.mark.postgres] if engine == "postgres" else []
    return pytest.mark.parametrize("ops_url", [pytest.param(engine, marks=marks, id=f"{engine} only: {reason}")], indirect=True)


def most_in_any(slots: list[float], seconds: float) -> int:
    return max(bisect.bisect_left(slots, at + seconds - 1e-6) - i for i, at in enumerate(slots))


def effect(key: str, what: str = "", **more: Any) -> PlanRow:
    return PlanRow("outreach", "prospect", key, "create", what or key, "signal", company_id="acme", email_key=key, **more)


def status_of(engine: sa.Engine, row: PlanRow) -> dict[str, Any]:
    return Ledger(engine, lambda: AT).states([row.effect_id])[row.effect_id]


# ---- opening -------------------------------------------------------------------------------------------------------
def test_processes_that_open_a_new_store_at_once_all_find_it_migrated(crew: Crew, ops_url: str) -> None:
    found = crew.each(work.open_store, ops_url)
    assert all(set(ops.metadata.tables) | {"alembic_version"} == set(tables) for tables in found)
    engine = ops.open_ops(ops_url)
    with engine.connect() as connection:
        assert len(connection.execute(sa.text("select version_num from alembic_version")).all()) == 1
    engine.dispose()


def test_the_tables_that_the_migrations_make_are_those_that_are_declared(engine: sa.Engine) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), ops.metadata) == []


# ---- pacing --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("limit", "seconds"), [(Limit(5, 1.0), 1.0), (Limit(40, 60.0, "window"), 60.0)], ids=["smooth", "window"])
def test_processes_share_one_rate_and_none_of_it_is_lost(crew: Crew, ops_url: str, limit: Limit, seconds: float) -> None:
    parts = crew.each(work.book, ops_url, Limits((limit,), max_wait_s=1e9), 40, 1_000.0)
    slots = sorted(s for part in parts for s in part)
    assert len(slots) == 40 * PROCESSES
    assert most_in_any(slots, seconds) <= limit.permits
    # nobody's booking overwrote another's: as many slots as one process alone would have used
    alone = Pacer(ops.open_ops("sqlite://"), "acme", Limits((limit,), max_wait_s=1e9), clock=lambda: 1_000.0).book(40 * PROCESSES)
    assert slots == pytest.approx(alone)


def test_the_days_cap_holds_over_processes_from_its_first_request(crew: Crew, ops_url: str) -> None:
    parts = crew.each(work.book, ops_url, Limits((), per_day=50), 30, 0.0)
    assert sum(len(part) for part in parts) == 50


def test_a_hold_of_one_process_is_seen_by_the_next_booking(engine: sa.Engine) -> None:
    one, other = (Pacer(engine, "acme", Limits((Limit(5, 1.0),)), clock=lambda: 1_000.0) for _ in range(2))
    one.hold(30.0)
    assert other.book(1) == [1_030.0]


@only_on("postgres", "SQLite has one writer, so every booking waits for every other")
def test_vendors_do_not_wait_for_each_other(ops_url: str) -> None:
    engine = ops.open_ops(f"{ops_url}?options=-c%20lock_timeout%3D500ms")  # a wait would be an error, not a test without end
    limits = Limits((Limit(5, 1.0),))
    Pacer(engine, "slow", limits, clock=lambda: 1_000.0).book(1)
    with engine.begin() as connection:
        connection.execute(sa.select(ops.rate_buckets).where(ops.rate_buckets.c.bucket.startswith("slow:")).with_for_update())
        assert Pacer(engine, "quick", limits, clock=lambda: 1_000.0).book(1) == [1_000.0]
        with pytest.raises(sa.exc.OperationalError, match="lock timeout"):
            Pacer(engine, "slow", limits, clock=lambda: 1_000.0).book(1)
    engine.dispose()


# ---- audit ---------------------------------------------------------------------------------------------------------
def test_entries_of_several_processes_are_one_unbroken_chain(crew: Crew, ops_url: str) -> None:
    written = crew.each(work.write_audit, ops_url, 25)
    engine = ops.open_ops(ops_url)
    assert sorted(n for part in written for n in part) == list(range(1, 25 * PROCESSES + 1))
    assert audit.verify(engine) is None and audit.head(engine)[0] == 25 * PROCESSES
    engine.dispose()


def test_an_entry_falls_with_the_deed_it_tells_of_and_leaves_no_gap(engine: sa.Engine) -> None:
    audit.append(engine, AT, "first", {})
    with pytest.raises(ZeroDivisionError), engine.begin() as connection:
        audit.append_in(connection, AT, "second", {})
        raise ZeroDivisionError
    assert audit.append(engine, AT, "third", {}) == 2
    assert audit.verify(engine) is None


def test_a_changed_entry_is_found_by_its_number(engine: sa.Engine) -> None:
    for n in range(3):
        audit.append(engine, AT + timedelta(microseconds=n), "told", {"n": n, "text": "Zoë € 30 %"})
    assert audit.verify(engine) is None
    with engine.begin() as connection:
        connection.execute(ops.audit.update().where(ops.audit.c.seq == 2).values(body='{"n":7}'))
    assert audit.verify(engine) == 2


# ---- credits -------------------------------------------------------------------------------------------------------
def test_the_credit_cap_is_hard_however_many_processes_reserve(crew: Crew, ops_url: str) -> None:
    got = crew.each(work.reserve, ops_url, 40.0, 30)
    assert sum(got) == 40
    engine = ops.open_ops(ops_url)
    with engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.sum(ops.credit_ledger.c.reserved))).scalar_one() == 40.0
    engine.dispose()


# ---- leases --------------------------------------------------------------------------------------------------------
def test_one_of_several_processes_takes_the_lease(crew: Crew, ops_url: str) -> None:
    holders = crew.each(work.take_lease, ops_url, 60)
    assert sorted(bool(h) for h in holders) == [False, False, True]


def test_a_lease_that_ran_out_goes_to_the_next_and_its_holder_may_not_go_on(engine: sa.Engine) -> None:
    now = AT
    first = Lease(engine, lambda: now, timedelta(minutes=5), "run.daily")
    with engine.begin() as connection:
        connection.execute(ops.leases.insert().values(name="run.daily", holder="elsewhere:1", until=AT + timedelta(minutes=5)))
    with pytest.raises(Transient, match="elsewhere:1"):
        first.take()
    now = AT + timedelta(minutes=6)
    first.take()
    first.renew()
    with engine.begin() as connection:
        connection.execute(ops.leases.update().values(holder="elsewhere:2"))
    with pytest.raises(Permanent, match="taken over"):
        first.renew()
    first.release()  # not ours any more: it stays with the other
    with engine.connect() as connection:
        assert connection.execute(sa.select(ops.leases.c.holder)).scalar_one() == "elsewhere:2"


# ---- the ledger of effects -----------------------------------------------------------------------------------------
def test_an_effect_goes_from_intent_to_sent_to_confirmed_and_is_never_rewritten(engine: sa.Engine, tmp_path: Any) -> None:
    ledger, row = Ledger(engine, lambda: AT), effect("ann")
    ledger.intend("plan-1", DAY, [row])
    assert (status_of(engine, row)["status"], status_of(engine, row)["attempts"]) == ("intent", 1)
    assert [r["effect_id"] for r in ledger.unsettled()] == [row.effect_id]
    ledger.mark({row.effect_id: ("sent", "v-1", "")})
    ledger.confirm([(row, "v-1")])
    done = status_of(engine, row)
    assert (done["status"], done["vendor_id"], done["sent_at"], done["confirmed_at"]) == ("confirmed", "v-1", AT, AT)
    ledger.refuse("plan-2", DAY, [(row, "opted_out")])
    ledger.intend("plan-2", DAY, [row])
    again = status_of(engine, row)
    assert (again["status"], again["plan_hash"], again["refused_because"]) == ("confirmed", "plan-1", None)
    assert ledger.unsettled() == []
    lake = Lake(str(tmp_path / "lake"))
    assert ledger.write_lake(lake, DAY) == 1 and lake.read("sends")["status"].to_pylist() == ["confirmed"]


def test_an_intent_without_an_answer_stays_open_and_a_batch_is_all_or_nothing(engine: sa.Engine) -> None:
    ledger, known, unknown = Ledger(engine, lambda: AT), effect("bob"), effect("cy")
    ledger.intend("plan", DAY, [known, unknown])
    ledger.mark({known.effect_id: ("failed", None, "422"), unknown.effect_id: ("unknown", None, "timeout")})
    assert [(r["natural_key"], r["error"]) for r in ledger.unsettled()] == [("cy", "timeout")]
    fine = effect("dee")
    broken = PlanRow("outreach", "prospect", None, "create", "x", "signal")  # type: ignore[arg-type]
    with pytest.raises(sa.exc.IntegrityError):
        ledger.intend("plan", DAY, [fine, broken])
    assert fine.effect_id not in ledger.states([fine.effect_id])


# ---- holdout -------------------------------------------------------------------------------------------------------
def test_an_arm_is_drawn_once_whoever_draws_and_whatever_the_share_becomes(crew: Crew, ops_url: str) -> None:
    companies = [f"company-{n}" for n in range(60)]
    first, *others = crew.each(work.draw, ops_url, companies, 0.3)
    assert set(first) == set(companies) and all(o == first for o in others)
    assert {"held_out"} in first.values() and {"treated"} in first.values()
    assert work.draw(ops_url, companies, 1.0, 9) == first  # a new share holds for new accounts only
    engine = ops.open_ops(ops_url)
    with engine.connect() as connection:
        drawn: list[date] = list(connection.execute(sa.select(ops.holdouts.c.drawn_on).distinct()).scalars())
        assert connection.execute(sa.select(sa.func.count()).select_from(ops.holdouts)).scalar_one() == len(companies)
    assert len(drawn) == 1
    engine.dispose()


# ---- first writers -------------------------------------------------------------------------------------------------
def test_first_writers_of_one_row_meet_without_an_error(crew: Crew, ops_url: str) -> None:
    crew.each(work.put_and_pause, ops_url, 10)
    engine = ops.open_ops(ops_url)
    with engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(ops.etags)).scalar_one() == 10
        assert connection.execute(sa.select(sa.func.count()).select_from(ops.notices)).scalar_one() == 10
        paused = connection.execute(sa.select(ops.source_health.c.paused_until, ops.source_health.c.failures)).all()
    assert [tuple(p) for p in paused] == [(AT + timedelta(hours=PROCESSES - 1), PROCESSES)] * 10
    engine.dispose()
