{# The verdict of each named gate on each plan, up to the run's day. #}
select plan_hash, gate, passed, failures, rows_judged, judged_at, dt
from {{ lake('gate_results') }}
where dt <= {{ to_day() }}
