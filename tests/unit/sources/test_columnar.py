"""Rules of reading by column: whatever a page holds, it lands exactly as record by record, rejects with their reasons too."""

from __future__ import annotations

import dataclasses
import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from source_examples import EXAMPLES
from source_fakes import lake_bytes, pull_given

from signals_pipeline.runtime import Runtime
from signals_pipeline.sources.report import StreamRun
from signals_pipeline.sources.spec import Body, code, sources

BY_COLUMN = [f"{v}.{n}" for v, source in sources().items() for n in source.streams if code(v, n).batch]
ODD: tuple[Any, ...] = (
    None, "", "   ", " padded ", "x", "12", "1,250", "12.5", 12, -3, 12.0, 12.5, 1 << 60, True, False, [], ["a@acme.example"], {"a": 1},
    "2026-06-28", "2026-06-28T09:00:00.000+0000", "2026-06-28T09:00:00+02:00", "2026-06-28T09:00:00", " 2026-06-28T09:00:00Z ", "soon",
    "0001-01-01T00:00:00+00:00", "Ada <ada@acme.example>", "ada@acme.example", "https://www.acme.example/x", "\x1f", "\u00a0", "İ",
)  # fmt: skip


def land(rt: Runtime, stream: str, pages: list[list[Any]], *, by_column: bool) -> StreamRun:
    bodies = [Body(b"", f"page-{number}", value=page) for number, page in enumerate(pages)]
    return pull_given(rt, stream, bodies, as_records=not by_column, max_reject_share=1.0)


def plain(stream: str, id_: int) -> dict[str, Any]:
    """The stream's example record under another id."""
    example = EXAMPLES[stream]()
    told: Any = json.loads(example.content) if example.content.lstrip()[:1] in b"[{" else example.value
    record = json.loads(
        json.dumps((told["data"] if isinstance(told, dict) and "data" in told else told if isinstance(told, list) else [told])[0])
    )
    key = next(k for k in ("Id", "id", "user_id") if k in record)
    record[key] = f"{record[key]}{id_}" if isinstance(record[key], str) else id_
    return dict(record)


def odd(stream: str, id_: int, draw: random.Random) -> Any:
    """A record with one value that is unlike the example's, anywhere but in its key's place."""
    record = plain(stream, id_)
    inner = record.get("attributes", record)
    inner[draw.choice([k for k in inner if k not in ("Id", "id", "user_id")])] = draw.choice(ODD)
    return record if draw.random() < 0.97 else draw.choice([None, "text", 12, [], {}])


@pytest.fixture
def both(rt: Runtime, at: Callable[..., Runtime], tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, list[list[Any]]], None]:
    from source_fakes import settings_at

    from signals_pipeline.runtime import build_runtime

    def check(stream: str, pages: list[list[Any]]) -> None:
        other = build_runtime(settings_at(tmp_path_factory.mktemp("rows")))
        try:
            columns, rows = land(rt, stream, pages, by_column=True), land(other, stream, pages, by_column=False)
            assert columns.status == "ok", columns.error
            assert dataclasses.asdict(columns) == dataclasses.asdict(rows)
            assert lake_bytes(rt) == lake_bytes(other)
        finally:
            other.ops.dispose()

    return check


def test_the_large_streams_are_read_by_column() -> None:
    assert {"salesforce.accounts", "salesforce.contacts", "outreach.prospects", "product_db.users"} <= set(BY_COLUMN)


@pytest.mark.parametrize("stream", BY_COLUMN)
def test_plain_pages_never_need_a_look(rt: Runtime, stream: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def row(*_: Any) -> Any:
        raise AssertionError("read record by record")

    vendor, _, name = stream.partition(".")
    real = code(vendor, name)
    monkeypatch.setitem(
        __import__(f"signals_pipeline.sources.{vendor}", fromlist=["STREAMS"]).STREAMS, name, dataclasses.replace(real, row=row)
    )
    run = land(rt, stream, [[plain(stream, n) for n in range(1, 4)]], by_column=True)
    assert (run.status, run.landed, run.rejected) == ("ok", 3, 0)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("stream", BY_COLUMN)
def test_a_page_lands_the_same_by_column_and_by_record(both: Callable[[str, list[list[Any]]], None], stream: str, seed: int) -> None:
    draw = random.Random(f"{stream} {seed}")
    # few ids, so that keys come again inside a page, on the next one, in the same and in another version
    pages = [[odd(stream, draw.randint(1, 30), draw) for _ in range(draw.choice((1, 2, 12)))] for _ in range(8)]
    pages += [[plain(stream, n) for n in range(100, 110)], [plain(stream, n) for n in range(105, 112)]]
    both(stream, pages)


def test_one_bad_record_costs_its_page_the_fast_way_and_nothing_else(both: Callable[[str, list[list[Any]]], None]) -> None:
    pages = [[plain("salesforce.contacts", 10 * p + n) for n in range(10)] for p in range(3)]
    pages[1][4]["HasOptedOutOfEmail"] = "no"
    both("salesforce.contacts", pages)
