{# Members of the profile's segments: membership holds from the snapshot that shows it until the next snapshot of the list. #}
with snapshots as (
    select dt, lead(dt) over (order by dt) as next_dt
    from (select distinct dt from {{ raw('sixsense__segment_members') }} where dt <= {{ to_day() }}) as d
)

select distinct
    m.domain, s.dt as member_from, coalesce({{ add_days('s.next_dt', -1) }}, cast('9999-12-31' as date)) as member_to
from {{ raw('sixsense__segment_members') }} as m
inner join snapshots as s on s.dt = m.dt
where m.domain is not null and {{ in_var('m.segment_id', 'intent_segment_ids') }}
