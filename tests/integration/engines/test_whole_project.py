"""The whole dbt project over one small market: the same rows on DuckDB and on Postgres, built twice, with the Python stage between.

Both markets of the dbt tests stand in one lake, so that no mart is empty: `MARTS_WITHOUT_ROWS` would have to name it.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from support.market import AFTER, BEFORE, DAY, build, runtime_in
from support.market_case import write_market
from support.signals_world import world

from signals_pipeline.io import publish
from signals_pipeline.io.lake import Lake
from signals_pipeline.runtime import Runtime
from signals_pipeline.scoring import stage

FIRST = DAY - timedelta(days=12)
MARTS_WITHOUT_ROWS: frozenset[str] = frozenset()
STAGES = ("rules", "sources", "identity", "signals", "scoring", "enrichment", "priorities", "activation", "metrics")


def write_lake(lake: Lake) -> None:
    """Both markets, and what the ledger knows of earlier days: a contact before the meeting of `buyer`, an alert."""
    world().write(lake, stream="world")
    signals = write_market(lake)
    contacted = {"status": "confirmed", "company_id": "buyer", "dt_planned": date(2026, 4, 7), "sent_at": datetime(2026, 4, 7)}
    alerted = {"status": "sent", "company_id": "acme", "dt_planned": DAY - timedelta(days=1), "sent_at": datetime(2026, 6, 30)}
    envelope = {"known_at": datetime(2026, 7, 1, 12), "known_at_basis": "modified", "pulled_at": datetime(2026, 7, 1, 12), "payload": "{}"}
    sends = [
        {"effect_id": "contact", "destination": "outreach", "object": "sequence_state", "signal_id": signals["acme"], **contacted},
        {"effect_id": "alert", "destination": "slack", "object": "alert", "signal_id": signals["acme"], **alerted},
    ]
    lake.write("ops__sends", DAY, [{"record_key": s["effect_id"], **envelope, **s} for s in sends], stream="earlier")


def run_stages(rt: Runtime, *, tests: bool) -> publish.PublishReport:
    """Every dbt stage in order, the lake's news before each on Postgres, as the daily job does it; then publish."""
    build(rt, BEFORE, since=FIRST, tests=tests)
    stage.run(rt, DAY, DAY)
    build(rt, AFTER, since=FIRST, tests=tests)
    return publish.run(rt)


def relations(rt: Runtime) -> list[tuple[str, str]]:
    marks = ", ".join(f"'{s}'" for s in STAGES)
    found = rt.warehouse.rows(f"select table_schema as s, table_name as t from information_schema.tables where table_schema in ({marks})")
    return sorted((r["s"], r["t"]) for r in found if not r["t"].endswith("__dbt_tmp"))


def content(rt: Runtime, schema: str, table: str) -> list[tuple[Any, ...]]:
    """Every row as sorted text; numbers by value, so that 2 and 2.00 are the same."""
    rows = rt.warehouse.rows(f'select * from {schema}."{table}"')
    return sorted(tuple(sorted((k, f"{v:.6f}" if _is_number(v) else str(v)) for k, v in r.items())) for r in rows)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


@pytest.mark.postgres
@pytest.mark.slow
def test_every_mart_and_every_other_relation_is_the_same_on_duckdb_and_postgres_built_twice(tmp_path: Path, fresh_database: str) -> None:
    duck, post = runtime_in(tmp_path / "duck"), runtime_in(tmp_path / "post", warehouse_url=fresh_database)
    published = {}
    for name, rt in (("duck", duck), ("post", post)):
        write_lake(rt.lake)
        once = run_stages(rt, tests=rt is post)  # DuckDB's data tests run wherever a stage is tested
        published[name] = run_stages(rt, tests=False)
        assert published[name].tables == once.tables
    marts = publish.marts_of(duck.settings.home / "dbt" / "manifest.json")
    assert not published["post"].absent and set(published["post"].tables) == {m.name for m in marts}
    assert {name for name, rows in published["post"].tables.items() if not rows} == MARTS_WITHOUT_ROWS

    for dataset in ("account_scores", "account_score_reasons"):
        assert duck.lake.read(dataset).num_rows and duck.lake.read(dataset).equals(post.lake.read(dataset)), dataset
    assert relations(duck) == relations(post)
    assert {s for s, _ in relations(duck)} == set(STAGES)
    for schema, table in relations(duck):
        assert content(duck, schema, table) == content(post, schema, table), f"{schema}.{table}"
    for mart in marts:
        assert content(post, publish.SCHEMA, mart.name) == content(duck, mart.schema, mart.name), mart.name
