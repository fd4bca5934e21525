{# Rejected records with their reason, without their payload. #}
select reject_id, stream, record_key, reason, detail, place, pulled_at, dt
from {{ lake('rejects', 'rejects') }}
where dt <= {{ to_day() }}
