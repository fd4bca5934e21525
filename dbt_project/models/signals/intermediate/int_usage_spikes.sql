{# This week against the user's trailing weeks, shrunk toward the population's mean:
     expected = (sum of the trailing weeks + prior weeks x population mean) / (trailing weeks + prior weeks)
   The week is a calendar week (Monday first), so the key follows from the row. Trailing weeks, population and the first week of all are what
   stood by the week's first day, the signup what the user's first row said; the week's own counts add up in the order in which they landed. Nothing learned later changes a row.
   One row per whole multiple reached: the episode is the user's week. #}
with volume as (
    select
        v.user_id, v.week_start, v.dt, sum(v.event_count) as event_count, max(v.event_date) as last_date, max(v.known_at) as known_at
    from {{ ref('int_usage') }} as v
    where v.event_type = '{{ var("volume_event") }}'
    group by v.user_id, v.week_start, v.dt
),

landed_weeks as (
    select dt, min(week_start) as first_week from volume group by dt
),

weeks as (
    select distinct user_id, week_start from volume
),

trailing_rows as (
    select w.user_id, w.week_start, v.week_start as past_week, v.event_count
    from weeks as w
    inner join volume as v
        on v.user_id = w.user_id
        and v.week_start < w.week_start
        and v.week_start >= {{ add_days('w.week_start', (-7 * var('trailing_weeks')) | string) }}
        and v.dt <= w.week_start
),

past as (
    select user_id, week_start, sum(event_count) as trailing_count
    from trailing_rows
    group by user_id, week_start
),

all_weeks as (
    select distinct week_start from volume
),

bounds as (
    select a.week_start, min(l.first_week) as first_week
    from all_weeks as a
    inner join landed_weeks as l on l.dt <= a.week_start
    group by a.week_start
),

population as (
    select
        a.week_start,
        {{ ratio('sum(v.event_count)', 'count(distinct ' ~ dbt.concat(['v.user_id', 'chr(31)', 'cast(v.week_start as ' ~ dbt.type_string() ~ ')']) ~ ')') }} as population_mean
    from all_weeks as a
    inner join volume as v
        on v.week_start < a.week_start
        and v.week_start >= {{ add_days('a.week_start', (-7 * var('trailing_weeks')) | string) }}
        and v.dt <= a.week_start
    group by a.week_start
),

expected as (
    select
        w.user_id, w.week_start,
        {{ ratio(
            'coalesce(t.trailing_count, 0) + ' ~ var('spike_prior_weeks') ~ ' * greatest(p.population_mean, f.value)',
            'least(' ~ var('trailing_weeks') ~ ', greatest(0, floor(' ~ ratio(days_between('greatest(b.first_week, coalesce(case when u.signup_dt <= u.first_dt then u.signup_on end, b.first_week))', 'w.week_start'), '7') ~ '))) + ' ~ var('spike_prior_weeks')
        ) }} as expected_count
    from weeks as w
    inner join bounds as b on b.week_start = w.week_start
    inner join population as p on p.week_start = w.week_start
    inner join {{ ref('usage_rules') }} as f on f.rule = 'spike_population_floor'
    inner join {{ ref('int_product_users') }} as u on u.user_id = w.user_id
    left join past as t on t.user_id = w.user_id and t.week_start = w.week_start
),

landed as (
    select
        v.user_id, v.week_start, v.dt, v.last_date, v.known_at,
        sum(v.event_count) over (partition by v.user_id, v.week_start order by v.dt rows between unbounded preceding and current row) as week_count
    from volume as v
),

multiples as (
    select
        l.user_id, l.week_start, l.dt, l.last_date, l.known_at, l.week_count, e.expected_count,
        least(c.value, {{ score(ratio('l.week_count', 'e.expected_count')) }}) as multiple
    from landed as l
    inner join expected as e on e.user_id = l.user_id and e.week_start = l.week_start
    inner join {{ ref('usage_rules') }} as c on c.rule = 'multiple_cap'
),

reached as (
    select
        m.*,
        cast(floor(m.multiple) as bigint) as level_reached,
        row_number() over (partition by m.user_id, m.week_start, floor(m.multiple) order by m.dt) as level_rank
    from multiples as m
    where m.multiple >= {{ var('spike_ratio') }}
)

select
    {{ key(["'usage_spike'", 'r.user_id', 'r.week_start', 'r.level_reached']) }} as evidence_id,
    {{ key(["'usage_spike'", 'r.user_id', 'r.week_start']) }} as episode_key,
    'usage_spike' as signal_type,
    'product_db__daily_events' as dataset,
    r.user_id,
    cast(r.week_start as {{ dbt.type_string() }}) as subject,
    cast(r.multiple as {{ double_type() }}) as measure,
    cast(r.last_date as timestamp) as occurred_at,
    r.known_at,
    greatest(r.dt, u.first_dt) as dt
from reached as r
inner join {{ ref('int_product_users') }} as u on u.user_id = r.user_id
where r.level_rank = 1
