{{ config(materialized='table') }}
{# Which company an id points to, by day: merges folded as of each day on which one was said, chains resolved.
   Only ids that point elsewhere have rows; the join macro `canonical` falls back to the id itself.
   A later word about an id wins; on one day an undo wins over a merge. #}
with recursive merges as (
    select company_id, into_company_id, op, dt from {{ ref('company_merges') }}
),

days as (
    select dt as valid_from, lead(dt) over (order by dt) as next_from
    from (select distinct dt from merges) as d
),

said as (
    select
        d.valid_from, m.company_id, m.into_company_id, m.op,
        row_number() over (
            partition by d.valid_from, m.company_id
            order by m.dt desc, case when m.op = 'undo' then 0 else 1 end, m.into_company_id nulls last
        ) as said_rank
    from days as d
    inner join merges as m on m.dt <= d.valid_from
),

edges as (
    select valid_from, company_id, into_company_id
    from said
    where said_rank = 1 and op = 'merge' and into_company_id <> company_id
),

walk as (
    select valid_from, company_id, into_company_id as canonical_id, 1 as depth
    from edges
    union all
    select w.valid_from, w.company_id, e.into_company_id as canonical_id, w.depth + 1 as depth
    from walk as w
    inner join edges as e on e.valid_from = w.valid_from and e.company_id = w.canonical_id
    where w.depth < 50 and e.into_company_id <> w.company_id
),

ends as (
    select
        valid_from, company_id, canonical_id,
        row_number() over (partition by valid_from, company_id order by depth desc, canonical_id) as end_rank
    from walk
)

select
    e.company_id,
    e.canonical_id,
    cast(e.valid_from as date) as valid_from,
    cast(coalesce({{ add_days('d.next_from', -1) }}, cast('9999-12-31' as date)) as date) as valid_to
from ends as e
inner join days as d on d.valid_from = e.valid_from
where e.end_rank = 1
