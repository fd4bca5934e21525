"""Stage 1: pulls each vendor stream for a time window, validates, lands it.

vendor, feed, file → `fetch` (bodies) → `records` (raw records) → `row` (typed row or reject) → lake: raw, rejects, mentions, people.
One folder per vendor: `source.yml` (declaration) and `STREAMS` (three functions a stream). A vendor's name is known here alone.
Run one alone: python -m signals_pipeline.sources <vendor>
"""
