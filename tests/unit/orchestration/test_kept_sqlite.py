"""Rules of the kept SQLite connections: one file is opened once, nested users never share, others are left alone, all is closed."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import registry
from sqlalchemy.pool import NullPool

from signals_pipeline.orchestration.kept_sqlite import KeptDialect, kept

TABLE = sa.Table("said", sa.MetaData(), sa.Column("n", sa.Integer), sa.Column("word", sa.Text))


def engine_of(path: Path) -> sa.Engine:
    """As Dagster makes one for each event."""
    return sa.create_engine(f"sqlite:///{path}", poolclass=NullPool)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    files: list[str] = []
    real = sqlite3.connect

    def connect(database: str, *args: object, **given: object) -> sqlite3.Connection:
        files.append(Path(database).name)
        return real(database, *args, **given)  # type: ignore[call-overload, no-any-return]

    monkeypatch.setattr(sqlite3, "connect", connect)
    monkeypatch.setattr(sqlite3.dbapi2, "connect", connect)
    return files


def test_many_engines_open_a_file_once_and_see_each_others_rows(tmp_path: Path, opened: list[str]) -> None:
    with kept(tmp_path):
        TABLE.metadata.create_all(engine_of(tmp_path / "a.db"))
        for n in range(5):
            with engine_of(tmp_path / "a.db").begin() as connection:
                connection.execute(TABLE.insert().values(n=n, word="said"))
        with engine_of(tmp_path / "a.db").connect() as connection:
            assert [r.n for r in connection.execute(sa.select(TABLE).order_by(TABLE.c.n))] == [0, 1, 2, 3, 4]
    assert opened == ["a.db"]
    with sqlite3.connect(tmp_path / "a.db") as plain:
        assert plain.execute("select count(*) from said").fetchone() == (5,)
    plain.close()


def test_a_user_inside_another_gets_a_connection_of_its_own(tmp_path: Path, opened: list[str]) -> None:
    with kept(tmp_path):
        TABLE.metadata.create_all(engine_of(tmp_path / "a.db"))
        with engine_of(tmp_path / "a.db").connect() as outer:
            outer.execute(sa.select(TABLE)).all()
            with engine_of(tmp_path / "a.db").begin() as inner:
                inner.execute(TABLE.insert().values(n=1, word="inner"))
                assert inner.connection.dbapi_connection is not outer.connection.dbapi_connection
    assert opened == ["a.db", "a.db"]


def test_what_was_not_committed_is_not_there_for_the_next_user(tmp_path: Path) -> None:
    with kept(tmp_path):
        TABLE.metadata.create_all(engine_of(tmp_path / "a.db"))
        with pytest.raises(ZeroDivisionError), engine_of(tmp_path / "a.db").begin() as connection:
            connection.execute(TABLE.insert().values(n=1, word="lost"))
            raise ZeroDivisionError
        with engine_of(tmp_path / "a.db").connect() as connection:
            assert connection.execute(sa.select(TABLE)).all() == []


def test_tables_and_columns_that_stand_are_looked_up_once_and_new_ones_are_seen(tmp_path: Path) -> None:
    asked: list[str] = []
    with kept(tmp_path):
        assert not sa.inspect(engine_of(tmp_path / "a.db")).has_table("said")
        TABLE.metadata.create_all(engine_of(tmp_path / "a.db"))
        assert sa.inspect(engine_of(tmp_path / "a.db")).has_table("said")
        first = sa.inspect(engine_of(tmp_path / "a.db")).get_columns("said")
        assert [c["name"] for c in first] == ["n", "word"]
        engine = engine_of(tmp_path / "a.db")
        sa.event.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
        assert sa.inspect(engine).has_table("said") and sa.inspect(engine).get_columns("said") == first
        assert asked == []
        assert not sa.inspect(engine_of(tmp_path / "b.db")).has_table("said")  # another file is another


def test_what_sqlite_is_like_is_asked_by_the_first_engine_and_known_to_the_next(tmp_path: Path) -> None:
    asked: list[str] = []
    with kept(tmp_path):
        first = engine_of(tmp_path / "a.db")
        TABLE.metadata.create_all(first)
        second = engine_of(tmp_path / "a.db")
        sa.event.listen(second, "before_cursor_execute", lambda *told: asked.append(told[2]))
        with second.connect() as connection:
            connection.execute(sa.select(TABLE)).all()
        assert second.dialect.default_isolation_level == first.dialect.default_isolation_level == "SERIALIZABLE"
        assert second.dialect.server_version_info == first.dialect.server_version_info
    assert [statement.split()[0] for statement in asked] == ["SELECT"]


def test_files_elsewhere_are_opened_and_closed_as_ever(tmp_path: Path, opened: list[str]) -> None:
    (tmp_path / "dagster").mkdir()
    with kept(tmp_path / "dagster"):
        TABLE.metadata.create_all(engine_of(tmp_path / "ops.db"))
        with engine_of(tmp_path / "ops.db").connect() as connection:
            raw = connection.connection.dbapi_connection
            connection.execute(sa.select(TABLE))
        assert raw is not None
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            raw.execute("select 1")
    assert opened == ["ops.db", "ops.db"]


def test_afterwards_sqlite_is_what_it_was(tmp_path: Path) -> None:
    with kept(tmp_path), engine_of(tmp_path / "a.db").connect() as connection:
        raw = connection.connection.dbapi_connection
    assert raw is not None
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        raw.execute("select 1")
    assert not isinstance(engine_of(tmp_path / "a.db").dialect, KeptDialect)
    assert registry.load("sqlite").__name__ == "SQLiteDialect_pysqlite"


def test_two_jobs_in_one_process_at_once_are_refused(tmp_path: Path) -> None:
    with kept(tmp_path), pytest.raises(RuntimeError, match="one job"), kept(tmp_path):
        pass
