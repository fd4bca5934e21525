{# Every row of every plan up to the run's day; keys only, the fields stand in the ops store. #}
select
    plan_hash, row_id, outbox_id, destination, object, natural_key, operation,
    company_id, person_id, email_key, signal_id, signal_type, reason, cost_usd, fields,
    dt
from {{ lake('plan_rows') }}
where dt <= {{ to_day() }}
