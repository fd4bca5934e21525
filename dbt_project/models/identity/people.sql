{{ config(materialized='table') }}
{# The best of what the records say about each person, newest first, CRM before others. #}
with records as (
    select * from {{ ref('person_records') }}
),

reliability as (
    select * from {{ ref('source_reliability') }}
),

ranked as (
    select
        p.*,
        row_number() over (
            partition by p.person_id
            order by case when p.contact_id_salesforce is null then 1 else 0 end,
                coalesce(r.name_rank, 99), p.dt desc, p.known_at desc nulls last, p.person_record_id
        ) as record_rank
    from records as p
    left join reliability as r on r.dataset = p.dataset
),

best as (
    select
        person_id,
        {{ best('company_id', 'record_rank') }} as company_id,
        {{ best('email_key', 'record_rank') }} as email_key,
        {{ best('contact_id_salesforce', 'record_rank') }} as contact_id_salesforce,
        {{ best('lead_id_salesforce', 'record_rank') }} as lead_id_salesforce,
        cast({{ best('prospect_id_outreach', 'record_rank') }} as bigint) as prospect_id_outreach,
        {{ best('user_id_product', 'record_rank') }} as user_id_product,
        {{ best('people_id_sixsense', 'record_rank') }} as people_id_sixsense,
        {{ best('title', 'record_rank') }} as title,
        {{ best('level', 'record_rank') }} as level,
        {{ best('department', 'record_rank') }} as department,
        {{ best('country', 'record_rank') }} as country,
        {{ best('email_grade', 'record_rank') }} as email_grade,
        {{ best('person_record_id', 'record_rank') }} as person_record_id,
        count(*) as records,
        min(linked_dt) as first_dt
    from ranked
    group by person_id
)

select * from best
