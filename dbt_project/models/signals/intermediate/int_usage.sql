{# Counts as they landed: late rows stay in the partition in which we first had them, so that a day can be told again. #}
select
    user_id, event_type, event_date,
    cast({{ dbt.date_trunc('week', 'event_date') }} as date) as week_start,
    sum(event_count) as event_count,
    max(coalesce(known_at, loaded_at)) as known_at,
    dt
from {{ ref('stg_product_db__daily_events') }}
group by user_id, event_type, event_date, cast({{ dbt.date_trunc('week', 'event_date') }} as date), dt
