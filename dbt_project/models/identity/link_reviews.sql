{# Pairs that a person must look at. #}
select left_id, right_id, kind, reason, probability, dt
from {{ lake('link_reviews') }}
where dt <= {{ to_day() }}
