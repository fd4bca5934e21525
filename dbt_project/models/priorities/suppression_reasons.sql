{{ config(tags=["mart"]) }}
{# Every reason that stops each candidate, not the first. A rule that the seed switches off does not stop, the legal ones apart:
   they cannot be switched off. `experiment` and `routing` are the house's own classes. #}
with stops as (
    select * from {{ ref('int_stops') }}
),

rules as (
    select * from {{ ref('suppression_rules') }}
)

select
    s.outbox_id,
    s.rule,
    case
        when s.rule = 'mixed_arm' then 'experiment'
        when s.rule in ('no_route', 'same_address') then 'routing'
        else r.class
    end as class,
    s.detail
from stops as s
left join rules as r on r.rule = s.rule
where r.is_active or r.class = 'legal' or s.rule in ('mixed_arm', 'no_route', 'same_address')
