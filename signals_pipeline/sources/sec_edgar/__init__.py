"""SEC EDGAR: feed → index → companies → submissions → filings.

Atom, index lines, submissions JSON, documents → rows of sec_edgar__*. Run alone: `python -m signals_pipeline.sources sec_edgar`.
Does not belong here: HTTP (`vendors/edgar.py`), reading events out of text (`extract/`).
"""

from signals_pipeline.sources.sec_edgar import companies, feed, filings, index, live
from signals_pipeline.sources.spec import StreamCode

STREAMS = {
    "feed": StreamCode(records=feed.records, row=feed.row, fetch=live.feed_pages),
    "index": StreamCode(records=index.records, row=index.row, fetch=live.daily_indexes),
    "companies": StreamCode(records=companies.profile_records, row=companies.profile_row, fetch=live.profiles, facts=companies.cik_facts),
    "submissions": StreamCode(
        records=companies.filing_records, row=companies.filing_row, fetch=live.submission_lists, facts=companies.cik_facts
    ),
    "filings": StreamCode(records=filings.records, row=filings.row, fetch=live.filing_documents, facts=filings.document_facts),
}
