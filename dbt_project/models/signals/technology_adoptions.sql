{{ config(tags=['mart']) }}
{# One row per technology episode: what was added, removed or upgraded. #}
with signals as (
    select * from {{ ref('int_signal_state') }} where signal_type = 'technology_adoption'
)

select
    {{ uuid_text(key(["'technology_adoptions'", 's.signal_id'])) }} as id,
    s.signal_id, s.company_id,
    case when s.change_type in ('added', 'new', 'active') or s.change_type is null then s.subject end as technologies_added,
    case when s.change_type = 'removed' then s.subject end as technologies_removed,
    case when s.change_type = 'upgraded' then s.subject end as technologies_upgraded,
    s.source as detection_method,
    cast(p.confidence_score as bigint) as confidence_level,
    cast(null as {{ dbt.type_string() }}) as stack_analysis,
    t.relation as integration_opportunities,
    t.vendor as vendor_relationships,
    cast(s.first_dt as timestamp) as detected_at,
    cast(s.first_dt as timestamp) as created_at,
    s.first_dt as dt
from signals as s
inner join {{ ref('int_signal_scores') }} as p on p.signal_id = s.signal_id
left join {{ ref('technologies') }} as t on lower(t.technology) = lower(s.subject)
