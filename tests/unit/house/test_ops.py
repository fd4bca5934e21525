"""The ops store opens, upgrades, and takes one writer at a time."""

from datetime import date
from pathlib import Path

import sqlalchemy as sa

from signals_pipeline.io import ops, ops_store


def test_opening_twice_keeps_what_was_written(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/deep/ops.db"
    row = {"company_id": "c", "arm": "treated", "drawn_on": date(2026, 6, 1), "salt": "s"}
    with ops.open_ops(url).begin() as connection:
        connection.execute(ops.holdouts.insert(), [row])
    with ops.open_ops(url).connect() as connection:
        assert connection.execute(sa.select(ops.holdouts.c.arm)).scalar_one() == "treated"


def test_the_newest_revision_is_the_number_of_the_newest_file_and_an_older_store_is_brought_to_it(tmp_path: Path) -> None:
    assert f'revision = "{ops_store.newest_revision()}"' in max((ops_store.MIGRATIONS / "versions").glob("[0-9]*.py")).read_text()
    url = f"sqlite:///{tmp_path}/ops.db"
    with ops.open_ops(url).begin() as connection:
        connection.execute(sa.text("delete from alembic_version"))
        ops.metadata.drop_all(connection)
    assert set(ops.metadata.tables) <= set(sa.inspect(ops.open_ops(url)).get_table_names())


def test_every_declared_table_stands_after_the_migrations(tmp_path: Path) -> None:
    engine = ops.open_ops(f"sqlite:///{tmp_path}/ops.db")
    assert set(ops.metadata.tables) <= set(sa.inspect(engine).get_table_names())
