"""The real filings, landed and read once a session; where the folder is absent, the tests skip with the reason."""

import dataclasses
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from support.shared_data import folder

from signals_pipeline.errors import SkipRecord
from signals_pipeline.extract import stage
from signals_pipeline.sources.sec_edgar import STREAMS
from signals_pipeline.sources.spec import Body, Row, sources


@dataclasses.dataclass
class Filings:
    """What the filings stream makes of the folder. `rows` and `files` (its file name) by record key; reasons of the `rejects`."""

    rows: dict[str, Row] = dataclasses.field(default_factory=dict)
    files: dict[str, str] = dataclasses.field(default_factory=dict)
    rejects: list[str] = dataclasses.field(default_factory=list)


@pytest.fixture(scope="session")
def filings():
    data = folder("data/sec_8k").parent
    code, spec = STREAMS["filings"], sources()["sec_edgar"].streams["filings"]
    pull = SimpleNamespace(runtime=SimpleNamespace(replay=data), memo={}, pulled_at=datetime(2026, 11, 21, tzinfo=UTC))
    found, seen = Filings(), 0
    for path in sorted({p for pattern in spec.replay for p in data.glob(pattern)}):
        body = Body(path.read_bytes(), path.name, code.facts(path, pull))
        for raw in code.records(body, pull):
            seen += 1
            try:
                row = code.row(raw, pull)
                found.rows[row.record_key] = row
                found.files[row.record_key] = path.name
            except SkipRecord as refused:
                found.rejects.append(refused.reason)
    assert seen == len(found.rows) + len(found.rejects)
    return found


@pytest.fixture(scope="session")
def readings(filings):
    """Record key → Reading."""
    empty = dict.fromkeys(("filed_on", "signed_on", "reported_on", "items", "text"))
    read = {}
    for key, row in filings.rows.items():
        known = row.known_at.astimezone(UTC).replace(tzinfo=None)
        read[key] = stage.read("sec_edgar__filings", {**empty, **row.columns, "record_key": key, "known_at": known})
    return read
