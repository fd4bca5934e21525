{# What the CRM said of each deal from one change to the next, with the company of its account; spans hold the days of the snapshots.
   A day takes the one span it lies in. Closed means lost unless it was won. #}
with snapshots as (
    select
        o.opportunity_id, o.account_id, o.dt, cast(o.created_at as date) as created_on, o.close_date,
        case
            when coalesce(o.is_deleted, false) then 'deleted'
            when not coalesce(o.is_closed, false) then 'open'
            when o.is_won then 'won'
            else 'lost'
        end as state,
        row_number() over (partition by o.opportunity_id, o.dt order by o.pulled_at desc nulls last, o.payload desc nulls last) as version_rank
    from {{ raw('salesforce__opportunities') }} as o
    where o.dt <= {{ to_day() }}
),

states as (
    select
        s.opportunity_id, s.account_id, s.dt, s.created_on, s.close_date, s.state,
        lag(s.state) over (partition by s.opportunity_id order by s.dt) as state_before
    from snapshots as s
    where s.version_rank = 1
),

changes as (
    select s.*, lead(s.dt) over (partition by s.opportunity_id order by s.dt) as next_dt
    from states as s
    where s.state_before is null or s.state_before <> s.state
),

links as (
    {{ account_links() }}
)

select
    c.opportunity_id, l.company_id, c.state,
    coalesce(c.created_on, c.dt) as opened_on,
    coalesce(case when c.close_date < c.dt then c.close_date end, c.dt) as closed_on, {# people type days that have not come #}
    greatest(c.dt, l.dt) as valid_from,
    coalesce({{ add_days('c.next_dt', -1) }}, cast('9999-12-31' as date)) as valid_to
from changes as c
inner join links as l on l.account_id = c.account_id
