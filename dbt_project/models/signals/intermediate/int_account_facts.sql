{# What our CRM and our rules say about each company as of the run's day; any of its CRM accounts counts. #}
with accounts as (
    select a.*, m.company_id
    from {{ ref('stg_salesforce__accounts') }} as a
    inner join {{ ref('company_mentions') }} as m
        on m.dataset = 'salesforce__accounts' and m.record_key = a.record_key and m.role = 'subject'
),

opportunities as (
    select
        account_id,
        max(case when is_won then 1 else 0 end) as has_won,
        max(case when not coalesce(is_closed, false) then 1 else 0 end) as has_open
    from {{ ref('stg_salesforce__opportunities') }}
    group by account_id
),

by_account as (
    select
        a.company_id, a.account_id, a.owner_id, a.dt,
        case when coalesce(o.has_won, 0) = 1 or lower(coalesce(a.type, '')) like 'customer%' then 1 else 0 end as is_customer,
        coalesce(o.has_open, 0) as has_open_deal,
        case when coalesce(a.do_not_contact, false) then 1 else 0 end as is_do_not_contact
    from accounts as a
    left join opportunities as o on o.account_id = a.account_id
),

crm as (
    select
        company_id,
        max(is_customer) as is_customer, max(has_open_deal) as has_open_deal, max(is_do_not_contact) as is_do_not_contact,
        min(account_id) as any_account_id
    from by_account
    group by company_id
),

domains as (
    select
        company_id,
        max(case when {{ in_var('domain', 'competitor_domains') }} then 1 else 0 end) as is_competitor,
        max(case when {{ in_var('domain', 'own_domains') }} then 1 else 0 end) as is_own_domain
    from {{ ref('company_mentions') }}
    group by company_id
),

live as (
    {# the best account may have been deleted since: then any living one #}
    select
        c.company_id,
        coalesce(best_account.account_id, x.any_account_id) as account_id_salesforce
    from {{ ref('companies') }} as c
    left join crm as x on x.company_id = c.company_id
    left join by_account as best_account on best_account.account_id = c.account_id_salesforce and best_account.company_id = c.company_id
)

select
    c.company_id, c.name, c.domain, l.account_id_salesforce, a.owner_id,
    coalesce(x.is_customer, 0) = 1 as is_customer,
    coalesce(x.has_open_deal, 0) = 1 as has_open_deal,
    coalesce(x.is_do_not_contact, 0) = 1 as is_do_not_contact,
    coalesce(d.is_competitor, 0) = 1 as is_competitor,
    coalesce(d.is_own_domain, 0) = 1 as is_own_domain,
    case
        when c.employees is null then 'unknown'
        when c.employees between {{ var('ideal_min_employees') }} and {{ var('ideal_max_employees') }} then 'inside'
        else 'outside'
    end as size_case,
    case when c.country is null then 'unknown' when {{ in_var('c.country', 'ideal_countries') }} then 'inside' else 'outside' end as country_case,
    case
        when c.industry is null then 'unknown'
        when {{ in_var('c.industry', 'suppressed_industries') }} then 'suppressed'
        when t.industry is not null then 'target'
        else 'other'
    end as industry_case,
    c.industry, c.employees, c.country
from {{ ref('companies') }} as c
inner join live as l on l.company_id = c.company_id
left join crm as x on x.company_id = c.company_id
left join domains as d on d.company_id = c.company_id
left join by_account as a on a.account_id = l.account_id_salesforce and a.company_id = c.company_id
left join {{ ref('target_industries') }} as t on lower(t.industry) = lower(c.industry)
