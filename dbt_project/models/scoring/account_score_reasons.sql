{{ config(tags=["mart"]) }}
{# Why each score of the run's day is what it is; a rule's points add up to its composite, a learned model's to its logit. #}
select company_id, model, position, reason, feature, signal_id, points, dt
from {{ lake('account_score_reasons') }}
where dt = {{ to_day() }}
