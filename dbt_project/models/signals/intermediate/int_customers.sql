{# Companies that bought from us, each from the first day on which the CRM said so to us; ids as of that day. #}
with links as (
    select m.account_id_salesforce as account_id, l.company_id, min(l.dt) as dt
    from {{ ref('mentions') }} as m
    inner join {{ ref('company_links') }} as l on l.mention_id = m.mention_id
    where m.dataset = 'salesforce__accounts' and m.account_id_salesforce is not null and m.role = 'subject'
    group by m.account_id_salesforce, l.company_id
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
