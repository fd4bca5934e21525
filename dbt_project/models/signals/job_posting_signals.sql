{{ config(tags=['mart']) }}
{# One row per posting (the episode is the hiring wave of a department). #}
with reports as (
    select * from {{ ref('int_signal_reports') }} where signal_type = 'job_posting'
),

waves as (
    select signal_id, count(*) as total_openings, min(occurred_at) as first_at, max(occurred_at) as last_at
    from reports
    group by signal_id
)

select
    {{ uuid_text(key(["'job_posting_signals'", 'r.evidence_id'])) }} as id,
    r.signal_id, r.canonical_company_id as company_id,
    coalesce(r.title, 'unknown') as job_title,
    coalesce(r.department, 'unknown') as department,
    coalesce(r.level, 'unknown') as level,
    r.place as location,
    cast(r.occurred_at as date) as posted_date,
    cast(null as {{ dbt.type_string() }}) as technologies_mentioned,
    cast(null as {{ dbt.type_string() }}) as skills_required,
    case when w.total_openings >= g.value then 'rapid' when w.total_openings >= h.value then 'steady' else 'minimal' end as growth_indicator,
    cast(w.total_openings as bigint) as total_openings,
    cast(null as {{ dbt.type_string() }}) as department_growth,
    {{ score(ratio('30 * w.total_openings', '1 + ' ~ days_between('w.first_at', 'w.last_at')), 2) }} as posting_velocity,
    r.source_url, r.source_row,
    cast(r.dt as timestamp) as created_at,
    r.dt as dt
from reports as r
inner join waves as w on w.signal_id = r.signal_id
inner join {{ ref('usage_rules') }} as g on g.rule = 'hiring_rapid_openings'
inner join {{ ref('usage_rules') }} as h on h.rule = 'hiring_steady_openings'
