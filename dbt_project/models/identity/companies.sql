{{ config(materialized='table') }}
{# The best of what the mentions say about each company: our CRM first, then by the reliability of the source, then the newest. #}
with mentions as (
    select * from {{ ref('company_mentions') }}
),

reliability as (
    select * from {{ ref('source_reliability') }}
),

ranked as (
    select
        m.*,
        row_number() over (
            partition by m.company_id
            order by case when m.account_id_salesforce is null then 1 else 0 end,
                coalesce(r.name_rank, 99), m.dt desc, m.known_at desc nulls last, m.mention_id
        ) as mention_rank
    from mentions as m
    left join reliability as r on r.dataset = m.dataset
),

best as (
    select
        company_id,
        {{ best('name', 'mention_rank') }} as name,
        {{ best('domain', 'mention_rank') }} as domain,
        {{ best('cik', 'mention_rank') }} as cik,
        {{ best('registry_id', 'mention_rank') }} as registry_id,
        {{ best('crunchbase_id', 'mention_rank') }} as crunchbase_id,
        {{ best('account_id_salesforce', 'mention_rank') }} as account_id_salesforce,
        {{ best('country', 'mention_rank') }} as country,
        {{ best('state', 'mention_rank') }} as state,
        {{ best('city', 'mention_rank') }} as city,
        {{ best('industry', 'mention_rank') }} as industry,
        cast({{ best('employees', 'mention_rank') }} as bigint) as employees,
        count(*) as mentions,
        count(distinct dataset) as sources,
        count(distinct account_id_salesforce) as crm_accounts,
        min(linked_dt) as first_dt
    from ranked
    group by company_id
)

select * from best
