{{ config(tags=['mart']) }}
{# Pairs of signals on one company that happened within the longer of their two episode windows; the earlier one is a.
   Strength falls with the distance in days; it says nothing about cause. #}
with signals as (
    select
        s.signal_id, s.company_id, s.signal_type, s.family, s.occurred_at, s.first_dt,
        t.episode_window_days
    from {{ ref('int_signal_state') }} as s
    inner join {{ ref('signal_types') }} as t on t.signal_type = s.signal_type
    where s.company_id is not null and coalesce(s.modality, 'done') <> 'rumour'
),

pairs as (
    select
        a.signal_id as signal_a_id, b.signal_id as signal_b_id, a.company_id,
        a.signal_type as type_a, b.signal_type as type_b, a.family as family_a, b.family as family_b,
        {{ days_between('a.occurred_at', 'b.occurred_at') }} as days_apart,
        greatest(a.episode_window_days, b.episode_window_days) as window_days,
        greatest(a.first_dt, b.first_dt) as dt
    from signals as a
    inner join signals as b
        on b.company_id = a.company_id
        and b.signal_type <> a.signal_type
        and (a.occurred_at < b.occurred_at or (a.occurred_at = b.occurred_at and a.signal_id < b.signal_id))
)

select
    {{ uuid_text(key(["'signal_correlations'", 'p.signal_a_id', 'p.signal_b_id'])) }} as id,
    p.signal_a_id, p.signal_b_id, p.company_id,
    case when p.family_a = p.family_b then 'same_family' else 'across_families' end as correlation_type,
    {{ score('1 - ' ~ ratio('p.days_apart', 'p.window_days + 1'), 2) }} as correlation_strength,
    {{ dbt.concat(['p.type_a', "' before '", 'p.type_b']) }} as relationship,
    p.days_apart,
    cast(p.dt as timestamp) as created_at,
    p.dt
from pairs as p
where p.days_apart <= p.window_days
