"""Rules of dropped files: when a file is taken, how it is read, what becomes of it, and that a re-drop is harmless."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from source_fakes import DT, landed

from signals_pipeline.errors import SkipRecord
from signals_pipeline.runtime import Runtime
from signals_pipeline.sources import runner
from signals_pipeline.sources.file_drop.folder import as_of
from signals_pipeline.sources.file_drop.templates import TEMPLATES, column_of
from signals_pipeline.sources.file_drop.text import decode, lines
from signals_pipeline.sources.report import StreamRun

HEADER = "company_name,company_domain,announced_on,round_type,amount,currency"
ROW = "Acme Ltd,acme.example,2026-06-28,series_a,1000000,USD"
NAME = "pitchbook_funding_2026-06-29.csv"


def drop(rt: Runtime, *rows: str, name: str = NAME, header: str = HEADER, template: str = "funding", marker: str | None = ".done",
         content: bytes | None = None) -> Path:  # fmt: skip
    folder = rt.settings.file_drop / template / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(content if content is not None else "\n".join([header, *rows, ""]).encode())
    if marker:
        (folder / f"{name}{marker}").write_text(hashlib.sha256(path.read_bytes()).hexdigest() if marker == ".sha256" else "")
    return path


def pull(rt: Runtime, template: str = "funding", dt: date = DT, **given: object) -> StreamRun:
    return runner.run(rt, dt, only=[f"file_drop.{template}"], **given).streams[0]  # type: ignore[arg-type]


def names(rt: Runtime, where: str, template: str = "funding") -> list[str]:
    return sorted(p.name for p in (rt.settings.file_drop / template / where).rglob("*") if p.is_file())


def test_a_file_lands_with_its_line_and_its_announcement_date(rt: Runtime) -> None:
    drop(rt, ROW)
    run = pull(rt)
    assert (run.status, run.records_in, run.landed) == ("ok", 1, 1)
    row = landed(rt, "file_drop__funding")[0]
    assert (row["company_name"], str(row["amount"]), row["source_row"], row["known_at_basis"]) == (
        "Acme Ltd", "1000000.00", f"{NAME}:2", "announcement",
    )  # fmt: skip
    assert row["known_at"].isoformat() == "2026-06-28T23:59:59"
    assert (names(rt, "incoming"), names(rt, "done")) == ([], [NAME, f"{NAME}.done"])
    mention = landed(rt, "mentions")[0]
    assert (mention["role"], mention["domain"], mention["dataset"]) == ("subject", "acme.example", "file_drop__funding")


def test_a_row_announced_after_its_file_is_known_since_the_file(rt: Runtime) -> None:
    drop(rt, ROW.replace("2026-06-28", "2026-07-15"))
    pull(rt)
    row = landed(rt, "file_drop__funding")[0]
    assert (row["known_at_basis"], row["known_at"].date()) == ("file_as_of", DT)


def test_a_dropped_file_of_the_morning_is_known_before_the_window_closes(rt: Runtime) -> None:
    drop(rt, ROW.replace("06-28", "06-30"), name="pitchbook_funding_2026-06-30.csv")
    assert pull(rt).landed == 1


def test_a_file_dated_in_the_future_is_left_where_it_is(rt: Runtime) -> None:
    drop(rt, ROW, name="pitchbook_funding_2026-07-09.csv")
    assert pull(rt).records_in == 0
    assert "pitchbook_funding_2026-07-09.csv" in names(rt, "incoming")


def test_line_errors_are_rejects_with_their_line_number(rt: Runtime) -> None:
    bad = ["Beta,,not a date,seed,5,USD", "Gamma,gamma.example", ",x.example,2026-06-28,seed,1,USD", "D,,2026-06-28,seed,ten,USD"]
    drop(rt, ROW, *bad)
    run = pull(rt)
    assert (run.landed, run.reasons) == (1, {"wrong_type": 2, "ragged_row": 1, "missing_field": 1})
    assert sorted(r["place"] for r in landed(rt, "rejects")) == [f"{NAME}:{n}" for n in (3, 4, 5, 6)]


def test_a_quoted_cell_over_two_lines_keeps_the_line_numbers_right(rt: Runtime) -> None:
    drop(rt, '"Acme\nLtd",acme.example,2026-06-28,series_a,1,USD', "Bad")
    pull(rt)
    assert [r["place"] for r in landed(rt, "rejects")] == [f"{NAME}:4"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_and_delimiters_are_told_by_the_file_itself(encoding: str, delimiter: str) -> None:
    text = f"{HEADER}\nSociété Générale,acme.example,2026-06-28,seed,5,EUR\n".replace(",", delimiter)
    found = list(lines(text.encode(encoding), TEMPLATES["funding"]))
    assert found[0].cells is not None
    assert found[0].cells["company_name"] == "Société Générale"


def test_headers_are_known_under_the_vendors_names() -> None:
    text = "Company Name,Website,Announced Date,Series,Amount Raised,Currency\nAcme,acme.example,2026-06-28,seed,5,USD\n"
    found = list(lines(text.encode(), TEMPLATES["funding"]))
    assert found[0].cells is not None and set(found[0].cells) == set(HEADER.split(","))
    assert column_of("URL", TEMPLATES["job_posting"]) == "url"
    assert column_of("URL", TEMPLATES["funding"]) == "source_url"
    assert column_of("Shoe Size", TEMPLATES["funding"]) == "shoe_size"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty_file"),
        (b"  \n ", "empty_file"),
        (b"PK\x03\x04\x14\x00\x06\x00", "not_text"),
        (b"\x81\x8d\x8f\x90\x9d", "undecodable"),
    ],
)
def test_bytes_that_are_no_text_are_refused_whole(content: bytes, reason: str) -> None:
    with pytest.raises(SkipRecord) as refused:
        decode(content)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"PK\x03\x04\x14\x00\x06\x00\x08", "not_text"),
        (b"name,when\nAcme,2026-06-28\n", "missing_columns"),
        ((HEADER + ',amount\nAcme,"x\n').encode(), "repeated_columns"),
        ((HEADER + '\nAcme,"never closed,2026-06-28,seed,1,USD\n').encode(), "malformed_csv"),
    ],
)
def test_an_unreadable_file_is_rejected_whole_with_its_reason(rt: Runtime, content: bytes, reason: str) -> None:
    drop(rt, content=content)
    run = pull(rt)
    assert (run.landed, run.reasons) == (0, {reason: 1})
    assert names(rt, "rejected") == [NAME, f"{NAME}.done", f"{NAME}.reason.txt"]
    assert reason in (rt.settings.file_drop / "funding" / "rejected" / DT.isoformat() / f"{NAME}.reason.txt").read_text()


def test_a_file_whose_name_has_no_day_is_rejected_because_its_age_says_nothing(rt: Runtime) -> None:
    drop(rt, ROW, name="pitchbook_funding.csv")
    assert pull(rt).reasons == {"no_as_of": 1}


def test_a_dropped_file_again_on_another_day_is_harmless(rt: Runtime) -> None:
    drop(rt, ROW)
    pull(rt, dt=DT - timedelta(days=1))
    drop(rt, ROW, name="pitchbook_funding_2026-06-29_again.csv")
    run = pull(rt)
    assert (run.status, run.landed, run.reasons) == ("ok", 0, {"file_repeated": 1})
    assert len(landed(rt, "file_drop__funding")) == 1


def test_the_same_row_in_a_later_file_is_reread_and_a_changed_one_lands(rt: Runtime) -> None:
    drop(rt, ROW)
    pull(rt, dt=DT - timedelta(days=1))
    drop(rt, ROW, ROW.replace("1000000", "2000000"), name="pitchbook_funding_2026-06-30.csv")
    run = pull(rt)
    assert (run.landed, run.reread) == (1, 1)


def test_running_the_day_again_reads_its_files_again_and_lands_the_same(rt: Runtime) -> None:
    drop(rt, ROW, ROW, "Bad")
    drop(rt, name="zoominfo_funding_2026-06-28.csv", content=b"nothing,known\n")
    drop(rt, ROW, ROW, "Bad", name="pitchbook_funding_2026-06-29_b.csv")
    first = pull(rt)
    again = pull(rt)
    assert (first.landed, first.reasons) == (1, {"duplicate": 1, "ragged_row": 1, "missing_columns": 1, "file_repeated": 1})
    assert (again.landed, again.reasons, again.reread) == (first.landed, first.reasons, 0)
    assert len(landed(rt, "file_drop__funding")) == 1


def test_a_file_that_a_crash_left_in_processing_is_read_the_next_time(rt: Runtime) -> None:
    path = drop(rt, ROW)
    processing = rt.settings.file_drop / "funding" / "processing"
    processing.mkdir()
    path.rename(processing / NAME)
    assert pull(rt).landed == 1


def test_a_marker_whose_checksum_differs_refuses_the_file_also_the_second_time(rt: Runtime) -> None:
    path = drop(rt, ROW, marker=".sha256")
    path.write_bytes(path.read_bytes()[:-10])
    assert pull(rt).reasons == {"checksum_mismatch": 1}
    assert pull(rt).reasons == {"checksum_mismatch": 1}


def test_a_right_checksum_is_accepted(rt: Runtime) -> None:
    drop(rt, ROW, marker=".sha256")
    assert pull(rt).landed == 1


def test_a_file_without_marker_is_taken_once_it_has_settled(rt: Runtime) -> None:
    path = drop(rt, ROW, marker=None)
    just_now = rt.now().timestamp() - 5
    os.utime(path, (just_now, just_now))
    assert pull(rt).records_in == 0
    os.utime(path, (just_now - 600, just_now - 600))
    assert pull(rt).landed == 1


def test_a_file_that_still_grows_is_left_alone(rt: Runtime) -> None:
    drop(rt, ROW, name=f"{NAME}.part", marker=None)
    assert pull(rt).records_in == 0


def test_a_delete_row_is_a_reject_and_an_unknown_op_too(rt: Runtime) -> None:
    drop(rt, f"{ROW},update", f"{ROW},delete", f"{ROW},upsert", header=f"{HEADER},op")
    run = pull(rt)
    assert (run.landed, run.reasons) == (1, {"deleted_by_vendor": 1, "wrong_type": 1})


def test_columns_nobody_knows_are_counted(rt: Runtime) -> None:
    drop(rt, f"{ROW},42", header=f"{HEADER},Shoe Size")
    assert pull(rt).unknown_fields == {"shoe_size": 1}


def test_a_batch_of_mostly_bad_rows_breaks_and_its_files_are_put_away(rt: Runtime) -> None:
    drop(rt, ROW, *[f"Bad {n}" for n in range(30)])
    run = pull(rt)
    assert (run.status, run.landed, run.rejected, run.held_back) == ("failed", 0, 30, 1)
    assert names(rt, "processing") == []
    assert NAME in names(rt, "rejected")
    assert pull(rt, dt=DT + timedelta(days=1)).status == "ok"


def test_a_file_of_mostly_bad_rows_holds_back_itself_and_no_other_file(rt: Runtime) -> None:
    drop(rt, ROW, name="acmedata_funding_2026-06-29.csv")
    drop(rt, ROW.replace("Acme", "Beta"), *[f"Bad {n}" for n in range(30)])
    drop(rt, ROW.replace("Acme", "Gamma"), name="zetadata_funding_2026-06-29.csv")
    run = pull(rt)
    assert (run.status, run.landed, run.rejected, run.held_back) == ("failed", 2, 30, 1)
    assert run.error and run.error.startswith(f"{NAME}: 30 of 31 records rejected")
    assert {r["company_name"] for r in landed(rt, "file_drop__funding")} == {"Acme Ltd", "Gamma Ltd"}
    assert [n for n in names(rt, "rejected") if n.endswith(".csv")] == [NAME]
    assert [n for n in names(rt, "done") if n.endswith(".csv")] == ["acmedata_funding_2026-06-29.csv", "zetadata_funding_2026-06-29.csv"]
    again = pull(rt)  # the day run again: the same file is held back, the same rows stand
    assert (again.landed, again.rejected, again.held_back) == (2, 30, 1)
    assert len(landed(rt, "file_drop__funding")) == 2


def test_what_a_held_back_file_took_the_place_of_stands_again(rt: Runtime) -> None:
    drop(rt, ROW, name=NAME)
    drop(rt, ROW, *[f"Bad {n}" for n in range(30)], name="pitchbook_funding_2026-06-28.csv")
    run = pull(rt)  # the older file comes first and is held back; the row it shares with the newer one is no duplicate then
    assert (run.landed, run.held_back, run.reasons.get("duplicate", 0)) == (1, 1, 0)
    assert landed(rt, "file_drop__funding")[0]["source_row"] == f"{NAME}:2"


def test_many_small_files_are_not_judged_together(rt: Runtime) -> None:
    for n in range(6):
        drop(rt, ROW.replace("Acme", f"Acme{n}"), *[f"Bad {n} {m}" for m in range(9)], name=f"v{n}_funding_2026-06-29.csv")
    run = pull(rt)
    assert (run.status, run.landed, run.rejected) == ("ok", 6, 54)


def test_the_newest_segment_export_stands_until_the_next(rt: Runtime) -> None:
    header = "segment_id,segment_name,domain,name,country,topics"
    given = {"header": header, "template": "sixsense_segment"}
    drop(rt, "4713,Surge,old.example,Old,US,", name="sixsense_segment_2026-06-20.csv", **given)  # type: ignore[arg-type]
    drop(rt, "4713,Surge,acme.example,Acme,US,eSignature", name="sixsense_segment_2026-06-28.csv", **given)  # type: ignore[arg-type]
    run = pull(rt, "sixsense_segment")
    assert (run.landed, run.reasons) == (1, {"file_superseded": 1})
    idle = pull(rt, "sixsense_segment", dt=DT + timedelta(days=1))
    assert (idle.status, idle.landed, idle.carried) == ("ok", 0, 1)
    rows = landed(rt, "sixsense__segment_members", since=DT + timedelta(days=1))
    assert [(r["record_key"], r["topics"], r["known_at"].date()) for r in rows] == [("4713|acme.example", "eSignature", date(2026, 6, 28))]


def test_history_and_replay_read_the_same_files(rt: Runtime, at: Callable[..., Runtime], tmp_path: Path) -> None:
    folder = tmp_path / "real" / "file_drop" / "funding"
    folder.mkdir(parents=True)
    (folder / NAME).write_text(f"{HEADER}\n{ROW}\n")
    (folder / "nameless.csv").write_text(f"{HEADER}\n{ROW}\n")
    run = pull(at(replay=tmp_path / "real"), history_from=date(2026, 1, 1))
    assert (run.status, run.days, run.reasons) == ("ok", {date(2026, 6, 28): 1}, {"no_as_of": 1})
    assert (folder / NAME).exists()


@pytest.mark.parametrize(
    ("name", "expected"),
    [("v_funding_2026-06-29.csv", date(2026, 6, 29)), ("v_20260629_x.csv", date(2026, 6, 29)), ("v_2026-13-45.csv", None), ("v.csv", None)],
)
def test_the_as_of_day_stands_in_the_name(name: str, expected: date | None) -> None:
    assert as_of(name) == expected
