{# Companies that bought from us, each from the first day on which the CRM said so to us; ids as of that day. #}
with links as (
    {{ account_links() }}
),

said as (
    select o.account_id, min(o.dt) as dt
    from {{ raw('salesforce__opportunities') }} as o
    where o.dt <= {{ to_day() }} and o.is_won and not coalesce(o.is_deleted, false)
    group by o.account_id
    union all
    select a.account_id, min(a.dt) as dt
    from {{ raw('salesforce__accounts') }} as a
    where a.dt <= {{ to_day() }} and lower(a.type) like 'customer%' and not coalesce(a.is_deleted, false)
    group by a.account_id
)

select l.company_id, min(greatest(s.dt, l.dt)) as dt
from said as s
inner join links as l on l.account_id = s.account_id
group by l.company_id
