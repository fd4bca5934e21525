"""A warehouse that other code built is told as such, with the command that mends it; one that is not built yet may be tried again."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from signals_pipeline.errors import Permanent, Transient
from signals_pipeline.io.warehouse import Warehouse


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute("create schema signals; create table signals.account_features (company_id text)")
    return Warehouse(str(tmp_path / "warehouse.duckdb"))


def test_a_column_that_older_code_did_not_make_is_told_with_what_to_do(warehouse: Warehouse) -> None:
    with pytest.raises(Permanent, match=r"built by other code; `signals run` builds it anew.*is_customer"):
        warehouse.rows("select is_customer from signals.account_features")


def test_a_relation_that_is_not_there_yet_may_come(warehouse: Warehouse) -> None:
    with pytest.raises(Transient, match="not in the warehouse yet"):
        warehouse.rows("select 1 from signals.buying_signals")


def test_a_warehouse_that_was_never_built_is_told_at_once_with_the_command_that_builds_it(tmp_path: Path) -> None:
    never = Warehouse(str(tmp_path / "none.duckdb"), patience_s=3600.0)
    with pytest.raises(Transient, match=r"none\.duckdb is not built yet; `signals run` builds it"):
        never.rows("select 1")
