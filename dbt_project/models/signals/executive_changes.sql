{{ config(tags=['mart']) }}
{# One row per executive change. People stand here by record id; their names stay in facts.people. #}
with signals as (
    select * from {{ ref('int_signal_state') }} where signal_type = 'executive_change'
)

select
    {{ uuid_text(key(["'executive_changes'", 's.signal_id'])) }} as id,
    s.signal_id, s.company_id,
    coalesce(s.title, 'unknown') as position,
    coalesce(s.department, 'unknown') as department,
    coalesce(s.level, 'unknown') as level,
    case when s.change_type in ('new_hire', 'promotion') then s.person_record_id end as incoming_executive,
    case when s.change_type = 'departure' then s.person_record_id end as outgoing_executive,
    coalesce(s.change_type, 'unknown') as change_type,
    s.effective_on as effective_date,
    cast(s.known_at as date) as announcement_date,
    cast(null as {{ dbt.type_string() }}) as executive_background,
    cast(null as {{ dbt.type_string() }}) as likely_initiatives,
    cast(null as {{ dbt.type_string() }}) as vendor_preferences,
    s.person_record_id, s.accession, s.source_row, s.modality,
    cast(s.first_dt as timestamp) as created_at,
    s.first_dt as dt
from signals as s
