"""A home's manifest is whole at any moment: parses of several processes wait for each other, readers never see half a file."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from signals_pipeline.errors import Permanent
from signals_pipeline.io import dbt
from signals_pipeline.settings import load_settings


def test_the_manifest_of_an_earlier_parse_stays_whole_while_another_one_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load_settings({}, home=tmp_path)
    target = tmp_path / "dbt" / "target" / "manifest.json"
    target.parent.mkdir(parents=True)
    half, go_on = threading.Event(), threading.Event()

    def quick(_: Any) -> Any:
        target.write_text('{"parse": 1}')
        return SimpleNamespace(success=True, result=object())

    def slow(_: Any) -> Any:
        target.write_text('{"par')
        half.set()
        assert go_on.wait(30)
        target.write_text('{"parse": 2}')
        return SimpleNamespace(success=True, result=object())

    monkeypatch.setattr(dbt, "_invoke", quick)
    first = dbt.parse(settings)
    monkeypatch.setattr(dbt, "_invoke", slow)
    second = threading.Thread(target=dbt.parse, args=(settings,))
    second.start()
    assert half.wait(30)
    assert json.loads(first.read_text()) == {"parse": 1}
    go_on.set()
    second.join()
    assert json.loads(first.read_text()) == {"parse": 2}


def test_a_second_parse_of_a_home_begins_when_the_first_has_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load_settings({}, home=tmp_path)
    target = tmp_path / "dbt" / "target" / "manifest.json"
    target.parent.mkdir(parents=True)
    inside, most = 0, 0

    def counted(_: Any) -> Any:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        target.write_text("{}")
        inside -= 1
        return SimpleNamespace(success=True, result=object())

    monkeypatch.setattr(dbt, "_invoke", counted)
    many = [threading.Thread(target=dbt.parse, args=(settings,)) for _ in range(6)]
    for one in many:
        one.start()
    for one in many:
        one.join()
    assert most == 1


def test_a_project_that_does_not_parse_leaves_the_manifest_of_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load_settings({}, home=tmp_path)
    dbt.manifest_of(settings).parent.mkdir(parents=True)
    dbt.manifest_of(settings).write_text("{}")
    monkeypatch.setattr(dbt, "_invoke", lambda _: SimpleNamespace(success=False, exception="no such macro"))
    with pytest.raises(Permanent, match="dbt parse failed: no such macro"):
        dbt.parse(settings)
    assert dbt.manifest_of(settings).read_text() == "{}"
