{# What stood of each episode from one report to the next, rumours left out: earliest date, largest amount, the company of the first report.
   A day takes the one span it lies in, so as-of features need no grouping by episode. #}
with reports as (
    select
        e.episode_id, e.signal_type, e.evidence_id, e.company_id, e.report_number, e.dt,
        cast(coalesce(e.occurred_at, e.known_at) as date) as occurred_on,
        coalesce(e.amount_usd, case when e.currency = 'USD' then e.amount end) as usd
    from {{ ref('signal_evidence') }} as e
    where coalesce(e.modality, 'done') <> 'rumour'
),

running as (
    select
        r.episode_id, r.signal_type, r.dt, r.report_number,
        first_value(r.company_id) over (partition by r.episode_id order by r.report_number rows between unbounded preceding and current row) as company_id,
        min(r.occurred_on) over (partition by r.episode_id order by r.report_number rows between unbounded preceding and current row) as occurred_on,
        max(r.usd) over (partition by r.episode_id order by r.report_number rows between unbounded preceding and current row) as usd,
        lead(r.dt) over (partition by r.episode_id order by r.report_number) as next_dt
    from reports as r
)

select
    r.episode_id, r.signal_type, t.family, t.half_life_days, r.company_id, r.occurred_on, r.usd,
    r.dt as valid_from,
    coalesce({{ add_days('r.next_dt', -1) }}, cast('9999-12-31' as date)) as valid_to
from running as r
inner join {{ ref('signal_types') }} as t on t.signal_type = r.signal_type
where r.company_id is not null and (r.next_dt is null or r.next_dt > r.dt)
