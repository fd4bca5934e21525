"""Public tables: the cheap ones are judged here; `make accuracy` judges all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ml import accuracy, corpora


def test_without_the_tables_the_report_says_so_and_the_path_is_the_last_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "accuracy.json"
    assert accuracy.main(["--data", str(tmp_path / "absent"), "--out", str(out)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == str(out)
    assert "no public tables" in json.loads(out.read_text())["skipped"]


@pytest.mark.slow
def test_maven_abstains_and_names_what_knows_the_outcome() -> None:
    if not accuracy.DATA.is_dir():
        pytest.skip(f"no public tables at {accuracy.DATA}")
    found = accuracy.maven(accuracy.DATA)
    assert found["abstains"] is True
    assert "close_value" in found["leaks"]


@pytest.mark.slow
def test_olist_ranks_closers_and_its_times_beat_kaplan_meier() -> None:
    if not accuracy.DATA.is_dir():
        pytest.skip(f"no public tables at {accuracy.DATA}")
    found = accuracy.olist(accuracy.DATA)
    assert found["auc"] >= 0.72
    assert found["ibs"] < found["km_ibs"]
    assert found["abstains"] is False


def test_without_the_corpus_the_text_section_says_so(tmp_path: Path) -> None:
    assert "no corpus" in accuracy.free_text(tmp_path / "absent")["skipped"]


def test_sentences_are_judged_by_what_they_tell_of(tmp_path: Path) -> None:
    def row(at: int) -> dict[str, object]:
        owned = at % 3 == 0
        said = f"Acme {'was bought by' if owned else 'sells things to'} Beta in year {at} they said".split()
        return {
            "relation": "acquired_by" if owned else "client_of",
            "context": said,
            "e1_start": 0,
            "e1_end": 0,
            "e2_start": 4,
            "e2_end": 4,
        }

    for name, rows in zip(corpora.FILES, (range(240), range(240, 300)), strict=True):
        (tmp_path / name).write_text(json.dumps([row(at) for at in rows]), encoding="utf-8")
    found = corpora.relations(tmp_path)
    assert found["rows"] == 300
    assert found["leaks"] == ["sentence"]  # here the words give it away without exception, and that is said
