{# Merges and their undoing, as they were said. #}
select company_id, into_company_id, op, reason, dt
from {{ lake('company_merges') }}
where dt <= {{ to_day() }}
