{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='dt',
    full_refresh=false,
    pre_hook="{% if is_incremental() %}delete from {{ this }} where dt between {{ from_day() }} and {{ to_day() }}{% endif %}"
) }}
{# Counts per company, event type and day of use, in the partition in which they landed (a late row has a later dt than its event_date). #}
with landed as (
    select * from {{ ref('int_usage') }} where dt between {{ from_day() }} and {{ to_day() }}
)

select
    case when u.linked_dt <= g.dt then {{ canonical('u.company_id', 'c') }} end as company_id,
    g.event_type,
    g.event_date,
    cast(sum(g.event_count) as bigint) as event_count,
    cast(count(distinct g.user_id) as bigint) as users,
    g.dt
from landed as g
left join {{ ref('int_product_users') }} as u on u.user_id = g.user_id
{{ canonical_join('u.company_id', 'g.dt', 'c') }}
group by case when u.linked_dt <= g.dt then {{ canonical('u.company_id', 'c') }} end, g.event_type, g.event_date, g.dt
