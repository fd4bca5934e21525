import asyncio
from datetime import UTC, date, datetime

import pytest

from signals_pipeline.errors import ContractBroken, SkipRecord
from signals_pipeline.io.lake import Lake
from signals_pipeline.sources.sec_edgar import filings as filings_module
from signals_pipeline.sources.sec_edgar import live

from . import factories as make


class FakeEdgar:
    def __init__(self, pages=(), documents=(), index=b"Form Type\n" + b"-" * 40):
        self.pages, self.documents, self.asked, self.index = list(pages), dict(documents), [], index

    async def feed(self, form, start):
        self.asked.append((form, start))
        return self.pages[min(start // live.PAGE, len(self.pages) - 1)].content if form == "D" else make.feed().content

    async def daily_index(self, day):
        return self.index if day == date(2026, 3, 2) else None

    async def document(self, path):
        return self.documents.get(path)

    async def submissions(self, cik):
        self.asked.append(cik)
        return b"{}"


@pytest.fixture
def live_pull(pull, tmp_path, monkeypatch):
    pull.runtime.lake = Lake(str(tmp_path / "lake"))
    pull.window = type(
        "W", (), {"dt": date(2026, 3, 2), "start": datetime(2026, 3, 2, 11, tzinfo=UTC), "end": datetime(2026, 3, 3, 11, tzinfo=UTC)}
    )
    pull.since = pull.window.start
    pull.pulled_at = datetime(2026, 3, 3, 11, tzinfo=UTC)

    def use(edgar):
        monkeypatch.setattr(live, "_client", lambda _: edgar)
        return edgar

    pull.use = use
    return pull


def collect(bodies):
    async def all_of():
        return [body async for body in bodies]

    return asyncio.run(all_of())


def page(number, count, hour):
    accession = "0001234567-26-{:06d}"
    return make.feed(*(
        make.entry("D", accession=accession.format(number * 1000 + n), updated=f"2026-03-02T{hour:02d}:00:00-05:00") for n in range(count)
    ))  # fmt: skip


def test_the_feed_is_paged_down_to_the_watermark_and_no_further(live_pull):
    edgar = live_pull.use(FakeEdgar([page(1, 100, 20), page(2, 100, 5), page(3, 100, 4)]))
    assert len(collect(live.feed_pages(live_pull))) == 2
    assert [a for a in edgar.asked if a[0] == "D"] == [("D", 0), ("D", 100)]
    assert live_pull.cursor["D"] == "2026-03-03T01:00:00+00:00"


def test_a_list_that_repeats_itself_ends(live_pull):
    edgar = live_pull.use(FakeEdgar([page(1, 100, 20)]))
    assert len(collect(live.feed_pages(live_pull))) == 1
    assert len(edgar.asked) == 3


def test_a_live_page_that_cannot_be_read_stops_the_stream(live_pull):
    live_pull.use(FakeEdgar([make.Body(b"<html>Request Rate Threshold Exceeded</html>", "x")]))
    with pytest.raises(ContractBroken, match="not_a_feed"):
        collect(live.feed_pages(live_pull))


def test_a_day_without_an_index_is_no_body(live_pull):
    live_pull.use(FakeEdgar())
    assert [b.place for b in collect(live.daily_indexes(live_pull))] == ["daily-index form.20260302.idx"]


def test_a_page_for_people_in_place_of_an_index_stops_the_stream(live_pull):
    live_pull.use(FakeEdgar(index=b"<html>We are down for maintenance</html>"))
    with pytest.raises(ContractBroken, match="is no index"):
        collect(live.daily_indexes(live_pull))


def named(accession, form, **more):
    return {
        "record_key": accession,
        "accession": accession,
        "cik": "0001234567",
        "company_name": "Acme",
        "form": form,
        "filed_on": date(2026, 3, 2),
        **more,
    }


SUBMISSION = b"<SEC-HEADER>\nACCESSION NUMBER:\t\t0001234567-26-000001\n</SEC-HEADER>\n"
MAINTENANCE = b"<html><title>SEC.gov</title>We are down for maintenance</html>"


def test_documents_are_asked_for_the_followed_forms_alone_and_a_missing_one_is_said(live_pull):
    lake = live_pull.runtime.lake
    lake.write("sec_edgar__feed", date(2026, 3, 2), [named("0001234567-26-000001", "8-K"), named("0001234567-26-000002", "DEF 14A")])
    lake.write("sec_edgar__index", date(2026, 3, 2), [named("0001234567-26-000003", "D"), named("0001234567-26-000004", "D/A")])
    lake.write("sec_edgar__filings", date(2026, 3, 2), [named("0001234567-26-000004", "D/A", has_document=True)])
    path = "/Archives/edgar/data/1234567/0001234567-26-000001.txt"
    live_pull.use(FakeEdgar(documents={path: SUBMISSION}))
    found = {b.facts["accession"]: b for b in collect(live.filing_documents(live_pull))}
    assert set(found) == {"0001234567-26-000001", "0001234567-26-000003"}
    assert found["0001234567-26-000001"].content == SUBMISSION
    assert found["0001234567-26-000003"].facts["has_document"] is False


def test_a_page_for_people_among_documents_is_told_apart_and_nothing_but_such_pages_stops_the_stream(live_pull):
    lake = live_pull.runtime.lake
    filings = [f"0001234567-26-00000{n}" for n in (1, 2)]
    lake.write("sec_edgar__feed", date(2026, 3, 2), [named(accession, "8-K") for accession in filings])
    paths = [f"/Archives/edgar/data/1234567/{accession}.txt" for accession in filings]
    live_pull.use(FakeEdgar(documents=dict(zip(paths, (SUBMISSION, MAINTENANCE), strict=True))))
    first, second = collect(live.filing_documents(live_pull))
    assert first.facts["is_submission"] is second.facts["is_submission"] is True
    (raw,) = filings_module.records(second, live_pull)
    with pytest.raises(SkipRecord, match="not_a_submission"):
        filings_module.row(raw, live_pull)
    live_pull.use(FakeEdgar(documents=dict.fromkeys(paths, MAINTENANCE)))
    with pytest.raises(ContractBroken, match="none of 2 documents is a submission"):
        collect(live.filing_documents(live_pull))


def test_a_company_whose_filing_has_its_document_is_still_asked_for_its_profile(live_pull):
    """The pull of profiles may have failed on the day on which the document came."""
    lake = live_pull.runtime.lake
    lake.write("sec_edgar__feed", date(2026, 3, 2), [named("0001234567-26-000001", "8-K")])
    lake.write("sec_edgar__filings", date(2026, 3, 2), [named("0001234567-26-000001", "8-K", has_document=True)])
    live_pull.use(FakeEdgar())
    assert len(collect(live.profiles(live_pull))) == 1


def test_a_young_profile_is_not_asked_for_again(live_pull):
    lake = live_pull.runtime.lake
    lake.write("sec_edgar__feed", date(2026, 3, 2), [named("0001234567-26-000001", "8-K")])
    edgar = live_pull.use(FakeEdgar())
    assert len(collect(live.profiles(live_pull))) == 1
    lake.write("sec_edgar__companies", date(2026, 2, 20), [{"record_key": "0001234567", "cik": "0001234567"}])
    assert collect(live.profiles(live_pull)) == []
    assert edgar.asked == ["0001234567"]
