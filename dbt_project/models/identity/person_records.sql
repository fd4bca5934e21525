{# Each record about a person with the person it belongs to. No names, no addresses: those stay in facts.people. #}
with source as (
    select
        p.*,
        row_number() over (partition by p.person_record_id order by p.dt desc, p.known_at desc nulls last, p.record_key) as version_rank
    from {{ lake('people') }} as p
    where p.dt <= {{ to_day() }}
),

links as (
    select * from {{ ref('person_links') }}
)

select
    p.person_record_id, l.person_id, p.dataset, p.record_key, p.mention_id,
    {{ canonical('l.company_id', 'c') }} as company_id,
    p.email_key, p.contact_id_salesforce, p.lead_id_salesforce, p.prospect_id_outreach, p.user_id_product, p.people_id_sixsense,
    p.title, p.level, p.department, p.country, p.email_grade,
    p.known_at, l.dt as linked_dt, p.dt
from source as p
inner join links as l on l.person_record_id = p.person_record_id
{{ canonical_join('l.company_id', to_day(), 'c') }}
where p.version_rank = 1
