{# Opportunities of every drawn account since its draw, by arm: contacted or not, as the draw intended. Mixed accounts left the sample. #}
with opened as (
    select distinct a.company_id
    from {{ ref('int_arms') }} as a
    inner join {{ ref('fct_outcome') }} as o on o.company_id = a.company_id and o.outcome = 'opportunity'
    inner join {{ ref('metric_definitions') }} as d on d.metric = 'holdout_uplift'
    where cast(o.occurred_at as date) >= a.drawn_on and {{ days_between('a.drawn_on', 'o.occurred_at') }} <= d.attribution_days
)

select
    a.arm,
    count(*) as accounts,
    cast(sum(case when o.company_id is not null then 1 else 0 end) as bigint) as with_opportunity
from {{ ref('int_arms') }} as a
left join opened as o on o.company_id = a.company_id
where a.is_drawn and a.arm in ('treated', 'held_out')
group by a.arm
