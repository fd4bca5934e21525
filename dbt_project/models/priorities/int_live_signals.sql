{# Signals that somebody could act on today: within their engagement window, not superseded, more than a rumour. What we hear of late
   is not fresh: both the day on which it happened and the day on which we had it must lie within the window.
   A product signal belongs to its user; the others to the company. #}
with signals as (
    select * from {{ ref('buying_signals') }}
),

types as (
    select * from {{ ref('signal_types') }}
),

persons as (
    select value as user_id, min(person_id) as person_id
    from {{ ref('int_contact_keys') }}
    where kind = 'user'
    group by value
)

select
    s.id as signal_id, s.company_id, p.person_id,
    s.signal_type, t.family, t.sequence as sequence_name, t.impact as type_impact,
    cast(s.strength_score as bigint) as strength_score,
    cast(coalesce(s.occurred_at, s.known_at) as date) as happened_on,
    s.known_at,
    s.dt,
    cast(t.family = 'product' as boolean) as is_of_person
from signals as s
inner join types as t on t.signal_type = s.signal_type
left join persons as p on p.user_id = s.user_id
where s.superseded_by is null
    and coalesce(s.modality, 'done') <> 'rumour'
    and {{ days_between('s.dt', to_day()) }} between 0 and t.engagement_window_days - 1
    and {{ days_between('coalesce(s.occurred_at, s.known_at)', to_day()) }} < t.engagement_window_days
