"""What every registered source must keep: it is declared fully, its example lands, drift and rubbish end in a clear state."""

from __future__ import annotations

import json

import pytest
from source_examples import EXAMPLES
from source_fakes import lake_bytes, landed, pull_given

from signals_pipeline.io.datasets import dataset
from signals_pipeline.runtime import Runtime
from signals_pipeline.settings import Settings
from signals_pipeline.sources.report import StreamRun
from signals_pipeline.sources.spec import Body, code, sources

ALL = [(vendor, name) for vendor, source in sources().items() for name in source.streams]


def land(rt: Runtime, vendor: str, name: str, *bodies: Body) -> StreamRun:
    return pull_given(rt, f"{vendor}.{name}", bodies)


def test_every_stream_has_an_example_and_no_example_is_left_over() -> None:
    assert set(EXAMPLES) == {f"{v}.{n}" for v, n in ALL}


@pytest.mark.parametrize("vendor", sources())
def test_a_source_names_settings_that_exist_and_streams_that_exist(vendor: str) -> None:
    source = sources()[vendor]
    known = {f"{v}.{n}" for v, n in ALL}
    for stream in source.streams.values():
        assert set(source.needs) | set(stream.needs) <= set(Settings.model_fields)
        assert set(stream.after) <= known


@pytest.mark.parametrize(("vendor", "name"), ALL)
class TestEveryStream:
    def test_it_has_code_and_a_declared_dataset(self, vendor: str, name: str) -> None:
        spec, found = sources()[vendor].streams[name], code(vendor, name)
        assert dataset(spec.dataset).owner == "sources"
        assert found.fetch or found.columns or spec.replay, "neither live nor by file: it could never bring a row"
        assert spec.description

    def test_its_example_lands_and_every_record_is_accounted_for(self, rt: Runtime, vendor: str, name: str) -> None:
        run = land(rt, vendor, name, EXAMPLES[f"{vendor}.{name}"]())
        assert (run.status, run.error) == ("ok", None)
        assert run.landed >= 1
        assert run.rejected == 0
        assert run.unknown_fields == {}
        assert run.records_in == run.landed + run.rejected
        spec = sources()[vendor].streams[name]
        row = landed(rt, spec.dataset)[0]
        assert row["record_key"] and row["known_at"] and row["known_at_basis"] and row["payload"]
        assert row["pulled_at"] == rt.stamp()
        if spec.mentions:
            assert landed(rt, "mentions")
        if spec.people:
            assert landed(rt, "people")

    def test_twice_gives_the_same_bytes(self, rt: Runtime, vendor: str, name: str) -> None:
        land(rt, vendor, name, EXAMPLES[f"{vendor}.{name}"]())
        first = lake_bytes(rt)
        land(rt, vendor, name, EXAMPLES[f"{vendor}.{name}"]())
        assert lake_bytes(rt) == first

    def test_a_page_that_comes_twice_lands_once(self, rt: Runtime, vendor: str, name: str) -> None:
        example = EXAMPLES[f"{vendor}.{name}"]
        run = land(rt, vendor, name, example(), example())
        assert (run.status, run.landed, set(run.reasons)) == ("ok", run.records_in - run.rejected, {"duplicate"})
        assert len(landed(rt, sources()[vendor].streams[name].dataset)) == run.landed

    def test_rubbish_lands_nothing_and_is_no_bug(self, rt: Runtime, vendor: str, name: str) -> None:
        example = EXAMPLES[f"{vendor}.{name}"]()
        for content in (b"<html>Service Unavailable</html>", b'{"unexpected": true}', b'[1, null, "x", [], {}]', b"\x00\xff\xfe"):
            # EDGAR's header facts alone make a filing, whatever its document holds
            run = land(rt, vendor, name, Body(content, example.place, {} if vendor == "sec_edgar" else example.facts))
            assert run.landed == 0
            assert run.rejected or run.status == "failed" or run.records_in == 0
            assert (run.error or "").split(":")[0] in ("", "ContractBroken"), run.error

    def test_a_truncated_body_lands_no_half_record(self, rt: Runtime, vendor: str, name: str) -> None:
        example = EXAMPLES[f"{vendor}.{name}"]()
        if example.value is not None:
            pytest.skip("our own store sends no bytes")
        run = land(rt, vendor, name, Body(example.content[: len(example.content) // 2], example.place, example.facts))
        assert (run.error or "").split(":")[0] in ("", "ContractBroken"), run.error
        whole = land(rt, vendor, name, EXAMPLES[f"{vendor}.{name}"]())
        assert run.landed <= whole.landed + whole.carried


def test_payloads_are_the_vendors_words() -> None:
    body = EXAMPLES["salesforce.accounts"]()
    assert json.loads(body.content)[0]["Website"] == "https://acme.example"


def test_a_column_of_an_export_that_nobody_reads_is_counted_under_the_vendors_name(rt: Runtime) -> None:
    body = EXAMPLES["crunchbase.acquisitions"]()
    header, *rows = body.content.decode().rstrip("\n").split("\n")
    wider = "\n".join([f"{header},Shoe Size", *(f"{row},42" for row in rows), ""])
    run = land(rt, "crunchbase", "acquisitions", Body(wider.encode(), body.place, body.facts))
    assert (run.landed, run.unknown_fields) == (len(rows), {"shoe size": len(rows)})
