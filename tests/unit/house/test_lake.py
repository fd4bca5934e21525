"""The lake: one file name per (dataset, dt, stream, window), sorted, never half written."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from signals_pipeline.errors import Permanent
from signals_pipeline.io.datasets import DATASETS
from signals_pipeline.io.lake import Lake

DAY, NEXT = date(2026, 6, 1), date(2026, 6, 2)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(str(tmp_path / "lake"))


def _mention(mention_id: str, **more: object) -> dict[str, object]:
    return {"mention_id": mention_id, "name": "Acme", **more}


def test_a_second_run_overwrites_the_first_with_the_same_bytes(lake: Lake) -> None:
    def once() -> bytes:
        lake.write("mentions", DAY, [_mention("b"), _mention("a")], stream="s")
        ((_, path),) = lake.files("mentions")
        return Path(path).read_bytes()

    assert once() == once()
    assert lake.read("mentions")["mention_id"].to_pylist() == ["a", "b"]


def test_a_declared_dataset_can_be_read_before_anything_was_written(lake: Lake) -> None:
    lake.declare()
    assert {name: lake.read(name).num_rows for name in DATASETS} == dict.fromkeys(DATASETS, 0)


def test_only_the_rows_that_are_asked_for_are_read(lake: Lake) -> None:
    lake.write("mentions", DAY, [_mention("a"), _mention("b", name="Other")])
    lake.write("mentions", NEXT, [_mention("b"), _mention("c", name=None)])
    found = lake.read("mentions", columns=["mention_id", "name"], where=pc.field("name") == "Acme")
    assert list(zip(found["mention_id"].to_pylist(), found["dt"].to_pylist(), strict=True)) == [("a", DAY), ("b", NEXT)]


def test_an_undeclared_column_is_refused(lake: Lake) -> None:
    with pytest.raises(Permanent, match="colour"):
        lake.write("mentions", DAY, [_mention("a", colour="red")])


def test_an_undeclared_dataset_is_refused_with_the_nearest_name(lake: Lake) -> None:
    with pytest.raises(Permanent, match="did you mean mentions"):
        lake.write("mention", DAY, [])


def test_a_wrong_type_names_the_column(lake: Lake) -> None:
    with pytest.raises(Permanent, match=r"mentions\.employees"):
        lake.write("mentions", DAY, [_mention("a", employees="many")])


def test_days_that_lost_their_rows_get_an_empty_file(lake: Lake) -> None:
    def table(*days: date) -> pa.Table:
        return pa.table({"mention_id": [f"m{i}" for i in range(len(days))], "dt": pa.array(days, pa.date32())})

    lake.write_days("mentions", table(DAY, NEXT), stream="s")
    lake.write_days("mentions", table(NEXT), stream="s")
    assert lake.read("mentions")["dt"].to_pylist() == [NEXT]
    assert len(lake.files("mentions")) == 2


def test_as_of_reads_only_earlier_days(lake: Lake) -> None:
    lake.write("mentions", DAY, [_mention("a")])
    lake.write("mentions", NEXT, [_mention("b")])
    assert lake.read("mentions", until=DAY)["mention_id"].to_pylist() == ["a"]
    assert lake.read("mentions", before=NEXT)["mention_id"].to_pylist() == ["a"]
    assert lake.newest("mentions") == NEXT and lake.newest("mentions", until=DAY) == DAY


def test_a_file_that_was_not_renamed_is_not_seen(lake: Lake) -> None:
    lake.write("mentions", DAY, [_mention("a")])
    ((_, path),) = lake.files("mentions")
    (Path(path).parent / ".half.parquet").write_bytes(b"PAR1")
    assert lake.read("mentions").num_rows == 1


def test_a_lake_in_a_hidden_folder_is_read_like_any_other(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path / ".signals" / "lake"))
    lake.write("mentions", DAY, [_mention("a")])
    assert lake.read("mentions").num_rows == 1


def test_an_object_store_takes_the_same_rows() -> None:
    lake = Lake("memory://lake-of-a-test")
    lake.write("mentions", DAY, [_mention("a")])
    assert lake.read("mentions")["mention_id"].to_pylist() == ["a"]


def test_personal_columns_stand_in_raw_and_people_alone() -> None:
    assert {d.name for d in DATASETS.values() if d.personal and d.layer == "facts"} == {"people"}
