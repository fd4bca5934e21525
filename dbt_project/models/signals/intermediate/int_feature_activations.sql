{# The first completion ever of the activation event per user: the row that we had first.
   A user who signed up long before the first event that we held by then may have completed it before: no first completion can be claimed. #}
with completions as (
    select
        c.user_id, c.event_type, c.event_date, c.known_at, c.dt,
        row_number() over (partition by c.user_id, c.event_type order by c.dt, c.event_date) as completion_rank
    from {{ ref('int_usage') }} as c
    where c.event_type = '{{ var("activation_event") }}' and c.event_count > 0
),

landed as (
    select dt, min(event_date) as first_event_date from {{ ref('int_usage') }} group by dt
),

held as (
    select dt, min(first_event_date) over (order by dt rows between unbounded preceding and current row) as first_event_date from landed
)

select
    {{ key(["'feature_activation'", 'c.user_id', 'c.event_type']) }} as evidence_id,
    {{ key(["'feature_activation'", 'c.user_id', 'c.event_type']) }} as episode_key,
    'feature_activation' as signal_type,
    'product_db__daily_events' as dataset,
    c.user_id,
    c.event_type as subject,
    cast(null as {{ double_type() }}) as measure,
    cast(c.event_date as timestamp) as occurred_at,
    c.known_at,
    greatest(c.dt, u.first_dt) as dt
from completions as c
inner join {{ ref('int_product_users') }} as u on u.user_id = c.user_id
inner join held as h on h.dt = c.dt
inner join {{ ref('usage_rules') }} as r on r.rule = 'first_completion_horizon_days'
where c.completion_rank = 1
    and (
        u.signup_on is null or u.signup_dt > u.first_dt {# told too late to speak against what stood #}
        or {{ days_between('u.signup_on', 'h.first_event_date') }} <= r.value
    )
