{{ config(tags=['mart']) }}
{# Every signal with what became of it: whether its account could be worked on, and when it first was after the signal.
   One enrolment serves every live signal of its company: the person hears of the best one only. #}
with signals as (
    select * from {{ ref('buying_signals') }}
),

ours as (
    select company_id, activated_at, activated_on, activation_id from {{ ref('fct_activation') }} where team = 'ours'
),

served as (
    select s.id as signal_id, min(o.activated_at) as activated_at
    from signals as s
    inner join {{ ref('signal_types') }} as t on t.signal_type = s.signal_type
    inner join ours as o
        on o.company_id = s.company_id
        and o.activated_on >= s.dt
        and {{ days_between('s.dt', 'o.activated_on') }} <= t.engagement_window_days
    group by s.id
)

select
    s.id as signal_id, s.company_id, s.signal_type, s.family, s.modality,
    cast(s.strength_score as bigint) as strength_score,
    coalesce(e.is_eligible, false) as is_eligible,
    a.arm,
    v.activated_at is not null as is_activated,
    s.occurred_at, s.known_at, v.activated_at,
    s.dt
from signals as s
left join {{ ref('account_eligibility') }} as e on e.company_id = s.company_id
left join {{ ref('int_arms') }} as a on a.company_id = s.company_id
left join served as v on v.signal_id = s.id
