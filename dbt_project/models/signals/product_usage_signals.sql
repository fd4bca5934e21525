{{ config(tags=['mart']) }}
{# One row per product episode: signup, first completion, spike, silence. Users stand here by id. #}
with signals as (
    select * from {{ ref('int_signal_state') }} where family = 'product'
)

select
    {{ uuid_text(key(["'product_usage_signals'", 's.signal_id'])) }} as id,
    s.signal_id, s.company_id, s.signal_type as usage_signal, s.user_id, s.person_record_id, u.person_id,
    u.plan_type, u.company_size, u.team_members,
    case when s.signal_type = 'feature_activation' then s.subject end as feature,
    case when s.signal_type = 'usage_spike' then cast(s.subject as date) end as week_start,
    case when s.signal_type = 'usage_spike' then s.measure end as multiple,
    d.resumed_on,
    case when s.signal_type = 'drop_off' then cast(s.subject as date) end as silent_since,
    u.signup_on,
    cast(s.occurred_at as date) as occurred_on,
    cast(s.first_dt as timestamp) as created_at,
    cast(s.last_dt as timestamp) as updated_at,
    s.first_dt as dt
from signals as s
left join {{ ref('int_product_users') }} as u on u.user_id = s.user_id
left join {{ ref('int_drop_offs') }} as d on d.episode_key = s.episode_id
