{# Members of the profile's segments: membership holds from the snapshot that shows it until the next snapshot of the list.
   A member is told by its domain and by the company that it was linked to: lists spell one company's domains in several ways. #}
with snapshots as (
    select dt, lead(dt) over (order by dt) as next_dt
    from (select distinct dt from {{ raw('sixsense__segment_members') }} where dt <= {{ to_day() }}) as d
),

links as (
    {{ record_links('sixsense__segment_members') }}
)

select distinct
    m.domain, l.company_id, l.linked_dt,
    s.dt as member_from, coalesce({{ add_days('s.next_dt', -1) }}, cast('9999-12-31' as date)) as member_to
from {{ raw('sixsense__segment_members') }} as m
inner join snapshots as s on s.dt = m.dt
left join links as l on l.record_key = m.record_key and l.link_rank = 1
where {{ in_var('m.segment_id', 'intent_segment_ids') }}
