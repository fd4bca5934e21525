{# Silences of trial users. A silence begins with the last activity we hold (or the signup) and fires once, on the day
   it is as long as the profile says: no activity dated after it had landed by then. Rows that land later end the silence, they never undo it.
   What was not pulled is not silence: a silence fires on a day on which the product database was read (days before its first run came
   with the history). A pull goes on from its watermark, so the first good one brings the activity of the days that were missed. #}
with trial_users as (
    select * from {{ ref('int_product_users') }}
    where first_trial_dt is not null and signup_on is not null
),

activity as (
    select a.user_id, a.event_date, min(a.dt) as dt
    from {{ ref('int_usage') }} as a
    where a.event_count > 0
    group by a.user_id, a.event_date
),

starts as (
    select u.user_id, u.signup_on as silent_since, u.signup_on as dt from trial_users as u
    where not exists (
        select 1 from activity as a
        where a.user_id = u.user_id and a.event_date = u.signup_on and a.dt <= {{ add_days('u.signup_on', var('drop_off_days') | string) }}
    )
    union all
    select a.user_id, a.event_date as silent_since, a.dt
    from activity as a
    inner join trial_users as u on u.user_id = a.user_id
    where a.event_date > u.signup_on
        or (a.event_date = u.signup_on and a.dt <= {{ add_days('u.signup_on', var('drop_off_days') | string) }}) {# later, its silence has fired #}
),

due as (
    select user_id, silent_since, greatest({{ add_days('silent_since', var('drop_off_days') | string) }}, dt) as due_on
    from starts
),

pulls as (
    select dt, status from {{ ref('stream_runs') }} where stream = 'product_db.daily_events'
),

{# the first day from each due day on with a good pull #}
reads as (
    select
        d.due_on,
        case
            when f.first_dt is null or d.due_on < f.first_dt then d.due_on
            else min(p.dt)
        end as read_on
    from (select distinct due_on from due where due_on <= {{ to_day() }}) as d
    cross join (select min(dt) as first_dt from pulls) as f
    left join pulls as p on p.status = 'ok' and p.dt >= d.due_on
    group by d.due_on, f.first_dt
),

fires as (
    select d.user_id, d.silent_since, r.read_on as fires_on
    from due as d
    inner join reads as r on r.due_on = d.due_on
),

silences as (
    select f.user_id, f.silent_since, f.fires_on
    from fires as f
    left join activity as a
        on a.user_id = f.user_id and a.event_date > f.silent_since and a.dt <= f.fires_on
    where a.user_id is null and f.fires_on <= {{ to_day() }}
),

known as (
    select s.user_id, s.silent_since, s.fires_on, greatest(s.fires_on, u.first_trial_dt, u.signup_dt) as dt
    from silences as s
    inner join trial_users as u on u.user_id = s.user_id
),

resumed as (
    select s.user_id, s.silent_since, min(a.event_date) as resumed_on
    from silences as s
    inner join activity as a on a.user_id = s.user_id and a.event_date > s.silent_since
    group by s.user_id, s.silent_since
)

select
    {{ key(["'drop_off'", 's.user_id', 's.silent_since']) }} as evidence_id,
    {{ key(["'drop_off'", 's.user_id', 's.silent_since']) }} as episode_key,
    'drop_off' as signal_type,
    'product_db__daily_events' as dataset,
    s.user_id,
    cast(s.silent_since as {{ dbt.type_string() }}) as subject,
    cast(null as {{ double_type() }}) as measure,
    cast(s.fires_on as timestamp) as occurred_at,
    cast(s.fires_on as timestamp) as known_at,
    s.fires_on,
    r.resumed_on,
    s.dt
from known as s
{# the plan as it stood: who pays later was still on trial when the silence fired #}
inner join {{ ref('int_product_plans') }} as p
    on p.user_id = s.user_id
    and p.plan_type = '{{ var("trial_plan") }}'
    and p.plan_from <= s.dt
    and (p.plan_until is null or p.plan_until > s.dt)
left join resumed as r on r.user_id = s.user_id and r.silent_since = s.silent_since
