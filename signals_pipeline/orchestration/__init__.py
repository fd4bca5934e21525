"""The Dagster side: assets, checks, jobs, schedules, sensors. Thin: an asset reads, calls one stage function, reports.

`Runtime` → stage functions → materializations with metadata. Business logic does not belong here.
"""
