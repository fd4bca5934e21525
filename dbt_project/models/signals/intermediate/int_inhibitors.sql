{# Evidence that speaks against buying, by company: rules in `inhibitor_rules`. #}
with documents as (
    select d.dataset, d.record_key, d.items, min(d.dt) as dt
    from {{ lake('documents') }} as d
    where d.dt <= {{ to_day() }} and d.items is not null
    group by d.dataset, d.record_key, d.items
),

links as (
    select
        m.dataset, m.record_key, l.company_id, l.dt,
        row_number() over (partition by m.dataset, m.record_key order by l.dt, m.mention_id) as link_rank
    from {{ ref('mentions') }} as m
    inner join {{ ref('company_links') }} as l on l.mention_id = m.mention_id
    where m.role = 'subject'
),

losses as (
    select
        s.opportunity_id, s.account_id, s.close_date, s.dt,
        row_number() over (partition by s.opportunity_id order by s.dt, s.pulled_at nulls last) as loss_rank
    from {{ raw('salesforce__opportunities') }} as s
    where s.dt <= {{ to_day() }} and s.is_closed and not s.is_won
),

found as (
    select l.company_id, r.inhibitor, d.dt as since, r.lasts_days, greatest(d.dt, l.dt) as dt
    from documents as d
    inner join links as l on l.dataset = d.dataset and l.record_key = d.record_key and l.link_rank = 1
    inner join {{ ref('inhibitor_rules') }} as r on r.evidence = 'filing_item' and d.items like '%' || r.value || '%'
    union all
    select l.company_id, r.inhibitor, coalesce(o.close_date, o.dt) as since, r.lasts_days, greatest(o.dt, l.dt) as dt
    from losses as o
    inner join {{ ref('mentions') }} as m on m.dataset = 'salesforce__accounts' and m.account_id_salesforce = o.account_id
    inner join links as l on l.dataset = m.dataset and l.record_key = m.record_key and l.link_rank = 1
    inner join {{ ref('inhibitor_rules') }} as r on r.evidence = 'lost_opportunity'
    where o.loss_rank = 1
)

select company_id, inhibitor, lasts_days, since, {{ add_days('since', 'lasts_days') }} as until, dt
from found
