{# Each mention with the company it belongs to as of the run's day. #}
with mentions as (
    select * from {{ ref('mentions') }}
),

links as (
    select * from {{ ref('company_links') }}
)

select
    m.mention_id, m.dataset, m.record_key, m.role,
    {{ canonical('l.company_id', 'c') }} as company_id,
    m.cik, m.registry_id, m.account_id_salesforce, m.crunchbase_id,
    m.name, m.domain, m.country, m.state, m.city, m.industry, m.employees,
    m.known_at, l.dt as linked_dt, m.dt
from mentions as m
inner join links as l on l.mention_id = m.mention_id
{{ canonical_join('l.company_id', to_day(), 'c') }}
