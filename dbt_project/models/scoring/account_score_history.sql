{{ config(tags=["mart"]) }}
{# Every day's scores up to the run's day: how a company moved. #}
select company_id, model, model_version, composite_score, readiness_stage, status, dt
from {{ lake('account_scores') }}
where dt <= {{ to_day() }}
