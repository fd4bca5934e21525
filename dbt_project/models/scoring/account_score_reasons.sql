{{ config(tags=["mart"]) }}
{# Why each score of the run's day is what it is; points of one company and model add up to its composite. #}
select company_id, model, position, reason, feature, signal_id, points, dt
from {{ lake('account_score_reasons') }}
where dt = {{ to_day() }}
