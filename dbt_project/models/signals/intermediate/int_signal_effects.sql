{# What has been done about a signal: our ledger as of its snapshot, and what earlier days wrote. #}
with effects as (
    select effect_id, signal_id, destination, status, coalesce(confirmed_at, sent_at) as done_at
    from {{ ref('stg_ops__sends') }}
    where not coalesce(dt_planned >= {{ to_day() }}, false) -- a day run again says the same
    union all
    select effect_id, signal_id, destination, status, coalesce(confirmed_at, sent_at) as done_at
    from {{ carried('sends') }} as s
),

done as (
    select effect_id, signal_id, destination, min(done_at) as done_at
    from effects
    where status in ('sent', 'confirmed') and signal_id is not null
    group by effect_id, signal_id, destination
)

select
    signal_id,
    min(done_at) as processed_at,
    count(*) as effects,
    min(destination) as first_destination,
    max(destination) as last_destination
from done
group by signal_id
