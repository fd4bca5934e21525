{# The sequences that people may be enrolled in, by name: enabled, not locked, not transactional, not paused by a throttle. #}
select name as sequence_name, min(sequence_id) as sequence_id
from {{ ref('stg_outreach__sequences') }}
where is_enabled and not coalesce(is_locked, false) and not coalesce(is_transactional, false) and not coalesce(is_throttle_paused, false)
group by name
