{{ config(tags=['mart']) }}
{# The one definition of who may be worked on: enrichment spends by it, priorities suppresses by it. The holdout is drawn among the eligible. #}
with facts as (
    select
        f.*,
        f.size_case = 'outside' or f.country_case = 'outside' or f.industry_case = 'suppressed' as is_suppressed_segment
    from {{ ref('int_account_facts') }} as f
),

judged as (
    select
        f.*,
        concat_ws(
            ', ',
            case when f.is_do_not_contact then 'do_not_contact' end,
            case when f.is_customer then 'customer' end,
            case when f.has_open_deal then 'open_deal' end,
            case when f.is_competitor then 'competitor' end,
            case when f.is_own_domain then 'own_domain' end,
            case when f.size_case = 'outside' then 'segment: size' end,
            case when f.country_case = 'outside' then 'segment: country' end,
            case when f.industry_case = 'suppressed' then 'segment: industry' end
        ) as because
    from facts as f
)

select
    company_id, name, domain, account_id_salesforce, owner_id,
    is_customer, has_open_deal, is_competitor, is_own_domain, is_suppressed_segment, is_do_not_contact,
    because = '' as is_eligible,
    nullif(because, '') as ineligible_because,
    size_case, country_case, industry_case, industry, employees, country,
    {{ to_day() }} as dt
from judged
