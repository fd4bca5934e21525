{# Whom we know where: best ids and persona of each person at each company. Keys only; names and addresses stay in facts.people.
   A person whose records name a company nowhere keeps one row without a company; a free-mail user is one. #}
with records as (
    select * from {{ ref('person_records') }}
),

preferred as (
    select
        r.*,
        row_number() over (
            partition by r.person_id, r.company_id
            order by
                case when r.contact_id_salesforce is not null then 0 when r.lead_id_salesforce is not null then 1 else 2 end,
                r.dt desc, r.known_at desc nulls last, r.person_record_id
        ) as record_rank
    from records as r
    where r.person_id is not null
),

contacts as (
    select
        person_id,
        company_id,
        {{ best('email_key', 'record_rank') }} as email_key,
        {{ best('contact_id_salesforce', 'record_rank') }} as contact_id_salesforce,
        {{ best('lead_id_salesforce', 'record_rank') }} as lead_id_salesforce,
        cast({{ best('prospect_id_outreach', 'record_rank') }} as bigint) as prospect_id_outreach,
        {{ best('user_id_product', 'record_rank') }} as user_id_product,
        {{ best('level', 'record_rank') }} as level,
        {{ best('department', 'record_rank') }} as department,
        {{ best('country', 'record_rank') }} as country,
        {{ best('email_grade', 'record_rank') }} as email_grade,
        min(linked_dt) as first_dt
    from preferred
    group by person_id, company_id
),

placed as (
    select person_id, max(case when company_id is not null then 1 else 0 end) as has_company
    from contacts
    group by person_id
),

personas as (
    select c.person_id, c.company_id, min(p.rank) as persona_rank
    from contacts as c
    inner join {{ ref('personas') }} as p on p.level = c.level and (p.department is null or p.department = c.department)
    group by c.person_id, c.company_id
)

select
    {{ key(['c.person_id', 'c.company_id']) }} as contact_key,
    c.person_id, c.company_id, c.email_key,
    c.contact_id_salesforce, c.lead_id_salesforce, c.prospect_id_outreach, c.user_id_product,
    c.level, c.department, c.country, c.email_grade,
    cast(coalesce(a.persona_rank, 99) as bigint) as persona_rank,
    cast(coalesce(a.persona_rank is not null and {{ in_var('c.level', 'persona_levels') }}, false) as boolean) as is_persona,
    c.first_dt
from contacts as c
inner join placed as p on p.person_id = c.person_id
left join personas as a on a.person_id = c.person_id and a.company_id = c.company_id
where c.company_id is not null or p.has_company = 0
