{# The words of the filing that the best report with a span points to. #}
with spans as (
    select
        signal_id, dataset, record_key, span_start, span_end,
        row_number() over (partition by signal_id order by report_rank) as span_rank
    from {{ ref('int_signal_reports') }}
    where span_start is not null and span_end > span_start
),

texts as (
    select
        f.record_key, f.text,
        row_number() over (partition by f.record_key order by f.dt, f.known_at nulls last, f.pulled_at nulls last) as version_rank
    from {{ raw('sec_edgar__filings') }} as f
    where f.dt <= {{ to_day() }}
)

select
    s.signal_id,
    substr(t.text, cast(s.span_start + 1 as integer), cast(least(s.span_end - s.span_start, 1000) as integer)) as quote
from spans as s
inner join texts as t on t.record_key = s.record_key and t.version_rank = 1
where s.span_rank = 1 and s.dataset = 'sec_edgar__filings'
