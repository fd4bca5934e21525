{# Each user's plan by span of days in which it stood. #}
with states as (
    select user_id, plan_type, dt,
        row_number() over (partition by user_id, dt order by known_at desc nulls last, pulled_at desc nulls last, payload desc nulls last) as version_rank
    from {{ raw('product_db__users') }}
    where dt <= {{ to_day() }}
)

select user_id, plan_type, dt as plan_from, lead(dt) over (partition by user_id order by dt) as plan_until
from states
where version_rank = 1
