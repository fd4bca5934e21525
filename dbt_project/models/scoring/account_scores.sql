{{ config(tags=["mart"]) }}
{# The scores of the run's day, under the id that the company has on that day. #}
select
    company_id, model, model_version,
    composite_score, readiness_stage, relevance,
    p_opportunity, p_purchase_30d, p_purchase_60d, p_purchase_90d,
    days_to_purchase_low, days_to_purchase, days_to_purchase_high, urgency,
    deal_size_low, deal_size_median, deal_size_high,
    status, abstained_because,
    dt
from {{ lake('account_scores') }}
where dt = {{ to_day() }}
