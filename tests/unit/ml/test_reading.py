"""Files as the world writes them: every one is read right, or refused in one line that says what to do."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from ml.reading import BadTable, rows_of
from ml.table import read

PLAIN = "id,name,won\n1,Ada,yes\n2,Bob,no\n3,Eve,yes\n"


def written(tmp_path: Path, data: str | bytes, name: str = "leads.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def cells(path: Path) -> list[list[str]]:
    frame, _, _ = rows_of(path)
    return [list(frame.columns), *frame.to_numpy().tolist()]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_delimiter_and_line_ends_are_found_out(tmp_path: Path, delimiter: str, ends: str) -> None:
    path = written(tmp_path, PLAIN.replace(",", delimiter).replace("\n", ends))
    assert cells(path) == [line.split(",") for line in PLAIN.splitlines()]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252", "latin-1"])
def test_encoding_is_found_out(tmp_path: Path, encoding: str) -> None:
    path = written(tmp_path, PLAIN.replace("Ada", "Zoë Müller").encode(encoding))
    assert cells(path)[0] == ["id", "name", "won"]
    assert cells(path)[1] == ["1", "Zoë Müller", "yes"]


def test_quoted_fields_hold_delimiters_quotes_and_line_ends(tmp_path: Path) -> None:
    path = written(tmp_path, 'name,said,won\n"Acme, Inc","he said ""yes""\nand left",1\nBeta,"",0\n')
    assert cells(path)[1:] == [["Acme, Inc", 'he said "yes"\nand left', "1"], ["Beta", "", "0"]]


def test_a_comma_in_a_number_does_not_win_over_the_semicolons(tmp_path: Path) -> None:
    path = written(tmp_path, "price;rate;won\n" + "1,5;2,5;1\n" * 9)
    assert cells(path)[0] == ["price", "rate", "won"]


def test_a_packed_file_is_read(tmp_path: Path) -> None:
    assert cells(written(tmp_path, gzip.compress(PLAIN.encode()), "leads.csv.gz"))[3] == ["3", "Eve", "yes"]


def test_names_that_come_twice_or_not_at_all_get_names_and_a_note(tmp_path: Path) -> None:
    frame, _, notes = rows_of(written(tmp_path, "a,a,,won\n1,2,3,yes\n"))
    assert list(frame.columns) == ["a", "a (2)", "column 3", "won"]
    assert len(notes) == 2
    assert read(written(tmp_path, "a,a,,won\n1,2,3,yes\n4,5,6,no\n"), "won").notes[:2] == notes


def test_a_line_with_another_number_of_fields_is_left_out_and_counted(tmp_path: Path) -> None:
    frame, left_out, _ = rows_of(written(tmp_path, PLAIN + "4,x,yes,more\n" + "5,y,no\n" * 60))
    assert left_out == {"fields_do_not_fit": 1}
    assert len(frame) == 63
    assert read(written(tmp_path, PLAIN + "4,x,yes,more\n" + "5,y,no\n" * 60), "won").dropped["fields_do_not_fit"] == 1


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"  \n \n", "is empty"),
        (b"PK\x03\x04rest", "workbook; save it as CSV"),
        (b"PAR1rest", "Parquet"),
        (b"a,b\n1,\x002\n", "zero bytes"),
        (b"a,won\n", "no rows"),
        (b"a,won\n1,yes,2\n2,no\n3,yes,4\n", "do not have the 2 fields"),
        (b"1,2.5,yes\n2,3.5,no\n", "looks like data"),
        (gzip.compress(b"a,b\n" * 99)[:-9], "ended before"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_by_what_is_wrong(tmp_path: Path, data: bytes, says: str) -> None:
    with pytest.raises(BadTable, match=says) as refused:
        rows_of(written(tmp_path, data))
    assert "leads.csv" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_lines_swallowed_by_a_quote_that_is_never_closed_are_not_lost_in_silence(tmp_path: Path) -> None:
    lines = ["size,source,won", *(f"{at},web,{at % 2}" for at in range(400)), "7,two,1"]
    lines[120] = '5,"web,1'
    path = tmp_path / "t.csv"
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(BadTable, match="do not have the 3 fields"):
        read(path, "won")


@pytest.mark.parametrize(
    ("data", "says"),
    [("<html><body>502</body></html>", "HTML or XML"), ('[{"won": 1}]', "JSON"), ('[\n  {"won": 1}\n]', "JSON"), (' {"won": 1}\n', "JSON")],
)
def test_a_page_or_json_is_refused_by_its_name(tmp_path: Path, data: str, says: str) -> None:
    with pytest.raises(BadTable, match=f"is {says}; save it as CSV"):
        cells(written(tmp_path, data))
