{# Every stream's run of every day up to the run's day. #}
select
    stream, vendor, kind, needed_for, status, error, unknown_fields, records_in, landed, rejected, requests, waits_s,
    too_many_requests, cost_usd, age_hours, newest_known_at, started_at, ended_at, dt
from {{ lake('stream_runs') }}
where dt <= {{ to_day() }}
