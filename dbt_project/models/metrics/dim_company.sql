{{ config(tags=['mart']) }}
{# Companies for analysts: who they are, what our CRM says, their arm and today's score. #}
with scores as (
    select company_id, composite_score, readiness_stage from {{ ref('account_scores') }} where model = 'rule'
)

select
    e.company_id, e.account_id_salesforce, e.owner_id,
    e.name, e.domain, e.industry, e.country, e.employees,
    e.is_customer, e.has_open_deal, e.is_competitor, e.is_own_domain, e.is_eligible, e.ineligible_because,
    a.arm, a.drawn_on,
    {{ score('s.composite_score') }} as composite_score,
    s.readiness_stage
from {{ ref('account_eligibility') }} as e
left join scores as s on s.company_id = e.company_id
left join {{ ref('int_arms') }} as a on a.company_id = e.company_id
